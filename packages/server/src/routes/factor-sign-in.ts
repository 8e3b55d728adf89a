/** The steps of signing in after the password: a factor, enrolling the first one, another password. */
import {
  askForPasskey,
  offerPasskeyByTicket,
  offerTotpByTicket,
  signInWithFactor,
  signInWithNewPassword,
} from '@countersign/core'
import { Secret } from '@countersign/protocol'
import { json } from '../http/reply.ts'
import { type AnyRoute, publicRoute } from '../http/route.ts'
import {
  enrolByTicketSchema,
  signInFactorSchema,
  signInResponseSchema,
  totpOfferSchema,
} from '../schemas/factors.ts'
import { creationOptionsSchema, passkeyTicketSchema, requestOptionsSchema } from '../schemas/passkeys.ts'
import { signInPasswordSchema } from '../schemas/passwords.ts'
import { refused } from './answer.ts'
import { deliverCredentials, toStepRequired } from './deliver.ts'
import { parseEvidence, toTotpOfferShape } from './factor-shapes.ts'

const factor: AnyRoute = publicRoute({
  name: 'sign_in_factor',
  method: 'POST',
  path: '/v1/sign-in/factor',
  summary: 'Finish signing in with the ticket and a factor; for an enrolment, with its first code.',
  tag: 'Signing in',
  access: 'public',
  limit: 'factor',
  setsCookies: true,
  body: signInFactorSchema,
  responses: {
    200: { description: 'Signed in, or a ticket for the next step.', schema: signInResponseSchema },
  },
  handle: async (call) => {
    const { ticket, deliver, refresh } = call.body
    const parsed = parseEvidence(call.body)
    if (!parsed.ok) return refused(call, parsed)
    const trustDevice = call.body.trust_device ?? false
    const parts = { deliver: deliver ?? null, refresh: refresh ?? null, trustDevice }
    const input = { ticket, evidence: parsed.evidence, ...parts }
    const answer = await signInWithFactor(call.services.core, input, call.facts)
    if (answer.ok && answer.kind !== 'signed_in') return toStepRequired(answer)
    call.services.metrics.signIn(answer.ok ? 'success' : 'refused')
    if (!answer.ok) return refused(call, answer)
    return deliverCredentials(call.services, answer, answer.refresh, call.facts.nowMs)
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
  limit: 'factor',
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
  limit: 'factor',
  body: enrolByTicketSchema,
  responses: { 201: { description: 'The seed, shown this once.', schema: totpOfferSchema } },
  handle: async (call) => {
    const { ticket, name } = call.body
    const answer = await offerTotpByTicket(call.services.core, ticket, name ?? null, call.facts)
    return answer.ok ? json(201, toTotpOfferShape(answer)) : refused(call, answer)
  },
})

const password: AnyRoute = publicRoute({
  name: 'sign_in_new_password',
  method: 'POST',
  path: '/v1/sign-in/password',
  summary: 'Finish signing in with the ticket and another password, where it has to be changed.',
  tag: 'Signing in',
  access: 'public',
  limit: 'factor',
  setsCookies: true,
  body: signInPasswordSchema,
  responses: {
    200: {
      description: 'Changed, and signed in or a ticket for the next step.',
      schema: signInResponseSchema,
    },
  },
  handle: async (call) => {
    const { ticket, new_password, deliver, refresh } = call.body
    const input = {
      ticket: new Secret(ticket),
      password: new Secret(new_password),
      deliver: deliver ?? null,
    }
    const answer = await signInWithNewPassword(call.services.core, input, call.facts)
    if (answer.ok && answer.kind !== 'signed_in') return toStepRequired(answer)
    call.services.metrics.signIn(answer.ok ? 'success' : 'refused')
    if (!answer.ok) return refused(call, answer)
    return deliverCredentials(call.services, answer, refresh ?? answer.refresh, call.facts.nowMs)
  },
})

const enrolPasskey: AnyRoute = publicRoute({
  name: 'sign_in_enrol_passkey',
  method: 'POST',
  path: '/v1/sign-in/factors/passkey/options',
  summary: 'Begin to make a passkey, with the ticket of a sign-in that has to enrol a factor.',
  tag: 'Signing in',
  access: 'public',
  limit: 'factor',
  body: passkeyTicketSchema,
  responses: { 200: { description: 'Options for the browser.', schema: creationOptionsSchema } },
  handle: async (call) => {
    const answer = await offerPasskeyByTicket(call.services.core, call.body.ticket, call.facts)
    return answer.ok ? json(200, { options: answer.options }) : refused(call, answer)
  },
})

export const factorSignInRoutes: readonly AnyRoute[] = [factor, ask, enrol, enrolPasskey, password]
