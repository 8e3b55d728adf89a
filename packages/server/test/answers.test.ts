/** What every route answers, whatever it is about: headers, methods, unknown paths, HEAD, pages of other origins. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { routes } from '../src/routes/table.ts'
import { assertProblem, RESOURCE_METADATA } from './contract.ts'
import * as given from './given.ts'
import { inside } from './inside.ts'

const ALLOWED = 'https://app.example'
const shared = await given.openAuthority({ ...given.UNLIMITED, COUNTERSIGN_ALLOWED_ORIGINS: ALLOWED })
after(shared.close)
const { send, adminKey } = shared.given

/** A path of the row with ids that nobody has. */
const pathOf = (path: string): string =>
  path.replace(':id', 'acc_01kf0rdqg06p1nem1shv2ssrmr').replace(':code', 'not_found')

const gets = routes.filter(({ method }) => method === 'GET').map(({ path }) => pathOf(path))

for (const path of gets) {
  test(`HEAD ${path} answers what GET answers, without the body`, async () => {
    const get = await send('GET', path, { key: adminKey })

    const head = await send('HEAD', path, { key: adminKey })

    assert.equal(head.status, get.status)
    assert.equal(head.text, '')
    const names = ['content-type', 'cache-control', 'content-security-policy', 'allow']
    for (const name of names) assert.equal(head.headers.get(name), get.headers.get(name))
  })
}

test('no GET and no HEAD asks the store for more than to be read (ASVS 3.5.3)', async (t) => {
  const to = await inside(t)
  for (const path of gets) {
    for (const method of ['GET', 'HEAD']) {
      to.takeCalls()
      await to.send(method, path, { key: to.adminKey })

      for (const call of to.takeCalls())
        assert.match(call, /^store\.(?:read|list|count|ping)/, `${method} ${path}`)
    }
  }
})

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'PURGE']

test('405 with the methods that there are, for every other method of every path, before anything is asked', async (t) => {
  const to = await inside(t)
  for (const path of new Set(routes.map((route) => route.path))) {
    const own = routes.filter((route) => route.path === path).map((route) => route.method)
    const allowed = own.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    // A path that also fits a pattern with an id answers that row's methods, too.
    const fitting = routes
      .filter((route) => fits(route.path, path))
      .flatMap(({ method }) => [method as string])
    for (const method of methods) {
      if (fitting.includes(method) || (method === 'HEAD' && fitting.includes('GET'))) continue
      to.takeCalls()
      const answer = await to.send(method, pathOf(path), { key: to.adminKey })

      assert.equal(answer.status, 405, `${method} ${path}`)
      const told = (answer.headers.get('allow') ?? '').split(', ')
      for (const one of allowed) assert.ok(told.includes(one), `${method} ${path} allows ${told}`)
      assert.ok(!told.includes(method))
      assert.deepEqual(to.takeCalls(), [])
    }
  }
})

function fits(pattern: string, path: string): boolean {
  const parts = path.split('/')
  const wanted = pattern.split('/')
  return (
    wanted.length === parts.length &&
    wanted.every((one, index) => one.startsWith(':') || one === parts[index])
  )
}

for (const path of [
  '/v1',
  '/v1/',
  '/v1/nothing',
  '/v1/me/',
  '//v1/me',
  '/V1/me',
  '/v1/ME',
  '/v1/me/../accounts',
  '/v1%2fme',
  '/v1/me%00',
  '/.git/config',
  '/.env',
  '/data/countersign.db',
  '/assets/',
  '/assets/../data',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/docs/errors/constructor',
  '/docs/errors/__proto__',
  '/docs/errors/toString',
  '/admin',
  '/index.html',
  '/debug',
]) {
  test(`${path} is no way to anything`, async () => {
    const answer = await send('GET', path)

    assert.ok(answer.status === 404 || answer.status === 401, `${answer.status}`)
  })
}

test('an id that is none is answered like one that nobody has', async () => {
  const ids = [
    'acc_01kf0rdqg06p1nem1shv2ssrmr',
    'nothing',
    '%00',
    '%ZZ',
    '%F0%9F%A6%A6',
    "'%20OR%201=1--",
    'acc_01kf0rdqg06p1nem1shv2ssrmr%0a',
    'a'.repeat(4000),
  ]
  const looks = new Set<string>()
  for (const id of ids) {
    const answer = await send('GET', `/v1/accounts/${id}`, { key: adminKey })
    assertProblem(answer, 'not_found')
    looks.add(JSON.stringify({ ...answer.json, decision_id: '' }))
  }

  assert.equal(looks.size, 1)
})

const dataHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  vary: 'Origin',
  'x-content-type-options': 'nosniff',
}
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

test('the headers of an answer with data, of a refusal and of a page are these and no others', async () => {
  const data = await send('GET', '/v1/me', { key: adminKey })
  const refusal = await send('GET', '/v1/me')
  const page = await send('GET', '/')

  assert.deepEqual(Object.fromEntries(data.headers), {
    ...dataHeaders,
    'content-type': 'application/json; charset=utf-8',
  })
  assert.deepEqual(Object.fromEntries(refusal.headers), {
    ...dataHeaders,
    'content-type': 'application/problem+json; charset=utf-8',
    'www-authenticate': `Bearer realm="countersign", ${RESOURCE_METADATA}`,
  })
  assert.deepEqual(Object.fromEntries(page.headers), {
    ...dataHeaders,
    'content-security-policy': pagePolicy,
    'content-type': 'text/html; charset=utf-8',
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'same-origin',
  })
})

test('a page of an allowed origin may read answers, and no other may', async () => {
  const read = async (origin: string): Promise<Headers> =>
    (await send('GET', '/v1/me', { key: adminKey, headers: { origin } })).headers
  const allowed = await read(ALLOWED)

  assert.equal(allowed.get('access-control-allow-origin'), ALLOWED)
  assert.equal(allowed.get('access-control-allow-credentials'), 'true')
  for (const origin of [
    'https://evil.example',
    'null',
    'https://app.example.evil.example',
    'https://evil-app.example',
    'http://app.example',
    'https://app.example:444',
    'HTTPS://APP.EXAMPLE',
    '*',
  ]) {
    const headers = await read(origin)
    assert.equal(headers.get('access-control-allow-origin'), null, origin)
    assert.equal(headers.get('access-control-allow-credentials'), null)
    assert.equal(headers.get('vary'), 'Origin')
  }
})

test('what an answer depends on is told beside the origin, where origins are allowed', async () => {
  for (const headers of [{}, { origin: ALLOWED }] as Record<string, string>[]) {
    const answer = await send('GET', '/docs/errors/not_found', { headers })

    assert.equal(answer.headers.get('vary'), 'cookie, Origin')
  }
})

test('a preflight is answered for allowed origins, with the methods of the path, and asks nobody', async (t) => {
  const to = await inside(t, { COUNTERSIGN_ALLOWED_ORIGINS: ALLOWED })
  const ask = (origin: string): Promise<given.Answer> =>
    to.send('OPTIONS', '/v1/api-keys', {
      headers: { origin, 'access-control-request-method': 'POST' },
    })

  const allowed = await ask(ALLOWED)
  const refused = await ask('https://evil.example')

  assert.equal(allowed.status, 204)
  assert.equal(allowed.headers.get('access-control-allow-methods'), 'POST, GET, HEAD')
  assert.equal(allowed.headers.get('access-control-allow-origin'), ALLOWED)
  assertProblem(refused, 'method_not_allowed')
  assert.equal(refused.headers.get('access-control-allow-origin'), null)
  assert.deepEqual(to.takeCalls(), [])
})

test('public documents are read from anywhere, without credentials', async () => {
  for (const path of ['jwks.json', 'oauth-authorization-server', 'oauth-protected-resource']) {
    const options = { headers: { origin: 'https://pool.example' } }
    const { headers } = await send('GET', `/.well-known/${path}`, options)

    assert.equal(headers.get('access-control-allow-origin'), '*')
    assert.equal(headers.get('access-control-allow-credentials'), null)
    assert.match(headers.get('cache-control') ?? '', /^public, max-age=\d+$/)
  }
})

test('503 from every route once the authority is stopping', async (t) => {
  const to = await given.authority(t)
  to.authority.beginStopping()

  for (const path of ['/v1/me', '/healthz', '/readyz']) {
    assertProblem(await to.send('GET', path, { key: to.adminKey }), 'shutting_down')
  }
})
