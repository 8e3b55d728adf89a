/** Signing up, in and out. */

import { signIn, signOut, signUp } from '@countersign/core'
import { Secret } from '@countersign/protocol'
import { z } from 'zod'
import { onBeat } from '../adapters/beat.ts'
import { limitAccount, limitMail } from '../http/limits.ts'
import { json, noContent } from '../http/reply.ts'
import { type AnyRoute, protectedRoute, publicRoute } from '../http/route.ts'
import { signInResponseSchema } from '../schemas/factors.ts'
import { checkMailSchema } from '../schemas/links.ts'
import { accountSchema, signUpSchema } from '../schemas/principals.ts'
import { signInSchema } from '../schemas/sessions.ts'
import { rateLimited, refused } from './answer.ts'
import { deliverCredentials, toStepRequired } from './deliver.ts'
import { toAccountShape } from './shapes.ts'

const signUpRoute: AnyRoute = publicRoute({
  name: 'sign_up',
  method: 'POST',
  path: '/v1/sign-up',
  summary: 'Create an account with e-mail address and password.',
  tag: 'Signing in',
  access: 'public',
  limit: 'sign_up',
  setsCookies: true,
  body: signUpSchema,
  responses: {
    201: { description: 'The account.', schema: z.object({ account: accountSchema }) },
    202: {
      description: 'Where addresses are verified, the same for every address: a mail tells how to go on.',
      schema: checkMailSchema,
    },
  },
  handle: async (call) => {
    const { email, password, name } = call.body
    const { core, config } = call.services
    const input = { email, password: new Secret(password), name: name ?? null }
    const begin = () => signUp(core, input, call.facts)
    const isVerified = config.emailVerification === 'required'
    const limited = isVerified ? await limitMail(call.services, email) : null
    if (limited !== null && !limited.allowed) return rateLimited(call, limited)
    const answer = isVerified ? await onBeat(begin) : await begin()
    if (!answer.ok) return refused(call, answer)
    if (answer.kind === 'check_mail') return json(202, { status: 'check_mail' })
    return json(201, { account: toAccountShape(answer.account) })
  },
})

const signInRoute: AnyRoute = publicRoute({
  name: 'sign_in',
  method: 'POST',
  path: '/v1/sign-in',
  summary: 'Sign in; the credential is delivered as a cookie, a session token, or a JWT with refresh token.',
  tag: 'Signing in',
  access: 'public',
  limit: 'sign_in',
  setsCookies: true,
  body: signInSchema,
  responses: {
    200: { description: 'Signed in, or a ticket for the second step.', schema: signInResponseSchema },
  },
  handle: async (call) => {
    const { email, password, deliver = 'cookie', refresh = 'body' } = call.body
    const limited = await limitAccount(call.services, email, call.facts.deviceSecrets)
    if (limited !== null && !limited.allowed) return rateLimited(call, limited)
    const input = { email, password: new Secret(password), deliver, refresh }
    const answer = await signIn(call.services.core, input, call.facts)
    if (answer.ok && answer.kind !== 'signed_in') return toStepRequired(answer)
    call.services.metrics.signIn(answer.ok ? 'success' : 'refused')
    if (!answer.ok) return refused(call, answer)
    return deliverCredentials(call.services, answer, refresh, call.facts.nowMs)
  },
})

const signOutRoute: AnyRoute = protectedRoute({
  name: 'sign_out',
  method: 'POST',
  path: '/v1/sign-out',
  summary: 'End the session of the presented credential and everything under it.',
  tag: 'Signing in',
  access: 'credential',
  responses: { 204: { description: 'Ended everywhere.' } },
  handle: async (call) => {
    const answer = await signOut(call.services.core, call.caller, call.facts)
    if (!answer.ok) return refused(call, answer)
    const reply = noContent(call.services.cookies.cleared)
    // ASVS 14.3.1: what the browser kept for this origin goes too; cookies were cleared one by one.
    return { ...reply, headers: { ...reply.headers, 'clear-site-data': '"cache", "storage"' } }
  },
})

export const signInRoutes: readonly AnyRoute[] = [signUpRoute, signInRoute, signOutRoute]
