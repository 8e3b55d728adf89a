/** A bad request or credential is an answer, not an exception: what doors return when they refuse. */
import type { Acr, ErrorCode, RefusalReason } from '@countersign/protocol'

export interface Refusal {
  readonly ok: false
  readonly code: ErrorCode
  /** For those allowed to read decisions; never for the caller. */
  readonly reason?: RefusalReason
  /** Fields that do not match, where the code is `invalid_request`. */
  readonly fields?: readonly { readonly path: string; readonly message: string }[]
  /** What would be enough, where the code is `insufficient_user_authentication` (RFC 9470 §3). */
  readonly stepUp?: StepUpNeed
  /** How long to wait, where waiting helps. */
  readonly retryAfterSeconds?: number
}

/** How recently and how strongly somebody must have proved who they are. */
export interface StepUpNeed {
  readonly acr: Acr
  readonly maxAgeSeconds: number
}

export type Outcome<T> = ({ readonly ok: true } & T) | Refusal

export function refuse(code: ErrorCode, reason?: RefusalReason): Refusal {
  return reason === undefined ? { ok: false, code } : { ok: false, code, reason }
}

export function refuseField(path: string, message: string): Refusal {
  return { ok: false, code: 'invalid_request', fields: [{ path, message }] }
}
