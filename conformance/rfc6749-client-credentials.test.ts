/** Clients that prove who they are (RFC 6749 §2.3), and the grant client_credentials (§4.4; OAuth 2.1 §4.2). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { spoil } from '@countersign/tools/spoil'
import {
  type Answer,
  assertOAuthError,
  at,
  basicHeader,
  givenClient,
  givenProgram,
  givenServer,
  givenSpeaker,
} from './given.ts'

const given = await givenServer({
  COUNTERSIGN_AUDIENCES: 'https://api.example.com,https://pool.example.com',
})
const PERMISSIONS = ['notes:read', 'notes:write']

const ask = (client: { id: string; secret: string }, form: Record<string, string> = {}): Promise<Answer> =>
  given.post(
    '/oauth/token',
    { grant_type: 'client_credentials', ...form },
    { headers: basicHeader(client.id, client.secret) },
  )

const claimsOf = (answer: Answer): Record<string, unknown> => {
  const [, payload = ''] = at(answer.json, 'access_token').split('.')
  return JSON.parse(Buffer.from(payload, 'base64url').toString())
}

test('§2.3: a client that is unknown, or has another secret, is answered 401 in the scheme that it tried', async () => {
  const client = await givenSpeaker(given, PERMISSIONS)
  const other = await givenSpeaker(given, PERMISSIONS)

  for (const tried of [
    { id: client.id, secret: other.secret },
    { id: client.id, secret: spoil(client.secret) },
    { id: client.id, secret: '' },
    { id: 'nobody', secret: client.secret },
    { id: client.account, secret: client.secret },
    { id: '', secret: client.secret },
  ]) {
    const answer = await ask(tried)
    assertOAuthError(answer, 401, 'invalid_client')
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic realm=/)
  }
})

for (const header of [
  'Basic',
  'Basic ',
  'Basic %%%',
  'Basic Zm9v',
  'Basic Og==',
  'Bearer x',
  'Digest x',
  'basic',
]) {
  test(`§2.3.1: the header ${header} proves nobody`, async () => {
    const form = { grant_type: 'client_credentials' }
    const answer = await given.post('/oauth/token', form, { headers: { authorization: header } })

    assertOAuthError(answer, 401, 'invalid_client')
  })
}

test('§2.3: two ways in one request are refused, and so are two names', async () => {
  const client = await givenSpeaker(given, PERMISSIONS)
  const assertion = { client_assertion: 'a.b.c', client_assertion_type: 'x' }

  assertOAuthError(await ask(client, { client_secret: client.secret }), 400, 'invalid_request')
  assertOAuthError(await ask(client, assertion), 400, 'invalid_request')
  assertOAuthError(await ask(client, { client_id: 'somebody-else' }), 400, 'invalid_request')
  const form = { grant_type: 'client_credentials', client_id: client.id, client_secret: client.secret }
  assertOAuthError(await given.post('/oauth/token', { ...form, ...assertion }), 400, 'invalid_request')
  assert.equal((await ask(client, { client_id: client.id })).status, 200)
})

test('§2.3: a client proves itself in the way that it is registered with, and in no other', async () => {
  const byPost = await givenSpeaker(given, PERMISSIONS, { token_endpoint_auth_method: 'client_secret_post' })
  const byBasic = await givenSpeaker(given, PERMISSIONS)
  const post = ({ id, secret }: { id: string; secret: string }): Promise<Answer> =>
    given.post('/oauth/token', { grant_type: 'client_credentials', client_id: id, client_secret: secret })

  assertOAuthError(await ask(byPost), 401, 'invalid_client')
  assertOAuthError(await post(byBasic), 401, 'invalid_client')
  assert.equal((await post(byPost)).status, 200)
  assert.equal((await ask(byBasic)).status, 200)
})

test('§2.3.1: a secret in the URL is not looked at', async () => {
  const { id, secret } = await givenSpeaker(given, PERMISSIONS, {
    token_endpoint_auth_method: 'client_secret_post',
  })
  const query = new URLSearchParams({ client_id: id, client_secret: secret })

  const answer = await given.post(`/oauth/token?${query}`, { grant_type: 'client_credentials' })

  assertOAuthError(answer, 401, 'invalid_client')
})

test('§4.4: a public client is given no token by its name alone, nor is the first party', async () => {
  const app = await givenClient(given, {
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    redirect_uris: ['https://app.example.com/callback'],
  })

  for (const client_id of [app.id, 'first-party']) {
    const answer = await given.post('/oauth/token', { grant_type: 'client_credentials', client_id })
    assertOAuthError(answer, 400, 'unauthorized_client')
  }
})

test('§5.2: a client that is registered for another grant is answered unauthorized_client', async () => {
  const client = await givenClient(given, {
    grant_types: ['authorization_code'],
    redirect_uris: ['https://app.example.com/callback'],
  })

  assertOAuthError(await ask(client), 400, 'unauthorized_client')
})

test('§3.3: a scope beyond the client, or beyond whom it speaks for, is refused and not cut down', async () => {
  const { account } = await givenProgram(given, ['notes:read'])
  const wide = { grant_types: ['client_credentials'], service_account_id: account }
  const client = await givenClient(given, { ...wide, scopes: ['notes:*'] })
  const narrow = await givenSpeaker(given, PERMISSIONS, { scopes: ['notes:read'] })

  for (const one of [client, narrow]) {
    for (const scope of ['notes:write', 'notes:*', '*', 'notes:read notes:write']) {
      assertOAuthError(await ask(one, { scope }), 400, 'invalid_scope')
    }
    assert.equal((await ask(one)).json.scope, 'notes:read')
  }
  for (const scope of ['openid', 'notes:read  notes:read', 'notes:"read"']) {
    assertOAuthError(await ask(narrow, { scope }), 400, 'invalid_scope')
  }
})

test('RFC 8707 §2: a resource that is not the client’s is answered invalid_target', async () => {
  const client = await givenSpeaker(given, PERMISSIONS, { audiences: ['https://pool.example.com'] })

  for (const name of ['resource', 'audience']) {
    const answer = await ask(client, { [name]: 'https://api.example.com' })
    assertOAuthError(answer, 400, 'invalid_target')
  }
  assert.equal(claimsOf(await ask(client)).aud, 'https://pool.example.com')
  const both = await givenSpeaker(given, PERMISSIONS)
  const one = await ask(both, { resource: 'https://api.example.com' })
  assert.equal(claimsOf(one).aud, 'https://api.example.com')
})

test('§4.4.3: the answer has no refresh token, and is kept by nobody', async () => {
  const answer = await ask(await givenSpeaker(given, PERMISSIONS))

  assert.equal(answer.status, 200)
  assert.deepEqual(Object.keys(answer.json).toSorted(), ['access_token', 'expires_in', 'scope', 'token_type'])
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  assert.equal(answer.headers.get('pragma'), 'no-cache')
})

test('RFC 9068 §2.2, §5: the token names the client, and speaks for its service account', async () => {
  const client = await givenSpeaker(given, PERMISSIONS)

  const answer = await ask(client, { scope: 'notes:read' })

  const { client_id, sub, scope, sid, gid, auth_time } = claimsOf(answer)
  assert.deepEqual(
    { client_id, sub, scope },
    { client_id: client.id, sub: client.account, scope: 'notes:read' },
  )
  assert.deepEqual([sid, gid, auth_time], [undefined, undefined, undefined])
  const me = await given.send('GET', '/v1/me', { bearer: at(answer.json, 'access_token') })
  assert.equal(at(me.json, 'principal', 'id'), client.account)
  assert.deepEqual(me.json.permissions, ['notes:read'])
})

test('a token ends with its client, with whom it speaks for, and when either is narrowed', async () => {
  const { adminKey: key } = given
  for (const [method, path, body] of [
    ['DELETE', 'client', undefined],
    ['PATCH', 'client', { disabled: true }],
    ['PATCH', 'client', { scopes: ['notes:read'] }],
    ['PATCH', 'account', { disabled: true }],
    ['PATCH', 'account', { roles: [] }],
  ] as const) {
    const client = await givenSpeaker(given, PERMISSIONS)
    const bearer = at((await ask(client)).json, 'access_token')
    assert.equal((await given.send('GET', '/v1/me', { bearer })).status, 200)

    const where = path === 'client' ? `/v1/clients/${client.id}` : `/v1/service-accounts/${client.account}`
    const changed = await given.send(method, where, { key, ...(body && { body }) })

    assert.ok(changed.status < 300, changed.text)
    assert.equal((await given.send('GET', '/v1/me', { bearer })).status, 401, `${method} ${path}`)
  }
})

test('a client that is disabled, or speaks for somebody who is, is given nothing until it is enabled', async () => {
  const { adminKey: key } = given
  const client = await givenSpeaker(given, PERMISSIONS)
  for (const path of [`/v1/clients/${client.id}`, `/v1/service-accounts/${client.account}`]) {
    await given.send('PATCH', path, { key, body: { disabled: true } })
    assertOAuthError(await ask(client), 401, 'invalid_client')

    await given.send('PATCH', path, { key, body: { disabled: false } })
    assert.equal((await ask(client)).status, 200)
  }
})

test('a rotated secret: the old one works until its overlap ends, and not beyond', async () => {
  const client = await givenSpeaker(given, PERMISSIONS)
  const rotate = (overlap_seconds: number): Promise<Answer> =>
    given.send('POST', `/v1/clients/${client.id}/rotate-secret`, {
      key: given.adminKey,
      body: { overlap_seconds },
    })

  const second = { ...client, secret: at((await rotate(60)).json, 'client_secret') }
  assert.deepEqual([(await ask(client)).status, (await ask(second)).status], [200, 200])
  const third = { ...client, secret: at((await rotate(0)).json, 'client_secret') }

  const statuses = [await ask(client), await ask(second), await ask(third)].map(({ status }) => status)
  assert.deepEqual(statuses, [401, 401, 200])
})

test('RFC 7009 §2.1: a client ends its own tokens once it has proved itself, and nobody else’s', async () => {
  const [client, other] = [await givenSpeaker(given, PERMISSIONS), await givenSpeaker(given, PERMISSIONS)]
  const token = at((await ask(client)).json, 'access_token')
  const revoke = (headers: Record<string, string>, form = {}): Promise<Answer> =>
    given.post('/oauth/revoke', { token, ...form }, { headers })
  const status = async (): Promise<number> => (await given.send('GET', '/v1/me', { bearer: token })).status

  assertOAuthError(await revoke({}), 400, 'invalid_grant')
  assertOAuthError(await revoke({}, { client_id: client.id }), 401, 'invalid_client')
  assertOAuthError(await revoke(basicHeader(client.id, other.secret)), 401, 'invalid_client')
  assertOAuthError(await revoke(basicHeader(other.id, other.secret)), 400, 'invalid_grant')
  assert.equal(await status(), 200)

  assert.equal((await revoke(basicHeader(client.id, client.secret))).status, 200)
  assert.equal(await status(), 401)
})
