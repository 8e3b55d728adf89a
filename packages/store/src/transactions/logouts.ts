/** Finding out whom to tell of ended sessions, taking such messages, and writing down what came of them. */
import type { ClaimedLogout } from '@countersign/core'
import { isAccountId, isClientId, isSessionId } from '@countersign/protocol'
import { integer, integerOrNull, narrowed } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { all, one, type Row, run, type Script } from '../script.ts'
import * as sql from '../statements/logouts.ts'
import { writeAudit } from '../steps/audit.ts'
import { readInteger } from '../steps/log.ts'

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

export function* claimLogouts(input: InputOf<'claimLogouts'>): Script<AnswerOf<'claimLogouts'>> {
  return (yield* all(sql.claimLogouts, input.nowMs, input.leasedUntilMs, input.limit)).map(toClaimed)
}

const toClaimed = (row: Row): ClaimedLogout => ({
  sessionId: narrowed(row, 'session_id', isSessionId),
  clientId: narrowed(row, 'client_id', isClientId),
  accountId: narrowed(row, 'account_id', isAccountId),
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
