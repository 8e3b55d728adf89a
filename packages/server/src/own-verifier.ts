/**
 * The authority checks its own requests with the verifier that it ships, fed straight from the store: it
 * reads the log, applies the entries and holds a real lease on the store like every other verifier.
 */
import {
  type Clock,
  type Context,
  decide,
  type LogHead,
  type OwnFeed,
  type Policy,
  type Store,
} from '@countersign/core'
import { parseOpaqueCredential, type RevocationEntry } from '@countersign/protocol'
import { type AskAnswer, type Checker, createChecker, importKey } from '@countersign/verifier'
import type { Usage } from './usage.ts'

export interface OwnVerifier extends Pick<OwnFeed, 'catchUp' | 'position'> {
  /** Checks credentials for this authority's own routes. */
  readonly checker: Checker
  /** Checks access tokens whoever they are for; the asker's audience is compared by the door. */
  readonly anyAudience: Checker
  /** Keys as JWKs, shared ones included. */
  takeKeys(jwks: readonly unknown[]): Promise<void>
}

export interface OwnVerifierParts {
  readonly store: Store
  readonly clock: Clock
  readonly policy: Policy
  readonly leaseSeconds: number
  readonly usage: Usage
  /** Late, since the doors need this feed and the feed's verifier asks the doors. */
  readonly context: () => Context
  /** Runs after entries about signing keys were applied. */
  readonly onSigningKeys: () => Promise<void>
}

/** Asking is a read of our own store here, and each is the request of somebody who waits for it anyway. */
const BOUNDS = { asksMax: 10_000 }

export function createOwnVerifier(parts: OwnVerifierParts): OwnVerifier {
  const { policy } = parts
  const common = {
    issuer: policy.issuer,
    style: policy.credentialStyle,
    clock: parts.clock,
    ask: (credential: string) => ask(parts, credential),
    renew: () => follower.catchUp(),
    leewaySeconds: policy.leewaySeconds,
    lifetimeMaxSeconds: policy.accessTokenLifetimeSecondsMax,
  }
  const checker = createChecker({ ...common, audiences: policy.audiences, bounds: BOUNDS })
  // Answers questions about access tokens only, few of them twice: a small memory is enough.
  const anyAudience = createChecker({ ...common, audiences: 'any', bounds: { ...BOUNDS, verdictsMax: 1000 } })
  const follower = createFollower(parts, [checker, anyAudience])
  return {
    checker,
    anyAudience,
    catchUp: () => follower.catchUp(),
    position: () => checker.stats().position,
    takeKeys: async (jwks) => {
      const keys = await Promise.all(jwks.map((jwk) => importKey(jwk)))
      checker.setKeys(keys)
      anyAudience.setKeys(keys)
    },
  }
}

async function ask({ context, usage, policy }: OwnVerifierParts, credential: string): Promise<AskAnswer> {
  // A use of it that waits to be written has moved its idle deadline already.
  const id = parseOpaqueCredential(credential, policy.credentialStyle)?.id
  if (id !== undefined && usage.isWaiting(id)) await usage.flush()
  const core = context()
  const decision = await decide(core, credential, core.clock.nowMs())
  return decision.ok
    ? { kind: 'active', verdict: decision.verdict }
    : { kind: 'refused', reason: decision.reason }
}

interface Follower {
  catchUp(): Promise<void>
}

/** Entries per read: a page that SQLite answers within a few milliseconds. */
const ENTRIES_PER_READ = 2000

function createFollower(parts: OwnVerifierParts, checkers: readonly Checker[]): Follower {
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null
  let epoch: string | null = null
  let position = 0

  const start = (): Promise<void> => {
    running = follow().finally(() => {
      running = null
    })
    return running
  }

  /** A round that is under way may have read the log before the caller's commit: only a later one will do. */
  const catchUp = (): Promise<void> => {
    if (running === null) return start()
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = null
        return start()
      })
    return next
  }

  const follow = async (): Promise<void> => {
    const sent = { monotonicMs: parts.clock.monotonicMs(), wallMs: parts.clock.nowMs() }
    const read = await readAfter(parts.store, epoch === null ? 0 : position)
    // Another log than before: everything known is of the old one, so all of this one is wanted.
    const isForeign = epoch !== null && read.head.epoch !== epoch
    const { head, entries } = isForeign ? await readAfter(parts.store, 0) : read
    apply(head, entries, epoch !== head.epoch, sent)
    if (entries.some((entry) => entry.kind === 'signing_key')) await parts.onSigningKeys()
  }

  const apply = (
    head: LogHead,
    entries: readonly RevocationEntry[],
    snapshot: boolean,
    sent: { monotonicMs: number; wallMs: number },
  ): void => {
    const answer = {
      epoch: head.epoch,
      entries,
      position: head.position,
      snapshot,
      sentAtMonotonicMs: sent.monotonicMs,
      sentAtWallMs: sent.wallMs,
      leaseMs: parts.leaseSeconds * 1000,
      authorityNowMs: parts.clock.nowMs(),
    }
    for (const checker of checkers) checker.apply(answer)
    epoch = head.epoch
    position = head.position
  }

  return { catchUp }
}

interface ReadLog {
  readonly head: LogHead
  readonly entries: readonly RevocationEntry[]
}

/** Page by page; the head of the last page is as late as its entries. */
async function readAfter(store: Store, position: number): Promise<ReadLog> {
  const entries: RevocationEntry[] = []
  for (;;) {
    const page = await store.readEntries(entries.at(-1)?.position ?? position, ENTRIES_PER_READ)
    entries.push(...page.entries)
    if (page.entries.length < ENTRIES_PER_READ) return { head: page.head, entries }
  }
}
