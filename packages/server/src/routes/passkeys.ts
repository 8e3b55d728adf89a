/** Signing in with a passkey, a person's own passkeys, and the options for each. */
import {
  addOwnPasskey,
  askForPasskey,
  beginPasskeySignIn,
  listOwnPasskeys,
  offerOwnPasskey,
  removeOwnPasskey,
  renameOwnPasskey,
  sessionOf,
  signInWithPasskey,
} from '@countersign/core'
import { isFactorId } from '@countersign/protocol'
import { knowBrowser, readBrowser } from '../http/asking-browser.ts'
import { json, noContent } from '../http/reply.ts'
import { type AnyRoute, protectedRoute, publicRoute } from '../http/route.ts'
import {
  addedPasskeySchema,
  addPasskeySchema,
  creationOptionsSchema,
  passkeySchema,
  passkeysSchema,
  passkeyTicketSchema,
  renamePasskeySchema,
  requestOptionsSchema,
  signInPasskeySchema,
} from '../schemas/passkeys.ts'
import { signedInSchema } from '../schemas/sessions.ts'
import { notFound, refused } from './answer.ts'
import { deliverCredentials } from './deliver.ts'
import { toPasskeyShape } from './factor-shapes.ts'
import { RECENT } from './my-factors.ts'

const begin: AnyRoute = publicRoute({
  name: 'sign_in_passkey_options',
  method: 'POST',
  path: '/v1/sign-in/passkey/options',
  summary: 'Ask for any passkey of this service; the same for everybody, also for conditional UI.',
  tag: 'Signing in',
  access: 'public',
  // No limit: it writes nothing and tells nothing, and pages ask for it before anybody signs in.
  responses: { 200: { description: 'Options for the browser.', schema: requestOptionsSchema } },
  handle: ({ services, header, facts }) => {
    const { browser, cookies } = knowBrowser(header, services.origins)
    return json(200, { options: beginPasskeySignIn(services.core, browser, facts) }, cookies)
  },
})

const signIn: AnyRoute = publicRoute({
  name: 'sign_in_passkey',
  method: 'POST',
  path: '/v1/sign-in/passkey',
  summary: 'Sign in with a passkey alone; delivered as by /v1/sign-in.',
  tag: 'Signing in',
  access: 'public',
  limit: 'passkey',
  setsCookies: true,
  body: signInPasskeySchema,
  responses: { 200: { description: 'Signed in.', schema: signedInSchema } },
  handle: async (call) => {
    const { credential, deliver = 'cookie', refresh = 'body' } = call.body
    const browser = readBrowser(call.header, call.services.origins)
    const answer = await signInWithPasskey(call.services.core, { credential, deliver, browser }, call.facts)
    call.services.metrics.signIn(answer.ok ? 'success' : 'refused')
    if (!answer.ok) return refused(call, answer)
    return deliverCredentials(call.services, answer, refresh, call.facts.nowMs)
  },
})

const list: AnyRoute = protectedRoute({
  name: 'list_own_passkeys',
  method: 'GET',
  path: '/v1/me/passkeys',
  summary: 'One’s own passkeys.',
  tag: 'Factors',
  access: 'credential',
  responses: { 200: { description: 'All of them, the oldest first.', schema: passkeysSchema } },
  handle: async (call) => {
    const answer = await listOwnPasskeys(call.services.core, call.caller)
    if (!answer.ok) return refused(call, answer)
    return json(200, { items: answer.passkeys.map(toPasskeyShape), next_cursor: null })
  },
})

const offer: AnyRoute = protectedRoute({
  name: 'own_passkey_options',
  method: 'POST',
  path: '/v1/me/passkeys/options',
  summary: 'Begin to add a passkey; what it makes can be added by this session, within five minutes.',
  tag: 'Factors',
  access: 'credential',
  limit: 'factor',
  stepUp: RECENT,
  responses: { 200: { description: 'Options for the browser.', schema: creationOptionsSchema } },
  handle: async (call) => {
    const answer = await offerOwnPasskey(call.services.core, call.caller, call.facts)
    return answer.ok ? json(200, { options: answer.options }) : refused(call, answer)
  },
})

const add: AnyRoute = protectedRoute({
  name: 'add_own_passkey',
  method: 'POST',
  path: '/v1/me/passkeys',
  summary: 'Add the passkey that was made; the first factor comes with recovery codes.',
  tag: 'Factors',
  access: 'credential',
  limit: 'factor',
  body: addPasskeySchema,
  responses: { 201: { description: 'The passkey.', schema: addedPasskeySchema } },
  handle: async (call) => {
    const { credential, name = null } = call.body
    const answer = await addOwnPasskey(call.services.core, call.caller, { credential, name }, call.facts)
    if (!answer.ok) return refused(call, answer)
    const { recoveryCodes } = answer
    return json(201, {
      passkey: toPasskeyShape(answer),
      ...(recoveryCodes.length > 0 && { recovery_codes: recoveryCodes }),
    })
  },
})

const rename: AnyRoute = protectedRoute({
  name: 'rename_own_passkey',
  method: 'PATCH',
  path: '/v1/me/passkeys/:id',
  summary: 'Give one of one’s own passkeys another name.',
  tag: 'Factors',
  access: 'credential',
  stepUp: RECENT,
  body: renamePasskeySchema,
  responses: { 200: { description: 'The passkey.', schema: passkeySchema } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isFactorId(id)) return notFound(call)
    const input = { id, name: call.body.name }
    const answer = await renameOwnPasskey(call.services.core, call.caller, input, call.facts)
    return answer.ok ? json(200, toPasskeyShape(answer)) : refused(call, answer)
  },
})

const remove: AnyRoute = protectedRoute({
  name: 'remove_own_passkey',
  method: 'DELETE',
  path: '/v1/me/passkeys/:id',
  summary: 'Remove one of one’s own passkeys; with the last factor the recovery codes go.',
  tag: 'Factors',
  access: 'credential',
  stepUp: RECENT,
  responses: { 204: { description: 'Removed.' } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isFactorId(id)) return notFound(call)
    const answer = await removeOwnPasskey(call.services.core, call.caller, id, call.facts)
    return answer.ok ? noContent() : refused(call, answer)
  },
})

const stepUp: AnyRoute = protectedRoute({
  name: 'step_up_passkey_options',
  method: 'POST',
  path: '/v1/me/step-up/passkey/options',
  summary: 'Ask for a passkey to step up with; the challenge is good with this ticket alone.',
  tag: 'Factors',
  access: 'credential',
  limit: 'factor',
  body: passkeyTicketSchema,
  responses: { 200: { description: 'Options for the browser.', schema: requestOptionsSchema } },
  handle: async (call) => {
    const session = sessionOf(call.caller)
    if (session === null) return refused(call, { ok: false, code: 'permission_denied' })
    const answer = await askForPasskey(call.services.core, call.body.ticket, session, call.facts)
    return answer.ok ? json(200, { options: answer.options }) : refused(call, answer)
  },
})

export const passkeyRoutes: readonly AnyRoute[] = [begin, signIn, list, offer, add, rename, remove, stepUp]
