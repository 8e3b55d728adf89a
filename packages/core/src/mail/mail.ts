/**
 * A message that the authority writes to a person: what it tells, and how it lies in the outbox. Links are not in
 * it, only the secret that one ends with: where they lead, whoever renders it takes from the issuer and from nothing
 * that came with a request.
 */
import type { AccountId, MailId } from '@countersign/protocol'
import { isLocale, type Locale } from './locale.ts'

/** Something that happened to an account, of which its owner should know (ASVS 6.3.7). */
export const noticeKinds = [
  'new_sign_in',
  'password_changed',
  'factor_added',
  'factor_removed',
  'identity_added',
  'identity_removed',
  'recovery_codes_made',
  'recovery_code_used',
  'email_change_asked',
  'email_changed',
  'email_taken',
  'account_disabled',
  'account_deleted',
  'sign_up_repeated',
  'program_unusual',
  'api_key_suspended',
] as const
export type NoticeKind = (typeof noticeKinds)[number]

/** From where and when, so that people can tell whether it was them. */
export interface Notice {
  readonly kind: NoticeKind
  readonly atMs: number
  readonly device: string | null
  readonly address: string | null
  /** What the link ends with by which the owner says that it was not them; null where there is nothing to undo. */
  readonly notMe: string | null
  /** The API key or service account that it is about. */
  readonly program?: string
}

/** A link that shows that somebody reads the mail of an address. */
export const linkKinds = [
  'reset_password',
  'reset_after_not_me',
  'confirm_sign_up',
  'change_email',
  'verify_email',
  'invitation',
] as const
export type LinkKind = (typeof linkKinds)[number]

export interface LinkMail {
  readonly kind: LinkKind
  /** What the link ends with. */
  readonly ticket: string
  readonly expiresAtMs: number
}

export type MailContent = Notice | LinkMail
export type MailKind = MailContent['kind']

export interface Mail {
  readonly id: MailId
  readonly to: string
  readonly locale: Locale
  readonly createdAtMs: number
  readonly content: MailContent
}

/** One that this node may try to send until its lease ends. */
export interface ClaimedMail {
  readonly id: MailId
  readonly kind: string
  readonly accountId: AccountId | null
  readonly sealed: string
  readonly createdAtMs: number
  readonly expiresAtMs: number
  /** Counts from 1, and names this lease: an answer that comes after another node's claim changes nothing. */
  readonly attempt: number
}

/** What is sealed. */
export type MailBody = Pick<Mail, 'to' | 'locale' | 'content'>

/** How long a message is tried, unless it is of no use before. */
export const MAIL_SECONDS = 86_400
/** Messages that are sent at once by one node. */
export const MAIL_BATCH = 5
/** Longer than a server may take for one message. */
export const MAIL_LEASE_MS = 180_000

const FIRST_WAIT_MS = 30_000
const WAIT_MS_MAX = 3_600_000

/**
 * When to try again after a failed attempt: twice as long after each, to an hour, and up to half of it less by
 * chance, so that what failed together does not come back together. `chance` is from 0 to 1.
 */
export function nextAttemptMs(attempt: number, nowMs: number, chance: number): number {
  const longest = Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempt - 1, 20), WAIT_MS_MAX)
  return nowMs + Math.round(longest * (1 - chance / 2))
}

/** Null for what this version does not know: a newer node may have written it, and that one will send it. */
export function parseMailBody(text: string): MailBody | null {
  const value: unknown = JSON.parse(text)
  if (!isRecord(value) || typeof value.to !== 'string' || typeof value.locale !== 'string') return null
  const content = parseContent(value.content)
  return isLocale(value.locale) && content !== null ? { to: value.to, locale: value.locale, content } : null
}

function parseContent(value: unknown): MailContent | null {
  if (!isRecord(value)) return null
  const linkKind = linkKinds.find((one) => one === value.kind)
  if (linkKind !== undefined) return parseLink(linkKind, value)
  const kind = noticeKinds.find((one) => one === value.kind)
  const { atMs, device, address, notMe = null, program } = value
  if (
    kind === undefined ||
    typeof atMs !== 'number' ||
    !isTextOrNull(device) ||
    !isTextOrNull(address) ||
    !isTextOrNull(notMe)
  ) {
    return null
  }
  const about = typeof program === 'string' ? { program } : {}
  return { kind, atMs, device, address, notMe, ...about }
}

function parseLink(
  kind: LinkKind,
  { ticket, expiresAtMs }: Readonly<Record<string, unknown>>,
): LinkMail | null {
  if (typeof ticket !== 'string' || typeof expiresAtMs !== 'number') return null
  return { kind, ticket, expiresAtMs }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const isTextOrNull = (value: unknown): value is string | null => value === null || typeof value === 'string'
