/** "This wasn't me": the page behind the link in a mail, and the same from a session of one's own and for others. */
import {
  type Disowned,
  disownByLink,
  disownOwnSession,
  disownSessionOf,
  RECENT_SECONDS,
} from '@countersign/core'
import { AAL1, isAccountId, isSessionId, type NotMeResponse, permissions as own } from '@countersign/protocol'
import { json } from '../http/reply.ts'
import { type AnyRoute, protectedRoute, publicRoute } from '../http/route.ts'
import { lookOf } from '../pages/look.ts'
import { notMeDonePage, notMeOverPage, notMePage } from '../pages/not-me-page.ts'
import { linkTicketSchema, notMePageSchema, notMeSchema } from '../schemas/links.ts'
import { notFound, refused } from './answer.ts'
import { page } from './oauth-pages/replies.ts'

const isTicket = (text: string | undefined): text is string => linkTicketSchema.safeParse(text).success

const show: AnyRoute = publicRoute<undefined, { ticket?: string | undefined }>({
  name: 'not_me_page',
  method: 'GET',
  path: '/not-me',
  summary:
    'Say that a sign-in was not one’s own: the page behind the link in a mail. Opening it does nothing.',
  tag: 'Pages',
  access: 'public',
  errorForm: 'page',
  query: notMePageSchema,
  responses: { 200: { description: 'The page.' }, 400: { description: 'The link is incomplete.' } },
  handle: (call) => {
    const { ticket } = call.query
    return isTicket(ticket)
      ? page(notMePage(lookOf(call), ticket))
      : page(notMeOverPage(lookOf(call)), { status: 400, outcome: 'ticket_ended' })
  },
})

const submit: AnyRoute = publicRoute<{ ticket?: string | undefined }>({
  name: 'not_me',
  method: 'POST',
  path: '/not-me',
  summary: 'Take back the sign-in that a mail told of, and have a link sent that sets another password.',
  tag: 'Pages',
  access: 'public',
  errorForm: 'page',
  limit: 'factor',
  body: notMePageSchema,
  bodyForm: 'form',
  responses: { 200: { description: 'Taken back.' }, 400: { description: 'The link has ended.' } },
  handle: async (call) => {
    const look = lookOf(call)
    const over = page(notMeOverPage(look), { status: 400, outcome: 'ticket_ended' })
    if (!isTicket(call.body.ticket)) return over
    const answer = await disownByLink(call.services.core, call.body.ticket, call.facts)
    return answer.ok ? page(notMeDonePage(look, answer.next)) : over
  },
})

const responses = { 200: { description: 'What has ended, and what comes next.', schema: notMeSchema } }

const ownSession: AnyRoute = protectedRoute({
  name: 'disown_own_session',
  method: 'POST',
  path: '/v1/me/sessions/:id/not-me',
  summary:
    'Say that one of one’s sessions is somebody else’s: ends it with all that came of it, and the password.',
  tag: 'Me',
  access: 'credential',
  stepUp: { acr: AAL1, maxAgeSeconds: RECENT_SECONDS },
  responses,
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isSessionId(id)) return notFound(call)
    const answer = await disownOwnSession(call.services.core, call.caller, id, call.facts)
    return answer.ok ? json(200, toShape(answer)) : refused(call, answer)
  },
})

const sessionOf: AnyRoute = protectedRoute({
  name: 'disown_session',
  method: 'POST',
  path: '/v1/accounts/:id/sessions/:session/not-me',
  summary:
    'Say for somebody that a session of theirs is somebody else’s; the owner is sent a link for a new password.',
  tag: 'Accounts',
  access: { permission: own.accountsWrite },
  responses,
  handle: async (call) => {
    const { id: account = '', session = '' } = call.params
    if (!isAccountId(account) || !isSessionId(session)) return notFound(call)
    const answer = await disownSessionOf(call.services.core, call.caller, { account, session }, call.facts)
    return answer.ok ? json(200, toShape(answer)) : refused(call, answer)
  },
})

function toShape({ ended, next }: Disowned): NotMeResponse {
  const { sessions, grants, apiKeys } = ended
  return { ended: { sessions, grants, api_keys: apiKeys }, next }
}

export const notMeRoutes: readonly AnyRoute[] = [show, submit, ownSession, sessionOf]
