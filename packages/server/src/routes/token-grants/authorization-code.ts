/** The grant authorization_code (OAuth 2.1 §4.1.3). */
import { redeemCode } from '@countersign/core'
import type { OAuthErrorCode } from '@countersign/protocol'
import { oauthError, type Reply, tokenJson } from '../../http/reply.ts'
import { identifyClient } from '../client-of-request.ts'
import { proofDescriptions, proveKey, TOKEN_PATH, type TokenCall, toTokenResponse } from './token-call.ts'

export const AUTHORIZATION_CODE = 'authorization_code'

export async function authorizationCodeGrant(call: TokenCall): Promise<Reply> {
  const { body, services, facts } = call
  const client = await identifyClient(call, null)
  if (!client.ok) return client.reply
  if (client.known === null) return oauthError('unauthorized_client', descriptions.unauthorized_client)
  if (body.code === undefined) return oauthError('invalid_request', 'The parameter code is missing.')
  const proven = await proveKey(call, TOKEN_PATH)
  if (!proven.ok) return proven.reply
  const input = {
    code: body.code,
    jkt: proven.jkt,
    redirectUri: body.redirect_uri ?? null,
    codeVerifier: body.code_verifier ?? null,
  }
  const answer = await redeemCode(services.core, client.known, input, facts)
  if (!answer.ok) return oauthError(answer.error, descriptions[answer.error])
  const { access, identityScopes, refreshToken, idToken } = answer
  return tokenJson({
    ...toTokenResponse(access, identityScopes),
    ...(refreshToken !== null && { refresh_token: refreshToken.reveal() }),
    ...(idToken !== null && { id_token: idToken }),
  })
}

const descriptions = {
  invalid_dpop_proof: proofDescriptions.invalid_dpop_proof,
  unauthorized_client: 'This client is not registered for this grant type.',
  invalid_grant:
    'The code is unknown, used, expired, of another client or redirect URI, or its verifier is wrong.',
} as const satisfies Partial<Record<OAuthErrorCode, string>>
