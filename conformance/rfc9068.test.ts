/** Access tokens as RFC 9068 profiles them: what is issued, and what is refused where one is presented. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import {
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  SignJWT,
  UnsecuredJWT,
} from 'jose'
import { givenExchanged, givenPerson, givenProgram, givenServer } from './given.ts'

const API = 'https://api.example'
const SHARED_KEY = randomBytes(32)

const given = await givenServer()
/** Signs with a key that this test holds too, so that whole tokens with one wrong claim can be made. */
const shared = await givenServer({
  COUNTERSIGN_SIGNING_ALGORITHM: 'HS256',
  COUNTERSIGN_HS256_SECRET: SHARED_KEY.toString('base64url'),
})
const genuine = (await givenPerson(shared)).accessToken
const genuineClaims = decodeJwt(genuine)
const keySet = createRemoteJWKSet(new URL(`${given.url}/.well-known/jwks.json`))

interface Forgery {
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: Readonly<Record<string, unknown>>
}

/** The genuine token again with these changes; `undefined` takes a member away. Signed with the right key. */
function forge({ header = {}, claims = {} }: Forgery): Promise<string> {
  const { alg = 'HS256', ...genuineHeader } = decodeProtectedHeader(genuine)
  return new SignJWT({ ...genuineClaims, ...claims })
    .setProtectedHeader({ alg, ...genuineHeader, ...header })
    .sign(SHARED_KEY, { crit: { 'urn:example:extension': true } })
}

const statusOf = async (bearer: string): Promise<number> =>
  (await shared.send('GET', '/v1/me', { bearer })).status

const nowSeconds = Math.floor(Date.now() / 1000)
const forgeries: [section: string, what: string, forgery: Forgery][] = [
  ['§4', 'the type JWT', { header: { typ: 'JWT' } }],
  ['§4', 'no type', { header: { typ: undefined } }],
  ['§4', 'the type of a logout token', { header: { typ: 'logout+jwt' } }],
  [
    '§4',
    'an extension that must be understood',
    { header: { crit: ['urn:example:extension'], 'urn:example:extension': 1 } },
  ],
  ['§4', 'another issuer', { claims: { iss: 'https://issuer.example' } }],
  ['§4', 'the issuer with a slash behind it', { claims: { iss: `${shared.url}/` } }],
  ['§4', 'another audience', { claims: { aud: API } }],
  ['§4', 'an audience that begins like ours', { claims: { aud: `${shared.url}.example` } }],
  ['§4', 'an end that has passed', { claims: { iat: nowSeconds - 7200, exp: nowSeconds - 3600 } }],
  ['§4', 'an end that is text', { claims: { exp: String(nowSeconds + 600) } }],
  ['§4', 'a beginning that is to come', { claims: { nbf: nowSeconds + 3600 } }],
  ['§4', 'a key that nobody knows', { header: { kid: 'sig_00000000000000000000000000' } }],
  ...['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'].map((name): [string, string, Forgery] => [
    '§2.2',
    `no ${name}`,
    { claims: { [name]: undefined } },
  ]),
]

for (const [section, what, forgery] of forgeries) {
  test(`${section}: a rightly signed token with ${what} is refused`, async () => {
    assert.equal(await statusOf(await forge(forgery)), 401)
  })
}

test('§4: the same token made anew is accepted, and so is the other spelling of its type', async () => {
  for (const forgery of [
    {},
    { header: { typ: 'application/at+jwt' } },
    { claims: { aud: [API, shared.url] } },
    { claims: { nobody_knows_this: true } },
  ]) {
    assert.equal(await statusOf(await forge(forgery)), 200, JSON.stringify(forgery))
  }
})

test('§2.1: a token with the algorithm none is refused, and so is one whose claims were changed', async () => {
  const [header = '', , signature = ''] = genuine.split('.')
  const claims = Buffer.from(JSON.stringify({ ...genuineClaims, scope: '*' })).toString('base64url')
  const unsigned = new UnsecuredJWT(genuineClaims).encode()
  const typedUnsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${claims}.`

  for (const token of [unsigned, typedUnsigned, `${header}.${claims}.${signature}`, `${header}.${claims}.`]) {
    assert.equal(await statusOf(token), 401)
  }
})

test('§4: a token that was issued for another audience is refused here and verified there', async () => {
  const { key } = await givenProgram(given, ['notes:read'], { key: { audiences: [API] } })
  const bearer = await givenExchanged(given, key)

  assert.equal((await given.send('GET', '/v1/me', { bearer })).status, 401)

  await jwtVerify(bearer, keySet, { typ: 'at+jwt', issuer: given.url, audience: API })
  const here = jwtVerify(bearer, keySet, { typ: 'at+jwt', issuer: given.url, audience: given.url })
  await assert.rejects(here, errors.JWTClaimValidationFailed)
})

for (const algorithm of ['ES256', 'RS256', 'EdDSA']) {
  test(`§4: a foreign verifier finds the token of a person good with the key set (${algorithm})`, async () => {
    const server =
      algorithm === 'ES256' ? given : await givenServer({ COUNTERSIGN_SIGNING_ALGORITHM: algorithm })
    const { accessToken } = await givenPerson(server)
    const keys = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`))
    const rules = { typ: 'at+jwt', issuer: server.url, audience: server.url, algorithms: [algorithm] }

    const { protectedHeader } = await jwtVerify(accessToken, keys, rules)

    assert.equal(protectedHeader.alg, algorithm)
  })
}

test('§2.1: the header says at+jwt, a signature algorithm and the key, and nothing else', async () => {
  const { accessToken } = await givenPerson(given)

  const { typ, alg, kid, ...rest } = decodeProtectedHeader(accessToken)

  assert.equal(typ, 'at+jwt')
  assert.equal(alg, 'ES256')
  assert.match(kid ?? '', /^sig_/)
  assert.deepEqual(rest, {})
})

test('§2.2: a token of a person has every claim that is required, and how the person signed in', async () => {
  const { id, accessToken } = await givenPerson(given, ['notes:read', 'notes:write'])

  const { payload } = await jwtVerify(accessToken, keySet)

  assert.equal(payload.iss, given.url)
  assert.equal(payload.sub, id)
  assert.deepEqual([payload.aud].flat(), [given.url])
  assert.equal(payload.client_id, 'first-party')
  assert.match(payload.jti ?? '', /^jwt_/)
  const { iat = 0, exp = 0, auth_time, amr } = payload
  assert.ok(Number.isInteger(iat) && Number.isInteger(exp) && iat < exp)
  assert.ok(exp - iat <= 3600)
  assert.ok(Number.isInteger(auth_time) && Number(auth_time) <= iat)
  assert.deepEqual(amr, ['pwd'])
  assert.deepEqual(String(payload.scope).split(' ').toSorted(), ['notes:read', 'notes:write'])
})

test('§2.2.1: a token of a program says nothing about a person signing in', async () => {
  const { account, key } = await givenProgram(given, ['notes:read'])

  const { payload } = await jwtVerify(await givenExchanged(given, key), keySet)

  assert.equal(payload.sub, account)
  for (const name of ['auth_time', 'amr', 'acr', 'sid']) assert.equal(payload[name], undefined, name)
})

test('§2.2: no two tokens have the same jti', async () => {
  const { key } = await givenProgram(given, ['notes:read'])

  const tokens = await Promise.all(Array.from({ length: 20 }, () => givenExchanged(given, key)))

  assert.equal(new Set(tokens.map((token) => decodeJwt(token).jti)).size, 20)
})

test('§5: what names a person, a program and a client can not be taken for one another', async () => {
  const { account } = await givenProgram(given, ['notes:read'])
  const { id, accessToken } = await givenPerson(given)
  const { client_id } = decodeJwt(accessToken)

  assert.match(id, /^acc_/)
  assert.match(account, /^svc_/)
  assert.doesNotMatch(String(client_id), /^(?:acc|svc)_/)
})
