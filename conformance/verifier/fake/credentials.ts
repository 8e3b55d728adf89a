/** Credentials as the authority would make them, and some that it never would. */
import { createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import {
  type ApiKeyId,
  type GrantId,
  type IdPrefix,
  type SessionId,
  toId,
  toOpaqueCredential,
  toSecretText,
} from '@countersign/protocol'
import type { Verdict } from './authority.ts'

export const ISSUER = 'https://authority.example'
export const AUDIENCE = 'https://notes.example'

export const newId = <P extends IdPrefix>(prefix: P): `${P}_${string}` =>
  toId(prefix, Date.now(), randomBytes(10))

export interface SigningKey {
  readonly kid: string
  readonly alg: 'ES256' | 'RS256' | 'EdDSA'
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** As it stands in the key set. */
  readonly jwk: Readonly<Record<string, unknown>>
}

export function newSigningKey(alg: SigningKey['alg']): SigningKey {
  const kid = newId('sig')
  const { privateKey, publicKey } = newPair(alg)
  return {
    kid,
    alg,
    privateKey,
    publicKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' },
  }
}

function newPair(alg: SigningKey['alg']): { privateKey: KeyObject; publicKey: KeyObject } {
  switch (alg) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    case 'EdDSA':
      return generateKeyPairSync('ed25519')
    case 'RS256':
      return generateKeyPairSync('rsa', { modulusLength: 2048 })
  }
}

export const toBase64url = (text: string | Uint8Array): string => Buffer.from(text).toString('base64url')

/** What to make a token of; texts instead of objects are signed as they are. */
export interface TokenParts {
  readonly key: SigningKey
  readonly claims: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  readonly headerText?: string
  readonly payload?: string | Uint8Array
}

export function makeToken(parts: TokenParts): string {
  const { key, claims, header = {} } = parts
  const headerText =
    parts.headerText ?? JSON.stringify({ alg: key.alg, typ: 'at+jwt', kid: key.kid, ...header })
  const input = `${toBase64url(headerText)}.${toBase64url(parts.payload ?? JSON.stringify(claims))}`
  return `${input}.${signText(key, input)}`
}

export function signText({ alg, privateKey }: SigningKey, input: string): string {
  const key = alg === 'ES256' ? { key: privateKey, dsaEncoding: 'ieee-p1363' as const } : privateKey
  return sign(alg === 'EdDSA' ? null : 'sha256', Buffer.from(input), key).toString('base64url')
}

export const macText = (secret: string | Uint8Array, input: string): string =>
  createHmac('sha256', secret).update(input).digest('base64url')

/** The claims of a good token that was issued at a position of an epoch. */
export function goodClaims(epoch: string, pos: number, more: object = {}): Record<string, unknown> {
  const iat = Math.floor(Date.now() / 1000)
  return {
    iss: ISSUER,
    sub: newId('acc'),
    aud: AUDIENCE,
    exp: iat + 900,
    iat,
    jti: newId('jwt'),
    client_id: 'first-party',
    scope: 'notes:read notes:write',
    roles: ['member'],
    sid: newId('ses'),
    gid: newId('gra'),
    auth_time: iat,
    amr: ['pwd'],
    epoch,
    pos,
    ...more,
  }
}

const style = { prefix: 'cs', environment: 'live' } as const
const newSecret = (): ReturnType<typeof toSecretText> => toSecretText(randomBytes(32))

export const newSessionToken = (id: SessionId): string =>
  toOpaqueCredential(style, 'session', id, newSecret()).reveal()
export const newApiKey = (id: ApiKeyId): string =>
  toOpaqueCredential(style, 'api_key', id, newSecret()).reveal()
export const newRefreshToken = (id: GrantId): string =>
  toOpaqueCredential(style, 'refresh', id, newSecret()).reveal()
/** Of another authority, with a right checksum. */
export const newForeign = (prefix: string, environment: 'live' | 'test'): string =>
  toOpaqueCredential({ prefix, environment }, 'session', newId('ses'), newSecret()).reveal()

export interface Opaque {
  readonly credential: string
  readonly kind: 'session' | 'api_key'
  readonly id: string
  readonly principal: string
  /** What the authority says about it. */
  readonly verdict: Verdict
}

/** A session of a person or an API key of a program, decided at a position. */
export function newOpaque(kind: Opaque['kind'], position: number, more: object = {}): Opaque {
  const isSession = kind === 'session'
  const principal = newId(isSession ? 'acc' : 'svc')
  const principalKind = isSession ? 'account' : 'service_account'
  const session = newId('ses')
  const key = newId('key')
  const id = isSession ? session : key
  const path = [
    { kind: 'issuer', id: ISSUER },
    { kind: 'client', id: 'first-party' },
    { kind: principalKind, id: principal },
    { kind: 'role', id: 'member' },
    { kind, id },
  ]
  const verdict = {
    active: true,
    position,
    principal: { kind: principalKind, id: principal },
    credential: { kind, id, path, expires_at: null, amr: [], acr: null, auth_time: null },
    permissions: ['notes:read'],
    resources: [],
    audiences: [AUDIENCE],
    cache_seconds: 60,
    ...more,
  }
  const credential = isSession ? newSessionToken(session) : newApiKey(key)
  return { credential, kind, id, principal, verdict }
}
