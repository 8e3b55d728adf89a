/**
 * The name by which a program calls itself, as usage reports carry it: the product of `User-Agent` (RFC 9110
 * §10.1.5) without its version. Reports are for telling one program from another, and need nothing more.
 */

export const PROGRAM_NAME_CHARACTERS_MAX = 32
const NAME = /^[a-z][a-z0-9_.-]{0,31}$/
/** The whole product or nothing: the beginning of something longer may be the beginning of a secret. */
const PRODUCT = /^([A-Za-z][\w.-]{0,31})(?![\w.-])/

/** `none` where the header is missing, `browser` for those that call themselves Mozilla, `other` for what is no name. */
export function toProgramName(userAgent: string | null): string {
  const text = userAgent?.trim() ?? ''
  if (text === '') return 'none'
  const product = PRODUCT.exec(text)?.[1]?.toLowerCase()
  if (product === undefined) return 'other'
  return product === 'mozilla' ? 'browser' : product
}

export const isProgramName = (text: string): boolean => NAME.test(text)
