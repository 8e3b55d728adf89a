/** Verifying the audit chain, and the overview, which is made of the events in it. */
import { CHAIN_START, canonicalEvent } from '../audit/canonical.ts'
import type { Context } from '../context.ts'

export * from './overview.ts'

const BATCH = 500

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
