/**
 * A link that is sent by mail: whoever has it shows that they read the mail of that address. What it ends with is a
 * secret of 256 bits, of which the database holds a digest; it works once, for a while, and for one purpose.
 */
import type { AccountId, SessionId } from '@countersign/protocol'

export type LinkPurpose = 'reset_password' | 'change_email' | 'verify_email' | 'not_me'

export interface LinkDraft {
  readonly digest: string
  readonly purpose: LinkPurpose
  /** Null where the address is nobody's: then nothing is kept, by as many statements. */
  readonly accountId: AccountId | null
  /** Where it is sent. It is worth nothing once the account has another address. */
  readonly email: string
  /** For `not_me`: the session that did what the mail tells of; null where none did, which stands for all of them. */
  readonly sessionId?: SessionId | null
  /** The address that takes the place of this one, or has. */
  readonly newEmail?: string | null
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

/** Mail may take its time, and nothing but an account of one's own can be had with it. */
export const SIGN_UP_LINK_SECONDS = 3600
/** NIST SP 800-63B-4 §4.2.1.2 would allow a day. */
export const RESET_LINK_SECONDS = 1800
/** People read their mail when they are back from their holidays, at least once a week. */
export const NOT_ME_LINK_SECONDS: number = 7 * 86_400
/** The password is gone until then, so the link waits a night: NIST SP 800-63B-4 §4.2.1.2 allows a day. */
export const RESET_AFTER_NOT_ME_SECONDS = 86_400
/** Nothing but one's own address can be had with it. */
export const EMAIL_LINK_SECONDS = 3600
