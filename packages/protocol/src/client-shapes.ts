/** OAuth clients as they stand on the wire; the names are those of RFC 7591 §2 where it has one. */
import type { AssuranceLevel } from './authentication.ts'
import type { IdTokenAlgorithm } from './claims.ts'
import type {
  ClientAuthMethod,
  ClientGrantType,
  ClientProfile,
  ClientRegistration,
  SubjectType,
} from './clients.ts'

/** A public key as the client registered it (RFC 7517 §4). */
export type JwkShape = Readonly<Record<string, string>>

export interface ClientShape {
  id: string
  name: string
  type: 'public' | 'confidential'
  profile: ClientProfile
  token_endpoint_auth_method: ClientAuthMethod
  /** RFC 9449 §5.2: its access tokens are always bound to a key. */
  dpop_bound_access_tokens: boolean
  grant_types: ClientGrantType[]
  redirect_uris: string[]
  /** Where people may be sent after they have signed out here. */
  post_logout_redirect_uris: string[]
  /** Where it is told that a session has ended under which somebody had signed in to it. */
  backchannel_logout_uri: string | null
  /** Permissions, and `openid`, `profile`, `email`, `offline_access`. */
  scopes: string[]
  /** Empty: the authority’s own. */
  audiences: string[]
  /** Whom the client speaks for with `client_credentials`. */
  service_account_id: string | null
  jwks: { keys: JwkShape[] } | null
  /** Where the client publishes its keys, in place of `jwks`. */
  jwks_uri: string | null
  logo_uri: string | null
  policy_uri: string | null
  tos_uri: string | null
  /** What a sign-in for it has to reach; null leaves that to the account. */
  assurance: AssuranceLevel | null
  /** What its ID tokens are signed with; null for what the server signs everything with. */
  id_token_signed_response_alg: IdTokenAlgorithm | null
  /** `pairwise`: it knows people by names that no other sector is told. */
  subject_type: SubjectType
  /** Where it is written which redirect URIs belong to its sector. */
  sector_identifier_uri: string | null
  /** `self` and `document`: nobody of this server has looked at it. */
  registration: ClientRegistration
  /** When somebody first allowed it something; told of clients that nobody looked at. */
  first_used_at: string | null
  disabled_at: string | null
  created_at: string
}

export interface CreateClientRequest {
  id: string
  name: string
  profile?: ClientProfile | undefined
  token_endpoint_auth_method: ClientAuthMethod
  dpop_bound_access_tokens?: boolean | undefined
  grant_types: ClientGrantType[]
  redirect_uris?: string[] | undefined
  post_logout_redirect_uris?: string[] | undefined
  backchannel_logout_uri?: string | undefined
  scopes: string[]
  audiences?: string[] | undefined
  service_account_id?: string | undefined
  jwks?: { keys: JwkShape[] } | undefined
  jwks_uri?: string | undefined
  logo_uri?: string | undefined
  policy_uri?: string | undefined
  tos_uri?: string | undefined
  assurance?: AssuranceLevel | undefined
  id_token_signed_response_alg?: IdTokenAlgorithm | undefined
  subject_type?: SubjectType | undefined
  sector_identifier_uri?: string | undefined
}

export interface ChangeClientRequest {
  name?: string | undefined
  profile?: ClientProfile | undefined
  token_endpoint_auth_method?: ClientAuthMethod | undefined
  dpop_bound_access_tokens?: boolean | undefined
  grant_types?: ClientGrantType[] | undefined
  redirect_uris?: string[] | undefined
  post_logout_redirect_uris?: string[] | undefined
  backchannel_logout_uri?: string | null | undefined
  scopes?: string[] | undefined
  audiences?: string[] | undefined
  service_account_id?: string | null | undefined
  jwks?: { keys: JwkShape[] } | null | undefined
  jwks_uri?: string | null | undefined
  logo_uri?: string | null | undefined
  policy_uri?: string | null | undefined
  tos_uri?: string | null | undefined
  assurance?: AssuranceLevel | null | undefined
  id_token_signed_response_alg?: IdTokenAlgorithm | null | undefined
  subject_type?: SubjectType | undefined
  sector_identifier_uri?: string | null | undefined
  disabled?: boolean | undefined
}

/** What a person has allowed a client. */
export interface ConsentShape {
  client: { id: string; name: string }
  scopes: string[]
  created_at: string
  updated_at: string
}

export interface RotateClientSecretRequest {
  overlap_seconds?: number | undefined
}

/** The only answers that ever hold the secret; null for clients that authenticate without one. */
export interface ClientWithSecretResponse {
  client: ClientShape
  client_secret: string | null
}
