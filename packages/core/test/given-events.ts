/** Audit events that tell nothing. */
import { toId } from '@countersign/protocol'
import type { AuditEvent } from '../src/audit/event.ts'

export const makeEvent = (number: number): AuditEvent => ({
  id: toId('evt', number, new Uint8Array(10)),
  atMs: number,
  type: 'test.happened',
  outcome: 'success',
  actor: { kind: 'system', id: null, credential: null },
  target: null,
  address: null,
  requestId: null,
  details: {},
})
