/**
 * Who is signed in to which client by which session, and the message that this has ended (OpenID Connect Back-Channel
 * Logout 1.0). The message is no more than the row: what it says is signed anew for each attempt.
 */
import type { AccountId, ClientId, SessionId } from '@countersign/protocol'

/** A client with pairwise subjects is told of the end by the names that it was told of the beginning by. */
export interface ToldNames {
  readonly subject: AccountId
  readonly sid: SessionId
}

export interface ClientSignIn {
  readonly sessionId: SessionId
  readonly clientId: ClientId
  readonly accountId: AccountId
  /** What the client knows them by, where that is not their ids. */
  readonly told: ToldNames | null
  readonly createdAtMs: number
  /** When the session ends by itself, as far as was known when it was last looked at; it is looked at again then. */
  readonly expiresAtMs: number
}

/** One that this node may tell of until its lease ends. */
export interface ClaimedLogout {
  readonly sessionId: SessionId
  readonly clientId: ClientId
  readonly accountId: AccountId
  readonly told: ToldNames | null
  /** After this it is too late. */
  readonly expiresAtMs: number
  /** Counts from 1, and names this lease. */
  readonly attempt: number
}

/** How long a client is told that does not answer. Its own sessions are mostly over by then. */
export const LOGOUT_SECONDS = 86_400
/** Messages that are under way at once from one node. */
export const LOGOUT_BATCH = 10
/** Longer than any call may take. */
export const LOGOUT_LEASE_MS = 60_000
/** Back-Channel Logout §4: two minutes at most, so that one that leaks is soon worth nothing. */
export const LOGOUT_TOKEN_SECONDS = 120
/** Rows that one transaction marks; after the end of everything there is one after another. */
export const LOGOUT_MARKS_MAX = 500

const FIRST_WAIT_MS = 10_000
const WAIT_MS_MAX = 3_600_000

/** Twice as long after each attempt, to an hour, and up to half of it less by chance. `chance` is from 0 to 1. */
export function nextLogoutAttemptMs(attempt: number, nowMs: number, chance: number): number {
  const longest = Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempt - 1, 20), WAIT_MS_MAX)
  return nowMs + Math.round(longest * (1 - chance / 2))
}
