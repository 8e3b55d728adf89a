/**
 * The authority's own verifiers as followers of the log: they hold a real lease on the store, and stand in the
 * registry like every other verifier. What they have applied is acknowledged, but for entries about signing keys
 * only after the keys were fetched (lease protocol, rule 8).
 */
import { type LogPage, StoreUnavailable } from '@countersign/core'
import type { FeedAnswer } from '@countersign/verifier'
import type { Head, LogTail, Round } from './log-tail.ts'
import type { FeedParts } from './ports.ts'
import type { Registry } from './registry.ts'

export interface Follower {
  onBegin(round: Round): void
  /** Applies what a round has brought. */
  onEnd(round: Round): void
  /** Resolves when everything committed before the call was applied, keys included. */
  follow(): Promise<void>
  position(): number
}

export interface FollowerParts
  extends Pick<FeedParts, 'leaseMs' | 'clock' | 'own' | 'onSigningKeys' | 'onEvent'> {
  readonly tail: Pick<LogTail, 'refresh' | 'head' | 'entriesAfter' | 'begun' | 'ended' | 'prunedUntilMs'>
  readonly registry: Registry
  readonly read: (position: number, limit: number) => Promise<LogPage>
  /** What the node's own verifier is called in the registry. */
  readonly id: string
}

/** Entries per read of a snapshot: a page that SQLite answers within a few milliseconds. */
const ENTRIES_PER_READ = 2_000
/** Each time more was committed meanwhile than the tail keeps. */
const LOADS_MAX = 3

export function createFollower(parts: FollowerParts): Follower {
  return new OwnFollower(parts)
}

class OwnFollower implements Follower {
  readonly #parts: FollowerParts
  #epoch: string | null = null
  #applied = 0
  /** Rounds up to this one may have begun before the last load ended, and then know less than it has brought. */
  #loadedAtRound = 0
  /** The epoch whose log went backwards under us: no lease is taken in it any more. */
  #brokenEpoch: string | null = null
  #loading: Promise<void> | null = null
  #keysAreStale = false
  #takingKeys: Promise<void> | null = null

  constructor(parts: FollowerParts) {
    this.#parts = parts
  }

  position = (): number => this.#applied

  /** Reading the log is a poll: from here on a lease may be counted. */
  onBegin(round: Round): void {
    this.#parts.registry.note({ verifier: this.#parts.id, principal: null }, 0, round.beganAtMonotonicMs)
  }

  onEnd(round: Round): void {
    const { tail, leaseMs } = this.#parts
    const head = tail.head()
    if (head === null || this.#isBroken(head) || this.#loading !== null || this.#isBehindUs(head)) return
    const entries = this.#epoch === head.epoch ? tail.entriesAfter(this.#applied) : null
    if (entries === null) return
    this.#apply({
      epoch: head.epoch,
      entries,
      position: head.position,
      snapshot: false,
      prunedUntilMs: tail.prunedUntilMs(),
      sentAtMonotonicMs: round.beganAtMonotonicMs,
      sentAtWallMs: round.beganAtWallMs,
      leaseMs,
    })
  }

  /** What was applied is gone, and nobody can tell what else is, however far the log has grown again. */
  #isBroken(head: Head): boolean {
    const isLater = this.#parts.tail.ended() > this.#loadedAtRound
    if (isLater && this.#isBehindUs(head)) this.#brokenEpoch = head.epoch
    return head.epoch === this.#brokenEpoch
  }

  #isBehindUs({ epoch, position }: Head): boolean {
    return epoch === this.#epoch && position < this.#applied
  }

  async follow(): Promise<void> {
    const { tail } = this.#parts
    await tail.refresh()
    for (let loads = 0; ; loads += 1) {
      const head = tail.head()
      if (head === null || this.#isBroken(head) || loads === LOADS_MAX) {
        throw new StoreUnavailable(
          'The log cannot be followed: it is shorter than it was, or grows too fast.',
        )
      }
      if (this.#loading === null && head.epoch === this.#epoch && this.#applied >= head.position) break
      this.#loading ??= this.#load().finally(() => {
        this.#loading = null
      })
      await this.#loading
    }
    await this.#takeKeys()
  }

  /** From the store, page by page: everything at first, or what the tail does not keep any more. */
  async #load(): Promise<void> {
    const { clock, registry, id, own, read, leaseMs } = this.#parts
    const sent = { sentAtMonotonicMs: clock.monotonicMs(), sentAtWallMs: clock.nowMs() }
    registry.note({ verifier: id, principal: null }, 0, sent.sentAtMonotonicMs)
    let epoch = this.#parts.tail.head()?.epoch === this.#epoch ? this.#epoch : null
    let after = epoch === null ? 0 : this.#applied
    for (;;) {
      const page = await read(after, ENTRIES_PER_READ)
      const { head, entries } = page
      if (epoch !== null && head.epoch !== epoch) {
        epoch = null
        after = 0
        continue
      }
      const last = entries.length === ENTRIES_PER_READ ? entries.at(-1)?.position : undefined
      const more = last !== undefined && last < head.position
      after = more ? last : head.position
      this.#apply({
        epoch: head.epoch,
        entries,
        position: after,
        snapshot: epoch === null,
        prunedUntilMs: page.prunedUntilMs,
        ...sent,
        leaseMs: more ? 0 : leaseMs,
      })
      // Half of a snapshot knows less than what it has taken the place of.
      if (more && epoch === null) for (const taker of own) taker.endLease()
      epoch = head.epoch
      if (more) continue
      this.#loadedAtRound = this.#parts.tail.begun()
      return
    }
  }

  #apply(answer: Omit<FeedAnswer, 'authorityNowMs'>): void {
    const { own, clock } = this.#parts
    const authorityNowMs = clock.nowMs()
    for (const taker of own) {
      if (!taker.apply({ ...answer, authorityNowMs })) {
        throw new StoreUnavailable('What was read from the log came too late to be applied.')
      }
    }
    if (answer.snapshot) this.#parts.registry.setBack(this.#parts.id)
    this.#epoch = answer.epoch
    this.#applied = answer.position
    this.#keysAreStale ||= answer.snapshot || answer.entries.some(({ kind }) => kind === 'signing_key')
    if (!this.#keysAreStale) this.#acknowledge(this.#applied)
    else this.#takeKeys().catch((error: unknown) => this.#parts.onEvent({ kind: 'follow_failed', error }))
  }

  /** What fails is tried again by the next one who follows; until then nothing is acknowledged. */
  #takeKeys(): Promise<void> {
    if (!this.#keysAreStale && this.#takingKeys === null) return Promise.resolve()
    this.#takingKeys ??= this.#fetchKeys().finally(() => {
      this.#takingKeys = null
    })
    return this.#takingKeys
  }

  async #fetchKeys(): Promise<void> {
    while (this.#keysAreStale) {
      this.#keysAreStale = false
      try {
        await this.#parts.onSigningKeys()
      } catch (error) {
        this.#keysAreStale = true
        throw error
      }
    }
    this.#acknowledge(this.#applied)
  }

  #acknowledge(position: number): void {
    // The registry counts positions of the log that is there: one that went backwards, or of another epoch, is not.
    const head = this.#parts.tail.head()
    if (head !== null && head.epoch === this.#epoch && position <= head.position) {
      this.#parts.registry.advance(this.#parts.id, position)
    }
  }
}
