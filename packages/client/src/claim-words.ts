/** What each header parameter and claim means, and how its value reads. */
import { type InspectedPart, tellTime } from './inspection.ts'
import { toPrintable } from './printable.ts'

/** RFC 7515 §4.1. */
const headerWords: Readonly<Record<string, string>> = {
  alg: 'how it is signed; a verifier decides itself which it accepts',
  typ: 'the media type; at+jwt marks an access token (RFC 9068)',
  kid: 'which of the issuer’s keys signed it',
  jku: 'a place to fetch keys from; never to be followed',
  jwk: 'a key that the token brings along; never to be trusted',
  x5u: 'a place to fetch a certificate from; never to be followed',
  x5c: 'a certificate chain',
  crit: 'extensions that a verifier must understand',
  cty: 'the media type of what is inside',
}

/** RFC 7519 §4.1, RFC 9068 §2.2, and Countersign’s own. */
const claimWords: Readonly<Record<string, string>> = {
  iss: 'issuer: the authority that made it',
  sub: 'subject: the principal it speaks for',
  aud: 'audience: the only APIs that may accept it',
  exp: 'expires',
  nbf: 'not good before',
  iat: 'issued',
  jti: 'its own id, by which it can be revoked alone',
  client_id: 'the OAuth client it was issued to',
  scope: 'permissions',
  roles: 'roles of the principal; changing one reaches this token',
  sid: 'the session it stands under; ending that ends it',
  gid: 'the grant it was minted under; ending that ends it',
  akid: 'the API key it was exchanged for; ending that ends it',
  parents: 'the token it was exchanged for and whoever acts; ending one of them ends it',
  act: 'who acts for the subject',
  auth_time: 'when the person proved who they are',
  acr: 'how strong that proof was',
  amr: 'by which means',
  addrs: 'the only addresses it may be used from',
  resources: 'the only resources it may be used for',
  rate: 'its key’s rate limit: requests, and the seconds they are counted in',
  epoch: 'which revocation log it belongs to',
  pos: 'place in that log when it was minted: rules after it hit this token',
}

const timeClaims: ReadonlySet<string> = new Set(['exp', 'nbf', 'iat', 'auth_time'])

export function explainHeader(name: string, value: unknown): InspectedPart {
  return {
    name: toText(name),
    value: toText(value),
    meaning: wordsFor(headerWords, name) ?? 'unknown header parameter',
  }
}

export function explainClaim(name: string, value: unknown, nowMs: number): InspectedPart {
  const isTime = timeClaims.has(name) && typeof value === 'number'
  return {
    name: toText(name),
    value: isTime ? tellTime(value * 1000, nowMs) : toText(value),
    meaning: wordsFor(claimWords, name) ?? 'a claim that Countersign does not issue',
  }
}

/** A claim may be called `constructor`: only the table's own rows count. */
function wordsFor(words: Readonly<Record<string, string>>, name: string): string | null {
  return Object.hasOwn(words, name) ? (words[name] ?? null) : null
}

const VALUE_CHARACTERS_MAX = 400

/** A value as one line of harmless text: whoever made the token chose it. */
export function toText(value: unknown): string {
  const shown = toPrintable(typeof value === 'string' ? value : JSON.stringify(value))
  return shown.length > VALUE_CHARACTERS_MAX ? `${shown.slice(0, VALUE_CHARACTERS_MAX)}…` : shown
}
