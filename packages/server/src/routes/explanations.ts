/**
 * Why a request was refused, and what becomes of a credential at every check. A pasted credential comes in a body,
 * is held against the checks and forgotten: no log, no decision and no audit event has it.
 */
import { type Explained, explainCredential } from '@countersign/core'
import {
  type DecisionResponse,
  type ExplainRequest,
  type ExplanationShape,
  failedCheck,
  kindOfRefused,
  mending,
  permissions as own,
  requestChecks,
  toMending,
  toTrace,
} from '@countersign/protocol'
import type { Decision } from '../decisions.ts'
import { json } from '../http/reply.ts'
import { type AnyRoute, protectedRoute } from '../http/route.ts'
import { explainSchema, explanationResponseSchema } from '../schemas/explanations.ts'
import { decisionResponseSchema } from '../schemas/usage.ts'
import { notFound } from './answer.ts'
import { toTime } from './shapes.ts'

const readDecision: AnyRoute = protectedRoute({
  name: 'read_decision',
  method: 'GET',
  path: '/v1/decisions/:id',
  summary:
    'Why a request was refused, check by check, by the decision id that its caller was given; as long as it is remembered.',
  tag: 'Verifying',
  access: { permission: own.decisionsRead },
  responses: { 200: { description: 'The refusal.', schema: decisionResponseSchema } },
  handle: (call) => {
    const found = call.services.decisions.find(call.params.id ?? '')
    return found === null ? notFound(call) : json(200, toDecisionResponse(found))
  },
})

function toDecisionResponse(found: Decision): DecisionResponse {
  const { atMs, place, needs, ...decision } = found
  const { code, reason, credential_id: credentialId, address, position, lease_ms: leaseMs } = decision
  const order = requestChecks(place, kindOfRefused(credentialId, reason))
  const checks = toTrace(order, failedCheck(code, reason, credentialId !== null), {
    known: say('id', credentialId),
    lease: say('lease_ms', leaseMs),
    revocations: say('position', position),
    address: say('from', address),
    network_limit: say('from', address),
    permission: say('needed', needs),
    origin: say('request', code === 'csrf_refused' ? reason : null),
    presence: say('request', code === 'credential_required' ? reason : null),
  })
  return { decision: { ...decision, at: toTime(atMs), checks, mend: mending[toMending(code, reason)] } }
}

const say = (name: string, value: string | number | null): string | null =>
  value === null ? null : `${name}=${value}`

const explain: AnyRoute = protectedRoute<ExplainRequest>({
  name: 'explain_credential',
  method: 'POST',
  path: '/v1/explanations',
  summary: 'Hold a credential against every check, in order: what each saw, and how to mend what fails.',
  tag: 'Verifying',
  access: { permission: own.decisionsRead },
  body: explainSchema,
  responses: { 200: { description: 'The checks.', schema: explanationResponseSchema } },
  handle: async ({ services, body, facts }) => {
    const { credential, permissions = null, audience = null, address = null } = body
    const input = { credential, permissions, audience, address }
    const explained = await explainCredential(services.core, input, facts.nowMs, toTime)
    const { leaseMs } = services.verifier.checker.moment()
    return json(200, { explanation: toShape(explained, facts.nowMs, leaseMs) })
  },
})

function toShape(explained: Explained, nowMs: number, leaseMs: number): ExplanationShape {
  const { kind, credentialId, code, reason, position, checks } = explained
  return {
    kind,
    credential_id: credentialId,
    good: code === null,
    code,
    reason,
    at: toTime(nowMs),
    position,
    lease_ms: leaseMs,
    checks: [...checks],
    mend: code === null ? null : mending[toMending(code, reason)],
  }
}

export const explanationRoutes: readonly AnyRoute[] = [readDecision, explain]
