/** What clients that registered themselves (RFC 7591) may do then, and what people are told of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Browser, returned } from './browser.ts'
import { givenFlow } from './code-flow.ts'
import { type Answer, at } from './given.ts'

const REDIRECT = 'https://new.example.com/callback'

const flow = await givenFlow({
  COUNTERSIGN_CLIENT_REGISTRATION: 'open',
  COUNTERSIGN_CLIENT_REGISTRATION_SCOPES: 'openid,profile,offline_access,notes:read',
  COUNTERSIGN_RATE_LIMIT_REGISTRATION: 'dangerously-off',
})
const { given, pkce } = flow

const register = (more: object = {}): Promise<Answer> =>
  given.send('POST', '/oauth/register', {
    body: {
      redirect_uris: [REDIRECT],
      client_name: 'A new app',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      ...more,
    },
  })

const pathFor = (id: string, more: Record<string, string> = {}): string =>
  flow.toPath({ client_id: id, redirect_uri: REDIRECT, scope: 'openid notes:read', ...more })

test('people are asked each time, warned, and shown where it leads, in both languages', async () => {
  const name = '<b>Your bank</b>'
  const id = at(
    (await register({ client_name: name, logo_uri: 'https://bank.example/l.png' })).json,
    'client_id',
  )
  const browser = await flow.signedIn()

  for (let index = 0; index < 2; index += 1) {
    const page = await browser.open(pathFor(id))
    assert.match(page.text, /id="client-unchecked"[^>]*>unchecked</)
    assert.match(page.text, /id="consent-host">new\.example\.com</)
    assert.match(page.text, /&lt;b&gt;Your bank/)
    assert.doesNotMatch(page.text, /client-logo|bank\.example/)
    assert.doesNotMatch(page.headers.get('content-security-policy') ?? '', /bank\.example/)
    const answer = await browser.submit(page, { decision: 'allow' })
    assert.ok(returned(answer, REDIRECT).get('code'))
  }
  const german = await browser.open(pathFor(id, { ui_locales: 'de' }))
  assert.match(german.text, /ungeprüft/)
  const silent = await browser.open(pathFor(id, { prompt: 'none' }))
  assert.equal(returned(silent, REDIRECT).get('error'), 'consent_required')
})

test('whoever signs in for it reads that nobody has looked at it before they type a password', async () => {
  const id = at((await register({ client_name: 'Your bank' })).json, 'client_id')

  const mine = await new Browser(flow.given).open(pathFor(id))
  const known = await new Browser(flow.given).open(flow.toPath())

  assert.match(mine.text, /id="login-password"/)
  assert.match(mine.text, /id="client-name">Your bank<\/strong> <span id="client-unchecked"/)
  assert.match(known.text, /id="login-password"/)
  assert.doesNotMatch(known.text, /client-unchecked/)
})

test('an app of an administrator wears no such badge', async () => {
  const page = await (await flow.signedIn()).open(flow.toPath())

  assert.doesNotMatch(page.text, /client-unchecked|consent-warning/)
})

test('§5: it cannot do without PKCE, also with a secret', async () => {
  const made = await register({ token_endpoint_auth_method: 'client_secret_basic' })
  const path = pathFor(at(made.json, 'client_id')).replace(/&code_challenge[^&]*/g, '')

  const answer = await (await flow.signedIn()).open(path)

  assert.equal(returned(answer, REDIRECT).get('error'), 'invalid_request')
})

async function redeem(id: string): Promise<Answer> {
  const browser = await flow.signedIn()
  const page = await browser.open(pathFor(id))
  const code = returned(await browser.submit(page, { decision: 'allow' }), REDIRECT).get('code') ?? ''
  return given.post('/oauth/token', {
    grant_type: 'authorization_code',
    client_id: id,
    redirect_uri: REDIRECT,
    code,
    code_verifier: pkce.verifier,
  })
}

test('it signs in, is listed as used, and ending it ends all that it was given', async () => {
  const id = at((await register()).json, 'client_id')

  const tokens = await redeem(id)

  assert.equal(tokens.status, 200, tokens.text)
  const access = at(tokens.json, 'access_token')
  assert.equal(await flow.statusOf(access), 200)
  const read = await given.send('GET', `/v1/clients/${id}`, { key: given.adminKey })
  assert.notEqual(JSON.parse(read.text).client.first_used_at, null)
  assert.equal((await given.send('DELETE', `/v1/clients/${id}`, { key: given.adminKey })).status, 204)
  assert.equal(await flow.statusOf(access), 401)
  const refreshed = await given.post('/oauth/token', {
    grant_type: 'refresh_token',
    client_id: id,
    refresh_token: at(tokens.json, 'refresh_token'),
  })
  assert.equal(refreshed.json.error, 'invalid_client')
  const page = await new Browser(given).open(pathFor(id))
  assert.equal(page.status, 400)
})

test('what it is given can administer nothing, whoever allows it', async () => {
  const browser = new Browser(given)
  const id = at((await register()).json, 'client_id')
  const login = await browser.open(pathFor(id, { scope: 'notes:read' }))
  const page = await browser.signIn(login, 'admin@example.com')
  const code = returned(await browser.submit(page, { decision: 'allow' }), REDIRECT).get('code') ?? ''
  const tokens = await given.post('/oauth/token', {
    grant_type: 'authorization_code',
    client_id: id,
    redirect_uri: REDIRECT,
    code,
    code_verifier: pkce.verifier,
  })

  const answer = await given.send('GET', '/v1/clients', { bearer: at(tokens.json, 'access_token') })

  assert.equal(answer.status, 403)
  assert.equal(tokens.json.scope, 'notes:read')
})
