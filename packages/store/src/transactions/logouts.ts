/** Finding out whom to tell of ended sessions, taking such messages, and writing down what came of them. */
import type { ClaimedLogout, EntryDraft } from '@countersign/core'
import { isAccountId, isClientId, isSessionId } from '@countersign/protocol'
import { integer, integerOrNull, narrowed } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { all, one, type Row, run, type Script } from '../script.ts'
import * as sql from '../statements/logouts.ts'
import { writeAudit } from '../steps/audit.ts'
import { appendEntries, readInteger } from '../steps/log.ts'

/** Entries that one round reads. */
const SPAN_MAX = 1000

export function* markLogouts(input: InputOf<'markLogouts'>): Script<AnswerOf<'markLogouts'>> {
  const { nowMs, tellUntilMs, limit } = input
  const position = yield* readInteger('position', sql.lockCursor)
  const span = yield* one(sql.selectSpanEnd, position, SPAN_MAX)
  const last = span === null ? null : integerOrNull(span, 'last')
  if (last === null) return false
  let isFull = false
  for (const mark of sql.marks) {
    const marked = yield* run(mark, nowMs, tellUntilMs, position, last, limit)
    if (marked >= limit) isFull = true
  }
  // The cursor stays where there may be more: marked rows are not marked again.
  if (!isFull) yield* run(sql.moveCursor, last)
  return true
}

/** In the order of ids, as every transaction that locks several sessions; the log's lock is the last one. */
export function* settleLapses(input: InputOf<'settleLapses'>): Script<AnswerOf<'settleLapses'>> {
  const { ends, looks, beforeMs, nowMs, entryExpiresAtMs: expiresAtMs } = input
  const entries: EntryDraft[] = []
  for (const { sessionId, audit } of inOrder(ends)) {
    if ((yield* run(sql.endLapsedSession, sessionId, nowMs, beforeMs)) === 0) continue
    yield* writeAudit(audit)
    entries.push({ node: { kind: 'session', id: sessionId }, effect: 'kill', atMs: nowMs, expiresAtMs })
  }
  for (const { sessionId, atMs } of inOrder(looks)) yield* run(sql.moveLook, sessionId, atMs)
  yield* appendEntries(entries)
  return entries.length
}

const inOrder = <T extends { readonly sessionId: string }>(list: readonly T[]): readonly T[] =>
  list.toSorted((one, other) => (one.sessionId < other.sessionId ? -1 : 1))

export function* claimLogouts(input: InputOf<'claimLogouts'>): Script<AnswerOf<'claimLogouts'>> {
  return (yield* all(sql.claimLogouts, input.nowMs, input.leasedUntilMs, input.limit)).map(toClaimed)
}

const toClaimed = (row: Row): ClaimedLogout => ({
  sessionId: narrowed(row, 'session_id', isSessionId),
  clientId: narrowed(row, 'client_id', isClientId),
  accountId: narrowed(row, 'account_id', isAccountId),
  told:
    row.subject === null
      ? null
      : { subject: narrowed(row, 'subject', isAccountId), sid: narrowed(row, 'sid', isSessionId) },
  expiresAtMs: integer(row, 'expires_at'),
  attempt: integer(row, 'attempts'),
})

export function* settleLogout(input: InputOf<'settleLogout'>): Script<AnswerOf<'settleLogout'>> {
  const { sessionId, clientId, attempt, nowMs, settlement } = input
  if (settlement.kind === 'later') {
    const { atMs } = settlement
    if ((yield* run(sql.postponeLogout, sessionId, clientId, attempt, atMs)) === 0) return false
    yield* run(sql.postponeOthersOfClient, clientId, nowMs, atMs)
    return true
  }
  const ended = yield* run(sql.endLogout, sessionId, clientId, attempt)
  if (ended === 1 && settlement.kind === 'failed') yield* writeAudit(settlement.audit)
  return ended === 1
}
