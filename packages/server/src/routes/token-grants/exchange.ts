/** Exchanging an API key for an access token (RFC 8693). */
import { exchangeApiKey } from '@countersign/core'
import { FIRST_PARTY_CLIENT, type OAuthErrorCode } from '@countersign/protocol'
import { oauthError, type Reply, tokenJson } from '../../http/reply.ts'
import type { TokenParameters } from '../../schemas/oauth.ts'
import { identifyClient } from '../client-of-request.ts'
import {
  proveKey,
  readAudiences,
  readScope,
  TOKEN_PATH,
  type TokenCall,
  toTokenResponse,
} from './token-call.ts'

export const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
/** RFC 8693 §3 leaves token types to deployments; an API key is none of those that it names. */
export const API_KEY_TOKEN_TYPE = 'urn:countersign:params:oauth:token-type:api-key'
const ACCESS_TOKEN_TYPE_URN = 'urn:ietf:params:oauth:token-type:access_token'

export async function exchangeGrant(call: TokenCall): Promise<Reply> {
  const { services, body } = call
  const client = await identifyClient(call, FIRST_PARTY_CLIENT)
  if (!client.ok) return client.reply
  if (client.known !== null) return oauthError('unauthorized_client', 'This client may not exchange keys.')
  const wrong = exchangeMistake(body)
  if (wrong !== null) return oauthError('invalid_request', wrong)
  const scope = readScope(body.scope)
  if (scope === undefined) return oauthError('invalid_scope', 'The scope is malformed.')
  const proven = await proveKey(call, TOKEN_PATH)
  if (!proven.ok) return proven.reply
  const { jkt } = proven
  const input = { apiKey: body.subject_token ?? '', scope, audiences: readAudiences(body), jkt }
  const answer = await exchangeApiKey(services.core, input, call.facts)
  if (!answer.ok) return oauthError(answer.error, descriptions[answer.error])
  return tokenJson({ ...toTokenResponse(answer.access), issued_token_type: ACCESS_TOKEN_TYPE_URN })
}

const descriptions = {
  invalid_request: 'The subject token is not a valid API key.',
  invalid_scope: 'The scope asks for more than may be given.',
  invalid_target: 'The audience is not one that the key is good for.',
} as const satisfies Partial<Record<OAuthErrorCode, string>>

function exchangeMistake(body: TokenParameters): string | null {
  if (body.subject_token === undefined) return 'The parameter subject_token is missing.'
  if (body.subject_token_type !== API_KEY_TOKEN_TYPE)
    return `The subject_token_type must be ${API_KEY_TOKEN_TYPE}.`
  if (body.actor_token !== undefined) return 'Actor tokens are not accepted here.'
  const wanted = body.requested_token_type
  if (wanted !== undefined && wanted !== ACCESS_TOKEN_TYPE_URN) return 'Only access tokens are issued here.'
  return null
}
