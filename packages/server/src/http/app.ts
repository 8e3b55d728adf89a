/** The route table on Hono: one handler per row, 405 for known paths, 404 for the rest, preflights. */
import { Hono } from 'hono'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'
import type { Services } from '../services.ts'
import { preflight } from './cors.ts'
import { dispatch } from './dispatch.ts'
import { type Connection, headerReader } from './exchange.ts'
import { problem, type Reply, toResponse } from './reply.ts'
import type { AnyRoute } from './route.ts'

type Env = { Bindings: { readonly connection: Connection } }

export type App = (request: Request, connection: Connection) => Response | Promise<Response>

const NO_PARAMS: Readonly<Record<string, string>> = {}

export function createApp(services: Services, routes: readonly AnyRoute[]): App {
  const app = new Hono<Env>({ router: new SmartRouter({ routers: [new RegExpRouter(), new TrieRouter()] }) })
  for (const route of routes) {
    const hasParams = route.path.includes(':')
    app.on(route.method, route.path, (context) => {
      const params = hasParams ? context.req.param() : NO_PARAMS
      return dispatch(services, route, context.req.raw, params, context.env.connection)
    })
  }
  const methodsOf = createMethodFinder(routes)
  app.notFound((context) => {
    const methods = methodsOf(context.req.path)
    if (methods.length === 0) return toResponse(refusal(services, 'not_found'))
    const header = headerReader(context.req.raw, context.env.connection)
    const allowed = preflight(header, services.origins.allowedOrigins, methods)
    if (context.req.method === 'OPTIONS' && allowed !== null) return toResponse(allowed)
    return toResponse(refusal(services, 'method_not_allowed', { allow: methods.join(', ') }))
  })
  app.onError((error) => {
    services.logger.error({ event: 'unexpected_error', request: null, error })
    return toResponse(refusal(services, 'internal_error'))
  })
  return (request, connection) => app.fetch(request, { connection })
}

/**
 * Which methods a path answers, for those that it does not. Not routes of their own: with them every path
 * would match twice, and the fast router takes no table in which paths overlap.
 */
function createMethodFinder(routes: readonly AnyRoute[]): (path: string) => readonly string[] {
  const rows = routes.map(({ path, method }) => ({
    shape: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`),
    methods: method === 'GET' ? ['GET', 'HEAD'] : [method],
  }))
  return (path) => rows.flatMap(({ shape, methods }) => (shape.test(path) ? methods : []))
}

function refusal(
  services: Services,
  code: 'not_found' | 'method_not_allowed' | 'internal_error',
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const decisionId = services.nextId()
  const reply = problem(services.config, { code, decisionId, headers })
  services.metrics.request('none', code, 0)
  services.logger.request({
    request: decisionId,
    route: 'none',
    outcome: code,
    status: reply.status,
    durationMs: 0,
  })
  return reply
}
