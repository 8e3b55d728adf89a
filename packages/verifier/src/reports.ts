/**
 * Gathers what was used and what was refused, and hands it in every few seconds. Uses are counted where the
 * verdict lies, so that a use costs no more than that; a report names ids, never a credential.
 */
import {
  type CredentialPath,
  REPORTED_REFUSALS_MAX,
  REPORTED_USES_MAX,
  type ReportedRefusal,
  type ReportedUse,
  ROUTE_CHARACTERS_MAX,
  type UsageReport,
} from '@countersign/protocol'
import { isAddressBlock } from './addresses.ts'
import type { Call } from './authority/call.ts'
import type { Trouble } from './authority/trouble.ts'
import type { HeldVerdict } from './verdict-cache.ts'
import type { Timers } from './verifier-types.ts'

/** Uses of one credential on one route; times are the authority's. */
export interface Use {
  readonly count: number
  readonly refused: number
  readonly firstMs: number
  readonly lastMs: number
  readonly route: string | null
  readonly address: string | null
  /** The program's name; null where nobody looked. */
  readonly agent: string | null
}

export interface Refusal {
  readonly decisionId: string
  readonly atMs: number
  readonly code: ReportedRefusal['code']
  readonly reason: string | null
  readonly route: string | null
  readonly credentialId: string | null
  readonly address: string | null
  readonly position: number
  readonly leaseMs: number
}

export interface ReportParts {
  readonly call: Call
  readonly trouble: Trouble
  readonly timers: Timers
  /** Everything that may hold uses. */
  readonly held: () => Iterable<HeldVerdict>
  /** The authority's time at a moment of the monotonic clock. */
  readonly authorityMs: (monotonicMs: number) => number
}

/** Idle deadlines are moved by these reports: at most ten seconds late. */
const REPORT_MS = 9_000
const REPORT_CALL_MS_MAX = 5_000
/** Credentials and routes beyond this are not counted until there is room again. */
const USES_MAX = 20_000
/** A flood of garbage is told by its first thousand refusals. */
const REFUSALS_MAX = 1_000
/** What a report that no server will ever take is answered with. */
const HOPELESS = [400, 413, 422]

export class Reports {
  readonly #parts: ReportParts
  readonly #uses = new Map<string, ReportedUse>()
  #refusals: ReportedRefusal[] = []
  #sending: Promise<void> | null = null
  #cancel = (): void => {}
  /** For as long as this process lives: an authority is upgraded before its verifiers are restarted. */
  #tellsAll = true

  constructor(parts: ReportParts) {
    this.#parts = parts
  }

  get waiting(): number {
    return this.#uses.size + this.#refusals.length
  }

  /** True when no more refusals are taken before the next report. */
  get isFull(): boolean {
    return this.#refusals.length >= REFUSALS_MAX
  }

  start(): void {
    this.#cancel = this.#parts.timers.set(REPORT_MS * (0.8 + Math.random() / 5), () => {
      this.start()
      void this.flush()
    })
  }

  addRefusal(refusal: Refusal): void {
    if (this.isFull) return
    this.#refusals.push({
      decision_id: refusal.decisionId,
      at: toTime(refusal.atMs),
      code: refusal.code,
      reason: toReason(refusal.reason),
      route: toRoute(refusal.route),
      credential_id: refusal.credentialId,
      address: toAddress(refusal.address),
      position: refusal.position,
      lease_ms: refusal.leaseMs,
    })
  }

  /** Takes the count out of a held verdict. */
  collect(held: HeldVerdict): void {
    if (held.uses === 0) return
    const { uses: count, route, address, agent, firstUseMs, lastUseMs } = held
    const firstMs = this.#parts.authorityMs(firstUseMs)
    const lastMs = this.#parts.authorityMs(lastUseMs)
    held.uses = 0
    const { path } = held.result.verdict.credential
    this.addUse(path, { count, refused: 0, firstMs, lastMs, route, address, agent })
  }

  addUse(path: CredentialPath, use: Use): void {
    const { count, refused, firstMs, lastMs, route, address, agent } = use
    for (const { kind, id } of path) {
      // An access token is a use of what it was minted under.
      if (kind !== 'session' && kind !== 'api_key') continue
      this.#merge({
        credential: { kind, id },
        route: toRoute(route) ?? 'unnamed',
        count,
        refused,
        first: toTime(firstMs),
        last: toTime(lastMs),
        address: toAddress(address),
        ...(kind === 'api_key' && agent !== null && { agent }),
      })
    }
  }

  #merge(use: ReportedUse): void {
    const key = toKey(use)
    const known = this.#uses.get(key)
    if (known === undefined) {
      if (this.#uses.size < USES_MAX) this.#uses.set(key, use)
      return
    }
    const [earlier, later] = known.last <= use.last ? [known, use] : [use, known]
    this.#uses.set(key, {
      ...later,
      count: use.count + known.count,
      refused: use.refused + known.refused,
      first: use.first < known.first ? use.first : known.first,
      address: later.address ?? earlier.address,
    })
  }

  /** Hands in what is there. What was not taken is kept, within bounds. */
  flush(): Promise<void> {
    this.#sending ??= this.#send().finally(() => {
      this.#sending = null
    })
    return this.#sending
  }

  async #send(): Promise<void> {
    for (const held of this.#parts.held()) this.collect(held)
    while (this.waiting > 0) {
      const uses = [...this.#uses.values()].slice(0, REPORTED_USES_MAX)
      const refusals = this.#refusals.splice(0, REPORTED_REFUSALS_MAX)
      for (const use of uses) this.#uses.delete(toKey(use))
      try {
        await this.#parts.trouble('usage', () => this.#post({ uses, refusals }))
      } catch {
        // Told already. What could not be handed in goes with the next report.
        for (const use of uses) this.#merge(use)
        this.#refusals = [...refusals, ...this.#refusals].slice(0, REFUSALS_MAX)
        return
      }
    }
  }

  async #post(report: UsageReport): Promise<void> {
    const status = await this.#call(this.#tellsAll ? report : withoutNewer(report))
    if ((status === 400 || status === 422) && this.#tellsAll) {
      // An authority of an earlier version takes no field that it does not know.
      this.#tellsAll = false
      return this.#post(report)
    }
    if (status >= 300 && !HOPELESS.includes(status)) throw new Error(`status ${status}`)
  }

  async #call(body: UsageReport): Promise<number> {
    return (await this.#parts.call('/v1/usage', { body, timeLimitMs: REPORT_CALL_MS_MAX })).status
  }

  /** Hands in the last uses. */
  async close(): Promise<void> {
    this.#cancel()
    // One that is under way has not seen them.
    await this.#sending
    await this.flush()
  }
}

/** What a program did from one place is not added to what it did from another. */
const toKey = ({ credential: { kind, id }, route, address, agent }: ReportedUse): string =>
  kind === 'session' ? `${id} ${route}` : `${id} ${route} ${address} ${agent}`

const withoutNewer = ({ uses, refusals }: UsageReport): UsageReport => ({
  uses: uses.map(({ agent, ...use }) => use),
  refusals: refusals.map(({ position, lease_ms, ...refusal }) => refusal),
})

const ROUTE = /^[\x21-\x7e]+$/
const REASON = /^[a-z][a-z_]{0,39}$/

/** One bad name would make the authority refuse the whole report. */
const toRoute = (route: string | null): string | null =>
  route !== null && route.length <= ROUTE_CHARACTERS_MAX && ROUTE.test(route) ? route : null
const toReason = (reason: string | null): string | null =>
  reason !== null && REASON.test(reason) ? reason : null
const toAddress = (address: string | null): string | null =>
  address !== null && !address.includes('/') && isAddressBlock(address) ? address : null
const toTime = (ms: number): string => new Date(ms).toISOString()
