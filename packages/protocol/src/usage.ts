/**
 * What verifiers report back in batches: uses of sessions and API keys, and traces of what they refused. Never
 * a credential, only ids.
 */
import type { CheckShape } from './checks.ts'
import type { ErrorCode } from './errors.ts'

/** How many uses and traces one report may carry; a verifier that has more sends the rest with the next. */
export const REPORTED_USES_MAX = 1000
export const REPORTED_REFUSALS_MAX = 200
export const ROUTE_CHARACTERS_MAX = 100

/** Uses of one credential on one route since the last report. */
export interface ReportedUse {
  /** For an access token, the session or API key above it. */
  credential: { kind: 'session' | 'api_key'; id: string }
  route: string
  /** Requests that were let in, and those that were refused although the credential was known. */
  count: number
  refused: number
  first: string
  last: string
  /** The client's address of the last use. */
  address: string | null
  /** The program's name as `toProgramName` makes it; only with API keys. Absent or null where it is not told. */
  agent?: string | null | undefined
}

/** One refusal at a verifier, for those who may read decisions. */
export interface ReportedRefusal {
  decision_id: string
  at: string
  code: ErrorCode
  reason: string | null
  route: string | null
  credential_id: string | null
  address: string | null
  /** How much of the revocation log was applied at that moment, and for how long the lease held still; 0 for none. */
  position?: number | undefined
  lease_ms?: number | undefined
}

export interface UsageReport {
  uses: ReportedUse[]
  refusals: ReportedRefusal[]
}

/** What one API key did within one hour on one route. */
export interface ApiKeyUsageShape {
  hour: string
  route: string
  /** Who saw it: the service account of the verifier, or null for the authority itself. */
  reported_by: string | null
  count: number
  refused: number
  last_at: string
  last_address: string | null
}

/** Why a request was refused. */
export interface DecisionShape {
  id: string
  at: string
  code: string
  reason: string | null
  route: string | null
  credential_id: string | null
  address: string | null
  reported_by: string | null
  /** Null where the verifier did not say. */
  position: number | null
  lease_ms: number | null
}
export interface DecisionResponse {
  decision: DecisionShape & { checks: CheckShape[]; mend: string }
}
