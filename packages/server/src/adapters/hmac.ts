/**
 * HMAC-SHA-256 (RFC 2104) by two one-shot hashes. Node's own `Hmac` is a stream with listeners, which costs several
 * times as much as what it computes, and every request with a secret pays for one.
 */
import { hash } from 'node:crypto'

const BLOCK_BYTES = 64
const INNER = 0x36
const OUTER = 0x5c

/** @param key At most 64 bytes; longer ones would have to be hashed first, and ours are outputs of HKDF. */
export function createHmacSha256(key: Uint8Array): (text: string) => Buffer {
  if (key.length > BLOCK_BYTES) throw new RangeError(`A key has at most ${BLOCK_BYTES} bytes.`)
  const inner = toPad(key, INNER)
  const outer = toPad(key, OUTER)
  return (text) => {
    const within = hash('sha256', Buffer.concat([inner, Buffer.from(text)]), 'buffer')
    return hash('sha256', Buffer.concat([outer, within]), 'buffer')
  }
}

function toPad(key: Uint8Array, fill: number): Buffer {
  const pad = Buffer.alloc(BLOCK_BYTES, fill)
  for (const [index, byte] of key.entries()) pad[index] = byte ^ fill
  return pad
}
