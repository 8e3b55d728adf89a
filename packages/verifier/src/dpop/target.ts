/**
 * What `htu` says and what was asked for, made comparable (RFC 9449 §4.3, check 9; RFC 3986 §6.2.2): without query and
 * fragment, in one spelling of scheme, host, port, dots and escapes.
 */

const CHARACTERS_MAX = 4096

/** Null for what is no address of HTTP. */
export function toTarget(text: string): string | null {
  if (text.length > CHARACTERS_MAX || !URL.canParse(text)) return null
  const url = new URL(text)
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null
  return url.origin + url.pathname.replace(/%[0-9a-f]{2}/gi, toOneSpelling)
}

/** RFC 3986 §6.2.2.1, §6.2.2.2: upper case, and no escape where none is needed. */
function toOneSpelling(escaped: string): string {
  const sign = String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
  return /[A-Za-z0-9._~-]/.test(sign) ? sign : escaped.toUpperCase()
}
