/**
 * The check of a credential (design §5, "Verify"; lease protocol, rules 4 and 5): from memory where it can, by
 * a signature or one question to the authority where it must, and never without a lease. Lease, verdict and
 * revocation set are read in the synchronous step that returns, again after every wait.
 */
import { type CheckerOptions, type CheckerSettings, toSettings } from './checker-options.ts'
import { InFlight } from './in-flight.ts'
import { isForOneOf, readClaims } from './jwt/claims.ts'
import type { VerificationKey } from './jwt/keys.ts'
import { parsePayload } from './jwt/parse.ts'
import { toVerdict } from './jwt/verdict-of-claims.ts'
import { type Instant, isWithin } from './lease.ts'
import { type FeedAnswer, Memory } from './memory.ts'
import { toFittedVerdict } from './opaque-verdict.ts'
import { type Presented, parsePresented } from './presented.ts'
import {
  type Accepted,
  type AskAnswer,
  type CheckResult,
  type Refused,
  toRefused,
  toUndecided,
} from './verdict.ts'

export interface Checker {
  /**
   * Finds out whether a credential is good, at once when memory or a synchronous signature check is enough.
   * What it does not check: the permission a route needs, the caller's address, the rate limit.
   */
  check(credential: string): CheckResult | Promise<CheckResult>
  /**
   * The verdict from memory, or null where anything else would have to be looked at: the warm part of `check`.
   * For callers that can save the work of taking a request apart when nothing about it is new.
   */
  recall(credential: string): Accepted | null
  /**
   * Applies an answer of the feed in one step: entries, verdicts under them, lease. Returns false for an
   * answer that came too late to mean anything, and throws a `RangeError` for one that contradicts itself.
   */
  apply(answer: FeedAnswer): boolean
  /** Ends the lease at once: the feed has answered 401 or 403. */
  endLease(): void
  /** Puts these keys in place of all others. Keys that the feed has removed stay removed. */
  setKeys(keys: readonly VerificationKey[]): void
  stats(): CheckerStats
}

export interface CheckerStats {
  /** Null before the first answer of the feed. */
  readonly epoch: string | null
  readonly position: number
  readonly leaseHolds: boolean
  readonly revokedNodes: number
  readonly keys: number
  readonly verdicts: number
  readonly verdictBytes: number
  readonly refusals: number
  readonly asksInFlight: number
}

/** Builds a checker that knows nothing yet: no keys, no lease. Throws a `RangeError` for bad settings. */
export function createChecker(options: CheckerOptions): Checker {
  return new MemoryChecker(toSettings(options))
}

/** An answer can be overtaken by an entry; by three in a row only while somebody is revoking in a loop. */
const ASKS_PER_CHECK_MAX = 3
/** A poll that takes longer than this is not waited for by newcomers. */
const RENEWAL_STALE_MS = 10_000

const noLease = toUndecided('no_lease')
const unreachable = toUndecided('authority_unreachable')

type OpaquePresented = Extract<Presented, { kind: 'opaque' }>
type AccessTokenPresented = Extract<Presented, { kind: 'access_token' }>

/** What a question brought; null where the authority could not be asked. */
interface Asked {
  readonly answer: AskAnswer | null
  readonly generation: number
  readonly startedAt: Instant
}

class MemoryChecker implements Checker {
  readonly #settings: CheckerSettings
  readonly #memory: Memory
  readonly #asks: InFlight<Asked>
  readonly #renewals = new InFlight<void>(1)

  constructor(settings: CheckerSettings) {
    const { bounds } = settings
    this.#settings = settings
    this.#memory = new Memory(
      { entriesMax: bounds.verdictsMax, bytesMax: bounds.verdictBytesMax },
      {
        entriesMax: bounds.refusalsMax,
        charactersMax: bounds.refusalCharactersMax,
        keepMs: bounds.refusalKeepMs,
      },
    )
    this.#asks = new InFlight(bounds.asksMax)
  }

  recall(credential: string): Accepted | null {
    return this.#memory.recall(credential, this.#now())
  }

  check(credential: string): CheckResult | Promise<CheckResult> {
    const now = this.#now()
    const accepted = this.#memory.recall(credential, now)
    if (accepted !== null) return accepted
    const refused = this.#memory.refusals.get(credential, now.monotonicMs)
    if (refused !== null) return refused
    const presented = parsePresented(credential, this.#settings.style, this.#memory.knownHeaders)
    if ('ok' in presented) return presented
    return this.#memory.lease.holds(now) ? this.#decide(presented, now) : this.#decideAfterRenewal(presented)
  }

  #now(): Instant {
    const { clock } = this.#settings
    return { monotonicMs: clock.monotonicMs(), wallMs: clock.nowMs() }
  }

  async #decideAfterRenewal(presented: Presented): Promise<CheckResult> {
    await this.#renew()
    const now = this.#now()
    if (!this.#memory.lease.holds(now)) return noLease
    return this.#memory.recall(presented.credential, now) ?? this.#decide(presented, now)
  }

  /** One poll for all who wait. Whether it brought a lease is for them to see. */
  async #renew(): Promise<void> {
    const poll = async (): Promise<void> => {
      try {
        await this.#settings.renew()
      } catch {
        // An outage, which whoever polls has seen and told. Without a lease every check answers 503.
      }
    }
    const { monotonicMs } = this.#now()
    await this.#renewals.join('', poll, monotonicMs, RENEWAL_STALE_MS)?.promise
  }

  /** Only to be called while the lease holds at `now`. */
  #decide(presented: Presented, now: Instant): CheckResult | Promise<CheckResult> {
    return presented.kind === 'opaque'
      ? this.#decideOpaque(presented)
      : this.#decideAccessToken(presented, now)
  }

  #decideAccessToken(presented: AccessTokenPresented, now: Instant): CheckResult | Promise<CheckResult> {
    const { header, signingInput, signature } = presented.jws
    const key = this.#memory.keys.get(header.kid)
    if (key === undefined) return toRefused('unknown_key')
    // One key, one algorithm, and the key says which (RFC 8725 §3.1).
    if (key.algorithm !== header.alg) return toRefused('wrong_algorithm')
    const verified = key.verify(signingInput, signature)
    return typeof verified === 'boolean'
      ? this.#judge(presented, verified, now)
      : this.#judgeLater(presented, key, verified)
  }

  async #judgeLater(
    presented: AccessTokenPresented,
    key: VerificationKey,
    verifying: Promise<boolean>,
  ): Promise<CheckResult> {
    const verified = await verifying
    if (!this.#memory.lease.holds(this.#now())) await this.#renew()
    const now = this.#now()
    if (!this.#memory.lease.holds(now)) return noLease
    // The key may have been taken away while it was at work.
    return this.#memory.keys.holds(key) ? this.#judge(presented, verified, now) : toRefused('unknown_key')
  }

  /** The claims come after the signature: before it they are anybody's words (ASVS 9.1.1). */
  #judge({ credential, jws }: AccessTokenPresented, verified: boolean, now: Instant): CheckResult {
    if (!verified) return this.#refuse(credential, toRefused('bad_signature'))
    const memory = this.#memory
    const payload = parsePayload(jws.payload)
    if (payload === null) return this.#refuse(credential, toRefused('malformed'))
    const authorityMs = memory.lease.authorityMs(now.monotonicMs)
    const expiryMs = Math.max(authorityMs, memory.revocations.forgottenUpToMs)
    const read = readClaims(payload, this.#settings, authorityMs / 1000, expiryMs / 1000)
    if (!read.ok) return this.#refuse(credential, toRefused(read.reason))
    if (read.claims.epoch !== memory.epoch) return this.#refuse(credential, toRefused('foreign_epoch'))
    const verdict = toVerdict(read.claims, jws.header.kid, this.#settings.leewaySeconds)
    if (memory.revocations.hits(verdict.credential.path, verdict.position)) {
      return this.#refuse(credential, toRefused('revoked'))
    }
    memory.rememberHeader(jws.headerText, jws.header)
    return memory.hold(credential, verdict)
  }

  /** The first sight of an opaque credential, or the next one after its verdict has run out. */
  async #decideOpaque(presented: OpaquePresented): Promise<CheckResult> {
    const { credential, node } = presented
    for (let count = 0; count < ASKS_PER_CHECK_MAX; count += 1) {
      if (this.#memory.revocations.isKilled(node.kind, node.id)) {
        return this.#refuse(credential, toRefused('revoked'))
      }
      const asked = await this.#ask(credential)
      if (asked === null || asked.answer === null) return unreachable
      if (!this.#memory.lease.holds(this.#now())) await this.#renew()
      // From here on nothing is waited for.
      const now = this.#now()
      if (!this.#memory.lease.holds(now)) return noLease
      if (!isWithin(asked.startedAt, now, this.#memory.lease.leaseMs)) return unreachable
      const result = this.#toResult(presented, asked.answer, asked.generation, now)
      if (result !== null) return result
    }
    return unreachable
  }

  /** Null when too many questions are under way. */
  async #ask(credential: string): Promise<Asked | null> {
    const startedAt = this.#now()
    const { generation, lease } = this.#memory
    const ask = async (): Promise<Asked> => {
      try {
        return { answer: await this.#settings.ask(credential), generation, startedAt }
      } catch {
        // An outage, which whoever asks has seen and told. The credential may be good, so this is no refusal.
        return { answer: null, generation, startedAt }
      }
    }
    return (await this.#asks.join(credential, ask, startedAt.monotonicMs, lease.leaseMs)?.promise) ?? null
  }

  /** Null when the answer was overtaken by an entry or a snapshot, so that it must be asked again. */
  #toResult(
    presented: OpaquePresented,
    answer: AskAnswer,
    generation: number,
    now: Instant,
  ): CheckResult | null {
    const { credential, node } = presented
    if (answer.kind === 'refused') return this.#refuse(credential, toRefused(answer.reason))
    const memory = this.#memory
    const authorityMs = memory.lease.authorityMs(now.monotonicMs)
    const verdict = toFittedVerdict(answer.verdict, node, this.#settings.issuer, authorityMs)
    const isOvertaken = generation !== memory.generation
    if (isOvertaken || memory.revocations.hits(verdict.credential.path, verdict.position)) return null
    if (!isForOneOf(verdict.audiences, this.#settings.audiences)) {
      return this.#refuse(credential, toRefused('wrong_audience'))
    }
    // Of many who waited for one answer, the first holds it and the others find it.
    const known = memory.recall(credential, now)
    return known !== null && known.verdict.position >= verdict.position
      ? known
      : memory.hold(credential, verdict)
  }

  #refuse(credential: string, refused: Refused): Refused {
    this.#memory.refusals.add(credential, refused, this.#settings.clock.monotonicMs())
    return refused
  }

  apply(answer: FeedAnswer): boolean {
    return this.#memory.apply(answer, this.#now())
  }

  endLease(): void {
    this.#memory.lease.end(this.#settings.clock.monotonicMs())
  }

  setKeys(keys: readonly VerificationKey[]): void {
    this.#memory.setKeys(keys)
  }

  stats(): CheckerStats {
    const { epoch, position, lease, revocations, keys, verdicts, refusals } = this.#memory
    return {
      epoch,
      position,
      leaseHolds: lease.holds(this.#now()),
      revokedNodes: revocations.size,
      keys: keys.size,
      verdicts: verdicts.size,
      verdictBytes: verdicts.bytes,
      refusals: refusals.size,
      asksInFlight: this.#asks.size,
    }
  }
}
