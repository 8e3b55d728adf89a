/**
 * The part of the store's port that keeps sign-ups which wait until somebody shows that they read the mail of the
 * address. The rules of `store-port.ts` hold here as well. No account exists before that, so nobody can sit on an
 * address that is not theirs.
 */
import type { RoleId } from '@countersign/protocol'
import type { Account } from './accounts/account.ts'
import type { AuditEvent } from './audit/event.ts'
import type { QueuedMail } from './mail-port.ts'

export interface WaitingSignUp {
  /** Of what the link ends with. */
  readonly digest: string
  readonly email: string
  readonly name: string | null
  readonly passwordHash: string
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

export interface SignUpStore {
  /**
   * Keeps the sign-up, and one of two messages: `fresh` with the link, or `known` where the address is somebody's
   * already. As many statements for either.
   */
  beginSignUp(input: {
    signUp: WaitingSignUp
    fresh: readonly QueuedMail[]
    known: readonly QueuedMail[]
    audit: AuditEvent
  }): Promise<void>
  /** Uses nothing up. */
  readSignUp(digests: readonly string[], nowMs: number): Promise<WaitingSignUp | null>
  /** Uses the sign-up, and creates the account with its roles: both or neither. */
  completeSignUp(input: {
    digest: string
    account: Account
    passwordHash: string
    roles: readonly RoleId[]
    nowMs: number
    audit: AuditEvent
  }): Promise<'created' | 'gone' | 'address_taken'>
}
