/**
 * Counts how often something was done, per key and window: the limits of sign-in, sign-up, tokens and API keys.
 * Counters live in this process's memory and are bounded. The window of a key begins with its first use.
 *
 * Written here rather than taken from a library: the known ones answer by promise, keep a timer for each key,
 * read the clock themselves and grow with the number of keys, so a flood of addresses would fill the memory.
 */
import type { CheckerClock } from '../checker-options.ts'

export interface LimitPolicy {
  /** As `RateLimit-Policy` names it. Keys are counted for each name apart; there are few, and we name them. */
  readonly name: string
  readonly points: number
  readonly perSeconds: number
}

export interface LimitVerdict {
  readonly allowed: boolean
  readonly limit: number
  /** Points left in this window. */
  readonly remaining: number
  /** Whole seconds until the window ends and all points are back; at least 1. */
  readonly resetSeconds: number
}

export interface Limiter {
  /**
   * Takes one point from a counter that the caller has kept, without looking for it or at the clock. False where
   * none is left in it, or where it is not counted with here any more: then `take` knows more. A window that is
   * over goes on until its points have been used up, so within the length of one window there are fewer than two
   * windows' points, which is no more than where one window ends and the next begins.
   */
  takeKept(counter: Counter, policy: LimitPolicy): boolean
  /** The counter of a key, to be kept; null where nothing is counted for it at the moment. */
  counterOf(key: string, policy: LimitPolicy): Counter | null
  /**
   * Takes `cost` points, 1 unless given. Where fewer are left nothing is taken and the verdict is not allowed.
   * A cost of 0 only looks.
   */
  take(key: string, policy: LimitPolicy, cost?: number): LimitVerdict
  /** Gives the key its points back: after a success, where only failures count. */
  forget(key: string, policy: LimitPolicy): void
  /** How many keys are counted at the moment. */
  readonly size: number
}

/** Changed here alone. */
export interface Counter {
  /** `REMOVED` once it has been removed, so that nobody counts on with it. */
  used: number
  endsAtMs: number
}

/** More than any policy grants, and a small whole number to engines. */
const REMOVED = 0x3fff_ffff

/** The counters of one policy. */
interface Counters {
  readonly byKey: Map<string, Counter>
  /**
   * Walks round and round. Looking from the beginning each time would pass over the holes that deleted keys
   * leave in a Map, which under a flood costs more than everything else here.
   */
  cursor: MapIterator<[string, Counter]>
}

/** For each policy; about 150 bytes each, so 15 MiB at most. */
const KEYS_MAX = 100_000
/** How many counters are looked at for each new key, and removed where their window is over. */
const SWEPT_PER_KEY = 4
/** How many are looked at to find one that can go before its time. */
const CANDIDATES = 16

export function createLimiter(clock: Pick<CheckerClock, 'monotonicMs'>, keysMax: number = KEYS_MAX): Limiter {
  const policies = new Map<string, Counters>()
  const countersOf = (policy: LimitPolicy): Counters => {
    const known = policies.get(policy.name)
    if (known !== undefined) return known
    const byKey = new Map<string, Counter>()
    const counters = { byKey, cursor: byKey.entries() }
    policies.set(policy.name, counters)
    return counters
  }

  return {
    takeKept(counter, policy): boolean {
      if (counter.used >= policy.points || counter.used >= REMOVED) return false
      counter.used += 1
      return true
    },
    counterOf: (key, policy) => countersOf(policy).byKey.get(key) ?? null,
    take(key: string, policy: LimitPolicy, cost = 1): LimitVerdict {
      const nowMs = clock.monotonicMs()
      const counters = countersOf(policy)
      const known = counters.byKey.get(key)
      const isOpen = known !== undefined && known.endsAtMs > nowMs
      const used = isOpen ? known.used : 0
      const endsAtMs = isOpen ? known.endsAtMs : nowMs + policy.perSeconds * 1000
      const allowed = used + cost <= policy.points
      const nowUsed = allowed ? used + cost : used

      if (known !== undefined) {
        known.used = nowUsed
        known.endsAtMs = endsAtMs
      } else if (nowUsed > 0) add(counters, key, { used: nowUsed, endsAtMs }, nowMs, keysMax)
      return {
        allowed,
        limit: policy.points,
        remaining: Math.max(0, policy.points - nowUsed),
        resetSeconds: Math.max(1, Math.ceil((endsAtMs - nowMs) / 1000)),
      }
    },
    forget: (key, policy) => remove(countersOf(policy), key),
    get size(): number {
      let size = 0
      for (const { byKey } of policies.values()) size += byKey.size
      return size
    },
  }
}

function add(counters: Counters, key: string, counter: Counter, nowMs: number, keysMax: number): void {
  for (let count = 0; count < SWEPT_PER_KEY; count += 1) {
    const [name, { endsAtMs }] = next(counters) ?? ['', counter]
    if (endsAtMs <= nowMs) remove(counters, name)
  }
  if (counters.byKey.size >= keysMax) remove(counters, leastUsed(counters))
  counters.byKey.set(key, counter)
}

function remove({ byKey }: Counters, key: string): void {
  const counter = byKey.get(key)
  if (counter !== undefined) counter.used = REMOVED
  byKey.delete(key)
}

function next(counters: Counters): [string, Counter] | undefined {
  const here = counters.cursor.next()
  if (!here.done) return here.value
  counters.cursor = counters.byKey.entries()
  return counters.cursor.next().value
}

/** Of the next few the one with the fewest uses: a flood of new keys does not wash out one that is guessed at. */
function leastUsed(counters: Counters): string {
  let least = { key: '', used: Number.POSITIVE_INFINITY }
  for (let count = 0; count < CANDIDATES; count += 1) {
    const [key, { used }] = next(counters) ?? ['', { used: Number.POSITIVE_INFINITY }]
    if (used < least.used) least = { key, used }
  }
  return least.key
}
