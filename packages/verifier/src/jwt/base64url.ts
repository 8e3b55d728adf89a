/**
 * Canonical base64url without padding (RFC 7515 §2, RFC 4648 §3.5): exactly one text for every string of
 * bytes. Lenient decoders give one credential many spellings, and what is compared by text (caches, deny
 * lists of others, logs) then sees many credentials.
 */

/**
 * The bytes that a text stands for, or null when it is not the one canonical spelling: padding, white space,
 * characters of plain base64, an impossible length, or bits set behind the last byte.
 */
export function parseBase64url(text: string): Uint8Array | null {
  return typeof Buffer === 'function' ? withBuffer(text) : withAtob(text)
}

function withBuffer(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64url')
  // Buffer skips what it does not know; whatever it skipped or ignored is missing when it is spelled again.
  return bytes.toString('base64url') === text ? bytes : null
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const SHAPE = /^[A-Za-z0-9_-]*$/

/** The same where there is no Buffer; exported so that tests can hold it against the other. */
export function withAtob(text: string): Uint8Array | null {
  const rest = text.length % 4
  if (rest === 1 || !SHAPE.test(text)) return null
  const unusedBits = rest === 2 ? 15 : rest === 3 ? 3 : 0
  if ((DIGITS.indexOf(text.charAt(text.length - 1)) & unusedBits) !== 0) return null
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index)
  return bytes
}
