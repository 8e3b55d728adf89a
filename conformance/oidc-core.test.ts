/** OpenID Connect Core 1.0: the ID token, and the UserInfo endpoint. */
import assert from 'node:assert/strict'
import { createHash, createPublicKey, verify } from 'node:crypto'
import { test } from 'node:test'
import { Browser, makePkce, returned } from './browser.ts'
import {
  type Answer,
  advanceSeconds,
  at,
  givenClient,
  givenPerson,
  givenProgram,
  givenServer,
} from './given.ts'

const given = await givenServer({
  COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_SIGN_IN_ACCOUNT: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_TOKEN: 'dangerously-off',
})
const REDIRECT = 'https://app.example.com/callback'
const app = await givenClient(given, {
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: [REDIRECT],
  scopes: ['openid', 'profile', 'email', 'notes:read'],
})
const person = await givenPerson(given, ['notes:read'])
const pkce = makePkce()

const toPath = (more: Record<string, string> = {}): string =>
  `/oauth/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: app.id,
    redirect_uri: REDIRECT,
    scope: 'openid',
    code_challenge: pkce.challenge,
    code_challenge_method: 'S256',
    ...more,
  })}`

async function signedIn(email = person.email): Promise<Browser> {
  const browser = new Browser(given)
  await browser.signIn(await browser.open('/login'), email)
  return browser
}

async function tokensFor(browser: Browser, more: Record<string, string> = {}): Promise<Answer> {
  const page = await browser.open(toPath(more))
  const answer = /id="consent-allow"/.test(page.text)
    ? await browser.submit(page, { decision: 'allow' })
    : page
  const tokens = await given.post('/oauth/token', {
    grant_type: 'authorization_code',
    code: returned(answer, REDIRECT).get('code') ?? '',
    client_id: app.id,
    redirect_uri: REDIRECT,
    code_verifier: pkce.verifier,
  })
  assert.equal(tokens.status, 200, tokens.text)
  return tokens
}

/** RFC 7515 §5.2, with the key of the set that the token names. */
async function open(idToken: string): Promise<{ header: Claims; claims: Claims }> {
  const [head = '', payload = '', signature = ''] = idToken.split('.')
  const header: Claims = JSON.parse(Buffer.from(head, 'base64url').toString())
  const { json } = await given.send('GET', '/.well-known/jwks.json')
  const keys: readonly JsonWebKey[] = Object(json).keys
  const jwk =
    keys.find((key) => Reflect.get(key, 'kid') === header.kid) ?? assert.fail('The key is not published.')
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' as const }
  const input = Buffer.from(`${head}.${payload}`)
  assert.ok(verify('sha256', input, key, Buffer.from(signature, 'base64url')))
  return { header, claims: JSON.parse(Buffer.from(payload, 'base64url').toString()) }
}
type Claims = Readonly<Record<string, unknown>>
type JsonWebKey = Record<string, string>

const userInfo = (bearer: string, method = 'GET'): Promise<Answer> =>
  given.send(method, '/oauth/userinfo', { bearer })

test('§3.1.2.1: without openid there is no ID token, and nothing to be told at UserInfo', async () => {
  const tokens = await tokensFor(await signedIn(), { scope: 'notes:read' })

  assert.equal(tokens.json.id_token, undefined)
  const answer = await userInfo(at(tokens.json, 'access_token'))
  assert.equal(answer.status, 403)
  assert.match(answer.headers.get('www-authenticate') ?? '', /error="insufficient_scope"/)
})

test('§2, §3.1.3.6: the ID token says who signed in, when and how, to this client and for this request', async () => {
  const before = Math.floor(Date.now() / 1000)
  const tokens = await tokensFor(await signedIn(), { nonce: 'a nonce' })

  const { header, claims } = await open(at(tokens.json, 'id_token'))

  const { alg, typ } = header
  assert.deepEqual({ alg, typ }, { alg: 'ES256', typ: 'JWT' })
  const { iat, exp, auth_time: authTime, sid, at_hash: atHash, ...rest } = claims
  assert.deepEqual(rest, {
    iss: given.url,
    sub: person.id,
    aud: app.id,
    amr: ['pwd'],
    acr: 'urn:countersign:acr:aal1',
    nonce: 'a nonce',
  })
  assert.ok(Number(iat) >= before && Number(exp) - Number(iat) === 300)
  assert.ok(Number(authTime) >= before)
  assert.match(String(sid), /^ses_/)
  const hash = createHash('sha256').update(at(tokens.json, 'access_token')).digest()
  assert.equal(atHash, hash.subarray(0, 16).toString('base64url'))
})

test('§3.1.2.1: without a nonce there is none, and names and addresses stand in no token', async () => {
  const tokens = await tokensFor(await signedIn(), { scope: 'openid profile email' })

  const { claims } = await open(at(tokens.json, 'id_token'))

  assert.deepEqual([claims.nonce, claims.name, claims.email], [undefined, undefined, undefined])
  const [, payload = ''] = at(tokens.json, 'access_token').split('.')
  assert.doesNotMatch(Buffer.from(payload, 'base64url').toString(), new RegExp(person.email))
})

test('ASVS 9.2.2: an ID token opens nothing, and an access token is no hint', async () => {
  const browser = await signedIn()
  const tokens = await tokensFor(browser)
  const idToken = at(tokens.json, 'id_token')

  assert.equal((await given.send('GET', '/v1/me', { bearer: idToken })).status, 401)
  assert.equal((await userInfo(idToken)).status, 401)
  const { key } = await givenProgram(given, ['credentials:verify'])
  const asked = await given.post('/oauth/introspect', { token: idToken }, { key })
  assert.deepEqual(asked.json, { active: false })
  const hinted = await browser.open(toPath({ id_token_hint: at(tokens.json, 'access_token') }))
  assert.equal(returned(hinted, REDIRECT).get('error'), 'invalid_request')
})

test('§5.3: UserInfo tells what the scopes name, by GET and by POST, and nothing more', async () => {
  const browser = await signedIn()
  const { email } = person
  for (const [scope, claims] of [
    ['openid', {}],
    ['openid profile', {}],
    ['openid email notes:read', { email, email_verified: false }],
  ] as const) {
    const tokens = await tokensFor(browser, { scope })

    for (const method of ['GET', 'POST']) {
      const answer = await userInfo(at(tokens.json, 'access_token'), method)

      assert.equal(answer.status, 200, answer.text)
      assert.deepEqual(answer.json, { sub: person.id, ...claims })
      assert.equal(answer.headers.get('cache-control'), 'no-store')
    }
  }
})

test('§5.3.3: nobody, no token, and other credentials are refused at UserInfo', async () => {
  const { key } = await givenProgram(given, ['notes:read'])
  const browser = await signedIn()
  const session = browser.cookies.get('__Host-countersign_session') ?? ''

  assert.equal((await given.send('GET', '/oauth/userinfo')).status, 401)
  assert.equal((await given.send('GET', '/oauth/userinfo', { key })).status, 401)
  assert.equal((await userInfo(session)).status, 401)
  assert.equal((await browser.send('GET', '/oauth/userinfo')).status, 401)
  assert.equal((await userInfo(person.accessToken)).status, 403)
})

test('§5.3: UserInfo is closed at once when the grant, the session or the consent has ended', async () => {
  for (const end of ['revoke', 'sign_out', 'consent'] as const) {
    const browser = await signedIn()
    const tokens = await tokensFor(browser)
    const bearer = at(tokens.json, 'access_token')
    const own = { bearer: browser.cookies.get('__Host-countersign_session') ?? '' }
    assert.equal((await userInfo(bearer)).status, 200)

    if (end === 'revoke') {
      const form = { token: at(tokens.json, 'refresh_token'), client_id: app.id }
      assert.equal((await given.post('/oauth/revoke', form)).status, 200)
    } else if (end === 'sign_out') {
      assert.equal((await given.send('POST', '/v1/sign-out', own)).status, 204)
    } else {
      assert.equal((await given.send('DELETE', `/v1/me/consents/${app.id}`, own)).status, 204)
    }

    assert.equal((await userInfo(bearer)).status, 401, end)
  }
})

test('§3.1.2.1: a hint about somebody else asks for a sign-in, and about the same person for none', async () => {
  const browser = await signedIn()
  const hint = at((await tokensFor(browser)).json, 'id_token')
  const other = await signedIn((await givenPerson(given)).email)
  advanceSeconds(400)

  const same = returned(await browser.open(toPath({ id_token_hint: hint, prompt: 'none' })), REDIRECT)
  const foreign = returned(await other.open(toPath({ id_token_hint: hint, prompt: 'none' })), REDIRECT)

  assert.ok(same.get('code'), 'An expired ID token is a hint all the same.')
  assert.equal(foreign.get('error'), 'login_required')
})

test('§3.1.2.1: login_hint stands in the field, and is text there', async () => {
  const page = await new Browser(given).open(toPath({ login_hint: '"><b>ada@example.com' }))

  assert.match(page.text, /id="login-identifier"[^>]* value="&quot;&gt;&lt;b&gt;ada@example\.com"/)
})

test('Discovery §3: what the document says of OpenID Connect is so', async () => {
  const { json } = await given.send('GET', '/.well-known/openid-configuration')

  assert.equal(json.authorization_endpoint, `${given.url}/oauth/authorize`)
  assert.equal(json.userinfo_endpoint, `${given.url}/oauth/userinfo`)
  assert.deepEqual(json.response_types_supported, ['code'])
  assert.deepEqual(json.code_challenge_methods_supported, ['S256'])
  assert.deepEqual(json.id_token_signing_alg_values_supported, ['ES256', 'EdDSA', 'RS256', 'PS256'])
  assert.deepEqual(json.scopes_supported, ['openid', 'profile', 'email', 'offline_access'])
  assert.equal(json.request_parameter_supported, true)
  assert.equal(json.request_uri_parameter_supported, false)
  assert.equal(json.claims_parameter_supported, true)
})
