/**
 * Checks the signature of a JWT that is no access token: one that somebody made for us with a key that is
 * registered here (RFC 7523, RFC 8725). What its claims must say is the caller's to decide.
 */
import type { KeyAlgorithm } from '@countersign/protocol'
import { importKey, type VerificationKey } from './keys.ts'
import { type JsonObject, parsePayload, parsePlainHeader, splitCompactJws } from './parse.ts'

export interface SignedJwtRules {
  /** The signer's public keys as JWKs. Those that cannot be used are passed over (RFC 7517 §5). */
  readonly keys: readonly unknown[]
  readonly algorithms: readonly KeyAlgorithm[]
  /** Types that are accepted, in lower case and without `application/` (RFC 8725 §3.11); null stands for none at all. */
  readonly types: readonly (string | null)[]
}

/** The claims, once a key of the rules has signed them; null otherwise, whatever the cause. */
export async function verifySignedJwt(text: string, rules: SignedJwtRules): Promise<JsonObject | null> {
  const parts = splitCompactJws(text)
  const header = parts === null ? null : parsePlainHeader(parts.headerText)
  if (parts === null || header === null) return null
  const { alg, kid, typ } = header
  if (!rules.types.includes(toType(typ))) return null
  for (const key of await usableKeys(rules, alg, kid)) {
    if (await key.verify(parts.signingInput, parts.signature)) return parsePayload(parts.payload)
  }
  return null
}

/** Only to find out whose keys to ask for: nothing in them is true before the signature was checked. */
export function readUnverifiedClaims(text: string): JsonObject | null {
  const parts = splitCompactJws(text)
  return parts === null ? null : parsePayload(parts.payload)
}

/** The same for the header: for whoever explains a token, and trusts nothing in it. */
export function readUnverifiedHeader(text: string): JsonObject | null {
  const parts = splitCompactJws(text)
  return parts === null ? null : parsePlainHeader(parts.headerText)
}

/** Null where there is none. Case does not count (RFC 7515 §4.1.9). */
function toType(typ: unknown): string | null {
  if (typ === undefined) return null
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : ''
}

/**
 * The keys that may have signed: of the one algorithm that the header names, if it is allowed, and each under its
 * own algorithm alone, so that a public key is never taken for a shared secret.
 */
async function usableKeys(
  { keys, algorithms }: SignedJwtRules,
  alg: unknown,
  kid: unknown,
): Promise<readonly VerificationKey[]> {
  if (!algorithms.some((algorithm) => algorithm === alg)) return []
  if (kid !== undefined && typeof kid !== 'string') return []
  const imported = (await Promise.all(keys.map(importOrPass))).filter((key) => key !== null)
  return imported.filter((key) => key.algorithm === alg && (kid === undefined || key.kid === kid))
}

async function importOrPass(jwk: unknown): Promise<VerificationKey | null> {
  try {
    return await importKey(jwk)
  } catch {
    // A key that this platform cannot use verifies nothing.
    return null
  }
}
