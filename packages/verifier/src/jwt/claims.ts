/**
 * Reads the claims of an access token whose signature was good (RFC 9068 §2.2, §4; RFC 7519 §4.1). Claims of
 * other names are ignored (RFC 7519 §4). `cnf` binds the token to a key (RFC 7800 §3.1); one that names the key in
 * any other way than by `jkt` would bind it to something that nobody here asks for, and is refused.
 */
import {
  type AccessTokenClaims,
  isAccessTokenId,
  isApiKeyId,
  isClientId,
  isGrantId,
  isPrincipalId,
  isRoleId,
  isSessionId,
  isThumbprint,
  PARENTS_MAX,
  parseParent,
  type RefusalReason,
} from '@countersign/protocol'
import { isAddressBlock } from '../addresses.ts'
import type { JsonObject } from './parse.ts'
import { parseScope } from './shared.ts'

export interface ClaimRules {
  readonly issuer: string
  /** What this resource server is called; a token for any of them is good here. `any` compares nothing. */
  readonly audiences: readonly string[] | 'any'
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
  if (!isAccessTokenClaims(claims)) return refuse('bad_claims')
  if (!isForOneOf(claims.aud, rules.audiences)) return refuse('wrong_audience')
  const { exp, nbf, iat } = claims
  const { leewaySeconds, lifetimeMaxSeconds } = rules
  // RFC 7519 §4.1.4: on or after `exp` the token is not accepted.
  if (expiryNowSeconds >= exp + leewaySeconds) return refuse('expired')
  // Entries of the revocation set are kept no longer than this, so a longer life could outlast its revocation:
  // also that of a token from before the longest lifetime was lowered, which is why its own length counts too.
  if (exp > nowSeconds + lifetimeMaxSeconds + leewaySeconds) return refuse('bad_claims')
  if (exp - iat > lifetimeMaxSeconds + leewaySeconds) return refuse('bad_claims')
  if (Math.max(iat, nbf ?? iat) > nowSeconds + leewaySeconds) return refuse('not_yet_valid')
  return { ok: true, claims }
}

const refuse = (reason: RefusalReason): ReadClaims => ({ ok: false, reason })

type AnyClaims = AccessTokenClaims & { readonly nbf?: number }

function isAccessTokenClaims(claims: JsonObject): claims is JsonObject & AnyClaims {
  const { sub, jti, client_id: clientId, scope, epoch, pos, nbf } = claims
  return (
    typeof claims.iss === 'string' &&
    typeof sub === 'string' &&
    isPrincipalId(sub) &&
    typeof jti === 'string' &&
    isAccessTokenId(jti) &&
    isAudience(claims.aud) &&
    isNumericDate(claims.exp) &&
    isNumericDate(claims.iat) &&
    (nbf === undefined || isNumericDate(nbf)) &&
    typeof clientId === 'string' &&
    isClientId(clientId) &&
    typeof scope === 'string' &&
    parseScope(scope) !== null &&
    typeof epoch === 'string' &&
    epoch !== '' &&
    Number.isSafeInteger(pos) &&
    Number(pos) >= 0 &&
    hasGoodPath(claims) &&
    isConfirmation(claims.cnf) &&
    hasGoodAuthentication(claims)
  )
}

function hasGoodPath({ roles, sid, gid, akid, addrs, resources, rate, parents }: JsonObject): boolean {
  return (
    (sid === undefined || (typeof sid === 'string' && isSessionId(sid))) &&
    (gid === undefined || (typeof gid === 'string' && isGrantId(gid))) &&
    (akid === undefined || (typeof akid === 'string' && isApiKeyId(akid))) &&
    (roles === undefined || isListOf((role) => isText(role) && isRoleId(role), roles)) &&
    (addrs === undefined || isListOf((address) => isText(address) && isAddressBlock(address), addrs)) &&
    (resources === undefined || isListOf(isText, resources)) &&
    (parents === undefined || isListOfParents(parents)) &&
    (rate === undefined || (isListOf(isCount, rate) && Array.isArray(rate) && rate.length === 2))
  )
}

/** A parent that cannot be read could be one that has ended. */
function isListOfParents(value: unknown): boolean {
  return (
    isListOf((parent) => isText(parent) && parseParent(parent) !== null, value) &&
    Array.isArray(value) &&
    value.length <= PARENTS_MAX
  )
}

function hasGoodAuthentication({ auth_time: authTime, acr, amr, act }: JsonObject): boolean {
  return (
    (act === undefined || isActor(act)) &&
    (authTime === undefined || isNumericDate(authTime)) &&
    (acr === undefined || typeof acr === 'string') &&
    (amr === undefined || isListOf(isText, amr))
  )
}

/** Nothing but a thumbprint: whoever set another member meant something by it. */
function isConfirmation(value: unknown): boolean {
  if (value === undefined) return true
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return false
  return 'jkt' in value && typeof value.jkt === 'string' && isThumbprint(value.jkt)
}

/** RFC 8693 §4.1: whoever acts has a name. How deep it goes is bounded by the length of a token. */
function isActor(act: unknown): boolean {
  if (typeof act !== 'object' || act === null || !('sub' in act) || !isText(act.sub)) return false
  return !('act' in act) || isActor(act.act)
}

const isText = (value: unknown): value is string => typeof value === 'string'

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0

function isListOf(accepts: (item: unknown) => boolean, value: unknown): boolean {
  return Array.isArray(value) && value.every(accepts)
}

/** RFC 7519 §2: a JSON number. Texts are refused however they look, and so are numbers beyond all time. */
function isNumericDate(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER
}

/** RFC 7519 §4.1.3: one text or a list of them; a token for nobody is for nobody. */
function isAudience(value: unknown): boolean {
  return typeof value === 'string' || (Array.isArray(value) && value.length > 0 && value.every(isText))
}

/** At least one of the credential's audiences is one of ours (RFC 7519 §4.1.3). */
export function isForOneOf(aud: string | readonly string[], audiences: readonly string[] | 'any'): boolean {
  if (audiences === 'any') return true
  return typeof aud === 'string' ? audiences.includes(aud) : aud.some((one) => audiences.includes(one))
}
