/** The limit that an API key brings along, and the header fields that tell about it (RateLimit draft -10). */
import type { Recalled, Verified } from '../verifier-types.ts'
import { type Counter, createLimiter, type Limiter } from './limiter.ts'
import type { RatePolicy, RateVerdict } from './rate-limiter.ts'

export interface Bucket {
  readonly key: string
  readonly policy: RatePolicy
}

/** Worked out once for each verdict in memory, and gone with it. */
const buckets = new WeakMap<Verified, Bucket>()

/** The bucket that a credential takes from; null where it has no limit. */
export function bucketOf(caller: Verified): Bucket | null {
  if (caller.rateLimit === null) return null
  const known = buckets.get(caller)
  if (known !== undefined) return known
  const { credential, rateLimit } = caller
  // One bucket for the key and all its tokens: otherwise each exchange would bring a fresh limit.
  const key = credential.path.find((node) => node.kind === 'api_key')?.id ?? credential.id
  const policy = { name: 'api_key', points: rateLimit.requests, perSeconds: rateLimit.perSeconds }
  const bucket = { key, policy }
  buckets.set(caller, bucket)
  return bucket
}

export const toLimitFields = (
  { policy }: Bucket,
  { remaining, resetSeconds }: RateVerdict,
): Readonly<Record<string, string>> => ({
  'ratelimit-policy': `"${policy.name}";q=${policy.points};w=${policy.perSeconds}`,
  ratelimit: `"${policy.name}";r=${remaining};t=${resetSeconds}`,
})

/** Counts in this process's memory, bounded. Two processes count apart: each grants the whole limit. */
export const createMemoryLimiter = (): Limiter => createLimiter({ monotonicMs: () => performance.now() })

/**
 * Keeps the counters of callers that were seen before where memory finds the callers: a use then costs no look-up
 * of its own. Which limiter counts is for `take`; this only remembers where.
 */
export class KeptCounters {
  readonly #limiter: Limiter

  constructor(limiter: Limiter) {
    this.#limiter = limiter
  }

  /** True when one use was counted; false says nothing yet. */
  take({ counter: kept }: Recalled): boolean {
    // Another guard's counter counts for another limiter.
    return kept instanceof Kept && kept.owner === this && this.#limiter.takeKept(kept.counter, kept.policy)
  }

  /** After a use that was counted by its key. */
  keep(known: Recalled, { key, policy }: Bucket): void {
    const counter = this.#limiter.counterOf(key, policy)
    if (counter !== null) known.counter = new Kept(this, counter, policy)
  }
}

class Kept {
  readonly owner: KeptCounters
  readonly counter: Counter
  readonly policy: RatePolicy

  constructor(owner: KeptCounters, counter: Counter, policy: RatePolicy) {
    this.owner = owner
    this.counter = counter
    this.policy = policy
  }
}
