/**
 * Checks signatures, with `node:crypto` where the runtime has it and Web Crypto elsewhere. Each imported key
 * is a function bound to one algorithm, so nothing that a token says can choose another (RFC 8725 §3.1).
 */
import type { KeyAlgorithm } from '@countersign/protocol'
import { parseBase64url } from './base64url.ts'
import type { KeyMaterial } from './jwk.ts'

/**
 * True when the signature of `signingInput` (ASCII) is good and spelled in canonical base64url. Never throws
 * for a bad one.
 */
export type VerifySignature = (signingInput: string, signature: string) => boolean | Promise<boolean>

export interface SignatureBackEnd {
  /** Imports checked key material. Throws, or rejects, when the platform does not take the key. */
  importKey(material: KeyMaterial): VerifySignature | Promise<VerifySignature>
}

/** RFC 7518 §3.5. */
const PSS_SALT_BYTES = 32

/**
 * Reads the signatures of one key: canonical, and for RSA exactly as long as its modulus (RFC 8017 §8.1.2, §8.2.2). OpenSSL takes
 * one for PSS that lacks its leading zero, and one signature would have two spellings. Null for anything else.
 */
function createReader({ algorithm, jwk }: KeyMaterial): (signature: string) => Uint8Array | null {
  if (algorithm !== 'RS256' && algorithm !== 'PS256') return parseBase64url
  // A checked modulus has no leading zeros.
  const length = parseBase64url(jwk.n)?.length
  return (signature) => {
    const bytes = parseBase64url(signature)
    return bytes !== null && bytes.length === length ? bytes : null
  }
}

const nodeCrypto = typeof process === 'object' ? process.getBuiltinModule?.('node:crypto') : undefined

/** Synchronous; null where there is no `node:crypto`. */
export const nodeBackEnd: SignatureBackEnd | null = nodeCrypto ? createNodeBackEnd(nodeCrypto) : null

/** Runs wherever Web Crypto does; every answer is a promise. */
export const webBackEnd: SignatureBackEnd = {
  async importKey(material): Promise<VerifySignature> {
    const { subtle } = globalThis.crypto
    const algorithm = webAlgorithms[material.algorithm]
    const key = await subtle.importKey('jwk', { ...material.jwk }, algorithm, false, ['verify'])
    const encoder = new TextEncoder()
    const read = createReader(material)
    return async (signingInput, signature) => {
      const bytes = read(signature)
      return (
        bytes !== null && subtle.verify(algorithm, key, new Uint8Array(bytes), encoder.encode(signingInput))
      )
    }
  },
}

/** The quicker one of those that this runtime has. */
export const signatureBackEnd: SignatureBackEnd = nodeBackEnd ?? webBackEnd

function createNodeBackEnd(crypto: NonNullable<typeof nodeCrypto>): SignatureBackEnd {
  const padding = crypto.constants.RSA_PKCS1_PSS_PADDING
  const toRsa = ({ algorithm }: KeyMaterial, key: ReturnType<typeof crypto.createPublicKey>) =>
    algorithm === 'PS256' ? { key, padding, saltLength: PSS_SALT_BYTES } : key
  return {
    importKey(material): VerifySignature {
      if (material.algorithm === 'HS256') {
        const secret = crypto.createSecretKey(material.jwk.k, 'base64url')
        return (signingInput, signature) => {
          const expected = crypto
            .createHmac('sha256', secret)
            .update(signingInput, 'latin1')
            .digest('base64url')
          return isSameText(expected, signature)
        }
      }
      const key = crypto.createPublicKey({ key: { ...material.jwk }, format: 'jwk' })
      // JWS writes ECDSA signatures as two fixed-length integers, not as DER (RFC 7518 §3.4).
      const verifyKey =
        material.algorithm === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' as const } : toRsa(material, key)
      // Ed25519 hashes by itself (RFC 8032 §5.1).
      const digest = material.algorithm === 'EdDSA' ? null : 'sha256'
      const read = createReader(material)
      return (signingInput, signature) => {
        const bytes = read(signature)
        return bytes !== null && crypto.verify(digest, Buffer.from(signingInput, 'latin1'), verifyKey, bytes)
      }
    },
  }
}

/**
 * Compares in a time that does not depend on where two texts of one length differ, or a guesser could find a
 * MAC character by character. The expected text is canonical, so only a canonical one is the same.
 */
function isSameText(expected: string, presented: string): boolean {
  if (expected.length !== presented.length) return false
  let difference = 0
  for (let index = 0; index < expected.length; index += 1) {
    difference |= expected.charCodeAt(index) ^ presented.charCodeAt(index)
  }
  return difference === 0
}

interface WebAlgorithm {
  readonly name: string
  readonly hash?: string
  readonly namedCurve?: string
  readonly saltLength?: number
}

/** What Web Crypto calls each algorithm, for importing the key and for verifying with it. */
const webAlgorithms: Record<KeyAlgorithm, WebAlgorithm> = {
  HS256: { name: 'HMAC', hash: 'SHA-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256', saltLength: PSS_SALT_BYTES },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
}
