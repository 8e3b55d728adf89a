/** The overview of an authority on the wire. */

export type OverviewPeriodShape = 'day' | 'week' | 'month'

export interface OverviewLineShape {
  name: 'sign_ins' | 'refusals' | 'proofs' | 'exchanges' | 'revocations'
  /** The oldest part first; the last one is not over yet. */
  counts: number[]
  /** There were more than were counted; the newest were. */
  cut: boolean
}

export interface AttentionShape {
  /** API keys that nobody has used for 90 days, those without an end, and secrets that are a year old. */
  keys_unused: number
  keys_endless: number
  keys_old: number
  clients_old: number
  /** Whom a password alone lets in; at most 20 are named. */
  administrators_without_factor: { id: string; email: string }[]
  mails_waiting: number
  /** Of the last seven days. */
  mails_failed: number
}

export interface OverviewResponse {
  from: string
  part_seconds: number
  lines: OverviewLineShape[]
  attention: AttentionShape
}

/** Secrets by their age, the oldest first; at most 50 keys and 50 clients. Never a secret. */
export interface SecretsResponse {
  root: {
    version: string
    /** New things are made under it; the others only open what was. */
    current: boolean
    /** This node holds it. */
    held: boolean
    seen_at: string | null
  }[]
  api_keys: {
    id: string
    name: string
    owner: string
    made_at: string
    expires_at: string | null
    last_used_at: string | null
  }[]
  clients: { id: string; name: string; made_at: string; last_used_at: string | null }[]
}
