/** The key to which access tokens are bound, and the proofs that are signed with it (RFC 9449 §4). */
import { digestOf, signJwt } from './jws.ts'

export interface ProofKey {
  /** The thumbprint (RFC 7638), as `dpop_jkt` and `cnf.jkt` carry it. */
  readonly jkt: string
  /** To be kept, in IndexedDB for instance: a key that cannot be extracted can be stored there all the same. */
  readonly pair: ProofKeyPair
  prove(request: ProvenRequest): Promise<string>
}

/** As Web Crypto generates it. */
export interface ProofKeyPair {
  readonly publicKey: CryptoKey
  readonly privateKey: CryptoKey
}

export interface ProvenRequest {
  readonly method: string
  readonly url: string
  /** The access token that goes along (RFC 9449 §7); none where one is asked for. */
  readonly accessToken?: string | undefined
  /** What the server gave last in `DPoP-Nonce`. */
  readonly nonce?: string | undefined
}

/** A new key on P-256 that no script can read out; or one that was kept. */
export async function createProofKey(kept?: ProofKeyPair): Promise<ProofKey> {
  const pair = kept ?? (await crypto.subtle.generateKey(P256, false, ['sign', 'verify']))
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  if (kty !== 'EC' || crv !== 'P-256') throw new TypeError('A key for proofs is one on P-256.')
  // RFC 7638 §3.2: these members, in this order.
  const jwk = { crv, kty, x, y }
  return {
    jkt: await digestOf(JSON.stringify(jwk)),
    pair,
    prove: (request) => prove(pair.privateKey, jwk, request),
  }
}

const P256 = { name: 'ECDSA', namedCurve: 'P-256' }

async function prove(key: CryptoKey, jwk: object, request: ProvenRequest): Promise<string> {
  const { method, url, accessToken, nonce } = request
  const { origin, pathname } = new URL(url)
  const claims = {
    jti: crypto.randomUUID(),
    iat: Math.floor(Date.now() / 1000),
    htm: method,
    // RFC 9449 §4.2: without query and fragment.
    htu: origin + pathname,
    ...(accessToken !== undefined && { ath: await digestOf(accessToken) }),
    ...(nonce !== undefined && { nonce }),
  }
  return signJwt(key, { typ: 'dpop+jwt', jwk }, claims)
}
