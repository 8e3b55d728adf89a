/** What is asked and done about issued tokens: revocation (RFC 7009), introspection (RFC 7662). */

import {
  ANONYMOUS,
  audiencesOfAsker,
  nodeOfCredential,
  revokeNode,
  toScope,
  verifyCredential,
  verifyForClient,
} from '@countersign/core'
import { FIRST_PARTY_CLIENT, permissions as own } from '@countersign/protocol'
import type { Verdict } from '@countersign/verifier'
import { dataHeaders, json, oauthError, type Reply, rawJson } from '../http/reply.ts'
import { type AnyRoute, protectedRoute, publicRoute } from '../http/route.ts'
import { introspectionSchema, tokenQuestionSchema } from '../schemas/oauth.ts'
import type { Services } from '../services.ts'
import { identifyClient } from './client-of-request.ts'

const done: Reply = { status: 200, body: null, headers: dataHeaders, outcome: 'ok' }

const revokeToken: AnyRoute = publicRoute({
  name: 'revoke_token',
  method: 'POST',
  path: '/oauth/revoke',
  summary:
    'End a token by presenting it: a refresh token with everything under its grant, or one access token.',
  tag: 'Tokens',
  access: 'public',
  limit: 'token',
  errorForm: 'oauth',
  body: tokenQuestionSchema,
  bodyForm: 'form',
  responses: { 200: { description: 'Ended, or not known here (RFC 7009 §2.2).' } },
  handle: async (call) => {
    const { services, body, facts } = call
    if (body.token === undefined) return oauthError('invalid_request', 'The parameter token is missing.')
    const client = await identifyClient(call, FIRST_PARTY_CLIENT)
    if (!client.ok) return client.reply
    const node = await nodeOfCredential(services.core, body.token, facts.nowMs)
    // RFC 7009 §2.2: an unknown token is as good as revoked, and the answer does not tell which it was.
    if (!node.ok) return done
    // RFC 7009 §2.1: a token of another client stays, and whoever holds it is not told that it is gone.
    if (node.clientId !== client.id) {
      return oauthError('invalid_grant', 'The token was issued to another client.')
    }
    const revoked = await revokeNode(services.core, node.node, { actor: ANONYMOUS, reason: null }, facts)
    if (revoked.ok) services.confirmations.committed(revoked.revocation.position)
    return done
  },
})

const introspect: AnyRoute = protectedRoute({
  name: 'introspect',
  method: 'POST',
  path: '/oauth/introspect',
  summary: 'Ask about any credential in the form of RFC 7662.',
  tag: 'Tokens',
  access: { permission: own.credentialsVerify },
  errorForm: 'oauth',
  body: tokenQuestionSchema,
  bodyForm: 'form',
  responses: { 200: { description: 'RFC 7662 §2.2.', schema: introspectionSchema } },
  handleClient: async (call) => {
    const { services, body, facts } = call
    const client = await identifyClient(call, null)
    if (!client.ok) return client.reply
    // RFC 7662 §2.1: whoever asks has proved who it is, which a public client and our own cannot.
    if (client.known === null || client.known.client.kind === 'public') {
      return oauthError('invalid_client', 'This client cannot prove who it is, and is told nothing.')
    }
    if (body.token === undefined) return oauthError('invalid_request', 'The parameter token is missing.')
    const answer = await verifyForClient(services.core, client.known, body.token, facts)
    return answer.active ? rawJson(spell(services, answer.verdict)) : json(200, { active: false })
  },
  handle: async (call) => {
    const { services, body, caller, facts } = call
    if (body.token === undefined) return oauthError('invalid_request', 'The parameter token is missing.')
    const input = { credential: body.token, permissions: [], audience: null }
    const audiences = await audiencesOfAsker(services.core, caller)
    const answer = await verifyCredential(services.core, input, audiences, facts)
    // Expired, revoked, foreign and garbage are answered alike, to the byte.
    return answer.active ? rawJson(spell(services, answer.verdict)) : json(200, { active: false })
  },
})

/**
 * Resource servers ask about the same few tokens again and again. Everything that is told of one was judged together
 * with what stands under this key, so that it is spelled once for each judgement.
 */
const spelled = new WeakMap<Verdict['credential'], string>()

function spell(services: Services, verdict: Verdict): string {
  const known = spelled.get(verdict.credential)
  if (known !== undefined) return known
  const text = JSON.stringify(toIntrospection(services, verdict))
  spelled.set(verdict.credential, text)
  return text
}

function toIntrospection(services: Services, verdict: Verdict): object {
  const { credential, principal, permissions, audiences } = verdict
  const client = credential.path.find((node) => node.kind === 'client')
  const session = credential.path.find((node) => node.kind === 'session')
  return {
    active: true,
    iss: services.config.issuer,
    sub: principal.id,
    aud: audiences,
    scope: toScope(permissions),
    token_type: credential.jkt === undefined ? 'Bearer' : 'DPoP',
    // RFC 9449 §6.2: whoever asked has to look at the proof.
    ...(credential.jkt !== undefined && { cnf: { jkt: credential.jkt } }),
    jti: credential.id,
    ...(credential.actor !== undefined && { act: credential.actor }),
    ...(client && { client_id: client.id }),
    ...(session && { sid: session.id }),
    ...(credential.expiresAtMs !== null && { exp: Math.floor(credential.expiresAtMs / 1000) }),
    ...(credential.authTimeMs !== null && { auth_time: Math.floor(credential.authTimeMs / 1000) }),
    ...(credential.amr.length > 0 && { amr: credential.amr }),
    ...(credential.acr !== null && { acr: credential.acr }),
  }
}

export const oauthTokenRoutes: readonly AnyRoute[] = [revokeToken, introspect]
