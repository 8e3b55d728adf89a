/** What one client got from one session or principal; a refresh token's family lives under it. */
import type {
  ClientId,
  GrantId,
  IdentityScope,
  Permission,
  PrincipalId,
  SessionId,
} from '@countersign/protocol'

export interface Grant {
  readonly id: GrantId
  readonly principalId: PrincipalId
  readonly clientId: ClientId
  readonly sessionId: SessionId | null
  /** The permissions that were asked for; `*` leaves them to the principal's roles. */
  readonly scope: readonly Permission[]
  /** What it lets the client read about the person; no part of an access token's scope. */
  readonly identityScopes: readonly IdentityScope[]
  readonly audiences: readonly string[]
  /** The key that its refresh tokens are bound to, as those of public clients are (RFC 9449 §5); else null. */
  readonly jkt: string | null
  readonly createdAtMs: number
  /** The absolute end of the family, however often it is refreshed (ASVS 10.4.8). */
  readonly expiresAtMs: number
  readonly endedAtMs: number | null
  readonly issuedPosition: number
}
