/**
 * The part of the store's port that keeps links sent by mail. The rules of `store-port.ts` hold here as well. Each
 * works once, which one conditional update decides.
 */
import type { AccountId, SessionId } from '@countersign/protocol'
import type { Account } from './accounts/account.ts'
import type { AuditEvent } from './audit/event.ts'
import type { LinkDraft, LinkPurpose } from './links/link.ts'
import type { QueuedMail } from './mail-port.ts'
import type { NewPassword } from './passwords-port.ts'

/** One that could still be used, and for whom. */
export interface FoundLink {
  readonly digest: string
  readonly account: Account
  /** Where a change of the address leads. */
  readonly newEmail: string | null
  readonly passwordHash: string | null
}

export interface LinkStore {
  /**
   * Keeps a link and its message, while the account is alive, enabled and still has that address; else neither.
   * The event is written in any case.
   */
  openLink(input: { link: LinkDraft; mails: readonly QueuedMail[]; audit: AuditEvent }): Promise<boolean>
  /**
   * Keeps the link that changes the address, in place of one before, and its messages: `fresh` with the link, or
   * `known` where the address is somebody's already. As many statements for either.
   */
  beginEmailChange(input: {
    link: LinkDraft & { readonly newEmail: string }
    fresh: readonly QueuedMail[]
    known: readonly QueuedMail[]
    /** For the address that the account has. */
    notice: readonly QueuedMail[]
    audit: AuditEvent
  }): Promise<void>
  /**
   * Uses the link and changes the address, which counts as verified: all or none. Appends a rule for the account; its
   * other links end. Sessions stay.
   */
  completeEmailChange(input: {
    linkDigest: string
    account: AccountId
    email: string
    nowMs: number
    entryExpiresAtMs: number
    mails: readonly QueuedMail[]
    audit: AuditEvent
  }): Promise<'changed' | 'link_gone' | 'address_taken'>
  /** Uses the link, after which the address counts as verified. */
  verifyEmail(input: {
    linkDigest: string
    account: AccountId
    nowMs: number
    audit: AuditEvent
  }): Promise<boolean>
  /** Uses nothing up. */
  readLink(digests: readonly string[], purpose: LinkPurpose, nowMs: number): Promise<FoundLink | null>
  /**
   * Uses the link and sets the password: all or none. Ends every session, with a kill for each, forgets tickets,
   * and ends all other links of the account. The address counts as verified: its mail was read.
   */
  resetPassword(
    input: NewPassword & {
      linkDigest: string
      nowMs: number
      entryExpiresAtMs: number
      mails: readonly QueuedMail[]
      audit: AuditEvent
    },
  ): Promise<{ kind: 'reset'; ended: readonly SessionId[] } | { kind: 'link_gone' | 'password_gone' }>
}
