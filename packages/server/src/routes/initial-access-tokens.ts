/** Tokens that clients may register themselves with (RFC 7591 §1.2): what administrators give away and take back. */
import { createInitialAccessToken, endInitialAccessToken, type InitialAccessToken } from '@countersign/core'
import {
  type InitialAccessTokenShape,
  isInitialAccessTokenId,
  permissions as own,
} from '@countersign/protocol'
import { json, noContent } from '../http/reply.ts'
import { type AnyRoute, protectedRoute } from '../http/route.ts'
import { type PageQuery, pageQuerySchema } from '../schemas/common.ts'
import {
  createInitialAccessTokenSchema,
  initialAccessTokenPageSchema,
  initialAccessTokenResponseSchema,
} from '../schemas/registration.ts'
import { notFound, refused } from './answer.ts'
import { toPage, toTime, toTimeOrNull } from './shapes.ts'

const TAG = 'Clients'
const PATH = '/v1/initial-access-tokens'

const list: AnyRoute = protectedRoute<unknown, PageQuery>({
  name: 'list_initial_access_tokens',
  method: 'GET',
  path: PATH,
  summary: 'List the tokens that clients may register themselves with, the newest first.',
  tag: TAG,
  access: { permission: own.clientsRead },
  query: pageQuerySchema,
  responses: {
    200: { description: 'Tokens, without their secrets.', schema: initialAccessTokenPageSchema },
  },
  handle: async (call) => {
    const { limit, cursor } = call.query
    const { store, policy } = call.services.core
    const rows = await store.listInitialAccessTokens({ limit, after: cursor ?? null })
    return json(200, { ...toPage(rows, limit, toShape), registration: policy.registration.mode })
  },
})

const create: AnyRoute = protectedRoute({
  name: 'create_initial_access_token',
  method: 'POST',
  path: PATH,
  summary: 'Make a token that lets clients register themselves, so many times, until then.',
  tag: TAG,
  access: { permission: own.clientsWrite },
  body: createInitialAccessTokenSchema,
  responses: {
    201: { description: 'The token, and its secret.', schema: initialAccessTokenResponseSchema },
  },
  handle: async (call) => {
    const { name, uses_max: usesMax, expires_in: lifetimeSeconds } = call.body
    const input = { name, usesMax, lifetimeSeconds }
    const answer = await createInitialAccessToken(call.services.core, call.caller, input, call.facts)
    if (!answer.ok) return refused(call, answer)
    return json(201, { initial_access_token: toShape(answer.token), secret: answer.secret.reveal() })
  },
})

const end: AnyRoute = protectedRoute({
  name: 'end_initial_access_token',
  method: 'DELETE',
  path: `${PATH}/:id`,
  summary: 'Take such a token back. Clients that have registered with it stay.',
  tag: TAG,
  access: { permission: own.clientsWrite },
  responses: { 204: { description: 'Nothing registers with it any more.' } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isInitialAccessTokenId(id)) return notFound(call)
    const answer = await endInitialAccessToken(call.services.core, call.caller, id, call.facts)
    return answer.ok ? noContent() : refused(call, answer)
  },
})

function toShape(token: InitialAccessToken): InitialAccessTokenShape {
  return {
    id: token.id,
    name: token.name,
    uses: token.uses,
    uses_max: token.usesMax,
    created_by: token.createdBy,
    created_at: toTime(token.createdAtMs),
    expires_at: toTime(token.expiresAtMs),
    last_used_at: toTimeOrNull(token.lastUsedAtMs),
  }
}

export const initialAccessTokenRoutes: readonly AnyRoute[] = [list, create, end]
