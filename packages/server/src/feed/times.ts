/** The times of the protocol (lease protocol, rules 9 and 10), in milliseconds. */

const DRIFT = 0.01
const MARGIN_MS = 50
/** What a verifier needs besides two holds to renew its lease in time. */
const RENEWAL_MS = 1_000
/** So many answers with entries a second are one node's work, and so many verifiers need no pace. */
const ANSWERS_PER_SECOND = 2_000
const UNPACED_VERIFIERS = 200

/** How often a node tells the others where its verifiers are, and how long after that it may grant leases. */
export const REPORT_INTERVAL_MS = 200
/** How often a node looks at the log without being told to: a quarter of the shortest lease and less. */
export const FOLLOW_INTERVAL_MS = 500
/** Holds that end this close together end together, and share one read of the log. */
export const HOLD_STEP_MS = 25

/** After this long a lease has run out, on whichever clock it was counted. */
export const toLapseMs = (leaseMs: number): number => leaseMs * (1 + DRIFT) + MARGIN_MS

/** The longest hold: two of them and a round trip fit into a lease. */
export const toHoldMaxMs = (leaseMs: number): number => Math.max(0, (leaseMs - RENEWAL_MS) / 2)

/** How long after an answer with entries the next one may wait: every sign-out is an entry. */
export function toPaceMs(verifiers: number, leaseMs: number): number {
  if (verifiers <= UNPACED_VERIFIERS) return 0
  return Math.min(toHoldMaxMs(leaseMs), Math.round((verifiers / ANSWERS_PER_SECOND) * 1000))
}
