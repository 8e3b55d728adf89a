/** The OAuth token endpoint: refresh (RFC 6749 §6) and exchange of an API key (RFC 8693). */

import { exchangeApiKey, parseScope, refresh } from '@countersign/core'
import {
  FIRST_PARTY_CLIENT,
  isClientId,
  type OAuthErrorCode,
  type TokenResponse,
} from '@countersign/protocol'
import { REFRESH_COOKIE, readCookie, refreshCookie } from '../http/cookies.ts'
import { isForeign } from '../http/csrf.ts'
import { oauthError, type Reply, tokenJson } from '../http/reply.ts'
import { type AnyRoute, type Call, publicRoute } from '../http/route.ts'
import { oauthErrorSchema, type TokenParameters, tokenResponseSchema, tokenSchema } from '../schemas/oauth.ts'

/** RFC 8693 §3 leaves token types to deployments; an API key is none of those that it names. */
export const API_KEY_TOKEN_TYPE = 'urn:countersign:params:oauth:token-type:api-key'
const ACCESS_TOKEN_TYPE_URN = 'urn:ietf:params:oauth:token-type:access_token'
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'

export const GRANT_TYPES: readonly string[] = ['refresh_token', EXCHANGE]

type TokenCall = Call<TokenParameters, undefined, null>

export const tokenRoute: AnyRoute = publicRoute({
  name: 'token',
  method: 'POST',
  path: '/oauth/token',
  summary: 'Refresh an access token, or exchange an API key for one.',
  tag: 'Tokens',
  access: 'public',
  limit: 'token',
  errorForm: 'oauth',
  body: tokenSchema,
  bodyForm: 'form',
  responses: {
    200: { description: 'RFC 6749 §5.1.', schema: tokenResponseSchema },
    400: { description: 'RFC 6749 §5.2.', schema: oauthErrorSchema },
  },
  handle: (call) => {
    switch (call.body.grant_type) {
      case 'refresh_token':
        return refreshGrant(call)
      case EXCHANGE:
        return exchangeGrant(call)
      case undefined:
        return oauthError('invalid_request', 'The parameter grant_type is missing.')
      default:
        return oauthError(
          'unsupported_grant_type',
          'This grant type is not offered; see the metadata document.',
        )
    }
  },
})

/** Public clients name themselves and hold no secret (RFC 6749 §2.1); one that sends a secret is mistaken. */
function clientOf(call: TokenCall, fallback: string | null): string | null {
  const { client_id = fallback, client_secret } = call.body
  if (client_id === null || client_secret !== undefined || call.header('authorization') !== null) return null
  return isClientId(client_id) ? client_id : null
}

/** RFC 6749 §5.2: a client that tried a scheme of `Authorization` is answered in that scheme. */
function refuseClient(call: TokenCall, description: string): Reply {
  const isBasic = /^basic(?: |$)/i.test(call.header('authorization') ?? '')
  const headers = isBasic ? { 'www-authenticate': 'Basic realm="countersign"' } : {}
  return oauthError('invalid_client', description, headers)
}

async function refreshGrant(call: TokenCall): Promise<Reply> {
  const { services, body, header } = call
  const clientId = clientOf(call, null)
  if (clientId === null) return refuseClient(call, 'Name the client in client_id, without a secret.')
  const fromCookie = body.refresh_token === undefined
  const refreshToken = body.refresh_token ?? readCookie(header('cookie'), REFRESH_COOKIE)
  if (refreshToken === null) return oauthError('invalid_request', 'The parameter refresh_token is missing.')
  if (fromCookie && isForeign(header, services.origins)) {
    return oauthError('invalid_request', 'A refresh by cookie must come from this site.')
  }
  const scope = readScope(body.scope)
  if (scope === undefined) return oauthError('invalid_scope', 'The scope is malformed.')
  const answer = await refresh(services.core, { refreshToken, clientId, scope }, call.facts)
  if (!answer.ok) return oauthError(answer.error, descriptions[answer.error])
  const { accessToken, expiresInSeconds, scope: granted } = answer.access
  const tokens: TokenResponse = {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: expiresInSeconds,
    scope: granted,
  }
  if (!fromCookie) return tokenJson({ ...tokens, refresh_token: answer.refreshToken.reveal() })
  const maxAgeSeconds = Math.floor((answer.familyExpiresAtMs - call.facts.nowMs) / 1000)
  return tokenJson(tokens, [refreshCookie(answer.refreshToken, maxAgeSeconds)])
}

/** Null: everything that was granted. Undefined: malformed. */
function readScope(text: string | undefined): readonly string[] | null | undefined {
  if (text === undefined) return null
  return parseScope(text) ?? undefined
}

const descriptions = {
  invalid_grant: 'The refresh token is malformed, unknown, expired, used or revoked.',
  invalid_request: 'The subject token is not a valid API key.',
  invalid_scope: 'The scope asks for more than may be given.',
  invalid_target: 'The audience is not one that the key is good for.',
} as const satisfies Partial<Record<OAuthErrorCode, string>>

async function exchangeGrant(call: TokenCall): Promise<Reply> {
  const { services, body } = call
  const clientId = clientOf(call, FIRST_PARTY_CLIENT)
  if (clientId !== FIRST_PARTY_CLIENT) return refuseClient(call, 'This client may not exchange keys.')
  const wrong = exchangeMistake(body)
  if (wrong !== null) return oauthError('invalid_request', wrong)
  const scope = readScope(body.scope)
  if (scope === undefined) return oauthError('invalid_scope', 'The scope is malformed.')
  const audiences = [body.audience, body.resource].filter((one) => one !== undefined)
  const input = { apiKey: body.subject_token ?? '', scope, audiences }
  const answer = await exchangeApiKey(services.core, input, call.facts)
  if (!answer.ok) return oauthError(answer.error, descriptions[answer.error])
  const { accessToken, expiresInSeconds, scope: granted } = answer.access
  const tokens: TokenResponse = {
    access_token: accessToken,
    issued_token_type: ACCESS_TOKEN_TYPE_URN,
    token_type: 'Bearer',
    expires_in: expiresInSeconds,
    scope: granted,
  }
  return tokenJson(tokens)
}

function exchangeMistake(body: TokenParameters): string | null {
  if (body.subject_token === undefined) return 'The parameter subject_token is missing.'
  if (body.subject_token_type !== API_KEY_TOKEN_TYPE)
    return `The subject_token_type must be ${API_KEY_TOKEN_TYPE}.`
  if (body.actor_token !== undefined) return 'Actor tokens are not accepted here.'
  const wanted = body.requested_token_type
  if (wanted !== undefined && wanted !== ACCESS_TOKEN_TYPE_URN) return 'Only access tokens are issued here.'
  return null
}
