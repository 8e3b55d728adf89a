/** Reading names of nodes in sectors. */
import type { AliasedId } from '@countersign/core'
import { isAliasedId } from '@countersign/core/records'
import { narrowed, text } from '../columns.ts'
import { all, one, type Row, type Script } from '../script.ts'
import { NAMES_PER_READ, selectAlias, selectNodesOfAliases } from '../statements/aliases.ts'

export function* readAliases(
  sector: string,
  nodes: readonly AliasedId[],
): Script<ReadonlyMap<string, AliasedId>> {
  const known = new Map<string, AliasedId>()
  for (const node of nodes) {
    const row = yield* one(selectAlias, node, sector)
    if (row !== null) known.set(node, narrowed(row, 'alias', isAliasedId))
  }
  return known
}

export function* resolveAliases(
  names: readonly AliasedId[],
  sector: string | null,
): Script<ReadonlyMap<string, AliasedId>> {
  const nodes = new Map<string, AliasedId>()
  for (const row of yield* rowsOf(names)) {
    if (sector !== null && text(row, 'sector') !== sector) continue
    nodes.set(text(row, 'alias'), narrowed(row, 'node_id', isAliasedId))
  }
  return nodes
}

/** The same of many ids, whichever of them are names, and whatever they are of. */
export function* readNodesBehind(ids: readonly string[]): Script<ReadonlyMap<string, string>> {
  const rows = yield* rowsOf(ids)
  return new Map(rows.map((row) => [text(row, 'alias'), text(row, 'node_id')]))
}

function* rowsOf(names: readonly string[]): Script<readonly Row[]> {
  const rows: Row[] = []
  for (let start = 0; start < names.length; start += NAMES_PER_READ) {
    const some = names.slice(start, start + NAMES_PER_READ)
    const padded = Array.from({ length: NAMES_PER_READ }, (_, index) => some[index] ?? some[0] ?? '')
    rows.push(...(yield* all(selectNodesOfAliases, ...padded)))
  }
  return rows
}
