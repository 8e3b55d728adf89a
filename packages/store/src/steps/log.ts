/**
 * Appending to the revocation log. Positions are dense and in the order of commits because the head's row is
 * held from the moment a position is taken until the transaction ends; so it is taken as late as possible, and
 * no row that another transaction may hold is touched after it (design §7: the log's lock is the last one).
 */
import type { EntryDraft } from '@countersign/core'
import { isAliasedKind } from '@countersign/core/records'
import type { RevocationId } from '@countersign/protocol'
import { integer, text } from '../columns.ts'
import { all, one, run, type Script, type Statement, type Value } from '../script.ts'
import { selectAliasesOfNode } from '../statements/aliases.ts'
import { insertEntry, takePositions } from '../statements/log.ts'

/** Appends one entry and answers its position. The last thing that a transaction does. */
export function* appendEntry(draft: EntryDraft, id: RevocationId | null = null): Script<number> {
  return yield* append([draft], id)
}

/**
 * Appends several entries, in order. `write` puts the last position on a row that the transaction holds already.
 * The last thing that a transaction does.
 */
export function* appendEntries(
  drafts: readonly EntryDraft[],
  write?: (position: number) => Script<unknown>,
): Script<void> {
  if (drafts.length > 0) yield* append(drafts, null, write)
}

/**
 * Appends an entry whose position also stands on a row, as its `revoked_before`. `write` puts it there; the
 * transaction must hold that row already. The last thing that a transaction does.
 */
export function* appendWith(
  draft: EntryDraft,
  write: (position: number) => Script<unknown>,
  id: RevocationId | null = null,
): Script<number> {
  return yield* append([draft], id, write)
}

/**
 * Each node under its names in sectors too, before it is named itself: whoever has applied the position that is answered
 * has applied them all. The names are read once the log is locked, see `keepAliases`.
 */
function* append(
  drafts: readonly EntryDraft[],
  id: RevocationId | null,
  write?: (position: number) => Script<unknown>,
): Script<number> {
  const own = yield* readInteger('position', takePositions, drafts.length)
  const named = yield* underNames(drafts)
  const last = named.length === 0 ? own : yield* readInteger('position', takePositions, named.length)
  if (write !== undefined) yield* write(last)
  const entries = [...named, ...drafts]
  for (const [index, draft] of entries.entries()) {
    const isLast = index === entries.length - 1
    yield* writeEntry(last - entries.length + 1 + index, draft, isLast ? id : null)
  }
  return last
}

function* underNames(drafts: readonly EntryDraft[]): Script<readonly EntryDraft[]> {
  const named: EntryDraft[] = []
  for (const draft of drafts) {
    const { kind, id } = draft.node
    if (!isAliasedKind(kind) || draft.effect === 'announce') continue
    for (const row of yield* all(selectAliasesOfNode, id)) {
      named.push({ ...draft, node: { kind, id: text(row, 'alias') } })
    }
  }
  return named
}

/** Only after a position was taken in the same transaction. */
export function* writeEntry(
  position: number,
  draft: EntryDraft,
  id: RevocationId | null = null,
): Script<void> {
  const { node, effect, atMs, expiresAtMs } = draft
  const issuedBefore = { kill: null, rule: position, announce: 0 }[effect]
  yield* run(insertEntry, position, id, node.kind, node.id, issuedBefore, atMs, expiresAtMs)
}

/** The number in the first row; throws where there is none, since these rows always exist. */
export function* readInteger(column: string, statement: Statement, ...values: Value[]): Script<number> {
  const row = yield* one(statement, ...values)
  if (row === null) throw new Error(`The statement ${statement.name} found nothing.`)
  return integer(row, column)
}
