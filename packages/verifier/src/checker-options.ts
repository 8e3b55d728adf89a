/** What a checker is built from: its ports, its rules and its bounds, with their defaults. */
import {
  ACCESS_TOKEN_LIFETIME_SECONDS_MAX,
  CLOCK_LEEWAY_SECONDS,
  type CredentialStyle,
} from '@countersign/protocol'
import type { AskAnswer } from './verdict.ts'

export interface CheckerClock {
  /** Wall clock, milliseconds since 1970. */
  nowMs(): number
  /** A clock that only moves forward, in milliseconds from an unknown origin. */
  monotonicMs(): number
}

export interface CheckerBounds {
  readonly verdictsMax: number
  readonly verdictBytesMax: number
  readonly refusalsMax: number
  readonly refusalCharactersMax: number
  /** How long a refusal is remembered. */
  readonly refusalKeepMs: number
  /** Questions to the authority that may be under way at once. */
  readonly asksMax: number
}

export interface CheckerOptions {
  /** The issuer's URL, exactly as it stands in `iss`; also the id of the path's root. */
  readonly issuer: string
  /**
   * What this resource server is called. Credentials for nobody of this list are refused. `any` leaves the
   * comparison to the caller: for an authority that answers for many resource servers, and nobody else.
   */
  readonly audiences: readonly string[] | 'any'
  /** How the authority's opaque credentials look. */
  readonly style: CredentialStyle
  readonly clock: CheckerClock
  /**
   * Asks the authority about an opaque credential (lease protocol, rule 5). Must settle within a time limit
   * of its own; a rejection means that nothing could be found out.
   */
  readonly ask: (credential: string) => Promise<AskAnswer>
  /**
   * Polls the feed once, without hold, and hands the answer to `apply` before it settles. Called when a check
   * finds no lease, never twice at once. Must settle within a time limit of its own.
   */
  readonly renew: () => Promise<void>
  /**
   * Says whether the keys are known well enough: true at once, or when they have been fetched anew; false when
   * they could not be. `isUnknown`: a token names a key that is not among them. Must settle within a time limit
   * of its own and never reject. Without it the keys are what `setKeys` was given, and always good enough.
   */
  readonly ensureKeys?: (isUnknown: boolean) => true | Promise<boolean>
  /** How far the clocks of two machines may differ: at most, and by default, 30 seconds. */
  readonly leewaySeconds?: number
  /** The longest life of an access token at this authority. 3600 by default. */
  readonly lifetimeMaxSeconds?: number
  readonly bounds?: Partial<CheckerBounds>
}

export interface CheckerSettings extends Required<CheckerOptions> {
  readonly bounds: CheckerBounds
}

const defaultBounds: CheckerBounds = {
  verdictsMax: 50_000,
  verdictBytesMax: 128 * 1024 * 1024,
  refusalsMax: 10_000,
  refusalCharactersMax: 4 * 1024 * 1024,
  refusalKeepMs: 1_000,
  asksMax: 1_024,
}

/** Fills in the defaults. Throws a `RangeError` for settings that would let in what must stay out. */
export function toSettings(options: CheckerOptions): CheckerSettings {
  const leewaySeconds = options.leewaySeconds ?? CLOCK_LEEWAY_SECONDS
  const lifetimeMaxSeconds = options.lifetimeMaxSeconds ?? ACCESS_TOKEN_LIFETIME_SECONDS_MAX
  const bounds = { ...defaultBounds, ...options.bounds }
  if (options.issuer === '') throw new RangeError('A checker needs the issuer.')
  const { audiences } = options
  if (audiences !== 'any' && (audiences.length === 0 || audiences.includes(''))) {
    throw new RangeError('A checker needs the names of its resource server.')
  }
  // The authority keeps an entry for the longest lifetime and its own leeway; with a larger one here, a
  // revoked token would come back to life when its entry leaves the set.
  if (!(leewaySeconds >= 0 && leewaySeconds <= CLOCK_LEEWAY_SECONDS)) {
    throw new RangeError(`The leeway is 0 to ${CLOCK_LEEWAY_SECONDS} seconds.`)
  }
  if (!(lifetimeMaxSeconds > 0)) throw new RangeError('The longest lifetime is more than 0 seconds.')
  for (const bound of Object.values(bounds)) {
    if (!Number.isSafeInteger(bound) || bound < 1)
      throw new RangeError('Every bound is a whole number from 1 up.')
  }
  return { ensureKeys: () => true, ...options, leewaySeconds, lifetimeMaxSeconds, bounds }
}
