/**
 * The exact set of what is revoked, by node (lease protocol, rules 4 and 7). It never leaves out an entry that
 * can still hit something; in doubt it keeps one a little longer.
 */
import {
  type CredentialPath,
  type NodeKey,
  type NodeKind,
  type RevocationEntry,
  toNodeKey,
} from '@countersign/protocol'

/** Entries leave in groups of this width, up to that much late and never early. */
const GROUP_MS = 1_000
/**
 * Stands for the position of a kill, below which is everything. It is a small whole number because engines
 * keep those in place, and a million infinities on the heap.
 */
const KILLED = -1
/** Beyond this the set refuses entries, so that the lease lapses instead of the memory. */
export const REVOCATION_ENTRIES_MAX = 10_000_000

/** Ids by kind; kinds that a newer authority invents are kept like the others. */
type IdsByKind = Map<NodeKind, string[]>

export class RevocationSet {
  /**
   * By kind and id, the position below which the node's entries hit, or `KILLED`. Two levels, so that a
   * look-up needs no joined key and a million entries fit into about 100 MB.
   */
  readonly #hitsBelow = new Map<NodeKind, Map<string, number>>()
  /** Which nodes have an entry that leaves at the end of which group. */
  readonly #groups = new Map<number, IdsByKind>()
  /** Nodes with more than one entry, and how many more: the node leaves with the last. */
  readonly #more = new Map<NodeKey, number>()
  #size = 0
  #version = 0
  #earliestGroup = Number.POSITIVE_INFINITY
  #forgottenUpToMs: number

  /** `forgottenUpToMs` comes from the set that this one takes the place of, within one epoch. */
  constructor(forgottenUpToMs: number = Number.NEGATIVE_INFINITY) {
    this.#forgottenUpToMs = forgottenUpToMs
  }

  /** How many nodes have entries. */
  get size(): number {
    return this.#size
  }

  /** Changes with every change of the set: what it did not hit before need not be looked at again till then. */
  get version(): number {
    return this.#version
  }

  /**
   * The latest time up to which entries have left. What had expired by then must stay expired even when the
   * authority's clock is set back, since its entry is gone.
   */
  get forgottenUpToMs(): number {
    return this.#forgottenUpToMs
  }

  /** Adds entries. Throws a `RangeError` when there are more than the bound; those before it stay. */
  add(entries: readonly RevocationEntry[]): void {
    this.#version += 1
    for (const entry of entries) this.#addOne(entry)
  }

  #addOne(entry: RevocationEntry): void {
    const { kind, id } = entry
    const nodes = this.#nodesOf(kind)
    const before = nodes.get(id)
    if (before === undefined) {
      if (this.#size >= REVOCATION_ENTRIES_MAX) throw new RangeError('The revocation set is full.')
      this.#size += 1
    } else {
      const key = toNodeKey(entry)
      this.#more.set(key, (this.#more.get(key) ?? 0) + 1)
    }
    const below = toHitsBelow(entry)
    if (before === undefined || below === KILLED || (before !== KILLED && below > before))
      nodes.set(id, below)
    this.#groupOf(entry.expiresAtMs, kind).push(id)
  }

  #nodesOf(kind: NodeKind): Map<string, number> {
    const known = this.#hitsBelow.get(kind)
    if (known !== undefined) return known
    const nodes = new Map<string, number>()
    this.#hitsBelow.set(kind, nodes)
    return nodes
  }

  #groupOf(expiresAtMs: number, kind: NodeKind): string[] {
    const end = Math.ceil(expiresAtMs / GROUP_MS)
    const group: IdsByKind = this.#groups.get(end) ?? new Map()
    const ids = group.get(kind) ?? []
    group.set(kind, ids)
    this.#groups.set(end, group)
    this.#earliestGroup = Math.min(this.#earliestGroup, end)
    return ids
  }

  /** True when an entry on the path hits what was decided (or, for an access token, issued) at a position. */
  hits(path: CredentialPath, position: number): boolean {
    for (const { kind, id } of path) {
      const below = this.#hitsBelow.get(kind)?.get(id)
      if (below !== undefined && (below === KILLED || position < below)) return true
    }
    return false
  }

  /** True when the node was ended by id, which nothing can undo. */
  isKilled(kind: NodeKind, id: string): boolean {
    return this.#hitsBelow.get(kind)?.get(id) === KILLED
  }

  /** Lets entries go whose time has passed by the authority's clock. Costs nothing while there are none. */
  expire(authorityNowMs: number): void {
    const current = Math.floor(authorityNowMs / GROUP_MS)
    if (current < this.#earliestGroup) return
    this.#version += 1
    this.#earliestGroup = Number.POSITIVE_INFINITY
    for (const [end, group] of this.#groups) {
      if (end > current) this.#earliestGroup = Math.min(this.#earliestGroup, end)
      else {
        this.#groups.delete(end)
        this.#forgottenUpToMs = Math.max(this.#forgottenUpToMs, end * GROUP_MS)
        for (const [kind, ids] of group) for (const id of ids) this.#removeOne(kind, id)
      }
    }
  }

  #removeOne(kind: NodeKind, id: string): void {
    // Joining the key is the slow part, and hardly any node has more than one entry.
    const key = this.#more.size === 0 ? null : toNodeKey({ kind, id })
    const more = key === null ? undefined : this.#more.get(key)
    if (key === null || more === undefined) {
      this.#hitsBelow.get(kind)?.delete(id)
      this.#size -= 1
    } else if (more === 1) this.#more.delete(key)
    else this.#more.set(key, more - 1)
  }
}

/**
 * A rule hits what was issued before its position. Should it ever name an earlier one than its own entry's,
 * the entry's counts: a verdict decided before a retained entry must be asked again (rule 4).
 */
function toHitsBelow({ position, issuedBeforePosition }: RevocationEntry): number {
  if (issuedBeforePosition === undefined) return KILLED
  return Math.max(position, issuedBeforePosition)
}
