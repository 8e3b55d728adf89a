/**
 * A real verifier that follows an authority in its own process, so that polls and first sights cost the measured
 * process next to nothing; and credentials of each kind that it takes.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { toOpaqueCredential, toSecretText } from '@countersign/protocol'
import { createVerifier, type Verifier } from '@countersign/verifier'

export type Kind = 'session' | 'JWT' | 'API key'
export const kinds: readonly Kind[] = ['session', 'JWT', 'API key']

/** How many of each kind take turns: a server that knows one caller alone would be flattered. */
const CREDENTIALS = 64
const AUDIENCE = 'https://api.example.com'
const ISSUER = 'https://auth.example.com'
const EPOCH = '0123456789abcdef'
const POSITION = 3
const LEASE_MS = 60_000
const STYLE = { prefix: 'cs', environment: 'live' } as const
const ID = '01m80pj90sphjp0ynbwt3dp3sk'
/** So many that nobody is refused while it is counted. */
const RATE_LIMIT = { requests: 1_000_000_000, per_seconds: 60 }

export interface Bench {
  readonly verifier: Verifier
  /** The headers that carry them, by kind. */
  readonly headers: Readonly<Record<Kind, readonly [name: string, value: string][]>>
}

export async function openBench(): Promise<Bench> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: `sig_${ID}`, alg: 'ES256', use: 'sig' }
  const verifier = createVerifier({
    issuer: ISSUER,
    audience: AUDIENCE,
    key: toOpaque('api_key', 9_999),
    fetch: async (input, init) => Response.json(await answer(new URL(String(input)), init, jwk)),
  })
  await verifier.ready()
  const each = <T>(make: (index: number) => T): T[] =>
    Array.from({ length: CREDENTIALS }, (_, index) => make(index))
  return {
    verifier,
    headers: {
      session: each((index) => ['authorization', `Bearer ${toOpaque('session', index)}`]),
      JWT: each((index) => ['authorization', `Bearer ${toAccessToken(privateKey, index)}`]),
      'API key': each((index) => ['x-api-key', toOpaque('api_key', index)]),
    },
  }
}

const toId = (index: number): string => ID.slice(0, -4) + String(index).padStart(4, '0')

function toOpaque(kind: 'session' | 'api_key', index: number): string {
  const secret = toSecretText(randomBytes(32))
  return kind === 'session'
    ? toOpaqueCredential(STYLE, kind, `ses_${toId(index)}`, secret).reveal()
    : toOpaqueCredential(STYLE, kind, `key_${toId(index)}`, secret).reveal()
}

/** The claims of a sign-in, as the authority issues them. */
function toAccessToken(key: KeyObject, index: number): string {
  const nowSeconds = Math.floor(Date.now() / 1000)
  return signJwt(
    { alg: 'ES256', typ: 'at+jwt', kid: `sig_${ID}` },
    {
      iss: ISSUER,
      sub: `acc_${ID}`,
      aud: AUDIENCE,
      exp: nowSeconds + 900,
      iat: nowSeconds,
      jti: `jwt_${toId(index)}`,
      client_id: 'first-party',
      scope: 'gym:enter pool:enter',
      epoch: EPOCH,
      pos: POSITION,
      roles: ['member'],
      sid: `ses_${toId(index)}`,
      gid: `gra_${toId(index)}`,
      auth_time: nowSeconds,
      amr: ['pwd'],
    },
    (input) => sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }),
  )
}

export function signJwt(header: object, claims: object, toSignature: (input: string) => Buffer): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const input = `${part(header)}.${part(claims)}`
  return `${input}.${toSignature(input).toString('base64url')}`
}

async function answer(url: URL, init: RequestInit | undefined, jwk: object): Promise<object> {
  switch (url.pathname) {
    case '/v1/revocations':
      return toFeedAnswer(url.searchParams)
    case '/.well-known/jwks.json':
      return { keys: [jwk] }
    case '/v1/verify':
      return toVerifyAnswer(JSON.parse(String(init?.body)).credential)
    default:
      return {}
  }
}

async function toFeedAnswer(query: URLSearchParams): Promise<object> {
  const snapshot = query.get('epoch') !== EPOCH
  // A lease of a minute, renewed twice in it: what is measured is requests.
  if (!snapshot) await new Promise((resolve) => setTimeout(resolve, LEASE_MS / 3).unref())
  return {
    epoch: EPOCH,
    entries: [],
    position: POSITION,
    lease_ms: LEASE_MS,
    now: new Date().toISOString(),
    snapshot,
    more: false,
    pace_ms: 0,
    pruned_until: null,
  }
}

function toVerifyAnswer(credential: string): object {
  const isKey = credential.startsWith('cs_key')
  const id = `${isKey ? 'key' : 'ses'}_${credential.slice(11, 37)}`
  const kind = isKey ? 'api_key' : 'session'
  return {
    active: true,
    position: POSITION,
    principal: { kind: 'account', id: `acc_${ID}` },
    credential: {
      kind,
      id,
      path: [{ kind, id }],
      expires_at: null,
      amr: ['pwd'],
      acr: null,
      auth_time: null,
    },
    permissions: ['gym:enter', 'pool:enter'],
    resources: [],
    audiences: [AUDIENCE],
    rate_limit: isKey ? RATE_LIMIT : null,
    cache_seconds: 60,
  }
}
