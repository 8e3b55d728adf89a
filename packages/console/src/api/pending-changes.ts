/**
 * What a person has changed and the authority has not answered yet: shown on top of what the authority said last, and
 * taken off again where it refuses. Knows nothing of React.
 */
import type { InfiniteData, Query, QueryClient, QueryKey } from '@tanstack/react-query'

/** How one change looks in the answers that are kept under this key, and under every key that begins with it. */
export interface Shown<T = unknown> {
  readonly queryKey: QueryKey
  /** Changes nothing where the change is there already: an answer may hold it before its own request has ended. */
  patch(data: T): T
}

/** `T` is what answers under this key are. */
export const shownIn = <T>(queryKey: QueryKey, patch: (data: T) => T): Shown<T> => ({ queryKey, patch })

interface Items<T> {
  readonly items: readonly T[]
}

/** In one thing of a list by pages, found by its id. */
export const shownInPages = <T extends { readonly id: string }>(
  queryKey: QueryKey,
  id: string,
  patch: (item: T) => T,
): Shown<InfiniteData<Items<T>>> =>
  shownIn(queryKey, (list) => ({
    ...list,
    pages: list.pages.map((page) => ({
      ...page,
      items: page.items.map((item) => (item.id === id ? patch(item) : item)),
    })),
  }))

export interface PendingChange {
  /** The authority has done it: it stays. */
  accepted(): void
  /** The authority has not: this change goes, and those that were made after it stay on top. */
  refused(): void
}

interface Layered {
  /** As the authority said it last. */
  ground: unknown
  layers: readonly Shown[]
}

export class PendingChanges {
  readonly #queries: QueryClient
  /** By the hash of the query; only those that something is pending for. */
  readonly #layered = new Map<string, Layered>()

  constructor(queries: QueryClient) {
    this.#queries = queries
    queries.getQueryCache().subscribe((event) => {
      if (event.type === 'removed') this.#layered.delete(event.query.queryHash)
      if (event.type !== 'updated' || event.action.type !== 'success' || event.action.manual === true) return
      this.#ontoNewGround(event.query)
    })
  }

  /** Shows a change at once, in every answer that is kept. */
  async begin(shown: readonly Shown[]): Promise<PendingChange> {
    // An answer that was asked for before the change does not know of it. A first answer is still waited for.
    await Promise.all(
      shown.map(({ queryKey }) =>
        this.#queries.cancelQueries({ queryKey, predicate: ({ state }) => state.data !== undefined }),
      ),
    )
    const mine = shown.flatMap((one) =>
      this.#queries
        .getQueryCache()
        .findAll({ queryKey: one.queryKey, predicate: ({ state }) => state.data !== undefined })
        .map((query) => ({ hash: query.queryHash, layer: this.#lay(query, { ...one }) })),
    )
    return {
      accepted: () => {
        for (const { hash, layer } of mine) this.#take(hash, layer, (ground) => layer.patch(ground))
      },
      refused: () => {
        for (const { hash, layer } of mine) this.#take(hash, layer, (ground) => ground)
      },
    }
  }

  #lay(query: Query, layer: Shown): Shown {
    const { ground, layers } = this.#layered.get(query.queryHash) ?? { ground: query.state.data, layers: [] }
    this.#layered.set(query.queryHash, { ground, layers: [...layers, layer] })
    this.#show(query)
    return layer
  }

  #take(hash: string, layer: Shown, settle: (ground: unknown) => unknown): void {
    const layered = this.#layered.get(hash)
    const query = this.#queries.getQueryCache().get(hash)
    // After a sign-out nothing is kept, and nothing comes back.
    if (layered === undefined || query === undefined) return
    layered.ground = settle(layered.ground)
    layered.layers = layered.layers.filter((one) => one !== layer)
    this.#show(query)
    if (layered.layers.length === 0) this.#layered.delete(hash)
  }

  /** An answer that came meanwhile may be older than the change, and knows better about everything else. */
  #ontoNewGround(query: Query): void {
    const layered = this.#layered.get(query.queryHash)
    if (layered === undefined) return
    layered.ground = query.state.data
    this.#show(query)
  }

  #show(query: Query): void {
    const layered = this.#layered.get(query.queryHash)
    if (layered === undefined) return
    const data = layered.layers.reduce((below, { patch }) => patch(below), layered.ground)
    // It is as old as it was: what is shown ahead is no answer.
    this.#queries.setQueryData(query.queryKey, data, { updatedAt: query.state.dataUpdatedAt })
  }
}
