/** The port behind per-key limits: counting uses in this process, or for many processes at once. */

export interface RatePolicy {
  /** As `RateLimit-Policy` names it. */
  readonly name: string
  readonly points: number
  readonly perSeconds: number
}

export interface RateVerdict {
  readonly allowed: boolean
  /** Points left in this window. */
  readonly remaining: number
  /** Whole seconds until all points are back; at least 1. */
  readonly resetSeconds: number
}

export interface RateLimiter {
  /**
   * Counts one use of the key. What rejects or throws is an outage, which is the application's to answer: a
   * limiter that would rather count alone than not at all must do so itself.
   */
  take(key: string, policy: RatePolicy): RateVerdict | Promise<RateVerdict>
}
