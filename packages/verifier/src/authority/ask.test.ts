import assert from 'node:assert/strict'
import test from 'node:test'
import { givenClaims, givenOpaque, givenPair, givenVerdict, NOW_SECONDS } from '../../test/given.ts'
import { givenVerifier } from '../../test/given-verifier.ts'
import { settle } from '../../test/hand-timers.ts'
import type { Freshness, Verifier } from '../verifier-types.ts'

const VERIFY = '/v1/verify'
const pair = await givenPair('ES256')
const codeOf = async (verifier: Verifier, credential: string, freshness?: Freshness): Promise<string> => {
  const result = await verifier.verify(credential, freshness && { freshness })
  return result.ok ? 'ok' : result.code
}

const session = givenOpaque('session')
const spoiled: Readonly<Record<string, (answer: Record<string, unknown>) => unknown>> = {
  'no object': () => null,
  'neither active nor not': (answer) => ({ ...answer, active: 'yes' }),
  'inactive without a decision': () => ({ active: false, code: 'invalid_credential' }),
  'a decision that is none': () => ({ active: false, code: 'invalid_credential', decision_id: 'dec_1' }),
  'no position': (answer) => ({ ...answer, position: undefined }),
  'a negative position': (answer) => ({ ...answer, position: -1 }),
  'no principal': (answer) => ({ ...answer, principal: null }),
  'a principal of another kind': (answer) => ({ ...answer, principal: { kind: 'robot', id: 'svc_1' } }),
  'a principal without a proper id': (answer) => ({ ...answer, principal: { kind: 'account', id: 'acc_1' } }),
  'another credential': (answer) => ({
    ...answer,
    credential: { ...Object(answer.credential), id: givenOpaque('session').id },
  }),
  'another kind of credential': (answer) => ({
    ...answer,
    credential: { ...Object(answer.credential), kind: 'api_key' },
  }),
  'a path that is no list': (answer) => ({
    ...answer,
    credential: { ...Object(answer.credential), path: {} },
  }),
  'a path with a nameless node': (answer) => ({
    ...answer,
    credential: { ...Object(answer.credential), path: [{ kind: 'role' }] },
  }),
  'no end, not even null': (answer) => ({
    ...answer,
    credential: { ...Object(answer.credential), expires_at: undefined },
  }),
  'permissions that are none': (answer) => ({ ...answer, permissions: ['Orders Read'] }),
  'permissions in one text': (answer) => ({ ...answer, permissions: 'orders:read' }),
  'addresses that are none': (answer) => ({ ...answer, allow_addresses: ['10.0.0.1/8'] }),
  'addresses that are null in a list': (answer) => ({ ...answer, allow_addresses: [null] }),
  'a rate limit without a time': (answer) => ({ ...answer, rate_limit: { requests: 5 } }),
  'a rate limit in no time': (answer) => ({ ...answer, rate_limit: { requests: 5, per_seconds: 0 } }),
  'no time to keep it': (answer) => ({ ...answer, cache_seconds: null }),
  'a time to keep it that is no whole number': (answer) => ({ ...answer, cache_seconds: 1e300 }),
}
for (const [name, spoil] of Object.entries(spoiled)) {
  test(`an answer that cannot be read is an outage, and nobody is let in: ${name}`, async (t) => {
    const { verifier, authority, told } = await givenVerifier(t)
    authority.intercept = ({ path }) =>
      path === VERIFY ? Response.json(spoil(authority.verifyAnswer(session.text))) : undefined
    assert.equal(await codeOf(verifier, session.text), 'verifier_unavailable')
    assert.equal(verifier.stats().verdicts, 0)
    // An answer that is in itself good, and about somebody else, is no trouble of the wire.
    if (!name.startsWith('another')) assert.deepEqual(told(), ['lease_regained', 'call_failed'])
    authority.intercept = () => undefined
    assert.equal(await codeOf(verifier, session.text), 'ok')
  })
}

for (const status of [400, 401, 403, 404, 429, 500, 503]) {
  test(`an authority that answers ${status} about a credential has said nothing about it`, async (t) => {
    const { verifier, authority } = await givenVerifier(t)
    authority.intercept = ({ path }) =>
      path === VERIFY ? new Response('{"active":true}', { status }) : undefined
    assert.equal(await codeOf(verifier, session.text), 'verifier_unavailable')
  })
}

test('a question that is not answered within three seconds is given up', async (t) => {
  const { verifier, authority, timers } = await givenVerifier(t)
  authority.intercept = ({ path }) => (path === VERIFY ? new Promise(() => {}) : undefined)
  const checking = codeOf(verifier, session.text)
  await timers.advance(3_000)
  assert.equal(await checking, 'verifier_unavailable')
})

test('many first sights of one credential are one question', async (t) => {
  const { verifier, authority } = await givenVerifier(t)
  const codes = await Promise.all(Array.from({ length: 50 }, () => codeOf(verifier, session.text)))
  assert.deepEqual([...new Set(codes)], ['ok'])
  assert.deepEqual(
    authority.of(VERIFY).map(({ body }) => body),
    [{ credential: session.text }],
  )
})

test('more questions than the bound allows are answered 503, not queued', async (t) => {
  const { verifier, authority } = await givenVerifier(t, { bounds: { asksMax: 4 } })
  const answers: (() => void)[] = []
  authority.intercept = (asked, signal) =>
    asked.path === VERIFY
      ? new Promise((resolve) => answers.push(() => void authority.answer(asked, signal).then(resolve)))
      : undefined
  const checks = Array.from({ length: 10 }, () => codeOf(verifier, givenOpaque('session').text))
  await settle()
  assert.equal(answers.length, 4)
  for (const answer of answers) answer()
  const codes = await Promise.all(checks)
  assert.equal(codes.filter((code) => code === 'ok').length, 4)
  assert.equal(codes.filter((code) => code === 'verifier_unavailable').length, 6)
})

test('a refusal carries the authority’s decision, is remembered for a second, and is not reported back', async (t) => {
  const { verifier, authority, timers } = await givenVerifier(t)
  authority.judge = () => null
  const [first, second] = [await verifier.verify(session.text), await verifier.verify(session.text)]
  assert.ok(!first.ok && !second.ok)
  assert.match(first.decisionId, /^dec_[0-9a-z]{26}$/)
  assert.equal(second.decisionId, first.decisionId)
  assert.equal(authority.of(VERIFY).length, 1)
  assert.equal(verifier.stats().reportsWaiting, 0)
  await timers.advance(1_000)
  authority.judge = (credential) => givenVerdict(credential, { position: authority.head })
  assert.equal(await codeOf(verifier, session.text), 'ok')
})

test('garbage never reaches the authority', async (t) => {
  const { verifier, authority } = await givenVerifier(t, { keys: [pair] })
  const { text } = givenOpaque('api_key')
  const garbage = [
    '',
    'x',
    `${text.slice(0, -1)}!`,
    text.toLowerCase(),
    'a.b.c',
    'x'.repeat(100_000),
    givenOpaque('refresh').text,
  ]
  for (const freshness of ['lease', 'online', 'signature'] as const) {
    for (const one of garbage) assert.equal(await codeOf(verifier, one, freshness), 'invalid_credential')
  }
  assert.equal(authority.of(VERIFY).length, 0)
})

test('what an answer says is what callers get, frozen', async (t) => {
  const { verifier, authority } = await givenVerifier(t)
  authority.judge = (credential) =>
    givenVerdict(credential, {
      allowAddresses: ['10.0.0.0/8'],
      rateLimit: { requests: 5, perSeconds: 60 },
      resources: ['door'],
    })
  const result = await verifier.verify(session.text)
  assert.ok(result.ok && Object.isFrozen(result) && Object.isFrozen(result.principal))
  assert.equal(result.credential.id, session.id)
  assert.deepEqual(result.permissions, ['orders:read'])
  assert.deepEqual(result.rateLimit, { requests: 5, perSeconds: 60 })
  assert.deepEqual([result.resources, result.allowAddresses, result.position], [['door'], ['10.0.0.0/8'], 10])
  assert.equal(verifier.verify(session.text), result)
})

test('a verdict is kept as long as the answer says, and never longer than a minute', async (t) => {
  for (const [cacheSeconds, keptMs] of [
    [0, 0],
    [7, 7_000],
    [3_600, 60_000],
  ] as const) {
    const { verifier, authority, timers } = await givenVerifier(t)
    authority.cacheSeconds = cacheSeconds
    await codeOf(verifier, session.text)
    await timers.advance(Math.max(0, keptMs - 1))
    if (keptMs > 0) assert.ok(!(verifier.verify(session.text) instanceof Promise))
    await timers.advance(1)
    assert.ok(verifier.verify(session.text) instanceof Promise)
  }
})

test('online: every check asks, and joins no question that began before it', async (t) => {
  const { verifier, authority } = await givenVerifier(t)
  for (let count = 0; count < 3; count += 1) await codeOf(verifier, session.text, 'online')
  assert.equal(authority.of(VERIFY).length, 3)

  const answers: (() => void)[] = []
  authority.intercept = (asked, signal) =>
    asked.path === VERIFY
      ? new Promise((resolve) => answers.push(() => void authority.answer(asked, signal).then(resolve)))
      : undefined
  const first = codeOf(verifier, session.text, 'online')
  await settle()
  // Revoked in the state alone, after the first question has begun and been decided: nothing tells us yet.
  const later = [codeOf(verifier, session.text, 'online'), codeOf(verifier, session.text, 'online')]
  await settle()
  assert.equal(answers.length, 1)
  answers.shift()?.()
  assert.equal(await first, 'ok')
  authority.judge = () => null
  await settle()
  assert.equal(answers.length, 1)
  answers.shift()?.()
  assert.deepEqual(await Promise.all(later), ['invalid_credential', 'invalid_credential'])
})

test('online: an access token is checked here first, then by the authority', async (t) => {
  const { verifier, authority } = await givenVerifier(t, { keys: [pair] })
  const claims = givenClaims()
  const token = await pair.sign(claims)
  const node = { kind: 'access_token' as const, id: `${claims.jti}` }
  authority.judge = () => {
    const { credential, ...rest } = givenVerdict(session.text)
    return { ...rest, credential: { ...credential, ...node, path: [node] } }
  }
  assert.equal(await codeOf(verifier, token, 'online'), 'ok')
  assert.equal(await codeOf(verifier, token, 'online'), 'ok')
  assert.equal(authority.of(VERIFY).length, 2)
  const other = await givenPair('ES256', pair.kid)
  assert.equal(await codeOf(verifier, await other.sign(claims), 'online'), 'invalid_credential')
  assert.equal(authority.of(VERIFY).length, 2)
  authority.judge = () => null
  assert.equal(await codeOf(verifier, token, 'online'), 'invalid_credential')
  authority.intercept = ({ path }) => (path === VERIFY ? new Response(null, { status: 503 }) : undefined)
  assert.equal(await codeOf(verifier, token, 'online'), 'verifier_unavailable')
})

test('signature: a token is good without a lease, by its signature and its times', async (t) => {
  const { verifier, authority, clock, timers } = await givenVerifier(t, { keys: [pair] })
  const token = await pair.sign(givenClaims())
  authority.intercept = () => new Response(null, { status: 503 })
  await timers.advance(10_000)
  assert.equal(await codeOf(verifier, token), 'verifier_unavailable')
  // After the lapse the keys must be fetched anew before anything is judged by them.
  assert.equal(await codeOf(verifier, token, 'signature'), 'verifier_unavailable')
  authority.intercept = ({ path }) =>
    path.endsWith('jwks.json') ? undefined : new Response(null, { status: 503 })
  await timers.advance(1_000)
  assert.equal(await codeOf(verifier, token, 'signature'), 'ok')
  assert.equal(await codeOf(verifier, await pair.sign(givenClaims({ epoch: 'other' })), 'signature'), 'ok')
  assert.equal(
    await codeOf(verifier, await pair.sign(givenClaims({ exp: NOW_SECONDS - 60 })), 'signature'),
    'invalid_credential',
  )
  const forged = await givenPair('ES256', pair.kid)
  assert.equal(await codeOf(verifier, await forged.sign(givenClaims()), 'signature'), 'invalid_credential')
  assert.equal(await codeOf(verifier, token), 'verifier_unavailable')
  clock.advance(931_000)
  assert.equal(await codeOf(verifier, token, 'signature'), 'invalid_credential')
})

test('signature: what is known to be revoked stays refused, and opaque credentials need the lease', async (t) => {
  const { verifier, authority, timers } = await givenVerifier(t, { keys: [pair] })
  const claims = givenClaims()
  const token = await pair.sign(claims)
  authority.revoke('session', `${claims.sid}`)
  await settle()
  assert.equal(await codeOf(verifier, token, 'signature'), 'invalid_credential')
  authority.intercept = ({ path }) =>
    path.endsWith('jwks.json') ? undefined : new Response(null, { status: 503 })
  await timers.advance(10_000)
  assert.equal(await codeOf(verifier, token, 'signature'), 'invalid_credential')
  assert.equal(await codeOf(verifier, session.text, 'signature'), 'verifier_unavailable')
})
