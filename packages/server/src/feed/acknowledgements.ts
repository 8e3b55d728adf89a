/**
 * Who waits until every verifier that may hold a lease has asked after a position (lease protocol, rule 9b), on
 * this node and on the others. Looked at again whenever something has come in, and when a lease may have lapsed.
 */
import type { Head } from './log-tail.ts'
import { AWAITED_MAX } from './messages.ts'
import type { Peers } from './peers.ts'
import type { Acknowledgement, Awaited, FeedClock, Timers } from './ports.ts'
import type { Registry } from './registry.ts'

export interface Acknowledgements {
  read(epoch: string, position: number, sinceMs: number): Acknowledgement
  await(epoch: string, position: number, sinceMs: number, onComplete: () => void): Awaited
  /** Another node waits for this position. */
  awaitForOthers(epoch: string, position: number): void
  /** For the reports: how those that others wait for stand here. Those that are complete are told once. */
  takeCounts(): (readonly [position: number, behind: number, lapsed: number])[]
  /** Something has changed that somebody may wait for. */
  look(): void
  /** True when this node remembers everybody who may hold a lease from it. */
  isComplete(): boolean
  stop(): void
}

export interface AcknowledgementsParts {
  readonly clock: FeedClock
  readonly timers: Timers
  readonly registry: Registry
  readonly head: () => Head | null
  /** Null on the only node. */
  readonly peers: Peers | null
  /** From when on this node remembers every verifier that may hold a lease from it. */
  readonly completeAtMs: () => number
  /** Others wait for a position that everybody here has asked after now. */
  readonly onReachedForOthers: () => void
}

/** The same moment is not looked at twice, whatever the clock says. */
const LOOK_AGAIN_MS_MIN = 10
const LOOK_AGAIN_MS_MAX = 1_000

interface Waiting {
  readonly epoch: string
  readonly position: number
  readonly sinceMs: number
  /** Who was behind when the waiting began. */
  readonly ids: readonly string[]
  onComplete: (() => void) | null
}

export function createAcknowledgements(parts: AcknowledgementsParts): Acknowledgements {
  return new KnownAcknowledgements(parts)
}

class KnownAcknowledgements implements Acknowledgements {
  readonly #parts: AcknowledgementsParts
  readonly #waiting = new Set<Waiting>()
  readonly #forOthers = new Map<number, { epoch: string; ids: readonly string[]; untilMs: number }>()
  #cancel: (() => void) | null = null

  constructor(parts: AcknowledgementsParts) {
    this.#parts = parts
  }

  isComplete(): boolean {
    return this.#parts.clock.monotonicMs() >= this.#parts.completeAtMs()
  }

  read(epoch: string, position: number, sinceMs: number): Acknowledgement {
    return this.#read(epoch, position, sinceMs, [])
  }

  #read(epoch: string, position: number, sinceMs: number, ids: readonly string[]): Acknowledgement {
    const { registry, peers, clock } = this.#parts
    const nowMs = clock.monotonicMs()
    const complete = this.#isReached(epoch, position) && this.#havePeers(epoch, position, sinceMs)
    const others = peers?.counts(epoch, position) ?? { verifiers: 0, behind: 0, lapsed: 0 }
    const here = registry.count(nowMs)
    const behindHere = this.#isCurrent(epoch) ? registry.behind(position, nowMs).length : here
    const behind = complete ? 0 : behindHere + others.behind
    const lapsed = ids.filter((id) => registry.isBehind(id, position, nowMs) === 'lapsed').length
    const known = here + others.verifiers
    return { complete, acknowledged: Math.max(0, known - behind), behind, lapsed: lapsed + others.lapsed }
  }

  #isCurrent(epoch: string): boolean {
    return this.#parts.head()?.epoch === epoch
  }

  /** Everybody who may hold a lease from this node has asked after it. */
  #isReached(epoch: string, position: number): boolean {
    const { registry, clock, head } = this.#parts
    const known = head()
    if (known === null || known.epoch !== epoch || known.position < position || !this.isComplete())
      return false
    return registry.lowest(clock.monotonicMs()) >= position
  }

  #havePeers(epoch: string, position: number, sinceMs: number): boolean {
    const { peers } = this.#parts
    return peers === null || peers.haveAcknowledged(epoch, position, sinceMs)
  }

  await(epoch: string, position: number, sinceMs: number, onComplete: () => void): Awaited {
    const { registry, clock } = this.#parts
    const ids = this.#isCurrent(epoch) ? registry.behind(position, clock.monotonicMs()) : []
    const waiting: Waiting = { epoch, position, sinceMs, ids, onComplete }
    this.#waiting.add(waiting)
    this.look()
    return {
      read: () => this.#read(epoch, position, sinceMs, ids),
      close: () => {
        waiting.onComplete = null
        this.#waiting.delete(waiting)
      },
    }
  }

  awaitForOthers(epoch: string, position: number): void {
    const { registry, clock } = this.#parts
    if (!this.#isCurrent(epoch) || this.#forOthers.has(position)) return
    const [oldest] = this.#forOthers.keys()
    if (this.#forOthers.size >= AWAITED_MAX && oldest !== undefined) this.#forOthers.delete(oldest)
    const nowMs = clock.monotonicMs()
    this.#forOthers.set(position, { epoch, ids: registry.behind(position, nowMs), untilMs: nowMs + KEPT_MS })
    this.look()
  }

  takeCounts(): (readonly [position: number, behind: number, lapsed: number])[] {
    const { registry, clock } = this.#parts
    const nowMs = clock.monotonicMs()
    const counts: (readonly [number, number, number])[] = []
    for (const [position, { epoch, ids, untilMs }] of this.#forOthers) {
      const lapsed = ids.filter((id) => registry.isBehind(id, position, nowMs) === 'lapsed').length
      counts.push([position, registry.behind(position, nowMs).length, lapsed])
      if (untilMs <= nowMs || !this.#isCurrent(epoch) || this.#isReached(epoch, position)) {
        this.#forOthers.delete(position)
      }
    }
    return counts
  }

  look(): void {
    for (const waiting of this.#waiting) {
      const { epoch, position, sinceMs, onComplete } = waiting
      if (!this.#isReached(epoch, position) || !this.#havePeers(epoch, position, sinceMs)) continue
      this.#waiting.delete(waiting)
      onComplete?.()
    }
    for (const [position, { epoch }] of this.#forOthers) {
      if (!this.#isReached(epoch, position)) continue
      this.#parts.onReachedForOthers()
      break
    }
    this.#lookAgain()
  }

  /** Time alone completes some waits: leases lapse, and memory becomes complete. */
  #lookAgain(): void {
    const { clock, timers, registry, completeAtMs } = this.#parts
    this.#cancel?.()
    this.#cancel = null
    if (this.#waiting.size === 0 && this.#forOthers.size === 0) return
    const nowMs = clock.monotonicMs()
    const completeMs = completeAtMs()
    const nextMs = Math.min(
      registry.nextLapseMs(nowMs),
      completeMs > nowMs ? completeMs : Number.POSITIVE_INFINITY,
    )
    const ms = Math.min(Math.max(nextMs - nowMs + 1, LOOK_AGAIN_MS_MIN), LOOK_AGAIN_MS_MAX)
    this.#cancel = timers.set(ms, () => {
      this.#cancel = null
      this.look()
    })
  }

  stop(): void {
    this.#waiting.clear()
    this.#forOthers.clear()
    this.#cancel?.()
    this.#cancel = null
  }
}

/** Longer than any lease: by then whoever waited for it has been told by time. */
const KEPT_MS = 65_000
