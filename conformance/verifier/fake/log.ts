/**
 * The revocation log of the fake authority: entries at dense positions under an epoch, who has asked after what,
 * and the waits of polls and tests. A test may do to it what no honest log does.
 */
import { randomBytes } from 'node:crypto'

export interface Entry {
  readonly position: number
  readonly kind: string
  readonly id: string
  readonly issued_before_position?: number
  readonly expires_at: string
}

const KEPT_MS = 3_630_000

export class FakeLog {
  epoch: string = randomBytes(12).toString('hex')
  position = 0
  entries: Entry[] = []
  /** What it says of entries that have been let go of. */
  prunedUntil: string | null = null
  #asked = 0
  readonly #wakers = new Set<() => void>()

  /** Ends a node for good. Returns the position. */
  kill(kind: string, id: string, keptMs: number = KEPT_MS): number {
    return this.#append(kind, id, {}, keptMs)
  }

  /** Ends what was issued or decided under a node before now. Returns the position. */
  rule(kind: string, id: string, keptMs: number = KEPT_MS): number {
    return this.#append(kind, id, { issued_before_position: this.position + 1 }, keptMs)
  }

  announce(kid: string): number {
    return this.#append('signing_key', kid, { issued_before_position: 0 }, KEPT_MS)
  }

  /** Ends a node, and lets go of the entry before anybody has seen it. Returns the position. */
  killAndPrune(kind: string, id: string): number {
    const position = this.#append(kind, id, {}, KEPT_MS, false)
    this.entries = this.entries.filter((entry) => entry.position !== position)
    return position
  }

  #append(
    kind: string,
    id: string,
    rule: { issued_before_position?: number },
    keptMs: number,
    isSeen = true,
  ): number {
    this.position += 1
    const expires_at = new Date(Date.now() + keptMs).toISOString()
    this.entries.push({ position: this.position, kind, id, ...rule, expires_at })
    if (isSeen) this.wake()
    return this.position
  }

  beginEpoch(): void {
    this.epoch = randomBytes(12).toString('hex')
    this.position = 0
    this.entries = []
    this.#asked = 0
    this.wake()
  }

  /** Loses its end, as by an old backup that was restored without a new epoch. */
  goBackTo(position: number): void {
    this.position = position
    this.entries = this.entries.filter((entry) => entry.position <= position)
    this.wake()
  }

  /** A verifier has asked after a position: it has applied everything up to it. */
  ask(epoch: string | null, after: number): void {
    if (epoch === this.epoch) this.#asked = Math.max(this.#asked, after)
    this.wake()
  }

  hasAsked(position: number): boolean {
    return this.#asked >= position
  }

  wake(): void {
    for (const waker of [...this.#wakers]) waker()
  }

  /** Resolves true as soon as it is so, and false after so long, or when `signal` says stop. */
  wait(ms: number, signal: AbortSignal, isSo: () => boolean): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (result: boolean): void => {
        this.#wakers.delete(look)
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
        resolve(result)
      }
      const look = (): void => {
        if (isSo()) finish(true)
      }
      const stop = (): void => finish(false)
      const timer = setTimeout(stop, ms)
      this.#wakers.add(look)
      signal.addEventListener('abort', stop)
      if (signal.aborted) stop()
      else look()
    })
  }
}
