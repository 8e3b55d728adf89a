/** Exchanging an API key for an access token (RFC 8693). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt } from 'jose'
import {
  ACCESS_TOKEN_TYPE,
  type Answer,
  advanceSeconds,
  assertOAuthError,
  at,
  exchangeForm,
  givenExchanged,
  givenPerson,
  givenProgram,
  givenServer,
  givenSession,
  type Program,
  type ProgramOptions,
} from './given.ts'

const PERMISSIONS = ['notes:read', 'notes:write']
const [API, OTHER_API] = ['https://api.example', 'https://other.example']
const JWT_TYPE = 'urn:ietf:params:oauth:token-type:jwt'

const given = await givenServer()
const givenKey = (key: ProgramOptions['key'] = {}): Promise<Program> =>
  givenProgram(given, PERMISSIONS, { key: { audiences: [API, OTHER_API], ...key } })
const program = await givenKey()

const exchange = (key: string, more: Record<string, string> = {}): Promise<Answer> =>
  given.post('/oauth/token', exchangeForm(key, more))

const mistakes: [what: string, change: Record<string, string>, error: string][] = [
  ['no subject token', { subject_token: '' }, 'invalid_request'],
  ['no type of the subject token', { subject_token_type: '' }, 'invalid_request'],
  ['a key that is called an access token', { subject_token_type: ACCESS_TOKEN_TYPE }, 'invalid_request'],
  ['a key that is called a JWT', { subject_token_type: JWT_TYPE }, 'invalid_request'],
  ['an actor', { actor_token: 'x', actor_token_type: ACCESS_TOKEN_TYPE }, 'invalid_request'],
  [
    'asking for a refresh token',
    { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
    'invalid_request',
  ],
  ['asking for a token of an unknown type', { requested_token_type: JWT_TYPE }, 'invalid_request'],
]

for (const [what, change, error] of mistakes) {
  test(`§2.1: ${what} is answered ${error}`, async () => {
    assertOAuthError(await exchange(program.key, change), 400, error)
  })
}

test('§2.1: an actor is refused even where the actor token is a good one', async () => {
  const actor = { actor_token: await givenExchanged(given, program.key), actor_token_type: ACCESS_TOKEN_TYPE }

  assertOAuthError(await exchange(program.key, actor), 400, 'invalid_request')
})

test('§2.1: a client that is not the first party may not exchange', async () => {
  assertOAuthError(await exchange(program.key, { client_id: 'somebody-else' }), 401, 'invalid_client')
})

for (const scope of ['notes:read notes:delete', 'notes:*', '*', 'accounts:read']) {
  test(`§2.1: the scope ${scope} is more than the key has and is answered invalid_scope`, async () => {
    assertOAuthError(await exchange(program.key, { scope }), 400, 'invalid_scope')
  })
}

test('§2.2.2: a subject token of another kind is answered invalid_request', async () => {
  const { accessToken, refreshToken } = await givenPerson(given)
  const exchanged = await givenExchanged(given, program.key)

  for (const token of [accessToken, refreshToken, exchanged, await givenSession(given), 'rubbish']) {
    assertOAuthError(await exchange(token), 400, 'invalid_request')
  }
})

test('§2.2.2: a key that has expired, has ended or is not from here is answered invalid_request', async () => {
  const short = await givenKey({ expires_in: 60 })
  const ended = await givenKey()
  const elsewhere = await givenKey({ allow_addresses: ['192.0.2.0/24'] })
  for (const { key } of [short, ended]) assert.equal((await exchange(key)).status, 200)
  await given.send('DELETE', `/v1/api-keys/${ended.keyId}`, { key: given.adminKey })
  advanceSeconds(60)

  const guessed = program.key.replace(/.{12}$/, 'A'.repeat(12))
  for (const key of [short.key, ended.key, elsewhere.key, guessed]) {
    assertOAuthError(await exchange(key), 400, 'invalid_request')
  }
})

const targets: [what: string, change: Record<string, string>][] = [
  ['an audience that the key is not for', { audience: 'https://elsewhere.example' }],
  ['a resource that the key is not for', { resource: 'https://elsewhere.example' }],
  ['a resource that is no absolute URI', { resource: '/notes' }],
  ['a resource with a fragment', { resource: `${API}#notes` }],
  ['a good audience and a bad resource', { audience: API, resource: 'https://elsewhere.example' }],
  ['another spelling of the audience', { audience: `${API}/` }],
]

for (const [what, change] of targets) {
  test(`§2.2.2: ${what} is answered invalid_target`, async () => {
    assertOAuthError(await exchange(program.key, change), 400, 'invalid_target')
  })
}

test('§2.2.1: the answer says what was issued, and nothing may keep it', async () => {
  const answer = await exchange(program.key, { requested_token_type: ACCESS_TOKEN_TYPE })

  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  assert.equal(answer.headers.get('pragma'), 'no-cache')
  const { access_token, expires_in, scope, ...rest } = answer.json
  assert.deepEqual(rest, { issued_token_type: ACCESS_TOKEN_TYPE, token_type: 'Bearer' })
  assert.ok(typeof access_token === 'string' && Number.isInteger(expires_in) && Number(expires_in) > 0)
  assert.deepEqual(String(scope).split(' ').toSorted(), PERMISSIONS)
})

test('§2.1: a narrower scope holds for the access token', async () => {
  const answer = await exchange(program.key, { scope: 'notes:read', audience: API })

  assert.equal(answer.json.scope, 'notes:read')
  assert.equal(decodeJwt(at(answer.json, 'access_token')).scope, 'notes:read')
})

for (const name of ['audience', 'resource']) {
  test(`§2.1: the ${name} that was asked for is the only audience of the access token`, async () => {
    const token = await givenExchanged(given, program.key, { [name]: API })

    assert.deepEqual([decodeJwt(token).aud].flat(), [API])
  })
}

test('§2.2.1: the access token speaks for the owner of the key and lives no longer than the key', async () => {
  const { account, key } = await givenKey({ expires_in: 120 })
  const keyEndsBy = Math.floor(Date.now() / 1000) + 120

  const answer = await exchange(key)

  const { sub, exp = Number.POSITIVE_INFINITY } = decodeJwt(at(answer.json, 'access_token'))
  assert.equal(sub, account)
  assert.ok(exp <= keyEndsBy, `${exp} > ${keyEndsBy}`)
  assert.ok(Number(answer.json.expires_in) <= 120)
})

test('§2.2.1: the access token ends with the key', async () => {
  const { keyId, key } = await givenKey({ audiences: [given.url] })
  const bearer = await givenExchanged(given, key)
  assert.equal((await given.send('GET', '/v1/me', { bearer })).status, 200)
  await given.send('DELETE', `/v1/api-keys/${keyId}`, { key: given.adminKey })

  assert.equal((await given.send('GET', '/v1/me', { bearer })).status, 401)
})
