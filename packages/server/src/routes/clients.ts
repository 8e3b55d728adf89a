/** OAuth clients: what administrators register, change and end. */
import {
  type Client,
  type ClientSettings,
  changeClient,
  createClient,
  endClient,
  rotateClientSecret,
} from '@countersign/core'
import {
  type ChangeClientRequest,
  type ClientShape,
  type CreateClientRequest,
  isClientId,
  isServiceAccountId,
  permissions as own,
  type ServiceAccountId,
} from '@countersign/protocol'
import { z } from 'zod'
import { json, noContent } from '../http/reply.ts'
import { type AnyRoute, protectedRoute } from '../http/route.ts'
import {
  changeClientSchema,
  clientSchema,
  clientWithSecretSchema,
  createClientSchema,
  rotateClientSecretSchema,
} from '../schemas/clients.ts'
import { type PageQuery, pageOf, pageQueryShape, searchSchema } from '../schemas/common.ts'
import { notFound, refused } from './answer.ts'
import { toPage, toTime } from './shapes.ts'

const TAG = 'Clients'
const OVERLAP_SECONDS_DEFAULT = 86_400
const response = z.object({ client: clientSchema })

const listSchema: z.ZodType<PageQuery & { search?: string | undefined }> = z.strictObject({
  ...pageQueryShape,
  search: searchSchema.optional(),
})

const list: AnyRoute = protectedRoute({
  name: 'list_clients',
  method: 'GET',
  path: '/v1/clients',
  summary: 'List OAuth clients, in the order of their ids; `search` finds a text in id or name.',
  tag: TAG,
  access: { permission: own.clientsRead },
  query: listSchema,
  responses: { 200: { description: 'Clients.', schema: pageOf(clientSchema) } },
  handle: async (call) => {
    const { limit, cursor, search = null } = call.query
    const rows = await call.services.core.store.listClients({ limit, after: cursor ?? null, search })
    return json(200, toPage(rows, limit, toClientShape))
  },
})

const create: AnyRoute = protectedRoute({
  name: 'create_client',
  method: 'POST',
  path: '/v1/clients',
  summary: 'Register an OAuth client. Its secret is only in this answer.',
  tag: TAG,
  access: { permission: own.clientsWrite },
  body: createClientSchema,
  responses: { 201: { description: 'The client, and its secret.', schema: clientWithSecretSchema } },
  handle: async (call) => {
    const { body } = call
    const serviceAccountId = body.service_account_id ?? null
    if (!isServiceAccount(serviceAccountId)) return refused(call, noServiceAccount)
    const input = { ...toSettings(body), id: body.id, serviceAccountId }
    const answer = await createClient(call.services.core, call.caller, input, call.facts)
    if (!answer.ok) return refused(call, answer)
    const client_secret = answer.secret?.reveal() ?? null
    return json(201, { client: toClientShape(answer.client), client_secret })
  },
})

const noServiceAccount = {
  ok: false,
  code: 'invalid_request',
  fields: [{ path: 'service_account_id', message: 'There is no such service account.' }],
} as const

const isServiceAccount = (id: string | null): id is ServiceAccountId | null =>
  id === null || isServiceAccountId(id)

function toSettings(body: CreateClientRequest): Omit<ClientSettings, 'serviceAccountId'> {
  return {
    name: body.name,
    profile: body.profile ?? 'oauth2.1',
    authMethod: body.token_endpoint_auth_method,
    dpopBound: body.dpop_bound_access_tokens ?? false,
    grantTypes: unique(body.grant_types),
    redirectUris: unique(body.redirect_uris ?? []),
    postLogoutRedirectUris: unique(body.post_logout_redirect_uris ?? []),
    backchannelLogoutUri: body.backchannel_logout_uri ?? null,
    scopes: unique(body.scopes),
    audiences: unique(body.audiences ?? []),
    jwks: body.jwks?.keys ?? null,
    jwksUri: body.jwks_uri ?? null,
    logoUri: body.logo_uri ?? null,
    policyUri: body.policy_uri ?? null,
    tosUri: body.tos_uri ?? null,
    assurance: body.assurance ?? null,
    idTokenAlgorithm: body.id_token_signed_response_alg ?? null,
    subjectType: body.subject_type ?? 'public',
    sectorIdentifierUri: body.sector_identifier_uri ?? null,
  }
}

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)]

const read: AnyRoute = protectedRoute({
  name: 'read_client',
  method: 'GET',
  path: '/v1/clients/:id',
  summary: 'One OAuth client.',
  tag: TAG,
  access: { permission: own.clientsRead },
  responses: { 200: { description: 'The client.', schema: response } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    const client = isClientId(id) ? await call.services.core.store.readClient(id) : null
    return client === null ? notFound(call) : json(200, { client: toClientShape(client) })
  },
})

const change: AnyRoute = protectedRoute({
  name: 'change_client',
  method: 'PATCH',
  path: '/v1/clients/:id',
  summary: 'Change, disable or enable an OAuth client; its tokens are made anew.',
  tag: TAG,
  access: { permission: own.clientsWrite },
  body: changeClientSchema,
  responses: { 200: { description: 'The client as it is now.', schema: response } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isClientId(id)) return notFound(call)
    const { service_account_id: serviceAccountId } = call.body
    if (serviceAccountId !== undefined && !isServiceAccount(serviceAccountId)) {
      return refused(call, noServiceAccount)
    }
    const bound = serviceAccountId === undefined ? {} : { serviceAccountId }
    const answer = await changeClient(
      call.services.core,
      call.caller,
      id,
      { ...toChange(call.body), ...bound },
      call.facts,
    )
    return answer.ok ? json(200, { client: toClientShape(answer.client) }) : refused(call, answer)
  },
})

type Change = Omit<Partial<ClientSettings>, 'serviceAccountId'> & { readonly disabled?: boolean }

/** Only what was named. */
function toChange(body: ChangeClientRequest): Change {
  const { name, profile, token_endpoint_auth_method: authMethod, disabled, jwks } = body
  return {
    ...(name !== undefined && { name }),
    ...(profile !== undefined && { profile }),
    ...(authMethod !== undefined && { authMethod }),
    ...(body.dpop_bound_access_tokens !== undefined && { dpopBound: body.dpop_bound_access_tokens }),
    ...(body.grant_types !== undefined && { grantTypes: unique(body.grant_types) }),
    ...(body.redirect_uris !== undefined && { redirectUris: unique(body.redirect_uris) }),
    ...(body.post_logout_redirect_uris !== undefined && {
      postLogoutRedirectUris: unique(body.post_logout_redirect_uris),
    }),
    ...(body.backchannel_logout_uri !== undefined && { backchannelLogoutUri: body.backchannel_logout_uri }),
    ...(body.scopes !== undefined && { scopes: unique(body.scopes) }),
    ...(body.audiences !== undefined && { audiences: unique(body.audiences) }),
    ...(jwks !== undefined && { jwks: jwks?.keys ?? null }),
    ...(body.jwks_uri !== undefined && { jwksUri: body.jwks_uri }),
    ...(body.logo_uri !== undefined && { logoUri: body.logo_uri }),
    ...(body.policy_uri !== undefined && { policyUri: body.policy_uri }),
    ...(body.tos_uri !== undefined && { tosUri: body.tos_uri }),
    ...(body.assurance !== undefined && { assurance: body.assurance }),
    ...(body.id_token_signed_response_alg !== undefined && {
      idTokenAlgorithm: body.id_token_signed_response_alg,
    }),
    ...(body.subject_type !== undefined && { subjectType: body.subject_type }),
    ...(body.sector_identifier_uri !== undefined && { sectorIdentifierUri: body.sector_identifier_uri }),
    ...(disabled !== undefined && { disabled }),
  }
}

const rotate: AnyRoute = protectedRoute({
  name: 'rotate_client_secret',
  method: 'POST',
  path: '/v1/clients/:id/rotate-secret',
  summary: 'Give an OAuth client a new secret; the old one works until the overlap ends.',
  tag: TAG,
  access: { permission: own.clientsWrite },
  body: rotateClientSecretSchema,
  bodyForm: 'optional_json',
  responses: { 200: { description: 'The client, and its new secret.', schema: clientWithSecretSchema } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isClientId(id)) return notFound(call)
    const overlap = call.body.overlap_seconds ?? OVERLAP_SECONDS_DEFAULT
    const answer = await rotateClientSecret(call.services.core, call.caller, id, overlap, call.facts)
    if (!answer.ok) return refused(call, answer)
    const client_secret = answer.secret?.reveal() ?? null
    return json(200, { client: toClientShape(answer.client), client_secret })
  },
})

const end: AnyRoute = protectedRoute({
  name: 'end_client',
  method: 'DELETE',
  path: '/v1/clients/:id',
  summary: 'End an OAuth client with everything that was issued to it; its id stays taken.',
  tag: TAG,
  access: { permission: own.clientsWrite },
  responses: { 204: { description: 'Ended everywhere.' } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isClientId(id)) return notFound(call)
    const answer = await endClient(call.services.core, call.caller, id, call.facts)
    return answer.ok ? noContent() : refused(call, answer)
  },
})

function toClientShape(client: Client): ClientShape {
  return {
    id: client.id,
    name: client.name,
    type: client.kind,
    profile: client.profile,
    token_endpoint_auth_method: client.authMethod,
    dpop_bound_access_tokens: client.dpopBound,
    grant_types: [...client.grantTypes],
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...client.postLogoutRedirectUris],
    backchannel_logout_uri: client.backchannelLogoutUri,
    scopes: [...client.scopes],
    audiences: [...client.audiences],
    service_account_id: client.serviceAccountId,
    jwks: client.jwks && { keys: [...client.jwks] },
    jwks_uri: client.jwksUri,
    logo_uri: client.logoUri,
    policy_uri: client.policyUri,
    tos_uri: client.tosUri,
    assurance: client.assurance,
    id_token_signed_response_alg: client.idTokenAlgorithm,
    subject_type: client.subjectType,
    sector_identifier_uri: client.sectorIdentifierUri,
    registration: client.registration,
    first_used_at: client.usedAtMs === null ? null : toTime(client.usedAtMs),
    disabled_at: client.disabledAtMs === null ? null : toTime(client.disabledAtMs),
    created_at: toTime(client.createdAtMs),
  }
}

export const clientRoutes: readonly AnyRoute[] = [list, create, read, change, rotate, end]
