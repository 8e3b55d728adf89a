/**
 * Pairwise subjects (OpenID Connect Core 1.0 §8) where a token goes on from one client to another, is given to a device,
 * or a client is told of an end.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { decodeJwt, type JWTPayload } from 'jose'
import type { Browser } from './browser.ts'
import { givenFlow } from './code-flow.ts'
import {
  ACCESS_TOKEN_TYPE,
  type Answer,
  API_KEY_TYPE,
  assertOAuthError,
  at,
  basicHeader,
  EXCHANGE,
  givenClient,
  givenPerson,
  givenProgram,
  type RegisteredClient,
} from './given.ts'

const [GYM, POOL, HALL] = ['https://gym.example', 'https://pool.example', 'https://hall.example']
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'
const flow = await givenFlow({
  COUNTERSIGN_AUDIENCES: GYM,
  COUNTERSIGN_OUTBOUND_NETWORKS: '127.0.0.0/8',
})
const { given, register, signedIn, codeFor, redeem } = flow
const admin = { key: given.adminKey }
const pairwise = { subject_type: 'pairwise' }
const app = await register({ ...pairwise, audiences: [GYM] })
const open = await register({ audiences: [GYM] })

interface Service {
  readonly client: RegisteredClient
  readonly headers: { authorization: string }
  readonly account: string
}

/** Takes what is meant for one API, and goes on with it to the next. */
async function givenService(from: string, to: string, more: object = {}): Promise<Service> {
  const { account } = await givenProgram(given, [], { boundTo: [from], key: { permissions: [] } })
  const client = await givenClient(given, {
    grant_types: [EXCHANGE],
    scopes: ['notes:read'],
    audiences: [to],
    service_account_id: account,
    ...more,
  })
  return { client, headers: basicHeader(client.id, client.secret), account }
}

const gym = await givenService(GYM, POOL, pairwise)
const plainGym = await givenService(GYM, POOL)
const pool = await givenService(POOL, HALL, pairwise)

const exchange = ({ headers }: Service, subject_token: string): Promise<Answer> =>
  given.post(
    '/oauth/token',
    { grant_type: EXCHANGE, subject_token, subject_token_type: ACCESS_TOKEN_TYPE },
    { headers },
  )

const isActive = async ({ headers }: Service, token: string): Promise<boolean> =>
  (await given.post('/oauth/introspect', { token }, { headers })).json.active === true

interface Somebody {
  readonly id: string
  readonly session: string
  readonly browser: Browser
}

async function somebody(): Promise<Somebody> {
  const { id, email } = await givenPerson(given, ['notes:read'])
  const browser = await signedIn(email)
  const bearer = browser.cookies.get('__Host-countersign_session') ?? ''
  const me = await given.send('GET', '/v1/me', { bearer })
  return { id, session: at(me.json, 'credential', 'id'), browser }
}

async function tokenFor(client: RegisteredClient, { browser }: Somebody): Promise<string> {
  const answer = await redeem(await codeFor(browser, { client_id: client.id }), { client_id: client.id })
  assert.equal(answer.status, 200, answer.text)
  return at(answer.json, 'access_token')
}

const claimsOf = (answer: Answer): JWTPayload => {
  assert.equal(answer.status, 200, answer.text)
  return decodeJwt(at(answer.json, 'access_token'))
}

const names = ({ sub, sid, gid }: JWTPayload): readonly unknown[] => [sub, sid, gid]

test('§8: an exchanged token names the person as the client that exchanged it knows them, whoever they came from', async () => {
  const one = await somebody()
  const [named, plain] = [await tokenFor(app, one), await tokenFor(open, one)]

  const fromNamed = claimsOf(await exchange(gym, named))
  const fromPlain = claimsOf(await exchange(gym, plain))
  const toPlain = claimsOf(await exchange(plainGym, named))

  assert.deepEqual([toPlain.sub, toPlain.sid], [one.id, one.session])
  assert.equal(toPlain.gid, decodeJwt(named).gid)
  assert.deepEqual([fromNamed.sub, fromNamed.sid], [fromPlain.sub, fromPlain.sid])
  for (const claims of [fromNamed, fromPlain]) {
    const told = names(claims)
    for (const other of [decodeJwt(named), decodeJwt(plain)]) {
      for (const name of names(other)) assert.ok(!told.includes(name), String(name))
    }
    assert.ok(!JSON.stringify(claims).includes(one.id))
    assert.deepEqual(claims.act, { sub: gym.account, client_id: gym.client.id })
  }
  // And so it goes on: two services in a row know two names.
  const next = claimsOf(await exchange(pool, at((await exchange(gym, named)).json, 'access_token')))
  assert.equal(new Set([next.sub, fromNamed.sub, decodeJwt(named).sub, one.id]).size, 4)
})

const revoke = (kind: string, id: string): Promise<Answer> =>
  given.send('POST', '/v1/revocations', { ...admin, body: { target: { kind, id } } })

for (const [what, end] of Object.entries({
  'the account is revoked': ({ id }) => revoke('account', id),
  'the session is revoked': ({ session }) => revoke('session', session),
  'the grant of the first client is revoked': (_, token) => revoke('grant', String(decodeJwt(token).gid)),
  'the first token is revoked': (_, token) =>
    given.post('/oauth/revoke', { token, client_id: String(decodeJwt(token).client_id) }),
} satisfies Record<string, (one: Somebody, token: string) => Promise<Answer>>)) {
  test(`§8: an exchanged token with names in it is over once ${what}`, async () => {
    const one = await somebody()
    for (const first of [app, open]) {
      const fresh = what.includes('account') || what.includes('session') ? await somebody() : one
      const token = await tokenFor(first, fresh)
      const gone = at((await exchange(gym, token)).json, 'access_token')
      const further = at((await exchange(pool, gone)).json, 'access_token')
      assert.deepEqual([await isActive(gym, gone), await isActive(pool, further)], [true, true])

      const answer = await end(fresh, token)

      assert.equal(answer.status, 200, answer.text)
      assert.deepEqual([await isActive(gym, gone), await isActive(pool, further)], [false, false])
      assertOAuthError(await exchange(gym, token), 400, 'invalid_request')
    }
  })
}

test('§8: a key above an exchanged token has a name as well, by which it ends and is counted', async () => {
  const person = await givenPerson(given, ['notes:read'])
  const made = await given.send('POST', '/v1/api-keys', {
    bearer: person.accessToken,
    body: { name: 'a key', permissions: ['notes:read'], audiences: [GYM] },
  })
  const key = at(made.json, 'api_key', 'id')
  const first = await given.post('/oauth/token', {
    grant_type: EXCHANGE,
    subject_token: at(made.json, 'secret'),
    subject_token_type: API_KEY_TYPE,
  })
  const answer = await exchange(gym, at(first.json, 'access_token'))
  const { akid } = claimsOf(answer)
  const token = at(answer.json, 'access_token')

  assert.match(String(akid), /^key_/)
  assert.notEqual(akid, key)
  const { key: reporter } = await givenProgram(given, ['revocations:read', 'credentials:verify'], {
    boundTo: [GYM],
  })
  const now = new Date().toISOString()
  const use = { credential: { kind: 'api_key', id: akid }, route: 'enter', count: 3, refused: 0 }
  const uses = [{ ...use, first: now, last: now, address: '192.0.2.7' }]
  const told = await given.send('POST', '/v1/usage', { key: reporter, body: { uses, refusals: [] } })
  assert.ok(told.status < 300, told.text)
  const usage = await given.send('GET', `/v1/api-keys/${key}/usage`, admin)
  assert.match(usage.text, /"route":"enter"/)
  assert.equal((await revoke('api_key', key)).status, 200)
  assert.equal(await isActive(gym, token), false)
})

test('§8, RFC 8628: a device of a pairwise client is given the name, and its token ends with the account', async () => {
  const tv = await register({ ...pairwise, grant_types: [DEVICE_CODE, 'refresh_token'], redirect_uris: [] })
  const one = await somebody()
  const begun = await given.post('/oauth/device_authorization', {
    client_id: tv.id,
    scope: 'openid notes:read',
  })
  const page = await one.browser.submit(await one.browser.open('/device'), {
    user_code: at(begun.json, 'user_code'),
  })
  await one.browser.submit(page, { decision: 'allow' })
  const answer = await given.post('/oauth/token', {
    grant_type: DEVICE_CODE,
    device_code: at(begun.json, 'device_code'),
    client_id: tv.id,
  })
  const { sub, sid } = claimsOf(answer)
  const idToken = decodeJwt(at(answer.json, 'id_token'))
  assert.equal(sid, undefined)
  assert.equal(idToken.sub, sub)
  assert.ok(sub?.startsWith('acc_') && sub !== one.id)
  const token = at(answer.json, 'access_token')
  const info = await given.send('GET', '/oauth/userinfo', { bearer: token })
  assert.equal(info.json.sub, sub)

  await revoke('account', one.id)

  assert.equal((await given.send('GET', '/oauth/userinfo', { bearer: token })).status, 401)
})

test('Back-Channel Logout §2.4: a client is told of the end by the names that it was told of the beginning by', async () => {
  const calls: URLSearchParams[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    calls.push(new URLSearchParams(Buffer.concat(chunks).toString()))
    response.end()
    resolve()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close())
  const { port } = server.address() as AddressInfo
  const client = await register({ ...pairwise, backchannel_logout_uri: `http://127.0.0.1:${port}/out` })
  const one = await somebody()
  const tokens = await redeem(await codeFor(one.browser, { client_id: client.id }), { client_id: client.id })
  const idToken = decodeJwt(at(tokens.json, 'id_token'))
  // What its names would be made of now counts for nothing.
  const moved = { redirect_uris: ['https://moved.example.com/callback'] }
  const changed = await given.send('PATCH', `/v1/clients/${client.id}`, { ...admin, body: moved })
  assert.equal(changed.status, 200, changed.text)

  await revoke('session', one.session)
  await promise

  const told = decodeJwt(calls[0]?.get('logout_token') ?? '')
  assert.deepEqual([told.sub, told.sid], [idToken.sub, idToken.sid])
  assert.notEqual(told.sub, one.id)
  assert.notEqual(told.sid, one.session)
})
