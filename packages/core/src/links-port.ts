/**
 * The part of the store's port that keeps links sent by mail. The rules of `store-port.ts` hold here as well. Each
 * works once, which one conditional update decides.
 */
import type { SessionId } from '@countersign/protocol'
import type { Account } from './accounts/account.ts'
import type { AuditEvent } from './audit/event.ts'
import type { LinkDraft, LinkPurpose } from './links/link.ts'
import type { QueuedMail } from './mail/mail.ts'
import type { NewPassword } from './passwords-port.ts'

/** One that could still be used, and for whom. */
export interface FoundLink {
  readonly digest: string
  readonly account: Account
  readonly passwordHash: string | null
}

export interface LinkStore {
  /**
   * Keeps a link and its message, while the account is alive, enabled and still has that address; else neither.
   * The event is written in any case.
   */
  openLink(input: { link: LinkDraft; mails: readonly QueuedMail[]; audit: AuditEvent }): Promise<boolean>
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
