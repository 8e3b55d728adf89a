/**
 * From what is to be told to a message with a text and an HTML part. Both say the same. Every link begins with the
 * issuer: nothing that came with a request has a part in where a link leads.
 */
import type { Locale, Mail, MailContent } from '@countersign/core'
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
  readonly advice: string | null
  readonly footer: string
}

export function renderMail(mail: Mail, stationery: Stationery): Message {
  const { id, to, createdAtMs } = mail
  return toMessage({ id, to, createdAtMs }, write(mail.content, mail.locale, stationery), stationery)
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

function write(content: MailContent, locale: Locale, { brand }: Stationery): MailText {
  const words = catalogues[locale]
  const { subject, what } = words.notices[content.kind](brand.name)
  return {
    language: words.language,
    subject,
    greeting: words.greeting,
    paragraphs: [what],
    facts: toFacts(content, words),
    advice: words.notYou,
    footer: words.footer(brand.name),
  }
}

/** UTC, since nobody knows where the reader is; and it says so. */
function toFacts({ atMs, device, address }: MailContent, { facts, language }: Catalogue): MailText['facts'] {
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })
  const rows: readonly (readonly [string, string | null])[] = [
    [facts.when, `${format.format(atMs)} UTC`],
    [facts.device, device],
    [facts.address, address],
  ]
  return rows.flatMap(([label, value]) => (value === null ? [] : [[label, value] as const]))
}

function toPlain({ greeting, paragraphs, facts, advice, footer }: MailText): string {
  const blocks = [
    greeting,
    ...paragraphs,
    facts.map(([label, value]) => `${label}: ${value}`).join('\n'),
    advice ?? '',
    `-- \n${footer}`,
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}
