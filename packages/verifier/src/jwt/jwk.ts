/**
 * Reads public keys as they stand in a JWK Set (RFC 7517, RFC 7518 §6, RFC 8037 §2), strictly: one algorithm
 * per key, sizes that hold, and no private half.
 */
import { type KeyAlgorithm, keyAlgorithms } from '@countersign/protocol'
import { parseBase64url } from './base64url.ts'

/** A checked key, with nothing but the members that make it. */
export type KeyMaterial =
  | {
      readonly algorithm: 'ES256'
      readonly jwk: { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string }
    }
  | {
      readonly algorithm: 'EdDSA'
      readonly jwk: { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string }
    }
  | {
      readonly algorithm: 'RS256' | 'PS256'
      readonly jwk: { readonly kty: 'RSA'; readonly n: string; readonly e: string }
    }
  | { readonly algorithm: 'HS256'; readonly jwk: { readonly kty: 'oct'; readonly k: string } }

export type ParsedJwk =
  | { readonly ok: true; readonly kid: string; readonly material: KeyMaterial }
  | { readonly ok: false; readonly problem: string }

/** RFC 7518 §3.3 asks for 2048 bits; beyond 8192 one signature check costs more than a caller is worth. */
export const RSA_BITS_MIN = 2048
export const RSA_BITS_MAX = 8192
/** RFC 7518 §3.2: an HMAC key is at least as long as the hash. */
export const HMAC_KEY_BYTES_MIN = 32
export const KID_CHARACTERS_MAX = 128

/**
 * Parses one key of a set. The problem is told in constant words: no member's value stands in it.
 */
export function parseJwk(jwk: unknown): ParsedJwk {
  if (typeof jwk !== 'object' || jwk === null) return problem('A key is a JSON object.')
  const members: Readonly<Record<string, unknown>> = { ...jwk }
  const { kid, alg, use, key_ops: operations } = members
  if (typeof kid !== 'string' || kid === '' || kid.length > KID_CHARACTERS_MAX) {
    return problem(`A key needs a \`kid\` of at most ${KID_CHARACTERS_MAX} characters.`)
  }
  if (!isKeyAlgorithm(alg)) return problem('A key names one supported algorithm in `alg`.')
  // RFC 7517 §4.2, §4.3: a key that is meant for something else is not used for this.
  if (use !== undefined && use !== 'sig') return problem('The key is not for signatures.')
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    return problem('The key is not for verifying.')
  }
  if (privateMembers.some((member) => Object.hasOwn(members, member))) {
    return problem('A verifier is given public keys only.')
  }
  const material = toMaterial(alg, members)
  return material === null
    ? problem('The key is not of the kind and size that its algorithm needs.')
    : { ok: true, kid, material }
}

const problem = (text: string): ParsedJwk => ({ ok: false, problem: text })

/** RFC 7518 §6.2.2, §6.3.2. `k` is missing here since an HMAC key has no public half; it counts by `kty`. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth']

function isKeyAlgorithm(alg: unknown): alg is KeyAlgorithm {
  return keyAlgorithms.some((algorithm) => algorithm === alg)
}

function toMaterial(algorithm: KeyAlgorithm, members: Readonly<Record<string, unknown>>): KeyMaterial | null {
  const { kty, crv, x, y, n, e, k } = members
  switch (algorithm) {
    case 'ES256': {
      if (kty !== 'EC' || crv !== 'P-256' || !isBytes(x, 32, 32) || !isBytes(y, 32, 32)) return null
      if (!isOnP256(toInteger(x), toInteger(y))) return null
      return { algorithm, jwk: { kty, crv, x, y } }
    }
    case 'EdDSA': {
      if (kty !== 'OKP' || crv !== 'Ed25519' || !isBytes(x, 32, 32)) return null
      return { algorithm, jwk: { kty, crv, x } }
    }
    case 'RS256':
    case 'PS256': {
      if (kty !== 'RSA' || !isModulus(n) || !isExponent(e)) return null
      return { algorithm, jwk: { kty, n, e } }
    }
    case 'HS256': {
      if (kty !== 'oct' || !isBytes(k, HMAC_KEY_BYTES_MIN, 1024)) return null
      return { algorithm, jwk: { kty, k } }
    }
  }
}

function isBytes(value: unknown, min: number, max: number): value is string {
  if (typeof value !== 'string') return false
  const length = parseBase64url(value)?.length ?? -1
  return length >= min && length <= max
}

const toInteger = (text: string): bigint =>
  [...(parseBase64url(text) ?? [])].reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)

/** FIPS 186-5, SP 800-186 §3.2.1.3. */
const P256_P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n
const P256_B = 0x5ac635d8_aa3a93e7_b3ebbd55_769886bc_651d06b0_cc53b0f6_3bce3c3e_27d2604bn

/**
 * RFC 8725 §3.4. Not every platform looks when it imports a key: Deno's Web Crypto takes any two numbers. The
 * point at infinity has no spelling in a JWK, and the curve's cofactor is 1, so that nothing else is to be asked.
 */
function isOnP256(x: bigint, y: bigint): boolean {
  return x < P256_P && y < P256_P && (y * y - (x * x * x - 3n * x + P256_B)) % P256_P === 0n
}

function isModulus(value: unknown): value is string {
  const [first = 0, ...rest] = (typeof value === 'string' && parseBase64url(value)) || []
  // Without leading zeros the first byte tells how many bits the modulus has.
  const bits = first === 0 ? 0 : rest.length * 8 + 32 - Math.clz32(first)
  return bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX
}

/** Odd, from 65537 up (FIPS 186-5 §A.1.1), and of at most four bytes: with `e` = 1 anybody could sign. */
function isExponent(value: unknown): value is string {
  const bytes = typeof value === 'string' ? parseBase64url(value) : null
  if (bytes === null || bytes.length > 4 || bytes[0] === 0) return false
  const exponent = bytes.reduce((sum, byte) => sum * 256 + byte, 0)
  return exponent >= 65537 && exponent % 2 === 1
}
