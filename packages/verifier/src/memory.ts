/**
 * Everything that a verifier knows, and the one step in which an answer of the feed changes it: entries first
 * and the lease last (lease protocol, rules 2–4 and 8).
 */
import type { RevocationEntry } from '@countersign/protocol'
import type { CheckerBounds } from './checker-options.ts'
import { KeySet, type VerificationKey } from './jwt/keys.ts'
import type { JwsHeader } from './jwt/parse.ts'
import { type Instant, Lease, type LeaseGrant } from './lease.ts'
import { RefusalCache, type RefusalCacheBounds } from './refusal-cache.ts'
import { lastMissing, RevocationSet } from './revocation-set.ts'
import { type Accepted, toAccepted, type Verdict } from './verdict.ts'
import { type HeldVerdict, VerdictCache, type VerdictCacheBounds } from './verdict-cache.ts'

/** An answer to one poll. A snapshot may come in pages: the first one as such, the others as what follows it. */
export interface FeedAnswer extends LeaseGrant {
  readonly epoch: string
  /** In the order of their positions. */
  readonly entries: readonly RevocationEntry[]
  /** Everything up to here is in `entries` or was in earlier answers. */
  readonly position: number
  /** True when `entries` begin with the first that is alive, in place of everything known. */
  readonly snapshot: boolean
  /** The latest end of an entry that the authority has let go of; null or absent for none. */
  readonly prunedUntilMs?: number | null
}

/** Each authority has a handful of keys, and each key one header. */
const KNOWN_HEADERS_MAX = 64

export class Memory {
  readonly lease: Lease = new Lease()
  readonly keys: KeySet = new KeySet()
  readonly verdicts: VerdictCache
  readonly refusals: RefusalCache
  #revocations = new RevocationSet()
  #epoch: string | null = null
  #position = 0
  #generation = 0
  #latestSentAtMs = Number.NEGATIVE_INFINITY
  readonly #knownHeaders = new Map<string, JwsHeader>()

  /** `onGone` is told of every used verdict that leaves. */
  constructor(
    verdicts: VerdictCacheBounds,
    refusals: RefusalCacheBounds,
    onGone?: (held: HeldVerdict) => void,
  ) {
    this.verdicts = new VerdictCache(verdicts, onGone)
    this.refusals = new RefusalCache(refusals)
  }

  get revocations(): RevocationSet {
    return this.#revocations
  }

  /** Null before the first answer. */
  get epoch(): string | null {
    return this.#epoch
  }

  /** Everything up to this position of the epoch's log has been applied. */
  get position(): number {
    return this.#position
  }

  /** Counts snapshots: positions decided before one cannot be compared with those after it. */
  get generation(): number {
    return this.#generation
  }

  get knownHeaders(): ReadonlyMap<string, JwsHeader> {
    return this.#knownHeaders
  }

  /**
   * Applies an answer in one synchronous step. Returns false, and changes nothing, for one that came too late
   * to mean anything: of another epoch without being its snapshot, or a snapshot older than what is known.
   * Throws a `RangeError` for an answer that contradicts itself; the lease then runs out on its own.
   */
  apply(answer: FeedAnswer, now: Instant): boolean {
    assertOrdered(answer, now)
    if (!this.#isCurrent(answer)) return false
    const after = answer.snapshot ? 0 : this.#position
    const entries = answer.snapshot ? this.#startOver(answer) : this.#applyNew(answer.entries)
    this.#revocations.forgetPosition(lastMissing(entries, after, answer.position))
    for (const { kind, id, issuedBeforePosition } of entries) {
      if (kind === 'signing_key' && issuedBeforePosition === undefined) this.keys.remove(id)
    }
    this.#revocations.forgetUpTo(answer.prunedUntilMs ?? Number.NEGATIVE_INFINITY)
    this.#position = Math.max(this.#position, answer.position)
    this.#latestSentAtMs = Math.max(this.#latestSentAtMs, answer.sentAtMonotonicMs)
    // A first page does not know yet what the next ones end, so nothing may be used until they are here.
    if (answer.snapshot && answer.leaseMs === 0) this.lease.end(now.monotonicMs)
    // Last of all: until here an exception leaves the old lease, which grants nothing new.
    this.lease.extend(answer, now.monotonicMs)
    this.#revocations.expire(this.lease.authorityMs(now.monotonicMs))
    return true
  }

  #isCurrent({ epoch, position, snapshot, sentAtMonotonicMs }: FeedAnswer): boolean {
    if (!snapshot) return epoch === this.#epoch
    // A delayed snapshot of an epoch that is over would bring its verdicts back to life.
    if (sentAtMonotonicMs < this.#latestSentAtMs) return false
    return epoch !== this.#epoch || position >= this.#position
  }

  #startOver({ epoch, entries, position }: FeedAnswer): readonly RevocationEntry[] {
    const isSameEpoch = epoch === this.#epoch
    // Filled before it takes the old one's place: an exception on the way must not leave half a set.
    const { forgottenUpToMs, forgottenPosition } = this.#revocations
    const revocations = isSameEpoch
      ? new RevocationSet(forgottenUpToMs, forgottenPosition)
      : new RevocationSet()
    revocations.add(entries)
    this.#revocations = revocations
    this.#epoch = epoch
    this.#position = position
    this.#generation += 1
    this.verdicts.clear()
    this.refusals.clear()
    return entries
  }

  #applyNew(entries: readonly RevocationEntry[]): readonly RevocationEntry[] {
    const fresh = entries.filter(({ position }) => position > this.#position)
    if (fresh.length > 0) this.#revocations.add(fresh)
    return fresh
  }

  /** Puts these keys in place of all others; what a key verified that is gone or changed goes with it. */
  setKeys(keys: readonly VerificationKey[]): void {
    const gone = this.keys.replace(keys)
    if (gone.size > 0) {
      this.verdicts.removeWhere(({ credential }) =>
        credential.path.some(({ kind, id }) => kind === 'signing_key' && gone.has(id)),
      )
    }
    this.#knownHeaders.clear()
    this.refusals.clear()
  }

  /**
   * The verdict for a credential, if it may be used at this moment: the lease holds, its time has not passed,
   * and no entry hits it. The set is looked at again only after it has changed.
   */
  recall(credential: string, now: Instant): Accepted | null {
    const held = this.verdicts.get(credential)
    return held !== undefined && this.mayUse(held, now) ? held.result : null
  }

  /** The same for a verdict that was found in another way. Marks it as used. */
  mayUse(held: HeldVerdict, now: Instant): boolean {
    if (!this.lease.holds(now)) return false
    if (this.lease.authorityMs(now.monotonicMs) >= held.usableUntilMs) return false
    if (held.clearedVersion !== this.#revocations.version && !this.#isCleared(held)) return false
    held.used = true
    return true
  }

  #isCleared(held: HeldVerdict): boolean {
    const { version, forgottenUpToMs } = this.#revocations
    const { credential, position } = held.result.verdict
    // What could be used until then may have been hit by an entry that has left the set since.
    if (held.usableUntilMs <= forgottenUpToMs || this.#revocations.hits(credential.path, position)) {
      this.verdicts.remove(held)
      return false
    }
    held.clearedVersion = version
    return true
  }

  /** Holds a verdict that was compared with the revocation set in this same step. */
  hold(credential: string, verdict: Verdict): Accepted {
    const accepted = toAccepted(verdict)
    this.verdicts.add(credential, accepted, this.#revocations.version)
    return accepted
  }

  /** Remembers a header that stood under a good signature, so that its like need not be parsed again. */
  rememberHeader(headerText: string, header: JwsHeader): void {
    if (this.#knownHeaders.size < KNOWN_HEADERS_MAX) this.#knownHeaders.set(headerText, header)
  }
}

export function openMemory(bounds: CheckerBounds, onGone?: (held: HeldVerdict) => void): Memory {
  return new Memory(
    { entriesMax: bounds.verdictsMax, bytesMax: bounds.verdictBytesMax },
    {
      entriesMax: bounds.refusalsMax,
      charactersMax: bounds.refusalCharactersMax,
      keepMs: bounds.refusalKeepMs,
    },
    onGone,
  )
}

function assertOrdered({ entries, position, sentAtMonotonicMs }: FeedAnswer, now: Instant): void {
  if (sentAtMonotonicMs > now.monotonicMs) throw new RangeError('A poll was answered before it was sent.')
  let before = 0
  for (const entry of entries) {
    const { issuedBeforePosition = entry.position, expiresAtMs } = entry
    const isGood =
      Number.isSafeInteger(entry.position) &&
      Number.isSafeInteger(issuedBeforePosition) &&
      entry.position > before &&
      expiresAtMs >= 0
    if (!isGood) throw new RangeError('The entries of an answer are not in order.')
    before = entry.position
  }
  if (!Number.isSafeInteger(position) || position < before) {
    throw new RangeError('An answer ends before its own entries.')
  }
}
