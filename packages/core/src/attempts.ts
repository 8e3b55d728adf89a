/** What becomes of something that is handed to others until they take it: mail to a server, a logout to an app. */
import type { AuditEvent } from './audit/event.ts'
import type { Random } from './ports.ts'

/** Not taken: for good, or not yet. */
export interface Untaken {
  readonly kind: 'refused' | 'unreachable'
  readonly reason: string
}

export type Retry =
  | { readonly kind: 'later'; readonly atMs: number; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly audit: AuditEvent }

export interface Attempt {
  readonly attempt: number
  readonly expiresAtMs: number
  readonly nowMs: number
  /** When the next one is due; `chance` is from 0 to 1 and spreads those that failed together. */
  readonly nextMs: (attempt: number, nowMs: number, chance: number) => number
  readonly toFailure: (reason: string) => AuditEvent
}

/** Again later, if there is time for it; else it has failed, which the audit log tells. */
export function settleUntaken(random: Pick<Random, 'bytes'>, { kind, reason }: Untaken, one: Attempt): Retry {
  const atMs = one.nextMs(one.attempt, one.nowMs, chance(random))
  if (kind === 'unreachable' && atMs < one.expiresAtMs) return { kind: 'later', atMs, reason }
  return { kind: 'failed', reason, audit: one.toFailure(reason) }
}

function chance(random: Pick<Random, 'bytes'>): number {
  const [high = 0, low = 0] = random.bytes(2)
  return (high * 256 + low) / 65_535
}
