/**
 * The audit chain: committed events are linked in order by one chainer at a time, within a second. Each link
 * is a keyed hash over the one before and the event, so that no event can be altered, removed or slipped in
 * by someone who can write the database but does not hold the key.
 */
import { CHAIN_START, canonicalEvent } from '../audit/canonical.ts'
import type { Context } from '../context.ts'

export * from './overview.ts'

const BATCH = 500
const LEASE_MS = 3000

/**
 * Links what is committed and not yet linked. Returns how many; 0 when another process holds the lease.
 * `holder` is a random name of this process.
 */
export async function chainAudit(context: Context, holder: string, nowMs: number): Promise<number> {
  if (!(await context.store.takeChainLease(holder, nowMs, nowMs + LEASE_MS))) return 0
  const { tail, events } = await context.store.readUnchained(BATCH)
  if (events.length === 0) return 0
  let previous = tail.position === 0 ? CHAIN_START : tail.hash
  const links = events.map((event, index) => {
    previous = context.secrets.chain(previous, canonicalEvent(event))
    return { event: event.id, position: tail.position + index + 1, hash: previous }
  })
  // The lease and the tail are checked again in the transaction: a chainer that slept appends nothing.
  const appended = await context.store.appendLinks({ holder, nowMs, afterPosition: tail.position, links })
  return appended ? links.length : 0
}

export type ChainReport =
  | { readonly intact: true; readonly length: number; readonly unchained: number }
  | { readonly intact: false; readonly brokenAt: number; readonly cause: 'missing' | 'altered' }

/** What verifying needs of the ports. */
export interface ChainContext {
  readonly store: Pick<Context['store'], 'readChain' | 'readUnchained'>
  readonly secrets: Pick<Context['secrets'], 'isChained'>
}

/** Walks the whole chain and recomputes every link. */
export async function verifyAuditChain(context: ChainContext): Promise<ChainReport> {
  // Read first: what is appended while the chain is walked only makes it longer.
  const { tail } = await context.store.readUnchained(1)
  let position = 0
  let previous = CHAIN_START
  for (;;) {
    const links = await context.store.readChain(position, BATCH)
    for (const { event, chain } of links) {
      position += 1
      if (chain === null || chain.position !== position)
        return { intact: false, brokenAt: position, cause: 'missing' }
      if (!context.secrets.isChained(previous, canonicalEvent(event), chain.hash)) {
        return { intact: false, brokenAt: position, cause: 'altered' }
      }
      previous = chain.hash
    }
    if (links.length < BATCH) break
  }
  // Links cut off the end leave a shorter chain that is right in itself; the tail remembers where it ended.
  if (tail.position > position) return { intact: false, brokenAt: position + 1, cause: 'missing' }
  const { events } = await context.store.readUnchained(BATCH)
  return { intact: true, length: position, unchained: events.length }
}
