/** An authority behind a `fetch` that never leaves the process: its log, its long polls, its keys, its answers. */
import type { NodeKind, RevocationEntry } from '@countersign/protocol'
import type { Verdict } from '../src/verdict.ts'
import { EPOCH, givenVerdict, type HandClock, NOW_SECONDS, newId, type SigningPair } from './given.ts'
import type { HandTimers } from './hand-timers.ts'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Headers
  readonly body: unknown
}

/** Stands in for the authority's own answer to some requests; undefined leaves them to it. */
export type Intercept = (asked: Asked, signal: AbortSignal | null) => Promise<Response> | Response | undefined

export class FakeAuthority {
  readonly #clock: HandClock
  readonly #timers: HandTimers
  readonly #startMs: number
  readonly asked: Asked[] = []
  epoch: string = EPOCH
  head = 10
  entries: RevocationEntry[] = []
  leaseMs = 5_000
  pageMax = 10_000
  prunedUntilMs: number | null = null
  keys: SigningPair[] = []
  intercept: Intercept = () => undefined
  /** What is answered about a credential; null refuses it. */
  judge: (credential: string) => Verdict | null = (credential) =>
    givenVerdict(credential, { position: this.head })
  cacheSeconds = 60
  readonly #held = new Set<() => void>()

  constructor(clock: HandClock, timers: HandTimers) {
    this.#clock = clock
    this.#timers = timers
    this.#startMs = clock.monotonic
  }

  nowMs(): number {
    return NOW_SECONDS * 1000 + this.#clock.monotonic - this.#startMs
  }

  /** Those that were asked of one path. */
  of(path: string): readonly Asked[] {
    return this.asked.filter((one) => one.path === path)
  }

  get polls(): readonly Asked[] {
    return this.of('/v1/revocations')
  }

  revoke(kind: NodeKind, id: string, changes: Partial<RevocationEntry> = {}): void {
    this.head += 1
    this.entries.push({ position: this.head, kind, id, expiresAtMs: this.nowMs() + 930_000, ...changes })
    this.wake()
  }

  rule(kind: NodeKind, id: string): void {
    this.revoke(kind, id, { issuedBeforePosition: this.head + 1 })
  }

  announce(pair: SigningPair): void {
    this.keys.push(pair)
    this.revoke('signing_key', pair.kid, { issuedBeforePosition: 0 })
  }

  /** Polls that are held get their answer now. */
  wake(): void {
    for (const answer of this.#held) answer()
  }

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const url = new URL(`${input}`)
    const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : null
    const { pathname: path, searchParams: query } = url
    const asked = { method: init?.method ?? 'GET', path, query, headers: new Headers(init?.headers), body }
    this.asked.push(asked)
    const signal = init?.signal ?? null
    return (await this.intercept(asked, signal)) ?? this.answer(asked, signal)
  }

  /** The honest answer. */
  async answer(asked: Asked, signal: AbortSignal | null): Promise<Response> {
    switch (asked.path) {
      case '/v1/revocations':
        await this.#hold(asked.query, signal)
        return Response.json(this.feedAnswer(asked.query))
      case '/v1/verify':
        return Response.json(this.verifyAnswer((asked.body as { credential: string }).credential))
      case '/.well-known/jwks.json':
        return Response.json({ keys: this.keys.map(({ publicJwk }) => ({ ...publicJwk, use: 'sig' })) })
      default:
        return new Response(null, { status: 204 })
    }
  }

  #hold(query: URLSearchParams, signal: AbortSignal | null): Promise<void> {
    const isCurrent = query.get('epoch') === this.epoch && Number(query.get('after')) >= this.head
    const holdMs = Number(query.get('hold_ms'))
    if (!isCurrent || holdMs === 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const answer = (): void => {
        cancel()
        this.#held.delete(answer)
        resolve()
      }
      const cancel = this.#timers.set(holdMs, answer)
      this.#held.add(answer)
      signal?.addEventListener('abort', () => {
        cancel()
        this.#held.delete(answer)
        reject(new Error('aborted'))
      })
    })
  }

  feedAnswer(query: URLSearchParams): Record<string, unknown> {
    const after = Number(query.get('after'))
    const snapshot = query.get('epoch') !== this.epoch || after > this.head
    const all = this.entries.filter(({ position }) => snapshot || position > after)
    const page = all.slice(0, this.pageMax)
    const more = page.length < all.length
    return {
      epoch: this.epoch,
      entries: page.map(({ position, kind, id, issuedBeforePosition, expiresAtMs }) => ({
        position,
        kind,
        id,
        ...(issuedBeforePosition !== undefined && { issued_before_position: issuedBeforePosition }),
        expires_at: new Date(expiresAtMs).toISOString(),
      })),
      position: more ? page.at(-1)?.position : this.head,
      lease_ms: more ? 0 : this.leaseMs,
      now: new Date(this.nowMs()).toISOString(),
      snapshot,
      more,
      pace_ms: 0,
      pruned_until: this.prunedUntilMs === null ? null : new Date(this.prunedUntilMs).toISOString(),
    }
  }

  verifyAnswer(credential: string): Record<string, unknown> {
    const verdict = this.judge(credential)
    if (verdict === null) return { active: false, code: 'invalid_credential', decision_id: newId('dec') }
    const { kind, id, path, expiresAtMs, amr, acr, authTimeMs } = verdict.credential
    const toTime = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())
    return {
      active: true,
      position: verdict.position,
      principal: { kind: verdict.principal.kind, id: verdict.principal.id },
      credential: {
        kind,
        id,
        path,
        expires_at: toTime(expiresAtMs),
        amr,
        acr,
        auth_time: toTime(authTimeMs),
      },
      permissions: verdict.permissions,
      resources: verdict.resources,
      audiences: verdict.audiences,
      ...(verdict.allowAddresses.length > 0 && { allow_addresses: verdict.allowAddresses }),
      ...(verdict.rateLimit && {
        rate_limit: { requests: verdict.rateLimit.requests, per_seconds: verdict.rateLimit.perSeconds },
      }),
      cache_seconds: this.cacheSeconds,
    }
  }
}
