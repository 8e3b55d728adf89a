/** The grant of devices (RFC 8628 §3.4): asked again and again until somebody has decided. */
import { askWithDeviceCode } from '@countersign/core'
import type { OAuthErrorCode } from '@countersign/protocol'
import { oauthError, type Reply, tokenJson } from '../../http/reply.ts'
import { identifyClient } from '../client-of-request.ts'
import { proofDescriptions, proveKey, TOKEN_PATH, type TokenCall, toTokenResponse } from './token-call.ts'

export async function deviceCodeGrant(call: TokenCall): Promise<Reply> {
  const { body, services, facts } = call
  const client = await identifyClient(call, null)
  if (!client.ok) return client.reply
  if (client.known === null) return oauthError('unauthorized_client', descriptions.unauthorized_client)
  if (body.device_code === undefined) {
    return oauthError('invalid_request', 'The parameter device_code is missing.')
  }
  const proven = await proveKey(call, TOKEN_PATH)
  if (!proven.ok) return proven.reply
  const input = { deviceCode: body.device_code, jkt: proven.jkt }
  const answer = await askWithDeviceCode(services.core, client.known, input, facts)
  if (!answer.ok) {
    // RFC 8628 §3.5: 400 like its other answers, where a limit of ours would be 429.
    return { ...oauthError(answer.error, descriptions[answer.error]), status: 400 }
  }
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
  invalid_grant: 'The device code is unknown, used, of another client, or what it was allowed under is over.',
  authorization_pending: 'Nobody has decided yet.',
  slow_down: 'This came too early; wait five seconds longer from now on.',
  access_denied: 'It was denied.',
  expired_token: 'The device code has expired; begin again.',
} as const satisfies Partial<Record<OAuthErrorCode, string>>
