/** What a client says of itself, whether it sends that (RFC 7591 §2) or publishes it. */
import type { RegistrationInput, RegistrationMistake } from '@countersign/core'
import {
  clientAuthMethods,
  clientGrantTypes,
  idTokenAlgorithms,
  type RegisterClientRequest,
  subjectTypes,
} from '@countersign/protocol'
import { clientMetadataSchema } from './schemas/registration.ts'

type Metadata =
  | { readonly ok: true; readonly input: RegistrationInput }
  | ({ readonly ok: false } & RegistrationMistake)

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
  const { subject_type: subject = 'public' } = metadata
  const subjectType = subjectTypes.find((one) => one === subject)
  if (subjectType === undefined) return refuseMember('subject_type')
  const words = { authMethod, grantTypes, idTokenAlgorithm, subjectType }
  return { ok: true, input: { ...toInput(metadata), ...words } }
}

function toInput(
  metadata: RegisterClientRequest,
): Omit<RegistrationInput, 'authMethod' | 'grantTypes' | 'idTokenAlgorithm' | 'subjectType'> {
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
    sectorIdentifierUri: metadata.sector_identifier_uri ?? null,
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
  subject_type: true,
  sector_identifier_uri: true,
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
