/** The feed of revocations on the wire: what verifiers of every language ask and are answered. */
import type { NodeKind } from './path.ts'

/** Random, one for each process, never shared by two. */
export const VERIFIER_ID: RegExp = /^[A-Za-z0-9_-]{16,64}$/

/** The most entries in one answer. */
export const FEED_ENTRIES_MAX = 10_000

/** The query of `GET /v1/revocations`. */
export interface FeedQuery {
  verifier: string
  /** Both or neither: without them the answer is a snapshot. */
  epoch?: string | undefined
  after?: number | undefined
  hold_ms?: number | undefined
}

export interface FeedEntryShape {
  position: number
  kind: NodeKind
  id: string
  /**
   * Absent: whatever hangs under the node is dead for good. Greater than 0: what was issued or decided before
   * that position. 0: nothing is hit; the key set has changed, and is to be fetched before the next poll.
   */
  issued_before_position?: number | undefined
  expires_at: string
}

export interface FeedResponse {
  epoch: string
  entries: FeedEntryShape[]
  /** Ask again with `after=<position>`; that is the acknowledgement. */
  position: number
  /** 0 grants none: there is more to fetch first. */
  lease_ms: number
  now: string
  /** These entries begin all that is alive, in place of what was known. */
  snapshot: boolean
  more: boolean
  pace_ms: number
  /** What expired at or before this may have been hit by an entry that is gone; null while none is. */
  pruned_until: string | null
}
