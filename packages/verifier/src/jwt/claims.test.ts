import assert from 'node:assert/strict'
import test from 'node:test'
import type { RefusalReason } from '@countersign/protocol'
import { AUDIENCE, givenClaims, ISSUER, NOW_SECONDS, newId } from '../../test/given.ts'
import { readClaims } from './claims.ts'

const rules = { issuer: ISSUER, audiences: [AUDIENCE, 'pool'], leewaySeconds: 30, lifetimeMaxSeconds: 3600 }
const read = (changes: object, expiryNowSeconds = NOW_SECONDS): ReturnType<typeof readClaims> =>
  readClaims(givenClaims(changes), rules, NOW_SECONDS, expiryNowSeconds)
const assertRefused = (changes: object, reason: RefusalReason): void =>
  assert.deepEqual(read(changes), { ok: false, reason }, JSON.stringify(changes))

test('good claims are accepted as they are', () => {
  const claims = givenClaims()
  assert.deepEqual(readClaims(claims, rules, NOW_SECONDS, NOW_SECONDS), { ok: true, claims })
})

test('RFC 9068 §2.2: each required claim that is missing is refused', () => {
  for (const name of ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'client_id', 'scope', 'epoch', 'pos']) {
    assertRefused({ [name]: undefined }, 'bad_claims')
  }
})

test('each claim of another type is refused', () => {
  const texts = ['iss', 'sub', 'jti', 'client_id', 'scope', 'epoch', 'sid', 'gid', 'akid', 'acr']
  for (const name of texts) {
    for (const value of [null, 1, true, {}, ['a']]) assertRefused({ [name]: value }, 'bad_claims')
  }
  for (const name of ['exp', 'iat', 'nbf', 'pos', 'auth_time']) {
    const values = [null, `${NOW_SECONDS}`, '', true, {}, [NOW_SECONDS], Number.NaN, Number.POSITIVE_INFINITY]
    for (const value of values) assertRefused({ [name]: value }, 'bad_claims')
  }
  for (const name of ['roles', 'amr', 'addrs']) {
    for (const value of [null, 'member', 1, {}, [1], [null], [['a']]]) {
      assertRefused({ [name]: value }, 'bad_claims')
    }
  }
  for (const aud of [null, 1, {}, [], [1], [AUDIENCE, 1]]) assertRefused({ aud }, 'bad_claims')
})

test('ids of another kind or shape are refused', () => {
  assertRefused({ sub: newId('ses') }, 'bad_claims')
  assertRefused({ sub: 'first-party' }, 'bad_claims')
  assertRefused({ jti: newId('acc') }, 'bad_claims')
  assertRefused({ sid: newId('gra') }, 'bad_claims')
  assertRefused({ gid: newId('ses') }, 'bad_claims')
  assertRefused({ akid: newId('ses') }, 'bad_claims')
  assertRefused({ client_id: 'First Party' }, 'bad_claims')
  assertRefused({ roles: ['member', 'Bad Role'] }, 'bad_claims')
  assertRefused({ addrs: ['10.0.0.0/33'] }, 'bad_claims')
  assertRefused({ epoch: '' }, 'bad_claims')
  for (const pos of [-1, 1.5, 2 ** 53]) assertRefused({ pos }, 'bad_claims')
})

test('RFC 6749 §3.3: a scope that is no list of permissions with one space between is refused', () => {
  for (const scope of [
    ' ',
    'orders:read ',
    ' orders:read',
    'orders:read  a:b',
    'orders',
    'a:b\tc:d',
    'A:B',
  ]) {
    assertRefused({ scope }, 'bad_claims')
    // Once more, since what was refused once is remembered.
    assertRefused({ scope }, 'bad_claims')
  }
  assert.ok(read({ scope: '' }).ok)
  assert.ok(read({ scope: 'orders:* *' }).ok)
})

test('RFC 9068 §4: the issuer is compared exactly', () => {
  for (const iss of [`${ISSUER}/`, ISSUER.toUpperCase(), 'https://evil.example.com', '', `${ISSUER} `]) {
    assertRefused({ iss }, 'wrong_issuer')
  }
})

test('ASVS 9.2.3: a token for others is refused; for one of ours among others it is good', () => {
  for (const aud of [
    'https://other.example.com',
    `${AUDIENCE}/`,
    '',
    ['a', 'b'],
    [''],
    [AUDIENCE.slice(1)],
  ]) {
    assertRefused({ aud }, 'wrong_audience')
  }
  for (const aud of ['pool', ['other', 'pool'], [AUDIENCE]]) assert.ok(read({ aud }).ok, `${aud}`)
})

test('an authority that leaves audiences to the caller refuses only tokens without any', () => {
  const anyRules = { ...rules, audiences: 'any' as const }
  assert.ok(readClaims(givenClaims({ aud: 'somebody' }), anyRules, NOW_SECONDS, NOW_SECONDS).ok)
  assert.ok(!readClaims(givenClaims({ aud: [] }), anyRules, NOW_SECONDS, NOW_SECONDS).ok)
})

test('RFC 7519 §4.1.4: a token is good until `exp` and the leeway, and not on it', () => {
  const early = { iat: NOW_SECONDS - 900 }
  assert.ok(read({ ...early, exp: NOW_SECONDS - 29 }).ok)
  assertRefused({ ...early, exp: NOW_SECONDS - 30 }, 'expired')
  assertRefused({ ...early, exp: NOW_SECONDS - 30.5 }, 'expired')
  assertRefused({ exp: 0, iat: 0 }, 'expired')
  assertRefused({ exp: -1, iat: -1 }, 'expired')
})

test('what had expired by the later of two times stays expired', () => {
  assert.deepEqual(read({}, NOW_SECONDS + 930), { ok: false, reason: 'expired' })
  assert.ok(read({}, NOW_SECONDS + 929).ok)
})

test('rule 7: a token that would live beyond the longest lifetime is refused', () => {
  assert.ok(read({ exp: NOW_SECONDS + 3630 }).ok)
  assertRefused({ exp: NOW_SECONDS + 3631 }, 'bad_claims')
  assertRefused({ exp: NOW_SECONDS + 3600 * 24 * 365 }, 'bad_claims')
  assertRefused({ exp: Number.MAX_SAFE_INTEGER }, 'bad_claims')
})

test('a token that was given a longer life than the longest is refused to its last minute', () => {
  assertRefused({ iat: NOW_SECONDS - 3600, exp: NOW_SECONDS + 60 }, 'bad_claims')
})

test('RFC 7519 §4.1.5: a token from the future is not yet valid beyond the leeway', () => {
  for (const name of ['nbf', 'iat']) {
    assert.ok(read({ [name]: NOW_SECONDS + 30 }).ok, name)
    assertRefused({ [name]: NOW_SECONDS + 31 }, 'not_yet_valid')
  }
})

test('a token bound to a key (`cnf`) is no bearer token; other unknown claims are ignored', () => {
  assertRefused({ cnf: { jkt: 'abc' } }, 'bad_claims')
  assertRefused({ cnf: null }, 'bad_claims')
  assert.ok(read({ email: 'ada@example.com', 'https://example.com/claim': 1 }).ok)
})
