/**
 * Reads the claims of an access token whose signature was good (RFC 9068 §2.2, §4; RFC 7519 §4.1). Claims of
 * other names are ignored (RFC 7519 §4), except `cnf`, which would bind the token to a key that nobody here
 * asks for.
 */
import {
  type AccessTokenClaims,
  isAccessTokenId,
  isApiKeyId,
  isClientId,
  isGrantId,
  isPermission,
  isPrincipalId,
  isRoleId,
  isSessionId,
  type RefusalReason,
} from '@countersign/protocol'
import { isAddressBlock } from '../addresses.ts'
import type { JsonObject } from './parse.ts'

export interface ClaimRules {
  readonly issuer: string
  /** What this resource server is called; a token for any of them is good here. */
  readonly audiences: readonly string[]
  readonly leewaySeconds: number
  /** The longest life that the authority gives to access tokens. */
  readonly lifetimeMaxSeconds: number
}

export type ReadClaims =
  | { readonly ok: true; readonly claims: AccessTokenClaims }
  | { readonly ok: false; readonly reason: RefusalReason }

/**
 * Checks the type of every claim and then what it says. `nowSeconds` is the authority's time, and
 * `expiryNowSeconds` the same or later: whatever had expired by then stays expired.
 */
export function readClaims(
  claims: JsonObject,
  rules: ClaimRules,
  nowSeconds: number,
  expiryNowSeconds: number,
): ReadClaims {
  if (typeof claims.iss === 'string' && claims.iss !== rules.issuer) return refuse('wrong_issuer')
  if (!isAccessTokenClaims(claims) || claims.cnf !== undefined) return refuse('bad_claims')
  if (!isForOneOf(claims.aud, rules.audiences)) return refuse('wrong_audience')
  const { exp, nbf, iat } = claims
  const { leewaySeconds, lifetimeMaxSeconds } = rules
  // RFC 7519 §4.1.4: on or after `exp` the token is not accepted.
  if (expiryNowSeconds >= exp + leewaySeconds) return refuse('expired')
  // Entries of the revocation set are kept no longer than this, so a longer life could outlast its revocation.
  if (exp > nowSeconds + lifetimeMaxSeconds + leewaySeconds) return refuse('bad_claims')
  if (Math.max(iat, nbf ?? iat) > nowSeconds + leewaySeconds) return refuse('not_yet_valid')
  return { ok: true, claims }
}

const refuse = (reason: RefusalReason): ReadClaims => ({ ok: false, reason })

type AnyClaims = AccessTokenClaims & { readonly nbf?: number; readonly cnf?: unknown }

function isAccessTokenClaims(claims: JsonObject): claims is JsonObject & AnyClaims {
  return (
    typeof claims.iss === 'string' &&
    is(isPrincipalId, claims.sub) &&
    isAudience(claims.aud) &&
    isNumericDate(claims.exp) &&
    isNumericDate(claims.iat) &&
    (claims.nbf === undefined || isNumericDate(claims.nbf)) &&
    is(isAccessTokenId, claims.jti) &&
    is(isClientId, claims.client_id) &&
    is(isScope, claims.scope) &&
    is(isEpoch, claims.epoch) &&
    Number.isSafeInteger(claims.pos) &&
    Number(claims.pos) >= 0 &&
    hasGoodPath(claims) &&
    hasGoodAuthentication(claims)
  )
}

function hasGoodPath({ roles, sid, gid, akid, addrs }: JsonObject): boolean {
  return (
    isListOf(isRoleId, roles) &&
    (sid === undefined || is(isSessionId, sid)) &&
    (gid === undefined || is(isGrantId, gid)) &&
    (akid === undefined || is(isApiKeyId, akid)) &&
    isListOf(isAddressBlock, addrs)
  )
}

function hasGoodAuthentication({ auth_time: authTime, acr, amr }: JsonObject): boolean {
  return (
    (authTime === undefined || isNumericDate(authTime)) &&
    (acr === undefined || typeof acr === 'string') &&
    isListOf(isText, amr)
  )
}

const isText = (_text: string): boolean => true
const isEpoch = (text: string): boolean => text !== ''

function is(accepts: (text: string) => boolean, value: unknown): boolean {
  return typeof value === 'string' && accepts(value)
}

/** An optional claim: absent, or a list in which every item is accepted. */
function isListOf(accepts: (text: string) => boolean, value: unknown): boolean {
  if (value === undefined) return true
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && accepts(item))
}

/** RFC 7519 §2: a JSON number. Texts are refused however they look, and so are numbers beyond all time. */
function isNumericDate(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER
}

/** RFC 7519 §4.1.3: one text or a list of them; a token for nobody is for nobody. */
function isAudience(value: unknown): boolean {
  return typeof value === 'string' || (Array.isArray(value) && value.length > 0 && isListOf(isText, value))
}

/** RFC 6749 §3.3: separated by one space each. The empty scope holds nothing. */
function isScope(scope: string): boolean {
  return scope === '' || scope.split(' ').every(isPermission)
}

function isForOneOf(aud: string | readonly string[], audiences: readonly string[]): boolean {
  return typeof aud === 'string' ? audiences.includes(aud) : aud.some((one) => audiences.includes(one))
}
