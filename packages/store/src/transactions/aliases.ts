/** Keeping the names of nodes in sectors. */
import type { AnswerOf, InputOf } from '../port.ts'
import { readAliases } from '../reads/aliases.ts'
import { run, type Script } from '../script.ts'
import { countSectors, insertAlias } from '../statements/aliases.ts'
import { lockHead } from '../statements/log.ts'
import { readInteger } from '../steps/log.ts'

/**
 * Under the log's lock: an append reads the names under it too. So of the two one has come first, and an append that
 * was first is seen by whatever is read after this has been committed.
 */
export function* keepAliases(input: InputOf<'keepAliases'>): Script<AnswerOf<'keepAliases'>> {
  const { sector, account, aliases, sectorsMax, nowMs } = input
  yield* run(lockHead)
  const nodes = [account, ...aliases.map(({ node }) => node)]
  const known = yield* readAliases(sector, nodes)
  if (!known.has(account)) {
    const sectors = yield* readInteger('sectors', countSectors, account)
    if (sectors >= sectorsMax) return 'full'
  }
  const kept = new Map(known)
  for (const { node, alias } of aliases) {
    if (kept.has(node)) continue
    yield* run(insertAlias, node, sector, alias, nowMs)
    kept.set(node, alias)
  }
  return kept
}
