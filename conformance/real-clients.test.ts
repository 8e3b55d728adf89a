/** Clients that other people wrote, against this server: openid-client and oauth4webapi. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { Browser } from './browser.ts'
import { givenClient, givenPerson, givenServer, givenSpeaker } from './given.ts'

const given = await givenServer()
const issuer = new URL(given.url)
const REDIRECT = 'https://app.example.com/callback'
const person = await givenPerson(given, ['notes:read'])
/** The server of a test has no certificate. */
const insecure = { [oauth.allowInsecureRequests]: true } as const
const execute = [openid.allowInsecureRequests]

const codes = {
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: [REDIRECT],
  scopes: ['openid', 'email', 'offline_access', 'notes:read'],
}

/** What the person does in the browser, and the URL that they end up at. */
async function visit(start: URL): Promise<URL> {
  const browser = new Browser(given)
  const login = await browser.open(`${start.pathname}${start.search}`)
  const consent = await browser.signIn(login, person.email)
  const answer = await browser.submit(consent, { decision: 'allow' })
  return new URL(answer.headers.get('location') ?? assert.fail(answer.text))
}

async function throughOpenidClient(config: openid.Configuration): Promise<openid.UserInfoResponse> {
  const verifier = openid.randomPKCECodeVerifier()
  const [state, nonce] = [openid.randomState(), openid.randomNonce()]
  const start = openid.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT,
    scope: 'openid email offline_access notes:read',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    max_age: '600',
  })
  const tokens = await openid.authorizationCodeGrant(config, await visit(start), {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    maxAge: 600,
    idTokenExpected: true,
  })
  assert.equal(tokens.claims()?.sub, person.id)
  const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
  const info = await openid.fetchUserInfo(config, refreshed.access_token, person.id)
  await openid.tokenRevocation(config, refreshed.refresh_token ?? '')
  await assert.rejects(openid.refreshTokenGrant(config, refreshed.refresh_token ?? ''), {
    error: 'invalid_grant',
  })
  await assert.rejects(openid.fetchUserInfo(config, refreshed.access_token, person.id))
  return info
}

for (const [method, toAuth] of [
  ['none', () => openid.None()],
  ['client_secret_basic', (secret: string) => openid.ClientSecretBasic(secret)],
  ['client_secret_post', (secret: string) => openid.ClientSecretPost(secret)],
] as const) {
  test(`openid-client, ${method}: sign in, refresh, UserInfo, revoke`, async () => {
    const { id, secret } = await givenClient(given, { ...codes, token_endpoint_auth_method: method })
    const config = await openid.discovery(issuer, id, {}, toAuth(secret), { execute })

    assert.deepEqual(await throughOpenidClient(config), {
      sub: person.id,
      email: person.email,
      email_verified: false,
    })
  })
}

async function makeKey(): Promise<{ key: CryptoKey; jwk: object }> {
  const { privateKey, publicKey } = await openid.randomDPoPKeyPair('ES256', { extractable: true })
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey)
  return { key: privateKey, jwk: { kty, crv, x, y, alg: 'ES256', kid: 'one' } }
}

test('openid-client, private_key_jwt: sign in, refresh, UserInfo, revoke', async () => {
  const { key, jwk } = await makeKey()
  const { id } = await givenClient(given, {
    ...codes,
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [jwk] },
  })
  const config = await openid.discovery(issuer, id, {}, openid.PrivateKeyJwt({ key, kid: 'one' }), {
    execute,
  })

  assert.equal((await throughOpenidClient(config)).sub, person.id)
})

test('openid-client: client_credentials, with a resource and less scope', async () => {
  const { id, secret, account } = await givenSpeaker(given, ['notes:read', 'notes:write'])
  const config = await openid.discovery(issuer, id, {}, openid.ClientSecretBasic(secret), { execute })

  const tokens = await openid.clientCredentialsGrant(config, { scope: 'notes:read' })

  assert.equal(tokens.scope, 'notes:read')
  const me = await given.send('GET', '/v1/me', { bearer: tokens.access_token })
  assert.ok(me.text.includes(account))
  await assert.rejects(openid.clientCredentialsGrant(config, { scope: 'accounts:write' }), {
    error: 'invalid_scope',
  })
})

test('oauth4webapi: discovery of RFC 8414, a code with RFC 9207, and a refusal that it understands', async () => {
  const { id } = await givenClient(given, { ...codes, token_endpoint_auth_method: 'none' })
  const found = await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oauth2' })
  const server = await oauth.processDiscoveryResponse(issuer, found)
  const client: oauth.Client = { client_id: id }
  const verifier = oauth.generateRandomCodeVerifier()
  const start = new URL(server.authorization_endpoint ?? '')
  start.search = new URLSearchParams({
    client_id: id,
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope: 'notes:read',
    state: 'x',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString()

  const parameters = oauth.validateAuthResponse(server, client, await visit(start), 'x')
  const redeem = (): Promise<Response> =>
    oauth.authorizationCodeGrantRequest(
      server,
      client,
      oauth.None(),
      parameters,
      REDIRECT,
      verifier,
      insecure,
    )
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, await redeem())

  assert.equal(tokens.scope, 'notes:read')
  const again = oauth.processAuthorizationCodeResponse(server, client, await redeem())
  await assert.rejects(again, { error: 'invalid_grant' })
  const forged = new URL(`${REDIRECT}?code=x&state=x&iss=${encodeURIComponent('https://other.example.com')}`)
  assert.throws(() => oauth.validateAuthResponse(server, client, forged, 'x'))
})
