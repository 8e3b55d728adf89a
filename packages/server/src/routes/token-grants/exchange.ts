/**
 * Exchanging for an access token (RFC 8693): an API key, by whoever holds it; or an access token, by a service that it
 * was meant for and that goes on with it to the next one.
 */
import { exchangeAccessToken, exchangeApiKey, type KnownClient, TOKEN_EXCHANGE } from '@countersign/core'
import { FIRST_PARTY_CLIENT, type OAuthErrorCode } from '@countersign/protocol'
import { oauthError, type Reply, tokenJson } from '../../http/reply.ts'
import type { TokenParameters } from '../../schemas/oauth.ts'
import { identifyClient } from '../client-of-request.ts'
import {
  proofDescriptions,
  proveKey,
  readAudiences,
  readScope,
  TOKEN_PATH,
  type TokenCall,
  toTokenResponse,
} from './token-call.ts'

export const EXCHANGE: string = TOKEN_EXCHANGE
/** RFC 8693 §3 leaves token types to deployments; an API key is none of those that it names. */
export const API_KEY_TOKEN_TYPE = 'urn:countersign:params:oauth:token-type:api-key'
const ACCESS_TOKEN_TYPE_URN = 'urn:ietf:params:oauth:token-type:access_token'

export async function exchangeGrant(call: TokenCall): Promise<Reply> {
  const { services, body } = call
  const client = await identifyClient(call, FIRST_PARTY_CLIENT)
  if (!client.ok) return client.reply
  if (client.known !== null) return exchangeAsClient(call, client.known)
  const wrong = keyMistake(body)
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

function keyMistake(body: TokenParameters): string | null {
  if (body.subject_token === undefined) return 'The parameter subject_token is missing.'
  if (body.subject_token_type !== API_KEY_TOKEN_TYPE)
    return `The subject_token_type must be ${API_KEY_TOKEN_TYPE}.`
  if (body.actor_token !== undefined) return 'Actor tokens are not accepted here.'
  const wanted = body.requested_token_type
  if (wanted !== undefined && wanted !== ACCESS_TOKEN_TYPE_URN) return 'Only access tokens are issued here.'
  return null
}

async function exchangeAsClient(call: TokenCall, client: KnownClient): Promise<Reply> {
  const { services, body } = call
  const wrong = tokenMistake(body)
  if (wrong !== null) return oauthError('invalid_request', wrong)
  const scope = readScope(body.scope)
  if (scope === undefined) return oauthError('invalid_scope', 'The scope is malformed.')
  const proven = await proveKey(call, TOKEN_PATH)
  if (!proven.ok) return proven.reply
  const input = {
    subjectToken: body.subject_token ?? '',
    actorToken: body.actor_token ?? null,
    scope,
    audiences: readAudiences(body),
    jkt: proven.jkt,
  }
  const answer = await exchangeAccessToken(services.core, client, input, call.facts)
  if (!answer.ok) return oauthError(answer.error, clientDescriptions[answer.error])
  return tokenJson({ ...toTokenResponse(answer.access), issued_token_type: ACCESS_TOKEN_TYPE_URN })
}

const clientDescriptions = {
  unauthorized_client: 'This client is not registered for this grant type.',
  invalid_client: 'There is nobody as whom this client could act.',
  invalid_request: 'The subject token, or the actor token, is none that this client may act on.',
  invalid_scope: 'The scope asks for more than may be given.',
  invalid_target: 'The audience is not one that this client may be given tokens for.',
  invalid_dpop_proof: proofDescriptions.invalid_dpop_proof,
} as const satisfies Partial<Record<OAuthErrorCode, string>>

/** RFC 8693 §3: our access tokens are JWTs, so that both names are right. */
const TOKEN_TYPES: ReadonlySet<string | undefined> = new Set([
  ACCESS_TOKEN_TYPE_URN,
  'urn:ietf:params:oauth:token-type:jwt',
])

function tokenMistake(body: TokenParameters): string | null {
  if (body.subject_token === undefined) return 'The parameter subject_token is missing.'
  if (!TOKEN_TYPES.has(body.subject_token_type)) return 'A client exchanges access tokens alone.'
  // RFC 8693 §2.1: the type is there if the token is, and only then.
  if ((body.actor_token === undefined) !== (body.actor_token_type === undefined))
    return 'The parameters actor_token and actor_token_type go together.'
  if (body.actor_token_type !== undefined && !TOKEN_TYPES.has(body.actor_token_type))
    return 'A client acts by an access token alone.'
  const wanted = body.requested_token_type
  return wanted === undefined || TOKEN_TYPES.has(wanted) ? null : 'Only access tokens are issued here.'
}
