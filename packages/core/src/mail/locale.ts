/** The languages that mail is written in, and which of them somebody reads (RFC 9110 §12.5.4, RFC 4647 §3.4). */

export const locales = ['en', 'de'] as const
export type Locale = (typeof locales)[number]

export const isLocale = (text: string): text is Locale => locales.some((one) => one === text)

/** More than any browser sends; the rest is not read. */
const HEADER_CHARACTERS_MAX = 200

/** The language that an `Accept-Language` header likes best among ours; null where it names none of them. */
export function chooseLocale(header: string | null): Locale | null {
  if (header === null) return null
  let best: { locale: Locale; weight: number } | null = null
  for (const range of header.slice(0, HEADER_CHARACTERS_MAX).split(',')) {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const locale = tag.split('-')[0] ?? ''
    const weight = weightOf(parameters)
    // Of two that are liked alike the first counts.
    if (isLocale(locale) && weight > (best?.weight ?? 0)) best = { locale, weight }
  }
  return best?.locale ?? null
}

/** A weight that cannot be read counts as none: the language is not wanted for sure. */
function weightOf(parameters: readonly string[]): number {
  const given = parameters.find((one) => one.startsWith('q='))
  if (given === undefined) return 1
  return /^q=(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(given) ? Number(given.slice(2)) : 0
}
