/**
 * When a position of the log is confirmed (lease protocol, rule 9): when every verifier that may hold a lease has
 * asked after it, or when the longest lease has passed since its commit, which is always true, whoever is
 * connected, restarted or forgotten.
 */
import type { Feed, FeedClock, Timers } from './feed/ports.ts'
import { toLapseMs } from './feed/times.ts'

export interface Confirmation {
  readonly confirmed: boolean
  /** Processes that may have held a lease, those of the nodes themselves included. */
  readonly verifiers: number
  readonly acknowledged: number
  /** Those that were waited for and whose lease has run out. */
  readonly lapsed: number
}

export interface Confirmations {
  /** Starts the time of a position that was committed just now. */
  committed(position: number): void
  read(position: number): Confirmation
  /** Resolves when it is confirmed or after `waitMs`; at once while the server is stopping. */
  wait(position: number, waitMs: number): Promise<Confirmation>
  /** Ends every wait, since the server stops: those who wait are answered with what is known. */
  release(): void
}

export interface ConfirmationsParts {
  readonly clock: FeedClock
  readonly timers: Timers
  readonly feed: Pick<Feed, 'head' | 'acknowledgement' | 'await' | 'longestLeaseMs'>
}

/** How many positions are remembered; an older one is asked about anew and starts its time again, which is safe. */
const REMEMBERED_MAX = 10_000

export function createConfirmations(parts: ConfirmationsParts): Confirmations {
  return new KnownConfirmations(parts)
}

interface Known {
  readonly epoch: string
  readonly position: number
  /** On the monotonic clock, after the commit returned. */
  readonly sinceMs: number
  isConfirmed: boolean
  lapsed: number
}

class KnownConfirmations implements Confirmations {
  readonly #parts: ConfirmationsParts
  readonly #known = new Map<number, Known>()
  readonly #waits = new Set<() => void>()
  #released = false

  constructor(parts: ConfirmationsParts) {
    this.#parts = parts
  }

  committed(position: number): void {
    this.#remember(position)
  }

  #remember(position: number): Known {
    const { clock, feed } = this.#parts
    const [oldest] = this.#known.keys()
    if (this.#known.size >= REMEMBERED_MAX && oldest !== undefined) this.#known.delete(oldest)
    const epoch = feed.head()?.epoch ?? ''
    const known = { epoch, position, sinceMs: clock.monotonicMs(), isConfirmed: false, lapsed: 0 }
    this.#known.set(position, known)
    return known
  }

  read(position: number): Confirmation {
    return this.#read(this.#known.get(position) ?? this.#remember(position))
  }

  #read(known: Known): Confirmation {
    const { epoch, position, sinceMs } = known
    const now = this.#parts.feed.acknowledgement(epoch, position, sinceMs)
    known.isConfirmed ||= now.complete || this.#remainingMs(known) <= 0
    // Whoever is behind although the time has passed holds no lease that was granted without the position.
    const lapsed = Math.max(known.lapsed, now.lapsed) + (known.isConfirmed ? now.behind : 0)
    const verifiers = now.acknowledged + lapsed + (known.isConfirmed ? 0 : now.behind)
    return { confirmed: known.isConfirmed, verifiers, acknowledged: now.acknowledged, lapsed }
  }

  #remainingMs({ sinceMs }: Known): number {
    const { clock, feed } = this.#parts
    return sinceMs + toLapseMs(feed.longestLeaseMs()) - clock.monotonicMs()
  }

  async wait(position: number, waitMs: number): Promise<Confirmation> {
    const known = this.#known.get(position) ?? this.#remember(position)
    const first = this.#read(known)
    if (first.confirmed || waitMs <= 0 || this.#released) return first
    await this.#waitFor(known, waitMs)
    return this.#read(known)
  }

  async #waitFor(known: Known, waitMs: number): Promise<void> {
    const { feed, timers } = this.#parts
    const { promise, resolve } = Promise.withResolvers<void>()
    const confirm = (): void => {
      known.isConfirmed = true
      resolve()
    }
    const awaited = feed.await(known.epoch, known.position, known.sinceMs, confirm)
    // Timers count whole milliseconds and may be up to one early.
    const cancel = timers.set(Math.min(Math.ceil(this.#remainingMs(known)) + 1, waitMs), resolve)
    this.#waits.add(resolve)
    await promise
    this.#waits.delete(resolve)
    cancel()
    known.lapsed = Math.max(known.lapsed, awaited.read().lapsed)
    awaited.close()
  }

  release(): void {
    this.#released = true
    for (const end of this.#waits) end()
  }
}
