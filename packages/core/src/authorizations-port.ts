/** The part of the store's port that keeps authorization codes and consents. The rules of `store-port.ts` hold here as well. */
import type { AccountId, ClientId, GrantId } from '@countersign/protocol'
import type { AuditEvent } from './audit/event.ts'
import type { AuthorizationCode, Consent } from './authorizations/code.ts'
import type { Grant } from './grants/grant.ts'
import type { ClientSignIn } from './logouts/logout.ts'
import type { Session } from './sessions/session.ts'
import type { PrincipalView, WithHead } from './store-port.ts'

export interface AuthorizationStore {
  readConsent(account: AccountId, client: ClientId): Promise<Consent | null>
  /** Of clients that are still there, with their names. */
  listConsents(account: AccountId): Promise<readonly (Consent & { readonly clientName: string })[]>
  /** Writes the code, and the consent where one was given with it. The first use of a client is noted, if it is still there. */
  issueAuthorizationCode(input: {
    code: AuthorizationCode
    digest: string
    consent: Consent | null
    isFirstUse: boolean
    audit: AuditEvent
  }): Promise<'issued' | 'client_gone'>
  /** Everything that redeeming a code needs; also one that was used. */
  readAuthorizationCode(digests: readonly string[]): Promise<
    WithHead<{
      found: {
        code: AuthorizationCode
        digest: string
        session: Session
        principal: PrincipalView
      } | null
    }>
  >
  /**
   * Uses up the code and opens its grant: one conditional update decides. One that was used before ends the grant
   * that it gave, with a kill and the event `auditReuse`.
   */
  redeemAuthorizationCode(input: {
    digest: string
    grant: Grant
    refreshDigest: string | null
    /** Where the client wants to hear that the session has ended; then that session has to live as well. */
    signIn: ClientSignIn | null
    /** When the first refresh token ends, unless it is used before. */
    refreshExpiresAtMs: number
    nowMs: number
    entryExpiresAtMs: number
    audit: AuditEvent
    auditReuse: AuditEvent
  }): Promise<'opened' | 'gone' | 'reused'>
  /** The grant with whom it is about, for as long as it lives. */
  readLiveGrant(id: GrantId, nowMs: number): Promise<{ grant: Grant; principal: PrincipalView } | null>
  /** Forgets what was allowed and ends every grant of the client under the account, with a kill for each. */
  endConsent(input: {
    account: AccountId
    client: ClientId
    nowMs: number
    entryExpiresAtMs: number
    audit: AuditEvent
  }): Promise<'ended' | 'not_found'>
}
