/** Who did what, when, from where, with which credential (brief A3). Never holds a credential itself. */
import type { AuditEventId } from '@countersign/protocol'

export interface AuditActor {
  readonly kind: 'account' | 'service_account' | 'system' | 'anonymous'
  readonly id: string | null
  /** The id of the credential that was presented, never the credential. */
  readonly credential: string | null
}

export type AuditDetails = Readonly<Record<string, string | number | boolean | null>>

export interface AuditEvent {
  readonly id: AuditEventId
  readonly atMs: number
  /** `<noun>.<what happened>`, such as `session.opened`. */
  readonly type: string
  readonly outcome: 'success' | 'refused' | 'failed'
  readonly actor: AuditActor
  readonly target: { readonly kind: string; readonly id: string } | null
  readonly address: string | null
  readonly requestId: string | null
  readonly details: AuditDetails
}

/** An event with its place in the hash chain; null while the chainer has not come by. */
export interface ChainedAuditEvent {
  readonly event: AuditEvent
  readonly chain: { readonly position: number; readonly hash: string } | null
}

export interface AuditQuery {
  readonly limit: number
  /** The last id of the page before, newest first. */
  readonly after: string | null
  readonly type: string | null
  readonly actorId: string | null
  readonly targetId: string | null
  readonly sinceMs: number | null
  readonly untilMs: number | null
}
