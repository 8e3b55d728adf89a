import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { givenOpaque } from '../test/given.ts'
import { type CredentialHeaders, type TakenCredential, takeCredential } from './credential-of-request.ts'

const cookieName = '__Host-countersign_session'
const session = givenOpaque('session').text
const apiKey = givenOpaque('api_key').text
const refresh = givenOpaque('refresh').text
const jwt = 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln'
const nothing: CredentialHeaders = { authorization: null, apiKey: null, cookie: null }
const take = (headers: Partial<CredentialHeaders>): TakenCredential =>
  takeCredential({ ...nothing, ...headers }, { cookieName })
const malformed = { kind: 'malformed' }

test('no header and no session cookie: none', () => {
  assert.deepEqual(take({}), { kind: 'none' })
  assert.deepEqual(take({ authorization: undefined, apiKey: [], cookie: [] }), { kind: 'none' })
  assert.deepEqual(take({ cookie: '' }), { kind: 'none' })
  assert.deepEqual(take({ cookie: 'theme=dark; lang=en' }), { kind: 'none' })
})

test('two headers are two credentials, whatever is in them and in the cookie', () => {
  const both = { authorization: `Bearer ${session}`, apiKey }
  assert.deepEqual(take(both), { kind: 'multiple' })
  assert.deepEqual(take({ ...both, authorization: '' }), { kind: 'multiple' })
  assert.deepEqual(take({ ...both, apiKey: 'rubbish', cookie: `${cookieName}=${session}` }), {
    kind: 'multiple',
  })
})

test('each credential is taken from its own place', () => {
  const one = (credential: string, from: string): object => ({ kind: 'one', credential, from })
  assert.deepEqual(take({ authorization: `Bearer ${session}` }), one(session, 'authorization'))
  assert.deepEqual(take({ authorization: `Bearer ${jwt}` }), one(jwt, 'authorization'))
  assert.deepEqual(take({ authorization: `ApiKey ${apiKey}` }), one(apiKey, 'authorization'))
  assert.deepEqual(take({ apiKey }), one(apiKey, 'api_key_header'))
  assert.deepEqual(take({ apiKey: [apiKey] }), one(apiKey, 'api_key_header'))
  assert.deepEqual(take({ cookie: `a=b; ${cookieName}=${session}; c=d` }), one(session, 'cookie'))
  assert.deepEqual(take({ cookie: ['a=b', `${cookieName}=${session}`] }), one(session, 'cookie'))
})

test('RFC 9110 §11.1: the scheme is read in any case', () => {
  for (const scheme of ['bearer', 'BEARER', 'bEaReR']) {
    assert.equal(take({ authorization: `${scheme} ${session}` }).kind, 'one', scheme)
  }
  for (const scheme of ['apikey', 'APIKEY', 'ApiKey']) {
    assert.equal(take({ authorization: `${scheme} ${apiKey}` }).kind, 'one', scheme)
  }
})

test('a header wins over the cookie, and a bad one is not rescued by it', () => {
  const cookie = `${cookieName}=${session}`
  const taken = take({ authorization: `Bearer ${jwt}`, cookie })
  assert.deepEqual(taken, { kind: 'one', credential: jwt, from: 'authorization' })
  const bad = ['', ' ', 'Bearer', 'Bearer ', `Basic ${session}`, 'Negotiate abc', session, 'DPoP abc', ',']
  for (const authorization of bad) {
    assert.deepEqual(take({ authorization, cookie }), malformed, JSON.stringify(authorization))
  }
  for (const key of ['', ' ', 'rubbish']) assert.deepEqual(take({ apiKey: key, cookie }), malformed, key)
})

test('repeated and comma-joined headers are malformed', () => {
  const bearer = `Bearer ${session}`
  for (const authorization of [
    `${bearer}, ${bearer}`,
    `${bearer},${bearer}`,
    [bearer, bearer],
    `${bearer},`,
  ]) {
    assert.deepEqual(take({ authorization }), malformed)
  }
  for (const value of [`${apiKey}, ${apiKey}`, `${apiKey},${apiKey}`, [apiKey, apiKey]]) {
    assert.deepEqual(take({ apiKey: value }), malformed)
  }
})

test('white space around or within a credential is not trimmed away', () => {
  for (const space of ['\t', '\n', '\r', '\u00a0', '\u2000', '\u3000', '\ufeff', '\u0085', '\0']) {
    assert.deepEqual(take({ authorization: `Bearer${space}${session}` }), malformed)
    assert.deepEqual(take({ authorization: `Bearer ${space}${session}` }), malformed)
    assert.deepEqual(take({ authorization: `Bearer ${session}${space}` }), malformed)
    assert.deepEqual(take({ authorization: `${space}Bearer ${session}` }), malformed)
    assert.deepEqual(take({ apiKey: `${space}${apiKey}` }), malformed)
    assert.deepEqual(take({ apiKey: `${apiKey}${space}` }), malformed)
  }
  assert.deepEqual(take({ authorization: ` Bearer ${session}` }), malformed)
  assert.deepEqual(take({ authorization: `Bearer ${session} ` }), malformed)
  assert.deepEqual(take({ authorization: `Bearer ${session} x` }), malformed)
  assert.equal(take({ authorization: `Bearer   ${session}` }).kind, 'one')
})

test('ASVS 7.2.2: an API key is no session: refused as Bearer and in the cookie', () => {
  assert.deepEqual(take({ authorization: `Bearer ${apiKey}` }), malformed)
  assert.deepEqual(take({ cookie: `${cookieName}=${apiKey}` }), malformed)
})

test('only an API key stands where API keys stand', () => {
  for (const other of [session, refresh, jwt, 'rubbish']) {
    assert.deepEqual(take({ apiKey: other }), malformed)
    assert.deepEqual(take({ authorization: `ApiKey ${other}` }), malformed)
  }
})

test('only a session token stands in the session cookie', () => {
  for (const other of [
    jwt,
    refresh,
    '',
    '""',
    `"${session}"`,
    'rubbish',
    `${session} `.replace(' ', '%20'),
  ]) {
    assert.deepEqual(take({ cookie: `${cookieName}=${other}` }), malformed, other)
  }
})

test('RFC 6265 §5.4: the same cookie twice is malformed, even with the same value', () => {
  const pair = `${cookieName}=${session}`
  for (const cookie of [
    `${pair}; ${pair}`,
    `${pair};${pair}`,
    `${pair}; a=b; ${cookieName}=x`,
    [pair, pair],
  ]) {
    assert.deepEqual(take({ cookie }), malformed)
  }
})

test('6265bis §4.1.3.2: cookies whose name is only nearly that of the session are ignored', () => {
  const names = [
    cookieName.toLowerCase(),
    cookieName.toUpperCase(),
    `\u2000${cookieName}`,
    `\u00a0${cookieName}`,
    `\ufeff${cookieName}`,
    `${cookieName}\u2000`,
    `${cookieName} `,
    `x${cookieName}`,
    `$${cookieName}`,
    `"${cookieName}"`,
    encodeURIComponent(`${cookieName}!`).replace('!', ''),
    cookieName.replace('__', '%5F%5F'),
    `\0${cookieName}`,
    `\n${cookieName}`,
  ].filter((name) => name !== cookieName)
  for (const name of names) {
    assert.deepEqual(take({ cookie: `${name}=${session}` }), { kind: 'none' }, JSON.stringify(name))
  }
})

test('`$Version` and quotes do not change how the other cookies are read', () => {
  const cookie = `$Version=1; a="x; ${cookieName}=${session}; $Path=/"`
  assert.deepEqual(take({ cookie }), { kind: 'one', credential: session, from: 'cookie' })
  assert.deepEqual(take({ cookie: `$Version="1"; ${cookieName}="${session}"` }), malformed)
})

test('a pair without a name is not the session, and pairs without spaces or with tabs are read', () => {
  assert.deepEqual(take({ cookie: `=${session}` }), { kind: 'none' })
  assert.deepEqual(take({ cookie: session }), { kind: 'none' })
  assert.equal(take({ cookie: `a=b;\t${cookieName}=${session};c=d` }).kind, 'one')
})

test('a credential beyond 8192 characters is malformed', () => {
  assert.equal(take({ authorization: `Bearer ${'a'.repeat(8192)}` }).kind, 'one')
  assert.deepEqual(take({ authorization: `Bearer ${'a'.repeat(8193)}` }), malformed)
})

test('whatever the headers are, a taken credential is printable, comes from the named header, and stands there', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      session,
      apiKey,
      jwt,
      `Bearer ${session}`,
      `ApiKey ${apiKey}`,
      `${cookieName}=${session}`,
    ),
  )
  const header = fc.option(fc.oneof(value, fc.array(value, { maxLength: 3 })))
  fc.assert(
    fc.property(header, header, header, (authorization, key, cookie) => {
      const taken = take({ authorization, apiKey: key, cookie })
      if (taken.kind !== 'one') return
      const source = { authorization, api_key_header: key, cookie }[taken.from]
      assert.match(taken.credential, /^[A-Za-z0-9._~+/=-]+$/)
      assert.ok(`${source}`.includes(taken.credential))
    }),
  )
})
