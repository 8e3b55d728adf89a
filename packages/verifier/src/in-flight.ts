/** Calls that are under way, one for each key and a bounded number together; who comes second joins. */

interface Call<T> {
  readonly promise: Promise<T>
  readonly startedAtMonotonicMs: number
}

export class InFlight<T> {
  readonly #callsMax: number
  readonly #calls = new Map<string, Call<T>>()

  constructor(callsMax: number) {
    this.#callsMax = callsMax
  }

  get size(): number {
    return this.#calls.size
  }

  /** The call for the key that is under way. */
  get(key: string): Call<T> | undefined {
    return this.#calls.get(key)
  }

  /**
   * Joins the call for the key, or starts one. Returns null when too many are under way. A call that was
   * started more than `staleMs` ago is not joined and takes no room: its answer is of no use, and one that
   * never comes must not block the next.
   */
  join(key: string, start: () => Promise<T>, nowMonotonicMs: number, staleMs: number): Call<T> | null {
    const known = this.#calls.get(key)
    if (known !== undefined && nowMonotonicMs - known.startedAtMonotonicMs < staleMs) return known
    this.#calls.delete(key)
    if (this.#calls.size >= this.#callsMax) this.#dropStale(nowMonotonicMs, staleMs)
    if (this.#calls.size >= this.#callsMax) return null
    const call: Call<T> = {
      promise: start().finally(() => this.#settle(key, call)),
      startedAtMonotonicMs: nowMonotonicMs,
    }
    this.#calls.set(key, call)
    return call
  }

  /** Calls stand in the order in which they were started, so the stale ones are in front. */
  #dropStale(nowMonotonicMs: number, staleMs: number): void {
    for (const [key, call] of this.#calls) {
      if (nowMonotonicMs - call.startedAtMonotonicMs < staleMs) return
      this.#calls.delete(key)
    }
  }

  #settle(key: string, call: Call<T>): void {
    if (this.#calls.get(key) === call) this.#calls.delete(key)
  }
}
