/** Proofs of possession, made by jose, which knows nothing of this code: good ones, and with one thing changed. */
import { createHash, randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { NOW_SECONDS } from './given.ts'

export interface ProofSigner {
  readonly jwk: JWK
  readonly privateJwk: JWK
  readonly jkt: string
  /** What is undefined is left out. */
  prove(claims: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>
}

export async function givenProofSigner(
  algorithm: 'ES256' | 'EdDSA' | 'RS256' = 'ES256',
): Promise<ProofSigner> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true })
  const jwk = await exportJWK(publicKey)
  return {
    jwk,
    privateJwk: await exportJWK(privateKey),
    jkt: await calculateJwkThumbprint(jwk),
    prove: (claims, header = {}) =>
      new SignJWT({ jti: randomUUID(), iat: NOW_SECONDS, ...claims })
        .setProtectedHeader({ typ: 'dpop+jwt', alg: algorithm, jwk, ...header })
        .sign(privateKey),
  }
}

/** RFC 9449 §4.2. */
export const athOf = (accessToken: string): string =>
  createHash('sha256').update(accessToken).digest('base64url')
