/** The route table: which row answers a request, 405 for known paths, 404 for the rest, preflights. */
import { chooseLocale } from '@countersign/core'
import { TrieRouter } from 'hono/router/trie-router'
import { lookOf } from '../pages/look.ts'
import { notFoundPage } from '../pages/trouble-pages.ts'
import { page } from '../routes/oauth-pages/replies.ts'
import type { Services } from '../services.ts'
import { preflight } from './cors.ts'
import { dispatch } from './dispatch.ts'
import type { Headers, Incoming } from './exchange.ts'
import { problem, type Reply } from './reply.ts'
import type { AnyRoute } from './route.ts'

/** Never fails: what breaks is answered as a fault of ours. */
export type App = (incoming: Incoming) => Reply | Promise<Reply>

type Params = Readonly<Record<string, string>>

const NO_PARAMS: Params = {}

export function createApp(services: Services, routes: readonly AnyRoute[]): App {
  const find = createFinder(routes)
  const methodsOf = createMethodFinder(routes)
  const answer = (incoming: Incoming): Reply | Promise<Reply> => {
    const found = find(incoming.method === 'HEAD' ? 'GET' : incoming.method, incoming.path)
    if (found !== null) return dispatch(services, found.route, incoming, found.params)
    const methods = methodsOf(incoming.path)
    if (methods.length === 0) return nowhere(services, incoming)
    const allowed = preflight(incoming.header, services.origins.allowedOrigins, methods)
    if (incoming.method === 'OPTIONS' && allowed !== null) return allowed
    return refusal(services, 'method_not_allowed', { allow: methods.join(', ') })
  }
  const fail = (error: unknown): Reply => {
    services.logger.error({ event: 'unexpected_error', request: null, error })
    return refusal(services, 'internal_error')
  }
  return (incoming) => {
    try {
      const reply = answer(incoming)
      return reply instanceof Promise ? reply.catch(fail) : reply
    } catch (error) {
      return fail(error)
    }
  }
}

interface Found {
  readonly route: AnyRoute
  readonly params: Params
}

/** Most paths are literal, and found by one look; the router reads the others, segment by segment. */
function createFinder(routes: readonly AnyRoute[]): (method: string, path: string) => Found | null {
  const literal = new Map<string, Map<string, Found>>()
  const router = new TrieRouter<AnyRoute>()
  for (const route of routes) {
    const { method, path } = route
    if (path.includes(':')) {
      router.add(method, path, route)
      continue
    }
    const methods = literal.get(path) ?? new Map<string, Found>()
    methods.set(method, { route, params: NO_PARAMS })
    literal.set(path, methods)
  }
  return (method, path) => {
    const known = literal.get(path)
    if (known !== undefined) return known.get(method) ?? null
    const [[found] = []] = router.match(method, path)
    if (found === undefined) return null
    const [route, params] = found
    return { route, params: decodeAll(params) }
  }
}

/** Percent-encoding of one segment (RFC 3986 §2.1); what is none is taken as it stands, and names nothing. */
function decodeAll(params: object): Params {
  const decoded: Record<string, string> = {}
  for (const [name, value] of Object.entries(params)) decoded[name] = decode(String(value))
  return decoded
}

function decode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Which methods a path answers, for those that it does not. */
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
  return tell(services, decisionId, problem(services.config, { code, decisionId, headers }))
}

/** A browser that opens an address says that it reads pages; programs take anything, or ask for JSON. */
const isPerson = (method: string, header: Headers): boolean =>
  (method === 'GET' || method === 'HEAD') && (header('accept') ?? '').includes('text/html')

function nowhere(services: Services, { method, header }: Incoming): Reply {
  if (!isPerson(method, header)) return refusal(services, 'not_found')
  const facts = { locale: chooseLocale(header('accept-language')) }
  const reply = page(notFoundPage(lookOf({ services, header, facts })), { status: 404, outcome: 'not_found' })
  return tell(services, services.nextId(), reply)
}

/** No route has an entry of its own in the log here. */
function tell(services: Services, request: string, reply: Reply): Reply {
  const { outcome, status } = reply
  services.metrics.request('none', outcome, 0)
  services.logger.request({ request, route: 'none', outcome, status, durationMs: 0 })
  return reply
}
