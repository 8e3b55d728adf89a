/** The authorization endpoint (OAuth 2.1 §3.1). */
import { type AuthorizationParameters, openRequestObject } from '@countersign/core'
import { type AnyRoute, publicRoute } from '../../http/route.ts'
import { lookOf } from '../../pages/look.ts'
import { authorizeSchema } from '../../schemas/oauth-pages.ts'
import { mistakeOf, next } from './flow.ts'
import { isPushed, openPushed } from './pushed.ts'
import { mistakePage, seeOther } from './replies.ts'

const PATH = '/oauth/authorize'
const responses = {
  200: { description: 'A page that posts the answer to the client (response_mode form_post).' },
  303: { description: 'To the next page, or back to the client.' },
  400: { description: 'A page that names the mistake; nobody is sent anywhere.' },
}

const byQuery: AnyRoute = publicRoute<undefined, AuthorizationParameters>({
  name: 'authorize',
  method: 'GET',
  path: PATH,
  summary: 'Begin an authorization request; a browser comes here.',
  tag: 'Authorization',
  access: 'public',
  limit: 'token',
  errorForm: 'page',
  query: authorizeSchema,
  responses,
  handle: async (call) => {
    // Whoever looks ahead with HEAD (a mail scanner, a browser's preview) is given no code (ASVS 3.5.3).
    if (call.isHead) return mistakePage(lookOf(call), null, 'other')
    const { request_uri: requestUri } = call.query
    const startedMs = call.facts.nowMs
    if (requestUri === undefined || !isPushed(requestUri)) {
      const parameters = await openRequestObject(call.services.core, call.query, call.facts)
      if (parameters === null) return mistakeOf(call, 'request')
      return next(call, { parameters, pushed: null, startedMs })
    }
    // What stands beside it does not count: the client has said all of it itself, unseen (ASVS 10.4.15).
    const pushed = openPushed(call.services.core, requestUri, startedMs)
    if (pushed === null || pushed.clientId !== call.query.client_id) return mistakeOf(call, 'request_uri')
    return next(call, { parameters: pushed.parameters, pushed: pushed.key, startedMs })
  },
})

const byForm: AnyRoute = publicRoute<AuthorizationParameters>({
  name: 'authorize_by_form',
  method: 'POST',
  path: PATH,
  summary: 'The same by a form (OIDC Core §3.1.2.1).',
  tag: 'Authorization',
  access: 'public',
  limit: 'token',
  errorForm: 'page',
  body: authorizeSchema,
  bodyForm: 'form',
  responses,
  handle: (call) => {
    const { request, request_uri: requestUri } = call.body
    const isWhole = request === undefined && requestUri === undefined
    const needed = isWhole ? ['client_id', 'redirect_uri'] : ['client_id']
    for (const name of ['client_id', 'redirect_uri'] as const) {
      if (!needed.includes(name)) continue
      if (call.body[name] === undefined) return mistakePage(lookOf(call), name, 'missing')
    }
    // The form comes from another site, with which browsers send no cookie of ours; they do with what follows.
    const given = Object.entries(call.body).filter((pair): pair is [string, string] => pair[1] !== undefined)
    return seeOther(`${PATH}?${new URLSearchParams(given)}`)
  },
})

export const authorizeRoutes: readonly AnyRoute[] = [byQuery, byForm]
