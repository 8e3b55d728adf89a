/** The endpoint at which a device without a browser begins (RFC 8628 §3.1). */
import { beginDevice, DEVICE_CODE_SECONDS, POLL_SECONDS, showUserCode } from '@countersign/core'
import type { OAuthErrorCode } from '@countersign/protocol'
import { oauthError, tokenJson } from '../http/reply.ts'
import { type AnyRoute, publicRoute } from '../http/route.ts'
import {
  type DeviceAuthorizationParameters,
  deviceAuthorizationResponseSchema,
  deviceAuthorizationSchema,
} from '../schemas/device.ts'
import { oauthErrorSchema } from '../schemas/oauth.ts'
import { identifyClient } from './client-of-request.ts'

export const deviceAuthorizationRoute: AnyRoute = publicRoute<DeviceAuthorizationParameters>({
  name: 'device_authorization',
  method: 'POST',
  path: '/oauth/device_authorization',
  summary: 'Begin signing in to a device without a browser: a code to ask with, and one to show.',
  tag: 'Authorization',
  access: 'public',
  limit: 'token',
  errorForm: 'oauth',
  body: deviceAuthorizationSchema,
  bodyForm: 'form',
  responses: {
    200: { description: 'RFC 8628 §3.2.', schema: deviceAuthorizationResponseSchema },
    400: { description: 'RFC 6749 §5.2.', schema: oauthErrorSchema },
  },
  handle: async (call) => {
    const client = await identifyClient(call, null)
    if (!client.ok) return client.reply
    if (client.known === null) return oauthError('unauthorized_client', descriptions.unauthorized_client)
    const { services, body, facts } = call
    const audiences = body.resource === undefined ? [] : [body.resource]
    const input = { scope: body.scope ?? null, audiences }
    const begun = await beginDevice(services.core, client.known, input, facts)
    if (!begun.ok) return oauthError(begun.error, descriptions[begun.error])
    const userCode = showUserCode(begun.userCode)
    const page = `${services.config.issuer}/device`
    return tokenJson({
      device_code: begun.deviceCode.reveal(),
      user_code: userCode,
      verification_uri: page,
      verification_uri_complete: `${page}?user_code=${userCode}`,
      expires_in: DEVICE_CODE_SECONDS,
      interval: POLL_SECONDS,
    })
  },
})

const descriptions = {
  unauthorized_client: 'This client is not registered for devices.',
  invalid_scope: 'The scope is malformed, or more than this client may ask for.',
  invalid_target: 'The resource is not one that this client may name.',
} as const satisfies Partial<Record<OAuthErrorCode, string>>
