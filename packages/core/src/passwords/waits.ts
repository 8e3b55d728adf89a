/**
 * Waits that grow with the wrong passwords in a row, in place of a lockout, which strangers could turn on anybody.
 * Counted apart for each known device and for all others together (NIST SP 800-63B-4 §3.2.2, ASVS 6.3.1).
 */

export interface WaitRules {
  /** The failure with this number is the first that has to be followed by a wait. */
  readonly freeFailures: number
  readonly firstWaitMs: number
  /** Each further failure doubles the wait up to this. */
  readonly waitMaxMs: number
  /** In a row; then the password opens nothing from there until it was right elsewhere, or was reset. */
  readonly failuresMax: number
}

export const PASSWORD_WAITS: WaitRules = {
  freeFailures: 5,
  firstWaitMs: 1000,
  waitMaxMs: 900_000,
  failuresMax: 100,
}

/**
 * For a network from which strangers try many accounts in vain, within an hour of the clock. Shorter than for an
 * account: behind one address there may be a whole company, whose members are known on their own devices. How many
 * are free is a setting; tries that are under way count, so it is more than those of one school class at once.
 */
export const NETWORK_WAITS: WaitRules = {
  freeFailures: 50,
  firstWaitMs: 1000,
  waitMaxMs: 300_000,
  failuresMax: Number.MAX_SAFE_INTEGER,
}

/** Whoever was tried in vain from a network counts there for so long. */
export const NETWORK_WINDOW_MS = 3_600_000

/** What is kept of the wrong passwords since the last right one. */
export interface FailureRow {
  readonly failures: number
  readonly triedAtMs: number
  /** How long nothing is tried after that. */
  readonly waitMs: number
}

/**
 * How long to wait yet; null where a try may be taken. Decides nothing: the store does, in one statement with the
 * count. A time of the last try that lies ahead is a clock that went back, which only the store can mend.
 */
export function waitLeftMs(row: FailureRow | null, rules: WaitRules, nowMs: number): number | null {
  if (row === null) return null
  if (row.failures >= rules.failuresMax) return rules.waitMaxMs
  if (row.triedAtMs > nowMs) return null
  const leftMs = row.triedAtMs + row.waitMs - nowMs
  return leftMs > 0 ? leftMs : null
}
