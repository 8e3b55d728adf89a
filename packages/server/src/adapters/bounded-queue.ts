/**
 * A queue in front of work that is dear in memory or CPU: so many at once, so many waiting, and whoever comes then is
 * turned away at once instead of piling up. Those who are known have places of their own, and their turn before
 * strangers; among themselves both are served in the order in which they came.
 */
import { type HashTurn, Overloaded } from '@countersign/core'

export interface BoundedQueue {
  /** Runs `work` when its turn comes, a stranger's unless said otherwise. Throws `Overloaded` when too many are waiting; `work` was not begun. */
  run<T>(work: () => Promise<T>, turn?: HashTurn): Promise<T>
  readonly running: number
  readonly waiting: number
}

export interface QueueLimits {
  readonly runningMax: number
  /** Of strangers, and as many of the known. */
  readonly waitingMax: number
  /** What a caller who was turned away is told to wait, in seconds. */
  readonly retryAfterSeconds: number
}

export function createBoundedQueue(limits: QueueLimits): BoundedQueue {
  const waiting: Record<HashTurn, (() => void)[]> = { known: [], stranger: [] }
  let running = 0

  const take = (turn: HashTurn): Promise<void> => {
    if (running < limits.runningMax) {
      running += 1
      return Promise.resolve()
    }
    if (waiting[turn].length >= limits.waitingMax) throw new Overloaded(limits.retryAfterSeconds)
    return new Promise((resolve) => waiting[turn].push(resolve))
  }

  const leave = (): void => {
    const next = waiting.known.shift() ?? waiting.stranger.shift()
    // The place passes to the next one directly: `running` never falls in between, so nobody slips past.
    if (next === undefined) running -= 1
    else next()
  }

  return {
    async run<T>(work: () => Promise<T>, turn: HashTurn = 'stranger'): Promise<T> {
      await take(turn)
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
      return waiting.known.length + waiting.stranger.length
    },
  }
}
