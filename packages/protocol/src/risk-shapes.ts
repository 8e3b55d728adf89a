/** The risk policy, its replay over the past, and what was unusual. */

/** All numbers are points. `weights` by rule: what it gives at its strongest. */
export interface RiskPolicyShape {
  weights: Record<string, number>
  notify_at: number
  step_up_at: number
  block_at: number
  /** What becomes of a step-up where the account has no second factor. */
  without_factor: 'notify' | 'block'
  /** For API keys and service accounts. Only from `suspend_at` on a key is suspended; left out, none is. */
  machines: { weights: Record<string, number>; notify_at: number; suspend_at?: number | undefined }
}

export interface RiskPolicyResponse {
  policy: RiskPolicyShape
  /** Null for the one that this version comes with. */
  changed_at: string | null
}

export interface RiskReplayRequest {
  /** The one that is in force where none is given. */
  policy?: RiskPolicyShape | undefined
  days?: number | undefined
}

export interface RiskCountsShape {
  allow: number
  notify: number
  step_up: number
  block: number
}

export interface RiskReplayShape {
  since: string
  /** With a right password. */
  sign_ins: number
  /** What the policy would have done, and what was done. */
  would: RiskCountsShape
  did: RiskCountsShape
  /** How many had each sum by the policy, in steps of 5 points; the last step holds all above. */
  scores: number[]
  /** There were more than are looked at in one go. */
  cut: boolean
}

export interface AnomalyShape {
  id: string
  at: string
  action: string
  score: number
  target: { kind: string; id: string } | null
  /** Whose it is: the account, or the owner of the key. */
  owner: { kind: string; id: string } | null
  /** The audit event that tells how it went on. */
  event: string | null
  address: string | null
  findings: { rule: string; points: number; saw: string }[]
}
