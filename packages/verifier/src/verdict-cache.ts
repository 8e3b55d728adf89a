/**
 * Verdicts in memory, by the exact text of the credential, bounded in number and in bytes. A use costs one
 * look-up and one mark; who must go is decided by second chance: a hand goes round, takes marks away and
 * removes what has none.
 */
import type { Accepted, Verdict } from './verdict.ts'

export interface HeldVerdict {
  readonly credential: string
  readonly result: Accepted
  readonly bytes: number
  /** The verdict's own, here because every use reads it and a step further may lie in cold memory. */
  readonly usableUntilMs: number
  /** The version of the revocation set that was last found not to hit the verdict. */
  clearedVersion: number
  /** Set by whoever uses the verdict. */
  used: boolean
}

export interface VerdictCacheBounds {
  readonly entriesMax: number
  /** An estimate of what the entries weigh; see `toBytes`. */
  readonly bytesMax: number
}

export class VerdictCache {
  readonly #bounds: VerdictCacheBounds
  readonly #held = new Map<string, HeldVerdict>()
  #bytes = 0
  #hand: Iterator<HeldVerdict> = this.#held.values()

  constructor(bounds: VerdictCacheBounds) {
    this.#bounds = bounds
  }

  get size(): number {
    return this.#held.size
  }

  get bytes(): number {
    return this.#bytes
  }

  /** What is held for the credential, whether or not it may still be used. */
  get(credential: string): HeldVerdict | undefined {
    return this.#held.get(credential)
  }

  /**
   * Holds a verdict in place of any other for the credential, if it fits at all. `clearedVersion` is the
   * version of the revocation set that it was just compared with.
   */
  add(credential: string, result: Accepted, clearedVersion: number): void {
    const { entriesMax, bytesMax } = this.#bounds
    const { usableUntilMs } = result.verdict
    const bytes = toBytes(credential, result.verdict)
    const before = this.#held.get(credential)
    if (before !== undefined) this.remove(before)
    if (bytes > bytesMax) return
    while (this.#held.size >= entriesMax || this.#bytes + bytes > bytesMax) this.#advanceHand()
    const key = detach(credential)
    // A new verdict gets one round of the hand before it must have been used again.
    this.#held.set(key, { credential: key, result, bytes, usableUntilMs, clearedVersion, used: true })
    this.#bytes += bytes
  }

  #advanceHand(): void {
    const next = this.#hand.next()
    if (next.done) this.#hand = this.#held.values()
    else if (next.value.used) next.value.used = false
    else this.remove(next.value)
  }

  /** Removes exactly this verdict, not another that took its place. */
  remove(held: HeldVerdict): void {
    if (this.#held.get(held.credential) !== held) return
    this.#held.delete(held.credential)
    this.#bytes -= held.bytes
  }

  /** Removes every verdict of which `isGone` says so; looks at all of them. */
  removeWhere(isGone: (verdict: Verdict) => boolean): void {
    for (const held of this.#held.values()) if (isGone(held.result.verdict)) this.remove(held)
  }

  clear(): void {
    this.#held.clear()
    this.#bytes = 0
    this.#hand = this.#held.values()
  }
}

/** Below this length a credential may be a small cut from a long header. */
const CUT_CHARACTERS_MAX = 256

/**
 * Engines keep a cut text as a reference into the whole one: a session token cut from a cookie header would
 * keep sixteen kilobytes of other cookies alive. Joining and cutting again leaves only what is needed.
 */
function detach(credential: string): string {
  return credential.length <= CUT_CHARACTERS_MAX ? ` ${credential}`.slice(1) : credential
}

const ENTRY_BYTES = 900
const NODE_BYTES = 100
const TEXT_BYTES = 48

/** What a held verdict weighs: measured on V8 and rounded up. */
function toBytes(credential: string, verdict: Verdict): number {
  const { permissions, resources, audiences, allowAddresses } = verdict
  const texts = permissions.length + resources.length + audiences.length + allowAddresses.length
  return ENTRY_BYTES + credential.length + verdict.credential.path.length * NODE_BYTES + texts * TEXT_BYTES
}
