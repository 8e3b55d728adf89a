/** The bytes of an audit event that its chain hash covers: every field, in one fixed order. */
import type { AuditEvent } from './event.ts'

/** What stands before the first event of the chain. */
export const CHAIN_START = 'countersign-audit-chain'

export function canonicalEvent(event: AuditEvent): string {
  const details = Object.entries(event.details).sort(([left], [right]) => (left < right ? -1 : 1))
  return JSON.stringify([
    event.id,
    event.atMs,
    event.type,
    event.outcome,
    event.actor.kind,
    event.actor.id,
    event.actor.credential,
    event.target?.kind ?? null,
    event.target?.id ?? null,
    event.address,
    event.requestId,
    details,
  ])
}
