/** The accounts elsewhere that people sign in with: their own, to connect and to disconnect, and others'. */
import {
  beginConnecting,
  listAccountIdentities,
  listOwnIdentities,
  refuse,
  removeAccountIdentity,
  removeOwnIdentity,
} from '@countersign/core'
import { isAccountId, isIdentityId, permissions as own } from '@countersign/protocol'
import { json, noContent } from '../http/reply.ts'
import { type AnyRoute, protectedRoute } from '../http/route.ts'
import { newAttempt, sealAttempt } from '../providers/attempt.ts'
import {
  connectIdentityResponseSchema,
  connectIdentitySchema,
  identitiesSchema,
  ownIdentitiesSchema,
} from '../schemas/identities.ts'
import { notFound, refused } from './answer.ts'
import { toIdentitiesShape } from './identity-shapes.ts'
import { RECENT } from './my-factors.ts'
import { guardBrowser } from './oauth-pages/form-guard.ts'

const listOwn: AnyRoute = protectedRoute({
  name: 'list_own_identities',
  method: 'GET',
  path: '/v1/me/identities',
  summary: 'The accounts elsewhere that one signs in with, and the services that could be connected.',
  tag: 'Identities',
  access: 'credential',
  responses: { 200: { description: 'All of them, the oldest first.', schema: ownIdentitiesSchema } },
  handle: async (call) => {
    const { core, providers } = call.services
    const answer = await listOwnIdentities(core, call.caller)
    if (!answer.ok) return refused(call, answer)
    const shape = toIdentitiesShape(answer.identities, providers)
    return json(200, { ...shape, providers: providers.names })
  },
})

const connect: AnyRoute = protectedRoute({
  name: 'connect_own_identity',
  method: 'POST',
  path: '/v1/me/identities',
  summary:
    'Begin to connect an account elsewhere: where the browser goes for that. This browser has to come back.',
  tag: 'Identities',
  access: 'credential',
  limit: 'factor',
  stepUp: RECENT,
  body: connectIdentitySchema,
  responses: { 201: { description: 'Where to go.', schema: connectIdentityResponseSchema } },
  handle: async (call) => {
    const { services, facts, caller, header, body } = call
    const { providers, core } = services
    const begun = await beginConnecting(core, caller, facts)
    if (!begun.ok) return refused(call, begun)
    if (!providers.names.some(({ id }) => id === body.provider)) return notFound(call)
    const { account, session } = begun
    const { browser, cookies } = guardBrowser(services, header)
    const purpose = { kind: 'connect', account, session } as const
    const attempt = newAttempt({
      provider: body.provider,
      purpose,
      // Whoever holds the account over there is asked for it: a browser that is signed in there may be another's.
      isAnew: true,
      browser,
      startedMs: facts.nowMs,
    })
    const url = await providers.authorizationUrl(attempt, sealAttempt(core.secrets, attempt))
    if (url === null) return refused(call, refuse('provider_unavailable'))
    return json(201, { authorization_url: url }, cookies)
  },
})

const removeOwn: AnyRoute = protectedRoute({
  name: 'remove_own_identity',
  method: 'DELETE',
  path: '/v1/me/identities/:id',
  summary: 'Disconnect an account elsewhere; it opens one’s own no more.',
  tag: 'Identities',
  access: 'credential',
  stepUp: RECENT,
  responses: { 204: { description: 'Disconnected.' } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isIdentityId(id)) return notFound(call)
    const answer = await removeOwnIdentity(call.services.core, call.caller, id, call.facts)
    return answer.ok ? noContent() : refused(call, answer)
  },
})

const list: AnyRoute = protectedRoute({
  name: 'list_account_identities',
  method: 'GET',
  path: '/v1/accounts/:id/identities',
  summary: 'The accounts elsewhere that somebody signs in with.',
  tag: 'Accounts',
  access: { permission: own.accountsRead },
  responses: { 200: { description: 'All of them, the oldest first.', schema: identitiesSchema } },
  handle: async (call) => {
    const { core, providers } = call.services
    const id = call.params.id ?? ''
    if (!isAccountId(id)) return notFound(call)
    const answer = await listAccountIdentities(core, call.caller, id)
    return answer.ok ? json(200, toIdentitiesShape(answer.identities, providers)) : refused(call, answer)
  },
})

const remove: AnyRoute = protectedRoute({
  name: 'remove_account_identity',
  method: 'DELETE',
  path: '/v1/accounts/:id/identities/:identity',
  summary: 'Disconnect an account elsewhere that its owner has lost.',
  tag: 'Accounts',
  access: { permission: own.accountsWrite },
  responses: { 204: { description: 'Disconnected.' } },
  handle: async (call) => {
    const { id = '', identity = '' } = call.params
    if (!isAccountId(id) || !isIdentityId(identity)) return notFound(call)
    const answer = await removeAccountIdentity(call.services.core, call.caller, id, identity, call.facts)
    return answer.ok ? noContent() : refused(call, answer)
  },
})

export const identityRoutes: readonly AnyRoute[] = [listOwn, connect, removeOwn, list, remove]
