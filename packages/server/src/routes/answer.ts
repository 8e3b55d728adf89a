/** How routes turn a door's refusal into an answer. */
import type { Refusal } from '@countersign/core'
import { type Limited, toLimitFields } from '../http/limit-fields.ts'
import type { OwnApi } from '../http/own-api.ts'
import { problem, type Reply, stepUpHeaders } from '../http/reply.ts'
import type { Services } from '../services.ts'

export function refused(
  call: { readonly services: Services; readonly decisionId: string },
  refusal: Refusal,
): Reply {
  return problem(call.services.config, {
    code: refusal.code,
    decisionId: call.decisionId,
    ...(refusal.fields && { fields: refusal.fields }),
    headers: headersOf(call.services.config, refusal),
  })
}

/** For limits that only a route can ask, since they go by what is in the body. */
export function rateLimited(
  { services, decisionId }: { readonly services: Services; readonly decisionId: string },
  limited: Limited,
): Reply {
  const headers = toLimitFields(limited)
  return problem(services.config, { code: 'rate_limited', decisionId, headers })
}

function headersOf(
  api: OwnApi,
  { code, stepUp, retryAfterSeconds }: Refusal,
): Readonly<Record<string, string>> {
  return {
    ...(stepUp && stepUpHeaders(api, stepUp)),
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    ...(code === 'too_many_failures' && waitFields(retryAfterSeconds ?? 1)),
  }
}

/** A wait is a limit too: one try when it is over. */
export const waitFields = (seconds: number): Readonly<Record<string, string>> => ({
  ratelimit: `"failures";r=0;t=${seconds}`,
  'ratelimit-policy': `"failures";q=1;w=${seconds}`,
  'retry-after': String(seconds),
})

/** For ids in paths that are none: the same answer as for ids that nobody has. */
export function notFound(call: { readonly services: Services; readonly decisionId: string }): Reply {
  return refused(call, { ok: false, code: 'not_found' })
}
