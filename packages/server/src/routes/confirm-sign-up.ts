/** The second step of signing up, where addresses are verified: the link in the mail, and the page behind it. */
import { confirmSignUp } from '@countersign/core'
import { Secret } from '@countersign/protocol'
import { z } from 'zod'
import { json } from '../http/reply.ts'
import { type AnyRoute, publicRoute } from '../http/route.ts'
import { confirmSignUpPage } from '../pages/link-pages.ts'
import { lookOf } from '../pages/look.ts'
import { pageFile } from '../pages/reply.ts'
import { confirmSignUpSchema } from '../schemas/links.ts'
import { accountSchema } from '../schemas/principals.ts'
import { refused } from './answer.ts'
import { page } from './pages.ts'
import { toAccountShape } from './shapes.ts'

const confirm: AnyRoute = publicRoute({
  name: 'confirm_sign_up',
  method: 'POST',
  path: '/v1/sign-up/confirm',
  summary: 'Make the account, with what the link ends with and the password that was chosen.',
  tag: 'Signing in',
  access: 'public',
  limit: 'factor',
  setsCookies: true,
  body: confirmSignUpSchema,
  responses: { 201: { description: 'The account.', schema: z.object({ account: accountSchema }) } },
  handle: async (call) => {
    const { ticket, password } = call.body
    const input = { ticket, password: new Secret(password) }
    const answer = await confirmSignUp(call.services.core, input, call.facts)
    return answer.ok ? json(201, { account: toAccountShape(answer.account) }) : refused(call, answer)
  },
})

const confirmPage = page(
  { name: 'confirm_sign_up_page', path: '/confirm-sign-up', summary: 'Confirm an address.' },
  (call) => pageFile({ body: confirmSignUpPage(lookOf(call)), contentType: 'text/html; charset=utf-8' }),
)

export const confirmSignUpRoutes: readonly AnyRoute[] = [confirm, confirmPage]
