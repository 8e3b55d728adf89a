/** Nonces of the authority in proofs (RFC 9449 §8, §9, §11.3), also as openid-client and oauth4webapi follow them. */
import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { ASSERTION_TYPE, toClaims } from './assertions.ts'
import { Browser } from './browser.ts'
import {
  type Answer,
  advanceSeconds,
  assertOAuthError,
  at,
  basicHeader,
  givenClient,
  givenPerson,
  givenServer,
  givenSpeaker,
  type RegisteredClient,
} from './given.ts'

const given = await givenServer({ COUNTERSIGN_DPOP_NONCES: 'required' })
const { publicKey, privateKey } = await generateKeyPair('ES256')
const jwk = await exportJWK(publicKey)
const prove = (htm: string, path: string, more: object = {}): Promise<string> =>
  new SignJWT({
    jti: randomUUID(),
    iat: Math.floor(Date.now() / 1000),
    htm,
    htu: `${given.url}${path}`,
    ...more,
  })
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
    .sign(privateKey)

const speaker = await givenSpeaker(given, ['notes:read'])
const ask = async (nonce?: string): Promise<Answer> =>
  given.post(
    '/oauth/token',
    { grant_type: 'client_credentials' },
    {
      headers: {
        ...basicHeader(speaker.id, speaker.secret),
        dpop: await prove('POST', '/oauth/token', { nonce }),
      },
    },
  )
const nonceOf = ({ headers }: Answer): string =>
  headers.get('dpop-nonce') ?? assert.fail('There is no nonce.')

test('§8: the first proof is answered with a nonce, and the one that carries it is good', async () => {
  const first = await ask()
  assertOAuthError(first, 400, 'use_dpop_nonce')

  assert.equal((await ask(nonceOf(first))).status, 200)
})

test('§11.3: a nonce that was guessed, altered or is too old is none', async () => {
  const nonce = nonceOf(await ask())

  for (const bad of [
    'guessed',
    '',
    `${nonce}AAAA`,
    nonce.slice(0, -4),
    nonce.replace(/(.{20})$/, (end) => [...end].reverse().join('')),
  ])
    assertOAuthError(await ask(bad), 400, 'use_dpop_nonce')
  advanceSeconds(301)
  const late = await ask(nonce)
  assertOAuthError(late, 400, 'use_dpop_nonce')
  assert.equal((await ask(nonceOf(late))).status, 200)
})

test('§9: the authority’s own endpoints ask for them as well', async () => {
  const token = at((await ask(nonceOf(await ask()))).json, 'access_token')
  const ath = createHash('sha256').update(token).digest('base64url')
  const use = async (nonce?: string): Promise<Answer> =>
    given.send('GET', '/v1/me', {
      headers: { authorization: `DPoP ${token}`, dpop: await prove('GET', '/v1/me', { ath, nonce }) },
    })

  const first = await use()
  assert.deepEqual([first.status, first.json.code], [401, 'use_dpop_nonce'])
  assert.match(first.headers.get('www-authenticate') ?? '', /^DPoP .*error="use_dpop_nonce"/)
  assert.equal((await use(nonceOf(first))).status, 200)
})

const REDIRECT = 'https://app.example.com/callback'

const signing = {
  token_endpoint_auth_method: 'private_key_jwt',
  jwks: { keys: [{ ...jwk, alg: 'ES256', kid: 'one' }] },
}

test('§8: an assertion is good for the second try, with the nonce, and for no third', async () => {
  const program = await givenSpeaker(given, ['notes:read'], signing)
  const app = await givenClient(given, {
    ...signing,
    grant_types: ['authorization_code'],
    redirect_uris: [REDIRECT],
    scopes: ['openid'],
  })
  const request = {
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: 'openid',
    code_challenge: createHash('sha256').update('a verifier').digest('base64url'),
    code_challenge_method: 'S256',
  }
  const asked: { client: RegisteredClient; path: string; form: Record<string, string>; status: number }[] = [
    { client: program, path: '/oauth/token', form: { grant_type: 'client_credentials' }, status: 200 },
    { client: app, path: '/oauth/par', form: request, status: 201 },
  ]

  for (const { client, path, form, status } of asked) {
    const assertion = await toAssertion(client)
    const send = async (nonce?: string): Promise<Answer> =>
      given.post(path, { ...form, ...assertion }, { headers: { dpop: await prove('POST', path, { nonce }) } })

    const first = await send()
    assertOAuthError(first, 400, 'use_dpop_nonce')
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(nonceOf(first))))

    const refused = answers.filter((answer) => answer.status !== status)
    assert.equal(refused.length, answers.length - 1)
    for (const answer of refused) assertOAuthError(answer, 401, 'invalid_client')
  }
})

test('§8: a proof that lacks more than its nonce is told of none, also beside an assertion', async () => {
  const program = await givenSpeaker(given, ['notes:read'], signing)
  const form = { grant_type: 'client_credentials', ...(await toAssertion(program)) }

  const answer = await given.post('/oauth/token', form, {
    headers: { dpop: await prove('GET', '/oauth/token') },
  })

  assertOAuthError(answer, 400, 'invalid_dpop_proof')
})

async function toAssertion(client: RegisteredClient): Promise<Record<string, string>> {
  const client_assertion = await new SignJWT({ ...toClaims(client, given.url) })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .sign(privateKey)
  return { client_assertion, client_assertion_type: ASSERTION_TYPE }
}

const person = await givenPerson(given, ['notes:read'])
const settings = {
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: [REDIRECT],
  scopes: ['openid', 'email', 'offline_access', 'notes:read'],
  dpop_bound_access_tokens: true,
}

async function visit(start: URL): Promise<URL> {
  const browser = new Browser(given)
  const login = await browser.open(`${start.pathname}${start.search}`)
  const consent = await browser.signIn(login, person.email)
  const answer = await browser.submit(consent, { decision: 'allow' })
  return new URL(answer.headers.get('location') ?? assert.fail(answer.text))
}

test('openid-client signs in, refreshes and reads UserInfo with proofs and nonces', async () => {
  const { id } = await givenClient(given, settings)
  const execute = [openid.allowInsecureRequests]
  const config = await openid.discovery(new URL(given.url), id, {}, openid.None(), { execute })
  const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair())
  const verifier = openid.randomPKCECodeVerifier()
  const start = await openid.buildAuthorizationUrlWithPAR(
    config,
    {
      redirect_uri: REDIRECT,
      scope: 'openid email offline_access notes:read',
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: 'x',
    },
    { DPoP },
  )

  const checks = { pkceCodeVerifier: verifier, expectedState: 'x', idTokenExpected: true }
  const tokens = await openid.authorizationCodeGrant(config, await visit(start), checks, undefined, { DPoP })
  assert.equal(tokens.token_type, 'dpop')
  const next = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP })
  const info = await openid.fetchUserInfo(config, next.access_token, person.id, { DPoP })

  assert.equal(info.email, person.email)
  await assert.rejects(openid.fetchUserInfo(config, next.access_token, person.id))
})

test('oauth4webapi is asked for a nonce, and is given its token at the second try', async () => {
  const insecure = { [oauth.allowInsecureRequests]: true } as const
  const found = await oauth.discoveryRequest(new URL(given.url), { ...insecure, algorithm: 'oauth2' })
  const server = await oauth.processDiscoveryResponse(new URL(given.url), found)
  const client: oauth.Client = { client_id: speaker.id }
  const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
  const request = async (): Promise<oauth.TokenEndpointResponse> => {
    const auth = oauth.ClientSecretBasic(speaker.secret)
    const response = await oauth.clientCredentialsGrantRequest(
      server,
      client,
      auth,
      {},
      { ...insecure, DPoP },
    )
    return oauth.processClientCredentialsResponse(server, client, response)
  }

  await assert.rejects(request(), (error) => oauth.isDPoPNonceError(error))
  const { access_token: token, token_type: type } = await request()

  assert.equal(type, 'dpop')
  const me = () =>
    oauth.protectedResourceRequest(token, 'GET', new URL(`${given.url}/v1/me`), undefined, null, {
      ...insecure,
      DPoP,
    })
  const answer = await me()
  assert.equal(answer.status, 200)
  await answer.text()
})
