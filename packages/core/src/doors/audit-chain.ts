/**
 * The audit chain: events are linked by one process at a time. Each link is a keyed hash over the one before and the
 * event, so that no event can be altered, removed or slipped in by someone who can write the database but does not hold
 * the key. What was committed with a change is linked within a second; what is committed by itself may be linked at once.
 */
import { CHAIN_START, canonicalEvent } from '../audit/canonical.ts'
import type { AuditEvent } from '../audit/event.ts'
import type { Context } from '../context.ts'
import type { AuditStore } from '../upkeep-port.ts'

const BATCH = 500
const LEASE_MS = 3000

/** What linking needs of the ports. */
export interface ChainerContext {
  readonly store: Pick<AuditStore, 'takeChainLease' | 'readUnchained' | 'appendLinks' | 'appendGathered'>
  readonly secrets: Pick<Context['secrets'], 'chain'>
}

export interface AuditChainer {
  /** Links what is committed and not yet linked. Returns how many; 0 when another process holds the lease. */
  linkCommitted(nowMs: number): Promise<number>
  /**
   * Commits events that may have been committed before, which are left as they are then. Where this process holds the
   * chain they are linked in the same commit; elsewhere whoever holds it links them.
   */
  append(events: readonly AuditEvent[], nowMs: number): Promise<void>
}

interface ChainEnd {
  readonly position: number
  readonly hash: string
}

/** `holder` is a random name of this process. */
export function createAuditChainer(context: ChainerContext, holder: string): AuditChainer {
  return new Chainer(context, holder)
}

class Chainer implements AuditChainer {
  readonly #context: ChainerContext
  readonly #holder: string
  /** Where the chain ends as far as is known here, while the lease lasts; null when that has to be read. */
  #held: (ChainEnd & { readonly untilMs: number }) | null = null
  #last: Promise<unknown> = Promise.resolve()

  constructor(context: ChainerContext, holder: string) {
    this.#context = context
    this.#holder = holder
  }

  linkCommitted(nowMs: number): Promise<number> {
    return this.#alone(async () => {
      const { store } = this.#context
      this.#held = null
      const untilMs = nowMs + LEASE_MS
      if (!(await store.takeChainLease(this.#holder, nowMs, untilMs))) return 0
      const { tail, events } = await store.readUnchained(BATCH)
      const links = this.#link(tail, events)
      const linked = links.map((link, index) => ({ event: events[index]?.id ?? '', ...link }))
      // The lease and the tail are checked again in the transaction: a chainer that slept appends nothing.
      const input = { holder: this.#holder, nowMs, afterPosition: tail.position, links: linked }
      if (links.length > 0 && !(await store.appendLinks(input))) return 0
      this.#held = { ...(links.at(-1) ?? tail), untilMs }
      return links.length
    })
  }

  append(events: readonly AuditEvent[], nowMs: number): Promise<void> {
    return this.#alone(async () => {
      const held = this.#held
      // Until it is known what has become of them, nobody knows where the chain ends.
      this.#held = null
      if (held === null || held.untilMs <= nowMs) {
        await this.#context.store.appendGathered(events, null)
        return
      }
      const links = this.#link(held, events)
      const chain = { holder: this.#holder, nowMs, afterPosition: held.position, links }
      switch (await this.#context.store.appendGathered(events, chain)) {
        case 'linked':
          this.#held = { ...held, ...links.at(-1) }
          break
        case 'unlinked':
          break
        case 'repeated':
          await this.#context.store.appendGathered(events, null)
      }
    })
  }

  #link(end: ChainEnd, events: readonly AuditEvent[]): readonly ChainEnd[] {
    let hash = end.position === 0 ? CHAIN_START : end.hash
    return events.map((event, index) => {
      hash = this.#context.secrets.chain(hash, canonicalEvent(event))
      return { position: end.position + 1 + index, hash }
    })
  }

  /** One after the other: two that begin at the same end would both fork the chain, and one of them in vain. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work)
    this.#last = mine
    return mine
  }
}
