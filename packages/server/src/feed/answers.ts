/**
 * Answers of the feed as they stand on the wire. The entries are spelled once for all verifiers that stand at
 * the same position; only what differs from answer to answer is put together each time.
 */
import type { LogPage } from '@countersign/core'
import { FEED_ENTRIES_MAX, type FeedEntryShape, type RevocationEntry } from '@countersign/protocol'
import { type Head, type LogTail, latest } from './log-tail.ts'

/** What the verifiers at one position are told, without what changes from moment to moment. */
export interface Spelled {
  readonly epoch: string
  /** Where this answer ends. */
  readonly position: number
  readonly count: number
  readonly snapshot: boolean
  readonly more: boolean
  readonly prunedUntilMs: number | null
  /** `{"epoch":…,"entries":[…],"position":…,` */
  readonly beginning: string
}

export interface Answers {
  /** For a verifier that has applied everything up to `after`. Only after a read that began after its poll. */
  after(head: Head, after: number): Spelled | Promise<Spelled>
  /** For one that has to begin anew. */
  snapshot(head: Head): Spelled | Promise<Spelled>
}

export interface AnswersParts {
  readonly tail: Pick<LogTail, 'entriesAfter' | 'prunedUntilMs'>
  readonly read: (position: number, limit: number) => Promise<LogPage>
}

/** Of the same head. A few hundred positions are many; the bytes are what has to be bounded. */
const KEPT_MAX = 256
const KEPT_CHARACTERS_MAX = 32 * 1024 * 1024

export function createAnswers(parts: AnswersParts): Answers {
  return new SpelledAnswers(parts)
}

class SpelledAnswers implements Answers {
  readonly #parts: AnswersParts
  #head: Head | null = null
  #characters = 0
  readonly #kept = new Map<string, Spelled>()

  constructor(parts: AnswersParts) {
    this.#parts = parts
  }

  after(head: Head, after: number): Spelled | Promise<Spelled> {
    const key = `after ${after}`
    const known = this.#find(head, key)
    if (known !== null) return known
    const entries = this.#parts.tail.entriesAfter(after)
    if (entries === null) return this.#read(head, key, after, false)
    return this.#keep(head, key, spell(head, entries, false, this.#parts.tail.prunedUntilMs()))
  }

  snapshot(head: Head): Spelled | Promise<Spelled> {
    return this.#find(head, 'snapshot') ?? this.#read(head, 'snapshot', 0, true)
  }

  async #read(head: Head, key: string, after: number, snapshot: boolean): Promise<Spelled> {
    const page = await this.#parts.read(after, FEED_ENTRIES_MAX)
    // Between the two reads the log was replaced: what stands after a position of the old one means nothing.
    if (page.head.epoch !== head.epoch && !snapshot) return this.snapshot(page.head)
    return this.#keep(page.head, key, spell(page.head, page.entries, snapshot, page.prunedUntilMs))
  }

  #find(head: Head, key: string): Spelled | null {
    if (this.#head?.epoch !== head.epoch || this.#head.position !== head.position) return null
    return this.#kept.get(key) ?? null
  }

  #keep(head: Head, key: string, spelled: Spelled): Spelled {
    if (this.#head?.epoch !== head.epoch || this.#head.position !== head.position) this.#forget()
    this.#head = head
    if (this.#kept.size >= KEPT_MAX || this.#characters > KEPT_CHARACTERS_MAX) this.#forget()
    this.#kept.set(key, spelled)
    this.#characters += spelled.beginning.length
    return spelled
  }

  #forget(): void {
    this.#kept.clear()
    this.#characters = 0
  }
}

function spell(
  head: Head,
  entries: readonly RevocationEntry[],
  snapshot: boolean,
  prunedUntilMs: number | null,
): Spelled {
  const page = entries.length > FEED_ENTRIES_MAX ? entries.slice(0, FEED_ENTRIES_MAX) : entries
  const last = page.length === FEED_ENTRIES_MAX ? page.at(-1)?.position : undefined
  const more = last !== undefined && last < head.position
  const position = more ? last : head.position
  const shapes = JSON.stringify(page.map(toShape))
  const epoch = JSON.stringify(head.epoch)
  return {
    epoch: head.epoch,
    position,
    count: page.length,
    snapshot,
    more,
    prunedUntilMs,
    beginning: `{"epoch":${epoch},"entries":${shapes},"position":${position},`,
  }
}

const toShape = ({
  position,
  kind,
  id,
  issuedBeforePosition,
  expiresAtMs,
}: RevocationEntry): FeedEntryShape => ({
  position,
  kind,
  id,
  ...(issuedBeforePosition !== undefined && { issued_before_position: issuedBeforePosition }),
  expires_at: toTime(expiresAtMs),
})

export interface Moment {
  readonly nowMs: number
  readonly leaseMs: number
  readonly paceMs: number
  readonly prunedUntilMs: number | null
}

export function toBody(spelled: Spelled, { nowMs, leaseMs, paceMs, prunedUntilMs }: Moment): string {
  const { beginning, snapshot, more } = spelled
  const prunedMs = latest(spelled.prunedUntilMs, prunedUntilMs)
  const prunedUntil = prunedMs === null ? 'null' : `"${toTime(prunedMs)}"`
  return (
    `${beginning}"lease_ms":${more ? 0 : leaseMs},"now":"${toTime(nowMs)}","snapshot":${snapshot},"more":${more},` +
    `"pace_ms":${paceMs},"pruned_until":${prunedUntil}}`
  )
}

let spelledMs = Number.NaN
let spelled = ''

/** Many answers leave in one millisecond. */
function toTime(ms: number): string {
  if (ms !== spelledMs) {
    spelledMs = ms
    spelled = new Date(ms).toISOString()
  }
  return spelled
}
