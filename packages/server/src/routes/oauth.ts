/** The OAuth token endpoint (RFC 6749 §3.2): which grant is asked for, and who asks. */

import { DEVICE_CODE_GRANT } from '@countersign/core'
import { oauthError } from '../http/reply.ts'
import { type AnyRoute, publicRoute } from '../http/route.ts'
import { oauthErrorSchema, tokenResponseSchema, tokenSchema } from '../schemas/oauth.ts'
import { AUTHORIZATION_CODE, authorizationCodeGrant } from './token-grants/authorization-code.ts'
import { CLIENT_CREDENTIALS, clientCredentialsGrant } from './token-grants/client-credentials.ts'
import { deviceCodeGrant } from './token-grants/device-code.ts'
import { EXCHANGE, exchangeGrant } from './token-grants/exchange.ts'
import { REFRESH, refreshGrant } from './token-grants/refresh.ts'
import { nonceRefusal, TOKEN_PATH, type TokenGrant } from './token-grants/token-call.ts'

const grants: ReadonlyMap<string, TokenGrant> = new Map([
  [AUTHORIZATION_CODE, authorizationCodeGrant],
  [REFRESH, refreshGrant],
  [CLIENT_CREDENTIALS, clientCredentialsGrant],
  [DEVICE_CODE_GRANT, deviceCodeGrant],
  [EXCHANGE, exchangeGrant],
])

export const GRANT_TYPES: readonly string[] = [...grants.keys()]

export const tokenRoute: AnyRoute = publicRoute({
  name: 'token',
  method: 'POST',
  path: TOKEN_PATH,
  summary: 'Redeem a code, refresh an access token, exchange an API key for one, or get one as a client.',
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
  handle: async (call) => {
    const { grant_type: grantType } = call.body
    if (grantType === undefined) return oauthError('invalid_request', 'The parameter grant_type is missing.')
    const grant = grants.get(grantType)
    if (grant !== undefined) return (await nonceRefusal(call, TOKEN_PATH)) ?? grant(call)
    const text = 'This grant type is not offered; see the metadata document.'
    return oauthError('unsupported_grant_type', text)
  },
})
