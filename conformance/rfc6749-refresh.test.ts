/** The token endpoint and refreshing, as RFC 6749 has them (with the rotation of RFC 9700 §4.14.2). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  advanceSeconds,
  assertOAuthError,
  at,
  exchangeForm,
  type Form,
  givenClient,
  givenPerson,
  givenServer,
  refreshForm,
} from './given.ts'

const PERMISSIONS = ['notes:read', 'notes:write']
/** Longer than an honest retry with the same refresh token may take. */
const BEYOND_GRACE_SECONDS = 31

const given = await givenServer()
await givenClient(given, {
  id: 'another-app',
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: ['https://app.example.com/callback'],
  scopes: ['*'],
})

for (const name of ['grant_type', 'refresh_token', 'client_id', 'scope']) {
  test(`§3.2: ${name} twice is answered invalid_request, and the refresh token stays good`, async () => {
    const { refreshToken } = await givenPerson(given, PERMISSIONS)
    const form = refreshForm(refreshToken, { scope: 'notes:read' })
    const twice: Form = [...Object.entries(form), [name, form[name] ?? '']]

    assertOAuthError(await given.post('/oauth/token', twice), 400, 'invalid_request')

    const { status } = await given.post('/oauth/token', form)
    assert.equal(status, 200)
  })
}

test('§3.2: only POST is answered', async () => {
  const { refreshToken } = await givenPerson(given)
  const query = new URLSearchParams(refreshForm(refreshToken))

  for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    const answer = await given.send(method, `/oauth/token?${query}`)
    assert.equal(answer.status, 405, method)
    assert.equal(answer.headers.get('allow'), 'POST', method)
  }
})

test('§3.2: parameters in the query are not read', async () => {
  const { refreshToken } = await givenPerson(given)
  const query = new URLSearchParams(refreshForm(refreshToken))

  assertOAuthError(await given.post(`/oauth/token?${query}`, {}), 400, 'invalid_request')
})

test('§3.2: a body that is no form is answered invalid_request', async () => {
  const { refreshToken } = await givenPerson(given)

  const answer = await given.send('POST', '/oauth/token', { body: refreshForm(refreshToken) })

  assertOAuthError(answer, 400, 'invalid_request')
})

test('§3.2: a parameter without a value is as good as none', async () => {
  const { refreshToken } = await givenPerson(given, PERMISSIONS)
  assertOAuthError(await given.post('/oauth/token', refreshForm('')), 400, 'invalid_request')

  const answer = await given.post('/oauth/token', refreshForm(refreshToken, { scope: '' }))

  assert.equal(answer.status, 200)
  assert.deepEqual(at(answer.json, 'scope').split(' ').toSorted(), PERMISSIONS)
})

test('§3.2: parameters that nobody knows are ignored', async () => {
  const { refreshToken } = await givenPerson(given)

  const answer = await given.post('/oauth/token', refreshForm(refreshToken, { colour: 'green' }))

  assert.equal(answer.status, 200)
})

test('§5.1: the answer holds the tokens, and nothing may keep it', async () => {
  const { refreshToken } = await givenPerson(given)

  const answer = await given.post('/oauth/token', refreshForm(refreshToken))

  assert.equal(answer.status, 200)
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json(?:;|$)/)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  assert.equal(answer.headers.get('pragma'), 'no-cache')
  const names = ['access_token', 'expires_in', 'refresh_token', 'scope', 'token_type']
  assert.deepEqual(Object.keys(answer.json).toSorted(), names)
  assert.equal(answer.json.token_type, 'Bearer')
  assert.ok(Number.isInteger(answer.json.expires_in) && Number(answer.json.expires_in) > 0)
  const me = await given.send('GET', '/v1/me', { bearer: at(answer.json, 'access_token') })
  assert.equal(me.status, 200)
})

const mistakes: [what: string, change: Record<string, string>, status: number, error: string][] = [
  ['no grant type', { grant_type: '' }, 400, 'invalid_request'],
  ['no refresh token', { refresh_token: '' }, 400, 'invalid_request'],
  ['a grant type that nobody knows', { grant_type: 'telepathy' }, 400, 'unsupported_grant_type'],
  ['a grant type in capitals', { grant_type: 'REFRESH_TOKEN' }, 400, 'unsupported_grant_type'],
  ['the password grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
  ['no client', { client_id: '' }, 401, 'invalid_client'],
  ['a client whose name cannot be one', { client_id: 'a client' }, 401, 'invalid_client'],
  ['a public client with a secret', { client_secret: 'swordfish' }, 401, 'invalid_client'],
  ['another client', { client_id: 'another-app' }, 400, 'invalid_grant'],
  ['a client that nobody registered', { client_id: 'somebody-else' }, 401, 'invalid_client'],
  ['a refresh token that is rubbish', { refresh_token: 'rubbish' }, 400, 'invalid_grant'],
  ['a scope with a quotation mark', { scope: 'notes:"read"' }, 400, 'invalid_scope'],
  ['a scope with two spaces', { scope: 'notes:read  notes:write' }, 400, 'invalid_scope'],
]

for (const [what, change, status, error] of mistakes) {
  test(`§5.2: ${what} is answered ${status} ${error}, and the refresh token stays good`, async () => {
    const { refreshToken } = await givenPerson(given, PERMISSIONS)

    const answer = await given.post('/oauth/token', refreshForm(refreshToken, change))

    assertOAuthError(answer, status, error)
    if (status === 401) assert.ok(answer.headers.get('www-authenticate'))
    assert.equal((await given.post('/oauth/token', refreshForm(refreshToken))).status, 200)
  })
}

test('§5.2: a client that tried the Basic scheme is answered 401 in that scheme', async () => {
  const { refreshToken } = await givenPerson(given)
  const authorization = `Basic ${Buffer.from('first-party:swordfish').toString('base64')}`

  for (const form of [refreshForm(refreshToken), exchangeForm(given.adminKey)]) {
    const answer = await given.post('/oauth/token', form, { headers: { authorization } })
    assertOAuthError(answer, 401, 'invalid_client')
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic realm="[^"]+"$/)
  }
})

test('§5.2: an access token in the place of a refresh token is answered invalid_grant', async () => {
  const { accessToken } = await givenPerson(given)

  assertOAuthError(await given.post('/oauth/token', refreshForm(accessToken)), 400, 'invalid_grant')
})

for (const scope of ['notes:read notes:delete', 'notes:*', '*']) {
  test(`§6: asking for ${scope} where less was granted is answered invalid_scope`, async () => {
    const { refreshToken } = await givenPerson(given, PERMISSIONS)

    assertOAuthError(
      await given.post('/oauth/token', refreshForm(refreshToken, { scope })),
      400,
      'invalid_scope',
    )

    assert.equal((await given.post('/oauth/token', refreshForm(refreshToken))).status, 200)
  })
}

test('§6: a narrower scope holds for that access token, and the next refresh has all again', async () => {
  const { refreshToken } = await givenPerson(given, PERMISSIONS)

  const narrow = await given.post('/oauth/token', refreshForm(refreshToken, { scope: 'notes:read' }))
  const next = await given.post('/oauth/token', refreshForm(at(narrow.json, 'refresh_token')))

  assert.equal(narrow.json.scope, 'notes:read')
  const me = await given.send('GET', '/v1/me', { bearer: at(narrow.json, 'access_token') })
  assert.deepEqual(me.json.permissions, ['notes:read'])
  assert.deepEqual(at(next.json, 'scope').split(' ').toSorted(), PERMISSIONS)
})

test('§10.4: a used refresh token is answered invalid_grant, and ends everything of its family', async () => {
  const thief = await givenPerson(given)
  const bystander = await givenPerson(given)
  const rotated = await given.post('/oauth/token', refreshForm(thief.refreshToken))
  const successor = at(rotated.json, 'refresh_token')
  advanceSeconds(BEYOND_GRACE_SECONDS)

  assertOAuthError(await given.post('/oauth/token', refreshForm(thief.refreshToken)), 400, 'invalid_grant')

  assertOAuthError(await given.post('/oauth/token', refreshForm(successor)), 400, 'invalid_grant')
  const me = await given.send('GET', '/v1/me', { bearer: at(rotated.json, 'access_token') })
  assert.equal(me.status, 401)
  assert.equal((await given.post('/oauth/token', refreshForm(bystander.refreshToken))).status, 200)
})

test('§10.4: each refresh gives a new refresh token, and a retry at once the very same', async () => {
  const { refreshToken } = await givenPerson(given)

  const first = await given.post('/oauth/token', refreshForm(refreshToken))
  const retry = await given.post('/oauth/token', refreshForm(refreshToken))

  assert.notEqual(at(first.json, 'refresh_token'), refreshToken)
  assert.equal(retry.json.refresh_token, first.json.refresh_token)
})

test('§10.4: a refresh token is answered invalid_grant once it has expired', async () => {
  const { refreshToken } = await givenPerson(given)
  advanceSeconds(366 * 86_400)

  assertOAuthError(await given.post('/oauth/token', refreshForm(refreshToken)), 400, 'invalid_grant')
})
