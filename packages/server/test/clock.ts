/** Time that moves when a test says so. */
import type { Clock } from '@countersign/core'

export interface TestClock extends Clock {
  advance(seconds: number): void
}

export function createTestClock(startMs: number = Date.UTC(2026, 0, 15, 12)): TestClock {
  let elapsedMs = 0
  return {
    nowMs: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    advance: (seconds) => {
      elapsedMs += seconds * 1000
    },
  }
}
