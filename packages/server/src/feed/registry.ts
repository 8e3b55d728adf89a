/**
 * The verifier processes that may hold a lease from this node (lease protocol, "State"): how far each has
 * applied the log, and when its last poll was received. It counts from receipt, answered or not.
 */
import { Overloaded } from '@countersign/core'
import type { PrincipalId } from '@countersign/protocol'
import type { PollRequest, Standing } from './ports.ts'
import { toLapseMs } from './times.ts'

export interface Registered {
  readonly id: string
  /** Highest position that it asked after in the current epoch; 0 where it has applied nothing of it. */
  readonly position: number
  readonly askedAtMs: number
  /** When it was answered with entries last; for the pace. */
  answeredAtMs: number
}

export interface Registry {
  /** A poll was received. Throws `Overloaded` when there are too many. */
  note(from: Pick<PollRequest, 'verifier' | 'principal'>, position: number, nowMs: number): Registered
  /** It has asked after this position. One that is not known stays unknown. */
  advance(id: string, position: number): void
  /** The same at another node, which has told everybody. */
  hear(id: string, position: number): void
  /** It has applied nothing of this log, whatever it asked after. */
  setBack(id: string): void
  /** Nobody has applied anything of this log. */
  setAllBack(): void
  /** The lowest position of those that may hold a lease; infinite when nobody may. */
  lowest(nowMs: number): number
  /** When the next of those at the lowest position may have lapsed; infinite for none. */
  nextLapseMs(nowMs: number): number
  /** How many may hold a lease, give or take those that have lapsed of late. */
  readonly size: number
  /** The same without the node's own verifier. */
  readonly remote: number
  /** The same exactly, the own one included: looks at each. */
  count(nowMs: number): number
  /** Those that may hold a lease and have not asked after a position, by id. */
  behind(position: number, nowMs: number): string[]
  isBehind(id: string, position: number, nowMs: number): 'behind' | 'acknowledged' | 'lapsed'
  /** All that may hold a lease, those furthest behind first. */
  list(nowMs: number): readonly Standing[]
  /** What has been asked after since this was called last, for the other nodes. */
  takeChanges(): (readonly [id: string, position: number])[]
}

export interface RegistryParts {
  readonly leaseMs: number
  /** The verifier of the node itself, which other nodes never hear of by its name. */
  readonly own: string
  /** Whether changes are kept for `takeChanges`. */
  readonly tellsOthers: boolean
  /** Runs when `lowest` may have risen. */
  readonly onRise: () => void
}

const VERIFIERS_MAX = 10_000
const SWEEP_INTERVAL_MS = 250
const RETRY_AFTER_SECONDS = 5

export function createRegistry(parts: RegistryParts): Registry {
  return new Verifiers(parts)
}

interface Entry extends Registered {
  /** Who polled in its name last; null for the node's own. */
  principal: PrincipalId | null
  position: number
  askedAtMs: number
}

class Verifiers implements Registry {
  readonly #parts: RegistryParts
  readonly #lapseMs: number
  readonly #entries = new Map<string, Entry>()
  #changes = new Map<string, number>()
  #lowest = Number.POSITIVE_INFINITY
  /** How many stand at `#lowest`; 0 where it has to be looked for again. */
  #holders = 0
  /** `#lowest` cannot rise by a lapse before. */
  #lapseAtMs = Number.POSITIVE_INFINITY
  #sweptAtMs = Number.NEGATIVE_INFINITY

  constructor(parts: RegistryParts) {
    this.#parts = parts
    this.#lapseMs = toLapseMs(parts.leaseMs)
  }

  get size(): number {
    return this.#entries.size
  }

  get remote(): number {
    return this.#entries.size - (this.#entries.has(this.#parts.own) ? 1 : 0)
  }

  note(
    { verifier: id, principal }: Pick<PollRequest, 'verifier' | 'principal'>,
    position: number,
    nowMs: number,
  ): Registered {
    const known = this.#entries.get(id)
    if (known !== undefined) {
      known.principal = principal
      known.askedAtMs = Math.max(known.askedAtMs, nowMs)
      this.#raise(known, position)
      return known
    }
    if (this.#entries.size >= VERIFIERS_MAX) this.#makeRoom(nowMs)
    const entry = { id, principal, position, askedAtMs: nowMs, answeredAtMs: Number.NEGATIVE_INFINITY }
    this.#entries.set(id, entry)
    // It may stand behind at another node, which it has left for this one.
    if (position > 0) this.#tell(entry)
    if (this.#holders > 0) this.#insert(entry)
    return entry
  }

  /** The newcomer may be the lowest, or one of them. */
  #insert(entry: Entry): void {
    if (entry.position > this.#lowest) return
    if (entry.position < this.#lowest) {
      this.#lowest = entry.position
      this.#holders = 0
      this.#lapseAtMs = Number.POSITIVE_INFINITY
    }
    this.#holders += 1
    this.#lapseAtMs = Math.min(this.#lapseAtMs, entry.askedAtMs + this.#lapseMs)
  }

  #makeRoom(nowMs: number): void {
    if (nowMs - this.#sweptAtMs >= SWEEP_INTERVAL_MS) this.#scan(nowMs)
    if (this.#entries.size >= VERIFIERS_MAX) throw new Overloaded(RETRY_AFTER_SECONDS)
  }

  advance(id: string, position: number): void {
    const entry = this.#entries.get(id)
    if (entry !== undefined) this.#raise(entry, position)
  }

  hear(id: string, position: number): void {
    const entry = this.#entries.get(id)
    if (entry === undefined || position <= entry.position) return
    this.#raise(entry, position)
    this.#changes.delete(id)
  }

  #raise(entry: Entry, position: number): void {
    if (position <= entry.position) return
    const wasLowest = entry.position === this.#lowest
    entry.position = position
    this.#tell(entry)
    if (!wasLowest || this.#holders === 0) return
    this.#holders -= 1
    if (this.#holders === 0) this.#parts.onRise()
  }

  #tell({ id, position }: Entry): void {
    if (this.#parts.tellsOthers && id !== this.#parts.own) this.#changes.set(id, position)
  }

  setBack(id: string): void {
    const entry = this.#entries.get(id)
    if (entry === undefined || entry.position === 0) return
    entry.position = 0
    this.#changes.delete(id)
    this.#holders = 0
  }

  setAllBack(): void {
    for (const entry of this.#entries.values()) entry.position = 0
    this.#changes.clear()
    this.#holders = 0
  }

  lowest(nowMs: number): number {
    if (this.#holders === 0 || nowMs > this.#lapseAtMs) this.#scan(nowMs)
    return this.#lowest
  }

  nextLapseMs(nowMs: number): number {
    return this.lowest(nowMs) === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : this.#lapseAtMs
  }

  /** Forgets those whose lease has run out, and finds the lowest of the rest. */
  #scan(nowMs: number): void {
    this.#sweptAtMs = nowMs
    this.#lowest = Number.POSITIVE_INFINITY
    this.#lapseAtMs = Number.POSITIVE_INFINITY
    this.#holders = 0
    for (const entry of this.#entries.values()) {
      if (this.#hasLapsed(entry, nowMs)) this.#entries.delete(entry.id)
      else this.#insert(entry)
    }
  }

  #hasLapsed(entry: Entry, nowMs: number): boolean {
    return nowMs - entry.askedAtMs > this.#lapseMs
  }

  count(nowMs: number): number {
    this.#scan(nowMs)
    return this.#entries.size
  }

  list(nowMs: number): readonly Standing[] {
    const living = [...this.#entries.values()].filter((entry) => !this.#hasLapsed(entry, nowMs))
    return living
      .sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1))
      .map(({ id, principal, position, askedAtMs }) => ({
        id,
        principal,
        isOwn: id === this.#parts.own,
        position,
        askedMsAgo: Math.max(0, nowMs - askedAtMs),
      }))
  }

  behind(position: number, nowMs: number): string[] {
    const ids: string[] = []
    for (const entry of this.#entries.values()) {
      if (entry.position < position && !this.#hasLapsed(entry, nowMs)) ids.push(entry.id)
    }
    return ids
  }

  isBehind(id: string, position: number, nowMs: number): 'behind' | 'acknowledged' | 'lapsed' {
    const entry = this.#entries.get(id)
    if (entry === undefined || this.#hasLapsed(entry, nowMs)) return 'lapsed'
    return entry.position < position ? 'behind' : 'acknowledged'
  }

  takeChanges(): (readonly [id: string, position: number])[] {
    const changes = [...this.#changes]
    this.#changes = new Map()
    return changes
  }
}
