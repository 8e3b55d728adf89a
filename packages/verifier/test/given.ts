/** What the tests of this room are built from: clocks to be moved by hand, jose as the signer, a fed checker. */
import { randomBytes } from 'node:crypto'
import {
  type CredentialStyle,
  type KeyAlgorithm,
  type OpaqueKind,
  parseOpaqueCredential,
  type RevocationEntry,
  toId,
  toOpaqueCredential,
  toSecretText,
} from '@countersign/protocol'
import { exportJWK, generateKeyPair, generateSecret, type JWK, SignJWT } from 'jose'
import { createChecker } from '../src/check.ts'
import type { Checker } from '../src/checker.ts'
import type { CheckerBounds } from '../src/checker-options.ts'
import { importKey } from '../src/jwt/keys.ts'
import { type SignatureBackEnd, signatureBackEnd } from '../src/jwt/signature.ts'
import type { FeedAnswer } from '../src/memory.ts'
import type { AskAnswer, Verdict } from '../src/verdict.ts'

export const ISSUER = 'https://auth.example.com'
export const AUDIENCE = 'https://api.example.com'
export const EPOCH = 'epoch-one'
export const STYLE: CredentialStyle = { prefix: 'cs', environment: 'live' }
/** The authority's time when a test begins. */
export const NOW_SECONDS = 1_800_000_000

/** A new id of a kind. */
export const newId = <P extends Parameters<typeof toId>[0]>(prefix: P): `${P}_${string}` =>
  toId(prefix, NOW_SECONDS * 1000, randomBytes(10)) as `${P}_${string}`

/** Two clocks that only tests move. Both start far from the authority's time, which nobody may mistake. */
export class HandClock {
  wallMs = 1_000_000_000
  monotonic = 5_000_000

  nowMs(): number {
    return this.wallMs
  }

  monotonicMs(): number {
    return this.monotonic
  }

  advance(ms: number): void {
    this.wallMs += ms
    this.monotonic += ms
  }

  /** The machine sleeps: time passes and the monotonic clock does not see it. */
  suspend(ms: number): void {
    this.wallMs += ms
  }
}

export interface SigningPair {
  readonly algorithm: KeyAlgorithm
  readonly kid: string
  readonly publicJwk: JWK
  readonly sign: (claims: object, header?: object) => Promise<string>
}

/** A key pair made and used by jose, which knows nothing of this code. */
export async function givenPair(algorithm: KeyAlgorithm, kid: string = newId('sig')): Promise<SigningPair> {
  const pair = algorithm === 'HS256' ? null : await generateKeyPair(algorithm, { extractable: true })
  const secret = pair === null ? await generateSecret('HS256', { extractable: true }) : null
  const signer = pair?.privateKey ?? secret
  if (!signer) throw new Error('jose made no key.')
  const jwk = await exportJWK(pair?.publicKey ?? signer)
  return {
    algorithm,
    kid,
    publicJwk: { ...jwk, kid, alg: algorithm },
    sign: (claims, header = {}) =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: algorithm, typ: 'at+jwt', kid, ...header })
        .sign(signer),
  }
}

/** Claims of a token that is good in every respect; what is given replaces what is there. */
export function givenClaims(changes: object = {}): Record<string, unknown> {
  return {
    iss: ISSUER,
    sub: newId('acc'),
    aud: AUDIENCE,
    exp: NOW_SECONDS + 900,
    iat: NOW_SECONDS,
    jti: newId('jwt'),
    client_id: 'first-party',
    scope: 'orders:read orders:write',
    sid: newId('ses'),
    gid: newId('gra'),
    roles: ['member'],
    amr: ['pwd'],
    auth_time: NOW_SECONDS - 60,
    epoch: EPOCH,
    pos: 10,
    ...changes,
  }
}

export function givenOpaque(kind: OpaqueKind): { text: string; id: string } {
  const prefixes = { session: 'ses', refresh: 'gra', api_key: 'key' } as const
  const id = newId(prefixes[kind])
  return { text: toOpaqueCredential(STYLE, kind, id as never, toSecretText(randomBytes(32))).reveal(), id }
}

/** The verdict that an authority would give about an opaque credential. */
export function givenVerdict(credential: string, changes: Partial<Verdict> = {}): Verdict {
  const parsed = parseOpaqueCredential(credential, STYLE)
  if (parsed === null || parsed.kind === 'refresh') throw new Error('No verdict is given about that.')
  const owner = newId('acc')
  return {
    position: 10,
    principal: { kind: 'account', id: owner, name: 'Ada', email: 'ada@example.com' },
    credential: {
      kind: parsed.kind,
      id: parsed.id,
      path: [
        { kind: 'issuer', id: ISSUER },
        { kind: 'account', id: owner },
        { kind: 'role', id: 'member' },
        { kind: parsed.kind, id: parsed.id },
      ],
      expiresAtMs: (NOW_SECONDS + 86_400) * 1000,
      amr: ['pwd'],
      acr: null,
      authTimeMs: NOW_SECONDS * 1000,
    },
    permissions: ['orders:read'],
    resources: [],
    audiences: [AUDIENCE],
    allowAddresses: [],
    rateLimit: null,
    usableUntilMs: (NOW_SECONDS + 30) * 1000,
    ...changes,
  }
}

/** An entry that ends a node by id. */
export function kill(position: number, kind: RevocationEntry['kind'], id: string): RevocationEntry {
  return { position, kind, id, expiresAtMs: (NOW_SECONDS + 1000) * 1000 }
}

/** An entry that ends what was issued under a node before it. */
export function rule(position: number, kind: RevocationEntry['kind'], id: string): RevocationEntry {
  return { ...kill(position, kind, id), issuedBeforePosition: position }
}

export interface Given {
  readonly checker: Checker
  readonly clock: HandClock
  /** Credentials that the authority was asked about, in order. */
  readonly asked: string[]
  /** How often a poll was asked for. */
  renewals: number
  /** What the authority answers; replaced by tests. */
  ask: (credential: string) => Promise<AskAnswer>
  renew: () => Promise<void>
  /** The authority's time, which runs with the monotonic clock and does not stop when the machine sleeps. */
  authorityNowMs: () => number
  /** Feeds an answer to a poll that was sent just now; continues where the last one ended. */
  feed: (entries?: readonly RevocationEntry[], changes?: Partial<FeedAnswer>) => boolean
}

export interface GivenOptions {
  readonly keys?: readonly SigningPair[]
  readonly backEnd?: SignatureBackEnd
  readonly bounds?: Partial<CheckerBounds>
  readonly audiences?: readonly string[] | 'any'
  /** False for a checker that has heard nothing yet. */
  readonly fed?: boolean
}

/** A checker with a lease of five seconds and position 10 applied. */
export async function givenChecker(options: GivenOptions = {}): Promise<Given> {
  const clock = new HandClock()
  const startedAtMs = clock.monotonic
  const given: Given = {
    checker: createChecker({
      issuer: ISSUER,
      audiences: options.audiences ?? [AUDIENCE],
      style: STYLE,
      clock,
      ask: (credential) => {
        given.asked.push(credential)
        return given.ask(credential)
      },
      renew: () => {
        given.renewals += 1
        return given.renew()
      },
      ...(options.bounds && { bounds: options.bounds }),
    }),
    clock,
    asked: [],
    renewals: 0,
    ask: async (credential) => ({ kind: 'active', verdict: givenVerdict(credential) }),
    renew: () => Promise.reject(new Error('The authority is away.')),
    authorityNowMs: () => NOW_SECONDS * 1000 + clock.monotonic - startedAtMs,
    feed: (entries = [], changes = {}) => {
      const { epoch, position } = given.checker.stats()
      return given.checker.apply({
        epoch: epoch ?? EPOCH,
        entries,
        position: Math.max(entries.at(-1)?.position ?? 0, position),
        snapshot: epoch === null,
        sentAtMonotonicMs: clock.monotonicMs(),
        sentAtWallMs: clock.nowMs(),
        leaseMs: 5_000,
        authorityNowMs: given.authorityNowMs(),
        ...changes,
      })
    },
  }
  const backEnd = options.backEnd ?? signatureBackEnd
  const keys = (options.keys ?? []).map(({ publicJwk }) => importKey(publicJwk, backEnd))
  given.checker.setKeys(await Promise.all(keys))
  if (options.fed !== false) given.feed([], { position: 10 })
  return given
}
