/**
 * From what is to be told to a message with a text and an HTML part. Both say the same. Every link begins with the
 * issuer: nothing that came with a request has a part in where a link leads.
 */
import {
  type LinkKind,
  type LinkMail,
  type Locale,
  linkKinds,
  type Mail,
  type MailContent,
  type Notice,
} from '@countersign/core'
import { type Catalogue, catalogues } from './catalogue.ts'
import { toHtml } from './html.ts'

export interface Brand {
  readonly name: string
  readonly color: string
}

/** What is written with. */
export interface Stationery {
  readonly issuer: string
  readonly brand: Brand
}

/** Ready to be handed over. */
export interface Message {
  readonly id: string
  readonly to: string
  readonly createdAtMs: number
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** The parts of a message, before they are put into a form. */
export interface MailText {
  readonly language: string
  readonly subject: string
  readonly greeting: string
  readonly paragraphs: readonly string[]
  readonly facts: readonly (readonly [label: string, value: string])[]
  /** Where a button leads, and what it says. */
  readonly action: { readonly label: string; readonly url: string } | null
  readonly advice: string | null
  readonly footer: string
}

/** The page that a link opens. What it ends with stands after a `#`, which browsers never send. */
const PAGES: { readonly [K in LinkKind]: string } = {
  reset_password: '/reset-password',
  reset_after_not_me: '/reset-password',
  confirm_sign_up: '/confirm-sign-up',
  change_email: '/confirm-email',
  verify_email: '/verify-email',
  invitation: '/accept-invitation',
}

export function renderMail(mail: Mail, stationery: Stationery): Message {
  const { id, to, createdAtMs } = mail
  return toMessage({ id, to, createdAtMs }, write(mail, stationery), stationery)
}

/** For `countersign mail test`. */
export function renderTest(
  envelope: Pick<Message, 'id' | 'to' | 'createdAtMs'>,
  locale: Locale,
  stationery: Stationery,
): Message {
  const { language, greeting, footer, test } = catalogues[locale]
  const { name } = stationery.brand
  const { subject, what } = test(name)
  const text = {
    language,
    subject,
    greeting,
    paragraphs: [what],
    facts: [],
    action: null,
    advice: null,
    footer: footer(name),
  }
  return toMessage(envelope, text, stationery)
}

const toMessage = (
  envelope: Pick<Message, 'id' | 'to' | 'createdAtMs'>,
  text: MailText,
  { brand }: Stationery,
): Message => ({ ...envelope, subject: text.subject, text: toPlain(text), html: toHtml(text, brand) })

function write({ content, locale, createdAtMs }: Mail, stationery: Stationery): MailText {
  const words = catalogues[locale]
  const frame = {
    language: words.language,
    greeting: words.greeting,
    footer: words.footer(stationery.brand.name),
  }
  return isLink(content)
    ? { ...frame, ...writeLink(content, createdAtMs, words, stationery) }
    : { ...frame, ...writeNotice(content, words, stationery) }
}

type Written = Omit<MailText, 'language' | 'greeting' | 'footer'>

const isLink = (content: MailContent): content is LinkMail => linkKinds.some((kind) => kind === content.kind)

function writeLink(
  { kind, ticket, expiresAtMs }: LinkMail,
  createdAtMs: number,
  words: Catalogue,
  { issuer, brand }: Stationery,
): Written {
  const { subject, what, action, unasked } = words.links[kind](brand.name)
  return {
    subject,
    paragraphs: [what, toLifetime(expiresAtMs - createdAtMs, words)],
    facts: [],
    action: { label: action, url: `${issuer}${PAGES[kind]}#${ticket}` },
    advice: unasked,
  }
}

/** In the largest unit of which there are at least two. */
function toLifetime(ms: number, { lifetime }: Catalogue): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 120) return lifetime(minutes, 'minutes')
  const hours = Math.round(minutes / 60)
  return hours < 48 ? lifetime(hours, 'hours') : lifetime(Math.round(hours / 24), 'days')
}

/** Its page works without a script, so that what the link ends with stands where the server gets it. */
const NOT_ME_PAGE = '/not-me?ticket='

function writeNotice(notice: Notice, words: Catalogue, { issuer, brand }: Stationery): Written {
  const {
    subject,
    what,
    advice = words.notYou,
    undo = words.notMe.advice,
  } = words.notices[notice.kind](brand.name)
  const written = { subject, paragraphs: [what], facts: toFacts(notice, words) }
  if (notice.notMe === null) return { ...written, action: null, advice }
  const url = `${issuer}${NOT_ME_PAGE}${notice.notMe}`
  return { ...written, action: { label: words.notMe.action, url }, advice: undo }
}

/** UTC, since nobody knows where the reader is; and it says so. */
function toFacts(
  { atMs, program, device, address }: Notice,
  { facts, language }: Catalogue,
): MailText['facts'] {
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })
  const rows: readonly (readonly [string, string | null])[] = [
    [facts.when, `${format.format(atMs)} UTC`],
    [facts.program, program ?? null],
    [facts.device, device],
    [facts.address, address],
  ]
  return rows.flatMap(([label, value]) => (value === null ? [] : [[label, value] as const]))
}

function toPlain({ greeting, paragraphs, facts, action, advice, footer }: MailText): string {
  const blocks = [
    greeting,
    ...paragraphs,
    facts.map(([label, value]) => `${label}: ${value}`).join('\n'),
    action === null ? '' : `${action.label}:\n${action.url}`,
    advice ?? '',
    `-- \n${footer}`,
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}
