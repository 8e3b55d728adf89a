/** Reading the revocation log. */
import type { LogHead, RevocationRecord } from '@countersign/core'
import type { RevocationId } from '@countersign/protocol'
import { integer, integerOrNull, type Part, text } from '../columns.ts'
import type { AnswerOf } from '../port.ts'
import { toEntry, toHead, toRevocationRecord } from '../rows.ts'
import { all, one, type Row, type Script, type Statement, type Value } from '../script.ts'
import { selectHead, selectHeadAndEntries, selectHeadAndIssuer, selectRevocation } from '../statements/log.ts'

export function* readHead(): Script<LogHead> {
  return toHead(yield* headRow(selectHead))
}

/** A row that the head stands in, which is always there. */
export function* headRow(statement: Statement, ...values: Value[]): Script<Row> {
  const row = yield* one(statement, ...values)
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
  return toHeadAndIssuer(yield* headRow(selectHeadAndIssuer))
}

/** Of a row that has what the head is made of beside other things. */
export const toHeadAndIssuer = (row: Row): HeadAndIssuer => ({
  head: toHead(row),
  issuerRevokedBefore: integer(row, 'issuer_revoked_before'),
})

/** Digests name the version of their pepper. */
const NO_DIGEST = ''

/**
 * What one of several digests is the key of, in a row that the head stands in: one secret has one digest under each
 * pepper that is still known.
 */
export function* findByDigest(
  statement: Statement,
  before: readonly Value[],
  [digest = NO_DIGEST, ...others]: readonly string[],
  part: Part,
): Script<{ readonly row: Row; readonly found: Row | null }> {
  const row = yield* headRow(statement, ...before, digest)
  const found = part.of(row)
  return found !== null || others.length === 0
    ? { row, found }
    : yield* findByDigest(statement, before, others, part)
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
