/**
 * Refusals in memory, kept apart from verdicts so that garbage drives nothing good out. Two generations: when
 * the young one is full or its time is over it becomes the old one, and the old one goes.
 */
import type { Refused } from './verdict.ts'

export interface RefusalCacheBounds {
  readonly entriesMax: number
  /** Of all remembered credentials together. */
  readonly charactersMax: number
  /** How long a refusal is remembered. */
  readonly keepMs: number
}

interface Remembered {
  readonly refused: Refused
  readonly untilMonotonicMs: number
}

export class RefusalCache {
  readonly #bounds: RefusalCacheBounds
  #young = new Map<string, Remembered>()
  #old = new Map<string, Remembered>()
  #youngCharacters = 0

  constructor(bounds: RefusalCacheBounds) {
    this.#bounds = bounds
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  get(credential: string, nowMonotonicMs: number): Refused | null {
    const remembered = this.#young.get(credential) ?? this.#old.get(credential)
    return remembered !== undefined && nowMonotonicMs < remembered.untilMonotonicMs
      ? remembered.refused
      : null
  }

  /** Remembers a refusal, unless one credential alone would fill half of the room. */
  add(credential: string, refused: Refused, nowMonotonicMs: number): void {
    const { entriesMax, charactersMax, keepMs } = this.#bounds
    if (credential.length > charactersMax / 2 || entriesMax < 2) return
    const isFull =
      this.#young.size + 1 > entriesMax / 2 || this.#youngCharacters + credential.length > charactersMax / 2
    if (isFull) {
      this.#old = this.#young
      this.#young = new Map()
      this.#youngCharacters = 0
    }
    this.#young.set(credential, { refused, untilMonotonicMs: nowMonotonicMs + keepMs })
    this.#youngCharacters += credential.length
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
    this.#youngCharacters = 0
  }
}
