/**
 * A first-come, first-served queue in front of work that is dear in memory or CPU: so many at once, so many
 * waiting, and whoever comes then is turned away at once instead of piling up.
 */
import { Overloaded } from '@countersign/core'

export interface BoundedQueue {
  /** Runs `work` when its turn comes. Throws `Overloaded` when too many are waiting; `work` was not begun. */
  run<T>(work: () => Promise<T>): Promise<T>
  readonly running: number
  readonly waiting: number
}

export interface QueueLimits {
  readonly runningMax: number
  readonly waitingMax: number
  /** What a caller who was turned away is told to wait, in seconds. */
  readonly retryAfterSeconds: number
}

export function createBoundedQueue(limits: QueueLimits): BoundedQueue {
  const waiting: (() => void)[] = []
  let running = 0

  const turn = (): Promise<void> => {
    if (running < limits.runningMax) {
      running += 1
      return Promise.resolve()
    }
    if (waiting.length >= limits.waitingMax) throw new Overloaded(limits.retryAfterSeconds)
    return new Promise((resolve) => waiting.push(resolve))
  }

  const leave = (): void => {
    const next = waiting.shift()
    // The place passes to the next one directly: `running` never falls in between, so nobody slips past.
    if (next === undefined) running -= 1
    else next()
  }

  return {
    async run<T>(work: () => Promise<T>): Promise<T> {
      await turn()
      try {
        return await work()
      } finally {
        leave()
      }
    },
    get running(): number {
      return running
    },
    get waiting(): number {
      return waiting.length
    },
  }
}
