/** A service that exchanges the access token it was given for one to the next service (RFC 8693). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt, generateKeyPair, SignJWT } from 'jose'
import {
  ACCESS_TOKEN_TYPE,
  type Answer,
  advanceSeconds,
  assertOAuthError,
  at,
  basicHeader,
  EXCHANGE,
  givenClient,
  givenExchanged,
  givenPerson,
  givenProgram,
  givenServer,
  givenSession,
  type RegisteredClient,
} from './given.ts'
import { givenSigner } from './proof-signer.ts'

const [GYM, POOL, SAUNA] = ['https://gym.example', 'https://pool.example', 'https://sauna.example']
const PERMISSIONS = ['notes:read', 'notes:write']
const JWT_TYPE = 'urn:ietf:params:oauth:token-type:jwt'

// What people are given is for the gym.
const given = await givenServer({ COUNTERSIGN_AUDIENCES: GYM })

type Service = RegisteredClient & { readonly account: string }

/** A service that receives tokens for the one and goes on to the other. */
async function givenService(
  from: string,
  to: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Service> {
  const { account } = await givenProgram(given, [], { boundTo: [from], key: { permissions: [] } })
  const client = await givenClient(given, {
    grant_types: [EXCHANGE],
    scopes: ['notes:read'],
    audiences: [to],
    service_account_id: account,
    ...more,
  })
  return { ...client, account }
}

const exchange = (
  service: RegisteredClient,
  subject: string,
  more: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> =>
  given.post(
    '/oauth/token',
    { grant_type: EXCHANGE, subject_token: subject, subject_token_type: ACCESS_TOKEN_TYPE, ...more },
    { headers: { ...basicHeader(service.id, service.secret), ...headers } },
  )

const isActive = async (service: RegisteredClient, token: string): Promise<unknown> => {
  const headers = basicHeader(service.id, service.secret)
  return (await given.post('/oauth/introspect', { token }, { headers })).json.active
}

const admin = (method: string, path: string, body?: unknown): Promise<Answer> =>
  given.send(method, path, { key: given.adminKey, ...(body !== undefined && { body }) })

const gym = await givenService(GYM, POOL)
const pool = await givenService(POOL, SAUNA)
const person = await givenPerson(given, PERMISSIONS)

const mistakes: [what: string, change: Record<string, string>, error: string][] = [
  ['no subject token', { subject_token: '' }, 'invalid_request'],
  ['no type of the subject token', { subject_token_type: '' }, 'invalid_request'],
  ['an ID token', { subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' }, 'invalid_request'],
  ['a subject token that is none', { subject_token: 'a.b.c' }, 'invalid_request'],
  ['an actor token without its type', { actor_token: 'a.b.c' }, 'invalid_request'],
  ['the type of an actor token without one', { actor_token_type: ACCESS_TOKEN_TYPE }, 'invalid_request'],
  [
    'an actor token that is none',
    { actor_token: 'x', actor_token_type: ACCESS_TOKEN_TYPE },
    'invalid_request',
  ],
  [
    'asking for another kind of token',
    { requested_token_type: 'urn:ietf:params:oauth:token-type:saml2' },
    'invalid_request',
  ],
  ['more than the service is registered for', { scope: 'notes:write' }, 'invalid_scope'],
  ['everything', { scope: '*' }, 'invalid_scope'],
  ['another audience than one of the service', { audience: SAUNA }, 'invalid_target'],
  ['the audience that the subject token has', { resource: GYM }, 'invalid_target'],
]

for (const [what, change, error] of mistakes) {
  test(`§2.1: ${what} is answered ${error}`, async () => {
    assertOAuthError(await exchange(gym, person.accessToken, change), 400, error)
  })
}

test('§2.1: a client that is not registered for it, or cannot prove who it is, exchanges nothing', async () => {
  const { account } = await givenProgram(given, PERMISSIONS, { boundTo: [GYM] })
  const speaker = await givenClient(given, {
    grant_types: ['client_credentials'],
    scopes: ['notes:read'],
    service_account_id: account,
  })
  assertOAuthError(await exchange(speaker, person.accessToken), 400, 'unauthorized_client')
  assertOAuthError(await exchange({ ...gym, secret: pool.secret }, person.accessToken), 401, 'invalid_client')

  const publicOne = {
    token_endpoint_auth_method: 'none',
    grant_types: [EXCHANGE],
    service_account_id: account,
  }
  const body = { id: 'nobody-knows', name: 'x', scopes: [], ...publicOne }
  assert.equal((await admin('POST', '/v1/clients', body)).status, 422)
})

test('§2.2.2: what was not meant for this service, is no access token, or is over, is no subject token', async () => {
  const session = await givenSession(given)
  const { key } = await givenProgram(given, PERMISSIONS, { key: { audiences: [SAUNA] } })
  const forSauna = await givenExchanged(given, key)
  const { privateKey } = await generateKeyPair('ES256')
  const forged = await new SignJWT({ ...decodeJwt(person.accessToken) })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'sig_00000000000000000000000000' })
    .sign(privateKey)
  const ended = await givenPerson(given, PERMISSIONS)
  await given.post('/oauth/revoke', { token: ended.accessToken })

  for (const subject of [session, key, forSauna, forged, ended.accessToken, person.refreshToken]) {
    assertOAuthError(await exchange(gym, subject), 400, 'invalid_request')
  }
  // The pool was not given this one either.
  assertOAuthError(await exchange(pool, person.accessToken), 400, 'invalid_request')
})

test('§2.2.1, §4.1: the answer speaks for the same person, is narrower, and says who acts', async () => {
  const subject = decodeJwt(person.accessToken)

  const answer = await exchange(gym, person.accessToken, { requested_token_type: JWT_TYPE })

  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.json.issued_token_type, ACCESS_TOKEN_TYPE)
  assert.equal(answer.json.token_type, 'Bearer')
  assert.equal(answer.json.refresh_token, undefined)
  const claims = decodeJwt(at(answer.json, 'access_token'))
  assert.equal(claims.sub, person.id)
  assert.equal(claims.aud, POOL)
  assert.equal(claims.scope, 'notes:read')
  assert.equal(claims.client_id, gym.id)
  assert.deepEqual(claims.act, { sub: gym.account, client_id: gym.id })
  for (const name of ['sid', 'auth_time', 'amr', 'acr', 'roles', 'gid']) {
    assert.deepEqual(claims[name], subject[name], name)
  }
  assert.ok(Number(claims.exp) <= Number(subject.exp))
  const asked = await given.post(
    '/oauth/introspect',
    { token: at(answer.json, 'access_token') },
    {
      headers: basicHeader(gym.id, gym.secret),
    },
  )
  assert.deepEqual(asked.json.act, claims.act)
})

test('§4.1: the next service names itself and whom it acts for, and a row of more than four is refused', async () => {
  const first = at((await exchange(gym, person.accessToken)).json, 'access_token')
  const second = at((await exchange(pool, first)).json, 'access_token')
  const inner = { sub: gym.account, client_id: gym.id }
  assert.deepEqual(decodeJwt(second).act, { sub: pool.account, client_id: pool.id, act: inner })

  const sauna = await givenService(SAUNA, SAUNA)
  const third = at((await exchange(sauna, second)).json, 'access_token')
  const fourth = at((await exchange(sauna, third)).json, 'access_token')
  assertOAuthError(await exchange(sauna, fourth), 400, 'invalid_request')
})

test('§2.1: an actor token is one of the service itself', async () => {
  const both = await givenService(GYM, POOL, { grant_types: [EXCHANGE, 'client_credentials'] })
  const own = await given.post(
    '/oauth/token',
    { grant_type: 'client_credentials' },
    { headers: basicHeader(both.id, both.secret) },
  )
  const actor = { actor_token: at(own.json, 'access_token'), actor_token_type: ACCESS_TOKEN_TYPE }
  const another = { actor_token: (await givenPerson(given)).accessToken, actor_token_type: ACCESS_TOKEN_TYPE }

  assertOAuthError(await exchange(gym, person.accessToken, actor), 400, 'invalid_request')
  assertOAuthError(await exchange(both, person.accessToken, another), 400, 'invalid_request')
  const answer = await exchange(both, person.accessToken, actor)
  assert.equal(answer.status, 200, answer.text)
  const token = at(answer.json, 'access_token')
  assert.equal(await isActive(both, token), true)

  await given.post(
    '/oauth/revoke',
    { token: actor.actor_token },
    { headers: basicHeader(both.id, both.secret) },
  )
  assert.equal(await isActive(both, token), false)
})

const ends: [
  what: string,
  end: (subject: Awaited<ReturnType<typeof givenPerson>>, service: Service) => Promise<Answer>,
][] = [
  ['the subject token', ({ accessToken }) => given.post('/oauth/revoke', { token: accessToken })],
  [
    'the grant of the subject token',
    ({ refreshToken }) => given.post('/oauth/revoke', { token: refreshToken }),
  ],
  ['the session', ({ accessToken }) => revoke('session', String(decodeJwt(accessToken).sid))],
  ['the account', ({ id }) => revoke('account', id)],
  ['the client of the subject token', () => revoke('client', 'first-party')],
  ['the service’s client', (_, { id }) => revoke('client', id)],
  ['the service account that acts', (_, { account }) => revoke('service_account', account)],
]
const revoke = (kind: string, id: string): Promise<Answer> =>
  admin('POST', '/v1/revocations', { target: { kind, id } })

for (const [what, end] of ends) {
  test(`the end of ${what} ends what was exchanged, and what came of that`, async () => {
    const service = await givenService(GYM, POOL)
    const subject = await givenPerson(given, PERMISSIONS)
    const first = at((await exchange(service, subject.accessToken)).json, 'access_token')
    const second = at((await exchange(pool, first)).json, 'access_token')
    assert.equal(await isActive(pool, second), true)

    const ended = await end(subject, service)

    assert.ok(ended.status < 300, ended.text)
    // A client that was revoked may still prove who it is: what it was given before is over.
    assert.notEqual(await isActive(service, first), true)
    assert.equal(await isActive(pool, second), false)
  })
}

test('RFC 9449 §5: a token that is bound to a key is exchanged with its proof alone, and the new one is bound to the key that was proven', async () => {
  const [holder, other] = [await givenSigner(), await givenSigner()]
  const { account } = await givenProgram(given, PERMISSIONS)
  const speaker = await givenClient(given, {
    grant_types: ['client_credentials'],
    scopes: ['notes:read'],
    audiences: [GYM],
    service_account_id: account,
  })
  const url = `${given.url}/oauth/token`
  const bound = await given.post(
    '/oauth/token',
    { grant_type: 'client_credentials' },
    { headers: { ...basicHeader(speaker.id, speaker.secret), dpop: await holder.prove(url) } },
  )
  const subject = at(bound.json, 'access_token')

  assertOAuthError(await exchange(gym, subject), 400, 'invalid_request')
  assertOAuthError(await exchange(gym, subject, {}, { dpop: await other.prove(url) }), 400, 'invalid_request')
  const answer = await exchange(gym, subject, {}, { dpop: await holder.prove(url) })
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.json.token_type, 'DPoP')
  assert.deepEqual(decodeJwt(at(answer.json, 'access_token')).cnf, { jkt: holder.jkt })
})

test('it never lives longer than what it came of', async () => {
  const subject = await givenPerson(given, PERMISSIONS)
  advanceSeconds(60)

  const answer = await exchange(gym, subject.accessToken)

  const [before, after] = [decodeJwt(subject.accessToken), decodeJwt(at(answer.json, 'access_token'))]
  assert.equal(after.exp, before.exp)
  assert.ok(Number(after.iat) > Number(before.iat))
})
