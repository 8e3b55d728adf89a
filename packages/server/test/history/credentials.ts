/** Makes the credentials of a history: opaque ones in the real format, access tokens with real signatures. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { KeyPair, SigningMaterial } from '@countersign/core'
import {
  ACCESS_TOKEN_TYPE,
  type AccessTokenClaims,
  type CredentialStyle,
  isApiKeyId,
  isSessionId,
  SECRET_BYTES,
  Secret,
  toOpaqueCredential,
  toSecretText,
} from '@countersign/protocol'
import type { Random } from './random.ts'

export const ISSUER = 'https://authority.example'
export const AUDIENCE = 'https://pool.example'
export const STYLE: CredentialStyle = { prefix: 'cs', environment: 'live' }

export const toBytes = (random: Random, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, () => random.whole(0, 255))

/** A session token or an API key. */
export function spellOpaque(kind: 'session' | 'api_key', id: string, random: Random): string {
  const secret = toSecretText(toBytes(random, SECRET_BYTES))
  if (kind === 'session' && isSessionId(id)) return toOpaqueCredential(STYLE, kind, id, secret).reveal()
  if (kind === 'api_key' && isApiKeyId(id)) return toOpaqueCredential(STYLE, kind, id, secret).reveal()
  throw new Error(`${id} is no id of a ${kind}.`)
}

interface Pair {
  readonly privateKey: KeyObject
  readonly publicJwk: Readonly<Record<string, string>>
}

const PAIRS = 4
let made: readonly Pair[] | undefined

/** Made once for all histories of the process: what they sign has no part in what happens. */
const pairs = (): readonly Pair[] => {
  made ??= Array.from({ length: PAIRS }, () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { kty, crv, x, y } = publicKey.export({ format: 'jwk' })
    return { privateKey, publicJwk: { kty: `${kty}`, crv: `${crv}`, x: `${x}`, y: `${y}`, alg: 'ES256' } }
  })
  return made
}

/** The private half stands for its place among the pairs, and never leaves the process. */
export function pickKeyPair(number: number): KeyPair {
  const index = number % PAIRS
  return { publicJwk: pairs()[index]?.publicJwk ?? null, privateKey: new Secret(String(index)) }
}

export function signToken({ id, privateKey }: SigningMaterial, claims: AccessTokenClaims): string {
  const key = pairs()[Number(privateKey.reveal())]?.privateKey
  if (key === undefined) throw new Error('There is no such key.')
  const header = { typ: ACCESS_TOKEN_TYPE, alg: 'ES256', kid: id }
  const input = `${encode(header)}.${encode(claims)}`
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token that looks right and names a key that nobody has. */
export function forgeToken(kid: string, claims: AccessTokenClaims): string {
  return signToken({ id: kid, algorithm: 'ES256', privateKey: new Secret('0') }, claims)
}
