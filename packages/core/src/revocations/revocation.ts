/** The revocation log as core sees it: its head, and the record of one explicit revocation. */
import type { PathNode, RevocationId } from '@countersign/protocol'

export interface LogHead {
  /** Made anew when the log is created and after a restore that may have lost entries. */
  readonly epoch: string
  readonly position: number
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
