/** The address of an account: changed by its owner, and shown to be read. */
import {
  confirmEmail,
  confirmEmailChange,
  RECENT_SECONDS,
  requestEmailChange,
  requestEmailVerification,
  startEmailVerification,
} from '@countersign/core'
import { AAL1, isAccountId, permissions as own, Secret } from '@countersign/protocol'
import { onBeat } from '../adapters/beat.ts'
import { limitMail } from '../http/limits.ts'
import { json, noContent } from '../http/reply.ts'
import { type AnyRoute, protectedRoute, publicRoute } from '../http/route.ts'
import { confirmEmailPage, verifyEmailPage } from '../pages/link-pages.ts'
import { lookOf } from '../pages/look.ts'
import { pageFile } from '../pages/reply.ts'
import {
  changeEmailSchema,
  checkMailSchema,
  confirmEmailChangeSchema,
  confirmEmailSchema,
  emailVerificationSchema,
} from '../schemas/links.ts'
import { notFound, rateLimited, refused } from './answer.ts'
import { page } from './pages.ts'

const CHECK_MAIL = { status: 'check_mail' } as const
const HTML = 'text/html; charset=utf-8'

const change: AnyRoute = protectedRoute<{ email: string }>({
  name: 'change_own_email',
  method: 'POST',
  path: '/v1/me/email',
  summary: 'Have a link sent to a new address, which takes the place of the old one once it is used.',
  tag: 'Me',
  access: 'credential',
  stepUp: { acr: AAL1, maxAgeSeconds: RECENT_SECONDS },
  body: changeEmailSchema,
  responses: { 202: { description: 'The same for every address.', schema: checkMailSchema } },
  handle: async (call) => {
    const { services, body } = call
    const limited = await limitMail(services, body.email)
    if (limited !== null && !limited.allowed) return rateLimited(call, limited)
    const answer = await onBeat(() => requestEmailChange(services.core, call.caller, body.email, call.facts))
    return answer.ok ? json(202, CHECK_MAIL) : refused(call, answer)
  },
})

const confirmChange: AnyRoute = publicRoute<{ ticket: string; password: string }>({
  name: 'confirm_email_change',
  method: 'POST',
  path: '/v1/email-change/confirm',
  summary: 'Change the address, with what the link ends with and the password of the account.',
  tag: 'Me',
  access: 'public',
  limit: 'factor',
  setsCookies: true,
  body: confirmEmailChangeSchema,
  responses: { 204: { description: 'Changed. Sign in with it.' } },
  handle: async (call) => {
    const { ticket, password } = call.body
    const input = { ticket, password: new Secret(password) }
    const answer = await confirmEmailChange(call.services.core, input, call.facts)
    return answer.ok ? noContent() : refused(call, answer)
  },
})

const verification = {
  202: { description: 'A link is on its way, or none is needed.', schema: emailVerificationSchema },
}

const verify: AnyRoute = protectedRoute({
  name: 'verify_own_email',
  method: 'POST',
  path: '/v1/me/email/verify',
  summary: 'Have a link sent to one’s own address, which shows that its mail is read.',
  tag: 'Me',
  access: 'credential',
  limit: 'sign_up',
  responses: verification,
  handle: async (call) => {
    const answer = await requestEmailVerification(call.services.core, call.caller, call.facts)
    return answer.ok ? json(202, { status: answer.sent ? 'check_mail' : 'verified' }) : refused(call, answer)
  },
})

const startVerify: AnyRoute = protectedRoute({
  name: 'start_email_verification',
  method: 'POST',
  path: '/v1/accounts/:id/verify-email',
  summary: 'Have a link sent to the owner of an account, which shows that its mail is read.',
  tag: 'Accounts',
  access: { permission: own.accountsWrite },
  responses: verification,
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isAccountId(id)) return notFound(call)
    const answer = await startEmailVerification(call.services.core, call.caller, id, call.facts)
    return answer.ok ? json(202, { status: answer.sent ? 'check_mail' : 'verified' }) : refused(call, answer)
  },
})

const confirmVerify: AnyRoute = publicRoute<{ ticket: string }>({
  name: 'confirm_email',
  method: 'POST',
  path: '/v1/email-verification/confirm',
  summary: 'Show that the mail of an address is read, with what the link ends with.',
  tag: 'Me',
  access: 'public',
  limit: 'factor',
  setsCookies: true,
  body: confirmEmailSchema,
  responses: { 204: { description: 'The address is verified.' } },
  handle: async (call) => {
    const answer = await confirmEmail(call.services.core, call.body.ticket, call.facts)
    return answer.ok ? noContent() : refused(call, answer)
  },
})

const changePage = page(
  { name: 'confirm_email_page', path: '/confirm-email', summary: 'Confirm a new address.' },
  (call) => pageFile({ body: confirmEmailPage(lookOf(call)), contentType: HTML }),
)
const verifyPage = page(
  { name: 'verify_email_page', path: '/verify-email', summary: 'Show that the mail of an address is read.' },
  (call) => pageFile({ body: verifyEmailPage(lookOf(call)), contentType: HTML }),
)

export const emailRoutes: readonly AnyRoute[] = [
  change,
  confirmChange,
  verify,
  startVerify,
  confirmVerify,
  changePage,
  verifyPage,
]
