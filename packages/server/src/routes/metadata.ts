/** What others read about this authority: keys, metadata, health. */
import { locales, prompts, responseModes } from '@countersign/core'
import {
  AAL1,
  AAL2,
  assertionAlgorithms,
  clientAuthMethods,
  ID_TOKENS_ONLY,
  identityScopes,
  idTokenAlgorithms,
  KEY_PURPOSE_MEMBER,
  proofAlgorithms,
  SECRET_ASSERTION_ALGORITHM,
  subjectTypes,
} from '@countersign/protocol'
import { z } from 'zod'
import { OWN_METADATA_PATH, ownMetadata } from '../http/own-api.ts'
import { dataHeaders, json, problem, type Reply } from '../http/reply.ts'
import { type AnyRoute, publicRoute } from '../http/route.ts'
import type { Services } from '../services.ts'
import { GRANT_TYPES } from './oauth.ts'
import { REGISTRATION_PATH } from './registration.ts'

const TAG = 'Metadata'

/** Public documents may be kept, and read by pages of any origin: there is nothing of anybody's in them. */
function publicDocument(value: unknown, maxAgeSeconds: number): Reply {
  const headers = {
    ...dataHeaders,
    'access-control-allow-origin': '*',
    'cache-control': `public, max-age=${maxAgeSeconds}`,
    'content-type': 'application/json; charset=utf-8',
    'cross-origin-resource-policy': 'cross-origin',
  }
  return { status: 200, body: JSON.stringify(value), headers, outcome: 'ok' }
}

/** RFC 7517 §4 and RFC 7518 §6: what a public key shows, whichever of the algorithms it is for. */
const jwkSchema = z.object({
  kty: z.enum(['EC', 'OKP', 'RSA']),
  kid: z.string(),
  alg: z.string(),
  use: z.literal('sig'),
  crv: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
  n: z.string().optional(),
  e: z.string().optional(),
  [KEY_PURPOSE_MEMBER]: z.literal(ID_TOKENS_ONLY).optional(),
})

const jwks: AnyRoute = publicRoute({
  name: 'jwks',
  method: 'GET',
  path: '/.well-known/jwks.json',
  summary: 'The public keys that access tokens and ID tokens are checked with (RFC 7517 §5).',
  tag: TAG,
  access: 'public',
  responses: { 200: { description: 'The key set.', schema: z.object({ keys: z.array(jwkSchema) }) } },
  handle: async ({ services }) => {
    // Who was told of a new key may ask another node than the one that told it: none may answer with an older
    // set than what stands in the log, or the key signs before the asker knows it (lease protocol, rule 8).
    await services.feed.follow()
    const keys = services.keys.published()
    // A key is published for longer than this before it signs.
    return publicDocument({ keys }, Math.min(300, services.config.keyPublishSeconds))
  },
})

function metadata(services: Services): object {
  const { issuer, clientDocuments, clientRegistration } = services.config
  return {
    issuer,
    token_endpoint: `${issuer}/oauth/token`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    introspection_endpoint: `${issuer}/oauth/introspect`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    authorization_response_iss_parameter_supported: true,
    device_authorization_endpoint: `${issuer}/oauth/device_authorization`,
    pushed_authorization_request_endpoint: `${issuer}/oauth/par`,
    require_pushed_authorization_requests: false,
    // Only where it is open: a client that finds it goes there (RFC 8414 §2).
    ...(clientRegistration !== 'off' && { registration_endpoint: `${issuer}${REGISTRATION_PATH}` }),
    ...(clientDocuments === 'on' && { client_id_metadata_document_supported: true }),
    response_types_supported: ['code'],
    response_modes_supported: responseModes,
    code_challenge_methods_supported: ['S256'],
    // Nothing that was granted is hidden, but which permissions there are is the applications' own matter.
    scopes_supported: scopesOf(services),
    grant_types_supported: GRANT_TYPES,
    token_endpoint_auth_methods_supported: clientAuthMethods,
    token_endpoint_auth_signing_alg_values_supported: PROOF_ALGORITHMS,
    revocation_endpoint_auth_methods_supported: clientAuthMethods,
    revocation_endpoint_auth_signing_alg_values_supported: PROOF_ALGORITHMS,
    dpop_signing_alg_values_supported: proofAlgorithms,
    service_documentation: `${issuer}/openapi.json`,
  }
}

/**
 * What a client may have its ID tokens signed with, the one that all others get first. With a shared key there are no ID
 * tokens: whoever reads one could have made it.
 */
function algorithmsOf({ config }: Services): readonly string[] {
  const own = config.signingAlgorithm
  return own === 'HS256' ? [] : [own, ...idTokenAlgorithms.filter((algorithm) => algorithm !== own)]
}

const scopesOf = (services: Services): readonly string[] =>
  identityScopes.filter((scope) => scope !== 'openid' || algorithmsOf(services).length > 0)

const CLAIMS = ['sub', 'name', 'email', 'email_verified', 'auth_time', 'acr', 'amr', 'sid']

const DOCUMENT_SECONDS = 300

/** Those of `private_key_jwt`, and the one of `client_secret_jwt`. */
const PROOF_ALGORITHMS = [...assertionAlgorithms, SECRET_ASSERTION_ALGORITHM]

const authorizationServer: AnyRoute = publicRoute({
  name: 'authorization_server_metadata',
  method: 'GET',
  path: '/.well-known/oauth-authorization-server',
  summary: 'Metadata of the authorization server (RFC 8414).',
  tag: TAG,
  access: 'public',
  responses: { 200: { description: 'The metadata.', schema: z.object({ issuer: z.string() }).loose() } },
  handle: ({ services }) => publicDocument(metadata(services), DOCUMENT_SECONDS),
})

const openidConfiguration: AnyRoute = publicRoute({
  name: 'openid_configuration',
  method: 'GET',
  path: '/.well-known/openid-configuration',
  summary: 'The same metadata where OpenID Connect clients look for it.',
  tag: TAG,
  access: 'public',
  responses: { 200: { description: 'The metadata.', schema: z.object({ issuer: z.string() }).loose() } },
  handle: ({ services }) =>
    publicDocument(
      {
        ...metadata(services),
        userinfo_endpoint: `${services.config.issuer}/oauth/userinfo`,
        end_session_endpoint: `${services.config.issuer}/logout`,
        backchannel_logout_supported: algorithmsOf(services).length > 0,
        backchannel_logout_session_supported: algorithmsOf(services).length > 0,
        subject_types_supported: subjectTypes,
        id_token_signing_alg_values_supported: algorithmsOf(services),
        claims_supported: CLAIMS,
        acr_values_supported: [AAL1, AAL2],
        prompt_values_supported: prompts,
        claims_parameter_supported: true,
        ui_locales_supported: locales,
        request_parameter_supported: true,
        request_object_signing_alg_values_supported: assertionAlgorithms,
        // True where nothing is said (OIDC Discovery §3).
        request_uri_parameter_supported: false,
      },
      DOCUMENT_SECONDS,
    ),
})

const protectedResource: AnyRoute = publicRoute({
  name: 'protected_resource_metadata',
  method: 'GET',
  path: OWN_METADATA_PATH,
  summary: 'Metadata of this API as a protected resource (RFC 9728).',
  tag: TAG,
  access: 'public',
  responses: { 200: { description: 'The metadata.', schema: z.object({ resource: z.string() }).loose() } },
  handle: ({ services: { config }, decisionId }) => {
    const document = ownMetadata(config)
    if (document === null) return problem(config, { code: 'not_found', decisionId })
    return publicDocument(document, DOCUMENT_SECONDS)
  },
})

const healthz: AnyRoute = publicRoute({
  name: 'healthz',
  method: 'GET',
  path: '/healthz',
  summary: 'The process is up.',
  tag: TAG,
  access: 'public',
  responses: { 200: { description: 'Up.', schema: z.object({ status: z.literal('up') }) } },
  handle: () => json(200, { status: 'up' }),
})

const readyz: AnyRoute = publicRoute({
  name: 'readyz',
  method: 'GET',
  path: '/readyz',
  summary: 'The store answers and the keys are loaded.',
  tag: TAG,
  access: 'public',
  responses: { 200: { description: 'Ready.', schema: z.object({ status: z.literal('ready') }) } },
  handle: async ({ services }) => {
    // Throws when the store does not answer, which is 503; there is no key to sign with before the first tending.
    await services.core.store.ping()
    services.keys.current()
    return json(200, { status: 'ready' })
  },
})

export const metadataRoutes: readonly AnyRoute[] = [
  jwks,
  authorizationServer,
  openidConfiguration,
  protectedResource,
  healthz,
  readyz,
]
