/**
 * A circuit breaker: after some failures in a row nobody waits for a service that is down. When the pause is over
 * one caller tries it, while the others still go without.
 */
import type { Clock } from '@countersign/core'

export const FAILURES_TO_OPEN = 3
export const PAUSE_MS = 30_000

export interface Circuit {
  /** Whether a call may be made now; whoever is told so must report how it went. */
  enter(): boolean
  report(answered: boolean): void
}

export function createCircuit(clock: Pick<Clock, 'monotonicMs'>): Circuit {
  let failures = 0
  let opensAgainAtMs = 0
  return {
    enter() {
      if (failures < FAILURES_TO_OPEN) return true
      const nowMs = clock.monotonicMs()
      if (nowMs < opensAgainAtMs) return false
      // The others wait another pause, or until this one has an answer.
      opensAgainAtMs = nowMs + PAUSE_MS
      return true
    },
    report(answered) {
      failures = answered ? 0 : failures + 1
      if (!answered) opensAgainAtMs = clock.monotonicMs() + PAUSE_MS
    },
  }
}
