/** How routes turn a door's refusal into an answer. */
import type { Refusal } from '@countersign/core'
import { problem, type Reply, stepUpHeaders } from '../http/reply.ts'
import type { Services } from '../services.ts'

export function refused(
  call: { readonly services: Services; readonly decisionId: string },
  refusal: Refusal,
): Reply {
  return problem(call.services.config.issuer, {
    code: refusal.code,
    decisionId: call.decisionId,
    ...(refusal.fields && { fields: refusal.fields }),
    headers: headersOf(refusal),
  })
}

function headersOf({ stepUp, retryAfterSeconds }: Refusal): Readonly<Record<string, string>> {
  return {
    ...(stepUp && stepUpHeaders(stepUp)),
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
  }
}

/** For ids in paths that are none: the same answer as for ids that nobody has. */
export function notFound(call: { readonly services: Services; readonly decisionId: string }): Reply {
  return refused(call, { ok: false, code: 'not_found' })
}
