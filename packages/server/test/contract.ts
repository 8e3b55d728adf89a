/**
 * What every answer of the authority must be, whatever its test is about. The helpers check each answer with
 * this before a test sees it, so a route that breaks the contract fails every test that calls it.
 */
import assert from 'node:assert/strict'
import { errors, isErrorCode, oauthErrors } from '@countersign/protocol'
import type { AnyRoute } from '../src/http/route.ts'
import { routes } from '../src/routes/table.ts'
import type { Answer } from './given.ts'

/** RFC 9728 §5.1: the end of every challenge of an authority that was given no name of its own. */
export const RESOURCE_METADATA =
  'resource_metadata="http://localhost:4000/.well-known/oauth-protected-resource"'

/** Documents without anybody's data in them; everything else is kept nowhere (ASVS 14.3.2). */
const CACHED: ReadonlySet<string> = new Set([
  'jwks',
  'authorization_server_metadata',
  'openid_configuration',
  'protected_resource_metadata',
  'page_style',
  'brand_style',
  'brand_logo',
  'console_file',
  'link_script',
  'error_page',
  'form_post_script',
  'wait_script',
  'passkey_script',
])
/** Their bodies are no JSON. */
const TEXTS: ReadonlySet<string> = new Set(['metrics', 'authorize', 'authorize_by_form'])
/** Paths, stacks and words of the database have no place in what strangers read (ASVS 16.5.1). */
const INSIDES = /node_modules|\.[cm]?[jt]s:\d+|\bat .+ \(|sqlite|\/tmp\/|select .+ from|constraint/i

export function assertContract(method: string, path: string, answer: Answer): void {
  assertHeaders(answer)
  const route = routeOf(method === 'HEAD' ? 'GET' : method, path)
  if (answer.status >= 400) {
    assertRefusal(method, route, answer)
    return
  }
  if (answer.status === 204 && method === 'OPTIONS') return
  assert.ok(route, `${method} ${path} is answered ${answer.status} and stands in no row of the table.`)
  if (!CACHED.has(route.name)) assert.equal(answer.headers.get('cache-control'), 'no-store')
  assertSuccess(method, route, answer)
}

/** The row that a request falls on, with its dots followed; a spelled-out path goes before one with a parameter. */
export function routeOf(method: string, path: string): AnyRoute | null {
  const url = URL.parse(`http://authority.invalid${path}`)
  const parts = (url?.pathname ?? path.split('?')[0] ?? '').split('/')
  const matches = routes.filter((route) => route.method === method && fits(route.path.split('/'), parts))
  return matches.find((route) => !route.path.includes(':')) ?? matches[0] ?? null
}

function fits(pattern: readonly string[], parts: readonly string[]): boolean {
  if (pattern.length !== parts.length) return false
  return pattern.every((one, index) => (one.startsWith(':') ? parts[index] !== '' : one === parts[index]))
}

function assertHeaders({ headers }: Answer): void {
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  assert.equal(headers.get('strict-transport-security'), 'max-age=63072000; includeSubDomains')
  assert.match(headers.get('referrer-policy') ?? '', referrerOf(headers.get('content-type') ?? ''))
  assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none';.*frame-ancestors 'none'$/)
  assert.match(headers.get('cross-origin-resource-policy') ?? '', /^(?:same|cross)-origin$/)
  for (const name of ['server', 'x-powered-by', 'via']) assert.equal(headers.get(name), null)
}

/** Forms of our own pages need their origin told; nothing else tells anybody where somebody comes from. */
function referrerOf(type: string): RegExp {
  if (type.startsWith('text/html')) return /^same-origin$/
  return type.includes('json') ? /^no-referrer$/ : /^(?:no-referrer|same-origin)$/
}

function assertSuccess(method: string, route: AnyRoute, { status, headers, text, json }: Answer): void {
  const documented = route.responses[status]
  assert.ok(documented, `${route.name} answers ${status}, which its row does not name.`)
  if (method === 'HEAD') {
    assert.equal(text, '')
    return
  }
  if (documented.schema === undefined) {
    if (route.tag !== 'Pages' && !TEXTS.has(route.name)) assert.equal(text, '')
    return
  }
  assert.equal(headers.get('content-type'), 'application/json; charset=utf-8')
  const parsed = documented.schema.safeParse(json)
  assert.ok(parsed.success, `${route.name}: ${parsed.error?.message}`)
  // The schema drops what it does not name, so anything that was sent beside it shows here (ASVS 15.3.1).
  assert.deepEqual(parsed.data, json, `${route.name} answers more than its schema names.`)
}

function assertRefusal(method: string, route: AnyRoute | null, answer: Answer): void {
  const { status, headers, text } = answer
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.doesNotMatch(text, INSIDES)
  if (status === 401) assert.match(headers.get('www-authenticate') ?? '', /^(?:Bearer|Basic) realm="/)
  if (status === 405) assert.ok(headers.get('allow'))
  if (status === 429) assert.match(headers.get('retry-after') ?? '', /^[1-9]\d*$/)
  if (method === 'HEAD') assert.equal(text, '')
  else if (route?.errorForm === 'oauth') assertOAuthError(answer)
  else if (route?.errorForm === 'page') assertPage(answer)
  // Whoever reads pages is told so by one (trouble-pages.test.ts holds who that is).
  else if (route === null && isPage(answer)) assert.match(text, /id="not-found"/)
  else assertProblem(answer)
}

const isPage = ({ status, headers }: Answer): boolean =>
  status === 404 && headers.get('content-type') === 'text/html; charset=utf-8'

/** For people: what went wrong, in our own words. */
function assertPage({ headers, text }: Answer): void {
  assert.equal(headers.get('content-type'), 'text/html; charset=utf-8')
  assert.match(text, /id="(?:oauth|login|forgot|sign-up|not-me)-error"/)
}

/** RFC 6749 §5.2. */
export function assertOAuthError({ status, headers, json }: Answer, error?: string): void {
  assert.equal(headers.get('content-type'), 'application/json; charset=utf-8')
  assert.equal(headers.get('pragma'), 'no-cache')
  assert.deepEqual(Object.keys(json), ['error', 'error_description'])
  const known = Object.entries(oauthErrors).find(([code]) => code === json.error)
  assert.ok(known, `${String(json.error)} is no OAuth error.`)
  assert.equal(status, known[1])
  // RFC 6749 §5.2: these characters and no others.
  assert.match(String(json.error_description), /^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/)
  if (error !== undefined) assert.equal(json.error, error)
}

/** RFC 9457 §3.1, with the words of the one table. */
export function assertProblem({ status, headers, json, text }: Answer, code?: string): void {
  assert.equal(headers.get('content-type'), 'application/problem+json; charset=utf-8', text)
  const { errors: fields, type, hint, ...rest } = json
  const named = String(json.code)
  assert.ok(isErrorCode(named), `${named} is no code of the table.`)
  const { title, detail, status: expected } = errors[named]
  assert.equal(status, expected)
  assert.deepEqual(rest, {
    title,
    status,
    detail,
    code: named,
    decision_id: json.decision_id,
  })
  assert.match(String(type), new RegExp(`^https?://[^/]+/docs/errors/${named}$`))
  assert.match(String(json.decision_id), /^dec_/)
  if (fields !== undefined) assertFields(fields)
  // Only `hints.test.ts` opens an authority that gives any.
  if (hint !== undefined) assert.match(String(hint), /\.$/)
  if (code !== undefined) assert.equal(named, code, text)
}

function assertFields(fields: unknown): void {
  assert.ok(Array.isArray(fields) && fields.length > 0 && fields.length <= 20)
  for (const field of fields) {
    assert.deepEqual(Object.keys(field), ['path', 'message'])
    assert.equal(typeof field.path, 'string')
    assert.match(field.message, /\.$/)
  }
}
