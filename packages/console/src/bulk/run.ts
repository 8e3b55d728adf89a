/** The batches of a bulk action, one after the other, with what became of each row. */
import type { BulkInput, BulkNoun } from '@countersign/client'
import type { BulkItemShape, Page } from '@countersign/protocol'
import { client } from '../api/client.ts'
import type { WithProof } from '../ui/step-up.tsx'

export const BATCH = 100

export interface Tally {
  readonly done: number
  readonly unchanged: number
  readonly own: number
  readonly refused: readonly BulkItemShape[]
  readonly ends: { readonly sessions: number; readonly grants: number; readonly api_keys: number }
}

export const NOTHING: Tally = {
  done: 0,
  unchanged: 0,
  own: 0,
  refused: [],
  ends: { sessions: 0, grants: 0, api_keys: 0 },
}

export interface Progress {
  readonly at: number
  /** Null while it is not known how many there are. */
  readonly of: number | null
}

/** Every id of a list, page by page; cut short when the signal says so. */
export async function readAllIds(
  list: (cursor: string | undefined) => Promise<Page<{ readonly id: string }>>,
  signal: AbortSignal,
  tell: (progress: Progress) => void,
): Promise<readonly string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    signal.throwIfAborted()
    const page = await list(cursor)
    ids.push(...page.items.map(({ id }) => id))
    tell({ at: ids.length, of: null })
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  return ids
}

export interface Work {
  readonly noun: BulkNoun
  readonly action: BulkInput['action']
  readonly ids: readonly string[]
  readonly dryRun: boolean
}

/**
 * Goes on from row `from`. A batch whose answer was lost may have been done: it is not counted, and sent again its rows
 * come back as `unchanged`. `tell` is called after each batch, so that whoever is stopped knows how far it has got.
 */
export async function runBatches(
  work: Work,
  from: { readonly at: number; readonly tally: Tally },
  signal: AbortSignal,
  withProof: WithProof,
  tell: (at: number, tally: Tally) => void,
): Promise<void> {
  const { noun, action, ids, dryRun } = work
  let { at, tally } = from
  while (at < ids.length) {
    signal.throwIfAborted()
    const batch = ids.slice(at, at + BATCH)
    const items = await withProof(() => client.bulk(noun, { action, ids: batch, dryRun }))
    at += batch.length
    tally = add(tally, items)
    tell(at, tally)
  }
}

function add(tally: Tally, items: readonly BulkItemShape[]): Tally {
  const count = (...outcomes: readonly BulkItemShape['outcome'][]): number =>
    items.filter(({ outcome }) => outcomes.includes(outcome)).length
  const sum = (name: keyof Tally['ends']): number =>
    items.reduce((total, { ends }) => total + (ends?.[name] ?? 0), tally.ends[name])
  return {
    done: tally.done + count('done', 'ready'),
    unchanged: tally.unchanged + count('unchanged'),
    own: tally.own + count('own'),
    refused: [...tally.refused, ...items.filter(({ outcome }) => outcome === 'refused')],
    ends: { sessions: sum('sessions'), grants: sum('grants'), api_keys: sum('api_keys') },
  }
}
