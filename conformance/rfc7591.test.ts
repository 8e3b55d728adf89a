/** Clients that register themselves (RFC 7591): who may, and what they may be. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, assertOAuthError, at, givenProgram, givenServer, type SendOptions } from './given.ts'

const REDIRECT = 'https://new.example.com/callback'
const metadata = {
  redirect_uris: [REDIRECT],
  client_name: 'A new app',
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
}

const given = await givenServer({
  COUNTERSIGN_CLIENT_REGISTRATION: 'open',
  COUNTERSIGN_CLIENT_REGISTRATION_SCOPES: 'openid,profile,offline_access,notes:read',
  COUNTERSIGN_RATE_LIMIT_REGISTRATION: 'dangerously-off',
})
const guarded = await givenServer({
  COUNTERSIGN_CLIENT_REGISTRATION: 'initial_access_token',
  COUNTERSIGN_RATE_LIMIT_REGISTRATION: 'dangerously-off',
})
const closed = await givenServer()

const register = (more: object = {}, options: SendOptions = {}): Promise<Answer> =>
  given.send('POST', '/oauth/register', { body: { ...metadata, ...more }, ...options })

const withToken = (bearer: string): Promise<Answer> =>
  guarded.send('POST', '/oauth/register', { body: metadata, bearer })

async function givenToken(more: object = {}): Promise<{ id: string; secret: string }> {
  const body = { name: 'for a test', ...more }
  const made = await guarded.send('POST', '/v1/initial-access-tokens', { key: guarded.adminKey, body })
  assert.equal(made.status, 201, made.text)
  return { id: at(made.json, 'initial_access_token', 'id'), secret: at(made.json, 'secret') }
}

const discovery = async (server: { send: typeof given.send }): Promise<Answer['json']> =>
  (await server.send('GET', '/.well-known/oauth-authorization-server')).json

test('§3: a server that lets nobody register says so, and its metadata names no place for it', async () => {
  assertOAuthError(await closed.send('POST', '/oauth/register', { body: metadata }), 400, 'access_denied')
  assert.equal('registration_endpoint' in (await discovery(closed)), false)
  assert.equal((await discovery(given)).registration_endpoint, `${given.url}/oauth/register`)
})

test('§3: without a token that is good, nothing is registered where one is needed', async () => {
  const { secret } = await givenToken()
  const ended = await givenToken()
  const key = guarded.adminKey
  assert.equal((await guarded.send('DELETE', `/v1/initial-access-tokens/${ended.id}`, { key })).status, 204)

  assertOAuthError(await guarded.send('POST', '/oauth/register', { body: metadata }), 401, 'invalid_token')
  for (const bad of ['x', `${secret}x`, secret.replace('_iat', '_sec'), ended.secret, key]) {
    const answer = await withToken(bad)
    assertOAuthError(answer, 401, 'invalid_token')
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer .*error="invalid_token"/)
  }
  const basic = { authorization: `Basic ${Buffer.from(`x:${secret}`).toString('base64')}` }
  const byBasic = await guarded.send('POST', '/oauth/register', { body: metadata, headers: basic })
  assertOAuthError(byBasic, 401, 'invalid_token')
  assert.equal((await withToken(secret)).status, 201, 'Bad tries have used nothing up.')
})

test('§3: a bad token registers nothing where none is needed', async () => {
  assertOAuthError(await register({}, { bearer: 'x' }), 401, 'invalid_token')
})

test('§3: a token registers as many clients as it says, also when they come at once', async () => {
  const once = await givenToken()
  const thrice = await givenToken({ uses_max: 3 })

  const first = await Promise.all([1, 2, 3, 4].map(() => withToken(once.secret)))
  const second = await Promise.all([1, 2, 3, 4, 5, 6].map(() => withToken(thrice.secret)))

  assert.deepEqual(first.map(({ status }) => status).sort(), [201, 401, 401, 401])
  assert.equal(second.filter(({ status }) => status === 201).length, 3)
  const listed = await guarded.send('GET', '/v1/initial-access-tokens', { key: guarded.adminKey })
  assert.equal(listed.text.includes(once.secret), false)
  assert.match(listed.text, new RegExp(`"id":"${thrice.id}","name":"for a test","uses":3,"uses_max":3`))
})

test('§3: metadata that is refused uses no token up', async () => {
  const { secret } = await givenToken()
  const bad = { ...metadata, scope: 'clients:write' }

  const refused = await guarded.send('POST', '/oauth/register', { body: bad, bearer: secret })

  assertOAuthError(refused, 400, 'invalid_client_metadata')
  assert.equal((await withToken(secret)).status, 201)
})

test('only who may write clients makes tokens, or takes them back', async () => {
  const { id } = await givenToken()
  const { key } = await givenProgram(guarded, ['clients:read'])

  const made = await guarded.send('POST', '/v1/initial-access-tokens', { key, body: { name: 'mine' } })
  const ended = await guarded.send('DELETE', `/v1/initial-access-tokens/${id}`, { key })

  assert.deepEqual([made.status, ended.status], [403, 403])
})

for (const uri of [
  'http://new.example.com/callback',
  'https://new.example.com/#x',
  'https://*.example.com/callback',
  'https://user@new.example.com/callback',
  'com.example.app:/callback',
  'javascript:alert(1)',
  'data:text/html,x',
]) {
  test(`§3.2.2: ${uri} is an invalid_redirect_uri`, async () => {
    assertOAuthError(await register({ redirect_uris: [REDIRECT, uri] }), 400, 'invalid_redirect_uri')
  })
}

test('§3.2.2: so are none at all, and what is no list of them', async () => {
  for (const redirect_uris of [undefined, [], 'https://new.example.com/', [7]]) {
    assertOAuthError(await register({ redirect_uris }), 400, 'invalid_redirect_uri')
  }
})

const key = { kty: 'EC', crv: 'P-256', kid: 'a', alg: 'ES256', x: 'AA', y: 'AA' }
for (const [name, more] of Object.entries({
  'a permission of this server': { scope: 'openid clients:write' },
  everything: { scope: '*' },
  'a permission of every noun that it may read': { scope: 'notes:*' },
  'a permission outside the fence': { scope: 'notes:write' },
  'a scope that is none': { scope: 'nothing at all' },
  client_credentials: {
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'client_secret_basic',
  },
  'codes of devices': {
    grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'],
  },
  'a grant that nobody knows': { grant_types: ['authorization_code', 'password'] },
  'tokens in URLs': { response_types: ['token'] },
  'a method that nobody knows': { token_endpoint_auth_method: 'tls_client_auth' },
  'keys that are none': { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [key] } },
  'keys in the clear': {
    token_endpoint_auth_method: 'private_key_jwt',
    jwks_uri: 'http://new.example.com/jwks',
  },
  'a picture that is a script': { logo_uri: 'javascript:alert(1)' },
  'a name that is none': { client_name: '' },
  'another algorithm than the server’s': { id_token_signed_response_alg: 'RS256' },
  'a place to sign out to that is none': { post_logout_redirect_uris: ['http://new.example.com/'] },
})) {
  test(`§3.2.2: ${name}: invalid_client_metadata`, async () => {
    assertOAuthError(await register(more), 400, 'invalid_client_metadata')
  })
}

test('§3.2.2: a software statement is refused, and not passed over', async () => {
  assertOAuthError(await register({ software_statement: 'x' }), 400, 'invalid_software_statement')
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.x`
  assertOAuthError(await register({ software_statement: unsigned }), 400, 'unapproved_software_statement')
})

test('§3.1: what is no JSON object is refused', async () => {
  for (const raw of ['[]', '"x"', '{', '{"redirect_uris":[],"redirect_uris":[]}']) {
    const headers = { 'content-type': 'application/json' }
    const answer = await given.send('POST', '/oauth/register', { raw, headers })
    assert.equal(answer.status, 400, answer.text)
  }
})

test('§2: members that nobody knows change nothing, those of administrators neither', async () => {
  const answer = await register({
    id: 'first-party',
    client_id: 'first-party',
    service_account_id: 'svc_00000000000000000000000000',
    profile: 'oidc-basic',
    audiences: ['https://elsewhere.example.com'],
    backchannel_logout_uri: 'https://new.example.com/logout',
    assurance: null,
    contacts: ['a@example.com'],
  })

  assert.equal(answer.status, 201, answer.text)
  const id = at(answer.json, 'client_id')
  assert.match(id, /^self-[0-9a-z]{26}$/)
  const read = await given.send('GET', `/v1/clients/${id}`, { key: given.adminKey })
  const { client } = JSON.parse(read.text)
  assert.equal(client.profile, 'oauth2.1')
  assert.equal(client.registration, 'self')
  assert.equal(client.first_used_at, null)
  assert.equal(client.service_account_id, null)
  assert.equal(client.backchannel_logout_uri, null)
  assert.deepEqual(client.audiences, [])
})

test('§3.2.1: the answer says what the client is registered as, and is not kept', async () => {
  const answer = await register({ token_endpoint_auth_method: undefined, grant_types: undefined })

  assert.equal(answer.status, 201, answer.text)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  assert.equal(answer.json.token_endpoint_auth_method, 'client_secret_basic')
  assert.equal(answer.json.client_secret_expires_at, 0)
  assert.match(at(answer.json, 'client_secret'), /^cs_seclive_/)
  assert.deepEqual(answer.json.grant_types, ['authorization_code'])
  assert.deepEqual(answer.json.response_types, ['code'])
  assert.equal(answer.json.scope, 'openid profile offline_access notes:read')
  assert.ok(Math.abs(Number(answer.json.client_id_issued_at) - Date.now() / 1000) < 60)
})

test('the log tells who registered what with which token, and no secret', async () => {
  const { id, secret } = await givenToken()
  const made = await withToken(secret)

  const log = await guarded.send('GET', '/v1/audit?type=client.registered', { key: guarded.adminKey })

  assert.match(log.text, new RegExp(`"credential":"${id}"`))
  assert.ok(log.text.includes(at(made.json, 'client_id')))
  assert.equal(log.text.includes(secret), false)
})

test('nobody registers as often as they like', async () => {
  const server = await givenServer({
    COUNTERSIGN_CLIENT_REGISTRATION: 'open',
    COUNTERSIGN_RATE_LIMIT_REGISTRATION: '2/3600',
    COUNTERSIGN_CLIENT_REGISTRATION_UNUSED_MAX: '1',
  })
  const send = () => server.send('POST', '/oauth/register', { body: metadata })

  const answers = [await send(), await send(), await send()]

  assert.deepEqual(
    answers.map(({ status, json }) => [status, json.error]),
    [
      [201, undefined],
      [503, 'temporarily_unavailable'],
      [429, 'slow_down'],
    ],
  )
})

test('the last place is taken once, also when many come at once', async () => {
  const server = await givenServer({
    COUNTERSIGN_CLIENT_REGISTRATION: 'open',
    COUNTERSIGN_RATE_LIMIT_REGISTRATION: 'dangerously-off',
    COUNTERSIGN_CLIENT_REGISTRATION_UNUSED_MAX: '3',
  })

  const answers = await Promise.all(
    Array.from({ length: 8 }, () => server.send('POST', '/oauth/register', { body: metadata })),
  )

  assert.equal(answers.filter(({ status }) => status === 201).length, 3)
})
