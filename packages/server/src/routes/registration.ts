/** The endpoint at which clients register themselves (RFC 7591 §3). */
import { type Client, type RegistrationInput, registerClient } from '@countersign/core'
import {
  clientAuthMethods,
  clientGrantTypes,
  idTokenAlgorithms,
  type RegisterClientRequest,
  type RegisteredClientResponse,
} from '@countersign/protocol'
import { json, oauthError, type Reply } from '../http/reply.ts'
import { type AnyRoute, publicRoute } from '../http/route.ts'
import { oauthErrorSchema } from '../schemas/oauth.ts'
import {
  clientMetadataSchema,
  registeredClientSchema,
  registrationBodySchema,
} from '../schemas/registration.ts'

export const REGISTRATION_PATH = '/oauth/register'

export const registrationRoute: AnyRoute = publicRoute<Record<string, unknown>>({
  name: 'register_client',
  method: 'POST',
  path: REGISTRATION_PATH,
  summary: 'Register oneself as an OAuth client (RFC 7591), where this server lets clients do so.',
  tag: 'Clients',
  access: 'public',
  limit: 'registration',
  errorForm: 'oauth',
  body: registrationBodySchema,
  responses: {
    201: { description: 'RFC 7591 §3.2.1. A secret is only in this answer.', schema: registeredClientSchema },
    400: { description: 'RFC 7591 §3.2.2.', schema: oauthErrorSchema },
    401: { description: 'An initial access token is missing, or not good.', schema: oauthErrorSchema },
  },
  handle: async ({ services, body, header, facts }) => {
    const { config, core } = services
    if (config.clientRegistration === 'off') return oauthError('access_denied', off)
    const presented = readBearer(header('authorization'))
    if (presented === 'malformed') return refuseToken()
    const read = readMetadata(body)
    if (!read.ok) return oauthError(read.error, read.description)
    const answer = await registerClient(core, read.input, presented, facts)
    if (answer.ok) return created(answer.client, answer.secret?.reveal() ?? null)
    if ('description' in answer) return oauthError(answer.error, answer.description)
    return answer.error === 'full' ? oauthError('temporarily_unavailable', full) : refuseToken()
  },
})

const off = 'No client registers itself here.'
const full = 'Too many clients have registered themselves and were not used yet. Try again later.'

/** RFC 6750 §2.1: the one way to present it. Another scheme is no way to present nothing. */
function readBearer(authorization: string | null): string | null | 'malformed' {
  if (authorization === null) return null
  return /^Bearer +([^\s]{1,200})$/i.exec(authorization)?.[1] ?? 'malformed'
}

const refuseToken = (): Reply =>
  oauthError('invalid_token', 'An initial access token is needed here, and was missing or is not good.', {
    'www-authenticate': 'Bearer realm="countersign", error="invalid_token"',
  })

type Metadata =
  | { readonly ok: true; readonly input: RegistrationInput }
  | {
      readonly ok: false
      readonly error:
        | 'invalid_redirect_uri'
        | 'invalid_client_metadata'
        | 'invalid_software_statement'
        | 'unapproved_software_statement'
      readonly description: string
    }

/** From what a client says of itself, or publishes about itself, to what it wants to be. */
export function readMetadata(body: unknown): Metadata {
  const parsed = clientMetadataSchema.safeParse(body)
  if (!parsed.success) return refuseMember(String(parsed.error.issues[0]?.path[0] ?? ''))
  const metadata = parsed.data
  const { software_statement: statement } = metadata
  if (statement !== undefined) return refuseStatement(statement)
  const { response_types: responses = ['code'], redirect_uris: redirectUris = [] } = metadata
  if (responses.some((type) => type !== 'code')) return refuseMember('response_types')
  if (redirectUris.length === 0) return refuseMember('redirect_uris')
  // The defaults of RFC 7591 §2.
  const { token_endpoint_auth_method: method = 'client_secret_basic' } = metadata
  const { grant_types: grants = ['authorization_code'] } = metadata
  const authMethod = clientAuthMethods.find((one) => one === method)
  if (authMethod === undefined) return refuseMember('token_endpoint_auth_method')
  const grantTypes = clientGrantTypes.filter((one) => grants.includes(one))
  if (grantTypes.length !== new Set(grants).size) return refuseMember('grant_types')
  const { id_token_signed_response_alg: algorithm } = metadata
  const idTokenAlgorithm = idTokenAlgorithms.find((one) => one === algorithm) ?? null
  if (algorithm !== undefined && idTokenAlgorithm === null)
    return refuseMember('id_token_signed_response_alg')
  return { ok: true, input: { ...toInput(metadata), authMethod, grantTypes, idTokenAlgorithm } }
}

function toInput(
  metadata: RegisterClientRequest,
): Omit<RegistrationInput, 'authMethod' | 'grantTypes' | 'idTokenAlgorithm'> {
  const { redirect_uris: redirectUris = [], scope } = metadata
  return {
    name: metadata.client_name ?? 'An app without a name',
    dpopBound: metadata.dpop_bound_access_tokens ?? false,
    redirectUris: unique(redirectUris),
    postLogoutRedirectUris: unique(metadata.post_logout_redirect_uris ?? []),
    scopes: scope === undefined ? null : unique(scope.split(' ').filter((word) => word !== '')),
    jwks: metadata.jwks?.keys ?? null,
    jwksUri: metadata.jwks_uri ?? null,
    logoUri: metadata.logo_uri ?? null,
    policyUri: metadata.policy_uri ?? null,
    tosUri: metadata.tos_uri ?? null,
  }
}

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)]

/** The names are our schema's own: nothing that was sent is said again. */
function refuseMember(name: string): Metadata {
  const error = name === 'redirect_uris' ? 'invalid_redirect_uri' : 'invalid_client_metadata'
  const isKnown = Object.hasOwn(members, name)
  const description = isKnown ? `The member ${name} is missing, malformed or not supported.` : malformed
  return { ok: false, error, description }
}

const malformed = 'The metadata is malformed.'

const members: Readonly<Record<keyof RegisterClientRequest, true>> = {
  redirect_uris: true,
  token_endpoint_auth_method: true,
  grant_types: true,
  response_types: true,
  client_name: true,
  logo_uri: true,
  scope: true,
  policy_uri: true,
  tos_uri: true,
  jwks: true,
  jwks_uri: true,
  dpop_bound_access_tokens: true,
  post_logout_redirect_uris: true,
  id_token_signed_response_alg: true,
  software_statement: true,
}

/** Nobody's signature over what a client is counts here: a statement that is passed over would count as believed. */
function refuseStatement(statement: string): Metadata {
  const isJwt = /^[\w-]+\.[\w-]+\.[\w-]+$/.test(statement)
  return isJwt
    ? {
        ok: false,
        error: 'unapproved_software_statement',
        description: 'No software statement is approved here.',
      }
    : {
        ok: false,
        error: 'invalid_software_statement',
        description: 'The software statement is no signed JWT.',
      }
}

function created(client: Client, secret: string | null): Reply {
  const registered: RegisteredClientResponse = {
    client_id: client.id,
    client_id_issued_at: Math.floor(client.createdAtMs / 1000),
    ...(secret !== null && { client_secret: secret, client_secret_expires_at: 0 }),
    client_name: client.name,
    redirect_uris: [...client.redirectUris],
    token_endpoint_auth_method: client.authMethod,
    grant_types: [...client.grantTypes],
    response_types: ['code'],
    scope: client.scopes.join(' '),
    dpop_bound_access_tokens: client.dpopBound,
    ...(client.postLogoutRedirectUris.length > 0 && {
      post_logout_redirect_uris: client.postLogoutRedirectUris,
    }),
    ...(client.jwks && { jwks: { keys: client.jwks } }),
    ...(client.jwksUri && { jwks_uri: client.jwksUri }),
    ...(client.logoUri && { logo_uri: client.logoUri }),
    ...(client.policyUri && { policy_uri: client.policyUri }),
    ...(client.tosUri && { tos_uri: client.tosUri }),
    ...(client.idTokenAlgorithm && { id_token_signed_response_alg: client.idTokenAlgorithm }),
  }
  const reply = json(201, registered)
  return { ...reply, headers: { ...reply.headers, pragma: 'no-cache' } }
}
