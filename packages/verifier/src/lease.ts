/**
 * The lease: how long verdicts may be used from memory, and what time it is at the authority
 * (lease protocol, rules 3 and 7). Reads no clock; every question brings the time with it.
 */

/** Both clocks, read at one moment. */
export interface Instant {
  /** Wall clock, milliseconds since 1970. */
  readonly wallMs: number
  /** Monotonic clock, milliseconds from an unknown origin. */
  readonly monotonicMs: number
}

/**
 * True while less than `ms` has passed since a moment, on both clocks: a suspended machine stops the monotonic
 * one, and an operator can move the wall clock. A wall clock that stands before the moment was moved back and
 * cannot tell any more how long a suspension was, so the answer is no.
 */
export function isWithin(since: Instant, now: Instant, ms: number): boolean {
  const elapsedWallMs = now.wallMs - since.wallMs
  return now.monotonicMs - since.monotonicMs < ms && elapsedWallMs < ms && elapsedWallMs >= 0
}

export interface LeaseGrant {
  /** When the poll was sent that the answer belongs to. */
  readonly sentAtMonotonicMs: number
  readonly sentAtWallMs: number
  /** 0 for an answer that grants none: a page with more to come. */
  readonly leaseMs: number
  /** The authority's wall clock at the moment of answering. */
  readonly authorityNowMs: number
}

/** No authority grants more (rule 10). An answer that claims more is cut down to it. */
export const LEASE_MS_MAX = 60_000
/** The default of the protocol: what counts before the first answer has named another. */
export const LEASE_MS_DEFAULT = 5_000

export class Lease {
  #untilMonotonicMs = Number.NEGATIVE_INFINITY
  #fromWallMs = Number.POSITIVE_INFINITY
  #untilWallMs = Number.NEGATIVE_INFINITY
  #endedAtMonotonicMs = Number.NEGATIVE_INFINITY
  #leaseMs = LEASE_MS_DEFAULT
  /** What must be added to the monotonic clock to get the authority's time. */
  #authorityOffsetMs = 0

  /** How long the lease is that was granted last. */
  get leaseMs(): number {
    return this.#leaseMs
  }

  /**
   * Takes what an answer grants. The lease only moves forward on the monotonic clock: an answer that arrives
   * late takes nothing away, and one to a poll from before `end` gives nothing back.
   */
  extend(grant: LeaseGrant, nowMonotonicMs: number): void {
    const { sentAtMonotonicMs, sentAtWallMs, authorityNowMs } = grant
    const leaseMs = Math.min(grant.leaseMs, LEASE_MS_MAX)
    const untilMonotonicMs = sentAtMonotonicMs + leaseMs
    // Written so that a number that is none refuses too.
    if (!(untilMonotonicMs >= this.#untilMonotonicMs && sentAtMonotonicMs >= this.#endedAtMonotonicMs)) return
    this.#untilMonotonicMs = untilMonotonicMs
    this.#fromWallMs = sentAtWallMs
    this.#untilWallMs = sentAtWallMs + leaseMs
    if (leaseMs > 0) this.#leaseMs = leaseMs
    // The authority read its clock before the answer arrived, so this time runs late by one way of the wire,
    // and nothing leaves the revocation set too soon.
    this.#authorityOffsetMs = authorityNowMs - nowMonotonicMs
  }

  /** Ends the lease now: the feed has refused us (401 or 403). */
  end(nowMonotonicMs: number): void {
    this.#untilMonotonicMs = Number.NEGATIVE_INFINITY
    this.#untilWallMs = Number.NEGATIVE_INFINITY
    this.#endedAtMonotonicMs = nowMonotonicMs
  }

  /** True while less than the lease has passed since the poll was sent: `isWithin`, without its subtractions. */
  holds({ monotonicMs, wallMs }: Instant): boolean {
    return monotonicMs < this.#untilMonotonicMs && wallMs < this.#untilWallMs && wallMs >= this.#fromWallMs
  }

  /** How long it will hold still if nothing happens; 0 or less when it does not hold. */
  remainingMs({ monotonicMs, wallMs }: Instant): number {
    return Math.min(this.#untilMonotonicMs - monotonicMs, this.#untilWallMs - wallMs)
  }

  /** The authority's time. Means nothing before the first answer, when no lease holds either. */
  authorityMs(monotonicMs: number): number {
    return monotonicMs + this.#authorityOffsetMs
  }
}
