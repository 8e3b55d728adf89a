/** The revocation log as core sees it: its head, and the record of one explicit revocation. */
import type { PathNode, RevocationEntry, RevocationId } from '@countersign/protocol'

/** No lease is longer (lease protocol, rule 10). */
export const LEASE_SECONDS_MAX = 60

export interface LogHead {
  /** Made anew when the log is created and after a restore that may have lost entries. */
  readonly epoch: string
  readonly position: number
}

/** Entries after a position, with what stood at the log's head in the same snapshot. */
export interface LogPage {
  readonly head: LogHead
  /** When the first verifier of another process followed the log; null when none ever has. */
  readonly followedAtMs: number | null
  /**
   * The latest end of an entry that was deleted, null while none was; it never goes back. What had expired by
   * then may have been hit by an entry that is gone, so it stays refused even when the clock is set back.
   */
  readonly prunedUntilMs: number | null
  readonly entries: readonly RevocationEntry[]
}

/** What lived under a revoked node; each is counted to 10,000. */
export interface EndedCounts {
  readonly sessions: number
  readonly grants: number
  readonly apiKeys: number
}

export interface RevocationRecord {
  readonly id: RevocationId
  readonly position: number
  readonly node: PathNode
  readonly atMs: number
}
