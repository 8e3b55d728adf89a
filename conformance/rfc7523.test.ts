/** Clients that prove themselves by a JWT which they signed (RFC 7523 §3; OIDC Core §9; RFC 8725). */
import assert from 'node:assert/strict'
import { constants, createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { test } from 'node:test'
import { ASSERTION_TYPE, encode, now, toClaims as toOwnClaims } from './assertions.ts'
import { type Answer, assertOAuthError, givenServer, givenSpeaker, type RegisteredClient } from './given.ts'

const given = await givenServer()
const PERMISSIONS = ['notes:read']

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const publicJwk = { ...pair.publicKey.export({ format: 'jwk' }), alg: 'ES256', kid: 'one', use: 'sig' }

const register = (more: object = {}): Promise<RegisteredClient> =>
  givenSpeaker(given, PERMISSIONS, {
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [publicJwk] },
    ...more,
  })

const toClaims = (client: RegisteredClient, more: object = {}): object => toOwnClaims(client, given.url, more)

function toAssertion(claims: object, header: object = {}, key: KeyObject = pair.privateKey): string {
  const input = `${encode({ alg: 'ES256', kid: 'one', ...header })}.${encode(claims)}`
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

const ask = (client_assertion: string, more: Record<string, string> = {}): Promise<Answer> =>
  given.post('/oauth/token', {
    grant_type: 'client_credentials',
    client_assertion,
    client_assertion_type: ASSERTION_TYPE,
    ...more,
  })

const client = await register()

const wrongClaims: readonly [string, object][] = [
  ['of another issuer', { iss: 'somebody-else' }],
  ['about somebody else', { sub: 'first-party' }],
  ['without an audience', { aud: undefined }],
  ['for another server', { aud: 'https://other.example.com' }],
  ['for another server and us', { aud: ['https://other.example.com', given.url] }],
  ['for the issuer with a slash', { aud: `${given.url}/` }],
  ['for the token endpoint, which another server can name as its own', { aud: `${given.url}/oauth/token` }],
  ['without an end', { exp: undefined }],
  ['that has ended', { exp: now() - 60 }],
  ['that ends as a text', { exp: String(now() + 60) }],
  ['that is good for a day', { exp: now() + 86_400 }],
  ['from the future', { iat: now() + 300 }],
  ['that is not good yet', { nbf: now() + 300 }],
  ['without an identifier', { jti: undefined }],
  ['with an identifier that is no text', { jti: 7 }],
  ['with an empty identifier', { jti: '' }],
  ['with an endless identifier', { jti: 'x'.repeat(201) }],
]
for (const [what, more] of wrongClaims) {
  test(`§3: an assertion ${what} is refused`, async () => {
    assertOAuthError(await ask(toAssertion(toClaims(client, more))), 401, 'invalid_client')
  })
}

const wrongHeaders: readonly [string, object][] = [
  ['under another algorithm than the key’s', { alg: 'RS256' }],
  ['under none', { alg: 'none' }],
  ['under a key that nobody registered', { kid: 'two' }],
  ['with a key of its own', { jwk: foreign.publicKey.export({ format: 'jwk' }) }],
  ['with a place to find a key', { jku: 'https://evil.example.com/jwks.json' }],
  ['with an extension that must be understood', { crit: ['exp'] }],
  ['that says it is an access token', { typ: 'at+jwt' }],
  ['that says it is a logout token', { typ: 'logout+jwt' }],
]
for (const [what, header] of wrongHeaders) {
  test(`RFC 8725 §3: an assertion ${what} is refused`, async () => {
    assertOAuthError(await ask(toAssertion(toClaims(client), header)), 401, 'invalid_client')
  })
}

test('RFC 8725 §2.1: a public key is never taken for a shared secret', async () => {
  const input = `${encode({ alg: 'HS256', kid: 'one' })}.${encode(toClaims(client))}`
  for (const secret of [JSON.stringify(publicJwk), pair.publicKey.export({ type: 'spki', format: 'pem' })]) {
    const signature = createHmac('sha256', secret).update(input).digest('base64url')
    assertOAuthError(await ask(`${input}.${signature}`), 401, 'invalid_client')
  }
})

test('RFC 8725 §3.1: one RSA key is good for the one algorithm that it was registered for', async () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const toRsa = (of: RegisteredClient, alg: 'RS256' | 'PS256'): string => {
    const input = `${encode({ alg, kid: 'rsa' })}.${encode(toClaims(of))}`
    const form = alg === 'RS256' ? {} : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
    return `${input}.${sign('sha256', Buffer.from(input), { key: rsa.privateKey, ...form }).toString('base64url')}`
  }
  for (const [alg, other] of [
    ['RS256', 'PS256'],
    ['PS256', 'RS256'],
  ] as const) {
    const jwk = { ...rsa.publicKey.export({ format: 'jwk' }), alg, kid: 'rsa' }
    const of = await register({ jwks: { keys: [jwk] } })
    const good = toRsa(of, alg)
    const relabelled = `${encode({ alg, kid: 'rsa' })}.${toRsa(of, other).split('.').slice(1).join('.')}`

    assertOAuthError(await ask(toRsa(of, other)), 401, 'invalid_client')
    assertOAuthError(await ask(relabelled), 401, 'invalid_client')
    assert.equal((await ask(good)).status, 200)
  }
})

test('§3: a signature by another key, none, or over other claims proves nobody', async () => {
  const good = toAssertion(toClaims(client))
  const [header = '', , signature = ''] = good.split('.')

  for (const assertion of [
    toAssertion(toClaims(client), {}, foreign.privateKey),
    `${header}.${encode(toClaims(client))}.${signature}`,
    good.slice(0, good.lastIndexOf('.') + 1),
    `${good}.x`,
    'nonsense',
    '',
  ]) {
    assertOAuthError(await ask(assertion), 401, 'invalid_client')
  }
})

test('§3: another client’s assertion proves that one and nobody else', async () => {
  const other = await register({
    jwks: { keys: [{ ...publicJwk, ...foreign.publicKey.export({ format: 'jwk' }) }] },
  })

  assertOAuthError(await ask(toAssertion(toClaims(other))), 401, 'invalid_client')
  const named = await ask(toAssertion(toClaims(client)), { client_id: other.id })
  assertOAuthError(named, 401, 'invalid_client')
})

test('RFC 7521 §4.2: the type of the assertion has to be there and to be this one', async () => {
  for (const client_assertion_type of ['', 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer']) {
    const answer = await ask(toAssertion(toClaims(client)), { client_assertion_type })
    assertOAuthError(answer, 401, 'invalid_client')
  }
})

test('a client that signs is not let in by a secret, nor one with a secret by a signature', async () => {
  const withSecret = await givenSpeaker(given, PERMISSIONS)

  assertOAuthError(await ask(toAssertion(toClaims(withSecret))), 401, 'invalid_client')
  const form = { grant_type: 'client_credentials', client_id: client.id, client_secret: withSecret.secret }
  assertOAuthError(await given.post('/oauth/token', form), 401, 'invalid_client')
  assertOAuthError(
    await given.post('/oauth/token', { grant_type: form.grant_type, client_id: client.id }),
    401,
    'invalid_client',
  )
})

test('§3: an assertion works once, also when it is sent many times at one moment', async () => {
  const assertion = toAssertion(toClaims(client))

  const answers = await Promise.all(Array.from({ length: 8 }, () => ask(assertion)))

  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
  assertOAuthError(await ask(assertion), 401, 'invalid_client')
})

test('§3: one identifier of two clients is two, and a refused assertion uses none up', async () => {
  const other = await register()
  const jti = randomUUID()

  assertOAuthError(
    await ask(toAssertion(toClaims(client, { jti, aud: 'https://other.example.com' }))),
    401,
    'invalid_client',
  )
  assertOAuthError(
    await ask(toAssertion(toClaims(client, { jti }), {}, foreign.privateKey)),
    401,
    'invalid_client',
  )
  assert.equal((await ask(toAssertion(toClaims(client, { jti })))).status, 200)
  assert.equal((await ask(toAssertion(toClaims(other, { jti })))).status, 200)
})

test('§3: with and without the client’s name beside it, and with either type, it is accepted', async () => {
  const types = [{}, { typ: 'JWT' }, { typ: 'client-authentication+jwt' }, { kid: undefined }]

  for (const header of types) assert.equal((await ask(toAssertion(toClaims(client), header))).status, 200)
  const named = await ask(toAssertion(toClaims(client, { aud: [given.url] })), { client_id: client.id })
  assert.equal(named.status, 200)
})

test('OIDC Core §9: under that profile the token endpoint may be named, perhaps among others', async () => {
  const oidc = await register({ profile: 'oidc-basic' })
  const endpoint = `${given.url}/oauth/token`

  for (const aud of [given.url, endpoint, [endpoint], ['https://other.example.com', endpoint]]) {
    assert.equal((await ask(toAssertion(toClaims(oidc, { aud })))).status, 200)
  }
  const foreignOnly = toAssertion(toClaims(oidc, { aud: ['https://other.example.com'] }))
  assertOAuthError(await ask(foreignOnly), 401, 'invalid_client')
})

for (const [algorithm, keys] of [
  ['EdDSA', generateKeyPairSync('ed25519')],
  ['RS256', generateKeyPairSync('rsa', { modulusLength: 2048 })],
] as const) {
  test(`a client may sign with ${algorithm}, and is held to it`, async () => {
    const jwk = { ...keys.publicKey.export({ format: 'jwk' }), alg: algorithm, kid: 'one' }
    const signer = await register({ jwks: { keys: [jwk] } })
    const input = `${encode({ alg: algorithm, kid: 'one' })}.${encode(toClaims(signer))}`
    const digest = algorithm === 'EdDSA' ? null : 'sha256'
    const signature = sign(digest, Buffer.from(input), keys.privateKey).toString('base64url')

    assertOAuthError(await ask(toAssertion(toClaims(signer))), 401, 'invalid_client')
    assert.equal((await ask(`${input}.${signature}`)).status, 200)
  })
}
