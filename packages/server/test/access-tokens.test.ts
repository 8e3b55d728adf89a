import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { type Answer, authority, type Given, ISSUER, signedIn, UNLIMITED } from './given.ts'

const REFRESH = { grant_type: 'refresh_token', client_id: 'first-party' }

function refresh(given: Given, token: string, more: Record<string, string> = {}): Promise<Answer> {
  return given.send('POST', '/oauth/token', { form: { ...REFRESH, refresh_token: token, ...more } })
}

for (const algorithm of ['ES256', 'EdDSA', 'RS256'] as const) {
  test(`an access token signed with ${algorithm} is verified by a library that knows nothing of us`, async (t) => {
    const given = await authority(t, { ...UNLIMITED, COUNTERSIGN_SIGNING_ALGORITHM: algorithm })
    const tokens = await signedIn(given, 'jwt')
    const accessToken = tokens.access_token ?? ''
    const jwks = await given.send('GET', '/.well-known/jwks.json')
    const options = {
      issuer: ISSUER,
      audience: ISSUER,
      typ: 'at+jwt',
      currentDate: new Date(given.clock.nowMs()),
    }
    const verified = await jwtVerify(accessToken, createLocalJWKSet(JSON.parse(jwks.text)), options)

    assert.equal(verified.protectedHeader.alg, algorithm)
    assert.equal(verified.payload.sub, tokens.account.id)
    assert.equal(Number(verified.payload.exp) - Number(verified.payload.iat), 900)
    assert.equal(verified.payload.sid, tokens.session.id)
    assert.deepEqual(Object.keys(decodeProtectedHeader(accessToken)).sort(), ['alg', 'kid', 'typ'])
    assert.doesNotMatch(JSON.stringify(decodeJwt(accessToken)), /@example\.com/)
    assert.doesNotMatch(jwks.text, /"(?:d|p|q|dp|dq|qi|k)":/)
    assert.equal((await me(given, accessToken)).status, 200)
  })
}

test('HS256 works with the shared secret that was configured, and JWKS does not show it', async (t) => {
  const secret = Buffer.from('7pZkq1c0RrYbXn5Jd2uW9sTfGhVmLa3E8oQi6yCxBtK', 'base64url')
  const settings = {
    COUNTERSIGN_SIGNING_ALGORITHM: 'HS256',
    COUNTERSIGN_HS256_SECRET: secret.toString('base64url'),
  }
  const given = await authority(t, { ...UNLIMITED, ...settings })
  const tokens = await signedIn(given, 'jwt')
  const accessToken = tokens.access_token ?? ''
  const currentDate = new Date(given.clock.nowMs())

  await jwtVerify(accessToken, secret, {
    issuer: ISSUER,
    audience: ISSUER,
    algorithms: ['HS256'],
    currentDate,
  })
  assert.equal((await me(given, accessToken)).status, 200)
  const jwks = await given.send('GET', '/.well-known/jwks.json')
  assert.deepEqual(JSON.parse(jwks.text), { keys: [] })
})

test('an access token lives as long as it says, to the leeway, and no longer than its session', async (t) => {
  const given = await authority(t, { ...UNLIMITED, COUNTERSIGN_REFRESH_LIFETIME_SECONDS: '1000' })
  const tokens = await signedIn(given, 'jwt')
  assert.equal(tokens.expires_in, 900)

  given.clock.advance(600)
  const late = await refresh(given, tokens.refresh_token ?? '')
  assert.equal(late.json.expires_in, 400)
  given.clock.advance(329)
  assert.equal((await me(given, tokens.access_token ?? '')).status, 200)
  given.clock.advance(1)
  assert.equal((await me(given, tokens.access_token ?? '')).status, 401)
})

const me = (given: Given, bearer: string): Promise<Answer> => given.send('GET', '/v1/me', { bearer })
