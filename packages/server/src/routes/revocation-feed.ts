/** The feed that verifiers follow: entries of the revocation log by long poll (lease protocol, rules 2 and 3). */
import type { Caller } from '@countersign/core'
import { allows, type FeedQuery, permissions as own } from '@countersign/protocol'
import { authenticate } from '../http/authenticate.ts'
import { type Reply, rawJson } from '../http/reply.ts'
import { type AnyRoute, type Call, protectedRoute } from '../http/route.ts'
import { feedQuerySchema, feedResponseSchema } from '../schemas/revocation-feed.ts'
import { refused } from './answer.ts'

type PollCall = Call<undefined, FeedQuery, Caller>

export const feedRoute: AnyRoute = protectedRoute({
  name: 'follow_revocations',
  method: 'GET',
  path: '/v1/revocations',
  summary: 'Follow the revocation log. Asking after a position says that all up to it has been applied.',
  tag: 'Revoking',
  access: { permission: own.revocationsRead },
  query: feedQuerySchema,
  responses: {
    200: {
      description: 'Entries after the position, at the latest at the end of the hold, and a lease.',
      schema: feedResponseSchema,
    },
  },
  handle: async (call: PollCall) => {
    const { verifier, epoch = null, after = 0, hold_ms: holdMs = 0 } = call.query
    const answer = await call.services.feed.poll({
      verifier,
      principal: call.caller.principal.id,
      epoch,
      after,
      holdMs,
      get signal() {
        return call.leaving()
      },
    })
    switch (answer.kind) {
      case 'answer':
        return answer.waited ? answerOnceMore(call, answer.body) : rawJson(answer.body)
      case 'abandoned':
        return refused(call, { ok: false, code: 'conflict' })
      case 'stopping':
        return refused(call, { ok: false, code: 'shutting_down' })
    }
  },
})

/** The credential was good when the poll arrived. A lease is granted only if it still is. */
async function answerOnceMore(call: PollCall, body: string): Promise<Reply> {
  const checked = await authenticate(call.services, call.header, call.facts.address, null)
  if (!checked.ok) return refused(call, { ok: false, code: checked.code })
  if (!allows(checked.caller.verdict.permissions, own.revocationsRead)) {
    return refused(call, { ok: false, code: 'permission_denied' })
  }
  return rawJson(body)
}
