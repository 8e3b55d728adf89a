/**
 * Tells the other nodes, every 200 ms and at once when something awaited has happened, where the verifiers of
 * this one are. Leases are granted only by reads of the log that begin soon after such a report has gone out:
 * a node that cannot be heard must fall silent as an authority too (lease protocol, rule 9).
 */
import { StoreUnavailable } from '@countersign/core'
import { type Message, toText } from './messages.ts'
import type { FeedParts } from './ports.ts'
import { REPORT_INTERVAL_MS } from './times.ts'

export interface Reporter {
  /** Resolves when a report has gone out that was begun within the last interval. Rejects when none can. */
  ensureReported(): Promise<void>
  /** Sends a report soon, with these messages before it. */
  send(...messages: readonly Message[]): void
  start(): void
  stop(): void
}

export interface ReporterParts extends Pick<FeedParts, 'clock' | 'timers' | 'onEvent'> {
  readonly publish: (texts: readonly string[]) => Promise<void>
  /** Makes a report of this moment, changes first. `number` is its own. */
  readonly report: (number: number) => readonly Message[]
  /** A report is on its way from this moment on. */
  readonly onSending: (number: number, atMs: number) => void
}

/** Wakes that wait behind a slow database; the report itself tells the head as well. */
const WAITING_MAX = 1_000

export function createReporter(parts: ReporterParts): Reporter {
  return new BusReporter(parts)
}

/** Where nobody else can be on the log there is nobody to tell. */
export const silentReporter: Reporter = {
  ensureReported: () => Promise.resolve(),
  send: () => undefined,
  start: () => undefined,
  stop: () => undefined,
}

class BusReporter implements Reporter {
  readonly #parts: ReporterParts
  #waiting: Message[] = []
  #running: Promise<void> | null = null
  #next: Promise<void> | null = null
  #number = 0
  /** When the last report that went out was begun, on both clocks: on a suspended machine one of them stops. */
  #reportedAtMs = Number.NEGATIVE_INFINITY
  #reportedAtWallMs = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | null = null
  #stopped = false

  constructor(parts: ReporterParts) {
    this.#parts = parts
  }

  async ensureReported(): Promise<void> {
    if (this.#isFresh()) return
    await this.#report()
    if (!this.#isFresh()) throw new StoreUnavailable('Other nodes could not be told of this one in time.')
  }

  #isFresh(): boolean {
    const { clock } = this.#parts
    const agoWallMs = clock.nowMs() - this.#reportedAtWallMs
    const isFreshByWall = agoWallMs >= 0 && agoWallMs <= REPORT_INTERVAL_MS
    return isFreshByWall && clock.monotonicMs() - this.#reportedAtMs <= REPORT_INTERVAL_MS
  }

  send(...messages: readonly Message[]): void {
    if (this.#stopped) return
    if (this.#waiting.length < WAITING_MAX) this.#waiting.push(...messages)
    this.#report().catch(() => undefined)
  }

  /** Resolves when a report has gone out that was made after the call. */
  #report(): Promise<void> {
    if (this.#running === null) return this.#publish()
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = null
        return this.#publish()
      })
    return this.#next
  }

  #publish(): Promise<void> {
    this.#running = this.#publishNow().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  async #publishNow(): Promise<void> {
    const { clock, publish, report, onSending, onEvent } = this.#parts
    const waiting = this.#waiting
    this.#waiting = []
    this.#number += 1
    const number = this.#number
    const beganAtMs = clock.monotonicMs()
    const beganAtWallMs = clock.nowMs()
    onSending(number, beganAtMs)
    try {
      await publish([...waiting, ...report(number)].map(toText))
      this.#reportedAtMs = beganAtMs
      this.#reportedAtWallMs = beganAtWallMs
    } catch (error) {
      onEvent({ kind: 'report_failed', error })
      throw error
    }
  }

  start(): void {
    const { timers } = this.#parts
    const round = (): void => {
      if (this.#stopped) return
      this.#report().catch(() => undefined)
      this.#cancel = timers.set(REPORT_INTERVAL_MS, round)
    }
    round()
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }
}
