/**
 * What a browser is known by between asking for a passkey and presenting it: a cookie of random bytes that is good for
 * nothing else. Our own pages always have it; programs, and apps at other origins, keep no cookies and are not asked to.
 */
import { randomBytes } from 'node:crypto'
import { readCookie } from './cookies.ts'
import { judgeOrigin, type OriginPolicy } from './csrf.ts'
import type { Headers as HeaderReader } from './exchange.ts'

export const ASKING_COOKIE = '__Host-countersign_passkey'
const VALUE = /^[A-Za-z0-9_-]{43}$/

/** For whoever asks: what it is known by, and the cookie to set where it has none. */
export function knowBrowser(
  header: HeaderReader,
  origins: OriginPolicy,
): { readonly browser: string; readonly cookies: readonly string[] } {
  if (judgeOrigin(header, origins) !== 'same') return { browser: '', cookies: [] }
  const known = cookieOf(header)
  if (known !== null) return { browser: known, cookies: [] }
  const browser = randomBytes(32).toString('base64url')
  return { browser, cookies: [`${ASKING_COOKIE}=${browser}; Path=/; Secure; HttpOnly; SameSite=Strict`] }
}

/** For whoever presents; null for a page of ours in a browser that never asked. */
export function readBrowser(header: HeaderReader, origins: OriginPolicy): string | null {
  return judgeOrigin(header, origins) === 'same' ? cookieOf(header) : ''
}

function cookieOf(header: HeaderReader): string | null {
  const value = readCookie(header('cookie'), ASKING_COOKIE)
  return value !== null && VALUE.test(value) ? value : null
}
