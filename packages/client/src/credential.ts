/** What a client can be given to call with, and the header it becomes. */
import { Secret } from '@countersign/protocol'

/** An access token, what renews it, and when it expires by this machine's clock. */
export interface Tokens {
  readonly accessToken: Secret
  /** Null where the refresh token lies in an HttpOnly cookie. */
  readonly refreshToken: Secret | null
  readonly expiresAtMs: number
}

export type ClientCredential =
  | { readonly apiKey: Secret | string }
  | { readonly sessionToken: Secret | string }
  | { readonly accessToken: Secret | string; readonly refreshToken?: Secret | string | undefined }
  /** A page that was loaded anew: the refresh token is in its cookie, and an access token is to be had for it. */
  | { readonly refreshCookie: true }

/** What the client holds. `cookies`: whatever the browser sends by itself, which may be nothing. */
export type Held =
  | { readonly kind: 'cookies'; readonly csrf: Secret | null }
  | { readonly kind: 'api_key'; readonly secret: Secret }
  | { readonly kind: 'session'; readonly secret: Secret }
  | HeldTokens

export interface HeldTokens {
  readonly kind: 'tokens'
  readonly access: Secret | null
  /** By this machine's clock; null where the token does not say. */
  readonly expiresAtMs: number | null
  /** How long before expiry a new one is fetched. */
  readonly aheadMs: number
  readonly refresh: Secret | 'cookie' | null
}

/** Access tokens are renewed this long before they expire, so that none expires on its way. */
export const REFRESH_AHEAD_MS = 30_000

/** Throws TypeError for a credential that cannot stand in a header; the message does not quote it. */
export function toHeld(credential: ClientCredential | undefined): Held {
  if (credential === undefined) return { kind: 'cookies', csrf: null }
  if ('apiKey' in credential) return { kind: 'api_key', secret: toSecret(credential.apiKey) }
  if ('sessionToken' in credential) return { kind: 'session', secret: toSecret(credential.sessionToken) }
  const renewal = { kind: 'tokens', aheadMs: REFRESH_AHEAD_MS } as const
  if ('refreshCookie' in credential) return { ...renewal, access: null, expiresAtMs: null, refresh: 'cookie' }
  const access = toSecret(credential.accessToken)
  const refresh = credential.refreshToken === undefined ? null : toSecret(credential.refreshToken)
  return { ...renewal, access, expiresAtMs: readExpiry(access), refresh }
}

/** fetch itself would refuse such a header too, but some of them quote it in the error. */
export function toSecret(value: Secret | string): Secret {
  const secret = typeof value === 'string' ? new Secret(value) : value
  if (/^[\x21-\x7e]{1,8192}$/.test(secret.reveal())) return secret
  throw new TypeError('A credential is printable ASCII without spaces, and this is not.')
}

/** Null where nothing but cookies goes along. */
export function toAuthorization(held: Held): string | null {
  switch (held.kind) {
    case 'cookies':
      return null
    case 'api_key':
      return `ApiKey ${held.secret.reveal()}`
    case 'session':
      return `Bearer ${held.secret.reveal()}`
    case 'tokens':
      return held.access === null ? null : `Bearer ${held.access.reveal()}`
  }
}

/**
 * Reads `exp` out of an access token, unchecked, since it only decides when to ask for a new one. Null for
 * anything that cannot be read: then the authority's 401 is what asks for a new one.
 */
function readExpiry(access: Secret): number | null {
  const [, payload = ''] = access.reveal().split('.')
  try {
    const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')))
    if (typeof claims !== 'object' || claims === null || !('exp' in claims)) return null
    return typeof claims.exp === 'number' ? claims.exp * 1000 : null
  } catch {
    return null
  }
}
