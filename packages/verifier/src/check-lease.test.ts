import assert from 'node:assert/strict'
import test from 'node:test'
import { createDeferred } from '../test/deferred.ts'
import { type Given, givenChecker, givenClaims, givenOpaque, givenPair, kill, STYLE } from '../test/given.ts'
import { createChecker } from './check.ts'
import type { CheckerOptions } from './checker-options.ts'

const pair = await givenPair('HS256')
const noLease = { ok: false, code: 'verifier_unavailable', reason: 'no_lease' }
const token = (changes: object = {}): Promise<string> => pair.sign(givenClaims(changes))

/** A checker that has accepted one token and one session, which it could answer for from memory. */
async function givenWarm(): Promise<{ given: Given; warm: readonly string[] }> {
  const given = await givenChecker({ keys: [pair] })
  const warm = [await token(), givenOpaque('session').text]
  for (const credential of warm) assert.ok((await given.checker.check(credential)).ok)
  return { given, warm }
}

test('before the first answer nothing is accepted: one poll, then 503', async () => {
  const given = await givenChecker({ keys: [pair], fed: false })
  assert.deepEqual(await given.checker.check(await token()), noLease)
  assert.deepEqual(await given.checker.check(givenOpaque('session').text), noLease)
  assert.deepEqual([given.renewals, given.asked.length], [2, 0])
})

test('a lapsed lease is renewed by one poll for all who wait, and then the check goes on', async () => {
  const { given, warm } = await givenWarm()
  given.clock.advance(5_000)
  const poll = createDeferred<void>()
  given.renew = () => poll.promise

  const checks = [...warm, ...warm, await token()].map((credential) => given.checker.check(credential))
  assert.ok(checks.every((check) => check instanceof Promise))
  given.feed()
  poll.resolve()

  for (const result of await Promise.all(checks)) assert.ok(result.ok)
  assert.equal(given.renewals, 1)
})

test('a lapsed lease with an authority that is away is 503 for what was cached too', async () => {
  const { given, warm } = await givenWarm()
  given.clock.advance(5_000)
  for (const credential of warm) assert.deepEqual(await given.checker.check(credential), noLease)
  given.renew = () => {
    throw new Error('away')
  }
  assert.deepEqual(await given.checker.check(warm[0] ?? ''), noLease)
})

test('a poll that answers without a lease is 503', async () => {
  const { given, warm } = await givenWarm()
  given.clock.advance(5_000)
  given.renew = async () => void given.feed([], { leaseMs: 0 })
  for (const credential of warm) assert.deepEqual(await given.checker.check(credential), noLease)
})

test('what the renewing poll brings is applied before the check goes on', async () => {
  const { given } = await givenWarm()
  const claims = givenClaims()
  const signed = await pair.sign(claims)
  assert.ok((await given.checker.check(signed)).ok)
  given.clock.advance(6_000)
  given.renew = async () => void given.feed([kill(11, 'session', `${claims.sid}`)])

  const result = await given.checker.check(signed)

  assert.deepEqual(result, { ok: false, code: 'invalid_credential', reason: 'revoked' })
})

test('a suspended machine has no lease when it wakes, though its monotonic clock stood still', async () => {
  const { given, warm } = await givenWarm()
  given.clock.suspend(5_000)
  for (const credential of warm) assert.deepEqual(await given.checker.check(credential), noLease)
})

test('a wall clock that jumps forward or back costs one poll, and nobody is let in without it', async () => {
  for (const jumpMs of [3_600_000, -3_600_000]) {
    const { given, warm } = await givenWarm()
    given.clock.advance(1_000)
    given.clock.wallMs += jumpMs
    for (const credential of warm) assert.deepEqual(await given.checker.check(credential), noLease)
    given.renew = async () => void given.feed()
    for (const credential of warm) assert.ok((await given.checker.check(credential)).ok)
  }
})

test('a process that was paused during its question to the authority looks at the lease again', async () => {
  const given = await givenChecker()
  const { text } = givenOpaque('session')
  const answer = given.ask(text)
  given.ask = () => {
    given.clock.advance(60_000)
    return answer
  }
  assert.deepEqual(await given.checker.check(text), noLease)
  assert.equal(given.checker.stats().verdicts, 0)
})

test('a feed that refuses us ends the lease at once', async () => {
  const { given, warm } = await givenWarm()
  given.clock.advance(1)
  given.checker.endLease()
  for (const credential of warm) assert.deepEqual(await given.checker.check(credential), noLease)
  given.clock.advance(1)
  given.feed()
  for (const credential of warm) assert.ok((await given.checker.check(credential)).ok)
})

test('`recall` gives what `check` would give at once, and null for everything else', async () => {
  const { given, warm } = await givenWarm()
  for (const credential of warm)
    assert.equal(given.checker.recall(credential), given.checker.check(credential))
  assert.equal(given.checker.recall(await token()), null)
  given.clock.advance(5_000)
  for (const credential of warm) assert.equal(given.checker.recall(credential), null)
  assert.equal(given.renewals, 0)
})

test('settings that would let in what must stay out are refused', () => {
  const good: CheckerOptions = {
    issuer: 'https://auth.example.com',
    audiences: ['api'],
    style: STYLE,
    clock: { nowMs: () => 0, monotonicMs: () => 0 },
    ask: () => Promise.reject(new Error()),
    renew: () => Promise.reject(new Error()),
  }
  const wrong: readonly Partial<CheckerOptions>[] = [
    { issuer: '' },
    { audiences: [] },
    { audiences: ['api', ''] },
    { leewaySeconds: 31 },
    { leewaySeconds: -1 },
    { leewaySeconds: Number.NaN },
    { lifetimeMaxSeconds: 0 },
    { lifetimeMaxSeconds: Number.NaN },
    { bounds: { verdictsMax: 0 } },
    { bounds: { asksMax: Number.POSITIVE_INFINITY } },
    { bounds: { refusalKeepMs: 1.5 } },
  ]
  assert.doesNotThrow(() => createChecker(good))
  for (const changes of wrong) {
    assert.throws(() => createChecker({ ...good, ...changes }), RangeError, JSON.stringify(changes))
  }
})
