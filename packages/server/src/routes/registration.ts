/** The endpoint at which clients register themselves (RFC 7591 §3). */
import { type Client, registerClient } from '@countersign/core'
import type { RegisteredClientResponse } from '@countersign/protocol'
import { json, oauthError, type Reply } from '../http/reply.ts'
import { type AnyRoute, publicRoute } from '../http/route.ts'
import { readMetadata } from '../registration-metadata.ts'
import { oauthErrorSchema } from '../schemas/oauth.ts'
import { registeredClientSchema, registrationBodySchema } from '../schemas/registration.ts'

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
    subject_type: client.subjectType,
    ...(client.postLogoutRedirectUris.length > 0 && {
      post_logout_redirect_uris: client.postLogoutRedirectUris,
    }),
    ...(client.jwks && { jwks: { keys: client.jwks } }),
    ...(client.jwksUri && { jwks_uri: client.jwksUri }),
    ...(client.logoUri && { logo_uri: client.logoUri }),
    ...(client.policyUri && { policy_uri: client.policyUri }),
    ...(client.tosUri && { tos_uri: client.tosUri }),
    ...(client.sectorIdentifierUri && { sector_identifier_uri: client.sectorIdentifierUri }),
    ...(client.idTokenAlgorithm && { id_token_signed_response_alg: client.idTokenAlgorithm }),
  }
  const reply = json(201, registered)
  return { ...reply, headers: { ...reply.headers, pragma: 'no-cache' } }
}
