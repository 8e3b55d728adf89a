/** Time and chance as the operating system gives them. */
import { randomBytes } from 'node:crypto'
import type { Clock, Random } from '@countersign/core'

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
}

export const systemRandom: Random = {
  bytes: (count) => new Uint8Array(randomBytes(count)),
}
