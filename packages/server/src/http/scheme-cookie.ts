/**
 * Light or dark, as somebody chose it on the account pages: a plain cookie that their browser writes and everybody may
 * read. Nothing but the look of a page follows from it.
 */
import { readCookie } from './cookies.ts'

/** `__Host-`: no neighbour below the same domain can set it. */
export const SCHEME_COOKIE = '__Host-countersign_scheme'

export type Scheme = 'light' | 'dark'

/** Null where nothing was chosen, and for anything that is neither of the two: the page then follows the system. */
export function readScheme(cookies: string | null): Scheme | null {
  const value = readCookie(cookies, SCHEME_COOKIE)
  return value === 'light' || value === 'dark' ? value : null
}
