/**
 * One authority node of a history: the real feed, confirmations, own verifier, key ring and key rotation, over
 * the simulated database. What the real authority reads and writes itself stands here by the protocol's rules 5
 * and 6: the log's head first, then the rows.
 */
import {
  type Caller,
  createKeyRing,
  type KeyContext,
  type KeyRing,
  type RequestFacts,
  replaceRemovedKey,
  rotateSigningKeys,
  StoreUnavailable,
} from '@countersign/core'
import { type PathNode, parseOpaqueCredential, type RefusalReason } from '@countersign/protocol'
import { type Checker, createChecker, importKey, type Verdict } from '@countersign/verifier'
import { type Confirmations, createConfirmations } from '../../src/confirmations.ts'
import { createFeed } from '../../src/feed/feed.ts'
import type { Feed, FeedEvent } from '../../src/feed/ports.ts'
import { AUDIENCE, ISSUER, pickKeyPair, STYLE, toBytes } from './credentials.ts'
import type { Database } from './database.ts'
import type { SimProcess } from './process.ts'
import type { Random } from './random.ts'
import type { StoreLine } from './store-line.ts'

export interface NodePolicy {
  readonly leaseMs: number
  readonly lifetimeSeconds: number
  readonly leewaySeconds: number
  /** How long a verdict about an opaque credential may be kept. */
  readonly verdictSeconds: number
}

export interface NodeParts {
  readonly process: SimProcess
  readonly line: StoreLine
  readonly random: Random
  readonly policy: NodePolicy
  /** One of several nodes: they talk to each other by the bus. */
  readonly isShared: boolean
  readonly onEvent: (event: FeedEvent) => void
}

export type Decision =
  | { readonly ok: true; readonly verdict: Verdict }
  | { readonly ok: false; readonly reason: RefusalReason }

export interface Node {
  readonly process: SimProcess
  readonly feed: Feed
  readonly confirmations: Confirmations
  /** The node's own verifier: of its own API, and of whoever polls it. */
  readonly checker: Checker
  readonly keys: KeyRing
  readonly policy: NodePolicy
  readonly line: StoreLine
  /** Begins; what asks before it is answered has to wait. */
  start(): Promise<void>
  decide(credential: string): Promise<Decision>
  rotateKeys(): Promise<void>
  /** After the current key was removed. */
  replaceKey(): Promise<void>
}

export function createNode(parts: NodeParts): Node {
  const { process, line, random, policy, isShared, onEvent } = parts
  const { clock, timers } = process
  const keys = createKeyRing(
    { listSigningKeys: () => line.query((database) => [...database.rows.signingKeys.values()]) },
    { open: (sealed) => sealed },
    async (ring) => checker.setKeys(await Promise.all(ring.verifying().map((jwk) => importKey(jwk)))),
  )
  const decide = (credential: string): Promise<Decision> => decideOpaque(parts, credential)
  const checker = createChecker({
    issuer: ISSUER,
    audiences: 'any',
    style: STYLE,
    clock,
    ask: async (credential) => {
      const decided = await decide(credential)
      return decided.ok
        ? { kind: 'active', verdict: decided.verdict }
        : { kind: 'refused', reason: decided.reason }
    },
    renew: () => feed.follow(),
    ensureKeys: (isUnknown) =>
      !isUnknown ||
      feed.follow().then(
        () => true,
        () => false,
      ),
    leewaySeconds: policy.leewaySeconds,
    lifetimeMaxSeconds: policy.lifetimeSeconds,
  })
  const feed = createFeed({
    node: `node-${random.name(20)}`,
    leaseMs: policy.leaseMs,
    clock,
    timers,
    log: {
      readEntries: (position, limit) => line.query((database) => database.readEntries(position, limit)),
      markFollowed: (nowMs) => line.query((database) => database.markFollowed(nowMs)),
    },
    bus: isShared ? line.bus : null,
    own: [checker],
    onSigningKeys: () => keys.reload(),
    onEvent,
  })
  const confirmations = createConfirmations({ clock, timers, feed })
  const context = createKeyContext(parts, keys, feed, confirmations)
  const facts = (): RequestFacts => toFacts(clock.nowMs())
  return {
    process,
    feed,
    confirmations,
    checker,
    keys,
    policy,
    line,
    start: async () => {
      feed.start()
      await keys.reload()
      await feed.follow()
    },
    decide,
    rotateKeys: async () => {
      const rotated = await rotateSigningKeys(context, operator, true, facts())
      if (!rotated.ok) throw new Error('The keys could not be rotated.')
    },
    replaceKey: () => replaceRemovedKey(context, operator, facts()),
  }
}

/** Rule 5: the head, then the state, each read after the question arrived. */
async function decideOpaque({ line, policy, process }: NodeParts, credential: string): Promise<Decision> {
  const parsed = parseOpaqueCredential(credential, STYLE)
  if (parsed === null || parsed.kind === 'refresh') return { ok: false, reason: 'malformed' }
  const head = await line.query((database) => database.head())
  const read = await line.query((database) => readHolder(database, parsed.id))
  if (!read.ok) return read
  const usableUntilMs = process.clock.nowMs() + policy.verdictSeconds * 1000
  return { ok: true, verdict: { ...read.verdict, position: head.position, usableUntilMs } }
}

function readHolder(database: Database, id: string): Decision {
  const { rows } = database
  const holder = rows.holders.get(id)
  const principal = holder && rows.principals.get(holder.principal)
  if (holder === undefined || principal === undefined) return { ok: false, reason: 'unknown' }
  if (holder.ended) return { ok: false, reason: 'ended' }
  if (holder.position < database.floorOf(principal)) return { ok: false, reason: 'revoked' }
  const roles = principal.roles.map((role): PathNode => ({ kind: 'role', id: role }))
  const { kind } = principal
  const verdict: Verdict = {
    position: 0,
    principal: toPrincipal(kind, principal.id),
    credential: {
      kind: holder.kind,
      id: holder.id,
      path: [
        { kind: 'issuer', id: ISSUER },
        { kind, id: principal.id },
        ...roles,
        { kind: holder.kind, id: holder.id },
      ],
      expiresAtMs: null,
      amr: [],
      acr: null,
      authTimeMs: null,
    },
    permissions: principal.roles.map((role) => `${role}:v${rows.roles.get(role)?.version ?? 0}`),
    resources: [],
    audiences: [AUDIENCE],
    allowAddresses: [],
    rateLimit: null,
    usableUntilMs: 0,
  }
  return { ok: true, verdict }
}

function toPrincipal(kind: 'account' | 'service_account', id: string): Verdict['principal'] {
  return kind === 'account'
    ? { kind, id: `acc_${id.slice(4)}`, name: null, email: null }
    : { kind, id: `svc_${id.slice(4)}`, name: null, email: null }
}

const operator: Caller = {
  principal: { kind: 'account', id: 'acc_operator' },
  verdict: {
    position: 0,
    principal: { kind: 'account', id: 'acc_operator', name: null, email: null },
    credential: {
      kind: 'session',
      id: 'ses_operator',
      path: [],
      expiresAtMs: null,
      amr: [],
      acr: null,
      authTimeMs: null,
    },
    permissions: ['*'],
    resources: [],
    audiences: [],
    allowAddresses: [],
    rateLimit: null,
    usableUntilMs: 0,
  },
}

const toFacts = (nowMs: number): RequestFacts => ({
  nowMs,
  requestId: 'history',
  address: null,
  userAgent: null,
  deviceSecrets: [],
  device: null,
})

/** The real rotation of keys stands on this (rule 8). */
function createKeyContext(
  { line, random, policy }: NodeParts,
  keys: KeyRing,
  feed: Feed,
  confirmations: Confirmations,
): KeyContext {
  return {
    keys,
    random: { bytes: (count) => toBytes(random, count) },
    keyMaker: { generate: async () => pickKeyPair(random.whole(0, 1_000)) },
    secrets: { seal: (plain) => plain },
    feed: {
      catchUp: () => feed.committed(),
      position: () => feed.position(),
      isConfirmed: (position) => confirmations.read(position).confirmed,
      awaitConfirmed: async (position, waitMs) => (await confirmations.wait(position, waitMs)).confirmed,
    },
    store: {
      listSigningKeys: () => line.query((database) => [...database.rows.signingKeys.values()]),
      listIdTokenAlgorithms: async () => [],
      addSigningKey: (key, onlyIfNone) => line.query((database) => database.addSigningKey(key, onlyIfNone)),
      promoteSigningKey: ({ id, nowMs }) => line.query((database) => database.promoteSigningKey(id, nowMs)),
      retireSigningKey: () => Promise.resolve(false),
      revoke: () => Promise.reject(new StoreUnavailable('Nodes of a history revoke by another door.')),
    },
    policy: {
      signingAlgorithm: 'ES256',
      keyPublishSeconds: 0,
      keyRotationSeconds: 1_000_000,
      accessTokenLifetimeSecondsMax: policy.lifetimeSeconds,
      leewaySeconds: policy.leewaySeconds,
      verdictSeconds: policy.verdictSeconds,
    },
  }
}
