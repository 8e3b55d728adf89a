/**
 * The part of the store's port that replaces passwords. The rules of `store-port.ts` hold here as well. A new
 * password ends what the one before has opened, and what it has half opened: no sign-in that began with the old
 * one, and no ticket that proves it, leads to a session any more.
 */
import type { AccountId, SessionId } from '@countersign/protocol'
import type { AuditEvent } from './audit/event.ts'
import type { QueuedMail } from './mail/mail.ts'

export interface NewPassword {
  readonly account: AccountId
  /** The hash that it takes the place of. Where another one stands there by now, nothing is written. */
  readonly from: string | null
  readonly to: string
  /** When it was looked up among leaked ones and was not found; null where nobody could say. */
  readonly checkedAtMs: number | null
}

export interface PasswordStore {
  /**
   * Counts a failure before the password is compared, so that no number of guesses at once gets past the
   * limit; a change of the password takes it back. `gone` where there is no such account, or it is disabled.
   */
  takePasswordTry(input: {
    account: AccountId
    failuresMax: number
  }): Promise<{ kind: 'taken'; passwordHash: string | null; failures: number } | { kind: 'gone' | 'closed' }>
  /**
   * Replaces the password, forgets its failures and the account's tickets, and ends all sessions but the one
   * that is `renewed` with another secret, with a kill for each; all of them stay where `keepOthers`. Appends a
   * rule for the account: no sign-in that began before it opens a session with a password.
   */
  changePassword(
    input: NewPassword & {
      renewed: { readonly session: SessionId; readonly digest: string } | null
      keepOthers: boolean
      nowMs: number
      entryExpiresAtMs: number
      audit: AuditEvent
      mails?: readonly QueuedMail[]
    },
  ): Promise<{ kind: 'changed'; ended: readonly SessionId[] } | { kind: 'password_gone' | 'session_gone' }>
}
