/**
 * Refuses keys that nobody's random generator made: passwords, placeholders, repeated and counted bytes
 * (RFC 8725 §3.5). It cannot prove that a key is random; it catches what people type and copy. A key that
 * 32 random bytes give is refused by accident less than once in a million.
 */

/** 256 bits: what HMAC-SHA-256 needs (RFC 7518 §3.2) and what every root secret has. */
export const KEY_BYTES_MIN = 32
const KEY_BYTES_MAX = 512
/** 32 random bytes hold about 30 different values, and 43 characters of base64url about 31 different ones. */
const DIFFERENT_MIN = 16
/** 64 random hex digits hold all sixteen but for about 0.25. */
const DIFFERENT_HEX_MIN = 10
/** In base64url a fifth of all neighbours are two small letters; in words, four fifths. */
const SAME_CASE_NEIGHBOURS_MAX = 0.6

/** Six letters or more: five stand in random text often enough to matter. */
const telling =
  /secret|password|passphrase|change.?(?:me|it)|example|default|sample|insert|replace|qwerty|123456|abcdef|private|random|develop|product|countersign|signing/i

/** Throws, in words that do not contain the key, unless the bytes may serve as an HMAC key. */
export function assertStrongHmacKey(bytes: Uint8Array): void {
  const weakness = weaknessOfKey(bytes)
  if (weakness !== null) throw new RangeError(`The HMAC key ${weakness}.`)
}

/** What is wrong with a key, as the end of a sentence that begins with "The key", or null. */
export function weaknessOfKey(bytes: Uint8Array): string | null {
  if (bytes.length < KEY_BYTES_MIN) return `has ${bytes.length} bytes; it needs at least ${KEY_BYTES_MIN}`
  if (bytes.length > KEY_BYTES_MAX) return `has ${bytes.length} bytes; at most ${KEY_BYTES_MAX} are read`
  if (repeatsItself(bytes)) return 'repeats a short pattern'
  if (new Set(bytes).size < DIFFERENT_HEX_MIN) return 'consists of a few values only'
  if (countsUp(bytes)) return 'counts up or down'
  const text = Buffer.from(bytes).toString('latin1')
  return /^[\x20-\x7e]+$/.test(text) ? weaknessOfKeyText(text) : null
}

/**
 * The same for a key as it was typed into a setting. Asked before decoding, since a passphrase in the
 * alphabet of base64url decodes to bytes that look random.
 */
export function weaknessOfKeyText(text: string): string | null {
  if (/^[0-9a-f]+$/i.test(text)) {
    return new Set(text.toLowerCase()).size < DIFFERENT_HEX_MIN ? 'consists of a few characters only' : null
  }
  if (telling.test(text)) return 'contains a word; it must be random'
  if (new Set(text).size < DIFFERENT_MIN) return 'consists of a few characters only'
  // Both cases are in every 43 random characters of base64, but once in 10^9.
  const isOneCase = text === text.toLowerCase() || text === text.toUpperCase()
  return isOneCase || hasWords(text) ? 'looks like words; it must be random' : null
}

function hasWords(text: string): boolean {
  const pairs = (pattern: RegExp): number => text.match(pattern)?.length ?? 0
  const most = Math.max(pairs(/(?<=[a-z])[a-z]/g), pairs(/(?<=[A-Z])[A-Z]/g))
  return most / (text.length - 1) > SAME_CASE_NEIGHBOURS_MAX
}

function repeatsItself(bytes: Uint8Array): boolean {
  for (let period = 1; period * 2 <= bytes.length; period += 1) {
    if (bytes.every((byte, index) => index < period || byte === bytes[index - period])) return true
  }
  return false
}

function countsUp(bytes: Uint8Array): boolean {
  const stepAt = (index: number): number => ((bytes[index] ?? 0) - (bytes[index - 1] ?? 0)) & 0xff
  return bytes.every((_, index) => index < 2 || stepAt(index) === stepAt(1))
}

/** Reads base64url or base64, with or without padding; null for anything else. */
export function decodeKey(text: string): Uint8Array | null {
  if (!/^(?:[A-Za-z0-9_-]+|[A-Za-z0-9+/]+)={0,2}$/.test(text)) return null
  const body = text.replace(/=+$/, '')
  if (body.length % 4 === 1) return null
  return new Uint8Array(Buffer.from(body, 'base64'))
}
