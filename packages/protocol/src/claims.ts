/**
 * The claims of an access token (RFC 9068 §2.2) and Countersign's private ones. The list is closed: what is
 * not here cannot get into a token, so nothing personal can either.
 */
import type { AccessTokenId, ApiKeyId, ClientId, GrantId, PrincipalId, RoleId, SessionId } from './ids.ts'

/** RFC 9068 §2.1: the media type that keeps access tokens apart from every other JWT. */
export const ACCESS_TOKEN_TYPE = 'at+jwt'

export const signingAlgorithms = ['ES256', 'EdDSA', 'RS256', 'HS256'] as const
export type SigningAlgorithm = (typeof signingAlgorithms)[number]

/** What a client may ask to have its ID tokens signed with; never a key that the reader shares. */
export const idTokenAlgorithms = ['ES256', 'EdDSA', 'RS256', 'PS256'] as const
export type IdTokenAlgorithm = (typeof idTokenAlgorithms)[number]

/** All that a key can be for. Each key is for one of them (RFC 8725 §3.1). */
export const keyAlgorithms = ['ES256', 'EdDSA', 'RS256', 'PS256', 'HS256'] as const
export type KeyAlgorithm = (typeof keyAlgorithms)[number]

/**
 * A member of our own in a public key that signs ID tokens and nothing else (RFC 7517 §4: who does not know it passes it
 * over). A verifier of access tokens leaves such a key out, so that one more algorithm for relying parties is none more
 * for APIs.
 */
export const KEY_PURPOSE_MEMBER = 'countersign_purpose'
export const ID_TOKENS_ONLY = 'id_token'

export interface AccessTokenClaims {
  readonly iss: string
  readonly sub: PrincipalId
  readonly aud: string | readonly string[]
  readonly exp: number
  readonly iat: number
  readonly jti: AccessTokenId
  readonly client_id: ClientId
  /** Permissions, separated by spaces (RFC 6749 §3.3). */
  readonly scope: string
  /** Ids of the principal's roles, which are nodes of the path (RFC 9068 §2.2.3.1). */
  readonly roles?: readonly RoleId[]
  readonly sid?: SessionId
  readonly auth_time?: number
  readonly acr?: string
  readonly amr?: readonly string[]
  /** The key whose holder may present the token, by its thumbprint (RFC 9449 §6.1). */
  readonly cnf?: { readonly jkt: string }
  /** The grant that the token was minted under. */
  readonly gid?: GrantId
  /** The API key that was exchanged for the token. */
  readonly akid?: ApiKeyId
  /** The address list of that key: compared with the caller's address on every request. */
  readonly addrs?: readonly string[]
  /** The resources that the key is narrowed to, and its rate limit: requests, and the seconds they are counted in. */
  readonly resources?: readonly string[]
  readonly rate?: readonly [requests: number, perSeconds: number]
  /** What else it stands under where it was exchanged for another one: `<kind>:<id>`, see `parseParent`. */
  readonly parents?: readonly string[]
  /** Who acts for the subject, and for whom that one acts in turn (RFC 8693 §4.1). */
  readonly act?: ActClaim
  /** Epoch of the revocation log, and its head read from the store before the rows that allowed the token. */
  readonly epoch: string
  readonly pos: number
}

/** RFC 8693 §4.1. The outermost is who acts now; those within are told, and decide nothing. */
export interface ActClaim {
  readonly sub: string
  readonly client_id: ClientId
  readonly act?: ActClaim
}

/** The claims of an ID token (OIDC Core §2). What a person is called stands at the UserInfo endpoint. */
export interface IdTokenClaims {
  readonly iss: string
  readonly sub: PrincipalId
  readonly aud: ClientId
  readonly exp: number
  readonly iat: number
  readonly auth_time: number
  readonly amr: readonly string[]
  readonly acr?: string
  /** Not where the sign-in was given to a device elsewhere. */
  readonly sid?: SessionId
  readonly at_hash: string
  readonly nonce?: string
}

/** The claims of a logout token (OpenID Connect Back-Channel Logout 1.0 §2.4). Never with a nonce. */
export interface LogoutTokenClaims {
  readonly iss: string
  readonly sub: PrincipalId
  readonly aud: ClientId
  readonly iat: number
  readonly exp: number
  readonly jti: string
  readonly sid: SessionId
  readonly events: { readonly [LOGOUT_EVENT]: Readonly<Record<string, never>> }
}

export const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout'

/** Every claim name that may stand in an access token. */
export const accessTokenClaimNames: ReadonlySet<string> = new Set([
  'iss',
  'sub',
  'aud',
  'exp',
  'nbf',
  'iat',
  'jti',
  'client_id',
  'scope',
  'roles',
  'sid',
  'auth_time',
  'acr',
  'amr',
  'cnf',
  'gid',
  'akid',
  'addrs',
  'resources',
  'rate',
  'parents',
  'act',
  'epoch',
  'pos',
])

/** Default, and the cap that needs a setting named for the danger to pass (brief C4). */
export const ACCESS_TOKEN_LIFETIME_SECONDS = 900
export const ACCESS_TOKEN_LIFETIME_SECONDS_MAX = 3600
/** Clocks of two machines may differ by this much (RFC 7519 §4.1.4). */
export const CLOCK_LEEWAY_SECONDS = 30
