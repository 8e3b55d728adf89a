/** What core asks of the store about grants and their refresh tokens. The rules of `store-port.ts` hold here too. */
import type { GrantId, PrincipalId } from '@countersign/protocol'
import type { AuditEvent } from './audit/event.ts'
import type { Client } from './clients/client.ts'
import type { Grant } from './grants/grant.ts'
import type { Session } from './sessions/session.ts'
import type { PrincipalView, WithHead } from './store-port.ts'

/** A grant with its first refresh token, opened together with a session. */
export interface GrantDraft {
  readonly grant: Grant
  readonly refreshDigest: string
}

export interface GrantStore {
  /** Live ones, the newest first. */
  listGrants(principal: PrincipalId, nowMs: number, limit: number): Promise<readonly Grant[]>
  /** The head, the grant that a refresh token belongs to, that token's generation and state, the principal. */
  readRefreshToken(
    grant: GrantId,
    digests: readonly string[],
  ): Promise<
    WithHead<{
      found: {
        grant: Grant
        digest: string
        generation: number
        usedAtMs: number | null
        session: Session | null
        client: Client
        principal: PrincipalView
      } | null
    }>
  >
  /**
   * Consumes the refresh token and writes its successor: one conditional update decides. A token that was
   * used already answers `retry` inside the grace while its successor is unused, and otherwise `reused`,
   * which ends exactly this grant with a kill and the event `auditReuse`.
   */
  rotateRefreshToken(input: {
    grant: GrantId
    digest: string
    generation: number
    successorDigest: string
    expiresAtMs: number
    nowMs: number
    graceMs: number
    entryExpiresAtMs: number
    audit: AuditEvent
    auditReuse: AuditEvent
  }): Promise<
    { kind: 'rotated' } | { kind: 'retry'; successorDigest: string } | { kind: 'reused' } | { kind: 'gone' }
  >
  /**
   * Uses a refresh token of a client whose tokens do not rotate, and moves its end. `gone` where it does not live or
   * its grant has ended; one that was consumed before ends its grant, as in `rotateRefreshToken`.
   */
  keepRefreshToken(input: {
    grant: GrantId
    digest: string
    generation: number
    expiresAtMs: number
    nowMs: number
    entryExpiresAtMs: number
    audit: AuditEvent
    auditReuse: AuditEvent
  }): Promise<'kept' | 'reused' | 'gone'>
}
