/**
 * What core asks about clients that want to hear of ended sessions: the part of the store's port that knows whom to
 * tell, and whoever tells them. The rules of `store-port.ts` hold for the store.
 */
import type { ClientId, SessionId } from '@countersign/protocol'
import type { AuditEvent } from './audit/event.ts'
import type { Lapsing } from './logouts/lapse.ts'
import type { ClaimedLogout } from './logouts/logout.ts'

export type LogoutSettlement =
  | { readonly kind: 'told' }
  /** Nobody wants to hear it any more. */
  | { readonly kind: 'dropped' }
  | { readonly kind: 'later'; readonly atMs: number; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly audit: AuditEvent }

export interface LapseSettlement {
  /** Ended only where that end is still due: a use that was reported meanwhile has moved it on. */
  readonly ends: readonly { readonly sessionId: SessionId; readonly audit: AuditEvent }[]
  /** When each of these is looked at again. */
  readonly looks: readonly { readonly sessionId: SessionId; readonly atMs: number }[]
  readonly beforeMs: number
  readonly nowMs: number
  readonly entryExpiresAtMs: number
}

export interface LogoutStore {
  /** Sign-ins at clients whose session may have ended by itself by then and was not ended, the longest due first. */
  listLapsing(beforeMs: number, limit: number): Promise<readonly Lapsing[]>
  /**
   * Ends sessions whose time was over at `beforeMs`, each with its audit event and its entry in the log, all in one
   * transaction: of many who do so at once one ends it. Answers how many this call has ended.
   */
  settleLapses(input: LapseSettlement): Promise<number>
  /**
   * Reads the log on from where the last call stopped, and marks sign-ins whose session is dead by what stands there,
   * at most `limit` of each kind. True where there may be more. No two nodes do so at once, and no code is redeemed
   * meanwhile by a client that is to be told: so nobody is missed between the two.
   */
  markLogouts(input: { nowMs: number; tellUntilMs: number; limit: number }): Promise<boolean>
  /** Takes messages that are due and leases them in the same statement, the longest due first. */
  claimLogouts(input: {
    nowMs: number
    leasedUntilMs: number
    limit: number
  }): Promise<readonly ClaimedLogout[]>
  /**
   * Writes down what came of one attempt; false where the lease has passed to another. Where a client could not be
   * told, whatever else of it is due waits as long: one that is away is asked once, and not once for each session.
   */
  settleLogout(input: {
    sessionId: SessionId
    clientId: ClientId
    attempt: number
    nowMs: number
    settlement: LogoutSettlement
  }): Promise<boolean>
}

/** `reason` is a short name of ours, never the other server's words. */
export type Told =
  | { readonly kind: 'told' }
  /** It has understood the message, and says no. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string }

export interface LogoutTeller {
  /** Hands a logout token over. Throws nothing that an attempt can meet. */
  tell(uri: string, logoutToken: string): Promise<Told>
}
