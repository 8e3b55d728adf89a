/** Inviting people by mail, and the page behind the link that they get. */
import {
  acceptInvitation,
  invitationsLeft,
  invite,
  resendInvitation,
  revokeInvitation,
} from '@countersign/core'
import { isInvitationId, MEMBER, permissions as own, Secret } from '@countersign/protocol'
import { z } from 'zod'
import { json, noContent } from '../http/reply.ts'
import { type AnyRoute, protectedRoute, publicRoute } from '../http/route.ts'
import { invitationPage } from '../pages/link-pages.ts'
import { lookOf } from '../pages/look.ts'
import { pageFile } from '../pages/reply.ts'
import { type PageQuery, pageQuerySchema } from '../schemas/common.ts'
import {
  acceptInvitationSchema,
  invitationPageSchema,
  invitationResponseSchema,
  inviteSchema,
  resendInvitationSchema,
} from '../schemas/invitations.ts'
import { accountSchema } from '../schemas/principals.ts'
import { notFound, refused } from './answer.ts'
import { page } from './pages.ts'
import { toAccountShape, toInvitationShape, toPage } from './shapes.ts'

const list: AnyRoute = protectedRoute<unknown, PageQuery>({
  name: 'list_invitations',
  method: 'GET',
  path: '/v1/invitations',
  summary: 'List invitations that nobody has accepted, the newest first.',
  tag: 'Accounts',
  access: { permission: own.accountsRead },
  query: pageQuerySchema,
  responses: { 200: { description: 'Invitations.', schema: invitationPageSchema } },
  handle: async (call) => {
    const { limit, cursor } = call.query
    const rows = await call.services.core.store.listInvitations({ limit, after: cursor ?? null })
    const left = await invitationsLeft(call.services.core, call.caller, call.facts)
    return json(200, { ...toPage(rows, limit, toInvitationShape), left })
  },
})

const create: AnyRoute = protectedRoute({
  name: 'create_invitation',
  method: 'POST',
  path: '/v1/invitations',
  summary: 'Send an address a link that makes an account with these roles; signing up may be closed.',
  tag: 'Accounts',
  access: { permission: own.accountsWrite },
  body: inviteSchema,
  responses: { 201: { description: 'The invitation.', schema: invitationResponseSchema } },
  handle: async (call) => {
    const { email, roles = [MEMBER], expires_in } = call.body
    const input = { email, roles, lifetimeSeconds: expires_in }
    const answer = await invite(call.services.core, call.caller, input, call.facts)
    return answer.ok ? json(201, { invitation: toInvitationShape(answer.invitation) }) : refused(call, answer)
  },
})

const resend: AnyRoute = protectedRoute({
  name: 'resend_invitation',
  method: 'POST',
  path: '/v1/invitations/:id/resend',
  summary: 'Send another link in place of the one before, for which the caller answers from then on.',
  tag: 'Accounts',
  access: { permission: own.accountsWrite },
  bodyForm: 'optional_json',
  body: resendInvitationSchema,
  responses: { 200: { description: 'The invitation as it is now.', schema: invitationResponseSchema } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isInvitationId(id)) return notFound(call)
    const input = { id, lifetimeSeconds: call.body.expires_in }
    const answer = await resendInvitation(call.services.core, call.caller, input, call.facts)
    return answer.ok ? json(200, { invitation: toInvitationShape(answer.invitation) }) : refused(call, answer)
  },
})

const revoke: AnyRoute = protectedRoute({
  name: 'revoke_invitation',
  method: 'DELETE',
  path: '/v1/invitations/:id',
  summary: 'Take an invitation back: its link ends.',
  tag: 'Accounts',
  access: { permission: own.accountsWrite },
  responses: { 204: { description: 'Its link makes no account any more.' } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isInvitationId(id)) return notFound(call)
    const answer = await revokeInvitation(call.services.core, call.caller, id, call.facts)
    return answer.ok ? noContent() : refused(call, answer)
  },
})

const accept: AnyRoute = publicRoute({
  name: 'accept_invitation',
  method: 'POST',
  path: '/v1/invitations/accept',
  summary: 'Make the account that one is invited to, with what the link ends with.',
  tag: 'Signing in',
  access: 'public',
  limit: 'factor',
  setsCookies: true,
  body: acceptInvitationSchema,
  responses: { 201: { description: 'The account.', schema: z.object({ account: accountSchema }) } },
  handle: async (call) => {
    const { ticket, password, name = null } = call.body
    const input = { ticket, password: new Secret(password), name }
    const answer = await acceptInvitation(call.services.core, input, call.facts)
    return answer.ok ? json(201, { account: toAccountShape(answer.account) }) : refused(call, answer)
  },
})

const acceptPage = page(
  { name: 'invitation_page', path: '/accept-invitation', summary: 'Accept an invitation.' },
  (call) => {
    const body = invitationPage(lookOf(call), call.services.core.policy.passwordLengthMin)
    return pageFile({ body, contentType: 'text/html; charset=utf-8' })
  },
)

export const invitationRoutes: readonly AnyRoute[] = [list, create, resend, revoke, accept, acceptPage]
