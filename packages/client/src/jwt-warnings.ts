/** What a careful verifier would find odd about a JWT, in sentences. */
import {
  ACCESS_TOKEN_LIFETIME_SECONDS_MAX,
  ACCESS_TOKEN_TYPE,
  accessTokenClaimNames,
  CLOCK_LEEWAY_SECONDS,
  signingAlgorithms,
} from '@countersign/protocol'
import { toText } from './claim-words.ts'
import type { JsonObject } from './inspect-jwt.ts'
import { tellDuration } from './inspection.ts'

/** Headers and proxies commonly take 8 KiB in all; a token that fills half of that is a problem in waiting. */
const TOKEN_CHARACTERS_MAX = 4096

export function findWarnings(
  header: JsonObject,
  claims: JsonObject,
  signature: string,
  nowMs: number,
): string[] {
  return [
    ...algorithmWarnings(header, signature),
    ...headerWarnings(header),
    ...timeWarnings(claims, nowMs),
    ...claimWarnings(header, claims),
  ]
}

/** RFC 8725 §3.1 and §3.2. */
function algorithmWarnings(header: JsonObject, signature: string): string[] {
  const { alg } = header
  if (typeof alg === 'string' && alg.toLowerCase() === 'none') {
    return ['It is not signed (alg "none"): anybody can have made it.']
  }
  if (signature === '') return ['The signature is missing: anybody can have made it.']
  if (!isOneOf(signingAlgorithms, alg)) return ['Its algorithm is none that Countersign signs with.']
  if (alg === 'HS256') return ['HS256: everybody who can check it can also make one.']
  return []
}

const isOneOf = (known: readonly string[], value: unknown): boolean =>
  typeof value === 'string' && known.includes(value)

/** RFC 8725 §3.10, RFC 9068 §2.1. */
function headerWarnings(header: JsonObject): string[] {
  const warnings: string[] = []
  for (const name of ['jku', 'jwk', 'x5u', 'x5c']) {
    if (Object.hasOwn(header, name))
      warnings.push(`It brings its own key (${name}), which a verifier must ignore.`)
  }
  if (header.typ !== ACCESS_TOKEN_TYPE) {
    warnings.push(
      `It is not marked as an access token (typ "${ACCESS_TOKEN_TYPE}"), so Countersign refuses it as one.`,
    )
  }
  return warnings
}

function timeWarnings(claims: JsonObject, nowMs: number): string[] {
  const { exp, iat, nbf } = claims
  const warnings: string[] = []
  const leewayMs = CLOCK_LEEWAY_SECONDS * 1000
  if (typeof exp !== 'number') warnings.push('It never expires: there is no exp.')
  else if (exp * 1000 <= nowMs) warnings.push('It has expired.')
  if (typeof nbf === 'number' && nbf * 1000 > nowMs + leewayMs) warnings.push('It is not good yet.')
  if (typeof iat === 'number' && iat * 1000 > nowMs + leewayMs) {
    warnings.push('It says it was issued in the future: one of two clocks is wrong.')
  }
  if (typeof exp === 'number' && typeof iat === 'number' && exp - iat > ACCESS_TOKEN_LIFETIME_SECONDS_MAX) {
    const told = tellDuration((exp - iat) * 1000)
    warnings.push(`It lives for ${told}; more than an hour is too long for what cannot be asked about.`)
  }
  return warnings
}

/** RFC 9068 §2.2: what every access token must carry. */
const requiredClaims = ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'client_id'] as const

function claimWarnings(header: JsonObject, claims: JsonObject): string[] {
  const warnings: string[] = []
  const missing = requiredClaims.filter((name) => !Object.hasOwn(claims, name) && name !== 'exp')
  if (header.typ === ACCESS_TOKEN_TYPE && missing.length > 0) {
    warnings.push(`An access token must also say ${missing.join(', ')} (RFC 9068).`)
  }
  const foreign = Object.keys(claims).filter((name) => !accessTokenClaimNames.has(name))
  if (foreign.length > 0) {
    const names = foreign.slice(0, 10).map(toText).join(', ')
    warnings.push(
      `It carries claims that Countersign does not issue (${names}); anybody who sees it can read them.`,
    )
  }
  const characters = JSON.stringify(claims).length
  if (characters > TOKEN_CHARACTERS_MAX) warnings.push('It is so long that proxies may refuse the header.')
  return warnings
}
