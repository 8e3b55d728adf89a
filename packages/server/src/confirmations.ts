/**
 * When a revocation is confirmed (lease protocol, rule 9). With the embedded database this process holds the
 * only lock, so its own verifier is the only one and has applied the entry before the call returned. With a
 * shared database other authority nodes may hold a lease: then time alone decides (rule 9a), which is always safe.
 */
import { setTimeout } from 'node:timers/promises'
import type { Clock } from '@countersign/core'

/** Rule 10. */
const DRIFT = 0.01
const MARGIN_MS = 50

export interface Confirmations {
  /** Starts the wait for a revocation that was committed just now. */
  committed(id: string): void
  isConfirmed(id: string): boolean
  /** Resolves when confirmed or after `waitMs`; at once while the server is stopping. */
  wait(id: string, waitMs: number): Promise<boolean>
  /** Ends every wait, since the server stops: those who wait are answered with what is known. */
  release(): void
}

/** How many waits are remembered; an older one is asked about anew and starts its wait again, which is safe. */
const REMEMBERED_MAX = 10_000

export function createConfirmations(clock: Clock, leaseSeconds: number, isOnlyNode: boolean): Confirmations {
  const startedAt = new Map<string, number>()
  const released = new AbortController()
  const safeAfterMs = isOnlyNode ? 0 : leaseSeconds * 1000 * (1 + DRIFT) + MARGIN_MS
  const remainingMs = (id: string): number => {
    const started = startedAt.get(id) ?? start(id)
    return started + safeAfterMs - clock.monotonicMs()
  }
  const start = (id: string): number => {
    const [oldest] = startedAt.keys()
    if (startedAt.size >= REMEMBERED_MAX && oldest !== undefined) startedAt.delete(oldest)
    startedAt.set(id, clock.monotonicMs())
    return clock.monotonicMs()
  }
  return {
    committed: (id) => void start(id),
    isConfirmed: (id) => remainingMs(id) <= 0,
    wait: async (id, waitMs) => {
      const remaining = remainingMs(id)
      if (remaining <= 0) return true
      if (waitMs <= 0) return false
      // Timers count whole milliseconds and may be up to one early.
      await pause(Math.min(Math.ceil(remaining) + 1, waitMs), released.signal)
      return remainingMs(id) <= 0
    },
    release: () => released.abort(),
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // An aborted pause rejects; here it has merely ended.
  await setTimeout(ms, undefined, { signal }).catch(() => undefined)
}
