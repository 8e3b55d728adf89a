/** Proofs of possession (RFC 9449) at the endpoints that give tokens, and where the authority is the resource itself. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt, exportJWK, generateKeyPair } from 'jose'
import { givenFlow, type Parameters } from './code-flow.ts'
import {
  type Answer,
  API_KEY_TYPE,
  advanceSeconds,
  assertOAuthError,
  at,
  basicHeader,
  EXCHANGE,
  givenProgram,
  givenSpeaker,
} from './given.ts'
import { athOf, givenSigner } from './proof-signer.ts'

const { given, app, pkce, register, signedIn, codeFor, redeem } = await givenFlow()
const TOKEN = `${given.url}/oauth/token`
const ME = `${given.url}/v1/me`

const signer = await givenSigner()
const dpop = async (): Promise<{ dpop: string }> => ({ dpop: await signer.prove(TOKEN) })

/** A request for what an access token opens, with a proof that is made for it and has `more` in it. */
async function use(token: string, path = '/v1/me', more: object = {}, by = signer): Promise<Answer> {
  const proof = await by.prove(`${given.url}${path}`, 'GET', { ath: athOf(token), ...more })
  return given.send('GET', path, { headers: { authorization: `DPoP ${token}`, dpop: proof } })
}

const refresh = (refresh_token: string, headers: object = {}, more: Parameters = {}): Promise<Answer> =>
  given.post(
    '/oauth/token',
    { grant_type: 'refresh_token', refresh_token, client_id: app.id, ...more } as Record<string, string>,
    { headers: { ...headers } },
  )

test('§5.1: the metadata names the algorithms of proofs', async () => {
  const { json } = await given.send('GET', '/.well-known/oauth-authorization-server')

  assert.deepEqual(json.dpop_signing_alg_values_supported, ['ES256', 'EdDSA', 'Ed25519'])
})

const stale = Math.floor(Date.now() / 1000) - 90
const bad: readonly [string, () => Promise<string>][] = [
  ['text that is no JWT', async () => 'proof'],
  ['two proofs', async () => `${await signer.prove(TOKEN)}, ${await signer.prove(TOKEN)}`],
  ['another address', () => signer.prove(`${given.url}/oauth/par`)],
  ['the address of another server', () => signer.prove('https://auth.evil.example/oauth/token')],
  ['another method', () => signer.prove(TOKEN, 'GET')],
  ['an old one', () => signer.prove(TOKEN, 'POST', { iat: stale })],
  ['one from the future', () => signer.prove(TOKEN, 'POST', { iat: stale + 200 })],
  ['no jti', () => signer.prove(TOKEN, 'POST', { jti: undefined })],
  ['another type', () => signer.prove(TOKEN, 'POST', {}, { typ: 'JWT' })],
  ['another’s key in the header', async () => signer.prove(TOKEN, 'POST', {}, { jwk: await strangeJwk() })],
]
const strangeJwk = async () => exportJWK((await generateKeyPair('ES256')).publicKey)

for (const [what, make] of bad) {
  test(`§4.3, §5: ${what} is no proof at the token endpoint, and uses no code up`, async () => {
    const browser = await signedIn()
    const code = await codeFor(browser)

    assertOAuthError(await redeem(code, {}, { dpop: await make() }), 400, 'invalid_dpop_proof')
    assert.equal((await redeem(code, {}, await dpop())).status, 200)
  })
}

test('§5: a code gives a bound token; of a public client the refresh token is bound as well', async () => {
  const given = await redeem(await codeFor(await signedIn()), {}, await dpop())
  assert.equal(given.status, 200, given.text)
  assert.equal(given.json.token_type, 'DPoP')
  assert.deepEqual(decodeJwt(at(given.json, 'access_token')).cnf, { jkt: signer.jkt })
  const token = at(given.json, 'refresh_token')
  const stranger = await givenSigner()

  assertOAuthError(await refresh(token), 400, 'invalid_dpop_proof')
  assertOAuthError(await refresh(token, { dpop: await stranger.prove(TOKEN) }), 400, 'invalid_dpop_proof')
  const next = await refresh(token, await dpop())
  assert.equal(next.status, 200, next.text)
  assert.equal(next.json.token_type, 'DPoP')
  assert.notEqual(at(next.json, 'refresh_token'), token, 'and it rotates')
})

test('§5: without a proof a client that may gets a bearer token', async () => {
  const answer = await redeem(await codeFor(await signedIn()))

  assert.equal(answer.json.token_type, 'Bearer')
  assert.equal(decodeJwt(at(answer.json, 'access_token')).cnf, undefined)
})

test('§5, FAPI 2.0 §5.3.2.1: a confidential client changes its key, and its refresh token stays the same', async () => {
  const client = await register({
    token_endpoint_auth_method: 'client_secret_basic',
    dpop_bound_access_tokens: true,
  })
  const basic = basicHeader(client.id, client.secret)
  const code = await codeFor(await signedIn(), { client_id: client.id })
  const named = { client_id: client.id }
  assertOAuthError(await redeem(code, named, basic), 400, 'invalid_dpop_proof')
  const first = await redeem(code, named, { ...basic, ...(await dpop()) })
  const token = at(first.json, 'refresh_token')
  const other = await givenSigner()

  assertOAuthError(await refresh(token, basic, named), 400, 'invalid_dpop_proof')
  for (let index = 0; index < 3; index += 1) {
    const next = await refresh(token, { ...basic, dpop: await other.prove(TOKEN) }, named)
    assert.equal(next.status, 200, next.text)
    assert.equal(at(next.json, 'refresh_token'), token)
    assert.deepEqual(decodeJwt(at(next.json, 'access_token')).cnf, { jkt: other.jkt })
  }
  const revoke = { token, client_id: client.id }
  assert.equal((await given.post('/oauth/revoke', revoke, { headers: basic })).status, 200)
  const ended = await refresh(token, { ...basic, dpop: await other.prove(TOKEN) }, named)
  assertOAuthError(ended, 400, 'invalid_grant')
})

test('§5.2: a client that is registered for bound tokens is given no others', async () => {
  const speaker = await givenSpeaker(given, ['notes:read'], { dpop_bound_access_tokens: true })
  const ask = (headers: object) =>
    given.post('/oauth/token', { grant_type: 'client_credentials' }, { headers: { ...headers } })
  const basic = basicHeader(speaker.id, speaker.secret)

  assertOAuthError(await ask(basic), 400, 'invalid_dpop_proof')
  const answer = await ask({ ...basic, ...(await dpop()) })
  assert.equal(answer.json.token_type, 'DPoP')
  assert.equal((await use(at(answer.json, 'access_token'))).status, 200)
})

test('§5: an API key is exchanged for a bound token', async () => {
  const { key } = await givenProgram(given, ['notes:read'])
  const form = { grant_type: EXCHANGE, subject_token: key, subject_token_type: API_KEY_TYPE }

  const answer = await given.post('/oauth/token', form, { headers: await dpop() })

  assert.equal(answer.json.token_type, 'DPoP')
  assert.equal((await use(at(answer.json, 'access_token'))).status, 200)
})

const boundToken = async (): Promise<string> =>
  at((await redeem(await codeFor(await signedIn()), {}, await dpop())).json, 'access_token')

test('§6.2: introspection tells the key and the type', async () => {
  const { key } = await givenProgram(given, ['credentials:verify'])

  const { json } = await given.post('/oauth/introspect', { token: await boundToken() }, { key })

  assert.deepEqual([json.active, json.token_type, json.cnf], [true, 'DPoP', { jkt: signer.jkt }])
})

test('§7.1, §7.2: the authority’s own endpoints take it with a proof, and never as a bearer token', async () => {
  const token = await boundToken()

  assert.equal((await use(token)).status, 200)
  for (const path of ['/v1/me', '/oauth/userinfo']) {
    const borne = await given.send('GET', path, { bearer: token })
    assert.deepEqual([borne.status, borne.json.code], [401, 'invalid_credential'], path)
    const naked = await given.send('GET', path, { headers: { authorization: `DPoP ${token}` } })
    assert.deepEqual([naked.status, naked.json.code], [401, 'invalid_dpop_proof'], path)
    assert.match(
      naked.headers.get('www-authenticate') ?? '',
      /^DPoP .*error="invalid_dpop_proof", algs="ES256/,
    )
    for (const more of [
      { ath: undefined },
      { ath: athOf('x') },
      { htm: 'POST' },
      { htu: TOKEN },
      { iat: stale },
    ]) {
      assert.equal((await use(token, path, more)).json.code, 'invalid_dpop_proof', JSON.stringify(more))
    }
    assert.equal((await use(token, path, {}, await givenSigner())).json.code, 'invalid_dpop_proof')
    assert.equal((await use(token, path)).status, 200, path)
  }
})

test('§7.1: an unbound token is none of this scheme', async () => {
  const answer = await redeem(await codeFor(await signedIn()))

  assert.equal((await use(at(answer.json, 'access_token'))).json.code, 'invalid_credential')
})

test('§10: a code is worth nothing without the key that the request has named', async () => {
  const code = await codeFor(await signedIn(), { dpop_jkt: signer.jkt })
  const stranger = await givenSigner()

  assertOAuthError(await redeem(code), 400, 'invalid_grant')
  assertOAuthError(await redeem(code, {}, { dpop: await stranger.prove(TOKEN) }), 400, 'invalid_grant')
  assert.equal((await redeem(code, {}, await dpop())).status, 200)
})

test('§10.1: a pushed request names the key by its proof; a key that it does not prove is refused', async () => {
  const form = {
    response_type: 'code',
    client_id: app.id,
    redirect_uri: 'https://app.example.com/callback',
    scope: 'openid',
    code_challenge: pkce.challenge,
    code_challenge_method: 'S256',
  }
  const push = async (more: object, url = `${given.url}/oauth/par`) =>
    given.post('/oauth/par', { ...form, ...more }, { headers: { dpop: await signer.prove(url) } })
  const other = await givenSigner()

  assertOAuthError(await push({}, TOKEN), 400, 'invalid_dpop_proof')
  assertOAuthError(await push({ dpop_jkt: other.jkt }), 400, 'invalid_dpop_proof')
  const pushed = await push({})
  assert.equal(pushed.status, 201, pushed.text)

  const browser = await signedIn()
  const path = `/oauth/authorize?${new URLSearchParams({ client_id: app.id, request_uri: at(pushed.json, 'request_uri') })}`
  const page = await browser.open(path)
  const done = /id="consent-allow"/.test(page.text) ? await browser.submit(page, { decision: 'allow' }) : page
  const code = new URL(done.headers.get('location') ?? assert.fail(done.text)).searchParams.get('code') ?? ''
  assertOAuthError(await redeem(code), 400, 'invalid_grant')
  assert.equal((await redeem(code, {}, await dpop())).status, 200)
})

test('§10: a dpop_jkt that is no thumbprint is refused', async () => {
  const browser = await signedIn()
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: app.id,
    redirect_uri: 'https://app.example.com/callback',
    code_challenge: pkce.challenge,
    code_challenge_method: 'S256',
    dpop_jkt: 'short',
  })

  const answer = await browser.open(`/oauth/authorize?${query}`)

  assert.match(answer.headers.get('location') ?? '', /error=invalid_request/)
})

test('§11.1: a proof works once: at the token endpoint, and where it opens something, of many at once', async () => {
  const { key } = await givenProgram(given, ['notes:read'])
  const form = { grant_type: EXCHANGE, subject_token: key, subject_token_type: API_KEY_TYPE }
  const headers = await dpop()
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => given.post('/oauth/token', form, { headers })),
  )
  const token = at(answers.find(({ status }) => status === 200)?.json, 'access_token')
  const proof = await signer.prove(ME, 'GET', { ath: athOf(token) })
  const uses = await Promise.all(
    Array.from({ length: 10 }, () =>
      given.send('GET', '/v1/me', { headers: { authorization: `DPoP ${token}`, dpop: proof } }),
    ),
  )

  for (const all of [answers, uses]) assert.equal(all.filter(({ status }) => status === 200).length, 1)
  for (const { status, json } of answers) if (status !== 200) assert.equal(json.error, 'invalid_dpop_proof')
  for (const { status, json } of uses) if (status !== 200) assert.equal(json.code, 'invalid_dpop_proof')
})

test('§11.1: when its time is over a proof is refused by its age, so that nothing has to be remembered longer', async () => {
  const token = await boundToken()
  const proof = await signer.prove(ME, 'GET', { ath: athOf(token) })
  advanceSeconds(62)

  const late = await given.send('GET', '/v1/me', { headers: { authorization: `DPoP ${token}`, dpop: proof } })

  assert.equal(late.json.code, 'invalid_dpop_proof')
})
