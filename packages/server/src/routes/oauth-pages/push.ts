/** The endpoint that clients push authorization requests to (RFC 9126 §2). */
import { type AuthorizationParameters, openRequestObject, readRequest } from '@countersign/core'
import { z } from 'zod'
import { oauthError, type Reply, tokenJson } from '../../http/reply.ts'
import { type AnyRoute, publicRoute } from '../../http/route.ts'
import { oauthErrorSchema } from '../../schemas/oauth.ts'
import { type PushParameters, pushSchema } from '../../schemas/oauth-pages.ts'
import { identifyClient } from '../client-of-request.ts'
import { nonceRefusal, proveKey } from '../token-grants/token-call.ts'
import { PUSHED_SECONDS, sealPushed } from './pushed.ts'

const PUSH_PATH = '/oauth/par'

export const pushRoute: AnyRoute = publicRoute<PushParameters>({
  name: 'push_authorization_request',
  method: 'POST',
  path: PUSH_PATH,
  summary: 'Push an authorization request, and be told how to name it to the browser.',
  tag: 'Authorization',
  access: 'public',
  limit: 'token',
  errorForm: 'oauth',
  body: pushSchema,
  bodyForm: 'form',
  responses: {
    201: {
      description: 'RFC 9126 §2.2.',
      schema: z.object({ request_uri: z.string(), expires_in: z.number().int() }),
    },
    400: { description: 'RFC 6749 §5.2.', schema: oauthErrorSchema },
  },
  handle: async (call) => {
    if (call.body.response_type === undefined && call.body.request === undefined) {
      return oauthError('invalid_request', 'The parameter response_type is missing.')
    }
    const unfit = await nonceRefusal(call, PUSH_PATH)
    if (unfit !== null) return unfit
    const client = await identifyClient(call, null)
    if (!client.ok) return client.reply
    if (client.known === null) return oauthError('unauthorized_client', 'This client pushes no requests.')
    const { services, body, facts } = call
    if (body.request_uri !== undefined) {
      return oauthError('invalid_request', 'A request_uri is what is asked for here.')
    }
    const { client_secret: _, client_assertion: _1, client_assertion_type: _2, ...rest } = body
    const asked = await openRequestObject(services.core, { ...rest, client_id: client.id }, facts)
    if (asked === null) return oauthError('invalid_request_object', objectDescription)
    const proven = await proveKey(call, PUSH_PATH)
    if (!proven.ok) return proven.reply
    // RFC 9449 §10.1: a proof here names the key as `dpop_jkt` does; where both stand, they say the same.
    if (proven.jkt !== null && (asked.dpop_jkt ?? proven.jkt) !== proven.jkt) {
      return oauthError('invalid_dpop_proof', 'The proof is of another key than dpop_jkt.')
    }
    const named = asked.dpop_jkt ?? proven.jkt
    const parameters: AuthorizationParameters = {
      ...asked,
      ...(named !== null && { dpop_jkt: named }),
    }
    const read = await readRequest(services.core, parameters, facts)
    if (read.kind === 'mistake')
      return oauthError('invalid_request', `The ${read.parameter} is not registered.`)
    if (read.kind === 'refused') return toError(read.error, read.description)
    const request_uri = sealPushed(services.core, client.id, parameters, facts.nowMs)
    return { ...tokenJson({ request_uri, expires_in: PUSHED_SECONDS }), status: 201 }
  },
})

const objectDescription = 'The request object is not signed by the client, for another server, or too old.'

/** Errors of the authorization endpoint that the token endpoint has no word for are a bad request here (RFC 9126 §2.3). */
function toError(error: string, description: string): Reply {
  switch (error) {
    case 'invalid_scope':
    case 'invalid_target':
    case 'unauthorized_client':
      return oauthError(error, description)
    default:
      return oauthError('invalid_request', description)
  }
}
