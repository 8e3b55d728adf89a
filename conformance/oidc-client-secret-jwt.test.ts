/** Clients that prove themselves by a JWT under their secret (`client_secret_jwt`: OIDC Core §9, RFC 7523 §3). */
import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { test } from 'node:test'
import { SignJWT } from 'jose'
import * as openid from 'openid-client'
import { ASSERTION_TYPE, encode, now, toClaims as toOwnClaims } from './assertions.ts'
import {
  type Answer,
  advanceSeconds,
  assertOAuthError,
  at,
  givenServer,
  givenSpeaker,
  type RegisteredClient,
} from './given.ts'

const given = await givenServer()
const METHOD = 'client_secret_jwt'

const register = (more: object = {}): Promise<RegisteredClient> =>
  givenSpeaker(given, ['notes:read'], { token_endpoint_auth_method: METHOD, ...more })

const toClaims = (client: RegisteredClient, more: object = {}): object => toOwnClaims(client, given.url, more)

interface Form {
  readonly secret?: string | Buffer
  readonly header?: object
  readonly hash?: string
}

function toAssertion(of: RegisteredClient, more: object = {}, form: Form = {}): string {
  const { secret = of.secret, header = {}, hash = 'sha256' } = form
  const input = `${encode({ alg: 'HS256', ...header })}.${encode(toClaims(of, more))}`
  return `${input}.${createHmac(hash, secret).update(input).digest('base64url')}`
}

const ask = (client_assertion: string, more: Record<string, string> = {}): Promise<Answer> =>
  given.post('/oauth/token', {
    grant_type: 'client_credentials',
    client_assertion,
    client_assertion_type: ASSERTION_TYPE,
    ...more,
  })

const refused = async (assertion: string): Promise<void> =>
  assertOAuthError(await ask(assertion), 401, 'invalid_client')

const rotate = async ({ id }: RegisteredClient, overlap: number): Promise<RegisteredClient> => {
  const answer = await given.send('POST', `/v1/clients/${id}/rotate-secret`, {
    key: given.adminKey,
    body: { overlap_seconds: overlap },
  })
  return { id, secret: at(answer.json, 'client_secret') }
}

const change = ({ id }: RegisteredClient, body: object): Promise<Answer> =>
  given.send('PATCH', `/v1/clients/${id}`, { key: given.adminKey, body })

const client = await register()

const wrongClaims: readonly [string, object][] = [
  ['of another issuer', { iss: 'somebody-else' }],
  ['without an audience', { aud: undefined }],
  ['for another server and us', { aud: ['https://other.example.com', given.url] }],
  ['for the token endpoint, which another server can name as its own', { aud: `${given.url}/oauth/token` }],
  ['without an end', { exp: undefined }],
  ['that has ended', { exp: now() - 60 }],
  ['that is good for a day', { exp: now() + 86_400 }],
  ['from the future', { iat: now() + 300 }],
  ['without an identifier', { jti: undefined }],
]
for (const [what, more] of wrongClaims) {
  test(`§9: an assertion ${what} is refused`, () => refused(toAssertion(client, more)))
}

test('§9: an assertion under a part of the secret, no secret, or another one is refused', async () => {
  const random = client.secret.split('_').at(-1) ?? ''
  for (const secret of [
    '',
    random,
    random.slice(0, -6),
    `${client.secret}\n`,
    Buffer.from(client.secret, 'base64url'),
    (await register()).secret,
  ]) {
    await refused(toAssertion(client, {}, { secret }))
  }
})

test('RFC 8725 §3.1: no algorithm but HS256, and none under the name of another', async () => {
  for (const [alg, hash] of [
    ['HS384', 'sha384'],
    ['HS512', 'sha512'],
    ['none', 'sha256'],
    ['hs256', 'sha256'],
    ['ES256', 'sha256'],
    ['RS256', 'sha256'],
    ['HS256', 'sha512'],
  ] as const) {
    await refused(toAssertion(client, {}, { header: { alg }, hash }))
  }
  const [header, payload] = toAssertion(client).split('.')
  for (const signature of ['', 'AA']) await refused(`${header}.${payload}.${signature}`)
  await refused(toAssertion(client, {}, { header: { typ: 'at+jwt' } }))
  await refused(toAssertion(client, {}, { header: { kid: 'one' } }))
})

test('RFC 8725 §2.1: a signature by a key proves no client with a secret, whoever brings the key', async () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = pair.publicKey.export({ format: 'jwk' })
  const input = `${encode({ alg: 'ES256', jwk })}.${encode(toClaims(client))}`
  const signature = sign('sha256', Buffer.from(input), { key: pair.privateKey, dsaEncoding: 'ieee-p1363' })

  await refused(`${input}.${signature.toString('base64url')}`)
})

test('RFC 8725 §2.1: a client that signs with a key is not proved by HS256, under its public key or anything', async () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...pair.publicKey.export({ format: 'jwk' }), alg: 'ES256', kid: 'one' }
  const signing = await register({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } })

  for (const secret of [
    '',
    JSON.stringify(jwk),
    String(jwk.x),
    Buffer.from(String(jwk.x), 'base64url'),
    pair.publicKey.export({ type: 'spki', format: 'pem' }),
    pair.publicKey.export({ type: 'spki', format: 'der' }),
    client.secret,
  ]) {
    await refused(toAssertion(signing, {}, { secret }))
    await refused(toAssertion(signing, {}, { secret, header: { kid: 'one' } }))
  }
})

test('§9: the secret of one method is good for that one', async () => {
  const [basic, post] = [
    await register({ token_endpoint_auth_method: 'client_secret_basic' }),
    await register({ token_endpoint_auth_method: 'client_secret_post' }),
  ]
  for (const other of [basic, post]) await refused(toAssertion(other))
  const form = { grant_type: 'client_credentials', client_id: client.id }

  assertOAuthError(
    await given.post('/oauth/token', { ...form, client_secret: client.secret }),
    401,
    'invalid_client',
  )
  assertOAuthError(await given.post('/oauth/token', form), 401, 'invalid_client')
  const both = await ask(toAssertion(client), { client_secret: client.secret, client_id: client.id })
  assertOAuthError(both, 400, 'invalid_request')
})

test('FAPI 2.0 §5.3.2.1: with that profile no client is registered with it, nor changed to it', async () => {
  const body = {
    id: 'bank',
    name: 'A bank',
    profile: 'fapi2-security',
    token_endpoint_auth_method: METHOD,
    dpop_bound_access_tokens: true,
    grant_types: [],
    scopes: [],
  }

  const answer = await given.send('POST', '/v1/clients', { key: given.adminKey, body })

  assert.equal(answer.status, 422)
  assert.match(answer.text, /"path":"token_endpoint_auth_method"/)
  assert.equal((await change(client, { profile: 'fapi2-security' })).status, 422)
})

test('§9: an assertion works once, also when it is sent many times at one moment', async () => {
  const assertion = toAssertion(client)

  const answers = await Promise.all(Array.from({ length: 8 }, () => ask(assertion)))

  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
  await refused(assertion)
})

test('§9: what jose and openid-client make is accepted, with the token endpoint as audience by profile', async () => {
  const key = new TextEncoder().encode(client.secret)
  const jose = await new SignJWT({ ...toClaims(client) }).setProtectedHeader({ alg: 'HS256' }).sign(key)
  assert.equal((await ask(jose)).status, 200)
  const config = await openid.discovery(
    new URL(given.url),
    client.id,
    undefined,
    openid.ClientSecretJwt(client.secret),
    { execute: [openid.allowInsecureRequests] },
  )
  assert.ok((await openid.clientCredentialsGrant(config)).access_token)

  const older = await register({ profile: 'oidc-basic' })
  for (const aud of [given.url, `${given.url}/oauth/token`]) {
    assert.equal((await ask(toAssertion(older, { aud }))).status, 200)
  }
})

test('Discovery §3: the method and its algorithm are told', async () => {
  const { json } = await given.send('GET', '/.well-known/openid-configuration')

  assert.ok(Object(json.token_endpoint_auth_methods_supported).includes(METHOD))
  assert.ok(Object(json.token_endpoint_auth_signing_alg_values_supported).includes('HS256'))
  assert.ok(!Object(json.request_object_signing_alg_values_supported).includes('HS256'))
})

test('§10.1: a new secret works at once, the old one until the overlap ends, and afterwards not', async () => {
  const one = await register()
  const two = await rotate(one, 100)
  assert.notEqual(two.secret, one.secret)

  assert.equal((await ask(toAssertion(one))).status, 200)
  assert.equal((await ask(toAssertion(two))).status, 200)
  advanceSeconds(101)

  await refused(toAssertion(one))
  assert.equal((await ask(toAssertion(two))).status, 200)
  const three = await rotate(two, 0)
  await refused(toAssertion(two))
  assert.equal((await ask(toAssertion(three))).status, 200)
})

test('§9: a change to it takes a new secret, and a change away from it keeps the one that there is', async () => {
  const basic = await register({ token_endpoint_auth_method: 'client_secret_basic' })
  assert.equal((await change(basic, { token_endpoint_auth_method: METHOD })).status, 200)
  await refused(toAssertion(basic))
  const signing = await rotate(basic, 0)
  assert.equal((await ask(toAssertion(signing))).status, 200)

  assert.equal((await change(basic, { token_endpoint_auth_method: 'client_secret_post' })).status, 200)

  await refused(toAssertion(signing))
  const form = { grant_type: 'client_credentials', client_id: signing.id, client_secret: signing.secret }
  assert.equal((await given.post('/oauth/token', form)).status, 200)
})
