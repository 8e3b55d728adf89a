/** API keys: create, list, read, change, rotate, end. */

import {
  type ApiKeyChange,
  type Caller,
  type CreateApiKeyInput,
  changeApiKey,
  createApiKey,
  type KeyWithSecret,
  listApiKeys,
  readApiKey,
  revokeNode,
  rotateApiKey,
  toActor,
} from '@countersign/core'
import {
  type ChangeApiKeyRequest,
  type CreateApiKeyRequest,
  isApiKeyId,
  isPrincipalId,
  isServiceAccountId,
  permissions as own,
} from '@countersign/protocol'
import { json, noContent, type Reply } from '../http/reply.ts'
import { type AnyRoute, type Call, protectedRoute } from '../http/route.ts'
import {
  apiKeyResponseSchema,
  apiKeySchema,
  apiKeyWithSecretSchema,
  changeApiKeySchema,
  createApiKeySchema,
  listApiKeysSchema,
  rotateApiKeySchema,
} from '../schemas/api-keys.ts'
import { pageOf } from '../schemas/common.ts'
import { notFound, refused } from './answer.ts'
import { toApiKeyShape, toPage } from './shapes.ts'

const TAG = 'API keys'
/** Long enough for every client to pick up the new secret in the course of a day. */
const OVERLAP_SECONDS = 86_400

const create: AnyRoute = protectedRoute({
  name: 'create_api_key',
  method: 'POST',
  path: '/v1/api-keys',
  summary: 'Create an API key; the answer is the only time its secret is shown.',
  tag: TAG,
  access: 'credential',
  body: createApiKeySchema,
  responses: { 201: { description: 'The key and its secret.', schema: apiKeyWithSecretSchema } },
  handle: async (call) => {
    const owner = call.body.service_account_id
    if (owner !== undefined && !isServiceAccountId(owner)) return notFound(call)
    const answer = await createApiKey(
      call.services.core,
      call.caller,
      toInput(call.body, owner ?? null),
      call.facts,
    )
    return answer.ok ? withSecret(call, 201, answer) : refused(call, answer)
  },
})

function toInput(
  body: CreateApiKeyRequest,
  serviceAccountId: CreateApiKeyInput['serviceAccountId'],
): CreateApiKeyInput {
  return {
    name: body.name,
    permissions: body.permissions,
    resources: body.resources ?? [],
    audiences: body.audiences ?? [],
    serviceAccountId,
    expiresInSeconds: body.expires_in ?? null,
    allowAddresses: body.allow_addresses ?? [],
    rateLimit: body.rate_limit
      ? { requests: body.rate_limit.requests, perSeconds: body.rate_limit.per_seconds }
      : null,
  }
}

function withSecret(call: Call<unknown, unknown, Caller>, status: number, made: KeyWithSecret): Reply {
  return json(status, {
    api_key: toApiKeyShape(made.key, call.services.core.policy),
    secret: made.secret.reveal(),
  })
}

const list: AnyRoute = protectedRoute({
  name: 'list_api_keys',
  method: 'GET',
  path: '/v1/api-keys',
  summary: 'List one’s own keys, those of `owner`, or everybody’s with `owner=all`.',
  tag: TAG,
  access: 'credential',
  query: listApiKeysSchema,
  responses: { 200: { description: 'Live keys, the newest first.', schema: pageOf(apiKeySchema) } },
  handle: async (call) => {
    const { limit, cursor, owner = call.caller.principal.id } = call.query
    if (owner !== 'all' && !isPrincipalId(owner)) return notFound(call)
    const page = { limit, after: cursor ?? null }
    const answer = await listApiKeys(call.services.core, call.caller, owner === 'all' ? null : owner, page)
    if (!answer.ok) return refused(call, answer)
    return json(
      200,
      toPage(answer.keys, limit, (key) => toApiKeyShape(key, call.services.core.policy)),
    )
  },
})

const read: AnyRoute = protectedRoute({
  name: 'read_api_key',
  method: 'GET',
  path: '/v1/api-keys/:id',
  summary: 'One key, without its secret.',
  tag: TAG,
  access: 'credential',
  responses: { 200: { description: 'The key.', schema: apiKeyResponseSchema } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isApiKeyId(id)) return notFound(call)
    const answer = await readApiKey(call.services.core, call.caller, id)
    return answer.ok
      ? json(200, { api_key: toApiKeyShape(answer.key, call.services.core.policy) })
      : refused(call, answer)
  },
})

const change: AnyRoute = protectedRoute({
  name: 'change_api_key',
  method: 'PATCH',
  path: '/v1/api-keys/:id',
  summary: 'Change a key; what is narrowed is narrowed at once, also for tokens made from it.',
  tag: TAG,
  access: 'credential',
  body: changeApiKeySchema,
  responses: { 200: { description: 'The key as it is now.', schema: apiKeyResponseSchema } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isApiKeyId(id)) return notFound(call)
    const answer = await changeApiKey(
      call.services.core,
      call.caller,
      id,
      toChange(call.body, call.facts.nowMs),
      call.facts,
    )
    return answer.ok
      ? json(200, { api_key: toApiKeyShape(answer.key, call.services.core.policy) })
      : refused(call, answer)
  },
})

function toChange(body: ChangeApiKeyRequest, nowMs: number): ApiKeyChange {
  const limit = body.rate_limit
  return {
    ...(body.name !== undefined && { name: body.name }),
    ...(body.permissions !== undefined && { permissions: body.permissions }),
    ...(body.resources !== undefined && { resources: body.resources }),
    ...(body.audiences !== undefined && { audiences: body.audiences }),
    ...(body.allow_addresses !== undefined && { allowAddresses: body.allow_addresses }),
    ...(limit !== undefined && {
      rateLimit: limit && { requests: limit.requests, perSeconds: limit.per_seconds },
    }),
    ...(body.suspended !== undefined && { suspendedAtMs: body.suspended ? nowMs : null }),
  }
}

const rotate: AnyRoute = protectedRoute({
  name: 'rotate_api_key',
  method: 'POST',
  path: '/v1/api-keys/:id/rotate',
  summary: 'A new secret; the old one works until the overlap ends (one day unless said otherwise).',
  tag: TAG,
  access: 'credential',
  body: rotateApiKeySchema,
  bodyForm: 'optional_json',
  responses: { 200: { description: 'The key and its new secret.', schema: apiKeyWithSecretSchema } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isApiKeyId(id)) return notFound(call)
    const overlap = call.body.overlap_seconds ?? OVERLAP_SECONDS
    const answer = await rotateApiKey(call.services.core, call.caller, id, overlap, call.facts)
    return answer.ok ? withSecret(call, 200, answer) : refused(call, answer)
  },
})

const end: AnyRoute = protectedRoute({
  name: 'end_api_key',
  method: 'DELETE',
  path: '/v1/api-keys/:id',
  summary: 'End a key and every token made from it.',
  tag: TAG,
  access: 'credential',
  responses: { 204: { description: 'Ended everywhere.' } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isApiKeyId(id)) return notFound(call)
    // A leaked key may end itself, whatever else it may not.
    const itself = call.caller.verdict.credential.id === id
    const allowed = await readApiKey(
      call.services.core,
      call.caller,
      id,
      itself ? own.apiKeysRead : own.apiKeysWrite,
    )
    if (!allowed.ok) return refused(call, allowed)
    const by = { actor: toActor(call.caller), reason: null }
    const answer = await revokeNode(call.services.core, { kind: 'api_key', id }, by, call.facts)
    return answer.ok ? noContent() : refused(call, answer)
  },
})

export const apiKeyRoutes: readonly AnyRoute[] = [create, list, read, change, rotate, end]
