/** Codes and what they are redeemed for (OAuth 2.1 §4.1.2–§4.3, RFC 7636, RFC 9700 §4.8). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Browser, makePkce, returned } from './browser.ts'
import { givenFlow, type Parameters, PERMISSIONS, REDIRECT } from './code-flow.ts'
import {
  type Answer,
  advanceSeconds,
  assertOAuthError,
  at,
  basicHeader,
  givenPerson,
  refreshForm,
} from './given.ts'

const { given, app, person, pkce, register, toPath, signedIn, codeFor, redeem, statusOf } = await givenFlow()

test('§4.1.2: from sign-in over consent to a code and tokens that work', async () => {
  const browser = new Browser(given)
  const client = await register()

  const login = await browser.open(toPath({ client_id: client.id }))
  const consent = await browser.signIn(login, person.email)
  const parameters = returned(await browser.submit(consent, { decision: 'allow' }), REDIRECT)
  const tokens = await redeem(parameters.get('code') ?? '', { client_id: client.id })

  assert.match(consent.text, /id="consent-allow"[\s\S]*id="consent-deny"/)
  assert.match(consent.text, /A client/)
  assert.match(consent.text, /notes:read/)
  assert.deepEqual([...parameters.keys()], ['code', 'state', 'iss'])
  assert.equal(parameters.get('state'), 'a state')
  assert.equal(parameters.get('iss'), given.url)
  assert.equal(tokens.status, 200, tokens.text)
  assert.equal(tokens.headers.get('cache-control'), 'no-store')
  assert.equal(tokens.json.scope, 'openid notes:read')
  const me = await given.send('GET', '/v1/me', { bearer: at(tokens.json, 'access_token') })
  assert.equal(at(me.json, 'principal', 'id'), person.id)
  assert.deepEqual(me.json.permissions, ['notes:read'])
})

const wrong: readonly [string, Parameters][] = [
  ['without a verifier', { code_verifier: undefined }],
  ['with another verifier', { code_verifier: makePkce().verifier }],
  ['with the challenge as verifier', { code_verifier: pkce.challenge }],
  ['with a short verifier', { code_verifier: 'short' }],
  ['without its redirect URI', { redirect_uri: undefined }],
  ['with another redirect URI', { redirect_uri: 'https://app.example.com/other' }],
]
for (const [what, more] of wrong) {
  test(`§4.1.3: a code ${what} is answered invalid_grant, and stays good for the right one`, async () => {
    const code = await codeFor(await signedIn())

    assertOAuthError(await redeem(code, more), 400, 'invalid_grant')

    assert.equal((await redeem(code)).status, 200)
  })
}

test('§4.1.3: another client redeems nothing, and takes nothing from the right one', async () => {
  const code = await codeFor(await signedIn())
  const other = await register()
  const secret = await register({ token_endpoint_auth_method: 'client_secret_basic' })

  assertOAuthError(await redeem(code, { client_id: other.id }), 400, 'invalid_grant')
  const named = { client_id: secret.id }
  assertOAuthError(await redeem(code, named, basicHeader(secret.id, secret.secret)), 400, 'invalid_grant')
  assertOAuthError(await redeem(code, named), 401, 'invalid_client')
  assertOAuthError(await redeem(code, { client_id: 'first-party' }), 400, 'unauthorized_client')
  assert.equal((await redeem(code)).status, 200)
})

test('§4.1.3: what is no code is answered invalid_grant, and none at all invalid_request', async () => {
  for (const code of ['x', 'x'.repeat(43), person.refreshToken, person.accessToken]) {
    assertOAuthError(await redeem(code), 400, 'invalid_grant')
  }
  assertOAuthError(await redeem('', {}), 400, 'invalid_request')
})

test('RFC 9700 §4.8.2: a verifier for a code without a challenge is refused', async () => {
  const client = await register({ token_endpoint_auth_method: 'client_secret_basic', profile: 'oidc-basic' })
  const headers = basicHeader(client.id, client.secret)
  const more = { client_id: client.id, code_challenge: undefined, code_challenge_method: undefined }
  const code = await codeFor(await signedIn(), more)

  assertOAuthError(await redeem(code, { client_id: client.id }, headers), 400, 'invalid_grant')
  const without = { client_id: client.id, code_verifier: undefined }
  assert.equal((await redeem(code, without, headers)).status, 200)
})

test('§4.1.1: without that profile, and for a public client with it, there is no code without a challenge', async () => {
  const strict = await register({ token_endpoint_auth_method: 'client_secret_basic' })
  const open = await register({ profile: 'oidc-basic' })

  for (const client of [strict, open]) {
    const more = { client_id: client.id, code_challenge: undefined, code_challenge_method: undefined }
    const answer = returned(await (await signedIn()).send('GET', toPath(more)), REDIRECT)
    assert.equal(answer.get('error'), 'invalid_request')
  }
})

test('§4.1.3: of many who redeem one code at once one gets tokens, and then nobody has any', async () => {
  const code = await codeFor(await signedIn())

  const answers = await Promise.all(Array.from({ length: 6 }, () => redeem(code)))

  const good = answers.filter(({ status }) => status === 200)
  assert.equal(good.length, 1)
  // The others presented a used code with everything right: nobody can tell who the thief is (§7.5.2).
  assert.equal(await statusOf(at(good[0]?.json, 'access_token')), 401)
})

test('§7.5.2: a used code that returns with everything right ends what it gave; with anything wrong, nothing', async () => {
  const code = await codeFor(await signedIn())
  const tokens = await redeem(code)
  const bearer = at(tokens.json, 'access_token')

  assertOAuthError(await redeem(code, { code_verifier: makePkce().verifier }), 400, 'invalid_grant')
  assert.equal(await statusOf(bearer), 200)
  assertOAuthError(await redeem(code), 400, 'invalid_grant')

  assert.equal(await statusOf(bearer), 401)
  const refreshed = refreshForm(at(tokens.json, 'refresh_token'), { client_id: app.id })
  assertOAuthError(await given.post('/oauth/token', refreshed), 400, 'invalid_grant')
})

test('a code dies with the session it was allowed in, and with the account’s sign-out everywhere', async () => {
  const other = await givenPerson(given, PERMISSIONS)
  for (const scope of ['openid notes:read', 'openid offline_access notes:read']) {
    for (const end of ['session', 'account'] as const) {
      const browser = await signedIn(other.email)
      const code = await codeFor(browser, { scope })
      const token = browser.cookies.get('__Host-countersign_session') ?? ''
      const target =
        end === 'session' ? { kind: 'credential', credential: token } : { kind: 'account', id: other.id }
      const revoked = await given.send('POST', '/v1/revocations', { key: given.adminKey, body: { target } })
      assert.equal(revoked.status, 200, revoked.text)

      assertOAuthError(await redeem(code), 400, 'invalid_grant')
    }
  }
})

test('§4.1.2: a code lives a minute', async () => {
  const browser = await signedIn()
  const [early, late] = [await codeFor(browser), await codeFor(browser)]

  advanceSeconds(58)
  assert.equal((await redeem(early)).status, 200)
  advanceSeconds(3)
  assertOAuthError(await redeem(late), 400, 'invalid_grant')
})

test('§4.3: a refresh token is its client’s, rotates, and gives no more than was allowed', async () => {
  const tokens = await redeem(await codeFor(await signedIn()))
  const first = at(tokens.json, 'refresh_token')
  const other = await register()
  const refresh = (more: Record<string, string>): Promise<Answer> =>
    given.post('/oauth/token', refreshForm(first, { client_id: app.id, ...more }))

  assertOAuthError(await refresh({ client_id: other.id }), 400, 'invalid_grant')
  assertOAuthError(await refresh({ client_id: 'first-party' }), 400, 'invalid_grant')
  assertOAuthError(await refresh({ scope: 'notes:write' }), 400, 'invalid_scope')
  const answer = await refresh({ scope: 'openid notes:read' })
  assert.equal(answer.status, 200, answer.text)
  assert.notEqual(answer.json.refresh_token, first)
  assert.equal(answer.json.scope, 'openid notes:read')
})

test('offline_access outlives the sign-in, and nothing else does', async () => {
  const signOut = (browser: Browser): Promise<Answer> =>
    given.send('POST', '/v1/sign-out', { bearer: browser.cookies.get('__Host-countersign_session') ?? '' })
  for (const [scope, status] of [
    ['openid notes:read', 400],
    ['openid offline_access notes:read', 200],
  ] as const) {
    const browser = await signedIn()
    const tokens = await redeem(await codeFor(browser, { scope }))

    assert.equal((await signOut(browser)).status, 204)

    const form = refreshForm(at(tokens.json, 'refresh_token'), { client_id: app.id })
    assert.equal((await given.post('/oauth/token', form)).status, status, scope)
  }
})

test('a token of an app does not speak with the whole voice of its person', async () => {
  const bearer = at((await redeem(await codeFor(await signedIn()))).json, 'access_token')
  const session = String(
    Reflect.get(JSON.parse(Buffer.from(bearer.split('.')[1] ?? '', 'base64url').toString()), 'sid'),
  )
  const revoke = { target: { kind: 'session', id: session } }

  for (const [method, path, body] of [
    ['POST', '/v1/sign-out', undefined],
    ['GET', '/v1/me/sessions', undefined],
    ['POST', '/v1/me/sessions/revoke-others', undefined],
    ['DELETE', `/v1/me/sessions/${session}`, undefined],
    ['GET', '/v1/me/consents', undefined],
    ['POST', '/v1/api-keys', { name: 'mine', permissions: [] }],
    ['POST', '/v1/me/step-up', undefined],
    ['GET', '/v1/me/factors', undefined],
    ['POST', '/v1/revocations', revoke],
  ] as const) {
    const answer = await given.send(method, path, { bearer, ...(body && { body }) })
    assert.ok([403, 404].includes(answer.status), `${method} ${path} ${answer.text}`)
  }
  assert.equal(await statusOf(bearer), 200)
})
