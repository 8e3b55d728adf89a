/** Advice about passwords, and changing them. */
import { advisePassword } from '@countersign/core'
import { type CheckPasswordResponse, Secret } from '@countersign/protocol'
import { json } from '../http/reply.ts'
import { type AnyRoute, publicRoute } from '../http/route.ts'
import { checkPasswordSchema, passwordAdviceSchema } from '../schemas/passwords.ts'

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

export const passwordRoutes: readonly AnyRoute[] = [check]
