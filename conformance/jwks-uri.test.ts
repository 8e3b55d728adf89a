/** Keys that a client publishes at its `jwks_uri` (RFC 7591 §2): fetched by the one guarded way out, kept, and read again. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { type Answer, assertOAuthError, givenProgram, givenServer } from './given.ts'

const given = await givenServer({ COUNTERSIGN_OUTBOUND_NETWORKS: '127.0.0.0/8' })
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

const asked: string[] = []
let published: unknown = { keys: [] }
let location: string | null = null
const server = createServer((req, res) => {
  asked.push(`${req.url}`)
  if (location !== null) res.writeHead(302, { location }).end()
  else res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(published))
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
after(() => server.close())
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

async function givenKey(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const sign = (id: string): Promise<string> => {
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: id, sub: id, aud: given.url, jti: randomUUID(), iat: now, exp: now + 60 }
    return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey)
  }
  return {
    jwk: { ...(await exportJWK(publicKey)), alg: 'ES256', kid },
    privateJwk: await exportJWK(privateKey),
    sign,
  }
}

const { account } = await givenProgram(given, ['notes:read'])
const body = (more: object): object => ({
  id: `jwks-${randomUUID().slice(0, 8)}`,
  name: 'A client',
  token_endpoint_auth_method: 'private_key_jwt',
  grant_types: ['client_credentials'],
  scopes: ['notes:read'],
  service_account_id: account,
  ...more,
})
const create = (more: object): Promise<Answer> =>
  given.send('POST', '/v1/clients', { key: given.adminKey, body: body(more) })

async function givenPublisher(path: string): Promise<string> {
  const made = await create({ jwks_uri: `${base}${path}` })
  assert.equal(made.status, 201, made.text)
  return JSON.parse(made.text).client.id
}

const ask = (client_assertion: string): Promise<Answer> =>
  given.post('/oauth/token', {
    grant_type: 'client_credentials',
    client_assertion,
    client_assertion_type: ASSERTION_TYPE,
  })

for (const jwks_uri of [
  'http://keys.example.com/jwks',
  'https://user@keys.example.com/jwks',
  'https://keys.example.com/jwks#x',
  'ftp://keys.example.com/jwks',
  'file:///etc/passwd',
  'keys',
]) {
  test(`${jwks_uri} is no place to publish keys`, async () => {
    const answer = await create({ jwks_uri })

    assert.equal(answer.status, 422)
    assert.match(answer.text, /"path":"jwks_uri"/)
  })
}

test('keys are registered or published, not both, and not for another method', async () => {
  const { jwk } = await givenKey('one')

  assert.equal((await create({ jwks_uri: `${base}/x`, jwks: { keys: [jwk] } })).status, 422)
  assert.equal(
    (await create({ jwks_uri: `${base}/x`, token_endpoint_auth_method: 'client_secret_basic' })).status,
    422,
  )
  assert.equal((await create({})).status, 422)
})

test('the client proves itself by a key that it publishes, which is asked for once', async () => {
  const one = await givenKey('one')
  published = { keys: [one.jwk] }
  const id = await givenPublisher('/once')

  for (let index = 0; index < 3; index += 1) assert.equal((await ask(await one.sign(id))).status, 200)

  assert.deepEqual(
    asked.filter((path) => path === '/once'),
    ['/once'],
  )
})

test('whoever sends bad assertions does not make us send as many requests', async () => {
  const [one, stranger] = [await givenKey('one'), await givenKey('one')]
  published = { keys: [one.jwk] }
  const id = await givenPublisher('/bounded')

  for (let index = 0; index < 20; index += 1)
    assertOAuthError(await ask(await stranger.sign(id)), 401, 'invalid_client')

  assert.equal(asked.filter((path) => path === '/bounded').length, 1)
})

test('a document that is none, private or shared keys, and too many of them, prove nobody', async () => {
  const one = await givenKey('one')
  const shared = { kty: 'oct', k: Buffer.alloc(32, 1).toString('base64url'), alg: 'HS256', kid: 'one' }
  for (const [path, document] of [
    ['/none', 'text'],
    ['/null', null],
    ['/no-list', { keys: one.jwk }],
    ['/private', { keys: [{ ...one.jwk, ...one.privateJwk }] }],
    ['/shared', { keys: [shared] }],
    ['/many', { keys: Array.from({ length: 21 }, () => one.jwk) }],
  ] as const) {
    published = document
    assertOAuthError(await ask(await one.sign(await givenPublisher(path))), 401, 'invalid_client')
  }
})

test('a redirect is not followed, and nobody is told where it would have led', async () => {
  const one = await givenKey('one')
  published = { keys: [one.jwk] }
  location = `${base}/elsewhere`
  const id = await givenPublisher('/moved')

  const answer = await ask(await one.sign(id))
  location = null

  assertOAuthError(answer, 401, 'invalid_client')
  assert.ok(!answer.text.includes('redirect'))
  assert.ok(!asked.includes('/elsewhere'))
})

test('addresses that only this server can reach are not called: the answer is the same as for no key', async () => {
  const one = await givenKey('one')
  for (const jwks_uri of [
    'https://169.254.169.254/latest/meta-data',
    'https://[fd00:ec2::254]/',
    'https://10.0.0.1/',
  ]) {
    const made = await create({ jwks_uri })
    assertOAuthError(await ask(await one.sign(JSON.parse(made.text).client.id)), 401, 'invalid_client')
  }
})

test('another client’s published key proves that one and nobody else', async () => {
  const [one, two] = [await givenKey('one'), await givenKey('one')]
  published = { keys: [one.jwk] }
  const first = await givenPublisher('/first')
  assert.equal((await ask(await one.sign(first))).status, 200)
  published = { keys: [two.jwk] }
  const second = await givenPublisher('/second')

  assertOAuthError(await ask(await one.sign(second)), 401, 'invalid_client')
  assert.equal((await ask(await two.sign(second))).status, 200)
})
