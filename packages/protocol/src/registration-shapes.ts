/** Clients that register themselves (RFC 7591), and the tokens that let them, on the wire. */
import type { Page } from './shapes.ts'

/** RFC 7591 §2: what a client says of itself. Members that are not named here are ignored. */
export interface RegisterClientRequest {
  redirect_uris?: string[] | undefined
  token_endpoint_auth_method?: string | undefined
  grant_types?: string[] | undefined
  response_types?: string[] | undefined
  client_name?: string | undefined
  logo_uri?: string | undefined
  /** Words with spaces between them. */
  scope?: string | undefined
  policy_uri?: string | undefined
  tos_uri?: string | undefined
  jwks?: { keys: Readonly<Record<string, string>>[] } | undefined
  jwks_uri?: string | undefined
  dpop_bound_access_tokens?: boolean | undefined
  post_logout_redirect_uris?: string[] | undefined
  id_token_signed_response_alg?: string | undefined
  subject_type?: string | undefined
  sector_identifier_uri?: string | undefined
  software_statement?: string | undefined
}

/** RFC 7591 §3.2.1: what it is registered as. */
export interface RegisteredClientResponse {
  client_id: string
  /** Seconds since 1970. */
  client_id_issued_at: number
  client_secret?: string | undefined
  /** 0: never. Only beside a secret. */
  client_secret_expires_at?: number | undefined
  client_name: string
  redirect_uris: string[]
  token_endpoint_auth_method: string
  grant_types: string[]
  response_types: string[]
  scope: string
  dpop_bound_access_tokens: boolean
  subject_type: string
  [more: string]: unknown
}

/** A token that clients may register themselves with (RFC 7591 §1.2), without itself. */
export interface InitialAccessTokenShape {
  id: string
  name: string
  uses: number
  uses_max: number
  created_by: string
  created_at: string
  expires_at: string
  /** When a client last registered with it; null before the first. */
  last_used_at: string | null
}

/** Whether clients may register themselves: not at all, with such a token, or whoever comes. */
export type RegistrationMode = 'off' | 'initial_access_token' | 'open'

/** A page of tokens, with what the server does with them now: where it is `off`, they are kept and let nobody in. */
export interface InitialAccessTokenPage extends Page<InitialAccessTokenShape> {
  registration: RegistrationMode
}

export interface CreateInitialAccessTokenRequest {
  name: string
  /** 1 unless given. */
  uses_max?: number | undefined
  /** Seconds; a day unless given. */
  expires_in?: number | undefined
}

export interface InitialAccessTokenResponse {
  initial_access_token: InitialAccessTokenShape
  /** The only time that it is shown. */
  secret: string
}
