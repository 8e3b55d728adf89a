/** Signing up, in and out. */

import { type SignedIn, signIn, signOut, signUp } from '@countersign/core'
import { Secret, type SignInRequest, type SignInResponse } from '@countersign/protocol'
import { z } from 'zod'
import { refreshCookie } from '../http/cookies.ts'
import { limitAccount } from '../http/limits.ts'
import { json, noContent, problem, type Reply } from '../http/reply.ts'
import { type AnyRoute, type Call, protectedRoute, publicRoute } from '../http/route.ts'
import { accountSchema, signUpSchema } from '../schemas/principals.ts'
import { signInResponseSchema, signInSchema } from '../schemas/sessions.ts'
import { refused } from './answer.ts'
import { toAccountShape, toSessionShape } from './shapes.ts'

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
  responses: { 201: { description: 'The account.', schema: z.object({ account: accountSchema }) } },
  handle: async (call) => {
    const { email, password, name } = call.body
    const input = { email, password: new Secret(password), name: name ?? null }
    const answer = await signUp(call.services.core, input, call.facts)
    return answer.ok ? json(201, { account: toAccountShape(answer.account) }) : refused(call, answer)
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
  responses: { 200: { description: 'Signed in.', schema: signInResponseSchema } },
  handle: async (call) => {
    const { email, password, deliver = 'cookie' } = call.body
    const limited = limitAccount(call.services, email)
    if (limited !== null && !limited.allowed) return limitedReply(call, limited.headers)
    const input = { email, password: new Secret(password), deliver }
    const answer = await signIn(call.services.core, input, call.facts)
    call.services.metrics.signIn(answer.ok ? 'success' : 'refused')
    return answer.ok ? deliverCredentials(call, answer) : refused(call, answer)
  },
})

function limitedReply(
  call: Call<SignInRequest, undefined, null>,
  headers: Readonly<Record<string, string>>,
): Reply {
  return problem(call.services.config.issuer, { code: 'rate_limited', decisionId: call.decisionId, headers })
}

function deliverCredentials(call: Call<SignInRequest, undefined, null>, signedIn: SignedIn): Reply {
  const { session, account, sessionToken, tokens } = signedIn
  const common: SignInResponse = {
    status: 'signed_in',
    account: toAccountShape(account),
    session: toSessionShape(session),
  }
  const maxAgeSeconds = Math.floor((session.expiresAtMs - call.facts.nowMs) / 1000)
  if (tokens !== null) {
    const { accessToken, expiresInSeconds } = tokens.access
    const answer = {
      ...common,
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: expiresInSeconds,
    }
    if (call.body.refresh === 'cookie')
      return json(200, answer, [refreshCookie(tokens.refreshToken, maxAgeSeconds)])
    return json(200, { ...answer, refresh_token: tokens.refreshToken.reveal() })
  }
  if (sessionToken === null) throw new Error('A session without a credential was opened.')
  if (session.delivery === 'session_token')
    return json(200, { ...common, session_token: sessionToken.reveal() })
  // The session's value stands in Set-Cookie alone (ASVS 3.3.4).
  const csrfToken = call.services.core.secrets.csrfToken(session.id)
  return json(200, { ...common, csrf_token: csrfToken }, [
    call.services.cookies.session(sessionToken, maxAgeSeconds),
  ])
}

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
