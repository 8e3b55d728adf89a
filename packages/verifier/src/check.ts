/**
 * The check of a credential (design §5, "Verify"; lease protocol, rules 4 and 5): from memory where it can, by
 * a signature or one question to the authority where it must, and never without a lease. Lease, verdict and
 * revocation set are read in the synchronous step that returns, again after every wait.
 */
import type { PathNode } from '@countersign/protocol'
import type { Checker, CheckerMoment, CheckerStats } from './checker.ts'
import { type CheckerOptions, type CheckerSettings, toSettings } from './checker-options.ts'
import { InFlight } from './in-flight.ts'
import { isForOneOf, readClaims } from './jwt/claims.ts'
import type { VerificationKey } from './jwt/keys.ts'
import { parsePayload } from './jwt/parse.ts'
import { toVerdict } from './jwt/verdict-of-claims.ts'
import { type Instant, isWithin } from './lease.ts'
import { type FeedAnswer, type Memory, openMemory } from './memory.ts'
import { toFittedVerdict } from './opaque-verdict.ts'
import { type Presented, parsePresented } from './presented.ts'
import {
  type Accepted,
  type AskAnswer,
  type CheckResult,
  type Refused,
  toAccepted,
  toRefused,
  toUndecided,
} from './verdict.ts'
import type { Freshness } from './verifier-types.ts'

/** Builds a checker that knows nothing yet: no keys, no lease. Throws a `RangeError` for bad settings. */
export function createChecker(options: CheckerOptions): Checker {
  const settings = toSettings(options)
  return new MemoryChecker(settings, openMemory(settings.bounds))
}

/** An answer can be overtaken by an entry; by three in a row only while somebody is revoking in a loop. */
const ASKS_PER_CHECK_MAX = 3
/** A poll that takes longer than this is not waited for by newcomers. */
const RENEWAL_STALE_MS = 10_000

const noLease = toUndecided('no_lease')
const unreachable = toUndecided('authority_unreachable')
const noKeys = toUndecided('keys_unavailable')

type AccessTokenPresented = Extract<Presented, { kind: 'access_token' }>

/** What a question brought; null where the authority could not be asked. */
interface Asked {
  readonly answer: AskAnswer | null
  readonly generation: number
  readonly startedAt: Instant
}

export class MemoryChecker implements Checker {
  readonly #settings: CheckerSettings
  readonly #memory: Memory
  readonly #asks: InFlight<Asked>
  readonly #renewals = new InFlight<void>(1)

  constructor(settings: CheckerSettings, memory: Memory) {
    this.#settings = settings
    this.#memory = memory
    this.#asks = new InFlight(settings.bounds.asksMax)
  }

  recall(credential: string): Accepted | null {
    return this.#memory.recall(credential, this.now())
  }

  check(credential: string, freshness: Freshness = 'lease'): CheckResult | Promise<CheckResult> {
    const now = this.now()
    if (freshness !== 'online') {
      const { refusals } = this.#memory
      const known = this.#memory.recall(credential, now) ?? refusals.get(credential, now.monotonicMs)
      if (known !== null) return known
    }
    const presented = parsePresented(credential, this.#settings.style, this.#memory.knownHeaders)
    if ('ok' in presented) return presented
    // Any other credential cannot be read without the authority, so that the lease is needed for it.
    const isSignatureOnly = freshness === 'signature' && presented.kind === 'access_token'
    if (isSignatureOnly) return this.#decideAccessToken(presented, now, true)
    return this.#memory.lease.holds(now)
      ? this.#decide(presented, now, freshness)
      : this.#decideAfterRenewal(presented, freshness)
  }

  now(): Instant {
    const { clock } = this.#settings
    return { monotonicMs: clock.monotonicMs(), wallMs: clock.nowMs() }
  }

  async #decideAfterRenewal(presented: Presented, freshness: Freshness): Promise<CheckResult> {
    const now = await this.#renewed()
    if (now === null) return noLease
    const known = freshness === 'online' ? null : this.#memory.recall(presented.credential, now)
    return known ?? this.#decide(presented, now, freshness)
  }

  /**
   * The present moment, at which the lease holds; null when it does not. Where it did not hold, after one poll
   * for all who wait.
   */
  async #renewed(): Promise<Instant | null> {
    const poll = async (): Promise<void> => {
      try {
        await this.#settings.renew()
      } catch {
        // An outage, which whoever polls has seen and told. Without a lease every check answers 503.
      }
    }
    const { lease } = this.#memory
    const before = this.now()
    if (lease.holds(before)) return before
    await this.#renewals.join('', poll, before.monotonicMs, RENEWAL_STALE_MS)?.promise
    const now = this.now()
    return lease.holds(now) ? now : null
  }

  /** Only to be called while the lease holds at `now`. */
  #decide(presented: Presented, now: Instant, freshness: Freshness): CheckResult | Promise<CheckResult> {
    if (presented.kind === 'opaque') {
      return this.#decideByAsking(presented.credential, presented.node, freshness === 'online')
    }
    const decided = this.#decideAccessToken(presented, now, false)
    return freshness === 'online' ? this.#confirm(presented.credential, decided) : decided
  }

  /** Only what is good by its signature is worth a question. */
  async #confirm(credential: string, decided: CheckResult | Promise<CheckResult>): Promise<CheckResult> {
    const result = await decided
    if (!result.ok) return result
    const { kind, id, jkt } = result.verdict.credential
    const confirmed = await this.#decideByAsking(credential, { kind, id }, true)
    // Whatever the answer leaves out, a token stays bound to the key that its signature names.
    return confirmed.ok && confirmed.verdict.credential.jkt !== jkt ? toRefused('unproven') : confirmed
  }

  #decideAccessToken(
    presented: AccessTokenPresented,
    now: Instant,
    isSignatureOnly: boolean,
  ): CheckResult | Promise<CheckResult> {
    const isUnknown = this.#memory.keys.get(presented.jws.header.kid) === undefined
    const ready = this.#settings.ensureKeys(isUnknown)
    return ready === true
      ? this.#verify(presented, now, isSignatureOnly)
      : this.#decideWithKeys(presented, ready, isSignatureOnly)
  }

  async #decideWithKeys(
    presented: AccessTokenPresented,
    ready: Promise<boolean>,
    isSignatureOnly: boolean,
  ): Promise<CheckResult> {
    const isReady = await ready
    const now = isSignatureOnly ? this.now() : await this.#renewed()
    if (now === null) return noLease
    return isReady ? this.#verify(presented, now, isSignatureOnly) : noKeys
  }

  #verify(
    presented: AccessTokenPresented,
    now: Instant,
    isSignatureOnly: boolean,
  ): CheckResult | Promise<CheckResult> {
    const { header, signingInput, signature } = presented.jws
    const key = this.#memory.keys.get(header.kid)
    if (key === undefined) return toRefused('unknown_key')
    // One key, one algorithm, and the key says which (RFC 8725 §3.1).
    if (key.algorithm !== header.alg) return toRefused('wrong_algorithm')
    const verified = key.verify(signingInput, signature)
    return typeof verified === 'boolean'
      ? this.#judge(presented, verified, now, isSignatureOnly)
      : this.#judgeLater(presented, key, verified, isSignatureOnly)
  }

  async #judgeLater(
    presented: AccessTokenPresented,
    key: VerificationKey,
    verifying: Promise<boolean>,
    isSignatureOnly: boolean,
  ): Promise<CheckResult> {
    const verified = await verifying
    const now = isSignatureOnly ? this.now() : await this.#renewed()
    if (now === null) return noLease
    // The key may have been taken away while it was at work.
    return this.#memory.keys.holds(key)
      ? this.#judge(presented, verified, now, isSignatureOnly)
      : toRefused('unknown_key')
  }

  /** The claims come after the signature: before it they are anybody's words (ASVS 9.1.1). */
  #judge(
    { credential, jws }: AccessTokenPresented,
    verified: boolean,
    now: Instant,
    isSignatureOnly: boolean,
  ): CheckResult {
    if (!verified) return this.#refuse(credential, toRefused('bad_signature'))
    const memory = this.#memory
    const { epoch, revocations } = memory
    const payload = parsePayload(jws.payload)
    if (payload === null) return this.#refuse(credential, toRefused('malformed'))
    // Before the first answer only a signature alone is judged, and no time but the machine's own is known.
    const authorityMs = epoch === null ? now.wallMs : memory.lease.authorityMs(now.monotonicMs)
    const expiryMs = Math.max(authorityMs, revocations.forgottenUpToMs)
    const read = readClaims(payload, this.#settings, authorityMs / 1000, expiryMs / 1000)
    if (!read.ok) return this.#refuse(credential, toRefused(read.reason))
    const { claims } = read
    const verdict = toVerdict(claims, jws.header.kid, this.#settings.leewaySeconds)
    // Its position says nothing about the entries that are here, and no lease stands behind it.
    if (claims.epoch !== epoch) return isSignatureOnly ? toAccepted(verdict) : toRefused('foreign_epoch')
    if (revocations.hits(verdict.credential.path, verdict.position)) {
      return this.#refuse(credential, toRefused('revoked'))
    }
    memory.rememberHeader(jws.headerText, jws.header)
    return memory.hold(credential, verdict)
  }

  /**
   * The first sight of an opaque credential, or the next one after its verdict has run out; every sight of a
   * credential that is to be checked online.
   */
  async #decideByAsking(credential: string, node: PathNode, isOnline: boolean): Promise<CheckResult> {
    for (let count = 0; count < ASKS_PER_CHECK_MAX; count += 1) {
      if (this.#memory.revocations.isKilled(node.kind, node.id)) {
        return this.#refuse(credential, toRefused('revoked'))
      }
      // Who asks online joins no question that was under way before, but may share the next one.
      if (isOnline) await this.#asks.get(credential)?.promise
      const asked = await this.#ask(credential)
      if (asked === null || asked.answer === null) return unreachable
      const now = await this.#renewed()
      // From here on nothing is waited for.
      if (now === null) return noLease
      if (!isWithin(asked.startedAt, now, this.#memory.lease.leaseMs)) return unreachable
      const result = this.#toResult(credential, node, asked.answer, asked.generation, now)
      if (result !== null) return result
    }
    return unreachable
  }

  /** Null when too many questions are under way. */
  async #ask(credential: string): Promise<Asked | null> {
    const startedAt = this.now()
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
    credential: string,
    node: PathNode,
    answer: AskAnswer,
    generation: number,
    now: Instant,
  ): CheckResult | null {
    if (answer.kind === 'refused') {
      return this.#refuse(credential, toRefused(answer.reason, answer.decisionId))
    }
    const memory = this.#memory
    const authorityMs = memory.lease.authorityMs(now.monotonicMs)
    const verdict = toFittedVerdict(answer.verdict, node, this.#settings.issuer, authorityMs)
    if (verdict === null) return unreachable
    const isOvertaken = generation !== memory.generation
    if (isOvertaken || memory.revocations.hits(verdict.credential.path, verdict.position)) return null
    if (!isForOneOf(verdict.audiences, this.#settings.audiences)) {
      return this.#refuse(credential, toRefused('wrong_audience'))
    }
    // Of many who waited for one answer, the first holds it and the others find it.
    const known = memory.recall(credential, now)
    const isKnown =
      known !== null &&
      known.verdict.position >= verdict.position &&
      known.verdict.usableUntilMs >= verdict.usableUntilMs
    return isKnown ? known : memory.hold(credential, verdict)
  }

  #refuse(credential: string, refused: Refused): Refused {
    this.#memory.refusals.add(credential, refused, this.#settings.clock.monotonicMs())
    return refused
  }

  apply(answer: FeedAnswer): boolean {
    return this.#memory.apply(answer, this.now())
  }

  endLease(): void {
    this.#memory.lease.end(this.#settings.clock.monotonicMs())
  }

  setKeys(keys: readonly VerificationKey[]): void {
    this.#memory.setKeys(keys)
  }

  moment(): CheckerMoment {
    const { position, lease } = this.#memory
    return { position, leaseMs: Math.max(0, Math.round(lease.remainingMs(this.now()))) }
  }

  stats(): CheckerStats {
    const { epoch, position, lease, revocations, keys, verdicts, refusals } = this.#memory
    return {
      epoch,
      position,
      leaseHolds: lease.holds(this.now()),
      revokedNodes: revocations.size,
      keys: keys.size,
      verdicts: verdicts.size,
      verdictBytes: verdicts.bytes,
      refusals: refusals.size,
      asksInFlight: this.#asks.size,
    }
  }
}
