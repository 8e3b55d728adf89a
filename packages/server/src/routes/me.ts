/** Who am I, and where am I signed in. */

import {
  endOtherSessions,
  endOwnAccount,
  endOwnSession,
  listOwnSessions,
  RECENT_SECONDS,
  sessionOf,
} from '@countersign/core'
import { AAL1, isSessionId, type MeResponse } from '@countersign/protocol'
import type { Verdict } from '@countersign/verifier'
import { json, noContent, rawJson } from '../http/reply.ts'
import { type AnyRoute, protectedRoute } from '../http/route.ts'
import { endedSchema, meSchema, sessionsSchema } from '../schemas/sessions.ts'
import { notFound, refused } from './answer.ts'
import { toCredentialShape, toSessionDetail } from './shapes.ts'

const me: AnyRoute = protectedRoute({
  name: 'me',
  method: 'GET',
  path: '/v1/me',
  summary: 'The principal and the credential behind this request.',
  tag: 'Me',
  access: 'credential',
  responses: { 200: { description: 'The principal.', schema: meSchema } },
  handle: (call) => rawJson(spell(call.caller.verdict)),
})

/** The answer is a function of the verdict, so it is spelled once per verdict. */
const spelled = new WeakMap<Verdict, string>()

function spell(verdict: Verdict): string {
  const known = spelled.get(verdict)
  if (known !== undefined) return known
  const { kind, id, name, email } = verdict.principal
  const answer: MeResponse = {
    principal: { kind, id, name, ...(email !== null && { email }) },
    credential: toCredentialShape(verdict),
    permissions: [...verdict.permissions],
  }
  const text = JSON.stringify(answer)
  spelled.set(verdict, text)
  return text
}

const listSessions: AnyRoute = protectedRoute({
  name: 'list_own_sessions',
  method: 'GET',
  path: '/v1/me/sessions',
  summary: 'Where this person is signed in.',
  tag: 'Me',
  access: 'credential',
  responses: { 200: { description: 'All live sessions, the newest first.', schema: sessionsSchema } },
  handle: async (call) => {
    // A use that waits to be written should show in the list that it opens.
    await call.services.usage.flush()
    const answer = await listOwnSessions(call.services.core, call.caller, call.facts)
    if (!answer.ok) return refused(call, answer)
    const current = sessionOf(call.caller)
    return json(200, {
      items: answer.sessions.map((one) => toSessionDetail(one, current)),
      next_cursor: null,
    })
  },
})

const endSession: AnyRoute = protectedRoute({
  name: 'end_own_session',
  method: 'DELETE',
  path: '/v1/me/sessions/:id',
  summary: 'End one of one’s own sessions.',
  tag: 'Me',
  access: 'credential',
  responses: { 204: { description: 'Ended everywhere.' } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isSessionId(id)) return notFound(call)
    const answer = await endOwnSession(call.services.core, call.caller, id, call.facts)
    return answer.ok ? noContent() : refused(call, answer)
  },
})

const endOthers: AnyRoute = protectedRoute({
  name: 'end_other_sessions',
  method: 'POST',
  path: '/v1/me/sessions/revoke-others',
  summary: 'End all of one’s sessions but this one.',
  tag: 'Me',
  access: 'credential',
  responses: { 200: { description: 'How many were ended.', schema: endedSchema } },
  handle: async (call) => {
    const answer = await endOtherSessions(call.services.core, call.caller, call.facts)
    return answer.ok ? json(200, { ended: answer.ended }) : refused(call, answer)
  },
})

const endAccount: AnyRoute = protectedRoute({
  name: 'end_own_account',
  method: 'DELETE',
  path: '/v1/me',
  summary: 'Delete one’s own account, for good, and end everything issued to it.',
  tag: 'Me',
  access: 'credential',
  stepUp: { acr: AAL1, maxAgeSeconds: RECENT_SECONDS },
  responses: { 204: { description: 'Deleted, and ended everywhere.' } },
  handle: async (call) => {
    const answer = await endOwnAccount(call.services.core, call.caller, call.facts)
    return answer.ok ? noContent(call.services.cookies.cleared) : refused(call, answer)
  },
})

export const meRoutes: readonly AnyRoute[] = [me, endAccount, listSessions, endSession, endOthers]
