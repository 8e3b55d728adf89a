/** Pushed authorization requests (RFC 9126). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as openid from 'openid-client'
import { Browser, returned } from './browser.ts'
import { givenFlow, type Parameters, REDIRECT } from './code-flow.ts'
import { type Answer, advanceSeconds, assertOAuthError, at, basicHeader } from './given.ts'

const { given, app, person, pkce, register, signedIn, redeem } = await givenFlow()

const push = (more: Parameters = {}, headers = {}): Promise<Answer> => {
  const form = {
    response_type: 'code',
    client_id: app.id,
    redirect_uri: REDIRECT,
    scope: 'openid notes:read',
    state: 'a state',
    code_challenge: pkce.challenge,
    code_challenge_method: 'S256',
    ...more,
  }
  const sent = Object.entries(form).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return given.post('/oauth/par', Object.fromEntries(sent), { headers })
}

const pushed = async (more: Parameters = {}): Promise<string> => at((await push(more)).json, 'request_uri')

const toPath = (request_uri: string, more: Record<string, string> = {}): string =>
  `/oauth/authorize?${new URLSearchParams({ client_id: app.id, request_uri, ...more })}`

async function allow(browser: Browser, path: string): Promise<Answer> {
  const page = await browser.open(path)
  return /id="consent-allow"/.test(page.text) ? browser.submit(page, { decision: 'allow' }) : page
}

const mistakes: readonly [string, Parameters, number, string][] = [
  ['§2.1: no client', { client_id: undefined }, 401, 'invalid_client'],
  ['§2.1: an unknown client', { client_id: 'nobody' }, 401, 'invalid_client'],
  [
    '§2.1: the first party’s client, which has no codes',
    { client_id: 'first-party' },
    400,
    'unauthorized_client',
  ],
  ['§2.1: a secret of a client that has none', { client_secret: 'x' }, 401, 'invalid_client'],
  ['§2.1: a request_uri', { request_uri: 'urn:x' }, 400, 'invalid_request'],
  ['§2.3: a foreign redirect URI', { redirect_uri: 'https://evil.example.com/' }, 400, 'invalid_request'],
  ['§2.3: no redirect URI', { redirect_uri: undefined }, 400, 'invalid_request'],
  ['§2.3: no challenge', { code_challenge: undefined }, 400, 'invalid_request'],
  ['§2.3: another response type', { response_type: 'token' }, 400, 'invalid_request'],
  ['§2.3: a scope beyond the client’s', { scope: 'accounts:write' }, 400, 'invalid_scope'],
  ['§2.3: another’s resource', { resource: 'https://other.example.com' }, 400, 'invalid_target'],
  ['§3: a request object', { request: 'a.b.c' }, 400, 'invalid_request'],
]
for (const [what, more, status, error] of mistakes) {
  test(`${what} is refused when it is pushed`, async () => {
    assertOAuthError(await push(more), status, error)
  })
}

test('§2: a confidential client proves itself as at the token endpoint', async () => {
  const client = await register({ token_endpoint_auth_method: 'client_secret_basic' })
  const named = { client_id: client.id }

  assertOAuthError(await push(named), 401, 'invalid_client')
  assertOAuthError(await push(named, basicHeader(client.id, 'x')), 401, 'invalid_client')
  assert.equal((await push(named, basicHeader(client.id, client.secret))).status, 201)
})

test('§2.2: the answer names the request, for a minute, and shows nothing of it', async () => {
  const answer = await push()

  assert.equal(answer.status, 201)
  assert.equal(answer.json.expires_in, 60)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  const uri = at(answer.json, 'request_uri')
  assert.match(uri, /^urn:ietf:params:oauth:request_uri:v\d+\.[A-Za-z0-9_-]{40,}$/)
  const sealed = Buffer.from(uri.slice(uri.lastIndexOf('.') + 1), 'base64url').toString('latin1')
  for (const secret of ['notes', app.id, 'a state'])
    assert.ok(!uri.includes(secret) && !sealed.includes(secret))
  assert.notEqual(await pushed(), await pushed())
})

test('§4: a pushed request leads to a code, and what stands beside it does not count', async () => {
  const browser = await signedIn()
  const path = toPath(await pushed(), {
    scope: 'openid notes:write',
    state: 'another',
    redirect_uri: 'https://evil.example.com/',
  })

  const answer = returned(await allow(browser, path), REDIRECT)

  assert.equal(answer.get('state'), 'a state')
  const tokens = await redeem(answer.get('code') ?? '')
  assert.equal(tokens.json.scope, 'openid notes:read')
})

test('§4: what was never pushed, was altered, is another client’s, or is old leads nowhere', async () => {
  const browser = await signedIn()
  const uri = await pushed()
  const other = await register()
  const old = await pushed()
  advanceSeconds(61)
  const fresh = await pushed()

  for (const path of [
    toPath('urn:ietf:params:oauth:request_uri:x'),
    toPath(`${uri.slice(0, -8)}AAAAAAAA`),
    toPath(fresh, { client_id: other.id }),
    toPath(old),
  ]) {
    const answer = await browser.open(path)

    assert.equal(answer.status, 400)
    assert.match(answer.text, /id="oauth-error" role="alert"><code>request_uri</)
  }
  assert.ok(returned(await allow(browser, toPath(fresh)), REDIRECT).get('code'))
})

test('§7.3: a pushed request gives one code, also to many who open it at once', async () => {
  const browser = await signedIn()
  await allow(browser, toPath(await pushed()))
  const uri = await pushed()

  const answers = await Promise.all(Array.from({ length: 6 }, () => browser.send('GET', toPath(uri))))

  const codes = answers.filter(({ headers }) => (headers.get('location') ?? '').startsWith(REDIRECT))
  assert.equal(codes.length, 1)
  const again = await browser.open(toPath(uri))
  assert.match(again.text, /<code>request_uri</)
})

test('a pushed request may take its time on our pages, and is used up there', async () => {
  const browser = new Browser(given)
  const login = await browser.open(toPath(await pushed({ prompt: 'consent' })))
  advanceSeconds(120)
  const consent = await browser.signIn(login, person.email)

  const first = await browser.submit(consent, { decision: 'allow' })
  const second = await browser.submit(consent, { decision: 'allow' })

  assert.ok(returned(first, REDIRECT).get('code'))
  assert.equal(second.status, 400)
  assert.match(second.text, /<code>request_uri</)
})

test('§5: the metadata names the endpoint, and openid-client uses it', async () => {
  const config = await openid.discovery(new URL(given.url), app.id, {}, openid.None(), {
    execute: [openid.allowInsecureRequests],
  })
  const start = await openid.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: REDIRECT,
    scope: 'openid notes:read',
    code_challenge: pkce.challenge,
    code_challenge_method: 'S256',
    state: 'x',
  })

  const answer = await allow(await signedIn(), `${start.pathname}${start.search}`)
  const tokens = await openid.authorizationCodeGrant(config, new URL(answer.headers.get('location') ?? ''), {
    pkceCodeVerifier: pkce.verifier,
    expectedState: 'x',
    idTokenExpected: true,
  })

  assert.deepEqual([...start.searchParams.keys()].toSorted(), ['client_id', 'request_uri'])
  assert.equal(tokens.claims()?.sub, person.id)
})
