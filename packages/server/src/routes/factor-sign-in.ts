/** The second step of signing in: present a factor with the ticket, or enrol the first one with it. */
import { offerTotpByTicket, signInWithFactor } from '@countersign/core'
import { Secret } from '@countersign/protocol'
import { json } from '../http/reply.ts'
import { type AnyRoute, publicRoute } from '../http/route.ts'
import { enrolByTicketSchema, signInFactorSchema, totpOfferSchema } from '../schemas/factors.ts'
import { signedInSchema } from '../schemas/sessions.ts'
import { refused } from './answer.ts'
import { deliverCredentials } from './deliver.ts'
import { toTotpOfferShape } from './factor-shapes.ts'

const factor: AnyRoute = publicRoute({
  name: 'sign_in_factor',
  method: 'POST',
  path: '/v1/sign-in/factor',
  summary: 'Finish signing in with the ticket and a factor; for an enrolment, with its first code.',
  tag: 'Signing in',
  access: 'public',
  limit: 'sign_in',
  setsCookies: true,
  body: signInFactorSchema,
  responses: { 200: { description: 'Signed in.', schema: signedInSchema } },
  handle: async (call) => {
    const { ticket, factor: way, code, deliver, refresh } = call.body
    const input = { ticket, way, code: new Secret(code), deliver: deliver ?? null }
    const answer = await signInWithFactor(call.services.core, input, call.facts)
    call.services.metrics.signIn(answer.ok ? 'success' : 'refused')
    if (!answer.ok) return refused(call, answer)
    return deliverCredentials(call.services, answer, refresh ?? answer.refresh, call.facts.nowMs)
  },
})

const enrol: AnyRoute = publicRoute({
  name: 'sign_in_enrol_totp',
  method: 'POST',
  path: '/v1/sign-in/factors/totp',
  summary: 'Be offered a TOTP factor, with the ticket of a sign-in that has to enrol one.',
  tag: 'Signing in',
  access: 'public',
  limit: 'sign_in',
  body: enrolByTicketSchema,
  responses: { 201: { description: 'The seed, shown this once.', schema: totpOfferSchema } },
  handle: async (call) => {
    const { ticket, name } = call.body
    const answer = await offerTotpByTicket(call.services.core, ticket, name ?? null, call.facts)
    return answer.ok ? json(201, toTotpOfferShape(answer)) : refused(call, answer)
  },
})

export const factorSignInRoutes: readonly AnyRoute[] = [factor, enrol]
