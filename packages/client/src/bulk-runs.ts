/** Doing one thing to many, batch by batch: what runs where somebody looks at it, and may be stopped and gone on with. */
import type { BulkItemShape, Page } from '@countersign/protocol'
import type { BulkInput, BulkNoun } from './administration.ts'

/** How many ids one request may have. */
export const BULK_BATCH = 100

/** What became of those that were sent, or would become. */
export interface BulkTally {
  /** Of a dry run: how many nothing stands in the way of. */
  readonly done: number
  readonly unchanged: number
  readonly own: number
  readonly refused: readonly BulkItemShape[]
  readonly ends: { readonly sessions: number; readonly grants: number; readonly api_keys: number }
}

export const emptyTally: BulkTally = {
  done: 0,
  unchanged: 0,
  own: 0,
  refused: [],
  ends: { sessions: 0, grants: 0, api_keys: 0 },
}

/** Every id of a list, page by page; cut short when the signal says so, with its reason. */
export async function readAllIds(
  list: (cursor: string | undefined) => Promise<Page<{ readonly id: string }>>,
  signal: AbortSignal,
  tell: (count: number) => void,
): Promise<readonly string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    signal.throwIfAborted()
    const page = await list(cursor)
    ids.push(...page.items.map(({ id }) => id))
    tell(ids.length)
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  return ids
}

export interface BulkWork extends Omit<BulkInput, 'ids'> {
  readonly noun: BulkNoun
  readonly ids: readonly string[]
}

/**
 * Goes on from row `from.at`. A batch whose answer was lost may have been done: it is not counted, and sent again its
 * rows come back as `unchanged`. `tell` is called after each batch, so that whoever is stopped knows how far it has got.
 */
export async function runBulk(
  { noun, ids, ...work }: BulkWork,
  from: { readonly at: number; readonly tally: BulkTally },
  signal: AbortSignal,
  send: (noun: BulkNoun, input: BulkInput) => Promise<readonly BulkItemShape[]>,
  tell: (at: number, tally: BulkTally) => void,
): Promise<void> {
  let { at, tally } = from
  while (at < ids.length) {
    signal.throwIfAborted()
    const batch = ids.slice(at, at + BULK_BATCH)
    const items = await send(noun, { ...work, ids: batch })
    at += batch.length
    tally = add(tally, items)
    tell(at, tally)
  }
}

function add(tally: BulkTally, items: readonly BulkItemShape[]): BulkTally {
  const count = (...outcomes: readonly BulkItemShape['outcome'][]): number =>
    items.filter(({ outcome }) => outcomes.includes(outcome)).length
  const sum = (name: keyof BulkTally['ends']): number =>
    items.reduce((total, { ends }) => total + (ends?.[name] ?? 0), tally.ends[name])
  return {
    done: tally.done + count('done', 'ready'),
    unchanged: tally.unchanged + count('unchanged'),
    own: tally.own + count('own'),
    refused: [...tally.refused, ...items.filter(({ outcome }) => outcome === 'refused')],
    ends: { sessions: sum('sessions'), grants: sum('grants'), api_keys: sum('api_keys') },
  }
}
