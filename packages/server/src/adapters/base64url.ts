/** Base64url without padding, in its one spelling (RFC 4648 §3.5 and §5). */

/** Null for padding, other alphabets, and bits behind the last byte. */
export function parseBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = Buffer.from(text, 'base64url')
  // Buffer skips what it does not know; whatever it skipped is missing when it is spelled again.
  return bytes.toString('base64url') === text ? Uint8Array.from(bytes) : null
}
