/**
 * Sessions that end by themselves, by lying idle or by their age. Nobody writes such an end down when it comes: the
 * session’s times say it. So whoever is to be told of ends looks at those times, not before they are due.
 */
import type { AccountId, SessionId } from '@countersign/protocol'

/** A sign-in at a client whose session may have ended by itself. */
export interface Lapsing {
  readonly sessionId: SessionId
  readonly accountId: AccountId
  /** Null where something has ended it already, which the log tells of. */
  readonly times: LapseTimes | null
}

export interface LapseTimes {
  readonly expiresAtMs: number
  readonly idleExpiresAtMs: number
}

/** What is due for it: it ends, or it is looked at again. */
export type LapseStep =
  | { readonly kind: 'end'; readonly reason: 'idle' | 'age' }
  /** `atMs` is the end as far as it is known by now. */
  | { readonly kind: 'look'; readonly atMs: number }

/** Sign-ins that one round looks at. */
export const LAPSES_MAX = 100

/** `beforeMs`: ends up to then are over for everybody, also for a verifier that has not heard or not reported since. */
export function toLapseStep({ times }: Lapsing, beforeMs: number, nowMs: number): LapseStep {
  if (times === null) return { kind: 'look', atMs: nowMs }
  const endMs = endOf(times)
  if (endMs > beforeMs) return { kind: 'look', atMs: endMs }
  return { kind: 'end', reason: times.expiresAtMs <= times.idleExpiresAtMs ? 'age' : 'idle' }
}

/** When it ends by itself, unless it is used before that. */
export function endOf({ expiresAtMs, idleExpiresAtMs }: LapseTimes): number {
  return Math.min(expiresAtMs, idleExpiresAtMs)
}
