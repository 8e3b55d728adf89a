/**
 * Nonces that a resource server wants in proofs (RFC 9449 §9): nothing is stored, each carries its time and a keyed
 * hash of it, so that all processes with one key know each other's.
 */
import { parseBase64url } from '../jwt/base64url.ts'
import { hmacSha256 } from './hashes.ts'

export interface Nonces {
  make(nowMs: number): Promise<string>
  isGood(nonce: string, nowMs: number): Promise<boolean>
}

export const NONCE_SECONDS = 300
export const NONCE_KEY_BYTES_MIN = 32

/** Throws a `RangeError` for a key that could be guessed. */
export function createNonces(keyText: string): Nonces {
  const bytes = parseBase64url(keyText)
  if (bytes === null || bytes.length < NONCE_KEY_BYTES_MIN) {
    throw new RangeError('The key of nonces is base64url of at least 32 random bytes.')
  }
  const key = new Uint8Array(bytes)
  const spell = async (seconds: string): Promise<string> =>
    `${seconds}.${await hmacSha256(key, `dpop nonce ${seconds}`)}`
  return {
    make: (nowMs) => spell(String(Math.floor(nowMs / 1000))),
    async isGood(nonce, nowMs) {
      const [seconds = ''] = nonce.split('.')
      if (!/^\d{1,12}$/.test(seconds)) return false
      const ageSeconds = nowMs / 1000 - Number(seconds)
      // Nothing is gained by guessing a keyed hash in pieces here: a nonce is shown to everybody who asks.
      return ageSeconds < NONCE_SECONDS && ageSeconds > -NONCE_SECONDS && nonce === (await spell(seconds))
    },
  }
}
