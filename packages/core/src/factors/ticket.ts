/**
 * What stands between a right password and a session, or between a session and a stronger one: a secret that is
 * worth nothing without the factor. Bound to the account, to what was asked for, and to the session, if any.
 */
import type { AccountId, AssuranceLevel, FactorId, SessionId } from '@countersign/protocol'

export interface Ticket {
  /** `enrol` opens the way to a factor that is demanded and is not there, `password` to another password, and to nothing else. */
  readonly purpose: 'sign_in' | 'enrol' | 'step_up' | 'password'
  readonly accountId: AccountId
  /** The session to step up; no other one may use the ticket. */
  readonly sessionId: SessionId | null
  /** What has been proved so far. */
  readonly amr: readonly string[]
  /** As it was asked for with the password. */
  readonly delivery: 'cookie' | 'session_token' | 'jwt'
  readonly refresh: 'body' | 'cookie'
  /** Head of the log at the password: what was revoked since then kills the session before it is opened. */
  readonly issuedPosition: number
  /** The factor that was offered with it. */
  readonly factorId: FactorId | null
  /** What the sign-in has to reach. */
  readonly level: AssuranceLevel | null
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

export const TICKET_SECONDS = 600
/** Wrong codes with one ticket; then the password is asked for again. */
export const TICKET_TRIES_MAX = 5
/** New passwords with one ticket, refused ones included: choosing takes more tries than typing. */
export const PASSWORD_TRIES_MAX = 20
