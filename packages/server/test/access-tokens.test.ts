/** The access token itself (RFC 9068): its claims, its life, its signature, and every way in which it is forged. */
import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { after, test } from 'node:test'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)

type To = Pick<given.Given, 'send'>

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

async function readJwks(to: To): Promise<JSONWebKeySet> {
  return JSON.parse((await to.send('GET', '/.well-known/jwks.json')).text)
}

const me = (to: To, bearer: string): Promise<given.Answer> => to.send('GET', '/v1/me', { bearer })

test('the claims are those of RFC 9068 and ours, and nothing personal', async () => {
  const { email } = await given.person(shared.given)
  const signedIn = await given.signedIn(shared.given, 'jwt', email)
  const { clock } = shared.given

  const token = signedIn.access_token ?? ''

  const now = clock.nowMs() / 1000
  const claims = decodeJwt(token)
  const { jti, gid, epoch, pos, ...rest } = claims
  assert.deepEqual(rest, {
    iss: given.ISSUER,
    sub: signedIn.account.id,
    aud: given.ISSUER,
    exp: now + 900,
    iat: now,
    client_id: 'first-party',
    scope: '',
    roles: ['member'],
    sid: signedIn.session.id,
    auth_time: now,
    amr: ['pwd'],
    acr: 'urn:countersign:acr:aal1',
  })
  assert.match(String(jti), /^jwt_[0-9a-z]{26}$/)
  assert.match(String(gid), /^gra_[0-9a-z]{26}$/)
  assert.match(String(epoch), /^[0-9a-f]{24}$/)
  assert.ok(Number.isSafeInteger(pos))
  assert.ok(!JSON.stringify(claims).includes(email))
})

test('the header names type, algorithm and key, and nothing that says where to find one', async () => {
  const { access_token: token = '' } = await given.signedIn(shared.given, 'jwt')
  const [key] = (await readJwks(shared.given)).keys

  assert.deepEqual(decodeProtectedHeader(token), { alg: 'ES256', typ: 'at+jwt', kid: key?.kid })
})

const algorithms = {
  ES256: { kty: 'EC', crv: 'P-256', members: ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'] },
  EdDSA: { kty: 'OKP', crv: 'Ed25519', members: ['alg', 'crv', 'kid', 'kty', 'use', 'x'] },
  RS256: { kty: 'RSA', crv: undefined, members: ['alg', 'e', 'kid', 'kty', 'n', 'use'] },
} as const

for (const [algorithm, expected] of Object.entries(algorithms)) {
  test(`another library verifies a token of ${algorithm} with the public keys alone`, async (t) => {
    const to = await given.authority(t, { COUNTERSIGN_SIGNING_ALGORITHM: algorithm })
    const { access_token: token = '' } = await given.signedIn(to, 'jwt')
    const jwks = await readJwks(to)

    const verified = await jwtVerify(token, createLocalJWKSet(jwks), {
      issuer: given.ISSUER,
      audience: given.ISSUER,
      typ: 'at+jwt',
      algorithms: [algorithm],
      currentDate: new Date(to.clock.nowMs()),
    })

    assert.equal(verified.protectedHeader.alg, algorithm)
    assert.equal((await me(to, token)).status, 200)
    const [key] = jwks.keys
    assert.deepEqual(Object.keys(key ?? {}).sort(), expected.members)
    assert.equal(key?.kty, expected.kty)
    assert.equal(key?.crv, expected.crv)
    if (key?.n !== undefined) assert.ok(Buffer.from(key.n, 'base64url').length >= 384)
  })
}

test('with HS256 whoever shares the secret verifies, and the key set shows nothing of it', async (t) => {
  const secret = randomBytes(32).toString('base64url')
  const to = await given.authority(t, {
    COUNTERSIGN_SIGNING_ALGORITHM: 'HS256',
    COUNTERSIGN_HS256_SECRET: secret,
  })
  const { access_token: token = '' } = await given.signedIn(to, 'jwt')

  const jwks = await readJwks(to)

  await jwtVerify(token, Buffer.from(secret, 'base64url'), {
    algorithms: ['HS256'],
    currentDate: new Date(to.clock.nowMs()),
  })
  assert.deepEqual(jwks, { keys: [] })
  assert.equal((await me(to, token)).status, 200)
})

test('tokens live as long as configured, and 401 from the thirtieth second behind their end', async (t) => {
  const to = await given.authority(t, { COUNTERSIGN_ACCESS_TOKEN_LIFETIME_SECONDS: '300' })
  const { access_token: token = '', expires_in: seconds } = await given.signedIn(to, 'jwt')
  assert.equal(seconds, 300)
  to.clock.advance(329)
  assert.equal((await me(to, token)).status, 200)

  to.clock.advance(1)

  assertProblem(await me(to, token), 'invalid_credential')
})

/** Everything here is made by somebody who holds good tokens and the public keys, but no private key. */
async function forgeries(): Promise<readonly (readonly [what: string, token: string])[]> {
  const { access_token: token = '' } = await given.signedIn(shared.given, 'jwt')
  const other = (await given.signedIn(shared.given, 'jwt')).access_token ?? ''
  const [header = '', payload = '', signature = ''] = token.split('.')
  const [, otherPayload = ''] = other.split('.')
  const claims = decodeJwt(token)
  const { kid = '' } = decodeProtectedHeader(token)
  const [jwk] = (await readJwks(shared.given)).keys
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const byOwnKey = (head: object, body: object): string => {
    const input = `${encode(head)}.${encode(body)}`
    const made = sign('sha256', Buffer.from(input), { key: own.privateKey, dsaEncoding: 'ieee-p1363' })
    return `${input}.${made.toString('base64url')}`
  }
  const byHmac = (secret: string): string => {
    const input = `${encode({ alg: 'HS256', typ: 'at+jwt', kid })}.${payload}`
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
  }
  const admin = { ...claims, scope: '*', roles: ['administrator'] }
  const good = { alg: 'ES256', typ: 'at+jwt', kid }
  const ownJwk = own.publicKey.export({ format: 'jwk' })
  const pem = own.publicKey.export({ format: 'pem', type: 'spki' }).toString()
  return [
    ['other claims', `${header}.${encode(admin)}.${signature}`],
    ['another token’s claims', `${header}.${otherPayload}.${signature}`],
    ['no signature', `${header}.${payload}.`],
    ['two parts', `${header}.${payload}`],
    ['five parts, as an encrypted token has', `${token}.${signature}.${signature}`],
    ['a flipped bit of the signature', `${header}.${payload}.${flip(signature)}`],
    ['alg none', `${encode({ ...good, alg: 'none' })}.${encode(admin)}.`],
    ['alg None', `${encode({ ...good, alg: 'None' })}.${encode(admin)}.${signature}`],
    ['alg in lower case', `${encode({ ...good, alg: 'es256' })}.${payload}.${signature}`],
    ['another alg', `${encode({ ...good, alg: 'RS256' })}.${payload}.${signature}`],
    ['HS256 with the public key as its secret', byHmac(JSON.stringify(jwk))],
    ['HS256 with the x of the public key', byHmac(String(jwk?.x))],
    ['HS256 with an empty secret', byHmac('')],
    ['one’s own key under the real kid', byOwnKey(good, admin)],
    ['one’s own key under its own kid', byOwnKey({ ...good, kid: 'sig_01kf0rdqg06p1nem1shv2ssrmr' }, admin)],
    ['one’s own key in the header', byOwnKey({ ...good, jwk: ownJwk }, admin)],
    ['a key address in the header', byOwnKey({ ...good, jku: 'http://127.0.0.1:9/jwks.json' }, admin)],
    ['a certificate in the header', byOwnKey({ ...good, x5c: [pem], x5u: 'http://127.0.0.1:9/' }, admin)],
    ['a kid that is a path', byOwnKey({ ...good, kid: '../../dev/null' }, admin)],
    ['no kid', byOwnKey({ alg: 'ES256', typ: 'at+jwt' }, admin)],
    ['an unknown crit', byOwnKey({ ...good, crit: ['exp'] }, admin)],
    ['the zero signature', `${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`],
    ['padding', `${header}=.${payload}.${signature}`],
    ['a signature with bits behind its end', `${header}.${payload}.${respell(signature)}`],
  ]
}

function flip(signature: string): string {
  const bytes = Buffer.from(signature, 'base64url')
  bytes[10] = (bytes[10] ?? 0) ^ 1
  return bytes.toString('base64url')
}

/** The same 64 bytes: four bits of the last character stand for nothing (RFC 4648 §3.5). */
function respell(signature: string): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const last = digits.indexOf(signature.slice(-1))
  const respelled = signature.slice(0, -1) + (digits[last ^ 1] ?? '')
  assert.deepEqual(Buffer.from(respelled, 'base64url'), Buffer.from(signature, 'base64url'))
  return respelled
}

test('401 with the same words for every token that is not ours', async () => {
  const looks = new Set<string>()
  for (const [what, token] of await forgeries()) {
    const answer = await me(shared.given, token)
    assertProblem(answer, 'invalid_credential')
    looks.add(JSON.stringify({ ...answer.json, decision_id: '' }))
    assert.equal(looks.size, 1, what)
  }
})

test('a token of another authority’s log is refused, though the key is the same', async (t) => {
  const secret = randomBytes(32).toString('base64url')
  const settings = { COUNTERSIGN_SIGNING_ALGORITHM: 'HS256', COUNTERSIGN_HS256_SECRET: secret }
  const [here, there] = [await given.authority(t, settings), await given.authority(t, settings)]
  const { access_token: token = '' } = await given.signedIn(there, 'jwt')

  assertProblem(await me(here, token), 'invalid_credential')
})

test('whoever shares the HS256 secret can sign, so a token may still not outlive what we would issue', async (t) => {
  const secret = randomBytes(32).toString('base64url')
  const to = await given.authority(t, {
    COUNTERSIGN_SIGNING_ALGORITHM: 'HS256',
    COUNTERSIGN_HS256_SECRET: secret,
  })
  const { access_token: token = '' } = await given.signedIn(to, 'jwt')
  const claims = decodeJwt(token)
  const now = to.clock.nowMs() / 1000
  const resign = (change: object, head: object = {}): string => {
    const header = { ...decodeProtectedHeader(token), ...head }
    const input = `${encode(header)}.${encode({ ...claims, ...change })}`
    return `${input}.${createHmac('sha256', Buffer.from(secret, 'base64url')).update(input).digest('base64url')}`
  }
  assert.equal((await me(to, resign({ exp: now + 600 }))).status, 200)

  for (const [what, forged] of [
    ['a year', resign({ exp: now + 31_536_000 })],
    ['no end', resign({ exp: undefined })],
    ['an end as text', resign({ exp: String(now + 600) })],
    ['a past end', resign({ exp: now - 31 })],
    ['the future', resign({ iat: now + 3600 })],
    ['not yet', resign({ nbf: now + 3600 })],
    ['another issuer', resign({ iss: 'https://evil.example' })],
    ['another audience', resign({ aud: 'https://pool.example' })],
    ['no audience', resign({ aud: [] })],
    ['no subject', resign({ sub: undefined })],
    ['a subject that is none', resign({ sub: 'admin@example.com' })],
    ['no epoch', resign({ epoch: undefined })],
    ['a negative position', resign({ pos: -1 })],
    ['a binding that nobody checks', resign({ cnf: { jkt: 'x' } })],
    ['the type of every other JWT', resign({}, { typ: 'JWT' })],
    ['no type', resign({}, { typ: undefined })],
    ['a logout token', resign({}, { typ: 'logout+jwt' })],
    ['unencoded payload', resign({}, { b64: false, crit: ['b64'] })],
  ] as const) {
    const answer = await me(to, forged)
    assert.equal(answer.json.code, 'invalid_credential', what)
  }
})
