/** Time and chance as the operating system gives them. */
import { randomFillSync } from 'node:crypto'
import type { Clock, Random } from '@countersign/core'

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
}

/** Asking the system for ten bytes costs as much as asking for a few thousand. */
const POOL_BYTES = 4096

let pool = new Uint8Array(0)
let at = 0

export const systemRandom: Random = {
  bytes: (count) => {
    if (count > POOL_BYTES) return randomFillSync(new Uint8Array(count))
    if (at + count > pool.length) {
      pool = randomFillSync(new Uint8Array(POOL_BYTES))
      at = 0
    }
    const bytes = pool.slice(at, at + count)
    // What was handed out is kept by whoever asked for it, and by nobody else.
    pool.fill(0, at, at + count)
    at += count
    return bytes
  },
}
