/** The limit that an API key brings along, and the header fields that tell about it (RateLimit draft -10). */
import type { Verified } from '../verifier-types.ts'
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
 * The counters of callers that were seen before, found by their verdicts: a use then costs one look-up in place
 * of three. Which limiter counts is for `take`; this only remembers where.
 */
export class KeptCounters {
  readonly #limiter: Limiter
  readonly #kept = new WeakMap<Verified, Kept>()

  constructor(limiter: Limiter) {
    this.#limiter = limiter
  }

  /** True when one use was counted; false says nothing yet. */
  take(caller: Verified): boolean {
    const kept = this.#kept.get(caller)
    return kept !== undefined && this.#limiter.takeKept(kept.counter, kept.policy)
  }

  /** After a use that was counted by its key. */
  keep(caller: Verified, { key, policy }: Bucket): void {
    const counter = this.#limiter.counterOf(key, policy)
    if (counter !== null && this.#kept.get(caller)?.counter !== counter) {
      this.#kept.set(caller, { counter, policy })
    }
  }
}

interface Kept {
  readonly counter: Counter
  readonly policy: RatePolicy
}
