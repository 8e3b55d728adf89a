/** The part of the store's port that keeps clients that register themselves. The rules of `store-port.ts` hold here as well. */
import type { InitialAccessTokenId } from '@countersign/protocol'
import type { AuditEvent } from './audit/event.ts'
import type { Client } from './clients/client.ts'
import type { InitialAccessToken } from './clients/registration.ts'
import type { PageRequest } from './store-port.ts'

export interface RegistrationStore {
  createInitialAccessToken(input: {
    token: InitialAccessToken
    digest: string
    audit: AuditEvent
  }): Promise<void>
  endInitialAccessToken(input: { id: InitialAccessTokenId; audit: AuditEvent }): Promise<'ended' | 'gone'>
  /** Uses nothing up; null for one that would not be taken now. */
  findInitialAccessToken(
    digests: readonly string[],
    nowMs: number,
  ): Promise<{ readonly digest: string; readonly token: InitialAccessToken } | null>
  listInitialAccessTokens(page: PageRequest): Promise<readonly InitialAccessToken[]>
  /**
   * Uses the token once, where there is one, and creates the client: both or neither. Refuses where `unusedMax` clients
   * have registered themselves and were never used; registrations wait for each other, so that no two find the last place.
   */
  registerClient(input: {
    client: Client
    secretDigest: string | null
    sealedSecret: string | null
    tokenDigest: string | null
    unusedMax: number
    nowMs: number
    audit: AuditEvent
  }): Promise<'registered' | 'token_gone' | 'full'>
  /**
   * Deletes clients that nobody of this server answers for, were never used and came before `clientsBeforeMs`, with an entry
   * in the log for each, and tokens that ended before `tokensBeforeMs`: at most `limit` of each. Returns how many clients.
   */
  sweepRegistrations(input: {
    clientsBeforeMs: number
    tokensBeforeMs: number
    limit: number
    nowMs: number
    entryExpiresAtMs: number
  }): Promise<number>
}
