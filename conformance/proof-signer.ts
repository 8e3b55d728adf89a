/** A key that a client proves, and the proofs that it makes with it (RFC 9449 §4.2). */
import { createHash, randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'

export interface Signer {
  readonly jkt: string
  prove(url: string, method?: string, more?: object, header?: object): Promise<string>
}

export async function givenSigner(): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(publicKey)
  return {
    jkt: await calculateJwkThumbprint(jwk),
    prove: (htu, htm = 'POST', more = {}, header = {}) =>
      new SignJWT({ jti: randomUUID(), iat: Math.floor(Date.now() / 1000), htm, htu, ...more })
        .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk, ...header })
        .sign(privateKey),
  }
}

export const athOf = (token: string): string => createHash('sha256').update(token).digest('base64url')
