/** Messages for the outbox, made where something happens and written in the same transaction. */
import type { AccountId, Secret } from '@countersign/protocol'
import type { Context, RequestFacts } from './context.ts'
import type { Locale } from './mail/locale.ts'
import {
  type LinkKind,
  MAIL_SECONDS,
  type MailBody,
  type MailContent,
  type NoticeKind,
  type QueuedMail,
} from './mail/mail.ts'
import { makeId } from './make.ts'

export interface Recipient {
  /** Null where the address is nobody's yet. */
  readonly id: AccountId | null
  readonly email: string
}

type Making = Pick<Context, 'random' | 'secrets' | 'policy'>

/** Tells the owner of an account what has just happened to it. `asker`: whether the owner is who asked for it. */
export function makeNotice(
  context: Making,
  kind: NoticeKind,
  owner: Recipient,
  asker: 'owner' | 'other',
  facts: RequestFacts,
): readonly QueuedMail[] {
  const { nowMs: atMs, address } = facts
  // Where an administrator works is nothing that the owner of the account is told.
  const seen = asker === 'owner' ? { device: facts.device, address } : { device: null, address: null }
  const locale = asker === 'owner' ? (facts.locale ?? null) : null
  const content = { kind, atMs, ...seen }
  return makeMail(context, owner, content, { locale, nowMs: atMs, expiresAtMs: atMs + MAIL_SECONDS * 1000 })
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
