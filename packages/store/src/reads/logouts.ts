/** Reading which sign-ins at clients may be over by themselves. */
import type { Lapsing } from '@countersign/core'
import { isAccountId, isSessionId } from '@countersign/protocol'
import { integer, integerOrNull, narrowed } from '../columns.ts'
import { all, type Row, type Script } from '../script.ts'
import * as sql from '../statements/logouts.ts'

export function* listLapsing(beforeMs: number, limit: number): Script<readonly Lapsing[]> {
  return (yield* all(sql.listLapsing, beforeMs, limit)).map(toLapsing)
}

const toLapsing = (row: Row): Lapsing => ({
  sessionId: narrowed(row, 'session_id', isSessionId),
  accountId: narrowed(row, 'account_id', isAccountId),
  times:
    integerOrNull(row, 'expires_at') === null
      ? null
      : { expiresAtMs: integer(row, 'expires_at'), idleExpiresAtMs: integer(row, 'idle_expires_at') },
})
