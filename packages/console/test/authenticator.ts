/** What a person holds in their hand: an authenticator app (RFC 6238: HMAC-SHA-1, six digits, 30 seconds). */
import { createHmac } from 'node:crypto'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const STEP_MS = 30_000

/**
 * The code of now, or of `drift` steps from now. The authority takes the step before and the one after, and each
 * once, so three codes can be had without waiting: -1, 0 and 1, in this order.
 */
export function codeOf(seed: string, drift: -1 | 0 | 1): string {
  const bits = [...seed.replaceAll(' ', '')].map((letter) =>
    ALPHABET.indexOf(letter).toString(2).padStart(5, '0'),
  )
  const bytes = bits.join('').match(/.{8}/g) ?? []
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP_MS) + drift))
  const mac = createHmac('sha1', Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2))))
    .update(counter)
    .digest()
  const offset = (mac.at(-1) ?? 0) & 15
  return `${(mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000}`.padStart(6, '0')
}
