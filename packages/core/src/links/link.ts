/**
 * A link that is sent by mail: whoever has it shows that they read the mail of that address. What it ends with is a
 * secret of 256 bits, of which the database holds a digest; it works once, for a while, and for one purpose.
 */
import type { AccountId } from '@countersign/protocol'

export type LinkPurpose = 'reset_password'

export interface LinkDraft {
  readonly digest: string
  readonly purpose: LinkPurpose
  /** Null where the address is nobody's: then nothing is kept, by as many statements. */
  readonly accountId: AccountId | null
  /** Where it is sent. It is worth nothing once the account has another address. */
  readonly email: string
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

/** Mail may take its time, and nothing but an account of one's own can be had with it. */
export const SIGN_UP_LINK_SECONDS = 3600
/** NIST SP 800-63B-4 §4.2.1.2 would allow a day. */
export const RESET_LINK_SECONDS = 1800
