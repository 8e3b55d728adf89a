/** Reading the revocation log. */
import type { LogHead, RevocationRecord } from '@countersign/core'
import type { RevocationId } from '@countersign/protocol'
import { integer, integerOrNull, text } from '../columns.ts'
import type { AnswerOf } from '../port.ts'
import { toEntry, toHead, toRevocationRecord } from '../rows.ts'
import { all, one, type Row, type Script, type Statement } from '../script.ts'
import { selectHead, selectHeadAndEntries, selectHeadAndIssuer, selectRevocation } from '../statements/log.ts'

export function* readHead(): Script<LogHead> {
  return toHead(yield* headRow(selectHead))
}

function* headRow(statement: Statement): Script<Row> {
  const row = yield* one(statement)
  if (row === null) throw new Error('The log has no head.')
  return row
}

export interface HeadAndIssuer {
  readonly head: LogHead
  /** Everything issued at a lower position is dead, whoever holds it. */
  readonly issuerRevokedBefore: number
}

/** The first read of everything that is decided by more than one (lease protocol, rules 5 and 6). */
export function* readHeadAndIssuer(): Script<HeadAndIssuer> {
  const row = yield* headRow(selectHeadAndIssuer)
  return { head: toHead(row), issuerRevokedBefore: integer(row, 'issuer_revoked_before') }
}

/** One statement, since every poll of every verifier asks it. */
export function* readEntries(position: number, limit: number): Script<AnswerOf<'readEntries'>> {
  const rows = yield* all(selectHeadAndEntries, position, limit)
  const [first] = rows
  if (first === undefined) throw new Error('The log has no head.')
  const head = toHead({ epoch: text(first, 'epoch'), position: integer(first, 'head_position') })
  return {
    head,
    followedAtMs: integerOrNull(first, 'followed_at'),
    prunedUntilMs: integerOrNull(first, 'pruned_until'),
    entries: rows.filter((row) => row.position !== null).map(toEntry),
  }
}

export function* readRevocation(id: RevocationId): Script<RevocationRecord | null> {
  const row = yield* one(selectRevocation, id)
  return row === null ? null : toRevocationRecord(row)
}
