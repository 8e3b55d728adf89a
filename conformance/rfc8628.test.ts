/** Signing in to devices without a browser (RFC 8628). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import { Browser, hiddenOf } from './browser.ts'
import { givenFlow } from './code-flow.ts'
import {
  type Answer,
  advanceSeconds,
  assertOAuthError,
  at,
  givenPerson,
  type RegisteredClient,
  refreshForm,
} from './given.ts'

const flow = await givenFlow()
const { given, register, signedIn, statusOf } = flow
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'

const registerDevice = (more: object = {}): Promise<RegisteredClient> =>
  register({
    name: 'A <television>',
    grant_types: [DEVICE_CODE, 'refresh_token'],
    redirect_uris: [],
    ...more,
  })
const tv = await registerDevice()

interface Begun {
  readonly deviceCode: string
  readonly userCode: string
}

async function begin(more: Record<string, string> = {}): Promise<Begun> {
  const form = { client_id: tv.id, scope: 'openid notes:read', ...more }
  const { json } = await given.post('/oauth/device_authorization', form)
  return { deviceCode: at(json, 'device_code'), userCode: at(json, 'user_code') }
}

const ask = ({ deviceCode }: Begun, more: Record<string, string> = {}): Promise<Answer> =>
  given.post('/oauth/token', {
    grant_type: DEVICE_CODE,
    device_code: deviceCode,
    client_id: tv.id,
    ...more,
  })

/** Somebody new: a few codes for each person are all that may be typed. */
const somebody = async (): Promise<Browser> =>
  signedIn((await givenPerson(given, ['notes:read', 'notes:write'])).email)

async function enter(browser: Browser, userCode: string): Promise<Answer> {
  return browser.submit(await browser.open('/device'), { user_code: userCode })
}

async function decide(browser: Browser, userCode: string, decision: 'allow' | 'deny'): Promise<Answer> {
  const page = await enter(browser, userCode)
  assert.match(page.text, /id="device-allow"[\s\S]*id="device-deny"/)
  return browser.submit(page, { decision })
}

test('§4: the metadata names the endpoint and the grant type', async () => {
  const { json } = await given.send('GET', '/.well-known/oauth-authorization-server')

  assert.equal(json.device_authorization_endpoint, `${given.url}/oauth/device_authorization`)
  assert.ok(Array.isArray(json.grant_types_supported) && json.grant_types_supported.includes(DEVICE_CODE))
})

test('§3.1: a client has to be one, to be registered for it, and to ask for what it may have', async () => {
  const app = await register()
  const secret = await registerDevice({ token_endpoint_auth_method: 'client_secret_basic' })
  const start = (form: Record<string, string>): Promise<Answer> =>
    given.post('/oauth/device_authorization', form)

  assertOAuthError(await start({}), 401, 'invalid_client')
  assertOAuthError(await start({ client_id: 'nobody' }), 401, 'invalid_client')
  assertOAuthError(await start({ client_id: secret.id }), 401, 'invalid_client')
  assertOAuthError(await start({ client_id: app.id }), 400, 'unauthorized_client')
  assertOAuthError(await start({ client_id: 'first-party' }), 400, 'unauthorized_client')
  assertOAuthError(await start({ client_id: tv.id, scope: 'admin:all' }), 400, 'invalid_scope')
  assertOAuthError(await start({ client_id: tv.id, scope: 'notes:read  x' }), 400, 'invalid_scope')
  const other = { client_id: tv.id, resource: 'https://other.example.com' }
  assertOAuthError(await start(other), 400, 'invalid_target')
})

test('§3.2, §6.1: the answer holds two codes, and the one to type has letters that do not confuse', async () => {
  const answer = await given.post('/oauth/device_authorization', { client_id: tv.id })

  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  const userCode = at(answer.json, 'user_code')
  assert.match(userCode, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
  assert.match(at(answer.json, 'device_code'), /^[0-9A-Za-z]{43}$/)
  assert.equal(answer.json.verification_uri, `${given.url}/device`)
  assert.equal(answer.json.verification_uri_complete, `${given.url}/device?user_code=${userCode}`)
  assert.equal(answer.json.expires_in, 600)
  assert.equal(answer.json.interval, 5)
})

test('§3.5: pending, then what was allowed, once', async () => {
  const begun = await begin()
  assertOAuthError(await ask(begun), 400, 'authorization_pending')
  const browser = await somebody()

  assert.match((await decide(browser, begun.userCode, 'allow')).text, /id="device-allowed"/)

  advanceSeconds(5)
  const tokens = await ask(begun)
  assert.equal(tokens.status, 200, tokens.text)
  assert.equal(tokens.json.scope, 'openid notes:read')
  const bearer = at(tokens.json, 'access_token')
  assert.equal(await statusOf(bearer), 200)
  assert.equal(decodeJwt(bearer).sid, undefined)
  const idToken = decodeJwt(at(tokens.json, 'id_token'))
  assert.equal(idToken.aud, tv.id)
  assert.equal(idToken.sid, undefined)
  advanceSeconds(5)
  assertOAuthError(await ask(begun), 400, 'invalid_grant')
  assert.equal(await statusOf(bearer), 200)
  const refreshed = await given.post(
    '/oauth/token',
    refreshForm(at(tokens.json, 'refresh_token'), { client_id: tv.id }),
  )
  assert.equal(refreshed.status, 200, refreshed.text)
})

test('§3.5: who asks too early is told to slow down, by five seconds more each time', async () => {
  const begun = await begin()
  assertOAuthError(await ask(begun), 400, 'authorization_pending')
  advanceSeconds(4)
  assertOAuthError(await ask(begun), 400, 'slow_down')
  advanceSeconds(9)
  assertOAuthError(await ask(begun), 400, 'slow_down')
  advanceSeconds(15)
  assertOAuthError(await ask(begun), 400, 'authorization_pending')
})

test('§3.5: what was denied is told, and cannot be allowed afterwards', async () => {
  const begun = await begin()
  const browser = await somebody()

  assert.match((await decide(browser, begun.userCode, 'deny')).text, /id="device-denied"/)

  assertOAuthError(await ask(begun), 400, 'access_denied')
  assert.match((await enter(browser, begun.userCode)).text, /id="device-error">This code is unknown/)
})

test('§3.5: a code that is over is told to the device, and is nothing to decide about', async () => {
  const begun = await begin()
  advanceSeconds(601)

  assertOAuthError(await ask(begun), 400, 'expired_token')
  const page = await enter(await somebody(), begun.userCode)
  assert.equal(page.status, 400)
})

test('§3.4: a code works for its own client alone, and another one’s attempt does not slow it down', async () => {
  const begun = await begin()
  const other = await registerDevice()
  await decide(await somebody(), begun.userCode, 'allow')

  for (let count = 0; count < 3; count += 1) {
    assertOAuthError(await ask(begun, { client_id: other.id }), 400, 'invalid_grant')
  }
  assertOAuthError(await ask({ ...begun, deviceCode: 'x'.repeat(43) }), 400, 'invalid_grant')
  assertOAuthError(await ask({ ...begun, deviceCode: begun.userCode }), 400, 'invalid_grant')
  assertOAuthError(await ask(begun, { device_code: '' }), 400, 'invalid_request')

  assert.equal((await ask(begun)).status, 200)
})

test('two who ask at once: one is given tokens', async () => {
  const begun = await begin()
  await decide(await somebody(), begun.userCode, 'allow')

  const answers = await Promise.all(Array.from({ length: 5 }, () => ask(begun)))

  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
})

test('§3.3: the page leads through the sign-in and keeps the code, which is shown and not taken', async () => {
  const { email } = await givenPerson(given, ['notes:read'])
  const begun = await begin()
  const browser = new Browser(given)

  const login = await browser.open(`/device?user_code=${begun.userCode}`)
  const page = await browser.signIn(login, email)

  assert.match(page.text, new RegExp(`id="device-code" name="user_code" value="${begun.userCode}"`))
  const other = await somebody()
  const question = await enter(other, begun.userCode.toLowerCase().replace('-', ' '))
  assert.match(question.text, /id="device-user-code">/)
})

test('§3.3: the question names the client, the scopes, the audience and the code, escaped', async () => {
  const begun = await begin({ scope: 'openid notes:read offline_access' })

  const { text } = await enter(await somebody(), begun.userCode)

  assert.ok(!text.includes('<television>'))
  assert.match(text, /id="client-name">A &lt;television&gt;</)
  assert.ok(text.includes(begun.userCode))
  for (const word of ['openid', 'notes:read', 'offline_access']) assert.ok(text.includes(word))
  assert.match(text, /id="device-address">127\.0\.0\.1</)
})

test('§5.4: a code belongs to the session that typed it first; another one neither sees nor decides it', async () => {
  const begun = await begin()
  const [first, second] = [await somebody(), await somebody()]
  const question = await enter(first, begun.userCode)

  assert.match((await enter(second, begun.userCode)).text, /id="device-error">This code is unknown/)
  // Neither by the form that the first one was shown.
  const forged = await second.send('POST', '/device/decision', { ...hiddenOf(question), decision: 'allow' })
  assert.equal(forged.status, 403)
  assertOAuthError(await ask(begun), 400, 'authorization_pending')

  await first.submit(question, { decision: 'allow' })
  advanceSeconds(5)
  assert.equal((await ask(begun)).status, 200)
})

test('a client that demands a level is allowed by nobody whose sign-in does not reach it', async () => {
  const strict = await registerDevice({ assurance: 'aal2' })
  const begun = await begin({ client_id: strict.id })

  const page = await enter(await somebody(), begun.userCode)

  assert.equal(page.status, 400)
  assert.match(page.text, /id="device-error">This app demands a stronger/)
  assertOAuthError(await ask(begun, { client_id: strict.id }), 400, 'authorization_pending')
})

test('ASVS 3.5.1: codes are entered and decided by our own pages alone, for what they showed', async () => {
  const [begun, other] = [await begin(), await begin()]
  const browser = await somebody()
  const form = hiddenOf(await browser.open('/device'))
  const entry = { ...form, user_code: begun.userCode }

  for (const [fields, headers] of [
    [{ ...entry, csrf: '' }, {}],
    [entry, { origin: 'https://evil.example.com' }],
    [entry, { 'sec-fetch-site': 'cross-site' }],
  ] as const) {
    const answer = await browser.send('POST', '/device', fields, headers)
    assert.equal(answer.status, 403)
    assert.ok(!answer.text.includes('id="device-allow"'))
  }
  const shown = hiddenOf(await enter(browser, begun.userCode))
  await enter(browser, other.userCode)
  for (const fields of [
    { ...shown, user_code: other.userCode.replace('-', ''), decision: 'allow' },
    { ...shown, csrf: form.csrf ?? '', decision: 'allow' },
  ]) {
    assert.equal((await browser.send('POST', '/device/decision', fields)).status, 403)
  }

  assertOAuthError(await ask(begun), 400, 'authorization_pending')
  assertOAuthError(await ask(other), 400, 'authorization_pending')
})

test('§5.1: whoever guesses codes is stopped after ten, also with a right one, and nobody else is', async () => {
  const begun = await begin()
  const [guesser, owner] = [await somebody(), await somebody()]
  const wrong = begun.userCode.startsWith('BBBB') ? 'CCCC-CCCC' : 'BBBB-BBBB'

  for (let count = 0; count < 10; count += 1) assert.equal((await enter(guesser, wrong)).status, 400)

  const refused = await enter(guesser, begun.userCode)
  assert.equal(refused.status, 429)
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
  assert.match((await decide(owner, begun.userCode, 'allow')).text, /id="device-allowed"/)
})

for (const [what, end] of [
  ['the session in which it was allowed', (_, bearer) => given.send('POST', '/v1/sign-out', { bearer })],
  ['the consent', (_, bearer) => given.send('DELETE', `/v1/me/consents/${tv.id}`, { bearer })],
  [
    'the account’s right to what it had',
    (id) =>
      given.send('POST', '/v1/revocations', {
        key: given.adminKey,
        body: { target: { kind: 'account', id } },
      }),
  ],
] as const satisfies readonly (readonly [string, (id: string, bearer: string) => Promise<unknown>])[]) {
  test(`a device gets nothing once ${what} has ended`, async () => {
    const begun = await begin()
    const person = await givenPerson(given, ['notes:read'])
    const browser = await signedIn(person.email)
    await decide(browser, begun.userCode, 'allow')

    await end(person.id, browser.cookies.get('__Host-countersign_session') ?? '')

    assertOAuthError(await ask(begun), 400, 'invalid_grant')
  })
}

test('what a device was given outlives the sign-in, and ends with the consent', async () => {
  const begun = await begin()
  const browser = await somebody()
  await decide(browser, begun.userCode, 'allow')
  const bearer = at((await ask(begun)).json, 'access_token')
  const session = browser.cookies.get('__Host-countersign_session') ?? ''
  const { email } = Object((await given.send('GET', '/v1/me', { bearer: session })).json.principal)

  await given.send('POST', '/v1/sign-out', { bearer: session })

  assert.equal(await statusOf(bearer), 200)
  const again = (await signedIn(String(email))).cookies.get('__Host-countersign_session') ?? ''
  assert.ok((await given.send('GET', '/v1/me/consents', { bearer: again })).text.includes(tv.id))
  await given.send('DELETE', `/v1/me/consents/${tv.id}`, { bearer: again })
  assert.equal(await statusOf(bearer), 401)
})

test('oauth4webapi begins and gets its tokens', async () => {
  const insecure = { [oauth.allowInsecureRequests]: true } as const
  const issuer = new URL(given.url)
  const found = await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...insecure })
  const server = await oauth.processDiscoveryResponse(issuer, found)
  const client = { client_id: tv.id }
  const parameters = { scope: 'openid notes:read' }
  const begun = await oauth.processDeviceAuthorizationResponse(
    server,
    client,
    await oauth.deviceAuthorizationRequest(server, client, oauth.None(), parameters, insecure),
  )
  await decide(await somebody(), begun.user_code, 'allow')

  const answer = await oauth.deviceCodeGrantRequest(server, client, oauth.None(), begun.device_code, insecure)
  const tokens = await oauth.processDeviceCodeResponse(server, client, answer)

  assert.equal(await statusOf(tokens.access_token), 200)
})
