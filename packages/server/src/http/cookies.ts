/** The two cookies that Countersign sets (6265bis §4.1.3, ASVS 3.3): both HttpOnly and Secure, as narrow as can be. */
import type { Secret } from '@countersign/protocol'

/** `__Host-`: Secure, no Domain, Path=/; browsers refuse it otherwise. */
export const SESSION_COOKIE = '__Host-countersign_session'
/** `__Secure-`, since `__Host-` would force Path=/ and send it along with every request. */
export const REFRESH_COOKIE = '__Secure-countersign_refresh'
const REFRESH_PATH = '/oauth/token'

export function sessionCookie(token: Secret, maxAgeSeconds: number): string {
  return `${SESSION_COOKIE}=${token.reveal()}; Path=/; Max-Age=${maxAgeSeconds}; Secure; HttpOnly; SameSite=Lax`
}

export function refreshCookie(token: Secret, maxAgeSeconds: number): string {
  return `${REFRESH_COOKIE}=${token.reveal()}; Path=${REFRESH_PATH}; Max-Age=${maxAgeSeconds}; Secure; HttpOnly; SameSite=Strict`
}

export const clearedCookies: readonly string[] = [
  `${SESSION_COOKIE}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax`,
  `${REFRESH_COOKIE}=; Path=${REFRESH_PATH}; Max-Age=0; Secure; HttpOnly; SameSite=Strict`,
]

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
