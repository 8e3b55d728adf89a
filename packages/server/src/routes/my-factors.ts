/** A person's own second factors and recovery codes, and proving once more who holds the session. */
import {
  beginStepUp,
  completeStepUp,
  confirmOwnTotp,
  listOwnFactors,
  offerOwnTotp,
  RECENT_SECONDS,
  removeOwnFactor,
  replaceRecoveryCodes,
  type SteppedUp,
  type StepUpNeed,
} from '@countersign/core'
import { AAL1, isFactorId, Secret, type SteppedUpResponse } from '@countersign/protocol'
import { json, noContent, type Reply } from '../http/reply.ts'
import { type AnyRoute, protectedRoute } from '../http/route.ts'
import {
  confirmedFactorSchema,
  confirmFactorSchema,
  enrolTotpSchema,
  factorRequiredSchema,
  factorsSchema,
  recoveryCodesSchema,
  steppedUpSchema,
  stepUpFactorSchema,
  totpOfferSchema,
} from '../schemas/factors.ts'
import type { Services } from '../services.ts'
import { notFound, refused } from './answer.ts'
import { deliverRenewed, toStepRequired } from './deliver.ts'
import { parseEvidence, toFactorShape, toFactorsShape, toTotpOfferShape } from './factor-shapes.ts'
import { toTime } from './shapes.ts'

/** The least for everybody; the doors ask for the strongest factor that the account has. */
export const RECENT: StepUpNeed = { acr: AAL1, maxAgeSeconds: RECENT_SECONDS }

const list: AnyRoute = protectedRoute({
  name: 'list_own_factors',
  method: 'GET',
  path: '/v1/me/factors',
  summary: 'One’s own second factors, and how many recovery codes are left.',
  tag: 'Factors',
  access: 'credential',
  responses: { 200: { description: 'All of them, the oldest first.', schema: factorsSchema } },
  handle: async (call) => {
    const answer = await listOwnFactors(call.services.core, call.caller)
    return answer.ok ? json(200, toFactorsShape(answer)) : refused(call, answer)
  },
})

const offerTotp: AnyRoute = protectedRoute({
  name: 'enrol_own_totp',
  method: 'POST',
  path: '/v1/me/factors/totp',
  summary: 'Be offered a TOTP factor, in place of an offer that was never confirmed.',
  tag: 'Factors',
  access: 'credential',
  limit: 'factor',
  stepUp: RECENT,
  bodyForm: 'optional_json',
  body: enrolTotpSchema,
  responses: { 201: { description: 'The seed, shown this once.', schema: totpOfferSchema } },
  handle: async (call) => {
    const answer = await offerOwnTotp(call.services.core, call.caller, call.body.name ?? null, call.facts)
    return answer.ok ? json(201, toTotpOfferShape(answer)) : refused(call, answer)
  },
})

const confirm: AnyRoute = protectedRoute({
  name: 'confirm_own_factor',
  method: 'POST',
  path: '/v1/me/factors/:id/confirm',
  summary: 'Confirm an offered factor with its first code; the first factor comes with recovery codes.',
  tag: 'Factors',
  access: 'credential',
  limit: 'factor',
  body: confirmFactorSchema,
  responses: { 200: { description: 'The factor.', schema: confirmedFactorSchema } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isFactorId(id)) return notFound(call)
    const code = new Secret(call.body.code)
    const answer = await confirmOwnTotp(call.services.core, call.caller, id, code, call.facts)
    if (!answer.ok) return refused(call, answer)
    const { factor, recoveryCodes } = answer
    return json(200, {
      factor: toFactorShape(factor),
      ...(recoveryCodes.length > 0 && { recovery_codes: recoveryCodes }),
    })
  },
})

const remove: AnyRoute = protectedRoute({
  name: 'remove_own_factor',
  method: 'DELETE',
  path: '/v1/me/factors/:id',
  summary: 'Remove one of one’s own factors; with the last one the recovery codes go.',
  tag: 'Factors',
  access: 'credential',
  stepUp: RECENT,
  responses: { 204: { description: 'Removed.' } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isFactorId(id)) return notFound(call)
    const answer = await removeOwnFactor(call.services.core, call.caller, id, call.facts)
    return answer.ok ? noContent() : refused(call, answer)
  },
})

const recoveryCodes: AnyRoute = protectedRoute({
  name: 'make_recovery_codes',
  method: 'POST',
  path: '/v1/me/recovery-codes',
  summary: 'Ten new recovery codes, which end all earlier ones.',
  tag: 'Factors',
  access: 'credential',
  limit: 'factor',
  stepUp: RECENT,
  responses: { 201: { description: 'The codes, shown this once.', schema: recoveryCodesSchema } },
  handle: async (call) => {
    const answer = await replaceRecoveryCodes(call.services.core, call.caller, call.facts)
    return answer.ok ? json(201, { recovery_codes: answer.codes }) : refused(call, answer)
  },
})

const begin: AnyRoute = protectedRoute({
  name: 'begin_step_up',
  method: 'POST',
  path: '/v1/me/step-up',
  summary: 'Begin to prove once more who one is (RFC 9470).',
  tag: 'Factors',
  access: 'credential',
  limit: 'factor',
  responses: { 200: { description: 'A ticket for this session.', schema: factorRequiredSchema } },
  handle: async (call) => {
    const answer = await beginStepUp(call.services.core, call.caller, call.facts)
    return answer.ok ? toStepRequired(answer) : refused(call, answer)
  },
})

const complete: AnyRoute = protectedRoute({
  name: 'complete_step_up',
  method: 'POST',
  path: '/v1/me/step-up/factor',
  summary: 'Present the factor; the session gets a new value, and the old one ends.',
  tag: 'Factors',
  access: 'credential',
  limit: 'factor',
  body: stepUpFactorSchema,
  responses: { 200: { description: 'What the session stands for now.', schema: steppedUpSchema } },
  handle: async (call) => {
    const parsed = parseEvidence(call.body)
    if (!parsed.ok) return refused(call, parsed)
    const input = { ticket: call.body.ticket, evidence: parsed.evidence }
    const answer = await completeStepUp(call.services.core, call.caller, input, call.facts)
    return answer.ok ? deliverSteppedUp(call.services, answer) : refused(call, answer)
  },
})

function deliverSteppedUp(services: Services, raised: SteppedUp): Reply {
  const common: SteppedUpResponse = {
    status: 'stepped_up',
    acr: raised.acr,
    auth_time: toTime(raised.authTimeMs),
  }
  return deliverRenewed(services, raised, common, raised.authTimeMs)
}

export const myFactorRoutes: readonly AnyRoute[] = [
  list,
  offerTotp,
  confirm,
  remove,
  recoveryCodes,
  begin,
  complete,
]
