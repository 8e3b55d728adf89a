/** What a verifier costs: the first sight of an access token, and a check that memory answers. */
import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import type { SigningAlgorithm } from '@countersign/protocol'
import { type Checker, createChecker, importKey } from '@countersign/verifier'
import { alternate, type BenchResult, type Phase, toCost } from './measure.ts'

const ISSUER = 'https://auth.example.com'
const AUDIENCE = 'https://api.example.com'
const TURNS = { turns: 21, phaseMs: 25 }
const TOKENS = 400
const FIRST_SIGHT_RATIO_MAX = 1.2
const ID = '01m80pj90sphjp0ynbwt3dp3sk'
const NOW_SECONDS = Math.floor(Date.now() / 1000)

/** A key of one algorithm, in the ways that both sides need it. */
interface Key {
  readonly algorithm: SigningAlgorithm
  readonly jwk: Record<string, unknown>
  readonly sign: (input: string) => Buffer
  /** The least that checks a signature with `node:crypto`. */
  readonly isGood: (input: string, signature: Buffer) => boolean
}

/** Takes about ten seconds. */
export async function benchVerifier(): Promise<BenchResult[]> {
  const results: BenchResult[] = []
  for (const algorithm of ['HS256', 'RS256', 'ES256', 'EdDSA'] as const) {
    results.push(await benchFirstSight(makeKey(algorithm)))
  }
  results.push(await benchWarm(makeKey('ES256')))
  return results
}

/** Every token is new to the checker: the memory is smaller than the tokens that come round. */
async function benchFirstSight(key: Key): Promise<BenchResult> {
  const tokens = Array.from({ length: TOKENS }, (_, index) => makeToken(key, index))
  const checker = await openChecker(key, 8)
  const ours = loop(tokens, (token) => {
    const result = checker.check(token)
    if (result instanceof Promise || !result.ok) throw new Error('A good token was refused.')
  })
  const theirs = loop(tokens, (token) => {
    if (!checkBare(token, key)) throw new Error('A good token was refused.')
  })
  const compared = await alternate(ours, theirs, TURNS)
  const name = `verifier: first sight of a JWT, ${key.algorithm} ÷ bare node:crypto`
  return toCost(name, 'µs', 1e6 / compared.ours, 1e6 / compared.theirs, FIRST_SIGHT_RATIO_MAX)
}

/** For orientation: nothing asks for a figure here, and a look-up alone is what no check can beat. */
async function benchWarm(key: Key): Promise<BenchResult> {
  const tokens = Array.from({ length: TOKENS }, (_, index) => makeToken(key, index))
  const checker = await openChecker(key, TOKENS * 2)
  for (const token of tokens) await checker.check(token)
  const map = new Map(tokens.map((token) => [token, true]))
  // As a server reads it: each request brings its own copy of the text, whose hash nobody knows yet.
  const ours = loop(tokens, (token) => void checker.check(copy(token)))
  const theirs = loop(tokens, (token) => void map.get(copy(token)))
  const compared = await alternate(ours, theirs, TURNS)
  return {
    name: 'verifier: warm check ÷ Map.get of the token',
    unit: 'checks/s',
    ...compared,
    target: 'none',
    met: true,
  }
}

const copy = (text: string): string => Buffer.from(text, 'latin1').toString('latin1')

function loop(tokens: readonly string[], work: (token: string) => void): Phase {
  let at = 0
  return async (untilMs) => {
    let count = 0
    while (performance.now() < untilMs) {
      for (let index = 0; index < 10; index += 1) {
        at = (at + 1) % tokens.length
        work(tokens[at] ?? '')
      }
      count += 10
    }
    return count
  }
}

/** Split, signature, parse, claims: the least that is called a check. */
function checkBare(token: string, key: Key): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.')
  if (JSON.parse(Buffer.from(header, 'base64url').toString()).alg !== key.algorithm) return false
  if (!key.isGood(`${header}.${payload}`, Buffer.from(signature, 'base64url'))) return false
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  return claims.iss === ISSUER && claims.aud === AUDIENCE && claims.exp > Date.now() / 1000
}

function makeToken(key: Key, index: number): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const id = ID.slice(0, -4) + index.toString().padStart(4, '0')
  const claims = {
    iss: ISSUER,
    sub: `acc_${ID}`,
    aud: AUDIENCE,
    exp: NOW_SECONDS + 900,
    iat: NOW_SECONDS,
    jti: `jwt_${id}`,
    client_id: 'first-party',
    scope: 'gym:enter pool:enter',
    epoch: '0123456789abcdef',
    pos: 3,
    roles: ['member'],
    sid: `ses_${ID}`,
    gid: `gra_${ID}`,
    auth_time: NOW_SECONDS,
    amr: ['pwd'],
  }
  const input = `${part({ alg: key.algorithm, typ: 'at+jwt', kid: `sig_${ID}` })}.${part(claims)}`
  return `${input}.${key.sign(input).toString('base64url')}`
}

async function openChecker(key: Key, verdictsMax: number): Promise<Checker> {
  const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() }
  const never = (): Promise<never> => Promise.reject(new Error('Nothing is asked in this bench.'))
  const checker = createChecker({
    issuer: ISSUER,
    audiences: [AUDIENCE],
    style: { prefix: 'cs', environment: 'live' },
    clock,
    ask: never,
    renew: never,
    bounds: { verdictsMax },
  })
  checker.setKeys([await importKey(key.jwk)])
  checker.apply({
    epoch: '0123456789abcdef',
    entries: [],
    position: 3,
    snapshot: true,
    sentAtMonotonicMs: clock.monotonicMs(),
    sentAtWallMs: clock.nowMs(),
    leaseMs: 60_000,
    authorityNowMs: clock.nowMs(),
  })
  return checker
}

function makeKey(algorithm: SigningAlgorithm): Key {
  const named = { kid: `sig_${ID}`, alg: algorithm, use: 'sig' }
  if (algorithm === 'HS256') {
    const secret = Buffer.from('7pZkq1c0RrYbXn5Jd2uW9sTfGhVmLa3E8oQi6yCxBtK', 'base64url')
    const mac = (input: string): Buffer => createHmac('sha256', secret).update(input).digest()
    const jwk = { ...named, kty: 'oct', k: secret.toString('base64url') }
    return { algorithm, jwk, sign: mac, isGood: (input, signature) => timingSafeEqual(mac(input), signature) }
  }
  const privateKey = makePrivateKey(algorithm)
  const publicKey = createPublicKey(privateKey)
  const hash = algorithm === 'EdDSA' ? null : 'sha256'
  const options = (key: KeyObject) =>
    algorithm === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' as const } : key
  return {
    algorithm,
    jwk: { ...publicKey.export({ format: 'jwk' }), ...named },
    sign: (input) => sign(hash, Buffer.from(input), options(privateKey)),
    isGood: (input, signature) => verify(hash, Buffer.from(input), options(publicKey), signature),
  }
}

function makePrivateKey(algorithm: Exclude<SigningAlgorithm, 'HS256'>): KeyObject {
  switch (algorithm) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    case 'EdDSA':
      return generateKeyPairSync('ed25519').privateKey
    case 'RS256':
      return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  }
}

if (import.meta.main) {
  for (const { name, ours, theirs, ratio, target, met } of await benchVerifier()) {
    console.log(
      `${met ? 'met   ' : 'MISSED'} ${name}: ${ours.toFixed(2)} / ${theirs?.toFixed(2)} = ${ratio?.toFixed(3)} (${target})`,
    )
  }
}
