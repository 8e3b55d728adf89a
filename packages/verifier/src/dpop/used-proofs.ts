/**
 * The proofs that were used, kept for as long as they could be used again (RFC 9449 §11.1). Memory is bounded, and what
 * has to be forgotten is never believed: when room is needed, the oldest second is dropped and every proof of that
 * second or before is refused from then on. Seconds are whole ones, as most clients write them.
 */

export class UsedProofs {
  readonly #bySecond = new Map<number, Set<string>>()
  readonly #max: number
  #size = 0
  /** Proofs of this second are the first that are still believed. */
  #floor = Number.NEGATIVE_INFINITY

  constructor(max: number) {
    this.#max = max
  }

  /** How many are kept. */
  get size(): number {
    return this.#size
  }

  /** True for the first who uses it. False for any other, and where that cannot be known any more. */
  use(proof: { readonly id: string; readonly issuedAtSeconds: number }, oldestSeconds: number): boolean {
    this.#forgetBefore(Math.floor(oldestSeconds))
    const second = proof.issuedAtSeconds
    if (second < this.#floor) return false
    const used = this.#bySecond.get(second) ?? new Set()
    if (used.has(proof.id)) return false
    used.add(proof.id)
    this.#bySecond.set(second, used)
    this.#size += 1
    while (this.#size > this.#max) this.#forgetBefore(Math.min(...this.#bySecond.keys()) + 1)
    return true
  }

  #forgetBefore(second: number): void {
    if (second <= this.#floor) return
    for (const [one, used] of this.#bySecond) {
      if (one >= second) continue
      this.#bySecond.delete(one)
      this.#size -= used.size
    }
    this.#floor = second
  }
}
