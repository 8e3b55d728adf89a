/** Advice about passwords, and changing them. */
import { advisePassword, changeOwnPassword } from '@countersign/core'
import { type CheckPasswordResponse, type PasswordChangedResponse, Secret } from '@countersign/protocol'
import { json } from '../http/reply.ts'
import { type AnyRoute, protectedRoute, publicRoute } from '../http/route.ts'
import {
  changePasswordSchema,
  checkPasswordSchema,
  passwordAdviceSchema,
  passwordChangedSchema,
} from '../schemas/passwords.ts'
import { refused } from './answer.ts'
import { deliverRenewed } from './deliver.ts'

const check: AnyRoute = publicRoute({
  name: 'check_password',
  method: 'POST',
  path: '/v1/passwords/check',
  summary: 'How good a password is, while somebody types it. Nothing is kept, and nobody else is asked.',
  tag: 'Passwords',
  access: 'public',
  limit: 'password_check',
  body: checkPasswordSchema,
  responses: {
    200: { description: 'Its score, and what would make it better.', schema: passwordAdviceSchema },
  },
  handle: async (call) => {
    const { password, email = '', name = null } = call.body
    const advice = await advisePassword(call.services.core, new Secret(password), { email, name })
    const answer: CheckPasswordResponse = { ...advice, hints: [...advice.hints] }
    return json(200, answer)
  },
})

const changeOwn: AnyRoute = protectedRoute({
  name: 'change_own_password',
  method: 'POST',
  path: '/v1/me/password',
  summary: 'Change one’s own password; the session gets a new value, and all others end by default.',
  tag: 'Passwords',
  access: 'credential',
  limit: 'sign_in',
  body: changePasswordSchema,
  responses: { 200: { description: 'Changed, and what ended.', schema: passwordChangedSchema } },
  handle: async (call) => {
    const { current_password, new_password, keep_other_sessions = false } = call.body
    const input = {
      current: new Secret(current_password),
      next: new Secret(new_password),
      keepOtherSessions: keep_other_sessions,
    }
    const answer = await changeOwnPassword(call.services.core, call.caller, input, call.facts)
    if (!answer.ok) return refused(call, answer)
    const common: PasswordChangedResponse = { status: 'password_changed', ended: answer.ended }
    return deliverRenewed(call.services, answer, common, call.facts.nowMs)
  },
})

export const passwordRoutes: readonly AnyRoute[] = [check, changeOwn]
