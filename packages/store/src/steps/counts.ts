/** Counting what is alive under a node, for revocations and for their previews. */
import type { EndedCounts } from '@countersign/core'
import type { PathNode } from '@countersign/protocol'
import type { Script } from '../script.ts'
import { apiKeyCounts, type CountStatement, grantCounts, sessionCounts } from '../statements/counts.ts'
import { readInteger } from './log.ts'

/** With `usedSinceMs` above 0 only what was used since is counted. Each count stops at 10,000. */
export function* countUnder(node: PathNode, nowMs: number, usedSinceMs: number): Script<EndedCounts> {
  return {
    sessions: yield* count(sessionCounts.get(node.kind), node, nowMs, usedSinceMs),
    grants: yield* count(grantCounts.get(node.kind), node, nowMs, usedSinceMs),
    apiKeys: yield* count(apiKeyCounts.get(node.kind), node, nowMs, usedSinceMs),
  }
}

function* count(
  found: CountStatement | undefined,
  node: PathNode,
  nowMs: number,
  usedSinceMs: number,
): Script<number> {
  // Nothing of this kind ever stands under such a node.
  if (found === undefined) return 0
  const values = found.hasId ? [nowMs, usedSinceMs, node.id] : [nowMs, usedSinceMs]
  return yield* readInteger('live', found.statement, ...values)
}
