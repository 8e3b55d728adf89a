/** Timers that only tests move, together with their clock. */
import type { Timers } from '../src/verifier-types.ts'
import type { HandClock } from './given.ts'

interface Pending {
  readonly dueMs: number
  readonly run: () => void
}

export class HandTimers implements Timers {
  readonly #clock: HandClock
  readonly #pending = new Set<Pending>()

  constructor(clock: HandClock) {
    this.#clock = clock
  }

  /** How many wait to run. */
  get size(): number {
    return this.#pending.size
  }

  set(ms: number, run: () => void): () => void {
    const pending = { dueMs: this.#clock.monotonic + ms, run }
    this.#pending.add(pending)
    return () => this.#pending.delete(pending)
  }

  /** Lets time pass: runs what is due when it is due, and everything that follows from it. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#clock.monotonic + ms
    await settle()
    for (;;) {
      const due = [...this.#pending].filter(({ dueMs }) => dueMs <= endMs)
      const next = due.sort((one, other) => one.dueMs - other.dueMs)[0]
      if (next === undefined) break
      this.#clock.advance(Math.max(0, next.dueMs - this.#clock.monotonic))
      this.#pending.delete(next)
      next.run()
      await settle()
    }
    this.#clock.advance(Math.max(0, endMs - this.#clock.monotonic))
    await settle()
  }
}

/** Lets everything run that does not wait for time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
