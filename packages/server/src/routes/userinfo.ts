/** Who somebody is, for the client that they signed in to (OIDC Core §5.3). */
import { readUserInfo } from '@countersign/core'
import { takeCredential } from '@countersign/verifier'
import { z } from 'zod'
import { presentationRefusal } from '../http/proof.ts'
import { json, problem, type Reply } from '../http/reply.ts'
import { type AnyRoute, type Call, publicRoute } from '../http/route.ts'
import { refused } from './answer.ts'

type UserInfoCall = Call<undefined, undefined, null>

const responses = {
  200: {
    description: 'The claims that the scopes of the grant name.',
    schema: z.object({
      sub: z.string(),
      name: z.string().optional(),
      email: z.string().optional(),
      email_verified: z.boolean().optional(),
    }),
  },
}

/**
 * The access token may be for any API: that it was given together with `openid` is what counts here, and this one
 * question is all that it opens. So the authority's other routes need not be an audience of other people's tokens.
 */
async function answer(call: UserInfoCall): Promise<Reply> {
  const { services, header, facts, decisionId } = call
  const { config } = services
  const refuse = (code: 'credential_required' | 'multiple_credentials' | 'invalid_credential') =>
    problem(config, { code, decisionId })
  const headers = { authorization: header('authorization'), apiKey: header('x-api-key'), cookie: null }
  const taken = takeCredential(headers, services.cookies)
  if (taken.kind === 'none') return refuse('credential_required')
  if (taken.kind === 'multiple') return refuse('multiple_credentials')
  if (taken.kind === 'malformed' || !taken.credential.includes('.')) return refuse('invalid_credential')
  await services.core.feed.catchUp()
  const checked = await services.core.checkAccessToken(taken.credential)
  if (!checked.ok) {
    if (checked.code === 'verifier_unavailable') return problem(config, { code: checked.code, decisionId })
    return refuse('invalid_credential')
  }
  const { accessToken, byProof } = { accessToken: taken.credential, byProof: taken.byProof === true }
  const asked = { method: call.method, path: PATH, accessToken }
  const presented = { verdict: checked.verdict, byProof, asked }
  const unproven = await presentationRefusal(services, header, presented, facts.nowMs)
  if (unproven !== null) return problem(config, { ...unproven, decisionId })
  const found = await readUserInfo(services.core, checked.verdict, facts)
  return found.ok ? json(200, found.info) : refused(call, found)
}

const PATH = '/oauth/userinfo'

const row = {
  path: PATH,
  tag: 'Authorization',
  access: 'public',
  limit: 'token',
  responses,
} as const

const byGet: AnyRoute = publicRoute({
  ...row,
  name: 'userinfo',
  method: 'GET',
  summary: 'What the scopes openid, profile and email let a client read of a person.',
  handle: answer,
})

const byPost: AnyRoute = publicRoute({
  ...row,
  name: 'userinfo_by_post',
  method: 'POST',
  summary: 'The same by POST; the access token stands in the header here, too.',
  handle: answer,
})

export const userInfoRoutes: readonly AnyRoute[] = [byGet, byPost]
