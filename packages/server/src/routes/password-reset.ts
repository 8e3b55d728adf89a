/** Setting a new password by a link in a mail: asking for it, the page behind it, and using it. */
import { completePasswordReset, requestPasswordReset, startPasswordReset } from '@countersign/core'
import { isAccountId, permissions as own, Secret } from '@countersign/protocol'
import { onBeat } from '../adapters/beat.ts'
import { limitMail } from '../http/limits.ts'
import { json, noContent } from '../http/reply.ts'
import { type AnyRoute, protectedRoute, publicRoute } from '../http/route.ts'
import { resetPage } from '../pages/link-pages.ts'
import { lookOf } from '../pages/look.ts'
import { pageFile } from '../pages/reply.ts'
import { checkMailSchema, completePasswordResetSchema, passwordResetSchema } from '../schemas/links.ts'
import { notFound, rateLimited, refused } from './answer.ts'
import { page } from './pages.ts'

const CHECK_MAIL = { status: 'check_mail' } as const
const accepted = { 202: { description: 'The same for every address.', schema: checkMailSchema } }

const request: AnyRoute = publicRoute({
  name: 'request_password_reset',
  method: 'POST',
  path: '/v1/password-reset',
  summary: 'Have a link sent that sets a new password, if the address is somebody’s.',
  tag: 'Passwords',
  access: 'public',
  limit: 'sign_up',
  setsCookies: true,
  body: passwordResetSchema,
  responses: accepted,
  handle: async (call) => {
    const { services, body } = call
    const limited = await limitMail(services, body.email)
    if (limited !== null && !limited.allowed) {
      return rateLimited(call, limited)
    }
    const answer = await onBeat(() => requestPasswordReset(services.core, body.email, call.facts))
    return answer.ok ? json(202, CHECK_MAIL) : refused(call, answer)
  },
})

const complete: AnyRoute = publicRoute({
  name: 'complete_password_reset',
  method: 'POST',
  path: '/v1/password-reset/complete',
  summary: 'Set the new password with what the link ends with; every session of the account ends.',
  tag: 'Passwords',
  access: 'public',
  limit: 'factor',
  setsCookies: true,
  body: completePasswordResetSchema,
  responses: { 204: { description: 'Set. Sign in with it.' } },
  handle: async (call) => {
    const { ticket, password } = call.body
    const input = { ticket, password: new Secret(password) }
    const answer = await completePasswordReset(call.services.core, input, call.facts)
    return answer.ok ? noContent() : refused(call, answer)
  },
})

const start: AnyRoute = protectedRoute({
  name: 'start_password_reset',
  method: 'POST',
  path: '/v1/accounts/:id/reset-password',
  summary: 'Have a link sent to the owner of an account, who sets a new password with it.',
  tag: 'Accounts',
  access: { permission: own.accountsWrite },
  responses: { 202: { description: 'On its way to the owner.', schema: checkMailSchema } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isAccountId(id)) return notFound(call)
    const answer = await startPasswordReset(call.services.core, call.caller, id, call.facts)
    return answer.ok ? json(202, CHECK_MAIL) : refused(call, answer)
  },
})

const resetPageRoute = page(
  { name: 'reset_page', path: '/reset-password', summary: 'Set a new password.' },
  (call) => {
    const body = resetPage(lookOf(call), call.services.core.policy.passwordLengthMin)
    return pageFile({ body, contentType: 'text/html; charset=utf-8' })
  },
)

export const passwordResetRoutes: readonly AnyRoute[] = [request, complete, start, resetPageRoute]
