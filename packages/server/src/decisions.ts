/**
 * Why requests were refused, by the id that the caller was given, for those who may read decisions: this
 * node's own refusals and what verifiers have reported to it. Kept in memory and bounded; the log has them all.
 */
import type { DecisionShape } from '@countersign/protocol'

export interface Decision extends Omit<DecisionShape, 'at'> {
  readonly atMs: number
}

export interface Decisions {
  add(decision: Decision): void
  find(id: string): Decision | null
}

/** How many are remembered of each kind: a flood of refusals here must not push out what verifiers report. */
const REMEMBERED_MAX = 10_000

export function createDecisions(rememberedMax: number = REMEMBERED_MAX): Decisions {
  const own = new Map<string, Decision>()
  const reported = new Map<string, Decision>()
  return {
    add: (decision) => {
      const decisions = decision.reported_by === null ? own : reported
      // The first word about a decision stands: nobody explains another's away.
      if (own.has(decision.id) || reported.has(decision.id)) return
      const [oldest] = decisions.keys()
      if (decisions.size >= rememberedMax && oldest !== undefined) decisions.delete(oldest)
      decisions.set(decision.id, decision)
    },
    find: (id) => own.get(id) ?? reported.get(id) ?? null,
  }
}
