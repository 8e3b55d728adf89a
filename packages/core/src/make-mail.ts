/** Messages for the outbox, made where something happens and written in the same transaction. */
import type { AccountId, Secret, SessionId } from '@countersign/protocol'
import type { Context, RequestFacts } from './context.ts'
import { type LinkDraft, NOT_ME_LINK_SECONDS } from './links/link.ts'
import type { Locale } from './mail/locale.ts'
import { type LinkKind, MAIL_SECONDS, type MailBody, type MailContent, type NoticeKind } from './mail/mail.ts'
import type { QueuedMail } from './mail-port.ts'
import { makeId, makeSecret } from './make.ts'

export interface Recipient {
  /** Null where the address is nobody's yet. */
  readonly id: AccountId | null
  readonly email: string
}

type Making = Pick<Context, 'random' | 'secrets' | 'policy'>

/** What the owner may say was not them: what the session did; null stands for all sessions of the account. */
export interface Cause {
  readonly session: SessionId | null
  /** What has become of the owner's address, which goes back with it. */
  readonly newEmail?: string
}

/**
 * Tells the owner of an account what has just happened to it. `asker`: whether the owner is who asked for it. With a
 * `cause` there is a link in it by which they say that it was not them.
 */
export function makeNotice(
  context: Making,
  kind: NoticeKind,
  owner: Recipient,
  asker: 'owner' | 'other',
  facts: RequestFacts,
  cause: Cause | null = null,
  /** The name of the program that it is about. */
  program: string | null = null,
): readonly QueuedMail[] {
  const { nowMs: atMs, address } = facts
  // Where an administrator works is nothing that the owner of the account is told.
  const seen = asker === 'owner' ? { device: facts.device, address } : { device: null, address: null }
  const locale = asker === 'owner' ? (facts.locale ?? null) : null
  const link = cause === null ? null : makeNotMeLink(context, owner, cause, atMs)
  // It is sealed before it leaves this function.
  const about = program === null ? {} : { program }
  const content = { kind, atMs, ...seen, ...about, notMe: link === null ? null : link.ticket.reveal() }
  const sending = { locale, nowMs: atMs, expiresAtMs: atMs + MAIL_SECONDS * 1000 }
  const mails = makeMail(context, owner, content, sending)
  return link === null ? mails : mails.map((mail) => ({ ...mail, link: link.draft }))
}

function makeNotMeLink(
  { random, secrets }: Making,
  { id: accountId, email }: Recipient,
  { session: sessionId, newEmail }: Cause,
  nowMs: number,
): { readonly ticket: Secret; readonly draft: LinkDraft } {
  const ticket = makeSecret(random)
  const expiresAtMs = nowMs + NOT_ME_LINK_SECONDS * 1000
  const digest = secrets.digest(ticket)
  const link = { accountId, email, sessionId, newEmail: newEmail ?? null, createdAtMs: nowMs, expiresAtMs }
  return { ticket, draft: { digest, purpose: 'not_me', ...link } }
}

/** A link goes out while it can be used. */
export function makeLinkMail(
  context: Making,
  {
    kind,
    ticket,
    expiresAtMs,
  }: { readonly kind: LinkKind; readonly ticket: Secret; readonly expiresAtMs: number },
  recipient: Recipient,
  asker: 'owner' | 'other',
  { nowMs, locale = null }: RequestFacts,
): readonly QueuedMail[] {
  // It is sealed before it leaves this function.
  const content = { kind, ticket: ticket.reveal(), expiresAtMs }
  return makeMail(context, recipient, content, {
    locale: asker === 'owner' ? locale : null,
    nowMs,
    expiresAtMs: Math.min(expiresAtMs, nowMs + MAIL_SECONDS * 1000),
  })
}

interface Sending {
  readonly locale: Locale | null
  readonly nowMs: number
  readonly expiresAtMs: number
}

/** Nothing where no mail is sent. In the default language unless it is known which one the recipient reads. */
function makeMail(
  context: Making,
  { id: accountId, email: to }: Recipient,
  content: MailContent,
  { locale, nowMs, expiresAtMs }: Sending,
): readonly QueuedMail[] {
  const { mail } = context.policy
  if (mail === 'off') return []
  const id = makeId(context, 'mai', nowMs)
  const body: MailBody = { to, locale: locale ?? mail.locale, content }
  return [
    {
      id,
      kind: content.kind,
      accountId,
      sealed: context.secrets.seal(JSON.stringify(body), id),
      createdAtMs: nowMs,
      expiresAtMs,
    },
  ]
}
