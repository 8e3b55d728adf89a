/** ASVS 9.2.2: each kind of token is taken in its own place and in no other, whoever presents it, with everything else right. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import * as oauth from 'oauth4webapi'
import { returned } from './browser.ts'
import { givenFlow, type Parameters, REDIRECT } from './code-flow.ts'
import { type Answer, API_KEY_TYPE, at, EXCHANGE, givenProgram } from './given.ts'
import { athOf } from './proof-signer.ts'

const { given, pkce, register, signedIn, codeFor, redeem } = await givenFlow()
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const TOKEN = `${given.url}/oauth/token`

// One key for all that the client signs, so that only the kind of a token can tell it from another.
const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
const jwk = { ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'one' }
const client = await register({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } })
const now = (): number => Math.floor(Date.now() / 1000)

const sign = (claims: object, header: object = {}): Promise<string> =>
  new SignJWT({ jti: randomUUID(), iat: now(), exp: now() + 60, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'one', ...header })
    .sign(privateKey)
const assertion = (): Promise<string> => sign({ iss: client.id, sub: client.id, aud: given.url })
const request = {
  client_id: client.id,
  response_type: 'code',
  redirect_uri: REDIRECT,
  scope: 'openid notes:read',
  state: 'x',
  code_challenge: pkce.challenge,
  code_challenge_method: 'S256',
}
const proof = (htu: string, htm: string, ath?: string): Promise<string> =>
  sign(
    { htu, htm, ...(ath !== undefined && { ath }) },
    { typ: 'dpop+jwt', jwk: { ...jwk, kid: undefined, alg: undefined } },
  )

const withProof = async (form: Parameters): Promise<Answer> => {
  const all = { client_assertion: await assertion(), client_assertion_type: ASSERTION_TYPE, ...form }
  return given.post('/oauth/token', all as Record<string, string>)
}
const browser = await signedIn()
const newCode = (): Promise<string> => codeFor(browser, { client_id: client.id })
const redeemed = async (): Promise<Answer> =>
  redeem(await newCode(), {
    client_id: client.id,
    client_assertion: await assertion(),
    client_assertion_type: ASSERTION_TYPE,
  })
const tokens = await redeemed()
assert.equal(tokens.status, 200, tokens.text)
const { key } = await givenProgram(given, ['notes:read'])

/** Each kind, fresh where it works once. */
const kinds: Readonly<Record<string, () => Promise<string>>> = {
  'access token': async () => at(tokens.json, 'access_token'),
  'ID token': async () => at(tokens.json, 'id_token'),
  'refresh token': async () => at((await redeemed()).json, 'refresh_token'),
  code: newCode,
  assertion,
  'request object': () => sign({ iss: client.id, aud: given.url, ...request }),
  proof: () => proof(TOKEN, 'POST'),
  'API key': async () => key,
  'session token': async () => browser.cookies.get('__Host-countersign_session') ?? '',
}

/** Each place, and whether what is put there was taken. */
const places: Readonly<Record<string, (token: string) => Promise<boolean>>> = {
  'access token': async (bearer) => (await given.send('GET', '/oauth/userinfo', { bearer })).status === 200,
  'ID token': async (id_token_hint) => {
    const query = new URLSearchParams({ ...request, prompt: 'none', id_token_hint })
    return returned(await browser.open(`/oauth/authorize?${query}`), REDIRECT).has('code')
  },
  'refresh token': async (refresh_token) =>
    (await withProof({ grant_type: 'refresh_token', refresh_token })).status === 200,
  code: async (code) => {
    const more = { code, redirect_uri: REDIRECT, code_verifier: pkce.verifier }
    return (await withProof({ grant_type: 'authorization_code', ...more })).status === 200
  },
  assertion: async (client_assertion) => {
    const refresh_token = at((await redeemed()).json, 'refresh_token')
    return (await withProof({ grant_type: 'refresh_token', refresh_token, client_assertion })).status === 200
  },
  'request object': async (object) => {
    const query = new URLSearchParams({ client_id: client.id, request: object })
    const answer = await browser.open(`/oauth/authorize?${query}`)
    return answer.status === 303 && returned(answer, REDIRECT).has('code')
  },
  proof: async (dpop) => {
    const form = { grant_type: EXCHANGE, subject_token: key, subject_token_type: API_KEY_TYPE }
    return (await given.post('/oauth/token', form, { headers: { dpop } })).status === 200
  },
  'API key': async (subject_token) => {
    const form = { grant_type: EXCHANGE, subject_token, subject_token_type: API_KEY_TYPE }
    return (await given.post('/oauth/token', form)).status === 200
  },
  'session token': async (token) => {
    const headers = { cookie: `__Host-countersign_session=${token}` }
    return (await given.send('GET', '/v1/me/sessions', { headers })).status === 200
  },
}

for (const [place, isTaken] of Object.entries(places)) {
  for (const [kind, make] of Object.entries(kinds)) {
    test(`where a ${place} belongs, a ${kind} is ${kind === place ? 'taken' : 'refused'}`, async () => {
      assert.equal(await isTaken(await make()), kind === place)
    })
  }
}

test('a proof that was made for a resource proves nothing where tokens are given, nor the other way round', async () => {
  const token = at(tokens.json, 'access_token')
  const made = await proof(`${given.url}/v1/me`, 'GET', athOf(token))

  assert.equal(await places.proof?.(made), false)
})

test('RFC 9207 §2.4: a client that checks refuses an answer with another issuer, with none, or with two (mix-up)', async () => {
  const insecure = { [oauth.allowInsecureRequests]: true } as const
  const found = await oauth.discoveryRequest(new URL(given.url), { ...insecure, algorithm: 'oauth2' })
  const server = await oauth.processDiscoveryResponse(new URL(given.url), found)
  const answer = await browser.open(`/oauth/authorize?${new URLSearchParams(request)}`)
  const good = new URL(answer.headers.get('location') ?? assert.fail(answer.text))
  const changed = (change: (query: URLSearchParams) => void): URL => {
    const url = new URL(good)
    change(url.searchParams)
    return url
  }

  const check = (url: URL): URLSearchParams =>
    oauth.validateAuthResponse(server, { client_id: client.id }, url, 'x')
  assert.ok(check(good).get('code'))
  assert.throws(() => check(changed((query) => query.set('iss', 'https://evil.example.com'))))
  assert.throws(() => check(changed((query) => query.delete('iss'))))
  assert.throws(() => check(changed((query) => query.append('iss', 'https://evil.example.com'))))
})
