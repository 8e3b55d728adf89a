/**
 * Keeps the client's credential and renews its access token: ahead of expiry or after a refusal, once for all
 * requests that wait for it, and once for all tabs that share the refresh token. A second use of a refresh
 * token would look like theft to the authority and end the whole family (RFC 9700 §4.14.2).
 */
import type { Secret } from '@countersign/protocol'
import type { TokenAnswer } from './answers.ts'
import { type Held, type HeldTokens, REFRESH_AHEAD_MS, type Tokens } from './credential.ts'
import { ApiProblem } from './errors.ts'
import type { Ports } from './ports.ts'

export interface TokenListeners {
  /**
   * Told of every new pair before anybody uses it, and of null when the family has ended: the place to store
   * it. A promise is waited for.
   */
  readonly onTokens?: ((tokens: Tokens | null) => void | Promise<void>) | undefined
  /**
   * Asked for the stored pair before a refresh, while no other tab refreshes. Needed wherever several tabs
   * store one refresh token: it is how a tab learns what another one has been given.
   */
  readonly readTokens?: (() => Tokens | null | Promise<Tokens | null>) | undefined
}

/** Trades a refresh token, or the one in the cookie, for a new pair. */
export type RefreshCall = (refreshToken: Secret | null) => Promise<TokenAnswer>

export class Keeper {
  readonly #ports: Ports
  readonly #lockScope: string
  readonly #listeners: TokenListeners
  readonly #refreshCall: RefreshCall
  #held: Held
  /** The one refresh under way, which everybody waits for. */
  #flight: Promise<void> | null = null

  constructor(
    ports: Ports,
    held: Held,
    lockScope: string,
    listeners: TokenListeners,
    refreshCall: RefreshCall,
  ) {
    this.#ports = ports
    this.#held = held
    this.#lockScope = lockScope
    this.#listeners = listeners
    this.#refreshCall = refreshCall
  }

  held(): Held {
    return this.#held
  }

  /** What to send now: renewed first where it is about to expire. */
  async fresh(): Promise<Held> {
    if (!isDue(this.#held, this.#ports.nowMs())) return this.#held
    try {
      await this.#refreshOnce(false)
    } catch (error) {
      // A busy or absent authority is no reason to drop a token that still works.
      if (isFamilyEnded(error) || !isUsable(this.#held, this.#ports.nowMs())) throw error
    }
    return this.#held
  }

  /** After a 401 for `used`: true when there is something newer to try. */
  async renewAfter(used: Held): Promise<boolean> {
    if (this.#held !== used) return this.#held.kind === 'tokens'
    if (used.kind !== 'tokens' || used.refresh === null) return false
    try {
      await this.#refreshOnce(false)
    } catch (error) {
      // The refusal that the caller got says it already: nothing under this sign-in works any more.
      if (isFamilyEnded(error)) return false
      throw error
    }
    return this.#held.kind === 'tokens' && this.#held !== used
  }

  /** Refreshes in any case. Throws TypeError when there is nothing to refresh with. */
  async refresh(): Promise<Tokens> {
    if (this.#held.kind !== 'tokens' || this.#held.refresh === null) {
      throw new TypeError('This client holds no refresh token.')
    }
    await this.#refreshOnce(true)
    const tokens = toTokens(this.#held)
    if (tokens === null) throw new TypeError('The client was signed out while it refreshed.')
    return tokens
  }

  /** Takes over what a sign-in delivered. */
  async adopt(next: Held): Promise<void> {
    this.#held = next
    const tokens = toTokens(next)
    if (tokens !== null) await this.#listeners.onTokens?.(tokens)
  }

  /** Forgets everything; the listener is told where tokens were held. */
  async forget(): Promise<void> {
    const hadTokens = this.#held.kind === 'tokens'
    this.#held = { kind: 'cookies', csrf: null }
    if (hadTokens) await this.#listeners.onTokens?.(null)
  }

  #refreshOnce(force: boolean): Promise<void> {
    const name = lockName(this.#lockScope, this.#held)
    this.#flight ??= this.#ports
      .exclusively(name, () => this.#refreshAlone(force))
      .finally(() => {
        this.#flight = null
      })
    return this.#flight
  }

  /** Runs while no other tab refreshes: what one of them has stored meanwhile is taken over instead. */
  async #refreshAlone(force: boolean): Promise<void> {
    const before = this.#held
    if (before.kind !== 'tokens') return
    const stored = before.refresh === 'cookie' ? null : await this.#listeners.readTokens?.()
    // Someone signed out or in while this waited.
    if (this.#held !== before) return
    const current = newer(stored ?? null, before, this.#ports.nowMs())
    this.#held = current
    if (current === before || force || isDue(current, this.#ports.nowMs())) await this.#renew(current)
  }

  async #renew(from: HeldTokens): Promise<void> {
    try {
      const answer = await this.#refreshCall(from.refresh === 'cookie' ? null : from.refresh)
      // Signed out or in meanwhile: what was refreshed is not wanted any more.
      if (this.#held !== from) return
      const next = toHeldTokens(answer, from, this.#ports.nowMs())
      await this.adopt(next)
    } catch (error) {
      if (this.#held === from && isFamilyEnded(error)) await this.forget()
      throw error
    }
  }
}

/** One lock per family, named by its public id. */
function lockName(scope: string, held: Held): string {
  if (held.kind !== 'tokens' || held.refresh === null || held.refresh === 'cookie') return `${scope} cookie`
  return `${scope} ${held.refresh.reveal().split('_')[2] ?? ''}`
}

/** The stored pair, where another tab has been given one since. */
function newer(stored: Tokens | null, held: HeldTokens, nowMs: number): HeldTokens {
  if (stored === null || stored.refreshToken === null || held.refresh === 'cookie') return held
  if (stored.refreshToken.reveal() === held.refresh?.reveal()) return held
  return {
    kind: 'tokens',
    access: stored.accessToken,
    expiresAtMs: stored.expiresAtMs,
    aheadMs: aheadOf(stored.expiresAtMs - nowMs),
    refresh: stored.refreshToken,
  }
}

/** A token that lives for less than a minute is used for at least half its life. */
function aheadOf(lifetimeMs: number): number {
  return Math.min(REFRESH_AHEAD_MS, Math.max(0, lifetimeMs / 2))
}

function isDue(held: Held, nowMs: number): boolean {
  if (held.kind !== 'tokens' || held.refresh === null) return false
  return held.access === null || (held.expiresAtMs !== null && held.expiresAtMs - nowMs <= held.aheadMs)
}

function isUsable(held: Held, nowMs: number): boolean {
  return (
    held.kind === 'tokens' && held.access !== null && held.expiresAtMs !== null && held.expiresAtMs > nowMs
  )
}

/** RFC 6749 §5.2: the refresh token is invalid, expired or revoked. */
function isFamilyEnded(error: unknown): boolean {
  return error instanceof ApiProblem && error.code === 'invalid_grant'
}

/** What a token endpoint's or a sign-in's answer makes the client hold. */
export function toHeldTokens(answer: TokenAnswer, before: HeldTokens | null, nowMs: number): HeldTokens {
  const lifetimeMs = answer.expires_in * 1000
  return {
    kind: 'tokens',
    access: answer.access_token,
    expiresAtMs: nowMs + lifetimeMs,
    aheadMs: aheadOf(lifetimeMs),
    // No new refresh token: the old one stays good (RFC 6749 §6), or it lies in the cookie.
    refresh: answer.refresh_token ?? before?.refresh ?? 'cookie',
  }
}

function toTokens(held: Held): Tokens | null {
  if (held.kind !== 'tokens' || held.access === null || held.expiresAtMs === null) return null
  const refreshToken = held.refresh === 'cookie' ? null : held.refresh
  return { accessToken: held.access, refreshToken, expiresAtMs: held.expiresAtMs }
}
