/** What others do to check a JWT on every request, set up as their guides say. */
import { createHmac, createSecretKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { createVerifier as createFastJwtVerifier } from 'fast-jwt'
import { jwtVerify } from 'jose'
import { signJwt } from './authority.ts'

const AUDIENCE = 'https://api.example.com'
const ISSUER = 'https://auth.example.com'

export interface Peers {
  readonly secret: string
  /** Tokens that these take, with claims like those of our own. */
  readonly hs256: string
  readonly es256: string
  joseHs256(authorization: string | undefined): Promise<unknown>
  joseEs256(authorization: string | undefined): Promise<unknown>
  /** Answers from its cache from the second time on. */
  fastJwt(token: string): unknown
}

export function openPeers(): Peers {
  const secret = randomBytes(32).toString('base64url')
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const symmetric = createSecretKey(Buffer.from(secret))
  const rules = { issuer: ISSUER, audience: AUDIENCE }
  const toToken = (authorization: string | undefined): string => authorization?.slice(7) ?? ''
  return {
    secret,
    hs256: signJwt({ alg: 'HS256', typ: 'JWT' }, toClaims(), (input) =>
      createHmac('sha256', secret).update(input).digest(),
    ),
    es256: signJwt({ alg: 'ES256', typ: 'JWT' }, toClaims(), (input) =>
      sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }),
    ),
    joseHs256: (authorization) => jwtVerify(toToken(authorization), symmetric, rules),
    joseEs256: (authorization) => jwtVerify(toToken(authorization), publicKey, rules),
    fastJwt: createFastJwtVerifier({
      key: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      cache: true,
      allowedIss: ISSUER,
      allowedAud: AUDIENCE,
    }),
  }
}

function toClaims(): object {
  const nowSeconds = Math.floor(Date.now() / 1000)
  return {
    iss: ISSUER,
    sub: 'acc_01m80pj90sphjp0ynbwt3dp3sk',
    aud: AUDIENCE,
    exp: nowSeconds + 900,
    iat: nowSeconds,
    jti: 'jwt_01m80pj90sphjp0ynbwt3dp3sk',
    client_id: 'first-party',
    scope: 'gym:enter pool:enter',
    roles: ['member'],
    sid: 'ses_01m80pj90sphjp0ynbwt3dp3sk',
    auth_time: nowSeconds,
    amr: ['pwd'],
  }
}
