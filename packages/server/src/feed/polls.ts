/**
 * The long poll (lease protocol, rule 2): a verifier says what it has applied, and is answered with what comes
 * after it, up to a head that was read from the store after the poll arrived and at the moment of answering.
 */
import { type Answers, type Spelled, toBody } from './answers.ts'
import type { Ending, Holds } from './holds.ts'
import type { Head, LogTail } from './log-tail.ts'
import type { FeedParts, PollAnswer, PollRequest } from './ports.ts'
import type { Registered, Registry } from './registry.ts'
import { toHoldMaxMs, toPaceMs } from './times.ts'

export interface Polls {
  poll(request: PollRequest): Promise<PollAnswer>
  stop(): void
  stats(): { readonly polls: number; readonly answersWithEntries: number; readonly beyondHead: number }
}

export interface PollsParts extends Pick<FeedParts, 'leaseMs' | 'clock' | 'onEvent'> {
  readonly tail: LogTail
  readonly registry: Registry
  readonly holds: Holds
  readonly answers: Answers
  /** Resolves once it is written down that verifiers of other processes follow this log. */
  readonly noteFollowed: () => Promise<void>
}

const BEYOND_HEAD_INTERVAL_MS = 60_000

export function createPolls(parts: PollsParts): Polls {
  return new LongPolls(parts)
}

/** A poll on its way to its answer. */
interface Poll {
  readonly request: PollRequest
  readonly verifier: Registered
  /** A round with a higher number began after the poll arrived. */
  readonly begunBefore: number
  readonly untilMs: number
  waited: boolean
}

/** Where a verifier stands to the log: in front of something, at its end, or in another log than this. */
type Place = 'behind' | 'even' | 'foreign' | 'beyond'

class LongPolls implements Polls {
  readonly #parts: PollsParts
  #stopped = false
  #polls = 0
  #answersWithEntries = 0
  #beyondHead = 0
  #toldBeyondAtMs = Number.NEGATIVE_INFINITY

  constructor(parts: PollsParts) {
    this.#parts = parts
  }

  async poll(request: PollRequest): Promise<PollAnswer> {
    if (this.#stopped) return { kind: 'stopping' }
    this.#polls += 1
    const { tail, holds, noteFollowed } = this.#parts
    const poll = this.#receive(request)
    holds.supersede(request.verifier)
    if (!tail.isFollowed()) await noteFollowed()
    const head = tail.head()
    const isIdle = head !== null && place(head, request) === 'even' && this.#remainingMs(poll) > 0
    // One that stands at the end of what is known waits without a read: the end of its hold brings one.
    if (!isIdle) await tail.refresh()
    return this.#answerOrHold(poll)
  }

  /** It counts from here on, whatever becomes of the answer. */
  #receive(request: PollRequest): Poll {
    const { tail, registry, clock, leaseMs } = this.#parts
    const nowMs = clock.monotonicMs()
    const head = tail.head()
    const isInLog = head !== null && head.epoch === request.epoch && request.after <= head.position
    return {
      request,
      // What lies beyond the head counts only after the log was read: it may have gone backwards.
      verifier: registry.note(request, isInLog ? request.after : 0, nowMs),
      begunBefore: tail.begun(),
      untilMs: nowMs + Math.min(request.holdMs, toHoldMaxMs(leaseMs)),
      waited: false,
    }
  }

  #remainingMs(poll: Poll): number {
    return poll.untilMs - this.#parts.clock.monotonicMs()
  }

  async #answerOrHold(poll: Poll): Promise<PollAnswer> {
    const { tail, registry } = this.#parts
    for (let isOver = false; ; ) {
      if (this.#stopped) return { kind: 'stopping' }
      const head = tail.head()
      if (head === null) throw new Error('The log was read and has no head.')
      const at = place(head, poll.request)
      // Now that the log was read the acknowledgement is known to be one, and nobody is to wait for the hold's end.
      if (at === 'even' || at === 'behind') registry.advance(poll.request.verifier, poll.request.after)
      const waitMs = isOver ? 0 : Math.min(this.#waitMs(poll, at), this.#remainingMs(poll))
      if (waitMs <= 0) return this.#answer(poll, head, at)
      const ending = await this.#hold(poll, waitMs, at === 'even')
      if (ending.kind === 'failed') throw ending.error
      if (ending.kind === 'abandoned' || ending.kind === 'stopping') return ending
      isOver = ending.kind === 'time'
      // What has woken it may have been read before it came.
      if (tail.ended() <= poll.begunBefore) await tail.refresh()
    }
  }

  /** How long the answer has time; the hold may end it sooner. */
  #waitMs(poll: Poll, at: Place): number {
    if (at === 'even') return Number.POSITIVE_INFINITY
    if (at !== 'behind') return 0
    return poll.verifier.answeredAtMs + this.#paceMs() - this.#parts.clock.monotonicMs()
  }

  #paceMs(): number {
    const { registry, leaseMs } = this.#parts
    return toPaceMs(registry.remote, leaseMs)
  }

  #hold(poll: Poll, ms: number, untilAdvance: boolean): Promise<Ending> {
    poll.waited = true
    const { verifier, signal } = poll.request
    return this.#parts.holds.hold({ verifier, ms, untilAdvance, signal })
  }

  async #answer(poll: Poll, head: Head, at: Place): Promise<PollAnswer> {
    const { answers, registry } = this.#parts
    const { verifier, after } = poll.request
    if (at === 'even' || at === 'behind') return this.#spell(poll, await answers.after(head, after))
    registry.setBack(verifier)
    if (at === 'beyond') this.#tellBeyond(after, head.position)
    return this.#spell(poll, await answers.snapshot(head))
  }

  #spell(poll: Poll, spelled: Spelled): PollAnswer {
    const { clock, tail, leaseMs } = this.#parts
    if (spelled.count > 0) {
      // The pages of one answer are no answers of their own to be spread in time.
      if (!spelled.more) poll.verifier.answeredAtMs = clock.monotonicMs()
      this.#answersWithEntries += 1
    }
    const body = toBody(spelled, {
      nowMs: clock.nowMs(),
      leaseMs,
      paceMs: this.#paceMs(),
      prunedUntilMs: tail.prunedUntilMs(),
    })
    return { kind: 'answer', body, waited: poll.waited }
  }

  #tellBeyond(asked: number, read: number): void {
    this.#beyondHead += 1
    const nowMs = this.#parts.clock.monotonicMs()
    if (nowMs - this.#toldBeyondAtMs < BEYOND_HEAD_INTERVAL_MS) return
    this.#toldBeyondAtMs = nowMs
    this.#parts.onEvent({ kind: 'poll_beyond_head', asked, read })
  }

  stop(): void {
    this.#stopped = true
    this.#parts.holds.stop()
  }

  stats(): { polls: number; answersWithEntries: number; beyondHead: number } {
    return {
      polls: this.#polls,
      answersWithEntries: this.#answersWithEntries,
      beyondHead: this.#beyondHead,
    }
  }
}

function place(head: Head, { epoch, after }: PollRequest): Place {
  if (epoch !== head.epoch) return 'foreign'
  if (after > head.position) return 'beyond'
  return after === head.position ? 'even' : 'behind'
}
