/**
 * ID tokens by the algorithm that a client asked for (OIDC Core §2, §10.1; OIDC Registration §2), and that this opens no
 * other way in: what a key was made for is all that it is good for.
 */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { test } from 'node:test'
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeProtectedHeader,
  type JSONWebKeySet,
  jwtVerify,
} from 'jose'
import { givenFlow } from './code-flow.ts'
import { type Answer, advanceSeconds, at, type RegisteredClient } from './given.ts'

const flow = await givenFlow()
const { given, person, register, signedIn, codeFor, redeem, statusOf, toPath } = flow
const HOUR = 3600
const browser = await signedIn()

const readJwks = async (): Promise<JSONWebKeySet> =>
  JSON.parse((await given.send('GET', '/.well-known/jwks.json')).text)

const tokensFor = async (client: RegisteredClient, by = browser): Promise<Answer> => {
  const answer = await redeem(await codeFor(by, { client_id: client.id }), { client_id: client.id })
  assert.equal(answer.status, 200, answer.text)
  return answer
}

const rotate = (): Promise<Answer> =>
  given.send('POST', '/v1/signing-keys/rotate', { key: given.adminKey, body: {} })

const keysOf = async (state: string, algorithm: string): Promise<readonly string[]> => {
  const { json } = await given.send('GET', '/v1/signing-keys', { key: given.adminKey })
  const items = Object(json).items as { id: string; state: string; algorithm: string }[]
  return items.filter((key) => key.state === state && key.algorithm === algorithm).map(({ id }) => id)
}

test('§2: before a client has asked for it there is no key of another algorithm', async () => {
  assert.deepEqual(
    (await readJwks()).keys.map(({ alg }) => alg),
    ['ES256'],
  )
})

test('Registration §2: an algorithm of a shared key, none, or an unknown one is refused', async () => {
  for (const alg of ['HS256', 'none', 'RS1', 'rs256', 'ES384', '']) {
    const answer = await given.send('POST', '/v1/clients', {
      key: given.adminKey,
      body: {
        id: 'refused',
        name: 'A client',
        token_endpoint_auth_method: 'none',
        grant_types: [],
        scopes: [],
        id_token_signed_response_alg: alg,
      },
    })
    assert.equal(answer.status, 422, alg)
  }
})

for (const algorithm of ['RS256', 'PS256', 'EdDSA', 'ES256'] as const) {
  test(`§2: a client that asks for ${algorithm} gets its ID tokens by a published key of it, from the first on`, async () => {
    const client = await register({ id_token_signed_response_alg: algorithm })

    const { json } = await tokensFor(client)

    const options = { issuer: given.url, audience: client.id, algorithms: [algorithm], typ: 'JWT' }
    const keys = createLocalJWKSet(await readJwks())
    const { payload } = await jwtVerify(String(json.id_token), keys, options)
    assert.equal(payload.sub, person.id)
    assert.equal(decodeProtectedHeader(String(json.access_token)).alg, 'ES256')
  })
}

test('§3.1.3.6: the at_hash goes with the algorithm of the ID token', async () => {
  for (const [algorithm, hash] of [
    ['RS256', 'sha256'],
    ['EdDSA', 'sha512'],
  ] as const) {
    const { json } = await tokensFor(await register({ id_token_signed_response_alg: algorithm }))
    const payload = JSON.parse(Buffer.from(String(json.id_token).split('.')[1] ?? '', 'base64url').toString())
    const whole = createHash(hash).update(String(json.access_token)).digest()
    assert.equal(payload.at_hash, whole.subarray(0, whole.length / 2).toString('base64url'))
  }
})

test('§10.1: a client that changes its algorithm gets the other one at once, and others go on as they were', async () => {
  const [one, other] = [await register(), await register()]
  const answer = await given.send('PATCH', `/v1/clients/${one.id}`, {
    key: given.adminKey,
    body: { id_token_signed_response_alg: 'RS256' },
  })
  assert.equal(at(answer.json, 'client', 'id_token_signed_response_alg'), 'RS256')

  const algorithmOf = async (client: RegisteredClient): Promise<unknown> =>
    decodeProtectedHeader(String((await tokensFor(client)).json.id_token)).alg

  assert.equal(await algorithmOf(one), 'RS256')
  assert.equal(await algorithmOf(other), 'ES256')
})

test('RFC 8725 §3.1: one key for each algorithm, which says what it is for', async () => {
  const { keys } = await readJwks()
  assert.equal(new Set(keys.map(({ kid }) => kid)).size, keys.length)
  assert.equal(new Set(keys.map(({ n, x }) => n ?? x)).size, keys.length)
  for (const key of keys) {
    assert.equal(Reflect.get(key, 'countersign_purpose'), key.alg === 'ES256' ? undefined : 'id_token')
    for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.ok(!(name in key), name)
  }
})

test('RFC 8725 §3.11, RFC 9068 §4: an ID token by RS256 is no access token, under no other type or algorithm either', async () => {
  const { json } = await tokensFor(await register({ id_token_signed_response_alg: 'RS256' }))
  const [, payload = '', signature = ''] = String(json.id_token).split('.')
  const { kid } = decodeProtectedHeader(String(json.id_token))
  const jwk = (await readJwks()).keys.find((key) => key.kid === kid) ?? assert.fail('It is published.')
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

  assert.equal(await statusOf(String(json.id_token)), 401)
  for (const alg of ['RS256', 'PS256', 'ES256']) {
    assert.equal(await statusOf(`${encode({ alg, typ: 'at+jwt', kid })}.${payload}.${signature}`), 401)
  }
  const access = String(json.access_token).split('.')[1] ?? ''
  const header = encode({ alg: 'HS256', typ: 'at+jwt', kid })
  for (const secret of [JSON.stringify(jwk), String(jwk.n), Buffer.from(String(jwk.n), 'base64url')]) {
    const mac = createHmac('sha256', secret).update(`${header}.${access}`).digest('base64url')
    assert.equal(await statusOf(`${header}.${access}.${mac}`), 401)
  }
})

test('§3.1.2.1: an ID token by RS256 serves as a hint, and one under another of our keys does not', async () => {
  const { json } = await tokensFor(await register({ id_token_signed_response_alg: 'RS256' }))
  const idToken = String(json.id_token)
  const [main] = await keysOf('current', 'ES256')
  const [, payload = '', signature = ''] = idToken.split('.')
  const header = Buffer.from(JSON.stringify({ alg: 'RS256', typ: 'JWT', kid: main })).toString('base64url')
  const asked = (hint: string) => browser.open(toPath({ id_token_hint: hint, prompt: 'none' }))

  assert.match((await asked(`${header}.${payload}.${signature}`)).headers.get('location') ?? '', /error=/)
  const answer = await flow.allow(browser, toPath({ id_token_hint: idToken }))
  assert.match(answer.headers.get('location') ?? '', /[?&]code=/)
})

test('§10.1.1: all lines of keys rotate together; an old key verifies until what it signed has ended', async () => {
  const client = await register({ id_token_signed_response_alg: 'RS256' })
  const before = String((await tokensFor(client)).json.id_token)
  const [first] = await keysOf('current', 'RS256')

  await rotate()
  const [next] = await keysOf('next', 'RS256')
  assert.ok(
    (await readJwks()).keys.some(({ kid }) => kid === next),
    'It is published before it signs.',
  )
  assert.equal(decodeProtectedHeader(String((await tokensFor(client)).json.id_token)).kid, first)
  advanceSeconds(HOUR)
  await rotate()

  assert.deepEqual(await keysOf('current', 'RS256'), [next])
  assert.deepEqual(await keysOf('previous', 'RS256'), [first])
  const later = await tokensFor(client, await signedIn())
  assert.equal(decodeProtectedHeader(String(later.json.id_token)).kid, next)
  const keys = createLocalJWKSet(await readJwks())
  await jwtVerify(before, keys, { currentDate: new Date(Date.now() - HOUR * 1000) })
})

test('§10.1.1: a removed key leaves the set at once, and another signs', async () => {
  const client = await register({ id_token_signed_response_alg: 'PS256' })
  const [compromised = ''] = await keysOf('current', 'PS256')
  const main = await keysOf('current', 'ES256')

  const answer = await given.send('DELETE', `/v1/signing-keys/${compromised}`, { key: given.adminKey })

  assert.equal(answer.status, 200, answer.text)
  assert.ok(!(await readJwks()).keys.some(({ kid }) => kid === compromised))
  const fresh = String((await tokensFor(client, await signedIn())).json.id_token)
  await jwtVerify(fresh, createRemoteJWKSet(new URL(`${given.url}/.well-known/jwks.json`)), {
    algorithms: ['PS256'],
    currentDate: new Date(),
  })
  assert.deepEqual(await keysOf('current', 'ES256'), main)
})
