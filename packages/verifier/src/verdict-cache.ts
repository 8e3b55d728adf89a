/**
 * Verdicts in memory, by the exact text of the credential and by the header that brought it, bounded in number
 * and in bytes. A use costs one look-up and one mark; who must go is decided by second chance: a hand goes
 * round, takes marks away and removes what has none.
 */
import type { Accepted, Verdict } from './verdict.ts'
import type { Recalled, Verified } from './verifier-types.ts'

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
  /** What callers are given for it, made when it is first asked for. */
  verified: Verified | null
  /** How a request brought it the last time, and the header by which it is found again. */
  header: KnownHeader | null
  /** Uses that nobody has reported yet, and when the first and the last of them were (monotonic clock). */
  uses: number
  firstUseMs: number
  lastUseMs: number
  /** Of a request that needed a closer look; uses from memory alone do not read them. */
  route: string | null
  address: string | null
  agent: string | null
  /** How often it was recalled by its header, and at which number a request is looked at more closely. */
  recalls: number
  lookAt: number
}

export interface KnownHeader extends Recalled {
  readonly held: HeldVerdict
  /** Null when it is too long, or a look-up by it would not be enough. */
  readonly text: string | null
}

export interface VerdictCacheBounds {
  readonly entriesMax: number
  /** An estimate of what the entries weigh; see `toBytes`. */
  readonly bytesMax: number
}

export class VerdictCache {
  readonly #bounds: VerdictCacheBounds
  readonly #held = new Map<string, HeldVerdict>()
  readonly #headers = new Map<string, KnownHeader>()
  readonly #onGone: ((held: HeldVerdict) => void) | undefined
  #bytes = 0
  #hand: Iterator<HeldVerdict> = this.#held.values()

  /** `onGone` is told of every verdict that leaves with uses that nobody has reported. */
  constructor(bounds: VerdictCacheBounds, onGone?: (held: HeldVerdict) => void) {
    this.#bounds = bounds
    this.#onGone = onGone
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

  /** What was held for a request with exactly this header, whether or not it may still be used. */
  byHeader(text: string): KnownHeader | undefined {
    return this.#headers.get(text)
  }

  /** Everything held, used or not. */
  values(): Iterable<HeldVerdict> {
    return this.#held.values()
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
    this.#held.set(key, {
      credential: key,
      result,
      bytes,
      usableUntilMs,
      clearedVersion,
      // A new verdict gets one round of the hand before it must have been used again.
      used: true,
      verified: null,
      header: null,
      uses: 0,
      firstUseMs: 0,
      lastUseMs: 0,
      route: null,
      address: null,
      agent: null,
      recalls: 0,
      lookAt: isOfApiKey(result.verdict) ? FIRST_LOOK : Number.MAX_SAFE_INTEGER,
    })
    this.#bytes += bytes
  }

  /** Lets a held verdict be found by a header, instead of the one by which it was found before. */
  nameByHeader(header: KnownHeader): void {
    const { held, text } = header
    if (this.#held.get(held.credential) !== held) return
    this.#forgetHeader(held)
    held.header = header
    if (text === null) return
    const other = this.#headers.get(text)
    if (other !== undefined) this.#forgetHeader(other.held)
    this.#headers.set(text, header)
    this.#bytes += text.length
    // May end with the very verdict that was named, when it alone is too much.
    while (this.#bytes > this.#bounds.bytesMax) this.#advanceHand()
  }

  #forgetHeader(held: HeldVerdict): void {
    const text = held.header?.text
    held.header = null
    if (typeof text === 'string' && this.#headers.delete(text)) this.#bytes -= text.length
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
    this.#forgetHeader(held)
    if (held.uses > 0) this.#onGone?.(held)
  }

  /** Removes every verdict of which `isGone` says so; looks at all of them. */
  removeWhere(isGone: (verdict: Verdict) => boolean): void {
    for (const held of this.#held.values()) if (isGone(held.result.verdict)) this.remove(held)
  }

  clear(): void {
    for (const held of this.#held.values()) this.remove(held)
  }
}

/** Programs are told apart by where they are and what they call themselves; people are asked when they sign in. */
export const isOfApiKey = ({ credential }: Verdict): boolean =>
  credential.path.some(({ kind }) => kind === 'api_key')

/** Each time four times as many uses pass unseen: what goes on is noticed, and a busy key costs nothing. */
const LOOKS_RARER = 4

/** Whoever uses an API key from memory may sit elsewhere than who used it first. */
export function isToBeLookedAt(held: HeldVerdict): boolean {
  held.recalls += 1
  if (held.recalls < held.lookAt) return false
  held.lookAt *= LOOKS_RARER
  return true
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

/** What goes on is looked at, and a key of which little is made goes through memory as a session does. */
const FIRST_LOOK = 16
const ENTRY_BYTES = 1_400
const NODE_BYTES = 100
const TEXT_BYTES = 48

/** What a held verdict weighs: measured on V8 and rounded up. */
function toBytes(credential: string, verdict: Verdict): number {
  const { permissions, resources, audiences, allowAddresses } = verdict
  const texts = permissions.length + resources.length + audiences.length + allowAddresses.length
  return ENTRY_BYTES + credential.length + verdict.credential.path.length * NODE_BYTES + texts * TEXT_BYTES
}
