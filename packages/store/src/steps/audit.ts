/** Writing an audit event beside the change that it reports. */
import type { AuditEvent } from '@countersign/core'
import { run, type Script, type Value } from '../script.ts'
import { insertAuditEvent } from '../statements/audit.ts'

export function* writeAudit(event: AuditEvent): Script<void> {
  yield* run(insertAuditEvent, ...toAuditValues(event))
}

/** In the order of the statements that insert one. */
export const toAuditValues = (event: AuditEvent): readonly Value[] => [
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
  JSON.stringify(event.details),
]
