/** The grant refresh_token (RFC 6749 §6): from the form, or by the cookie that goes nowhere else. */
import { refresh } from '@countersign/core'
import type { OAuthErrorCode } from '@countersign/protocol'
import { REFRESH_COOKIE, readCookie, refreshCookie } from '../../http/cookies.ts'
import { isForeign } from '../../http/csrf.ts'
import { oauthError, type Reply, tokenJson } from '../../http/reply.ts'
import { identifyClient } from '../client-of-request.ts'
import {
  proofDescriptions,
  proveKey,
  readRefreshScope,
  TOKEN_PATH,
  type TokenCall,
  toTokenResponse,
} from './token-call.ts'

export const REFRESH = 'refresh_token'

export async function refreshGrant(call: TokenCall): Promise<Reply> {
  const { services, body, header } = call
  const client = await identifyClient(call, null)
  if (!client.ok) return client.reply
  const fromCookie = body.refresh_token === undefined
  const refreshToken = body.refresh_token ?? readCookie(header('cookie'), REFRESH_COOKIE)
  if (refreshToken === null) return oauthError('invalid_request', 'The parameter refresh_token is missing.')
  if (fromCookie && isForeign(header, services.origins)) {
    return oauthError('invalid_request', 'A refresh by cookie must come from this site.')
  }
  const scope = readRefreshScope(body.scope)
  if (scope === undefined) return oauthError('invalid_scope', 'The scope is malformed.')
  const proven = await proveKey(call, TOKEN_PATH)
  if (!proven.ok) return proven.reply
  const input = { refreshToken, clientId: client.id, scope, jkt: proven.jkt }
  const answer = await refresh(services.core, input, call.facts)
  if (!answer.ok) return oauthError(answer.error, descriptions[answer.error])
  const tokens = toTokenResponse(answer.access, answer.identityScopes)
  if (!fromCookie) return tokenJson({ ...tokens, refresh_token: answer.refreshToken.reveal() })
  const maxAgeSeconds = Math.floor((answer.familyExpiresAtMs - call.facts.nowMs) / 1000)
  return tokenJson(tokens, [refreshCookie(answer.refreshToken, maxAgeSeconds)])
}

const descriptions = {
  invalid_dpop_proof: proofDescriptions.invalid_dpop_proof,
  invalid_grant: 'The refresh token is malformed, unknown, expired, used or revoked.',
  invalid_scope: 'The scope asks for more than may be given.',
} as const satisfies Partial<Record<OAuthErrorCode, string>>
