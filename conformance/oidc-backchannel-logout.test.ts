/**
 * Apps are told that a session has ended (OpenID Connect Back-Channel Logout 1.0). The app of these tests is a server
 * of its own, which checks what it is sent with jose, by the steps of §2.6.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { createRemoteJWKSet, decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose'
import type { Browser } from './browser.ts'
import { givenFlow } from './code-flow.ts'
import { at, type RegisteredClient } from './given.ts'

const flow = await givenFlow({ COUNTERSIGN_OUTBOUND_NETWORKS: '127.0.0.0/8' })
const { given, register, signedIn, codeFor, redeem } = flow
const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

interface Received {
  readonly method: string
  readonly contentType: string
  readonly form: URLSearchParams
}

interface App {
  readonly client: RegisteredClient
  readonly received: readonly Received[]
  /** The next call that comes; fails the test where none does. */
  next(): Promise<Received>
}

/** An app that answers its calls with these statuses, and with 200 afterwards. */
async function givenApp(...statuses: readonly number[]): Promise<App> {
  const received: Received[] = []
  const waiting: ((one: Received) => void)[] = []
  const unread: Received[] = []
  const server = createServer(async (request, response) => {
    const one = await read(request)
    response.statusCode = statuses[received.length] ?? 200
    received.push(one)
    response.end()
    const waiter = waiting.shift()
    if (waiter === undefined) unread.push(one)
    else waiter(one)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close())
  const { port } = server.address() as AddressInfo
  const client = await register({ backchannel_logout_uri: `http://127.0.0.1:${port}/logout?app=one` })
  return {
    client,
    received,
    next: () => {
      const one = unread.shift()
      return one === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(one)
    },
  }
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return {
    method: request.method ?? '',
    contentType: request.headers['content-type'] ?? '',
    form: new URLSearchParams(Buffer.concat(chunks).toString()),
  }
}

interface SignedIn {
  readonly browser: Browser
  readonly bearer: string
  /** The session as the app knows it, from the ID token. */
  readonly sid: string
  readonly idToken: string
}

async function signInTo({ client }: App, scope = 'openid notes:read', by?: Browser): Promise<SignedIn> {
  const browser = by ?? (await signedIn())
  const code = await codeFor(browser, { client_id: client.id, scope })
  const tokens = await redeem(code, { client_id: client.id })
  const idToken = String(tokens.json.id_token ?? '')
  const sid = idToken === '' ? '' : at(payloadOf(idToken), 'sid')
  const bearer = browser.cookies.get('__Host-countersign_session') ?? ''
  return { browser, bearer, sid, idToken }
}

const payloadOf = (jwt: string): unknown =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())

const keys = createRemoteJWKSet(new URL(`${given.url}/.well-known/jwks.json`))
const seen = new Set<string>()

/** §2.6, as an app has to do it. */
async function check({ form }: Received, { client }: App): Promise<JWTPayload> {
  const token = form.get('logout_token') ?? ''
  const { payload } = await jwtVerify(token, keys, {
    issuer: given.url,
    audience: client.id,
    typ: 'logout+jwt',
    algorithms: ['ES256'],
    requiredClaims: ['iat', 'exp', 'jti', 'events'],
  })
  assert.ok(payload.sub !== undefined && payload.sid !== undefined)
  assert.deepEqual(payload.events, { [EVENT]: {} })
  assert.equal(payload.nonce, undefined)
  assert.ok(!seen.has(payload.jti ?? ''))
  seen.add(payload.jti ?? '')
  return payload
}

const signOut = ({ bearer }: SignedIn) => given.send('POST', '/v1/sign-out', { bearer })

test('§2.1: the metadata says so', async () => {
  const { json } = await given.send('GET', '/.well-known/openid-configuration')

  assert.equal(json.backchannel_logout_supported, true)
  assert.equal(json.backchannel_logout_session_supported, true)
})

test('§2.4, §2.5: a sign-out is told by a form with a logout token, which the app finds good', async () => {
  const app = await givenApp()
  const one = await signInTo(app)

  await signOut(one)

  const call = await app.next()
  assert.equal(call.method, 'POST')
  assert.match(call.contentType, /^application\/x-www-form-urlencoded/)
  assert.deepEqual([...call.form.keys()], ['logout_token'])
  const payload = await check(call, app)
  assert.equal(payload.sid, one.sid)
  assert.equal(payload.sub, flow.person.id)
  assert.ok(Number(payload.exp) - Number(payload.iat) <= 120)
  assert.equal(decodeProtectedHeader(call.form.get('logout_token') ?? '').typ, 'logout+jwt')
})

for (const [what, end] of [
  ['by an app that signs out', ({ browser, idToken }) => browser.open(`/logout?id_token_hint=${idToken}`)],
  [
    'by revoking it',
    ({ sid }) =>
      given.send('POST', '/v1/revocations', {
        key: given.adminKey,
        body: { target: { kind: 'session', id: sid } },
      }),
  ],
  [
    'with all of the account’s',
    () =>
      given.send('POST', '/v1/revocations', {
        key: given.adminKey,
        body: { target: { kind: 'account', id: flow.person.id } },
      }),
  ],
] as const satisfies readonly (readonly [string, (one: SignedIn) => Promise<unknown>])[]) {
  test(`a session that ends ${what} is told of to every app that somebody signed in to by it`, async () => {
    const [app, other] = [await givenApp(), await givenApp()]
    const one = await signInTo(app)
    await signInTo(other, 'openid offline_access', one.browser)

    await end(one)

    for (const to of [app, other]) assert.equal((await check(await to.next(), to)).sid, one.sid)
  })
}

test('§2.8: an app that is away is told again, by a token with another jti; 400 is an answer', async () => {
  const [away, refusing] = [await givenApp(503, 204), await givenApp(400)]
  const one = await signInTo(away)
  await signInTo(refusing, 'openid', one.browser)

  await signOut(one)

  const first = await check(await away.next(), away)
  const second = await check(await away.next(), away)
  assert.equal(first.sid, second.sid)
  assert.notEqual(first.jti, second.jti)
  await refusing.next()
  const query = '/v1/audit?type=client.logout_failed'
  let listed = await given.send('GET', query, { key: given.adminKey })
  while (!listed.text.includes('status_400')) listed = await given.send('GET', query, { key: given.adminKey })
  assert.equal(refusing.received.length, 1)
})

test('nobody is told who signed nobody in: no openid, another session, another app', async () => {
  const [app, silent, elsewhere] = [await givenApp(), await givenApp(), await givenApp()]
  const one = await signInTo(app)
  await signInTo(silent, 'notes:read', one.browser)
  const other = await signInTo(elsewhere)
  await signOut(one)
  await check(await app.next(), app)

  await signOut(other)

  assert.equal((await check(await elsewhere.next(), elsewhere)).sid, other.sid)
  assert.equal(silent.received.length, 0)
  assert.equal(app.received.length, 1)
})

test('ASVS 9.2.2: a logout token opens nothing here and is no ID token', async () => {
  const app = await givenApp()
  const one = await signInTo(app)
  await signOut(one)
  const token = (await app.next()).form.get('logout_token') ?? ''
  const again = await signInTo(app)

  assert.equal((await given.send('GET', '/v1/me', { bearer: token })).status, 401)
  assert.equal((await given.send('GET', '/oauth/userinfo', { bearer: token })).status, 401)
  const page = await again.browser.open(`/logout?id_token_hint=${token}`)
  assert.match(page.text, /id="logout-confirm"/)
  assert.equal((await given.send('GET', '/v1/me', { bearer: again.bearer })).status, 200)
})
