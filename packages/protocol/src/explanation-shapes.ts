/** A credential held against every check, for those who may read decisions. */
import type { CheckedCredential, CheckShape } from './checks.ts'

export interface ExplainRequest {
  credential: string
  /** What it would be presented for; what is absent is not looked at. */
  permissions?: string[] | undefined
  audience?: string | undefined
  address?: string | undefined
}
export interface ExplanationShape {
  kind: CheckedCredential
  credential_id: string | null
  good: boolean
  /** What a caller would be told, and why; null where it is good. */
  code: string | null
  reason: string | null
  at: string
  /** The log position and what was left of this server's own lease at that moment. */
  position: number
  lease_ms: number
  checks: CheckShape[]
  mend: string | null
}
export interface ExplanationResponse {
  explanation: ExplanationShape
}
