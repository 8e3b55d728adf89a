/**
 * The exact set of what is revoked, by node (lease protocol, rules 4 and 7). It never leaves out an entry that
 * can still hit something; in doubt it keeps one a little longer.
 */
import type { CredentialPath, NodeKind, RevocationEntry } from '@countersign/protocol'

/** Entries that end within so long of each other leave together, with the last of them. */
const GENERATION_MS = 240_000
/** The longest lifetime is an hour, so this is never reached; beyond it, entries stay longer than they need. */
const GENERATIONS_MAX = 20
/** Beyond this the set refuses entries, so that the lease lapses instead of the memory. */
export const REVOCATION_ENTRIES_MAX = 10_000_000

/** Entries of one kind of node that leave together: a million of them fit into less than 100 MB. */
interface Generation {
  /** Its place in time: nothing in it, as it was begun, ends after this many times `GENERATION_MS`. */
  readonly end: number
  /** The end of the entry that ends last. */
  untilMs: number
  /** The position of the newest entry. */
  position: number
  readonly killed: Set<string>
  /** The position below which a node's rule hits. */
  readonly rules: Map<string, number>
}

export class RevocationSet {
  /** Kinds that a newer authority invents are kept like the others. */
  readonly #generations = new Map<NodeKind, Generation[]>()
  #size = 0
  #version = 0
  #nextUntilMs = Number.POSITIVE_INFINITY
  #forgottenUpToMs: number
  #forgottenPosition: number

  /** What has left the set that this one takes the place of, within one epoch. */
  constructor(forgottenUpToMs: number = Number.NEGATIVE_INFINITY, forgottenPosition = 0) {
    this.#forgottenUpToMs = forgottenUpToMs
    this.#forgottenPosition = forgottenPosition
  }

  /** How many entries there are; those that say the same of the same node, and leave together, are one. */
  get size(): number {
    return this.#size
  }

  /** Changes with every change of the set: what it did not hit before need not be looked at again till then. */
  get version(): number {
    return this.#version
  }

  /**
   * The latest end of an entry that has left, here or at the authority. What had expired by then must stay
   * expired even when the authority's clock is set back, since its entry is gone.
   */
  get forgottenUpToMs(): number {
    return this.#forgottenUpToMs
  }

  /**
   * The position of the newest entry that has left. An entry stays as long as anything that is older can be valid,
   * so what is older than this has expired. It may seem not to have where the entry's end was counted on a
   * clock that was set back since, or on that of another node; then its entry may be among those that are gone.
   */
  get forgottenPosition(): number {
    return this.#forgottenPosition
  }

  /** Adds entries. Throws a `RangeError` when there are more than the bound; those before it stay. */
  add(entries: readonly RevocationEntry[]): void {
    this.#version += 1
    for (const entry of entries) if (!isAnnouncement(entry)) this.#addOne(entry)
  }

  #addOne({ kind, id, position, issuedBeforePosition, expiresAtMs }: RevocationEntry): void {
    if (this.#size >= REVOCATION_ENTRIES_MAX) throw new RangeError('The revocation set is full.')
    const generation = this.#generationOf(kind, expiresAtMs)
    const { killed, rules } = generation
    generation.position = Math.max(generation.position, position)
    this.#size -= killed.size + rules.size
    if (issuedBeforePosition === undefined) killed.add(id)
    // A rule hits what was issued before its position. Should it ever name an earlier one than its own entry's,
    // the entry's counts: a verdict decided before a retained entry must be asked again (rule 4).
    else rules.set(id, Math.max(position, issuedBeforePosition, rules.get(id) ?? 0))
    this.#size += killed.size + rules.size
  }

  #generationOf(kind: NodeKind, expiresAtMs: number): Generation {
    const known = this.#generations.get(kind) ?? []
    this.#generations.set(kind, known)
    const end = Math.ceil(expiresAtMs / GENERATION_MS)
    let found = known.find((generation) => generation.end === end)
    if (found === undefined && known.length >= GENERATIONS_MAX) found = known[0]
    if (found === undefined) {
      found = { end, untilMs: expiresAtMs, position: 0, killed: new Set(), rules: new Map() }
      known.push(found)
    }
    found.untilMs = Math.max(found.untilMs, expiresAtMs)
    this.#nextUntilMs = Math.min(this.#nextUntilMs, found.untilMs)
    return found
  }

  /**
   * True when an entry on the path hits what was decided (or, for an access token, issued) at a position, and
   * when one that is gone may have hit it.
   */
  hits(path: CredentialPath, position: number): boolean {
    if (position < this.#forgottenPosition) return true
    for (const { kind, id } of path) {
      const generations = this.#generations.get(kind)
      if (generations === undefined) continue
      for (const { killed, rules } of generations) {
        if (killed.has(id) || position < (rules.get(id) ?? 0)) return true
      }
    }
    return false
  }

  /** True when the node was ended by id, which nothing can undo. */
  isKilled(kind: NodeKind, id: string): boolean {
    return this.#generations.get(kind)?.some(({ killed }) => killed.has(id)) ?? false
  }

  /** Lets entries go whose time has passed by the authority's clock. Costs nothing while there are none. */
  expire(authorityNowMs: number): void {
    if (authorityNowMs < this.#nextUntilMs) return
    this.#nextUntilMs = Number.POSITIVE_INFINITY
    for (const [kind, generations] of this.#generations) {
      const kept = generations.filter(({ untilMs }) => untilMs > authorityNowMs)
      for (const { untilMs, position, killed, rules } of generations) {
        if (untilMs > authorityNowMs) this.#nextUntilMs = Math.min(this.#nextUntilMs, untilMs)
        else {
          this.#size -= killed.size + rules.size
          this.forgetUpTo(untilMs)
          this.forgetPosition(position)
        }
      }
      this.#generations.set(kind, kept)
    }
  }

  /** Everything that ended by then is gone from the log, whether or not it was ever seen here. */
  forgetUpTo(ms: number): void {
    if (ms <= this.#forgottenUpToMs) return
    this.#version += 1
    this.#forgottenUpToMs = ms
  }

  /** The entry at this position is gone, and with it perhaps others before it. */
  forgetPosition(position: number): void {
    if (position <= this.#forgottenPosition) return
    this.#version += 1
    this.#forgottenPosition = position
  }
}

/**
 * The last position after `after`, up to `position`, of which there is no entry any more; 0 for none. Positions
 * are dense, so whatever is missing was there.
 */
export function lastMissing(entries: readonly RevocationEntry[], after: number, position: number): number {
  let expected = position
  for (let index = entries.length - 1; entries[index]?.position === expected; index -= 1) expected -= 1
  return expected > after ? expected : 0
}

/**
 * An entry about a signing key that hits nothing issued before position 0, so nothing: it says that the key
 * set has changed (rule 8). Of another kind it would be a mistake, and counts as a rule.
 */
export const isAnnouncement = ({ kind, issuedBeforePosition }: RevocationEntry): boolean =>
  kind === 'signing_key' && issuedBeforePosition === 0
