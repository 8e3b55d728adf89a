import assert from 'node:assert/strict'
import test from 'node:test'
import { givenClaims, givenOpaque, givenPair, givenVerdict } from '../test/given.ts'
import { type GivenVerifier, givenVerifier } from '../test/given-verifier.ts'
import { settle } from '../test/hand-timers.ts'
import type { CredentialHeaders, CredentialSource } from './credential-of-request.ts'
import type { Authenticated, AuthenticateOptions } from './verifier-types.ts'

const pair = await givenPair('ES256')
const COOKIE = '__Host-countersign_session'
const [session, key, refresh] = [givenOpaque('session'), givenOpaque('api_key'), givenOpaque('refresh')]
const parts = (changes: Partial<CredentialHeaders>): CredentialHeaders => ({
  authorization: undefined,
  apiKey: undefined,
  cookie: undefined,
  ...changes,
})

async function codeOf(
  { verifier }: GivenVerifier,
  changes: Partial<CredentialHeaders>,
  options?: AuthenticateOptions,
): Promise<string> {
  const result = await verifier.authenticate(parts(changes), options)
  return result.ok ? result.from : result.code
}

async function letIn(given: GivenVerifier, changes: Partial<CredentialHeaders>): Promise<Authenticated> {
  const result = await given.verifier.authenticate(parts(changes))
  assert.ok(result.ok)
  return result
}

/** Every kind of credential, by where it belongs. */
const token = await pair.sign(givenClaims())
const idToken = await pair.sign(givenClaims({ nonce: 'n' }), { typ: 'JWT' })
const plain = await pair.sign(givenClaims(), { typ: undefined })
const [head = '', body = ''] = token.split('.')
const kinds: Readonly<Record<string, string>> = {
  'session token': session.text,
  'API key': key.text,
  'access token': token,
  'refresh token': refresh.text,
  'ID token': idToken,
  'JWT without a type': plain,
  'unsigned access token': `${head}.${body}.`,
  'access token whose algorithm is none': `${Buffer.from('{"alg":"none","typ":"at+jwt","kid":"x"}').toString('base64url')}.${body}.AA`,
  'mistyped API key': `${key.text.slice(0, -1)}${key.text.endsWith('0') ? '1' : '0'}`,
  'mistyped session token': `${session.text.slice(0, -1)}${session.text.endsWith('0') ? '1' : '0'}`,
  garbage: 'correct-horse-battery-staple',
}
const places: Readonly<Record<string, (credential: string) => Partial<CredentialHeaders>>> = {
  'Authorization: Bearer': (one) => ({ authorization: `Bearer ${one}` }),
  'Authorization: ApiKey': (one) => ({ authorization: `ApiKey ${one}` }),
  'Authorization: Basic': (one) => ({ authorization: `Basic ${one}` }),
  'Authorization, bare': (one) => ({ authorization: one }),
  'X-API-Key': (one) => ({ apiKey: one }),
  'X-API-Key, as a bearer': (one) => ({ apiKey: `Bearer ${one}` }),
  'the session cookie': (one) => ({ cookie: `${COOKIE}=${one}` }),
  'Authorization, as a cookie': (one) => ({ authorization: `${COOKIE}=${one}` }),
}
const belongs = new Set([
  'session token at Authorization: Bearer',
  'access token at Authorization: Bearer',
  'API key at Authorization: ApiKey',
  'API key at X-API-Key',
  'session token at the session cookie',
])
for (const [kind, credential] of Object.entries(kinds)) {
  for (const [place, put] of Object.entries(places)) {
    const name = `${kind} at ${place}`
    test(`all pairs: ${name} is ${belongs.has(name) ? 'let in' : 'refused, warm or cold'}`, async (t) => {
      const given = await givenVerifier(t, { keys: [pair] })
      const expected = belongs.has(name)
      assert.equal((await given.verifier.authenticate(parts(put(credential)))).ok, expected)
      // Whatever memory holds by now of the good ones must not open another door.
      await letIn(given, { authorization: `Bearer ${session.text}` })
      await letIn(given, { authorization: `Bearer ${token}` })
      await letIn(given, { cookie: `${COOKIE}=${session.text}` })
      await letIn(given, { apiKey: key.text })
      for (const freshness of ['lease', 'signature'] as const) {
        const again = await given.verifier.authenticate(parts(put(credential)), { freshness })
        assert.equal(again.ok, expected)
        if (!again.ok) assert.equal(again.code, 'invalid_credential')
      }
    })
  }
}

test('nobody, and somebody twice', async (t) => {
  const given = await givenVerifier(t, { keys: [pair] })
  assert.equal(await codeOf(given, {}), 'credential_required')
  assert.equal(await codeOf(given, { cookie: 'theme=dark' }), 'credential_required')
  assert.equal(
    await codeOf(given, { authorization: `Bearer ${token}`, apiKey: key.text }),
    'multiple_credentials',
  )
  await letIn(given, { authorization: `Bearer ${token}` })
  await letIn(given, { apiKey: key.text })
  assert.equal(
    await codeOf(given, { authorization: `Bearer ${token}`, apiKey: key.text }),
    'multiple_credentials',
  )
  assert.equal(
    await codeOf(given, { authorization: [`Bearer ${token}`, `Bearer ${token}`] }),
    'invalid_credential',
  )
})

test('a bad header is not rescued by a good cookie, and a good one wins over it', async (t) => {
  const given = await givenVerifier(t, { keys: [pair] })
  const cookie = `${COOKIE}=${session.text}`
  await letIn(given, { cookie })
  assert.equal(await codeOf(given, { cookie, authorization: 'Bearer x' }), 'invalid_credential')
  assert.equal(await codeOf(given, { cookie, apiKey: '' }), 'invalid_credential')
  assert.equal(await codeOf(given, { cookie, apiKey: key.text }), 'api_key_header')
})

test('a `Request` of the Fetch standard is read by its headers', async (t) => {
  const { verifier } = await givenVerifier(t, { keys: [pair] })
  const request = (headers: Record<string, string>): Request =>
    new Request('https://api.example.com/', { headers })
  for (const [headers, expected] of [
    [{ Authorization: `Bearer ${token}` }, 'authorization'],
    [{ 'X-API-Key': key.text }, 'api_key_header'],
    [{ Cookie: `${COOKIE}=${session.text}` }, 'cookie'],
    [{}, 'credential_required'],
  ] as const) {
    const result = await verifier.authenticate(request(headers))
    assert.equal(result.ok ? result.from : result.code, expected)
  }
})

const named: Readonly<Record<CredentialSource, readonly [string, Partial<CredentialHeaders>]>> = {
  authorization: [`Bearer ${token}`, { authorization: `Bearer ${token}` }],
  api_key_header: [key.text, { apiKey: key.text }],
  cookie: [`theme=dark; ${COOKIE}=${session.text}`, { cookie: `theme=dark; ${COOKIE}=${session.text}` }],
}
for (const [from, [text, headers]] of Object.entries(named) as [
  CredentialSource,
  (typeof named)['cookie'],
][]) {
  test(`what was let in by ${from} is recalled by that header's text, there and nowhere else`, async (t) => {
    const given = await givenVerifier(t, { keys: [pair] })
    assert.equal(given.verifier.recall(from, text), null)
    const first = await letIn(given, headers)
    assert.equal(given.verifier.recall(from, text)?.authenticated, first)
    assert.equal(given.verifier.authenticate(parts(headers)), first)
    assert.ok(Object.isFrozen(first))
    for (const other of ['authorization', 'api_key_header', 'cookie'] as const) {
      if (other !== from) assert.equal(given.verifier.recall(other, text), null)
    }
    for (const near of [`${text} `, ` ${text}`, text.slice(1), text.toUpperCase()]) {
      assert.equal(given.verifier.recall(from, near), null)
    }
  })

  test(`nothing is recalled by ${from} after a revocation, a lapse, or the verdict's time`, async (t) => {
    const given = await givenVerifier(t, { keys: [pair] })
    const { credential } = await letIn(given, headers)
    const [node] = credential.path.slice(-1)
    given.authority.revoke(node?.kind ?? 'session', node?.id ?? '')
    await settle()
    assert.equal(given.verifier.recall(from, text), null)

    const lapsed = await givenVerifier(t, { keys: [pair] })
    await letIn(lapsed, headers)
    lapsed.clock.suspend(5_000)
    assert.equal(lapsed.verifier.recall(from, text), null)

    const expired = await givenVerifier(t, { keys: [pair] })
    await letIn(expired, headers)
    await expired.timers.advance(930_000)
    assert.equal(expired.verifier.recall(from, text), null)
  })
}

test('an address list is compared on every request, so that nothing is recalled without a look', async (t) => {
  const given = await givenVerifier(t)
  given.authority.judge = (credential) => givenVerdict(credential, { allowAddresses: ['192.0.2.0/24'] })
  const headers = { apiKey: key.text }
  assert.equal(await codeOf(given, headers, { address: '192.0.2.9' }), 'api_key_header')
  assert.equal(given.verifier.recall('api_key_header', key.text), null)
  assert.equal(await codeOf(given, headers, { address: '192.0.3.9' }), 'credential_address_refused')
  assert.equal(await codeOf(given, headers, { address: null }), 'credential_address_refused')
  assert.equal(await codeOf(given, headers), 'credential_address_refused')
  assert.equal(await codeOf(given, headers, { address: '::ffff:192.0.2.9' }), 'api_key_header')
})

test('a session that comes by cookie and by header is told apart each time', async (t) => {
  const given = await givenVerifier(t)
  const cookie = `${COOKIE}=${session.text}`
  const authorization = `Bearer ${session.text}`
  for (let count = 0; count < 3; count += 1) {
    assert.equal((await letIn(given, { cookie })).from, 'cookie')
    assert.equal((await letIn(given, { authorization })).from, 'authorization')
  }
  assert.equal(given.verifier.stats().verdicts, 1)
})

test('long cookie headers are taken apart each time, and headers count in the bound of bytes', async (t) => {
  const given = await givenVerifier(t, { bounds: { verdictBytesMax: 10_000 } })
  const long = `a=${'x'.repeat(2_000)}; ${COOKIE}=${session.text}`
  await letIn(given, { cookie: long })
  assert.equal(given.verifier.recall('cookie', long), null)
  assert.equal((await letIn(given, { cookie: long })).from, 'cookie')
  for (let count = 0; count < 200; count += 1) {
    await letIn(given, { cookie: `n=${count}; p=${'x'.repeat(800)}; ${COOKIE}=${session.text}` })
    await letIn(given, { authorization: `ApiKey ${givenOpaque('api_key').text}` })
    assert.ok(given.verifier.stats().verdictBytes <= 10_000)
  }
  assert.ok(given.verifier.stats().verdicts > 3)
})

test('a header that named one credential names the other when it is seen with that', async (t) => {
  const given = await givenVerifier(t)
  const [one, other] = [givenOpaque('api_key'), givenOpaque('api_key')]
  await letIn(given, { apiKey: one.text })
  await letIn(given, { authorization: `ApiKey ${one.text}` })
  assert.equal(given.verifier.recall('api_key_header', one.text), null)
  await letIn(given, { apiKey: other.text })
  assert.equal(given.verifier.recall('api_key_header', other.text)?.authenticated.credential.id, other.id)
  assert.equal(
    given.verifier.recall('authorization', `ApiKey ${one.text}`)?.authenticated.credential.id,
    one.id,
  )
})
