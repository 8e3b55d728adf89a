/** The risk policy, its replay over the past, and what was unusual. */
import {
  type ChainedAuditEvent,
  listAnomalies,
  MACHINE_RULES,
  type RiskPolicy,
  RULES,
  readRiskPolicy,
  replayRiskPolicy,
  type ShownRiskPolicy,
  SUSPEND_NEVER,
  setRiskPolicy,
} from '@countersign/core'
import {
  type AnomalyShape,
  permissions as own,
  type RiskPolicyResponse,
  type RiskPolicyShape,
} from '@countersign/protocol'
import { json } from '../http/reply.ts'
import { type AnyRoute, protectedRoute } from '../http/route.ts'
import { pageOf } from '../schemas/common.ts'
import {
  anomaliesQuerySchema,
  anomalySchema,
  riskPolicyResponseSchema,
  riskPolicySchema,
  riskReplayResponseSchema,
  riskReplaySchema,
} from '../schemas/risk.ts'
import { refused } from './answer.ts'
import { RECENT } from './my-factors.ts'
import { toTime } from './shapes.ts'

const PATH = '/v1/risk/policy'
const DAY_MS = 86_400_000
const REPLAY_DAYS_DEFAULT = 30

const read: AnyRoute = protectedRoute({
  name: 'read_risk_policy',
  method: 'GET',
  path: PATH,
  summary: 'How much each rule weighs, and what follows from the sum.',
  tag: 'Risk',
  access: { permission: own.riskRead },
  responses: { 200: { description: 'The policy.', schema: riskPolicyResponseSchema } },
  handle: async (call) => {
    const answer = await readRiskPolicy(call.services.core, call.caller)
    return answer.ok ? json(200, toResponse(answer)) : refused(call, answer)
  },
})

const write: AnyRoute = protectedRoute({
  name: 'set_risk_policy',
  method: 'PUT',
  path: PATH,
  summary: 'Put another policy in force, from the next sign-in on. Replay it first.',
  tag: 'Risk',
  access: { permission: own.riskWrite },
  // Whoever finds a session open must not lower the bar for what they are going to try next.
  stepUp: RECENT,
  body: riskPolicySchema,
  responses: { 200: { description: 'The policy as it is now.', schema: riskPolicyResponseSchema } },
  handle: async (call) => {
    const answer = await setRiskPolicy(call.services.core, call.caller, toPolicy(call.body), call.facts)
    return answer.ok ? json(200, toResponse(answer)) : refused(call, answer)
  },
})

const replay: AnyRoute = protectedRoute({
  name: 'replay_risk_policy',
  method: 'POST',
  path: `${PATH}/replay`,
  summary: 'What a policy would have done to the sign-ins of the last days. Nothing is changed.',
  tag: 'Risk',
  access: { permission: own.riskRead },
  body: riskReplaySchema,
  responses: {
    200: { description: 'Counts of what would have been done.', schema: riskReplayResponseSchema },
  },
  handle: async (call) => {
    const { policy, days = REPLAY_DAYS_DEFAULT } = call.body
    const sinceMs = call.facts.nowMs - days * DAY_MS
    const wanted = policy === undefined ? null : toPolicy(policy)
    const answer = await replayRiskPolicy(call.services.core, call.caller, wanted, sinceMs)
    if (!answer.ok) return refused(call, answer)
    const { signIns, would, did, scores, isCut } = answer
    const counted = { sign_ins: signIns, would, did, scores, cut: isCut }
    return json(200, { replay: { since: toTime(sinceMs), ...counted } })
  },
})

const anomalies: AnyRoute = protectedRoute({
  name: 'list_anomalies',
  method: 'GET',
  path: '/v1/anomalies',
  summary: 'What was unusual enough to be told of, the newest first.',
  tag: 'Risk',
  access: { permission: own.riskRead },
  query: anomaliesQuerySchema,
  responses: { 200: { description: 'Anomalies.', schema: pageOf(anomalySchema) } },
  handle: async (call) => {
    const { limit, cursor, target = null, rule = null, action = null } = call.query
    const page = { limit, after: cursor ?? null }
    const answer = await listAnomalies(call.services.core, call.caller, page, { target, rule, action })
    if (!answer.ok) return refused(call, answer)
    return json(200, { items: answer.events.map(toAnomalyShape), next_cursor: answer.next })
  },
})

function toPolicy(shape: RiskPolicyShape): RiskPolicy {
  return {
    // The schema has seen that every rule is there, and no other.
    weights: shape.weights as RiskPolicy['weights'],
    notifyAt: shape.notify_at,
    stepUpAt: shape.step_up_at,
    blockAt: shape.block_at,
    withoutFactor: shape.without_factor,
    machines: {
      weights: shape.machines.weights as RiskPolicy['machines']['weights'],
      notifyAt: shape.machines.notify_at,
      suspendAt: shape.machines.suspend_at ?? SUSPEND_NEVER,
    },
  }
}

function toResponse({ policy, changedAtMs }: ShownRiskPolicy): RiskPolicyResponse {
  return {
    policy: {
      weights: { ...policy.weights },
      notify_at: policy.notifyAt,
      step_up_at: policy.stepUpAt,
      block_at: policy.blockAt,
      without_factor: policy.withoutFactor,
      machines: {
        weights: { ...policy.machines.weights },
        notify_at: policy.machines.notifyAt,
        suspend_at: policy.machines.suspendAt,
      },
    },
    changed_at: changedAtMs === null ? null : toTime(changedAtMs),
  }
}

function toAnomalyShape({ event }: ChainedAuditEvent): AnomalyShape {
  const { details } = event
  return {
    id: event.id,
    at: toTime(event.atMs),
    action: String(details.action),
    score: Number(details.score ?? 0),
    target: event.target && { ...event.target },
    owner: toOwner(event),
    event: typeof details.event === 'string' ? details.event : null,
    address: event.address,
    findings: ALL_RULES.flatMap((rule) => {
      const saw = details[rule]
      return typeof saw === 'string' ? [{ rule, points: Number(details[`${rule}_points`] ?? 0), saw }] : []
    }),
  }
}

/** People are signed in to by nobody yet; a program's use is its owner's. */
function toOwner({ actor, target }: ChainedAuditEvent['event']): AnomalyShape['owner'] {
  if (target === null || target.kind === 'account') return target && { ...target }
  return actor.id === null ? null : { kind: actor.kind, id: actor.id }
}

const ALL_RULES: readonly string[] = [...new Set<string>([...RULES, ...MACHINE_RULES])]

export const riskRoutes: readonly AnyRoute[] = [read, write, replay, anomalies]
