/**
 * The one reader of the log for the whole process. It knows the head and the newest entries, so that any number
 * of verifiers is answered from memory after a single read (lease protocol, rule 2).
 */
import { type LogPage, StoreUnavailable } from '@countersign/core'
import type { RevocationEntry } from '@countersign/protocol'
import type { FeedClock } from './ports.ts'

export interface Head {
  readonly epoch: string
  readonly position: number
}

/** One read of the log from its beginning to its end. */
export interface Round {
  /** Rounds are counted: one with a higher number than `begun` was at a moment has begun after it. */
  readonly number: number
  readonly beganAtMonotonicMs: number
  readonly beganAtWallMs: number
}

export interface LogTailParts {
  /** Reads entries after a position. Each call begins after everything that allows it to is done. */
  readonly read: (position: number, limit: number) => Promise<LogPage>
  readonly clock: FeedClock
  /** Before the read of a round. */
  readonly onBegin: (round: Round) => void
  /** In the step in which a round has brought everything up to the head. */
  readonly onEnd: (round: Round, change: Change) => void
}

export interface Change {
  readonly advanced: boolean
  /** The log that was known is not the one that is there: another epoch, or fewer entries. */
  readonly replaced: boolean
  /** The head that was known, where the log of the same epoch is now shorter. */
  readonly backwardsFrom: number | null
}

export interface LogTail {
  /** Resolves after a read of the whole log that began after the call. */
  refresh(): Promise<void>
  /** Null before the first read. */
  head(): Head | null
  /** The number of the round that began last, and of the one that ended last. */
  begun(): number
  ended(): number
  prunedUntilMs(): number | null
  isFollowed(): boolean
  /** Entries after a position up to the head; null where they are older than what is kept here. */
  entriesAfter(position: number): readonly RevocationEntry[] | null
}

const ENTRIES_PER_READ = 2_000
/** About 4 MB. Verifiers that are further behind are answered from the store. */
const ENTRIES_KEPT = 20_000
/** Entries leave in one piece now and then, not one by one. */
const ENTRIES_MAX = ENTRIES_KEPT + ENTRIES_PER_READ

export function createLogTail(parts: LogTailParts): LogTail {
  return new Tail(parts)
}

class Tail implements LogTail {
  readonly #parts: LogTailParts
  #running: Promise<void> | null = null
  #next: Promise<void> | null = null
  #begun = 0
  #ended = 0
  #head: Head | null = null
  /** Everything after this position is in `#entries`. */
  #base = 0
  #entries: RevocationEntry[] = []
  #prunedUntilMs: number | null = null
  #isFollowed = false

  constructor(parts: LogTailParts) {
    this.#parts = parts
  }

  head = (): Head | null => this.#head
  begun = (): number => this.#begun
  ended = (): number => this.#ended
  prunedUntilMs = (): number | null => this.#prunedUntilMs
  isFollowed = (): boolean => this.#isFollowed

  /** A round that is under way may have read before the caller's commit: only a later one will do. */
  refresh(): Promise<void> {
    if (this.#running === null) return this.#start()
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = null
        return this.#start()
      })
    return this.#next
  }

  #start(): Promise<void> {
    this.#running = this.#round().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  async #round(): Promise<void> {
    const { clock, onBegin, onEnd } = this.#parts
    this.#begun += 1
    const round = {
      number: this.#begun,
      beganAtMonotonicMs: clock.monotonicMs(),
      beganAtWallMs: clock.nowMs(),
    }
    onBegin(round)
    const known = this.#head
    const pages = await this.#readPages(known)
    const last = pages.at(-1)
    if (last === undefined) throw new StoreUnavailable('The log could not be read to its end.')
    const change = this.#take(known, pages, last)
    this.#ended = round.number
    onEnd(round, change)
  }

  /** Nothing of what is read counts before all of it is there. */
  async #readPages(known: Head | null): Promise<readonly LogPage[]> {
    // The first read only asks where the log ends: what stands in it is the business of those who need it.
    if (known === null) return [await this.#parts.read(0, 0)]
    const pages: LogPage[] = []
    let after = known.position
    for (;;) {
      const page = await this.#parts.read(after, ENTRIES_PER_READ)
      const isSame = page.head.epoch === (pages[0]?.head.epoch ?? known.epoch)
      // Too far behind to catch up, or another log: only its end is wanted.
      if (!isSame || page.head.position - known.position > ENTRIES_KEPT) return [{ ...page, entries: [] }]
      pages.push(page)
      if (page.entries.length < ENTRIES_PER_READ) return pages
      after = page.entries.at(-1)?.position ?? after
    }
  }

  #take(known: Head | null, pages: readonly LogPage[], last: LogPage): Change {
    const { head } = last
    const isSameEpoch = known !== null && known.epoch === head.epoch
    const isShorter = isSameEpoch && head.position < known.position
    const isGap = known !== null && head.position - known.position > ENTRIES_KEPT
    if (known === null || !isSameEpoch || isShorter || isGap) {
      this.#base = head.position
      this.#entries = []
    } else {
      for (const page of pages) this.#entries.push(...page.entries)
      this.#forgetOldest()
    }
    this.#head = head
    this.#prunedUntilMs = latest(this.#prunedUntilMs, last.prunedUntilMs)
    this.#isFollowed ||= last.followedAtMs !== null
    return {
      advanced: known === null || !isSameEpoch || head.position !== known.position,
      replaced: known !== null && (!isSameEpoch || isShorter),
      backwardsFrom: isShorter ? known.position : null,
    }
  }

  #forgetOldest(): void {
    if (this.#entries.length <= ENTRIES_MAX) return
    const forgotten = this.#entries.splice(0, this.#entries.length - ENTRIES_KEPT)
    this.#base = forgotten.at(-1)?.position ?? this.#base
  }

  entriesAfter(position: number): readonly RevocationEntry[] | null {
    if (position < this.#base) return null
    return this.#entries.slice(this.#indexAfter(position))
  }

  /** Positions have gaps where entries were pruned before they were read. */
  #indexAfter(position: number): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#entries[middle]?.position ?? 0) > position) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** The greater of two, either of which may be missing. */
export const latest = (left: number | null, right: number | null): number | null =>
  left === null ? right : right === null ? left : Math.max(left, right)
