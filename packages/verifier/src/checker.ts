/** What a checker does for whoever has built one: the words between it and its feed, its keys and its callers. */
import type { VerificationKey } from './jwt/keys.ts'
import type { FeedAnswer } from './memory.ts'
import type { Accepted, CheckResult } from './verdict.ts'
import type { Freshness } from './verifier-types.ts'

export interface Checker {
  /**
   * Finds out whether a credential is good, at once when memory or a synchronous signature check is enough.
   * What it does not check: the permission a route needs, the caller's address, the rate limit.
   */
  check(credential: string, freshness?: Freshness): CheckResult | Promise<CheckResult>
  /**
   * The verdict from memory, or null where anything else would have to be looked at: the warm part of `check`.
   * For callers that can save the work of taking a request apart when nothing about it is new.
   */
  recall(credential: string): Accepted | null
  /**
   * Applies an answer of the feed in one step: entries, verdicts under them, lease. Returns false for an
   * answer that came too late to mean anything, and throws a `RangeError` for one that contradicts itself.
   */
  apply(answer: FeedAnswer): boolean
  /** Ends the lease at once: the feed has answered 401 or 403. */
  endLease(): void
  /** Puts these keys in place of all others. Keys that the feed has removed stay removed. */
  setKeys(keys: readonly VerificationKey[]): void
  stats(): CheckerStats
  /** Where it stands: cheap enough to be read with every refusal. */
  moment(): CheckerMoment
}

export interface CheckerMoment {
  /** The log has been applied up to here. */
  readonly position: number
  /** For how long verdicts may be used still; 0 where no lease holds. */
  readonly leaseMs: number
}

export interface CheckerStats {
  /** Null before the first answer of the feed. */
  readonly epoch: string | null
  readonly position: number
  readonly leaseHolds: boolean
  readonly revokedNodes: number
  readonly keys: number
  readonly verdicts: number
  readonly verdictBytes: number
  readonly refusals: number
  readonly asksInFlight: number
}
