/**
 * Follows the authority's feed (lease protocol, rules 2, 3 and 10): one long poll after the other, each of which
 * acknowledges what was applied before it, and one without hold where a check finds no lease.
 */
import type { Instant } from '../lease.ts'
import type { FeedAnswer, Memory } from '../memory.ts'
import type { Timers, VerifierEvent } from '../verifier-types.ts'
import type { Call } from './call.ts'
import type { KeySource } from './keys.ts'
import { type FeedPlace, type FeedReply, readFeedAnswer } from './read-answers.ts'
import type { Trouble } from './trouble.ts'

export interface Feed {
  start(): void
  /** See `CheckerOptions`: one poll without hold, which is shared by all who wait for one. */
  renew(): Promise<void>
  /** True once the feed has not taken our API key, until it takes it again. */
  isRefused(): boolean
  close(): void
}

export interface FeedParts {
  readonly verifierId: string
  readonly call: Call
  readonly trouble: Trouble
  readonly timers: Timers
  readonly now: () => Instant
  readonly memory: Memory
  readonly keys: KeySource
  readonly tell: (event: VerifierEvent) => void
  /** Runs after everything that may have ended something: an answer, a lapse. */
  readonly onStep: () => void
}

const HOLD_MS = 2_000
/** Whoever waits for a lease waits no longer than this. */
const RENEWAL_MS_MAX = 3_000
/** A page of a snapshot is of use however late it is, since it brings no lease anyway. */
const PAGE_MS_MAX = 10_000
const RETRY_MS_MIN = 50
/** A returning authority is found within a second. */
const RETRY_MS_MAX = 1_000
/** A key that is not taken is not taken a moment later either. */
const REFUSED_RETRY_MS = 5_000

class FeedRefused extends Error {}

export function createFeed(parts: FeedParts): Feed {
  return new PollingFeed(parts)
}

class PollingFeed implements Feed {
  readonly #parts: FeedParts
  /** What the next poll says it has. Behind what was applied while the keys of an announcement are missing. */
  #place: FeedPlace | null = null
  /** An epoch whose log went backwards: nothing of it is believed any more. */
  #brokenEpoch: string | null = null
  #hasMore = false
  #isClosed = false
  #isRefused = false
  #wasHeld = false
  #failures = 0
  #failedAtMs = Number.NEGATIVE_INFINITY
  #waiting = new Set<() => void>()
  /** Ends what a check without a lease must not wait for: a hold, or the pause before the next poll. */
  #hurry = (): void => {}
  #abort = new AbortController()
  #cancelLapse = (): void => {}

  constructor(parts: FeedParts) {
    this.#parts = parts
  }

  start(): void {
    void this.#run()
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      const pauseMs = await this.#poll()
      if (pauseMs > 0 && !this.#isClosed) await this.#pause(pauseMs)
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.timers.set(ms, resolve)
      this.#hurry = () => {
        cancel()
        resolve()
      }
    })
  }

  /** Polls once; says how long to wait before the next poll. */
  async #poll(): Promise<number> {
    const { memory, now, trouble } = this.#parts
    const sent = now()
    const { leaseMs } = memory.lease
    const isInHaste = this.#hasMore || this.#failures > 0 || this.#waiting.size > 0
    const mayHold = memory.lease.holds(sent) && !isInHaste
    const holdMs = mayHold ? toHoldMs(leaseMs) : 0
    const abort = new AbortController()
    this.#abort = abort
    this.#hurry = holdMs > 0 ? () => abort.abort() : () => {}
    try {
      return await trouble('feed', async () => {
        const reply = await this.#ask(sent, holdMs, abort.signal)
        // The answer to an abandoned poll is dropped, even one that was on its way already.
        return reply === null || abort.signal.aborted ? 0 : await this.#take(reply, sent, holdMs)
      })
    } catch (error) {
      return this.#fail(error)
    }
  }

  /** Null for a poll that was abandoned. */
  async #ask(sent: Instant, holdMs: number, signal: AbortSignal): Promise<FeedReply | null> {
    const { call, verifierId, memory } = this.#parts
    const place = this.#place
    const after = place === null ? '' : `&epoch=${encodeURIComponent(place.epoch)}&after=${place.position}`
    const path = `/v1/revocations?verifier=${verifierId}${after}&hold_ms=${holdMs}`
    // Later than this the answer would bring no lease; what is left of a hold's is for another try.
    const { lease } = memory
    const leftMs = holdMs > 0 ? (holdMs + lease.remainingMs(sent)) / 2 : lease.leaseMs
    const timeLimitMs = this.#hasMore ? PAGE_MS_MAX : leftMs
    try {
      const { status, body } = await call(path, { timeLimitMs, signal })
      if (status === 401 || status === 403) throw new FeedRefused(`status ${status}`, { cause: status })
      if (status !== 200) throw new Error(`status ${status}`)
      return readFeedAnswer(body, sent, place)
    } catch (error) {
      if (signal.aborted) return null
      throw error
    }
  }

  /** Applies an answer; says how long to wait before the next poll. */
  async #take({ answer, more }: FeedReply, sent: Instant, holdMs: number): Promise<number> {
    const { memory, now, tell, keys } = this.#parts
    // A lapse that nobody has seen yet must be seen before the answer mends it.
    this.#look()
    if (this.#isBroken(answer)) return RETRY_MS_MAX
    const before = memory.epoch
    const isAnnounced = answer.entries.some(({ kind }) => kind === 'signing_key')
    // Nothing may be decided before the lease is there, so the keys have time until then.
    if (answer.snapshot || (isAnnounced && more)) keys.expire()
    if (!memory.apply(answer, now())) throw new Error('the answer does not follow what was applied')
    this.#failures = 0
    this.#isRefused = false
    this.#hasMore = more
    if (before !== null && before !== answer.epoch) tell({ kind: 'epoch_changed', epoch: answer.epoch })
    this.#look()
    if (!more) this.#release()
    const mustFetch = isAnnounced && !answer.snapshot && !more
    if (mustFetch && !(await this.#fetchAnnounced(answer))) return RETRY_MS_MAX / 4
    if (!more) void keys.ensure(false)
    this.#place = { epoch: answer.epoch, position: Math.max(answer.position, memory.position) }
    return more ? 0 : this.#toPauseMs(answer, sent, holdMs)
  }

  /** Nothing is taken from a log that is shorter than what was applied of it, until it has begun anew. */
  #isBroken({ epoch, snapshot, position }: FeedAnswer): boolean {
    const { memory, now, tell } = this.#parts
    const isBackwards = snapshot && epoch === memory.epoch && position < memory.position
    if (isBackwards && this.#brokenEpoch !== epoch) {
      this.#brokenEpoch = epoch
      tell({ kind: 'log_went_backwards', epoch, position })
    }
    if (epoch !== this.#brokenEpoch) return false
    const { monotonicMs } = now()
    this.#failedAtMs = monotonicMs
    memory.lease.end(monotonicMs)
    this.#look()
    this.#release()
    return true
  }

  /**
   * An announcement is acknowledged once its keys are here (rule 8). False when they could not be fetched in a
   * time that endangers no lease: the next poll then says again that it has everything before it.
   */
  #fetchAnnounced({ leaseMs }: FeedAnswer): Promise<boolean> {
    const { keys, timers } = this.#parts
    return new Promise((resolve) => {
      const cancel = timers.set(leaseMs / 4, () => resolve(false))
      void keys.refresh().then(resolve).finally(cancel)
    })
  }

  /** An authority that does not hold polls, or a lease too short for it, must not be asked in a loop. */
  #toPauseMs({ entries, leaseMs }: FeedAnswer, sent: Instant, holdMs: number): number {
    const isHeld = holdMs === 0 && toHoldMs(leaseMs) > 0
    if (isHeld || entries.length > 0) return 0
    const elapsedMs = this.#parts.now().monotonicMs - sent.monotonicMs
    return Math.min(leaseMs / 4, HOLD_MS) - elapsedMs
  }

  #fail(error: unknown): number {
    const { memory, now, tell } = this.#parts
    const { monotonicMs } = now()
    this.#failedAtMs = monotonicMs
    this.#failures += 1
    const isRefused = error instanceof FeedRefused
    if (isRefused) {
      memory.lease.end(monotonicMs)
      if (!this.#isRefused) tell({ kind: 'feed_refused', status: Number(error.cause) })
    }
    this.#isRefused = isRefused
    this.#look()
    this.#release()
    const backOffMs = Math.min(RETRY_MS_MIN * 2 ** this.#failures, RETRY_MS_MAX)
    return (isRefused ? REFUSED_RETRY_MS : backOffMs) * (0.5 + Math.random() / 2)
  }

  renew(): Promise<void> {
    const { now, timers } = this.#parts
    this.#look()
    // Whoever comes right after a failure is told of that one: a flood of requests must not become one of polls.
    const pauseMs = this.#isRefused ? RETRY_MS_MAX : RETRY_MS_MIN
    if (this.#isClosed || now().monotonicMs - this.#failedAtMs < pauseMs) return Promise.resolve()
    return new Promise((resolve) => {
      const settle = (): void => {
        cancel()
        this.#waiting.delete(settle)
        resolve()
      }
      const cancel = timers.set(RENEWAL_MS_MAX, settle)
      this.#waiting.add(settle)
      this.#hurry()
    })
  }

  #release(): void {
    for (const settle of this.#waiting) settle()
  }

  /** Sees whether the lease holds, tells when that has changed, and looks again when it would lapse. */
  #look(): void {
    const { memory, now, timers, tell, keys, onStep } = this.#parts
    const at = now()
    const { lease, epoch, position } = memory
    const isHeld = lease.holds(at)
    this.#cancelLapse()
    if (isHeld) {
      this.#cancelLapse = timers.set(Math.ceil(lease.remainingMs(at)), () => this.#look())
    }
    if (isHeld !== this.#wasHeld) {
      this.#wasHeld = isHeld
      if (!isHeld) keys.expire()
      tell(isHeld ? { kind: 'lease_regained', epoch: `${epoch}`, position } : { kind: 'lease_lost' })
    }
    onStep()
  }

  isRefused(): boolean {
    return this.#isRefused
  }

  close(): void {
    const { memory, now } = this.#parts
    this.#isClosed = true
    memory.lease.end(now().monotonicMs)
    this.#abort.abort()
    this.#hurry()
    this.#look()
    this.#release()
  }
}

/** The authority caps the hold at the same figure, so that two polls fit into every lease (rule 10). */
function toHoldMs(leaseMs: number): number {
  return Math.min(HOLD_MS, Math.max(0, (leaseMs - 1_000) / 2))
}
