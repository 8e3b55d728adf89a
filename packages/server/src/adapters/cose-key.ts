/**
 * Public keys of authenticators (RFC 9053 §7, RFC 8230 §4): whether one is of the kind that its algorithm says, and
 * of a size that can be verified with in no time. A key that the runtime does not take would be a factor that never works.
 */
import { createPublicKey } from 'node:crypto'

/** What a COSE_Key is read as. */
export type CoseKey = ReadonlyMap<number, unknown>

const RSA_BYTES_MIN = 256
const RSA_BYTES_MAX = 512
const EXPONENT_BYTES_MAX = 4

export function isUsableKey(key: CoseKey): boolean {
  const jwk = toJwk(key)
  if (jwk === null) return false
  try {
    createPublicKey({ key: jwk, format: 'jwk' })
    return true
  } catch {
    // No point of the curve, for one.
    return false
  }
}

function toJwk(key: CoseKey): Readonly<Record<string, string>> | null {
  const [kty, algorithm] = [key.get(1), key.get(3)]
  switch (algorithm) {
    case -7: {
      const [x, y] = [toText(key.get(-2), 32, 32), toText(key.get(-3), 32, 32)]
      if (kty !== 2 || key.get(-1) !== 1 || x === null || y === null) return null
      return { kty: 'EC', crv: 'P-256', x, y }
    }
    case -8: {
      const x = toText(key.get(-2), 32, 32)
      if (kty !== 1 || key.get(-1) !== 6 || x === null) return null
      return { kty: 'OKP', crv: 'Ed25519', x }
    }
    case -257: {
      const n = toText(key.get(-1), RSA_BYTES_MIN, RSA_BYTES_MAX)
      const e = toText(key.get(-2), 1, EXPONENT_BYTES_MAX)
      if (kty !== 3 || n === null || e === null) return null
      return { kty: 'RSA', n, e }
    }
    default:
      return null
  }
}

function toText(value: unknown, bytesMin: number, bytesMax: number): string | null {
  if (!(value instanceof Uint8Array) || value.length < bytesMin || value.length > bytesMax) return null
  return Buffer.from(value).toString('base64url')
}
