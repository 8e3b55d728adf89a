/**
 * Finds the one credential of a request in its raw header values (RFC 6750 §2.1, RFC 6265 §4.2). It decides
 * where a credential may stand, not whether it is good; credentials in URLs are never looked at.
 */

/** A header as it was received; a list where the runtime keeps repeated ones apart. */
export type HeaderValue = string | readonly string[] | null | undefined

export interface CredentialHeaders {
  readonly authorization: HeaderValue
  /** `X-API-Key`. */
  readonly apiKey: HeaderValue
  readonly cookie: HeaderValue
  /** `DPoP`: the proof that goes with an access token of that scheme. */
  readonly dpop?: HeaderValue
}

export type CredentialSource = 'authorization' | 'api_key_header' | 'cookie'

export type TakenCredential =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'one'
      readonly credential: string
      readonly from: CredentialSource
      /** It came by the scheme `DPoP`, so that a proof has to come with it (RFC 9449 §7.1). */
      readonly byProof?: true
    }
  /** Two headers, each with a credential: 400. */
  | { readonly kind: 'multiple' }
  /** There is something, but not one credential in its proper place: 401. */
  | { readonly kind: 'malformed' }

/** Longer credentials are refused unread; the longest access token has 8192 characters. */
const CREDENTIAL_CHARACTERS_MAX = 8192

/**
 * Takes the credential out of `Authorization`, `X-API-Key` or the session cookie. A header wins over the
 * cookie even when it is bad: otherwise a request that names one caller would be served as another.
 */
export function takeCredential(
  headers: CredentialHeaders,
  options: { readonly cookieName: string },
): TakenCredential {
  const hasAuthorization = isPresent(headers.authorization)
  const hasApiKey = isPresent(headers.apiKey)
  if (hasAuthorization && hasApiKey) return { kind: 'multiple' }
  if (hasAuthorization) return takeAuthorization(toSingle(headers.authorization))
  if (hasApiKey) return take(toSingle(headers.apiKey), ['api_key'], 'api_key_header')
  return takeCookie(headers.cookie, options.cookieName)
}

const malformed: TakenCredential = { kind: 'malformed' }

export function isPresent(value: HeaderValue): boolean {
  return typeof value === 'string' || (value !== null && value !== undefined && value.length > 0)
}

/** Null for a repeated header: which of the two counts is a question for attackers. */
function toSingle(value: HeaderValue): string | null {
  if (typeof value === 'string') return value
  return value?.length === 1 ? (value[0] ?? null) : null
}

/** RFC 9110 §11.4: a scheme in any case, spaces, the credential, nothing behind it. */
const AUTHORIZATION = /^([A-Za-z]+) +([^ ]+)$/

function takeAuthorization(value: string | null): TakenCredential {
  const [, scheme = '', credential = ''] = AUTHORIZATION.exec(value ?? '') ?? []
  switch (scheme.toLowerCase()) {
    case 'bearer':
      // An API key is no bearer token of a session, and a static key no session (ASVS 7.2.2).
      return take(credential, ['access_token', 'session', 'refresh', 'other'], 'authorization')
    case 'dpop': {
      const taken = take(credential, ['access_token'], 'authorization')
      return taken.kind === 'one' ? { ...taken, byProof: true } : taken
    }
    case 'apikey':
      return take(credential, ['api_key'], 'authorization')
    default:
      return malformed
  }
}

type Shape = 'access_token' | 'session' | 'refresh' | 'api_key' | 'other'

function take(value: string | null, shapes: readonly Shape[], from: CredentialSource): TakenCredential {
  if (value === null || !isCredentialText(value) || !shapes.includes(toShape(value))) return malformed
  return { kind: 'one', credential: value, from }
}

/** What credentials are written in. A comma is not among it, so joined headers fall here. */
const TEXT = /^[A-Za-z0-9._~+/-]+=*$/

function isCredentialText(text: string): boolean {
  return text.length <= CREDENTIAL_CHARACTERS_MAX && TEXT.test(text)
}

const OPAQUE = /^[a-z][a-z0-9]{1,11}_(ses|ref|key)(?:live|test)_/

/** By the look of it; the check that follows reads every character. */
function toShape(text: string): Shape {
  if (text.includes('.')) return 'access_token'
  switch (OPAQUE.exec(text)?.[1]) {
    case 'ses':
      return 'session'
    case 'ref':
      return 'refresh'
    case 'key':
      return 'api_key'
    default:
      return 'other'
  }
}

/** HTTP/2 may split the cookie header, which means the same as one joined by `; ` (RFC 9113 §8.2.3). */
function takeCookie(value: HeaderValue, name: string): TakenCredential {
  const text = typeof value === 'string' ? value : (value ?? []).join('; ')
  const found = text
    .split(';')
    .map(toPair)
    .filter((pair) => pair.name === name)
  const [first, second] = found
  if (first === undefined) return { kind: 'none' }
  // Somebody on a sibling domain may have set the other one; nobody can tell which is which.
  return second === undefined ? take(first.value, ['session'], 'cookie') : malformed
}

/**
 * Only spaces and tabs are trimmed: a name behind other white space is another name, or a script could write
 * `__Host-…` past the browser's protection of that prefix. `$Version` is a cookie like any other.
 */
function toPair(text: string): { name: string; value: string } {
  const pair = text.replace(/^[ \t]+|[ \t]+$/g, '')
  const equals = pair.indexOf('=')
  return equals === -1
    ? { name: '', value: pair }
    : { name: pair.slice(0, equals), value: pair.slice(equals + 1) }
}
