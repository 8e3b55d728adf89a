/**
 * Where a client may be sent back to. Registered as whole URIs and compared as texts (OAuth 2.1 §2.3.1, RFC 9700
 * §2.1): whatever reads a pattern more widely than its author hands codes to strangers.
 */
import type { ClientKind } from './client.ts'

export const REDIRECT_URI_CHARACTERS_MAX = 1000

/** Printable ASCII, less what browsers and servers read in more than one way, and less `*` and `#`. */
const CHARACTERS = /^[!$%&'()+,\-./0-9:;=?@A-Z[\]_a-z~]+$/
/** RFC 8252 §7.1: a scheme that a domain's owner can claim, so with a dot in it. */
const PRIVATE_SCHEME = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:\/[^/]/
const LOOPBACK_NAME = /^http:\/\/localhost(?::\d{1,5})?(?:[/?]|$)/
/** RFC 8252 §7.3. The port is its own part, since the system chooses it for each start. */
const LOOPBACK_ADDRESS = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]))(?::\d{1,5})?([/?].*)?$/

/** What is wrong with a redirect URI that somebody wants to register; null for a good one. */
export function redirectUriMistake(uri: string, kind: ClientKind): string | null {
  if (uri.length > REDIRECT_URI_CHARACTERS_MAX) {
    return `A redirect URI has at most ${REDIRECT_URI_CHARACTERS_MAX} characters.`
  }
  if (!CHARACTERS.test(uri)) return 'A redirect URI is an absolute URI without fragment and wildcard.'
  if (PRIVATE_SCHEME.test(uri)) {
    return kind === 'public' ? null : 'A scheme of its own is for public clients: apps on a device.'
  }
  const url = URL.canParse(uri) ? new URL(uri) : null
  if (url === null || url.username !== '' || url.password !== '' || /^[a-z]+:\/\/[^/?]*@/.test(uri)) {
    return 'A redirect URI is an absolute URI without a user name.'
  }
  if (/^https:\/\/[^/?]/.test(uri)) return null
  return LOOPBACK_ADDRESS.test(uri) || LOOPBACK_NAME.test(uri)
    ? null
    : 'A redirect URI is https, http on loopback, or has a private scheme with a dot.'
}

/** True where the client registered exactly this one; on loopback addresses any port is the same. */
export function isRegisteredRedirectUri(registered: readonly string[], uri: string): boolean {
  if (registered.includes(uri)) return true
  const presented = withoutPort(uri)
  return presented !== null && registered.some((one) => withoutPort(one) === presented)
}

function withoutPort(uri: string): string | null {
  const [, start, rest = ''] = LOOPBACK_ADDRESS.exec(uri) ?? []
  return start === undefined ? null : start + rest
}
