/** An authorization code (OAuth 2.1 §4.1.2): what was allowed, by whom, to which client, until it is redeemed. */
import type {
  AccountId,
  ClientId,
  GrantId,
  IdentityScope,
  Permission,
  SessionId,
} from '@countersign/protocol'

export interface AuthorizationCode {
  /** The grant that it opens; named beforehand, so that a code that returns can end what it gave. */
  readonly grantId: GrantId
  readonly clientId: ClientId
  readonly accountId: AccountId
  readonly sessionId: SessionId
  readonly redirectUri: string
  /** The S256 challenge that its redeemer has to meet; null where none was asked for. */
  readonly codeChallenge: string | null
  /** The key that its redeemer has to prove (RFC 9449 §10); null where none was named. */
  readonly dpopJkt: string | null
  readonly permissions: readonly Permission[]
  readonly identityScopes: readonly IdentityScope[]
  readonly audiences: readonly string[]
  readonly nonce: string | null
  /** Head of the log when it was allowed: what was revoked since then ends what the code would open. */
  readonly issuedPosition: number
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

/** ASVS 10.4.3: one minute at level 3. A code is redeemed by a program, at once. */
export const CODE_SECONDS = 60

/** What a person has allowed a client; more is asked for again. */
export interface Consent {
  readonly accountId: AccountId
  readonly clientId: ClientId
  readonly scopes: readonly string[]
  readonly createdAtMs: number
  readonly updatedAtMs: number
}
