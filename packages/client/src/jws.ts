/** Signs JWTs with keys of Web Crypto (RFC 7515 §3.1, RFC 7518 §3.4), which need not be extractable. */

/** ECDSA on P-256 as ES256, and Ed25519 as EdDSA: what the authority takes from clients with one name for each key. */
export type JwsAlgorithm = 'ES256' | 'EdDSA'

/** Throws TypeError for a key that is not one for signing with either algorithm. */
export async function signJwt(key: CryptoKey, header: object, claims: object): Promise<string> {
  const alg = algorithmOf(key)
  const input = `${encode({ ...header, alg })}.${encode(claims)}`
  const how = alg === 'ES256' ? { name: 'ECDSA', hash: 'SHA-256' } : { name: 'Ed25519' }
  const signature = await crypto.subtle.sign(how, key, new TextEncoder().encode(input))
  return `${input}.${toBase64url(new Uint8Array(signature))}`
}

export function algorithmOf({ type, algorithm, usages }: CryptoKey): JwsAlgorithm {
  if (type === 'private' && usages.includes('sign')) {
    if (algorithm.name === 'Ed25519') return 'EdDSA'
    const isP256 = 'namedCurve' in algorithm && algorithm.namedCurve === 'P-256'
    if (algorithm.name === 'ECDSA' && isP256) return 'ES256'
  }
  throw new TypeError('The key is no private key for signing with ECDSA on P-256 or with Ed25519.')
}

const encode = (value: object): string => toBase64url(new TextEncoder().encode(JSON.stringify(value)))

export const digestOf = async (text: string): Promise<string> =>
  toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))

function toBase64url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
