/**
 * The part of the store's port that replaces passwords. The rules of `store-port.ts` hold here as well. A new
 * password ends what the one before has opened, and what it has half opened: no sign-in that began with the old
 * one, and no ticket that proves it, leads to a session any more.
 */
import type { AccountId, RoleId, SessionId } from '@countersign/protocol'
import type { Account } from './accounts/account.ts'
import type { AuditEvent } from './audit/event.ts'
import type { Proof } from './factors/factor.ts'
import type { Ticket } from './factors/ticket.ts'
import type { SessionDraft } from './factors-port.ts'
import type { QueuedMail } from './mail-port.ts'

export interface NewPassword {
  readonly account: AccountId
  /** The hash that it takes the place of. Where another one stands there by now, nothing is written. */
  readonly from: string | null
  readonly to: string
  /** When it was looked up among leaked ones and was not found; null where nobody could say. */
  readonly checkedAtMs: number | null
}

/** What a ticket for another password leads to, and what the new one is compared with. */
export interface TakenPasswordTicket {
  readonly digest: string
  readonly ticket: Ticket
  readonly account: Account
  readonly passwordHash: string
  readonly roles: readonly RoleId[]
  /** There is a second factor by now, which the ticket may not know of. */
  readonly hasFactor: boolean
}

export interface TicketDraft {
  readonly digest: string
  readonly ticket: Ticket
  readonly audit: AuditEvent
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
  /**
   * From now on no session is opened with the password that the account has. Ends all its sessions, with a kill
   * for each, unless they are kept; its tickets are gone either way.
   */
  requirePasswordChange(input: {
    account: AccountId
    keepSessions: boolean
    nowMs: number
    entryExpiresAtMs: number
    audit: AuditEvent
  }): Promise<{ kind: 'required'; ended: readonly SessionId[] } | { kind: 'not_found' }>
  /**
   * Notes what became of looking a password up, if it is still the one with that hash. One that has leaked opens no
   * session any more where `requireChange`.
   */
  recordPasswordCheck(input: {
    account: AccountId
    passwordHash: string
    found: 'clear' | 'breached'
    requireChange: boolean
    nowMs: number
    audit: AuditEvent | null
  }): Promise<boolean>
  /** Spends a ticket and a proof for the ticket that comes next, all or none. */
  exchangeTicket(input: {
    ticketDigest: string
    ticket: Ticket
    proof: Proof
    next: TicketDraft
    nowMs: number
  }): Promise<'exchanged' | 'account_gone' | 'ticket_gone' | 'proof_used'>
  /** Takes one of the tries of a ticket for another password; null where it is none, or not any more. */
  takePasswordTicket(input: {
    digests: readonly string[]
    triesMax: number
    nowMs: number
  }): Promise<TakenPasswordTicket | null>
  /**
   * Spends such a ticket: replaces the password, ends all sessions of the account, and opens a session, or a
   * ticket for what is still missing, all or none. `ticket_gone` also where the account has a factor by now that
   * the ticket does not prove.
   */
  completePasswordChange(
    input: NewPassword & {
      ticketDigest: string
      ticket: Ticket
      next: { kind: 'session'; draft: SessionDraft } | { kind: 'ticket'; draft: TicketDraft }
      nowMs: number
      entryExpiresAtMs: number
      audit: AuditEvent
      mails?: readonly QueuedMail[]
    },
  ): Promise<'changed' | 'account_gone' | 'ticket_gone'>
}
