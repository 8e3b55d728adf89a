/**
 * The shapes of requests and responses, as they stand on the wire: snake_case, times as RFC 3339 strings,
 * lifetimes in seconds. The server's schemas and the client are both checked against them.
 */
import type { NodeKind, PathNode } from './path.ts'

export interface AccountShape {
  id: string
  email: string
  name: string | null
  email_verified: boolean
  created_at: string
}

/** An account as administrators see it. */
export interface AccountDetailShape extends AccountShape {
  roles: string[]
  disabled_at: string | null
  /** Since when the password opens nothing but the way to another one. */
  password_change_required_at: string | null
}

export interface SessionShape {
  id: string
  created_at: string
  expires_at: string
  idle_expires_at: string
}

/** A session in its owner's list: where it is and how it began. */
export interface SessionDetailShape extends SessionShape {
  current: boolean
  last_seen_at: string
  signed_in_by: string[]
  device: string | null
  address: string | null
  last_address: string | null
  place: string | null
  user_agent: string | null
}

/** What one client got from a session or a principal. */
export interface GrantShape {
  id: string
  client_id: string
  session_id: string | null
  permissions: string[]
  audiences: string[]
  created_at: string
  expires_at: string
}
/** Access tokens that were given lately and may be alive, counted by what they hang under: they stand in no list. */
export interface IssuedTokensShape {
  under: { kind: 'account' | 'service_account' | 'session' | 'grant' | 'api_key'; id: string }
  count: number
  latest_at: string
  /** When the last of them ends by itself. */
  ends_by: string
}
/** What lives under a principal beside its API keys. Of very many grants only the newest are listed. */
export interface CredentialTreeResponse {
  sessions: SessionDetailShape[]
  grants: GrantShape[]
  grants_complete: boolean
  access_tokens: IssuedTokensShape[]
  /** False where too much has happened to look at all of it. */
  access_tokens_complete: boolean
}

/** What a principal is called, for whoever has met its id: a person without a name by the address. */
export interface PrincipalNameShape {
  id: string
  kind: 'account' | 'service_account'
  name: string
}

/** A process that follows the revocation log and may hold a lease. */
export interface VerifierShape {
  /** The beginning of the name that it polls with: enough to tell two apart, too little to poll in its place. */
  label: string
  /** The authority's own. */
  own: boolean
  /** Whose credential it polls with. */
  principal: { kind: 'account' | 'service_account'; id: string } | null
  position: number
  behind: number
  asked_ms_ago: number
}
export interface VerifiersResponse {
  /** Those furthest behind first. */
  items: VerifierShape[]
  next_cursor: null
  /** How many there are; a very long list is cut. */
  count: number
  position: number
  lease_ms: number
  /** False in the first seconds after a start: then only the passing of the lease confirms a revocation. */
  knows_all: boolean
}

/** A browser in which the account was signed in to before. */
export interface DeviceShape {
  id: string
  /** It presented itself with this request. */
  current: boolean
  name: string | null
  created_at: string
  last_seen_at: string
  /** Until when a second factor is spared on it, where nobody demands one. */
  trusted_until: string | null
}

export interface SignUpRequest {
  email: string
  password: string
  name?: string | undefined
}
export interface SignUpResponse {
  account: AccountShape
}

export interface SignInRequest {
  email: string
  password: string
  deliver?: 'cookie' | 'session_token' | 'jwt' | undefined
  refresh?: 'body' | 'cookie' | undefined
}
export interface SignInResponse {
  status: 'signed_in'
  account: AccountShape
  session: SessionShape
  csrf_token?: string
  session_token?: string
  access_token?: string
  token_type?: 'Bearer'
  expires_in?: number
  refresh_token?: string
}

export interface MeResponse {
  principal: { kind: 'account' | 'service_account'; id: string; name: string | null; email?: string }
  credential: {
    kind: 'session' | 'access_token' | 'api_key'
    id: string
    path: PathNode[]
    expires_at: string | null
    amr: string[]
    acr: string | null
    auth_time: string | null
    /** The key that each request has to be proven with (RFC 9449). */
    jkt?: string | undefined
  }
  permissions: string[]
}

export interface RateLimitShape {
  requests: number
  per_seconds: number
}

export interface ApiKeyShape {
  id: string
  name: string
  prefix: string
  owner: { kind: 'account' | 'service_account'; id: string }
  permissions: string[]
  resources: string[]
  audiences: string[]
  allow_addresses: string[]
  rate_limit: RateLimitShape | null
  created_at: string
  expires_at: string | null
  last_used_at: string | null
  /** The end of each secret that still works beside the newest one (rotation with overlap). */
  overlap_ends_at: string | null
  /** Since when it is refused until somebody lets it work again. */
  suspended_at: string | null
}
export interface CreateApiKeyRequest {
  name: string
  permissions: string[]
  resources?: string[] | undefined
  audiences?: string[] | undefined
  service_account_id?: string | undefined
  expires_in?: number | undefined
  allow_addresses?: string[] | undefined
  rate_limit?: RateLimitShape | undefined
}
export interface ChangeApiKeyRequest {
  name?: string | undefined
  permissions?: string[] | undefined
  resources?: string[] | undefined
  audiences?: string[] | undefined
  allow_addresses?: string[] | undefined
  rate_limit?: RateLimitShape | null | undefined
  /** True refuses the key until it is false again. */
  suspended?: boolean | undefined
}
export interface ApiKeyWithSecretResponse {
  api_key: ApiKeyShape
  secret: string
}
export interface RotateApiKeyRequest {
  overlap_seconds?: number | undefined
}

export interface ServiceAccountShape {
  id: string
  name: string
  roles: string[]
  audiences: string[]
  disabled_at: string | null
  created_at: string
}
export interface RoleShape {
  id: string
  description: string | null
  permissions: string[]
  built_in: boolean
  created_at: string
}
export interface SigningKeyShape {
  id: string
  algorithm: string
  /** `id_token`: it signs ID tokens for clients that ask for its algorithm, and no access token. */
  purpose: 'all' | 'id_token'
  state: 'next' | 'current' | 'previous' | 'retired' | 'removed'
  created_at: string
  promoted_at: string | null
  retired_at: string | null
}
export interface AuditEventShape {
  id: string
  at: string
  type: string
  outcome: 'success' | 'refused' | 'failed'
  actor: { kind: string; id: string | null; credential: string | null }
  target: { kind: string; id: string } | null
  address: string | null
  request_id: string | null
  details: Record<string, string | number | boolean | null>
  chain: { position: number; hash: string } | null
}

export interface VerifyRequest {
  credential: string
  permissions?: string[] | undefined
  audience?: string | undefined
}
export type VerifyResponse =
  | {
      active: true
      position: number
      principal: { kind: 'account' | 'service_account'; id: string }
      credential: MeResponse['credential']
      permissions: string[]
      resources: string[]
      audiences: string[]
      allow_addresses?: string[]
      rate_limit?: RateLimitShape
      cache_seconds: number
    }
  | { active: false; code: string; decision_id: string }

export type RevocationTarget =
  | { kind: Exclude<NodeKind, 'access_token'>; id: string }
  | { kind: 'access_token'; id: string; expires_at: string }
  | { kind: 'credential'; credential: string }
export interface RevokeRequest {
  target: RevocationTarget
  reason?: string | undefined
  wait_ms?: number | undefined
  dry_run?: boolean | undefined
}
export interface EndedCounts {
  sessions: number
  grants: number
  api_keys: number
}
export interface RevokeResponse {
  id: string
  position: number
  confirmed: boolean
  verifiers: number
  acknowledged: number
  lapsed: number
  elapsed_ms: number
  signature_only_until: string
  ended: EndedCounts
}
export interface RevokeDryRunResponse {
  ended: EndedCounts
  used_last_hour: EndedCounts
}

/** A page of a list; ask again with `cursor=<next_cursor>` until it is null. */
export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

/** RFC 6749 §5.1 and RFC 8693 §2.2.1. */
export interface TokenResponse {
  access_token: string
  token_type: 'Bearer' | 'DPoP'
  expires_in: number
  scope: string
  refresh_token?: string
  issued_token_type?: string
}
