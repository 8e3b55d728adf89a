/** SHA-256 and HMAC by whatever this runtime has; base64url without padding. */

const nodeCrypto = typeof process === 'object' ? process.getBuiltinModule?.('node:crypto') : undefined

export async function sha256(text: string): Promise<string> {
  if (nodeCrypto) return nodeCrypto.createHash('sha256').update(text, 'utf8').digest('base64url')
  return toBase64url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
}

export async function hmacSha256(key: Uint8Array<ArrayBuffer>, text: string): Promise<string> {
  if (nodeCrypto) return nodeCrypto.createHmac('sha256', key).update(text, 'utf8').digest('base64url')
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const imported = await crypto.subtle.importKey('raw', key, algorithm, false, ['sign'])
  return toBase64url(await crypto.subtle.sign('HMAC', imported, new TextEncoder().encode(text)))
}

function toBase64url(bytes: ArrayBuffer): string {
  const text = String.fromCharCode(...new Uint8Array(bytes))
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
