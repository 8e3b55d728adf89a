/**
 * Tells when a credential that was good is good no longer: what stands behind `principal.ended`. Each watched
 * verdict is looked at again whenever the revocation set or the lease has changed, and when its time is over.
 */
import type { Instant } from './lease.ts'
import type { Memory } from './memory.ts'
import type { CheckResult, Verdict } from './verdict.ts'
import type { Timers } from './verifier-types.ts'

export interface WatcherParts {
  readonly memory: Memory
  readonly now: () => Instant
  readonly timers: Timers
  readonly watchedMax: number
  /** Finds out anew about a credential, from the authority where it is an opaque one. */
  readonly checkAgain: (credential: string, verdict: Verdict) => CheckResult | Promise<CheckResult>
}

interface Watch {
  readonly credential: string
  verdict: Verdict
  readonly needsLease: boolean
  generation: number
  /** When the authority is asked again, and when it is too late for that; in the authority's time. */
  askAtMs: number
  untilMs: number
  isAsking: boolean
  readonly signal: WeakRef<AbortSignal>
  /** Keeps the signal alive for those who listen to it and hold nothing else. */
  heard: AbortSignal | null
}

/** How long before the end of a verdict the authority is asked for the next one. */
const ASK_AHEAD_MS = 5_000
/** A verdict that may not be kept at all is asked about no more often than this. */
const WATCH_MS_MIN = 1_000
/** Signals that nobody listens to any more are let go of at least this often. */
const LOOK_MS_MAX = 30_000

const events = typeof process === 'object' ? process.getBuiltinModule?.('node:events') : undefined
/** A signal leads to what can abort it and not the other way round, so that holding this leaks nothing. */
const controllers = new WeakMap<AbortSignal, AbortController>()

export class Watcher {
  readonly #parts: WatcherParts
  readonly #watches = new Set<Watch>()
  #nextMs = Number.POSITIVE_INFINITY
  #cancel = (): void => {}
  #seen = ''

  constructor(parts: WatcherParts) {
    this.#parts = parts
  }

  get size(): number {
    return this.#watches.size
  }

  /** A signal that aborts when the verdict, or what comes in its place, is good no longer: at once when it is not. */
  watch(credential: string, verdict: Verdict, needsLease: boolean): AbortSignal {
    const controller = new AbortController()
    const { signal } = controller
    const at = this.#parts.now()
    const { size } = this.#watches
    controllers.set(signal, controller)
    const watch: Watch = {
      credential,
      verdict,
      needsLease,
      generation: 0,
      askAtMs: 0,
      untilMs: 0,
      isAsking: false,
      signal: new WeakRef(signal),
      heard: signal,
    }
    this.#renew(watch, verdict, at)
    if (size >= this.#parts.watchedMax) this.#visitAll(at)
    const isFull = this.#watches.size >= this.#parts.watchedMax
    // Closing one connection too many is an annoyance; one that nobody watches could outlive its credential.
    const problem = isFull ? 'too many are watched' : this.#problemOf(watch, at)
    if (problem !== null) this.#end(watch, problem)
    else {
      this.#watches.add(watch)
      if (size === 0) this.#seen = this.#toState(at)
      if (size === 0 || watch.askAtMs < this.#nextMs) this.#schedule()
    }
    return signal
  }

  /** Looks at every watched verdict if anything has changed since the last look. */
  look(): void {
    if (this.#watches.size === 0) return
    const at = this.#parts.now()
    if (this.#toState(at) !== this.#seen || this.#authorityMs(at) >= this.#nextMs) this.#visitAll(at)
  }

  #visitAll(at: Instant): void {
    this.#seen = this.#toState(at)
    for (const watch of this.#watches) this.#visit(watch, at)
    this.#schedule()
  }

  #toState(at: Instant): string {
    const { generation, revocations, lease } = this.#parts.memory
    return `${generation} ${revocations.version} ${lease.holds(at)}`
  }

  #visit(watch: Watch, at: Instant): void {
    const signal = watch.signal.deref()
    if (signal === undefined) {
      this.#watches.delete(watch)
      return
    }
    const isHeard = events === undefined || events.getEventListeners(signal, 'abort').length > 0
    watch.heard = isHeard ? signal : null
    const problem = this.#problemOf(watch, at)
    if (problem !== null) this.#end(watch, problem)
    else if (!watch.isAsking && this.#isDue(watch, at)) this.#askOrEnd(watch)
  }

  /** Why the verdict is not good at this moment; null while it is, as far as is known here. */
  #problemOf({ verdict, needsLease }: Watch, at: Instant): string | null {
    const { lease, revocations } = this.#parts.memory
    if (needsLease && !lease.holds(at)) return 'the lease has lapsed'
    // Without a lease nothing is known about positions, so that only what was ended by id counts.
    const position = needsLease ? verdict.position : Number.MAX_SAFE_INTEGER
    return revocations.hits(verdict.credential.path, position) ? 'revoked' : null
  }

  #isDue({ askAtMs, generation, needsLease }: Watch, at: Instant): boolean {
    // After a snapshot the positions of before say nothing any more.
    const isOutdated = needsLease && generation !== this.#parts.memory.generation
    return isOutdated || this.#authorityMs(at) >= askAtMs
  }

  #askOrEnd(watch: Watch): void {
    const isOver = watch.generation === this.#parts.memory.generation || !watch.needsLease
    // An access token ends with its own time, and nobody can give it another.
    if (isOver && watch.verdict.credential.kind === 'access_token') this.#end(watch, 'expired')
    else void this.#askAgain(watch)
  }

  async #askAgain(watch: Watch): Promise<void> {
    watch.isAsking = true
    const result = await this.#parts.checkAgain(watch.credential, watch.verdict)
    watch.isAsking = false
    if (!this.#watches.has(watch)) return
    const at = this.#parts.now()
    const nowMs = this.#authorityMs(at)
    if (result.ok) this.#renew(watch, result.verdict, at)
    else if (result.code === 'invalid_credential' || nowMs >= watch.untilMs) this.#end(watch, result.reason)
    else watch.askAtMs = Math.min(nowMs + WATCH_MS_MIN, watch.untilMs)
    this.#schedule()
  }

  #renew(watch: Watch, verdict: Verdict, at: Instant): void {
    const nowMs = this.#authorityMs(at)
    const isAccessToken = verdict.credential.kind === 'access_token'
    watch.verdict = verdict
    watch.generation = this.#parts.memory.generation
    watch.untilMs = Math.max(verdict.usableUntilMs, isAccessToken ? 0 : nowMs + WATCH_MS_MIN)
    const aheadMs = isAccessToken ? 0 : Math.min(ASK_AHEAD_MS, (watch.untilMs - nowMs) / 2)
    watch.askAtMs = watch.untilMs - aheadMs
  }

  #end(watch: Watch, why: string): void {
    this.#watches.delete(watch)
    const signal = watch.signal.deref()
    if (signal === undefined) return
    controllers.get(signal)?.abort(new DOMException(`The credential has ended: ${why}.`, 'AbortError'))
  }

  #schedule(): void {
    this.#cancel()
    if (this.#watches.size === 0) return
    const nowMs = this.#authorityMs(this.#parts.now())
    this.#nextMs = nowMs + LOOK_MS_MAX
    for (const { askAtMs, isAsking } of this.#watches) {
      if (!isAsking) this.#nextMs = Math.min(this.#nextMs, askAtMs)
    }
    const pauseMs = Math.max(1, Math.ceil(this.#nextMs - nowMs))
    this.#cancel = this.#parts.timers.set(pauseMs, () => this.look())
  }

  #authorityMs({ wallMs, monotonicMs }: Instant): number {
    const { epoch, lease } = this.#parts.memory
    return epoch === null ? wallMs : lease.authorityMs(monotonicMs)
  }
}
