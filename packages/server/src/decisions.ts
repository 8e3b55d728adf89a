/**
 * Why requests were refused, by the id that the caller was given, for those who may read decisions: this
 * node's own refusals and what verifiers have reported to it. Kept in memory and bounded; the log has them all.
 */
import type { CheckPlace, DecisionShape } from '@countersign/protocol'

export interface Decision extends Omit<DecisionShape, 'at'> {
  readonly atMs: number
  /** Who asked for what: the checks and their order follow from it. */
  readonly place: CheckPlace
  /** The permission that the route needs; null where it needs none, or was another server's. */
  readonly needs: string | null
}

export interface Decisions {
  add(decision: Decision): void
  find(id: string): Decision | null
}

/** How many are remembered of each kind: a flood of refusals here must not push out what verifiers report. */
const REMEMBERED_MAX = 10_000

export function createDecisions(rememberedMax: number = REMEMBERED_MAX): Decisions {
  const own = createMemory(rememberedMax)
  const reported = createMemory(rememberedMax)
  return {
    add: (decision) => {
      // The first word about a decision stands: nobody explains another's away.
      if (own.has(decision.id) || reported.has(decision.id)) return
      const memory = decision.reported_by === null ? own : reported
      memory.add(decision)
    },
    find: (id) => own.get(id) ?? reported.get(id) ?? null,
  }
}

interface Memory {
  readonly has: (id: string) => boolean
  readonly get: (id: string) => Decision | undefined
  add(decision: Decision): void
}

/**
 * The last so many. Which is the oldest is kept beside the map: looking for its first key passes over the holes that
 * removed ones leave, and in a flood every refusal would.
 */
function createMemory(max: number): Memory {
  const byId = new Map<string, Decision>()
  const ids: string[] = []
  let next = 0
  return {
    has: (id) => byId.has(id),
    get: (id) => byId.get(id),
    add: (decision) => {
      const oldest = ids[next]
      if (oldest !== undefined) byId.delete(oldest)
      ids[next] = decision.id
      next = (next + 1) % max
      byId.set(decision.id, decision)
    },
  }
}
