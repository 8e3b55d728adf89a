/** Accounts elsewhere that people sign in with, as they stand on the wire. */

export interface ProviderShape {
  id: string
  /** For a button. */
  name: string
}

export interface IdentityShape {
  id: string
  provider: ProviderShape
  /** What it was called over there when it was connected. */
  label: string | null
  created_at: string
  last_used_at: string | null
}

export interface IdentitiesResponse {
  items: IdentityShape[]
  next_cursor: null
}

export interface OwnIdentitiesResponse extends IdentitiesResponse {
  /** Those that can be connected. */
  providers: ProviderShape[]
}

export interface ConnectIdentityRequest {
  /** As the list names it. */
  provider: string
}

/** A browser that goes there comes back to `/account/security`, with `connected` or `not_connected` in the query. */
export interface ConnectIdentityResponse {
  authorization_url: string
}
