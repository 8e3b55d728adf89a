/** The second step of signing in: present a factor with the ticket, or enrol the first one with it. */
import { askForPasskey, offerTotpByTicket, signInWithFactor } from '@countersign/core'
import { json } from '../http/reply.ts'
import { type AnyRoute, publicRoute } from '../http/route.ts'
import { enrolByTicketSchema, signInFactorSchema, totpOfferSchema } from '../schemas/factors.ts'
import { passkeyTicketSchema, requestOptionsSchema } from '../schemas/passkeys.ts'
import { signedInSchema } from '../schemas/sessions.ts'
import { refused } from './answer.ts'
import { deliverCredentials } from './deliver.ts'
import { parseEvidence, toTotpOfferShape } from './factor-shapes.ts'

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
    const { ticket, deliver, refresh } = call.body
    const parsed = parseEvidence(call.body)
    if (!parsed.ok) return refused(call, parsed)
    const input = { ticket, evidence: parsed.evidence, deliver: deliver ?? null }
    const answer = await signInWithFactor(call.services.core, input, call.facts)
    call.services.metrics.signIn(answer.ok ? 'success' : 'refused')
    if (!answer.ok) return refused(call, answer)
    return deliverCredentials(call.services, answer, refresh ?? answer.refresh, call.facts.nowMs)
  },
})

const ask: AnyRoute = publicRoute({
  name: 'sign_in_factor_passkey_options',
  method: 'POST',
  path: '/v1/sign-in/factor/passkey/options',
  summary:
    'Ask for a passkey of the account that the ticket is for; the challenge is good with this ticket alone.',
  tag: 'Signing in',
  access: 'public',
  limit: 'sign_in',
  body: passkeyTicketSchema,
  responses: { 200: { description: 'Options for the browser.', schema: requestOptionsSchema } },
  handle: async (call) => {
    const answer = await askForPasskey(call.services.core, call.body.ticket, null, call.facts)
    return answer.ok ? json(200, { options: answer.options }) : refused(call, answer)
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

export const factorSignInRoutes: readonly AnyRoute[] = [factor, ask, enrol]
