/** Reading the audit log and its chain, and the signing keys. */
import type { AuditEvent, AuditQuery, ChainedAuditEvent, SigningKey } from '@countersign/core'
import { type AccountId, ID_RANDOM_BYTES, toId } from '@countersign/protocol'
import { integer, text } from '../columns.ts'
import type { AnswerOf } from '../port.ts'
import { toAuditEvent, toChainedAuditEvent, toSigningKey } from '../rows.ts'
import { all, one, type Script } from '../script.ts'
import {
  listAuditEvents,
  listDoneBy,
  listDoneTo,
  selectChain,
  selectChainEnd,
  selectUnchained,
} from '../statements/audit.ts'
import { listSigningKeys as listKeys } from '../statements/signing-keys.ts'
import { pageStart } from './page.ts'

export * from './overview.ts'

export function* listAudit(query: AuditQuery): Script<readonly ChainedAuditEvent[]> {
  const { type, actorId, targetId, limit } = query
  const sinceMs = query.sinceMs ?? 0
  const untilMs = query.untilMs ?? Number.MAX_SAFE_INTEGER
  const start = pageStart(query)
  const oldest = oldestId(sinceMs)
  const rows = yield* all(
    listAuditEvents(query),
    start,
    oldest,
    sinceMs,
    untilMs,
    type,
    actorId,
    targetId,
    limit,
  )
  return rows.map(toChainedAuditEvent)
}

export function* listActivity(
  account: AccountId,
  page: { readonly limit: number; readonly after: string | null },
): Script<readonly AuditEvent[]> {
  const asked = [account, pageStart(page), page.limit] as const
  const rows = [...(yield* all(listDoneTo, ...asked)), ...(yield* all(listDoneBy, ...asked))]
  // What somebody did to themselves is in both.
  const events = new Map(rows.map((row) => [text(row, 'id'), row]))
  const newest = [...events].sort(([left], [right]) => (left < right ? 1 : -1)).slice(0, page.limit)
  return newest.map(([, row]) => toAuditEvent(row))
}

/** An event's id is made when the event is; a day is more than two clocks ever differ. */
const ID_SLACK_MS = 86_400_000

/** No event of that time or later has a lower id, so that a question about today does not read last year. */
const oldestId = (sinceMs: number): string =>
  toId('evt', Math.max(0, sinceMs - ID_SLACK_MS), new Uint8Array(ID_RANDOM_BYTES))

export function* readUnchained(limit: number): Script<AnswerOf<'readUnchained'>> {
  const end = yield* one(selectChainEnd)
  if (end === null) throw new Error('The audit chain has no end.')
  const events = (yield* all(selectUnchained, limit)).map(toAuditEvent)
  return { tail: { position: integer(end, 'position'), hash: text(end, 'hash') }, events }
}

export function* readChain(afterPosition: number, limit: number): Script<readonly ChainedAuditEvent[]> {
  return (yield* all(selectChain, afterPosition, limit)).map(toChainedAuditEvent)
}

export function* listSigningKeys(): Script<readonly SigningKey[]> {
  return (yield* all(listKeys)).map(toSigningKey)
}
