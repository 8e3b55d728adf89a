/** The FAPI 2.0 Security Profile §5.3.2, requirement by requirement, for clients with the profile `fapi2-security`. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose'
import * as openid from 'openid-client'
import { type Browser, returned } from '../browser.ts'
import { givenFlow, type Parameters, REDIRECT } from '../code-flow.ts'
import { type Answer, advanceSeconds, assertOAuthError, at } from '../given.ts'
import { athOf, givenSigner } from '../proof-signer.ts'

const { given, person, pkce, register, signedIn } = await givenFlow()
const TOKEN = `${given.url}/oauth/token`
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
const publicJwk = { ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'one' }
const profile = {
  profile: 'fapi2-security',
  token_endpoint_auth_method: 'private_key_jwt',
  dpop_bound_access_tokens: true,
  jwks: { keys: [publicJwk] },
}
const client = await register(profile)
const signer = await givenSigner()

const assertion = (more: object = {}, of = client.id): Promise<string> => {
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: of, sub: of, aud: given.url, jti: randomUUID(), iat: now, exp: now + 60, ...more }
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(privateKey)
}

const post = async (path: string, form: Parameters, dpop?: string, by?: string): Promise<Answer> => {
  const proof = { client_assertion: by ?? (await assertion()), client_assertion_type: ASSERTION_TYPE }
  const all = Object.entries({ ...proof, ...form }).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  )
  return given.post(path, Object.fromEntries(all), { headers: { ...(dpop !== undefined && { dpop }) } })
}

const request = {
  response_type: 'code',
  client_id: client.id,
  redirect_uri: REDIRECT,
  scope: 'openid offline_access notes:read',
  state: 'a state',
  code_challenge: pkce.challenge,
  code_challenge_method: 'S256',
}
const push = (more: Parameters = {}): Promise<Answer> => post('/oauth/par', { ...request, ...more })

async function answerTo(
  browser: Browser,
  request_uri: string,
  more: Record<string, string> = {},
): Promise<Answer> {
  const page = await browser.open(
    `/oauth/authorize?${new URLSearchParams({ client_id: client.id, request_uri, ...more })}`,
  )
  return /id="consent-allow"/.test(page.text) ? browser.submit(page, { decision: 'allow' }) : page
}

const codeFor = async (more: Parameters = {}): Promise<string> => {
  const pushed = await push(more)
  assert.equal(pushed.status, 201, pushed.text)
  const answer = await answerTo(await signedIn(), at(pushed.json, 'request_uri'))
  return returned(answer, REDIRECT).get('code') ?? assert.fail(answer.text)
}

const redeem = async (code: string, more: Parameters = {}, dpop?: string): Promise<Answer> =>
  post(
    '/oauth/token',
    { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, code_verifier: pkce.verifier, ...more },
    dpop ?? (await signer.prove(TOKEN)),
  )

const body = (more: object): object => ({
  id: `fapi-${randomUUID().slice(0, 8)}`,
  name: 'A bank',
  grant_types: ['authorization_code'],
  redirect_uris: [REDIRECT],
  scopes: ['openid'],
  ...profile,
  ...more,
})

const registrations: readonly [string, object, string][] = [
  [
    'without a key of its own',
    { token_endpoint_auth_method: 'none', jwks: undefined },
    'token_endpoint_auth_method',
  ],
  [
    'with a secret',
    { token_endpoint_auth_method: 'client_secret_basic', jwks: undefined },
    'token_endpoint_auth_method',
  ],
  ['with bearer tokens', { dpop_bound_access_tokens: false }, 'dpop_bound_access_tokens'],
  [
    'with ID tokens by RSA with PKCS #1 v1.5',
    { id_token_signed_response_alg: 'RS256' },
    'id_token_signed_response_alg',
  ],
  ['with a redirect URI in the clear', { redirect_uris: ['http://127.0.0.1/callback'] }, 'redirect_uris.0'],
]
for (const [what, more, path] of registrations) {
  test(`§5.3.2.1: a client is not registered ${what}`, async () => {
    const answer = await given.send('POST', '/v1/clients', { key: given.adminKey, body: body(more) })

    assert.equal(answer.status, 422, answer.text)
    assert.match(answer.text, new RegExp(`"path":"${path}"`))
  })
}

test('§5.3.2.1: nor changed into one that has less', async () => {
  const change = (more: object) =>
    given.send('PATCH', `/v1/clients/${client.id}`, { key: given.adminKey, body: more })

  assert.equal((await change({ dpop_bound_access_tokens: false })).status, 422)
  assert.equal((await change({ token_endpoint_auth_method: 'client_secret_basic', jwks: null })).status, 422)
  assert.equal((await change({ redirect_uris: ['http://localhost/x'] })).status, 422)
})

test('§5.4.1: PS256 is taken for assertions and for ID tokens', async () => {
  const rsa = await generateKeyPair('PS256', { extractable: true })
  const jwk = { ...(await exportJWK(rsa.publicKey)), alg: 'PS256', kid: 'rsa' }
  const bank = await register({ ...profile, jwks: { keys: [jwk] }, id_token_signed_response_alg: 'PS256' })
  const now = Math.floor(Date.now() / 1000)
  const by = await new SignJWT({
    iss: bank.id,
    sub: bank.id,
    aud: given.url,
    jti: randomUUID(),
    exp: now + 60,
  })
    .setProtectedHeader({ alg: 'PS256', kid: 'rsa' })
    .sign(rsa.privateKey)

  const pushed = await post('/oauth/par', { ...request, client_id: bank.id }, undefined, by)

  assert.equal(pushed.status, 201, pushed.text)
})

test('§5.4.1: keys of RSA with PKCS #1 v1.5 are not taken', async () => {
  const rsa = await generateKeyPair('RS256', { extractable: true })
  const jwk = { ...(await exportJWK(rsa.publicKey)), alg: 'RS256', kid: 'rsa' }

  const answer = await given.send('POST', '/v1/clients', {
    key: given.adminKey,
    body: body({ jwks: { keys: [jwk] } }),
  })

  assert.equal(answer.status, 422)
  assert.match(answer.text, /"path":"jwks.keys.0"/)
})

for (const [what, aud] of [
  ['the token endpoint', TOKEN],
  ['the endpoint itself', `${given.url}/oauth/par`],
  ['a list, of the issuer alone', [given.url]],
  ['a list with the issuer in it', [given.url, TOKEN]],
] as const) {
  test(`§5.3.2.1: an assertion for ${what} is refused: the audience is the issuer, as a text`, async () => {
    const by = await assertion({ aud })

    assertOAuthError(await post('/oauth/par', request, undefined, by), 401, 'invalid_client')
  })
}

test('§5.3.2.2: a request that comes through the browser is refused, also with a signature of nobody', async () => {
  const browser = await signedIn()
  const answer = await browser.open(`/oauth/authorize?${new URLSearchParams(request)}`)

  const parameters = returned(answer, REDIRECT)
  assert.equal(parameters.get('error'), 'invalid_request')
  assert.equal(parameters.get('iss'), given.url)
  assert.equal(parameters.get('code'), null)
})

test('§5.3.2.2: pushing needs the client’s proof, S256, the redirect URI, and the one response type', async () => {
  const naked = await given.post('/oauth/par', request)
  assertOAuthError(naked, 401, 'invalid_client')
  for (const more of [
    { code_challenge: undefined },
    { code_challenge_method: 'plain', code_challenge: pkce.verifier },
    { code_challenge_method: undefined },
    { redirect_uri: undefined },
    { redirect_uri: `${REDIRECT}/` },
    { response_type: 'code id_token' },
    { response_type: 'token' },
  ]) {
    assertOAuthError(await push(more), 400, 'invalid_request')
  }
})

test('§5.3.2.2: what stands beside the request_uri counts nothing; it is short-lived and good for one code', async () => {
  const pushed = await push()
  assert.ok(Number(pushed.json.expires_in) < 600)
  const uri = at(pushed.json, 'request_uri')
  const browser = await signedIn()

  const answer = await answerTo(browser, uri, {
    redirect_uri: 'https://evil.example.com/',
    scope: 'notes:write',
    state: 'x',
  })
  const parameters = returned(answer, REDIRECT)
  assert.equal(parameters.get('state'), 'a state')
  assert.equal(parameters.get('iss'), given.url)
  assert.equal(answer.status, 303)

  assert.equal(
    (
      await browser.open(
        `/oauth/authorize?${new URLSearchParams({ client_id: client.id, request_uri: uri })}`,
      )
    ).status,
    400,
  )
})

test('§5.3.2.1: tokens come to the client with its proof, its verifier and its key, and are bound to that', async () => {
  const code = await codeFor()
  const bare = await post('/oauth/token', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT,
    code_verifier: pkce.verifier,
  })
  assertOAuthError(bare, 400, 'invalid_dpop_proof')
  assertOAuthError(await redeem(code, { code_verifier: 'a'.repeat(43) }), 400, 'invalid_grant')
  assertOAuthError(
    await redeem(code, { redirect_uri: 'https://app.example.com/other' }),
    400,
    'invalid_grant',
  )

  const answer = await redeem(code)
  assert.equal(answer.status, 200, answer.text)
  const token = at(answer.json, 'access_token')
  assert.equal(answer.json.token_type, 'DPoP')
  assert.deepEqual(decodeJwt(token).cnf, { jkt: signer.jkt })
  for (const jwt of [token, at(answer.json, 'id_token')])
    assert.equal(decodeProtectedHeader(jwt).alg, 'ES256')
  assert.equal((await given.send('GET', '/v1/me', { bearer: token })).status, 401)
  const dpop = await signer.prove(`${given.url}/v1/me`, 'GET', { ath: athOf(token) })
  const me = await given.send('GET', '/v1/me', { headers: { authorization: `DPoP ${token}`, dpop } })
  assert.equal(me.status, 200)
})

test('§5.3.2.1: a code that comes a second time gives nothing, and ends what it gave', async () => {
  const code = await codeFor()
  const token = at((await redeem(code)).json, 'access_token')

  assertOAuthError(await redeem(code), 400, 'invalid_grant')

  const dpop = await signer.prove(`${given.url}/v1/me`, 'GET', { ath: athOf(token) })
  const me = await given.send('GET', '/v1/me', { headers: { authorization: `DPoP ${token}`, dpop } })
  assert.equal(me.status, 401)
})

test('§5.3.2.1: refresh tokens do not rotate, and need the client’s proof and a key', async () => {
  const token = at((await redeem(await codeFor())).json, 'refresh_token')
  const form = { grant_type: 'refresh_token', refresh_token: token }

  assertOAuthError(await given.post('/oauth/token', { ...form, client_id: client.id }), 401, 'invalid_client')
  assertOAuthError(await post('/oauth/token', form), 400, 'invalid_dpop_proof')
  for (let index = 0; index < 2; index += 1) {
    const next = await post('/oauth/token', form, await (await givenSigner()).prove(TOKEN))
    assert.equal(next.json.refresh_token, token, next.text)
  }
})

test('§5.3.2.1: no other way in: not by the password of somebody, nor without a browser', async () => {
  for (const grant_type of ['password', 'implicit', 'urn:ietf:params:oauth:grant-type:jwt-bearer']) {
    const answer = await post(
      '/oauth/token',
      { grant_type, username: 'x', password: 'y' },
      await signer.prove(TOKEN),
    )
    assertOAuthError(answer, 400, 'unsupported_grant_type')
  }
})

test('openid-client does all of it: PAR, private_key_jwt for the issuer, proofs, refresh', async () => {
  const execute = [openid.allowInsecureRequests]
  const auth = openid.PrivateKeyJwt({ key: privateKey, kid: 'one' })
  const config = await openid.discovery(new URL(given.url), client.id, {}, auth, { execute })
  const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'))
  const verifier = openid.randomPKCECodeVerifier()
  const start = await openid.buildAuthorizationUrlWithPAR(
    config,
    {
      redirect_uri: REDIRECT,
      scope: 'openid offline_access notes:read',
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: 'x',
    },
    { DPoP },
  )
  const browser = await signedIn()
  const answer = await answerTo(browser, start.searchParams.get('request_uri') ?? '')
  const url = new URL(answer.headers.get('location') ?? assert.fail(answer.text))

  const checks = { pkceCodeVerifier: verifier, expectedState: 'x', idTokenExpected: true }
  const tokens = await openid.authorizationCodeGrant(config, url, checks, undefined, { DPoP })
  const next = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP })
  const info = await openid.fetchUserInfo(config, next.access_token, person.id, { DPoP })

  assert.equal(info.sub, person.id)
  assert.equal(next.refresh_token, tokens.refresh_token)
})

test('§5.3.2.1: a code lives a minute at most', async () => {
  const code = await codeFor()
  advanceSeconds(61)

  assertOAuthError(await redeem(code), 400, 'invalid_grant')
})
