/** The risk policy: reading it, setting another one, and what that would have done to the sign-ins of the past. */
import { permissions as own } from '@countersign/protocol'
import type { ChainedAuditEvent } from '../audit/event.ts'
import { type Caller, may, toActor } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import { makeAudit } from '../make.ts'
import { type Outcome, refuse } from '../outcome.ts'
import { type Grades, weigh } from '../risk/evaluate.ts'
import { checkRiskPolicy, type RiskAction, type RiskPolicy, RULES } from '../risk/policy.ts'
import { toRiskPolicy } from './risk.ts'

export interface ShownRiskPolicy {
  readonly policy: RiskPolicy
  /** Null for the one that comes with this version. */
  readonly changedAtMs: number | null
}

export async function readRiskPolicy(context: Context, caller: Caller): Promise<Outcome<ShownRiskPolicy>> {
  if (!may(caller, own.riskRead)) return refuse('permission_denied')
  const stored = await context.store.readRiskPolicy()
  const policy = toRiskPolicy(stored?.policy ?? null)
  return { ok: true, policy, changedAtMs: stored?.changedAtMs ?? null }
}

export async function setRiskPolicy(
  context: Context,
  caller: Caller,
  policy: RiskPolicy,
  facts: RequestFacts,
): Promise<Outcome<ShownRiskPolicy>> {
  if (!may(caller, own.riskWrite)) return refuse('permission_denied')
  const faults = checkRiskPolicy(policy)
  if (faults.length > 0) return { ok: false, code: 'invalid_request', fields: faults }
  const { notifyAt, stepUpAt, blockAt, withoutFactor } = policy
  const audit = makeAudit(context, facts, {
    type: 'risk.policy_changed',
    actor: toActor(caller),
    details: { notify_at: notifyAt, step_up_at: stepUpAt, block_at: blockAt, without_factor: withoutFactor },
  })
  await context.store.writeRiskPolicy({ policy: JSON.stringify(policy), nowMs: facts.nowMs, audit })
  return { ok: true, policy, changedAtMs: facts.nowMs }
}

export interface Replay {
  /** Sign-ins with a right password that were looked at. */
  readonly signIns: number
  /** What the policy would have done; a step-up counts as one also where there was no factor to step up with. */
  readonly would: Readonly<Record<RiskAction, number>>
  /** What was done. */
  readonly did: Readonly<Record<RiskAction, number>>
  /** How many there were with each sum by the policy, in steps of `SCORE_STEP`; the last step holds all above. */
  readonly scores: readonly number[]
  /** True where there were more than are looked at in one go. */
  readonly isCut: boolean
}

export const SCORE_STEP = 5
export const SCORE_STEPS = 41

const PAGE = 1000
/** A replay of more would keep the database from its work. */
const REPLAYED_MAX = 100_000

/** Exact and not a guess: what each rule saw is kept, and only the weights and thresholds are others. Null: the policy in force. */
export async function replayRiskPolicy(
  context: Context,
  caller: Caller,
  wanted: RiskPolicy | null,
  sinceMs: number,
): Promise<Outcome<Replay>> {
  if (!may(caller, own.riskRead)) return refuse('permission_denied')
  const policy = wanted ?? toRiskPolicy((await context.store.readRiskPolicy())?.policy ?? null)
  const faults = checkRiskPolicy(policy)
  if (faults.length > 0) return { ok: false, code: 'invalid_request', fields: faults }
  const would = { allow: 0, notify: 0, step_up: 0, block: 0 }
  const did = { ...would }
  const scores = Array.from({ length: SCORE_STEPS }, () => 0)
  let signIns = 0
  let after: Parameters<typeof context.store.listJudged>[1] = null
  while (signIns < REPLAYED_MAX) {
    const page: Awaited<ReturnType<typeof context.store.listJudged>> = await context.store.listJudged(
      sinceMs,
      after,
      PAGE,
    )
    for (const { action, grades } of page) {
      const weighed = weigh(policy, parseGrades(grades))
      would[weighed.action] += 1
      did[action] += 1
      const step = Math.min(SCORE_STEPS - 1, Math.floor(weighed.score / SCORE_STEP))
      scores[step] = (scores[step] ?? 0) + 1
    }
    signIns += page.length
    after = page.at(-1)?.id ?? null
    if (page.length < PAGE) return { ok: true, signIns, would, did, scores, isCut: false }
  }
  return { ok: true, signIns, would, did, scores, isCut: true }
}

/** Rules of another version count for nothing. */
function parseGrades(text: string): Grades {
  const stored: unknown = JSON.parse(text)
  if (typeof stored !== 'object' || stored === null) return {}
  const known = new Map<string, unknown>(Object.entries(stored))
  return Object.fromEntries(
    RULES.flatMap((rule) => {
      const grade = known.get(rule)
      return typeof grade === 'number' ? [[rule, grade]] : []
    }),
  )
}

export interface AnomalyFilter {
  readonly target: string | null
  /** One of its rules, and what followed. */
  readonly rule: string | null
  readonly action: string | null
}

export interface AnomalyPage {
  readonly events: readonly ChainedAuditEvent[]
  /** Where the next page begins; null at the end. */
  readonly next: string | null
}

const READ_AT_ONCE = 200
/** A filter that hits seldom goes on with the next page: nobody waits for the whole log. */
const READ_MAX = 2000

/** The newest first. What they hold is in the audit log as well; this asks for less than the whole log. */
export async function listAnomalies(
  context: Context,
  caller: Caller,
  page: { readonly limit: number; readonly after: string | null },
  filter: AnomalyFilter,
): Promise<Outcome<AnomalyPage>> {
  if (!may(caller, own.riskRead)) return refuse('permission_denied')
  const isFiltered = filter.rule !== null || filter.action !== null
  const query = { type: 'risk.anomaly', actorId: null, targetId: filter.target, sinceMs: null, untilMs: null }
  const events: ChainedAuditEvent[] = []
  let { after } = page
  for (let read = 0; read < READ_MAX; read += READ_AT_ONCE) {
    const limit = isFiltered ? READ_AT_ONCE : page.limit
    const found = await context.store.listAudit({ limit, after, ...query })
    for (const one of found) {
      if (isWanted(one, filter)) events.push(one)
      if (events.length === page.limit) return { ok: true, events, next: one.event.id }
    }
    if (found.length < limit) return { ok: true, events, next: null }
    after = found.at(-1)?.event.id ?? null
  }
  return { ok: true, events, next: after }
}

function isWanted({ event: { details } }: ChainedAuditEvent, { rule, action }: AnomalyFilter): boolean {
  if (action !== null && details.action !== action) return false
  return rule === null || typeof details[rule] === 'string'
}
