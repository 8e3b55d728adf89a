import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { answer, BASE_URL, failureOf, fakeAuthority, ME, problem } from '../test/given.ts'
import { createClient } from './client.ts'
import { ApiProblem, AuthorityUnreachable } from './errors.ts'

const API_KEY = 'cs_keylive_01hzzzzzzz0000000000000000_verySecretVerySecretVerySecretVerySecretVer012345'

test('a refused request throws an ApiProblem with everything the problem document says', async () => {
  const fields = [{ path: 'email', message: 'Expected string.' }]
  const body = {
    title: 'T',
    detail: 'D',
    status: 422,
    code: 'invalid_request',
    decision_id: 'dec_9',
    errors: fields,
  }
  const authority = fakeAuthority(() => answer(422, body, { 'retry-after': '7' }))

  const error = await failureOf(
    authority.clock,
    authority.client({ credential: { apiKey: API_KEY } }).apiKeys.end('key_1'),
  )

  assert.ok(error instanceof ApiProblem)
  assert.deepEqual(
    { ...error },
    {
      name: 'ApiProblem',
      status: 422,
      code: 'invalid_request',
      title: 'T',
      detail: 'D',
      decisionId: 'dec_9',
      retryAfterSeconds: 7,
      fields,
    },
  )
  assert.equal(error.message, 'T: D')
})

test('an OAuth error is an ApiProblem too', async () => {
  const authority = fakeAuthority(() =>
    answer(400, { error: 'invalid_scope', error_description: 'Too much.' }),
  )

  const error = await failureOf(authority.clock, authority.client().exchangeApiKey({ apiKey: API_KEY }))

  assert.ok(error instanceof ApiProblem)
  assert.deepEqual(
    [error.status, error.code, error.detail, error.decisionId],
    [400, 'invalid_scope', 'Too much.', null],
  )
})

test('fields that are not fields are left out of the problem', async () => {
  const body = {
    title: 'T',
    code: 'invalid_request',
    errors: [{ path: 1, message: 'x' }, null, { path: 'a', message: 'b' }],
  }
  const authority = fakeAuthority(() => answer(422, body))

  const error = await failureOf(authority.clock, authority.client().me())

  assert.ok(error instanceof ApiProblem)
  assert.deepEqual(error.fields, [{ path: 'a', message: 'b' }])
  assert.deepEqual([error.detail, error.decisionId], ['', null])
})

test('an answer that is no authority’s is told apart from a refusal', async (t) => {
  const strangers: [string, () => Response][] = [
    ['a page in place of a refusal', () => new Response('<html>Bad gateway</html>', { status: 502 })],
    ['a page in place of an answer', () => new Response('<html>Sign in</html>', { status: 200 })],
    ['other JSON', () => answer(200, { hello: 'world' })],
    ['other JSON as a refusal', () => answer(500, { hello: 'world' })],
    ['JSON that is no object', () => answer(200, 'text')],
  ]
  for (const [name, respond] of strangers) {
    await t.test(name, async () => {
      const authority = fakeAuthority(respond)

      const error = await failureOf(authority.clock, authority.client().me())

      assert.ok(error instanceof AuthorityUnreachable)
      assert.equal(error.reason, 'unexpected_answer')
    })
  }
})

test('a broken connection names the host and the system’s code', async () => {
  const authority = fakeAuthority(() => {
    throw new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }) })
  })

  const error = await failureOf(authority.clock, authority.client().signOut())

  assert.ok(error instanceof AuthorityUnreachable)
  assert.equal(error.reason, 'network')
  assert.equal(error.message, `The authority at ${BASE_URL} cannot be reached (ECONNREFUSED).`)
})

test('no error shows a credential, whatever the runtime’s own error quotes', async () => {
  const authority = fakeAuthority((seen) => {
    throw new TypeError(`Headers.append: "${seen.headers.get('authorization')}" is an invalid header value.`)
  })
  const client = authority.client({ credential: { apiKey: API_KEY } })
  const failures = [
    await failureOf(authority.clock, client.signOut()),
    await failureOf(authority.clock, client.exchangeApiKey()),
    await failureOf(authority.clock, client.verify({ credential: API_KEY })),
    await failureOf(authority.clock, client.revoke({ target: { kind: 'credential', credential: API_KEY } })),
    await failureOf(authority.clock, client.signIn({ email: 'mia@example.com', password: API_KEY })),
  ]

  for (const failure of failures)
    assert.doesNotMatch(inspect(failure, { depth: 9, showHidden: true }), /verySecret/)
})

test('a credential that cannot stand in a header is refused without being quoted', () => {
  for (const apiKey of ['verySecret\r\nx: y', 'very secret', '', 'verySecré', 'v'.repeat(8193)]) {
    assert.throws(
      () => createClient({ baseUrl: BASE_URL, credential: { apiKey } }),
      (error) => error instanceof TypeError && !/very/.test(error.message),
    )
  }
})

test('a client itself and what it answers never print a credential', async () => {
  const authority = fakeAuthority(() => answer(201, { api_key: { id: 'key_1' }, secret: API_KEY }))
  const client = authority.client({ credential: { apiKey: API_KEY } })

  const made = await client.apiKeys.create({ name: 'door', permissions: [] })

  assert.equal(made.secret.reveal(), API_KEY)
  for (const value of [client, made]) {
    assert.doesNotMatch(inspect(value, { depth: 9, showHidden: true }) + JSON.stringify(value), /verySecret/)
  }
})

test('no request of any kind has a credential in its URL', async () => {
  const authority = fakeAuthority(() => problem(403, 'permission_denied'))
  const client = authority.client({ credential: { apiKey: API_KEY } })
  const target = { kind: 'credential', credential: API_KEY } as const

  await Promise.allSettled([
    client.exchangeApiKey(),
    client.verify({ credential: API_KEY }),
    client.revoke({ target }),
    client.previewRevocation(target),
    client.me(),
    client.signIn({ email: 'mia@example.com', password: API_KEY }),
  ])

  assert.equal(authority.seen.length, 6)
  for (const { url } of authority.seen) assert.doesNotMatch(url, /verySecret/)
})

test('plain http is for loopback only, and a base URL carries nothing but a place', () => {
  for (const baseUrl of [
    'http://localhost:4000',
    'http://127.0.0.1:4000/',
    'http://[::1]:4000',
    'https://a.example/auth',
  ]) {
    assert.equal(createClient({ baseUrl }).baseUrl, baseUrl.replace(/\/$/, ''))
  }
  for (const baseUrl of [
    'http://a.example',
    'http://localhost.a.example',
    'ftp://a.example',
    'nonsense',
    'https://u:p@a.example',
    'https://a.example/?x=1',
  ]) {
    assert.throws(() => createClient({ baseUrl }), TypeError)
  }
})

test('answers never come by way of another host or a cache', async () => {
  const authority = fakeAuthority(() => answer(200, ME))

  await authority.client().me()

  assert.equal(authority.seen[0]?.init.redirect, 'error')
  assert.equal(authority.seen[0]?.init.cache, 'no-store')
})
