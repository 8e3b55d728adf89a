/** Asking about tokens (RFC 7662). Whatever is not good here is answered alike, to the byte. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Answer,
  advanceSeconds,
  assertOAuthError,
  at,
  basicHeader,
  type Form,
  givenClient,
  givenExchanged,
  givenPerson,
  givenProgram,
  givenServer,
  givenSession,
  givenSpeaker,
} from './given.ts'

const API = 'https://api.example'
const OTHER_API = 'https://other.example'
const INACTIVE = '{"active":false}'

const given = await givenServer()
/** Resource servers: one is bound to an API of its own, the other to what the authority itself serves. */
const bound = (await givenProgram(given, ['credentials:verify'], { boundTo: [API] })).key
const own = (await givenProgram(given, ['credentials:verify'])).key

const introspect = (key: string, token: string): Promise<Answer> =>
  given.post('/oauth/introspect', { token }, { key })

const keyFor = (audience: string, expiresIn?: number): ReturnType<typeof givenProgram> =>
  givenProgram(given, ['notes:read'], {
    key: { audiences: [audience], ...(expiresIn !== undefined && { expires_in: expiresIn }) },
  })

test('§2: only POST is answered', async () => {
  const answer = await given.send('GET', '/oauth/introspect?token=x', { key: own })

  assert.equal(answer.status, 405)
  assert.equal(answer.headers.get('allow'), 'POST')
})

test('§2.1: who asks without a credential, with a bad one or without the right is answered 401', async () => {
  const { accessToken } = await givenPerson(given)
  const { key } = await givenProgram(given, ['notes:read'])

  const answers = [
    await given.post('/oauth/introspect', { token: accessToken }),
    await given.post('/oauth/introspect', { token: accessToken }, { bearer: 'rubbish' }),
    await given.post('/oauth/introspect', { token: accessToken }, { bearer: accessToken }),
    await given.post('/oauth/introspect', { token: accessToken }, { key }),
  ]

  for (const answer of answers) {
    assertOAuthError(answer, 401, 'invalid_client')
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer realm="/)
  }
})

test('§2.1: no token, or two, is answered invalid_request', async () => {
  const twice: Form = [
    ['token', 'a'],
    ['token', 'b'],
  ]

  assertOAuthError(await given.post('/oauth/introspect', {}, { key: own }), 400, 'invalid_request')
  assertOAuthError(await given.post('/oauth/introspect', twice, { key: own }), 400, 'invalid_request')
})

test('§2.2: expired, revoked, foreign and garbage are answered alike, to the byte and to the header', async () => {
  const short = await keyFor(API, 60)
  const shortToken = await givenExchanged(given, short.key)
  const ended = await keyFor(API)
  const endedToken = await givenExchanged(given, ended.key)
  const foreign = await keyFor(OTHER_API)
  const foreignToken = await givenExchanged(given, foreign.key)
  const { refreshToken } = await givenPerson(given)
  const [head = '', claims = ''] = shortToken.split('.')
  await given.send('DELETE', `/v1/api-keys/${ended.keyId}`, { key: given.adminKey })
  for (const good of [short.key, shortToken]) {
    assert.equal((await introspect(bound, good)).json.active, true)
  }
  advanceSeconds(61)
  const tokens = {
    'an expired key': short.key,
    'an expired access token': shortToken,
    'a revoked key': ended.key,
    'an access token of a revoked key': endedToken,
    'a key for another audience': foreign.key,
    'an access token for another audience': foreignToken,
    'a refresh token': refreshToken,
    'a token without signature': `${head}.${claims}.`,
    'a key that nobody has': short.key.replace(/.{12}$/, 'A'.repeat(12)),
    garbage: 'garbage',
    'one character': '?',
  }

  const answers = new Map<string, unknown>()
  for (const [what, token] of Object.entries(tokens)) {
    const { status, text, headers } = await introspect(bound, token)
    const kept = Object.fromEntries([...headers].filter(([name]) => name !== 'date'))
    answers.set(what, { status, text, headers: kept })
  }

  const [first] = answers.values()
  for (const [what, answer] of answers) assert.deepEqual(answer, first, what)
  assert.equal((await introspect(bound, 'garbage')).text, INACTIVE)
})

test('§2.2: a token that is good elsewhere is active for those whom it is for', async () => {
  const foreign = await keyFor(API)
  const token = await givenExchanged(given, foreign.key)

  assert.equal((await introspect(own, token)).text, INACTIVE)

  assert.equal((await introspect(bound, token)).json.active, true)
})

test('§2.2: whatever a token stands under ends it: its session, its owner', async () => {
  const person = await givenPerson(given)
  const session = await givenSession(given)
  assert.equal((await introspect(own, person.accessToken)).json.active, true)
  assert.equal((await introspect(own, session)).json.active, true)
  const path = `/v1/accounts/${person.id}`
  await given.send('PATCH', path, { key: given.adminKey, body: { disabled: true } })
  await given.send('POST', '/v1/sign-out', { bearer: session })

  const answers = [await introspect(own, person.accessToken), await introspect(own, session)]

  for (const answer of answers) assert.equal(answer.text, INACTIVE)
})

test('§2.2: an access token is told by the members of the RFC, each of its type', async () => {
  const { id, accessToken } = await givenPerson(given, ['notes:read', 'notes:write'])
  const nowSeconds = Math.floor(Date.now() / 1000)

  const { status, headers, json } = await introspect(own, accessToken)

  assert.equal(status, 200)
  assert.match(headers.get('content-type') ?? '', /^application\/json(?:;|$)/)
  assert.equal(json.active, true)
  assert.equal(json.iss, given.url)
  assert.equal(json.sub, id)
  assert.deepEqual([json.aud].flat(), [given.url])
  assert.equal(json.client_id, 'first-party')
  assert.equal(json.token_type, 'Bearer')
  assert.deepEqual(String(json.scope).split(' ').toSorted(), ['notes:read', 'notes:write'])
  assert.match(String(json.jti), /^jwt_/)
  assert.ok(Number.isInteger(json.exp) && Number(json.exp) > nowSeconds)
})

test('§2.2: the hint changes nothing', async () => {
  const { accessToken } = await givenPerson(given)

  for (const hint of ['access_token', 'refresh_token', 'nonsense']) {
    const form = { token: accessToken, token_type_hint: hint }
    const answer = await given.post('/oauth/introspect', form, { key: own })
    assert.equal(answer.json.active, true, hint)
  }
})

test('§4: no answer may be kept', async () => {
  const { accessToken } = await givenPerson(given)

  for (const token of [accessToken, 'garbage']) {
    assert.equal((await introspect(own, token)).headers.get('cache-control'), 'no-store')
  }
})

test('§2.1: a client that proves who it is asks about its own tokens, and about nobody else’s', async () => {
  const client = await givenSpeaker(given, ['notes:read'])
  const other = await givenSpeaker(given, ['notes:read'])
  const header = basicHeader(client.id, client.secret)
  const tokenOf = async ({ id, secret }: typeof client): Promise<string> => {
    const form = { grant_type: 'client_credentials' }
    return at(
      (await given.post('/oauth/token', form, { headers: basicHeader(id, secret) })).json,
      'access_token',
    )
  }
  const ask = (token: string, headers: Record<string, string> = header): Promise<Answer> =>
    given.post('/oauth/introspect', { token }, { headers })
  const [own, foreign] = [await tokenOf(client), await tokenOf(other)]

  const answer = await ask(own)
  assert.equal(answer.json.active, true)
  assert.equal(answer.json.client_id, client.id)
  assert.equal(answer.json.sub, client.account)
  const byPost = { token: own, client_id: client.id, client_secret: client.secret }
  assertOAuthError(await given.post('/oauth/introspect', byPost), 401, 'invalid_client')
  const { key } = await givenProgram(given, ['notes:read'])
  const { accessToken, refreshToken } = await givenPerson(given)
  for (const token of [foreign, key, accessToken, refreshToken, await givenSession(given), 'rubbish']) {
    assert.equal((await ask(token)).text, INACTIVE)
  }

  await given.post('/oauth/revoke', { token: own }, { headers: header })
  assert.equal((await ask(own)).text, INACTIVE)
})

test('RFC 9110 §8.3.1: a client is known by its form, however the media type is spelled', async () => {
  const client = await givenSpeaker(given, ['notes:read'])
  const headers = basicHeader(client.id, client.secret)
  const spelled = { ...headers, 'content-type': 'Application/X-WWW-Form-Urlencoded; Charset=UTF-8' }

  const answer = await given.send('POST', '/oauth/introspect', { raw: 'token=rubbish', headers: spelled })

  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.text, INACTIVE)
})

test('§4: a client that may ask for an API is told of what is meant for that API, and of nothing else', async () => {
  const { account } = await givenProgram(given, ['credentials:verify'], { boundTo: [API] })
  const speaker = { grant_types: ['client_credentials'], service_account_id: account }
  const may = await givenClient(given, { ...speaker, scopes: ['credentials:verify'] })
  const narrowed = await givenClient(given, { ...speaker, scopes: ['notes:read'] })
  const ask = (token: string, { id, secret }: typeof may): Promise<Answer> =>
    given.post('/oauth/introspect', { token }, { headers: basicHeader(id, secret) })
  const [mine, theirs] = [await keyFor(API), await keyFor(OTHER_API)]

  assert.equal((await ask(mine.key, may)).json.active, true)
  assert.equal((await ask(await givenExchanged(given, mine.key), may)).json.active, true)
  assert.equal((await ask(theirs.key, may)).text, INACTIVE)
  assert.equal((await ask(mine.key, narrowed)).text, INACTIVE)
  await given.send('PATCH', `/v1/service-accounts/${account}`, {
    key: given.adminKey,
    body: { disabled: true },
  })
  assert.equal((await ask(mine.key, may)).text, INACTIVE)
})

test('§2.1: a client that cannot prove who it is, or proves it wrongly, is told nothing', async () => {
  const client = await givenSpeaker(given, ['notes:read'])
  const open = await givenClient(given, { token_endpoint_auth_method: 'none' })
  const token = await givenExchanged(given, (await keyFor(API)).key)

  for (const [form, headers] of [
    [{ client_id: open.id }, {}],
    [{ client_id: 'first-party' }, {}],
    [{ client_id: client.id }, {}],
    [{}, basicHeader(client.id, `${client.secret}x`)],
    [{}, basicHeader('nobody', client.secret)],
  ] as const) {
    const answer = await given.post('/oauth/introspect', { token, ...form }, { headers })
    assertOAuthError(answer, 401, 'invalid_client')
  }
})
