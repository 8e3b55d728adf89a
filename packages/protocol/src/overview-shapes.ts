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
