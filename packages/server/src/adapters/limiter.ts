/**
 * Counts how often something was done, per key and window: the limits of sign-in, sign-up, tokens and API keys.
 * Counters live in this process's memory and are bounded. The window of a key begins with its first use.
 *
 * Written here rather than taken from a library: the known ones answer by promise, keep a timer for each key,
 * read the clock themselves and grow with the number of keys, so a flood of addresses would fill the memory.
 */
import type { Clock } from '@countersign/core'

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
   * Takes `cost` points, 1 unless given. Where fewer are left nothing is taken and the verdict is not allowed.
   * A cost of 0 only looks.
   */
  take(key: string, policy: LimitPolicy, cost?: number): LimitVerdict
  /** Gives the key its points back: after a success, where only failures count. */
  forget(key: string, policy: LimitPolicy): void
  /** How many keys are counted at the moment. */
  readonly size: number
}

interface Counter {
  used: number
  endsAtMs: number
}

/** The counters of one policy, in order of the beginning of their windows: the oldest come first. */
type Counters = Map<string, Counter>

/** For each policy; about 150 bytes each, so 15 MiB at most. */
const KEYS_MAX = 100_000
/** How many of the oldest keys are looked at to find one that can go. */
const LOOKED_AT_MAX = 16

export function createLimiter(clock: Pick<Clock, 'monotonicMs'>, keysMax: number = KEYS_MAX): Limiter {
  const policies = new Map<string, Counters>()
  const countersOf = (policy: LimitPolicy): Counters => {
    const known = policies.get(policy.name)
    if (known !== undefined) return known
    const counters: Counters = new Map()
    policies.set(policy.name, counters)
    return counters
  }

  return {
    take(key: string, policy: LimitPolicy, cost = 1): LimitVerdict {
      const nowMs = clock.monotonicMs()
      const counters = countersOf(policy)
      const known = counters.get(key)
      const isOpen = known !== undefined && known.endsAtMs > nowMs
      const used = isOpen ? known.used : 0
      const endsAtMs = isOpen ? known.endsAtMs : nowMs + policy.perSeconds * 1000
      const allowed = used + cost <= policy.points
      const nowUsed = allowed ? used + cost : used

      if (isOpen) known.used = nowUsed
      else if (nowUsed > 0) openWindow(counters, key, { used: nowUsed, endsAtMs }, nowMs, keysMax)
      return {
        allowed,
        limit: policy.points,
        remaining: Math.max(0, policy.points - nowUsed),
        resetSeconds: Math.max(1, Math.ceil((endsAtMs - nowMs) / 1000)),
      }
    },
    forget: (key, policy) => void countersOf(policy).delete(key),
    get size(): number {
      let size = 0
      for (const counters of policies.values()) size += counters.size
      return size
    },
  }
}

function openWindow(counters: Counters, key: string, counter: Counter, nowMs: number, keysMax: number): void {
  counters.delete(key)
  // Two that are over go for each one that comes, so that the memory of a flood comes back.
  for (let count = 0; count < 2; count += 1) {
    const [first] = counters
    if (first !== undefined && first[1].endsAtMs <= nowMs) counters.delete(first[0])
  }
  if (counters.size >= keysMax) counters.delete(leastUsed(counters))
  counters.set(key, counter)
}

/** Of the oldest few the one with the fewest uses: a flood of new keys does not wash out a busy one. */
function leastUsed(counters: Counters): string {
  let least = { key: '', used: Number.POSITIVE_INFINITY }
  let lookedAt = 0
  for (const [key, { used }] of counters) {
    if (used < least.used) least = { key, used }
    lookedAt += 1
    if (lookedAt === LOOKED_AT_MAX) break
  }
  return least.key
}
