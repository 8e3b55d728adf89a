/** Revoking anything, following its confirmation, and answering resource servers about credentials. */

import {
  audiencesOfAsker,
  type Caller,
  type EndedCounts,
  previewRevocation,
  type RevocationRecord,
  replaceRemovedKey,
  revoke,
  type Target,
  type Verified,
  verifyCredential,
} from '@countersign/core'
import {
  isRevocationId,
  permissions as own,
  parseOpaqueCredential,
  type RevocationTarget,
  type RevokeRequest,
  type VerifyRequest,
  type VerifyResponse,
} from '@countersign/protocol'
import type { Verdict } from '@countersign/verifier'
import type { Confirmation } from '../confirmations.ts'
import type { Decision } from '../decisions.ts'
import { json, type Reply } from '../http/reply.ts'
import { type AnyRoute, type Call, protectedRoute } from '../http/route.ts'
import {
  confirmationSchema,
  revokeResponseSchema,
  revokeSchema,
  verifyResponseSchema,
  verifySchema,
} from '../schemas/revocations.ts'
import type { Services } from '../services.ts'
import { notFound, refused } from './answer.ts'
import { toCredentialShape, toTime } from './shapes.ts'

const revokeRoute: AnyRoute = protectedRoute({
  name: 'revoke',
  method: 'POST',
  path: '/v1/revocations',
  summary: 'End a node of the credential tree, or see with `dry_run` what that would end.',
  tag: 'Revoking',
  access: 'credential',
  body: revokeSchema,
  responses: {
    200: {
      description: 'Committed; `confirmed` when no verifier accepts it any more.',
      schema: revokeResponseSchema,
    },
  },
  handle: async (call) => (call.body.dry_run === true ? preview(call) : commit(call)),
})

type RevokeCall = Call<RevokeRequest, undefined, Caller>

async function preview(call: RevokeCall): Promise<Reply> {
  // What was used within the last seconds may still be on its way to the database.
  await call.services.usage.flush()
  const answer = await previewRevocation(
    call.services.core,
    call.caller,
    toTarget(call.body.target),
    call.facts,
  )
  if (!answer.ok) return refused(call, answer)
  return json(200, { ended: toCounts(answer.ended), used_last_hour: toCounts(answer.used) })
}

async function commit(call: RevokeCall): Promise<Reply> {
  const { services, body } = call
  const started = services.core.clock.monotonicMs()
  const target = toTarget(body.target)
  const answer = await revoke(services.core, call.caller, target, body.reason ?? null, call.facts)
  if (!answer.ok) return refused(call, answer)
  services.confirmations.committed(answer.revocation.position)
  services.metrics.revocation(answer.revocation.node.kind)
  if (answer.revocation.node.kind === 'signing_key')
    await replaceRemovedKey(services.core, call.caller, call.facts)
  const confirmation = await services.confirmations.wait(answer.revocation.position, body.wait_ms ?? 0)
  const elapsedMs = services.core.clock.monotonicMs() - started
  return json(200, {
    ...toShape(services, answer.revocation, confirmation, elapsedMs),
    ended: toCounts(answer.ended),
  })
}

function toTarget(target: RevocationTarget): Target {
  if (target.kind === 'credential') return target
  const { kind, id } = target
  return target.kind === 'access_token'
    ? { kind, id, expiresAtMs: Date.parse(target.expires_at) }
    : { kind, id }
}

function toCounts(counts: EndedCounts): { sessions: number; grants: number; api_keys: number } {
  return { sessions: counts.sessions, grants: counts.grants, api_keys: counts.apiKeys }
}

function toShape(
  services: Services,
  revocation: RevocationRecord,
  confirmation: Confirmation,
  elapsedMs: number,
): object {
  const { accessTokenLifetimeSeconds, leewaySeconds } = services.core.policy
  return {
    id: revocation.id,
    position: revocation.position,
    ...confirmation,
    elapsed_ms: Math.round(elapsedMs * 1000) / 1000,
    signature_only_until: toTime(revocation.atMs + (accessTokenLifetimeSeconds + leewaySeconds) * 1000),
  }
}

const follow: AnyRoute = protectedRoute({
  name: 'follow_revocation',
  method: 'GET',
  path: '/v1/revocations/:id',
  summary: 'Whether a revocation is confirmed.',
  tag: 'Revoking',
  access: { permission: own.revocationsWrite },
  responses: { 200: { description: 'The state of the confirmation.', schema: confirmationSchema } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    const revocation = isRevocationId(id) ? await call.services.core.store.readRevocation(id) : null
    if (revocation === null) return notFound(call)
    const confirmation = call.services.confirmations.read(revocation.position)
    return json(200, toShape(call.services, revocation, confirmation, call.facts.nowMs - revocation.atMs))
  },
})

type VerifyCall = Call<VerifyRequest, undefined, Caller>

const verify: AnyRoute = protectedRoute({
  name: 'verify',
  method: 'POST',
  path: '/v1/verify',
  summary: 'Ask about a credential that was presented to a resource server.',
  tag: 'Verifying',
  access: { permission: own.credentialsVerify },
  body: verifySchema,
  responses: { 200: { description: 'Whether it is good, and for what.', schema: verifyResponseSchema } },
  handle: async (call) => {
    const { services, body, caller, facts, decisionId } = call
    const input = {
      credential: body.credential,
      permissions: body.permissions ?? [],
      audience: body.audience ?? null,
    }
    const audiences = await audiencesOfAsker(services.core, caller)
    const answer = await verifyCredential(services.core, input, audiences, facts)
    if (!answer.active) services.decisions.add(toDecision(call, answer))
    const shape: VerifyResponse = answer.active
      ? toVerdictShape(answer.verdict, facts.nowMs)
      : { active: false, code: answer.code, decision_id: decisionId }
    return json(200, shape)
  },
})

/** For those who may read decisions; the resource server is told the code alone. */
function toDecision(call: VerifyCall, { code, reason }: Extract<Verified, { active: false }>): Decision {
  const { facts, decisionId, services, body } = call
  const { position, leaseMs } = services.verifier.checker.moment()
  return {
    id: decisionId,
    atMs: facts.nowMs,
    code,
    reason,
    route: 'verify',
    credential_id: parseOpaqueCredential(body.credential, services.core.policy.credentialStyle)?.id ?? null,
    address: null,
    reported_by: null,
    position,
    lease_ms: leaseMs,
    place: 'question',
    needs: body.permissions?.join(' ') || null,
  }
}

function toVerdictShape(verdict: Verdict, nowMs: number): VerifyResponse {
  return {
    active: true,
    position: verdict.position,
    principal: { kind: verdict.principal.kind, id: verdict.principal.id },
    credential: toCredentialShape(verdict),
    permissions: [...verdict.permissions],
    resources: [...verdict.resources],
    audiences: [...verdict.audiences],
    ...(verdict.allowAddresses.length > 0 && { allow_addresses: [...verdict.allowAddresses] }),
    ...(verdict.rateLimit && {
      rate_limit: { requests: verdict.rateLimit.requests, per_seconds: verdict.rateLimit.perSeconds },
    }),
    cache_seconds: Math.max(0, Math.floor((verdict.usableUntilMs - nowMs) / 1000)),
  }
}

export const revocationRoutes: readonly AnyRoute[] = [revokeRoute, follow, verify]
