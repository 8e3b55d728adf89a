/**
 * Ending for good what has ended by itself, where a client wants to hear of it (OpenID Connect Back-Channel Logout 1.0).
 * The end is written down as any other is, with its entry in the log, and from there on it is told like any other.
 */
import { CLOCK_LEEWAY_SECONDS, type SessionId } from '@countersign/protocol'
import type { AuditEvent } from '../audit/event.ts'
import { SYSTEM } from '../caller.ts'
import { type Context, type EntryPolicy, entryExpiry, type RequestFacts } from '../context.ts'
import { LAPSES_MAX, toLapseStep } from '../logouts/lapse.ts'
import { makeAudit } from '../make.ts'
import { LEASE_SECONDS_MAX } from '../revocations/revocation.ts'

/**
 * A use just before the end is reported some seconds later and moves the end on; and a verifier takes a JWT of the
 * session for as long as clocks may differ. After a lease no verifier is left that might know of a use and not say so.
 */
export const LAPSE_SLACK_MS: number = (LEASE_SECONDS_MAX + CLOCK_LEEWAY_SECONDS) * 1000

export interface LapseContext extends Pick<Context, 'random'> {
  readonly store: Pick<Context['store'], 'listLapsing' | 'settleLapses'>
  readonly policy: EntryPolicy
}

/** Looks at one batch. True where there may be more that is due. */
export async function endLapsed(context: LapseContext, facts: RequestFacts): Promise<boolean> {
  const { nowMs } = facts
  const beforeMs = nowMs - LAPSE_SLACK_MS
  const lapsing = await context.store.listLapsing(beforeMs, LAPSES_MAX)
  if (lapsing.length === 0) return false
  const ends = new Map<SessionId, AuditEvent>()
  const looks = new Map<SessionId, number>()
  for (const one of lapsing) {
    const step = toLapseStep(one, beforeMs, nowMs)
    if (step.kind === 'look') looks.set(one.sessionId, step.atMs)
    // Several clients of one session are one end.
    else if (!ends.has(one.sessionId)) ends.set(one.sessionId, toEvent(context, one.sessionId, step, facts))
  }
  await context.store.settleLapses({
    ends: [...ends].map(([sessionId, audit]) => ({ sessionId, audit })),
    looks: [...looks].map(([sessionId, atMs]) => ({ sessionId, atMs })),
    beforeMs,
    nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, nowMs),
  })
  return lapsing.length === LAPSES_MAX
}

function toEvent(
  context: Pick<Context, 'random'>,
  id: SessionId,
  { reason }: { readonly reason: 'idle' | 'age' },
  facts: RequestFacts,
): AuditEvent {
  return makeAudit(context, facts, {
    type: 'session.lapsed',
    actor: SYSTEM,
    target: { kind: 'session', id },
    details: { reason },
  })
}
