/** The ID tokens of the fake provider: signed as they should be, or as a test wants them. */
import { createHmac, generateKeyPairSync, type KeyObject, sign as signWith } from 'node:crypto'

export type Claims = Record<string, unknown>

/** Signs with a key that nobody has published, with the client's secret, or not at all. */
export type FalseSignature = 'foreign_key' | 'client_secret' | 'none'

export interface TokenMaker {
  readonly jwks: { readonly keys: readonly object[] }
  sign(header: Claims, claims: Claims, by: FalseSignature | null): string
}

const KID = 'published'
export const HEADER: Readonly<Claims> = { alg: 'ES256', kid: KID }

export function createTokenMaker(clientSecret: string): TokenMaker {
  const published = makeKey()
  const foreign = makeKey()
  return {
    jwks: {
      keys: [{ ...published.publicKey.export({ format: 'jwk' }), kid: KID, alg: 'ES256', use: 'sig' }],
    },
    sign(header, claims, by) {
      const alg = by === 'none' ? { alg: 'none' } : by === 'client_secret' ? { alg: 'HS256' } : {}
      const input = `${toPart({ ...header, ...alg })}.${toPart(claims)}`
      if (by === 'none') return `${input}.`
      if (by === 'client_secret') {
        return `${input}.${createHmac('sha256', clientSecret).update(input).digest('base64url')}`
      }
      return `${input}.${signES256(by === null ? published.privateKey : foreign.privateKey, input)}`
    },
  }
}

const makeKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const toPart = (value: Claims): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const signES256 = (key: KeyObject, input: string): string =>
  signWith('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')
