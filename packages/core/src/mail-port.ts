/**
 * What core asks of mail: the outbox, which is a part of the store's port, and whoever carries a message away. The
 * rules of `store-port.ts` hold for the outbox. Messages come into it by the transactions that cause them.
 */
import type { AccountId, MailId } from '@countersign/protocol'
import type { AuditEvent } from './audit/event.ts'
import type { LinkDraft } from './links/link.ts'
import type { ClaimedMail, Mail, MailKind } from './mail/mail.ts'

/** As it waits: nothing of whom it goes to and what it says can be read in the database. */
export interface QueuedMail {
  readonly id: MailId
  readonly kind: MailKind
  /** Whose account it is about: with the account goes what still waits. */
  readonly accountId: AccountId | null
  /** Recipient, language and content, sealed with the id as context. */
  readonly sealed: string
  readonly createdAtMs: number
  /** Not sent after this: what it says is no longer of use. */
  readonly expiresAtMs: number
  /** A link that is in it, and kept with it. Where it cannot be kept, the message is not sent. */
  readonly link?: LinkDraft
}

export type Settlement =
  | { readonly kind: 'sent' }
  | { readonly kind: 'later'; readonly atMs: number; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly audit: AuditEvent }

export interface MailStore {
  /**
   * Takes messages that are due and leases them in the same statement, the longest due first: no two nodes are
   * given one of them, and one whose node has died is given again when its lease ends.
   */
  claimMails(input: { nowMs: number; leasedUntilMs: number; limit: number }): Promise<readonly ClaimedMail[]>
  /**
   * Writes down what came of one attempt; false where the lease has passed to another. What was sent or has failed
   * for good loses its sealed part at once.
   */
  settleMail(input: { id: MailId; attempt: number; nowMs: number; settlement: Settlement }): Promise<boolean>
}

/** `reason` is a short name of ours, never the other server's words, which may hold an address. */
export type Sent =
  | { readonly kind: 'sent' }
  /** The other side will not have it, now or later. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It may go at another time. */
  | { readonly kind: 'unreachable'; readonly reason: string }

export interface Mailer {
  /**
   * Hands a message over. The same message sent twice has the same `Message-ID`, by which the other side can tell.
   * Throws nothing that an attempt can meet.
   */
  send(mail: Mail): Promise<Sent>
}
