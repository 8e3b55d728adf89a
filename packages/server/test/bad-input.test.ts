/** Whatever is wrong about a request, on whichever route: refused in our own words, and nothing is written. */
import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import type { ErrorCode } from '@countersign/protocol'
import fc from 'fast-check'
import type { AnyRoute } from '../src/http/route.ts'
import { routes } from '../src/routes/table.ts'
import { assertContract, assertOAuthError, assertProblem, routeOf } from './contract.ts'
import * as given from './given.ts'
import { CANARY, mistakesOf } from './mistakes.ts'
import { bodied, goodRequest, listen, makeIds, pathOf, samples, stored } from './walk.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { authority, adminKey, send } = shared.given
const { config } = authority
const ids = await makeIds(shared.given)

const bytesMaxOf = (route: AnyRoute): number => Math.max(config.bodyBytesMax, route.bodyBytesMax ?? 0)

/** Pages that lead back to themselves with what is missing; everything in their forms may be empty. */
const LED_BACK: ReadonlySet<string> = new Set(['device', 'device_decision', 'end_session_by_form'])

function assertRefused(route: AnyRoute, what: string, answer: given.Answer, code: ErrorCode): void {
  assert.ok(!answer.text.includes(CANARY), `What was sent comes back: ${answer.text}`)
  // RFC 8628 §3.1: a form that names no client is none of a known one.
  if (route.name === 'device_authorization' && what.startsWith('lacks a parameter'))
    assertOAuthError(answer, 'invalid_client')
  // Nobody registers here. RFC 7591 §2: members that nobody knows are passed over; what is wrong with those that somebody
  // knows, `conformance/rfc7591.test.ts` tries one by one.
  else if (route.name === 'register_client' && answer.json.error === 'access_denied')
    assert.equal(code, 'invalid_request', what)
  else if (route.errorForm === 'oauth') assertOAuthError(answer, 'invalid_request')
  // What a page must be, its contract says.
  else if (route.errorForm !== 'page') assertProblem(answer, code)
}

for (const route of bodied) {
  test(`${route.name} refuses every body that is wrong, and writes nothing`, async () => {
    const sample = samples[route.name]
    assert.ok(sample, 'Give the new route a body in walk.ts.')
    assert.ok(route.body?.safeParse(sample).success, 'The sample is no good body.')
    const before = stored(config)

    for (const { what, options, code } of mistakesOf(route, bytesMaxOf(route))) {
      const credential = route.access === 'public' ? {} : { key: adminKey }
      const answer = await send(route.method, pathOf(route, ids), { ...options, ...credential })
      // Only for what lacks everything: whatever is wrong in itself is refused there, too.
      if (LED_BACK.has(route.name) && what.startsWith('lacks a parameter') && answer.status === 303) {
        assert.match(answer.headers.get('location') ?? '', /^\/(?:device|login|logout)(?:\?|$)/)
        continue
      }
      assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status} ${answer.text}`)
      try {
        assertRefused(route, what, answer, code)
      } catch (cause) {
        throw new Error(`A body that ${what}.`, { cause })
      }
    }

    assert.deepEqual(stored(config), before)
  })
}

test('a body that never ends is refused when it is too large, on every route', async () => {
  for (const route of bodied) {
    const pulled = { bytes: 0 }
    const endless = new ReadableStream({
      pull: (controller) => {
        pulled.bytes += 4096
        controller.enqueue(Buffer.alloc(4096, ' '))
      },
    })
    const type = route.bodyForm === 'form' ? 'application/x-www-form-urlencoded' : 'application/json'
    const request = new Request(`${given.ISSUER}${pathOf(route, ids)}`, {
      method: route.method,
      headers: { 'content-type': type, ...(route.access !== 'public' && { 'x-api-key': adminKey }) },
      body: endless,
      duplex: 'half',
    })

    const response = await authority.fetch(request, { remoteAddress: '127.0.0.1' })

    assert.equal(response.status, route.errorForm === 'oauth' ? 400 : 413, route.name)
    assert.ok(pulled.bytes <= bytesMaxOf(route) + 3 * 4096, `${pulled.bytes} bytes were read.`)
  }
})

test('a body that breaks off is no reason for a 500', async (t) => {
  const port = await listen(t, authority)
  for (const route of bodied) {
    const { statuses, lines } = await rawExchange(port, [
      `${route.method} ${pathOf(route, ids)} HTTP/1.1`,
      `Host: localhost:${port}`,
      'Content-Type: application/json',
      'Content-Length: 100',
      `X-API-Key: ${adminKey}`,
      '',
      '{"a": ',
    ])
    assert.ok(!statuses.some((status) => status >= 500), lines)
  }
})

/** What the server says to bytes that end in the middle. */
function rawExchange(
  port: number,
  request: readonly string[],
): Promise<{ statuses: number[]; lines: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(request.join('\r\n')))
    let lines = ''
    socket.setEncoding('latin1')
    socket.on('data', (text) => {
      lines += text
    })
    socket.on('error', reject)
    socket.on('close', () => {
      const statuses = [...lines.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => Number(match[1]))
      resolve({ statuses, lines })
    })
  })
}

const JUNK_IDS: readonly string[] = [
  '%',
  '%ff',
  '%00',
  '%2e%2e',
  '%2F..%2F',
  '%C0%AF',
  '%E0%A4%A',
  '__proto__',
  'constructor',
  'toString',
  `${CANARY}'--`,
  `acc_${CANARY}`,
  'x'.repeat(5000),
  `%${'41'.repeat(200)}`,
]

test('an id that is none is answered like one that nobody has', async () => {
  const before = stored(config)
  // The console is one page for all its addresses: which of them mean something, it says itself.
  const isConsole = ({ name }: AnyRoute): boolean => /_(?:section|item)_page$/.test(name)
  for (const route of routes.filter((one) => one.path.includes(':') && !isConsole(one))) {
    for (const id of JUNK_IDS) {
      const answer = await send(route.method, pathOf(route, ids, id), goodRequest(route, adminKey))
      // Two dots lead to another path before anybody reads it, whose methods may be others.
      const expected = id === '%2e%2e' ? [403, 404, 405] : [403, 404]
      assert.ok(expected.includes(answer.status), `${route.name} ${id}: ${answer.status} ${answer.text}`)
      assert.ok(!answer.text.includes(CANARY))
    }
  }
  assert.deepEqual(stored(config), before)
})

test('what stands in a query is refused where it is not known, and is never a member of anything', async () => {
  for (const route of routes.filter(({ query }) => query !== undefined)) {
    for (const query of [
      `__proto__=${CANARY}`,
      `constructor=${CANARY}`,
      `%5f%5fproto%5f%5f=${CANARY}`,
      `${CANARY}=1`,
      'limit=1&limit=2',
      'limit=0',
      'limit=1e9',
      'limit=',
      'limit=NaN',
      'limit=0x10&limit[]=1',
      'cursor=%00',
      `cursor=${'x'.repeat(5000)}`,
      'cursor=a&__proto__[limit]=5',
    ]) {
      const answer = await send(route.method, `${pathOf(route, ids)}?${query}`, { key: adminKey })
      // OAuth parameters that nobody knows are passed over (OAuth 2.1 §3.1).
      if (route.errorForm === 'page') assert.ok(answer.status < 500)
      else assertProblem(answer, 'invalid_request')
      assert.ok(!answer.text.includes(CANARY), answer.text)
    }
  }
})

test('headers and queries that are named like parts of an object change nothing', async (t) => {
  const port = await listen(t, authority)
  const headers = {
    constructor: CANARY,
    tostring: CANARY,
    hasownproperty: CANARY,
    'x-forwarded-for': CANARY,
    forwarded: `for=${CANARY}`,
  }
  for (const route of routes) {
    const path = pathOf(route, ids, 'none')
    const query = route.query === undefined ? `?__proto__=${CANARY}&constructor=${CANARY}` : ''
    const answer = await viaSocket(port, route.method, `${path}${query}`, {
      ...Object.fromEntries([['__proto__', CANARY]]),
      ...headers,
    })
    assert.ok(answer.status < 500, `${route.name}: ${answer.status} ${answer.text}`)
    assert.ok(!answer.text.includes(CANARY), answer.text)
  }
  assert.equal(Reflect.get({}, CANARY), undefined)
})

const PATHS: readonly string[] = [
  `/${'x'.repeat(5000)}`,
  '/v1/'.repeat(1250),
  `/v1/accounts/${'%41'.repeat(1666)}`,
  '//example.com/v1/me',
  '/v1//me',
  '/v1/me/',
  '/V1/ME',
  '/v1/me;x=1',
  '/v1/./me%2f..',
  '/v1/%6de',
  '/%',
  '/%00',
  '/*',
  '/:id',
  '/v1/accounts/:id/x',
  `/${CANARY}`,
]
const METHODS = ['TRACE', 'OPTIONS', 'PUT', 'HEAD', 'PROPFIND', 'PURGE', 'SEARCH', 'POST', 'GET', 'DELETE']

test('405 with Allow for methods that a path does not know, TRACE and OPTIONS among them', async (t) => {
  const port = await listen(t, authority)
  for (const path of new Set(routes.map((route) => pathOf(route, ids)))) {
    const known = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((method) => routeOf(method, path) !== null)
    if (known.includes('GET')) known.push('HEAD')
    for (const method of METHODS.filter((one) => !known.includes(one))) {
      const answer = await viaSocket(port, method, path)
      assert.equal(answer.status, 405, `${method} ${path}: ${answer.text}`)
      assert.deepEqual(new Set(answer.headers.get('allow')?.split(', ')), new Set(known))
    }
  }
})

test('404 or a refusal for paths that are none, whatever the method', async (t) => {
  const port = await listen(t, authority)
  for (const path of PATHS) {
    for (const method of METHODS) {
      const answer = await viaSocket(port, method, path)
      assert.ok(answer.status >= 400 && answer.status < 500, `${method} ${path}: ${answer.status}`)
      assert.ok(!answer.text.includes(CANARY))
    }
  }
})

/** A request that no `Request` can carry, held to the contract all the same. */
function viaSocket(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<given.Answer> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', method, path, headers, agent: false }
    const sent = httpRequest(options, (incoming) => {
      let text = ''
      incoming.setEncoding('utf8')
      incoming.on('data', (part) => {
        text += part
      })
      incoming.on('end', () => {
        const status = incoming.statusCode ?? 0
        const pairs = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const)
        const isJson = incoming.headers['content-type']?.includes('json') === true && text !== ''
        const json = isJson ? JSON.parse(text) : {}
        const answer = {
          status,
          headers: new Headers(pairs.map(([name, value]) => [name, value])),
          text,
          json,
        }
        if (status >= 400) assertContract(method, path, answer)
        resolve(answer)
      })
    })
    sent.on('error', reject)
    sent.end()
  })
}

const FUZZ_MS = 4_000

const headerText = fc.string({ unit: fc.constantFrom(...'abc ,;=:"/*\u00e9\t'), maxLength: 40 })
const headerName = fc.oneof(
  fc.constantFrom(
    'authorization',
    'x-api-key',
    'cookie',
    'origin',
    'content-length',
    'host',
    'sec-fetch-site',
  ),
  fc.constantFrom('x-forwarded-for', 'forwarded', 'user-agent', 'x-csrf-token', 'accept', 'constructor'),
)
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom('', '*', 0, -1, 2 ** 53, '\u0000', '\ud800'),
)

/** A random body, or a good one in which one member is random. */
const bodyOf = (route: AnyRoute): fc.Arbitrary<unknown> => {
  const sample = samples[route.name] ?? {}
  const names = fc.oneof(fc.constantFrom(...Object.keys(sample), 'x'), fc.string())
  const changed = fc.tuple(names, anything).map(([name, value]) => ({ ...sample, [name]: value }))
  return fc.oneof(anything, changed)
}

test('no random body or header brings a route to a 500', async (t) => {
  const seed = Number(process.env.COUNTERSIGN_TEST_SEED ?? Date.now() % 2 ** 31)
  t.diagnostic(`COUNTERSIGN_TEST_SEED=${seed}`)
  const plan = fc.constantFrom(...routes).chain((route) =>
    fc.record({
      route: fc.constant(route),
      body: bodyOf(route),
      headers: fc.dictionary(headerName, headerText, { maxKeys: 4 }),
      isKnown: fc.boolean(),
    }),
  )
  const property = fc.asyncProperty(plan, async ({ route, body, headers, isKnown }) => {
    const form = new URLSearchParams(
      Object.entries(Object(body)).map(([name, value]) => [name, JSON.stringify(value) ?? '']),
    )
    const options: given.SendOptions = {
      headers,
      ...(isKnown && { key: adminKey }),
      ...(route.method !== 'GET' && (route.bodyForm === 'form' ? { form: form.toString() } : { body })),
    }
    const answer = await send(route.method, pathOf(route, ids), options)
    assert.ok(answer.status < 500, `${route.name}: ${answer.status} ${answer.text}`)
  })
  await fc.assert(property, { seed, numRuns: 20_000, interruptAfterTimeLimit: FUZZ_MS })
})
