/** One sign-in of one person: where, how, and until when. */
import type { AccountId, SessionId } from '@countersign/protocol'

export interface Session {
  readonly id: SessionId
  readonly accountId: AccountId
  readonly createdAtMs: number
  /** The absolute end; nothing moves it (ASVS 7.3.2). */
  readonly expiresAtMs: number
  /** How long it may lie unused (ASVS 7.3.1). */
  readonly idleSeconds: number
  /** Moves with use, never past `expiresAtMs`. */
  readonly idleExpiresAtMs: number
  readonly lastSeenAtMs: number
  readonly lastAddress: string | null
  readonly endedAtMs: number | null
  /** Head of the log when it was opened: a rule with a later position ends it. */
  readonly issuedPosition: number
  readonly authTimeMs: number
  readonly amr: readonly string[]
  readonly acr: string | null
  /** How its credential was delivered. */
  readonly delivery: SessionDelivery
  readonly device: string | null
  readonly userAgent: string | null
  readonly address: string | null
  readonly place: string | null
}

export type SessionDelivery = 'cookie' | 'session_token' | 'jwt'

/** The idle deadline after a use at `atMs`. */
export function idleDeadline(session: Pick<Session, 'idleSeconds' | 'expiresAtMs'>, atMs: number): number {
  return Math.min(atMs + session.idleSeconds * 1000, session.expiresAtMs)
}
