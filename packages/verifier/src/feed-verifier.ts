/**
 * The verifier as its callers see it: verdicts in, frozen answers out, each use counted, each refusal with an id
 * under which its reason can be found.
 */
import {
  type ErrorCode,
  ID_RANDOM_BYTES,
  parseOpaqueCredential,
  toId,
  toProgramName,
} from '@countersign/protocol'
import { isAddressAllowed } from './addresses.ts'
import type { VerifierParts } from './create-verifier.ts'
import {
  type CredentialHeaders,
  type CredentialSource,
  type HeaderValue,
  takeCredential,
} from './credential-of-request.ts'
import type { ProofFlaw } from './dpop/proof.ts'
import { toAsked, toHeaders, toOnlyHeader } from './request-headers.ts'
import type { Accepted, CheckResult, Verdict } from './verdict.ts'
import { type HeldVerdict, isOfApiKey, isToBeLookedAt } from './verdict-cache.ts'
import type {
  AuthenticateOptions,
  AuthenticateResult,
  DenialFacts,
  Denied,
  Recalled,
  Verified,
  Verifier,
  VerifierStats,
  VerifyOptions,
  VerifyResult,
} from './verifier-types.ts'
import { WatchedPrincipal } from './watched-principal.ts'

/** What is known about a request beside its credential. */
interface Facts extends AuthenticateOptions {
  readonly from: CredentialSource | null
}

interface AskedFacts extends Facts {
  readonly from: CredentialSource
}

export class FeedVerifier implements Verifier {
  readonly issuer: string
  readonly audiences: readonly string[]
  readonly cookieName: string
  readonly #parts: VerifierParts
  #isClosed = false
  #waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = []

  constructor(parts: VerifierParts) {
    this.issuer = parts.settings.issuer
    this.audiences = parts.audiences
    this.cookieName = parts.cookieName
    this.#parts = parts
  }

  start(): void {
    const { feed, reports } = this.#parts
    feed.start()
    reports.start()
  }

  recall(from: CredentialSource, rawHeader: string, route?: string): Recalled | null {
    const { memory, checker } = this.#parts
    const known = memory.verdicts.byHeader(rawHeader)
    // A cookie's text in `Authorization` is not what it is in `Cookie`.
    if (known === undefined || known.from !== from) return null
    const now = checker.now()
    if (!memory.mayUse(known.held, now) || isToBeLookedAt(known.held)) return null
    this.#count(known.held, now.monotonicMs, route)
    return known
  }

  /** A count where the verdict lies, since a use must cost next to nothing. */
  #count(held: HeldVerdict, monotonicMs: number, route: string | undefined): void {
    if (route !== undefined && route !== held.route) {
      this.#parts.reports.collect(held)
      held.route = route
    }
    if (held.uses === 0) held.firstUseMs = monotonicMs
    held.uses += 1
    held.lastUseMs = monotonicMs
  }

  verify(credential: string, options: VerifyOptions = {}): VerifyResult | Promise<VerifyResult> {
    const { memory, checker } = this.#parts
    const held = options.freshness === 'online' ? undefined : memory.verdicts.get(credential)
    if (held !== undefined && held.verified !== null && held.result.verdict.credential.jkt === undefined) {
      const now = checker.now()
      if (memory.mayUse(held, now)) {
        this.#count(held, now.monotonicMs, options.route)
        return held.verified
      }
    }
    const facts = { ...options, from: null }
    const conclude = (result: CheckResult): VerifyResult => {
      if (!result.ok) return this.#refuse(credential, result, facts)
      return isBound(result)
        ? this.#denyUnproven(result, facts)
        : this.#accept(credential, result, facts).verified
    }
    return this.#check(credential, options, conclude)
  }

  authenticate(
    request: CredentialHeaders | Request,
    options: AuthenticateOptions = {},
  ): AuthenticateResult | Promise<AuthenticateResult> {
    const headers = 'headers' in request ? toHeaders(request) : request
    const { from, text } = toOnlyHeader(headers)
    const known =
      text === null || options.freshness === 'online' ? null : this.recall(from, text, options.route)
    if (known !== null) return known.authenticated
    const taken = takeCredential(headers, this)
    const told = 'headers' in request ? { userAgent: request.headers.get('user-agent') } : {}
    const facts = { ...told, ...options, from }
    switch (taken.kind) {
      case 'none':
        return this.#toDenied('credential_required', null)
      case 'multiple':
        return this.deny('multiple_credentials', { ...facts, from: null, reason: 'multiple' })
      case 'malformed':
        return this.deny('invalid_credential', { ...facts, reason: 'malformed' })
      case 'one': {
        const { credential } = taken
        if (taken.byProof) return this.#authenticateByProof(credential, headers.dpop, toAsked(request, facts))
        return this.#check(credential, options, (result) => this.#conclude(credential, result, text, facts))
      }
    }
  }

  #check<T>(
    credential: string,
    { freshness }: VerifyOptions,
    conclude: (result: CheckResult) => T | Promise<T>,
  ): T | Promise<T> {
    if (this.#isClosed) return conclude({ ok: false, code: 'verifier_unavailable', reason: 'no_lease' })
    const checked = this.#parts.checker.check(credential, freshness)
    return checked instanceof Promise ? checked.then(conclude) : conclude(checked)
  }

  #conclude(
    credential: string,
    result: CheckResult,
    text: string | null,
    facts: Facts & { readonly from: CredentialSource },
  ): AuthenticateResult {
    if (!result.ok) return this.#refuse(credential, result, facts)
    // Whoever presents it as if bearing were enough has stolen it, or knows no better (RFC 9449 §7.2).
    if (isBound(result)) return this.#denyUnproven(result, facts)
    const { allowAddresses } = result.verdict
    const { verified, held } = this.#accept(credential, result, facts)
    if (!isAddressAllowed(facts.address ?? null, allowAddresses)) {
      return this.deny('credential_address_refused', { ...facts, verified, reason: 'address' })
    }
    // One look-up is not enough where the address counts, and nobody keeps a browser's whole cookie jar.
    const { from } = facts
    const isNamed =
      allowAddresses.length === 0 && (from !== 'cookie' || (text?.length ?? 0) <= COOKIE_CHARACTERS_MAX)
    const name = isNamed ? text : null
    const known = held?.header
    if (known?.from === from && known.text === name) return known.authenticated
    const authenticated = Object.freeze({ ...verified, from })
    if (held !== null) {
      const header = { held, text: name, from, authenticated, admittedBy: 0, countedBy: 0, counter: null }
      this.#parts.memory.verdicts.nameByHeader(header)
    }
    return authenticated
  }

  /**
   * An access token of the scheme `DPoP` (RFC 9449 §7.1). The proof is read before the token is judged, and used up
   * after, so that nobody fills the memory of used proofs without a good token. Nothing of it is kept for the next
   * request but the verdict, which alone lets nobody in.
   */
  async #authenticateByProof(
    credential: string,
    header: HeaderValue,
    facts: AskedFacts,
  ): Promise<AuthenticateResult> {
    const { proofs } = this.#parts
    const read = await proofs.read(header, credential, facts, this.#authorityMs())
    const result = await this.#check(credential, facts, (one) => one)
    if (!result.ok) return this.#refuse(credential, result, facts)
    const { jkt } = result.verdict.credential
    // A token that is bound to nothing is no token of this scheme.
    if (jkt === undefined) return this.#denyUnproven(result, facts)
    if (!read.ok) return this.#denyProof(read.flaw, facts)
    if (read.proof.jkt !== jkt) return this.#denyProof('key', facts)
    if (!(await proofs.use(read.proof, this.#authorityMs()))) return this.#denyProof('used', facts)
    // Whatever was waited for, the token is judged as of now.
    const now = await this.#check(credential, facts, (one) => one)
    if (!now.ok) return this.#refuse(credential, now, facts)
    const { verified } = this.#accept(credential, now, facts)
    if (!isAddressAllowed(facts.address ?? null, verified.allowAddresses)) {
      return this.deny('credential_address_refused', { ...facts, verified, reason: 'address' })
    }
    return Object.freeze({ ...verified, from: facts.from })
  }

  async #denyProof(flaw: ProofFlaw | 'used', facts: AskedFacts): Promise<Denied> {
    const code = flaw === 'nonce' ? 'use_dpop_nonce' : 'invalid_dpop_proof'
    const denied = this.deny(code, { ...facts, reason: `proof_${flaw}` })
    const nonce = await this.#parts.proofs.nonce(this.#authorityMs())
    return nonce === null ? denied : { ...denied, nonce }
  }

  #denyUnproven({ verdict }: Accepted, facts: Facts): Denied {
    return this.#report('invalid_credential', { ...facts, reason: 'unproven' }, verdict.credential.id)
  }

  /** Counts the use and finds what callers get for the verdict; null for one that is not held. */
  #accept(
    credential: string,
    result: Accepted,
    { route, address, userAgent }: Facts,
  ): { readonly verified: Verified; readonly held: HeldVerdict | null } {
    const { memory, checker, reports } = this.#parts
    const now = checker.now()
    const holds = memory.lease.holds(now)
    const held = memory.verdicts.get(credential)
    const agent = userAgent === undefined || !isOfApiKey(result.verdict) ? null : toProgramName(userAgent)
    // What was good by its signature alone must not be mistaken for what a lease stands behind.
    if (held === undefined || held.result !== result || !holds) {
      const { path } = result.verdict.credential
      const atMs = this.#authorityMs()
      const times = { firstMs: atMs, lastMs: atMs }
      const from = { route: route ?? null, address: address ?? null, agent }
      reports.addUse(path, { count: 1, refused: 0, ...times, ...from })
      return { verified: this.#toVerified(credential, result.verdict, holds), held: null }
    }
    // What was counted until now came from elsewhere, or from another program.
    const isElsewhere = address !== undefined && address !== held.address
    if (isElsewhere || (agent !== null && agent !== held.agent)) reports.collect(held)
    if (address !== undefined) held.address = address
    held.agent = agent ?? held.agent
    this.#count(held, now.monotonicMs, route)
    held.verified ??= this.#toVerified(held.credential, result.verdict, true)
    return { verified: held.verified, held }
  }

  #toVerified(credential: string, verdict: Verdict, needsLease: boolean): Verified {
    const { permissions, resources, audiences, allowAddresses, rateLimit, position } = verdict
    const watch = (): AbortSignal => this.#parts.watcher.watch(credential, verdict, needsLease)
    return Object.freeze({
      ok: true,
      principal: Object.freeze(new WatchedPrincipal(verdict.principal, watch)),
      credential: verdict.credential,
      permissions,
      resources,
      audiences,
      allowAddresses,
      rateLimit,
      position,
    })
  }

  #refuse(credential: string, result: Exclude<CheckResult, Accepted>, facts: Facts): Denied {
    if ('decisionId' in result && result.decisionId !== undefined) {
      return this.#toDenied(result.code, facts.from, result.decisionId)
    }
    const { reports, settings } = this.#parts
    const id = reports.isFull ? null : (parseOpaqueCredential(credential, settings.style)?.id ?? null)
    return this.#report(result.code, { ...facts, reason: result.reason }, id)
  }

  deny(code: ErrorCode, facts: DenialFacts = {}): Denied {
    const { verified, route = null, address = null } = facts
    if (verified !== undefined) {
      const atMs = this.#authorityMs()
      const use = { count: 0, refused: 1, firstMs: atMs, lastMs: atMs, route, address, agent: null }
      this.#parts.reports.addUse(verified.credential.path, use)
    }
    return this.#report(code, facts, verified?.credential.id ?? null)
  }

  #report(code: ErrorCode, facts: DenialFacts, credentialId: string | null): Denied {
    const { reason = null, route = null, address = null, from = null } = facts
    const denied = this.#toDenied(code, from)
    const { decisionId } = denied
    const { reports, checker } = this.#parts
    if (reports.isFull) return denied
    const atMs = this.#authorityMs()
    const told = { decisionId, atMs, code, reason, route, credentialId, address }
    reports.addRefusal({ ...told, ...checker.moment() })
    return denied
  }

  #toDenied(code: ErrorCode, from: CredentialSource | null, decisionId?: string): Denied {
    const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(ID_RANDOM_BYTES))
    return { ok: false, code, decisionId: decisionId ?? toId('dec', this.#authorityMs(), random()), from }
  }

  /** The authority's time, as far as it is known. */
  #authorityMs(): number {
    const { memory, checker } = this.#parts
    const { monotonicMs, wallMs } = checker.now()
    return memory.epoch === null ? wallMs : memory.lease.authorityMs(monotonicMs)
  }

  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.settle()
    })
  }

  /** Answers those who wait for `ready`, if there is something to answer. */
  settle(): void {
    if (this.#waiting.length === 0) return
    const { feed, keys, memory, checker } = this.#parts
    const isRefused = feed.isRefused()
    const isReady = keys.isFresh() && memory.lease.holds(checker.now())
    if (!(this.#isClosed || isRefused || isReady)) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const { resolve, reject } of waiting) {
      if (this.#isClosed) reject(new Error('The verifier was closed.'))
      else if (isRefused) reject(new Error('The authority does not take the API key.'))
      else resolve()
    }
  }

  async close(): Promise<void> {
    const { feed, keys, reports } = this.#parts
    if (this.#isClosed) return
    this.#isClosed = true
    feed.close()
    keys.close()
    await reports.close()
  }

  stats(): VerifierStats {
    const { checker, verifierId, watcher, reports } = this.#parts
    return { ...checker.stats(), verifierId, watched: watcher.size, reportsWaiting: reports.waiting }
  }
}

/** Longer cookie headers are taken apart each time. */
const COOKIE_CHARACTERS_MAX = 1024

const isBound = ({ verdict }: Accepted): boolean => verdict.credential.jkt !== undefined
