/** TOTP codes (RFC 6238 on HMAC-SHA-1, six digits, steps of 30 seconds), judged by this server's clock alone. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { TOTP_DIGITS, TOTP_STEP_SECONDS, type Totp } from '@countersign/core'
import type { Secret } from '@countersign/protocol'

/** One step either side, for clocks that drift and people who type slowly (NIST SP 800-63B-4 §3.1.4). */
const DRIFT_STEPS = [-1, 0, 1] as const
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export const totp: Totp = {
  matchingStep(seed, code, nowMs) {
    const key = fromBase32(seed)
    const now = Math.floor(nowMs / 1000 / TOTP_STEP_SECONDS)
    const presented = Buffer.from(code)
    let found: number | null = null
    // No early end: the time taken must not tell which step it was. Of two that match, the later one is spent.
    for (const drift of DRIFT_STEPS) {
      const expected = Buffer.from(toTotpCode(key, now + drift))
      if (presented.length === expected.length && timingSafeEqual(presented, expected)) found = now + drift
    }
    return found
  },
}

/** The code of one step (RFC 4226 §5.3). */
export function toTotpCode(key: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', key).update(counter).digest()
  const offset = (mac[mac.length - 1] ?? 0) & 15
  const number = mac.readUInt32BE(offset) & 0x7fffffff
  return String(number % 10 ** TOTP_DIGITS).padStart(TOTP_DIGITS, '0')
}

/** RFC 4648 §6, as `toBase32` spelled it. Throws for anything else: such a seed was never made here. */
export function fromBase32(seed: Secret): Uint8Array {
  const bytes: number[] = []
  let held = 0
  let heldBits = 0
  for (const character of seed.reveal()) {
    const value = ALPHABET.indexOf(character)
    if (value < 0) throw new Error('A TOTP seed holds a character that is no base32.')
    held = (held << 5) | value
    heldBits += 5
    if (heldBits < 8) continue
    heldBits -= 8
    bytes.push((held >> heldBits) & 255)
    held &= (1 << heldBits) - 1
  }
  return Uint8Array.from(bytes)
}
