/** Request objects by value (RFC 9101, OIDC Core §6.1): signed by the client, for us, now, and then the whole request. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { Browser, returned } from './browser.ts'
import { givenFlow, REDIRECT } from './code-flow.ts'
import { type Answer, assertOAuthError, at } from './given.ts'

const { given, app, pkce, register, signedIn } = await givenFlow()
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
const jwk = { ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'one' }
const client = await register({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } })
const now = (): number => Math.floor(Date.now() / 1000)

const claims = (more: object = {}): Record<string, unknown> => ({
  iss: client.id,
  aud: given.url,
  exp: now() + 300,
  client_id: client.id,
  response_type: 'code',
  redirect_uri: REDIRECT,
  scope: 'openid notes:read',
  state: 'signed',
  code_challenge: pkce.challenge,
  code_challenge_method: 'S256',
  ...more,
})
const signed = (more: object = {}, header: object = {}, key = privateKey): Promise<string> =>
  new SignJWT(claims(more))
    .setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'oauth-authz-req+jwt', ...header })
    .sign(key)

const open = (
  request: string,
  more: Record<string, string> = {},
  browser = new Browser(given),
): Promise<Answer> =>
  browser.open(`/oauth/authorize?${new URLSearchParams({ client_id: client.id, request, ...more })}`)

const hs256 = (secret: string): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const input = `${part({ alg: 'HS256', kid: 'one' })}.${part(claims())}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

const stranger = await generateKeyPair('ES256')
const bad: readonly [string, () => Promise<string> | string][] = [
  ['text', () => 'a.b.c'],
  ['nobody’s signature', () => new UnsecuredJWT(claims()).encode()],
  ['a stranger’s signature', () => signed({}, {}, stranger.privateKey)],
  ['the public key as a shared secret', () => hs256(JSON.stringify(jwk))],
  ['another type', () => signed({}, { typ: 'at+jwt' })],
  ['the type of assertions', () => signed({}, { typ: 'client-authentication+jwt' })],
  ['another issuer', () => signed({ iss: 'somebody' })],
  ['another audience', () => signed({ aud: 'https://other.example.com' })],
  ['no audience', () => signed({ aud: undefined })],
  ['no end', () => signed({ exp: undefined })],
  ['an end that has passed', () => signed({ exp: now() - 60 })],
  ['an end that is far away', () => signed({ exp: now() + 86_400 })],
  ['a beginning that is to come', () => signed({ nbf: now() + 300 })],
  ['another client inside', () => signed({ client_id: app.id })],
  ['no client inside', () => signed({ client_id: undefined })],
  ['a subject, as a client’s proof of itself has', () => signed({ sub: client.id })],
  ['a request inside', () => signed({ request: 'a.b.c' })],
  ['a request URI inside', () => signed({ request_uri: 'https://app.example.com/x' })],
  ['a list as a parameter', () => signed({ scope: ['openid'] })],
]
for (const [what, make] of bad) {
  test(`§6, §10: a request object with ${what} is shown as a mistake, and nobody is sent anywhere`, async () => {
    const request = await make()

    const answer = await open(request, { redirect_uri: REDIRECT, response_type: 'code' })
    assert.equal(answer.status, 400)
    assert.equal(answer.headers.get('location'), null)
    assert.match(answer.text, /id="oauth-error"[^>]*>[\s\S]*request/)
  })
}

test('§6.3: what stands in it is the request, and what stands beside it is nothing', async () => {
  const beside = {
    redirect_uri: 'https://evil.example.com/',
    state: 'beside',
    scope: 'notes:write',
    response_type: 'token',
    code_challenge: 'x',
  }
  const browser = await signedIn()
  const page = await open(await signed(), beside, browser)
  const answer = /id="consent-allow"/.test(page.text)
    ? await browser.submit(page, { decision: 'allow' })
    : page
  const parameters = returned(answer, REDIRECT)

  assert.equal(parameters.get('state'), 'signed')
  assert.ok(parameters.get('code'))
})

test('§6.3: a parameter that only stands beside it is not there', async () => {
  const request = await signed({ code_challenge: undefined })

  const answer = await open(request, { code_challenge: pkce.challenge })

  assert.equal(returned(answer, REDIRECT).get('error'), 'invalid_request')
})

test('OIDC Core §6.1: numbers and claims stand in it as JSON', async () => {
  const request = await signed({ max_age: 600, claims: { userinfo: { email: null } }, prompt: 'none' })

  assert.equal(returned(await open(request), REDIRECT).get('error'), 'login_required')
})

test('a client without keys is told that objects are not taken', async () => {
  const path = `/oauth/authorize?${new URLSearchParams({
    client_id: app.id,
    redirect_uri: REDIRECT,
    response_type: 'code',
    request: await signed({ client_id: app.id, iss: app.id }),
  })}`

  const answer = await new Browser(given).open(path)

  assert.equal(returned(answer, REDIRECT).get('error'), 'request_not_supported')
})

test('RFC 9126 §3: one may be pushed, by the client that has signed it', async () => {
  const push = async (request: string): Promise<Answer> => {
    const proof = {
      iss: client.id,
      sub: client.id,
      aud: given.url,
      jti: crypto.randomUUID(),
      exp: now() + 60,
    }
    return given.post('/oauth/par', {
      request,
      client_id: client.id,
      client_assertion: await new SignJWT(proof)
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .sign(privateKey),
      client_assertion_type: ASSERTION_TYPE,
    })
  }

  assertOAuthError(
    await push(await signed({ aud: 'https://other.example.com' })),
    400,
    'invalid_request_object',
  )
  const pushed = await push(await signed())
  assert.equal(pushed.status, 201, pushed.text)
  const request_uri = at(pushed.json, 'request_uri')
  const browser = await signedIn()
  const page = await browser.open(
    `/oauth/authorize?${new URLSearchParams({ client_id: client.id, request_uri })}`,
  )
  const answer = /id="consent-allow"/.test(page.text)
    ? await browser.submit(page, { decision: 'allow' })
    : page
  assert.equal(returned(answer, REDIRECT).get('state'), 'signed')
})

test('RFC 9101 §5.2: a request URI that was not pushed here is fetched from nowhere', async () => {
  const path = `/oauth/authorize?${new URLSearchParams({
    client_id: client.id,
    redirect_uri: REDIRECT,
    response_type: 'code',
    request_uri: 'http://127.0.0.1:1/request.jwt',
  })}`

  const answer = await new Browser(given).open(path)

  assert.equal(returned(answer, REDIRECT).get('error'), 'request_uri_not_supported')
})
