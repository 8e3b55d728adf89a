/**
 * The cookies that hold credentials (6265bis §4.1.3, ASVS 3.3): both HttpOnly and Secure, as narrow as can be. The
 * third cookie, which only tells a device, is in device-cookie.ts.
 */
import type { Secret } from '@countersign/protocol'

/** `__Host-`: Secure, no Domain, Path=/; browsers refuse it otherwise. */
const HOST_SESSION_COOKIE = '__Host-countersign_session'
/** With a Domain it can be no `__Host-` cookie, and what it reads is the sites' own matter (docs/http-api.md). */
const DOMAIN_SESSION_COOKIE = '__Secure-countersign_session'
/** `__Secure-`, since `__Host-` would force Path=/ and send it along with every request. */
export const REFRESH_COOKIE = '__Secure-countersign_refresh'
const REFRESH_PATH = '/oauth/token'

/** The session cookie as this authority sets it. The refresh cookie is for its own host alone, always. */
export interface Cookies {
  readonly cookieName: string
  session(token: Secret, maxAgeSeconds: number): string
  /** Ends them all, also one that stems from before a domain was set. */
  readonly cleared: readonly string[]
}

/** `domain`: the hosts under it get the session cookie as well; null keeps it to this host. */
export function createCookies(domain: string | null): Cookies {
  const name = domain === null ? HOST_SESSION_COOKIE : DOMAIN_SESSION_COOKIE
  const scope = domain === null ? 'Path=/' : `Domain=${domain}; Path=/`
  const ended = (cookie: string, of: string): string =>
    `${cookie}=; ${of}; Max-Age=0; Secure; HttpOnly; SameSite=Lax`
  return {
    cookieName: name,
    session: (token, maxAgeSeconds) =>
      `${name}=${token.reveal()}; ${scope}; Max-Age=${maxAgeSeconds}; Secure; HttpOnly; SameSite=Lax`,
    cleared: [
      ended(name, scope),
      ...(domain === null ? [] : [ended(HOST_SESSION_COOKIE, 'Path=/')]),
      `${REFRESH_COOKIE}=; Path=${REFRESH_PATH}; Max-Age=0; Secure; HttpOnly; SameSite=Strict`,
    ],
  }
}

export function refreshCookie(token: Secret, maxAgeSeconds: number): string {
  return `${REFRESH_COOKIE}=${token.reveal()}; Path=${REFRESH_PATH}; Max-Age=${maxAgeSeconds}; Secure; HttpOnly; SameSite=Strict`
}

/** The value of a cookie by its exact name; null when absent, and when it stands there twice. */
export function readCookie(header: string | null, name: string): string | null {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
  const [value] = values
  return values.length === 1 && value !== undefined ? value : null
}
