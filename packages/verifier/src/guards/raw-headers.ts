/**
 * Reads header lines as they were received: names and values by turns. Node's own `headers` drops a repeated
 * `Authorization` in silence, and somebody in front of us may have looked at the one that was dropped.
 */
import type { CredentialHeaders, CredentialSource, HeaderValue } from '../credential-of-request.ts'

export type RawHeaders = readonly string[]

const AUTHORIZATION = 'authorization'
const API_KEY = 'x-api-key'
const COOKIE = 'cookie'

/**
 * The place of the value of the one header that carries a credential. 0 where there is none, where there are
 * several, or where several cookie headers would have to be joined: then the slow way has to look.
 */
export function findCredential(raw: RawHeaders): number {
  let header = 0
  let cookie = 0
  let count = 0
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] ?? ''
    // Compared by length first: this runs for every header line of every request.
    switch (name.length) {
      case AUTHORIZATION.length:
        if (!isNamed(name, AUTHORIZATION)) break
        header = header === 0 ? at + 1 : -1
        break
      case API_KEY.length:
        if (!isNamed(name, API_KEY)) break
        header = header === 0 ? at + 1 : -1
        break
      case COOKIE.length:
        if (!isNamed(name, COOKIE)) break
        cookie = at + 1
        count += 1
        break
    }
  }
  if (header !== 0) return Math.max(header, 0)
  return count === 1 ? cookie : 0
}

/** Where the credential stands whose value is at the place that `findCredential` has found. */
export function sourceAt(raw: RawHeaders, at: number): CredentialSource {
  switch (raw[at - 1]?.length) {
    case AUTHORIZATION.length:
      return 'authorization'
    case API_KEY.length:
      return 'api_key_header'
    default:
      return 'cookie'
  }
}

/** The headers that can carry a credential; repeated ones apart. */
export function readCredentialHeaders(raw: RawHeaders): CredentialHeaders {
  return {
    authorization: toValue(readAll(raw, AUTHORIZATION)),
    apiKey: toValue(readAll(raw, API_KEY)),
    cookie: toValue(readAll(raw, COOKIE)),
    dpop: toValue(readAll(raw, 'dpop')),
  }
}

const toValue = (values: readonly string[]): HeaderValue => (values.length > 1 ? values : (values[0] ?? null))

/** The value of a header by its name in lower case; repeated ones joined, which no single value looks like. */
export function readHeader(raw: RawHeaders, name: string): string | null {
  const values = readAll(raw, name)
  return values.length === 0 ? null : values.join(', ')
}

function readAll(raw: RawHeaders, name: string): string[] {
  const values: string[] = []
  for (let at = 0; at < raw.length; at += 2) {
    const found = raw[at] ?? ''
    if (found.length === name.length && isNamed(found, name)) values.push(raw[at + 1] ?? '')
  }
  return values
}

/** Most come in lower case already, and need no new text made for the comparison. */
const isNamed = (found: string, name: string): boolean => found === name || found.toLowerCase() === name
