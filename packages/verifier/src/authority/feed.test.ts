import assert from 'node:assert/strict'
import test from 'node:test'
import { givenClaims, givenOpaque, givenPair, NOW_SECONDS } from '../../test/given.ts'
import { givenVerifier } from '../../test/given-verifier.ts'
import { settle } from '../../test/hand-timers.ts'
import type { Verifier } from '../verifier-types.ts'

const pair = await givenPair('ES256')
const isGood = async (verifier: Verifier, credential: string): Promise<boolean> =>
  (await verifier.verify(credential)).ok
const codeOf = async (verifier: Verifier, credential: string): Promise<string> => {
  const result = await verifier.verify(credential)
  return result.ok ? 'ok' : result.code
}

const entryAt = (position: number): object => ({
  position,
  kind: 'session',
  id: 'ses_1',
  expires_at: '2027-01-15T09:00:00.000Z',
})

test('the first poll asks for everything, the next ones acknowledge what was applied and wait', async (t) => {
  const { authority, timers } = await givenVerifier(t)
  await timers.advance(2_000)

  const [first, second, third] = authority.polls.map(({ query }) => Object.fromEntries(query))
  assert.match(`${first?.verifier}`, /^[A-Za-z0-9_-]{16,64}$/)
  assert.deepEqual({ ...first, verifier: '' }, { verifier: '', hold_ms: '0' })
  const next = { verifier: first?.verifier, epoch: 'epoch-one', after: '10', hold_ms: '2000' }
  assert.deepEqual([second, third], [next, next])
  assert.equal(authority.polls.length, 3)
})

test('an idle verifier polls once for every hold, and keeps its lease', async (t) => {
  const { authority, timers, verifier, told } = await givenVerifier(t)
  await timers.advance(20_000)
  assert.equal(authority.polls.length, 12)
  assert.ok(verifier.stats().leaseHolds)
  assert.deepEqual(told(), ['lease_regained'])
})

test('a lease of a second, within which nothing can be held, is renewed four times in it', async (t) => {
  const { authority, timers, verifier } = await givenVerifier(t, {
    prepare: (one) => Object.assign(one, { leaseMs: 1_000 }),
  })
  await timers.advance(2_000)
  assert.ok(verifier.stats().leaseHolds)
  assert.ok(authority.polls.length >= 8 && authority.polls.length <= 10, `${authority.polls.length}`)
})

test('a revocation is applied as soon as the held poll is answered, and the next poll acknowledges it', async (t) => {
  const { verifier, authority } = await givenVerifier(t)
  const { text, id } = givenOpaque('session')
  assert.ok(await isGood(verifier, text))

  authority.revoke('session', id)
  await settle()

  assert.equal(await codeOf(verifier, text), 'invalid_credential')
  assert.equal(authority.polls.at(-1)?.query.get('after'), '11')
})

for (const [name, answer] of Object.entries({
  'no JSON': () => new Response('<html>', { status: 200 }),
  'half an answer': () => new Response('{"epoch":"epoch-one"', { status: 200 }),
  'an error': () => new Response('{}', { status: 500 }),
  'a redirect': () => new Response(null, { status: 302, headers: { location: 'https://evil.example' } }),
  'nothing at all': () => Promise.reject(new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') })),
  'no end': () => new Promise<Response>(() => {}),
  'more than there can be': () => new Response(' '.repeat(9_000_000), { status: 200 }),
})) {
  test(`an authority that answers ${name} is away, and is found again within a second`, async (t) => {
    const { verifier, authority, timers, told } = await givenVerifier(t)
    authority.intercept = ({ path }) => (path === '/v1/revocations' ? answer() : undefined)
    await timers.advance(9_000)
    assert.equal(
      await Promise.race([
        codeOf(verifier, givenOpaque('session').text),
        timers.advance(3_100).then(() => 'none'),
      ]),
      'verifier_unavailable',
    )

    authority.intercept = () => undefined
    await timers.advance(name === 'no end' ? 6_000 : 1_000)

    assert.ok(verifier.stats().leaseHolds)
    assert.deepEqual(told(), ['lease_regained', 'call_failed', 'lease_lost', 'lease_regained', 'call_works'])
  })
}

test('failures are not answered by a flood of polls', async (t) => {
  const { authority, timers } = await givenVerifier(t)
  authority.intercept = () => new Response(null, { status: 503 })
  await timers.advance(2_000)
  const { length } = authority.polls
  await timers.advance(30_000)
  assert.ok(authority.polls.length - length < 70, `${authority.polls.length - length} polls in 30 s`)
})

for (const status of [401, 403]) {
  test(`${status} on the feed ends the lease at once, is told once, and is tried again at leisure`, async (t) => {
    const { verifier, authority, timers, told } = await givenVerifier(t)
    const { text } = givenOpaque('session')
    assert.ok(await isGood(verifier, text))
    authority.intercept = ({ path }) =>
      path === '/v1/revocations' ? new Response(null, { status }) : undefined
    await timers.advance(2_000)

    assert.ok(!verifier.stats().leaseHolds)
    assert.equal(await codeOf(verifier, text), 'verifier_unavailable')
    assert.deepEqual(told(), ['lease_regained', 'call_failed', 'feed_refused', 'lease_lost'])
    const { length } = authority.polls
    await timers.advance(30_000)
    assert.ok(authority.polls.length - length <= 12)
    assert.equal(told().filter((kind) => kind === 'feed_refused').length, 1)
    await assert.rejects(verifier.ready(), /API key/)

    authority.intercept = () => undefined
    await timers.advance(5_000)
    assert.ok(await isGood(verifier, text))
  })
}

test('an answer that comes later than its lease is long grants none, and its poll is given up', async (t) => {
  const { verifier, authority, timers, clock } = await givenVerifier(t)
  let answer = (): void => {}
  authority.intercept = (asked, signal) =>
    asked.path !== '/v1/revocations'
      ? undefined
      : new Promise((resolve) => {
          answer = () => void authority.answer(asked, signal).then(resolve, () => {})
        })
  await timers.advance(2_000)
  authority.intercept = () => new Response(null, { status: 503 })
  // The process was paused while the answer lay there: no timer of its own could run.
  clock.advance(5_000)
  answer()
  await settle()
  assert.ok(!verifier.stats().leaseHolds)
})

test('the answer to an abandoned poll changes nothing, whenever it comes', async (t) => {
  const { verifier, authority, clock, timers } = await givenVerifier(t)
  const late: (() => void)[] = []
  authority.intercept = ({ path, query }) => {
    if (path !== '/v1/revocations' || query.get('hold_ms') === '0') return undefined
    const answer = { ...authority.feedAnswer(query), position: 99, entries: [entryAt(99)] }
    return new Promise((resolve) => late.push(() => resolve(Response.json(answer))))
  }
  await timers.advance(2_000)
  // A suspended machine wakes up: a check finds no lease and does not wait for the poll that hangs.
  clock.suspend(10_000)
  assert.ok(await isGood(verifier, givenOpaque('session').text))
  assert.equal(late.length, 2)
  late[0]?.()
  await settle()

  assert.deepEqual([verifier.stats().position, verifier.stats().revokedNodes], [10, 0])
})

test('checks that find no lease share one poll without hold, which waits for no other', async (t) => {
  const { verifier, authority, clock } = await givenVerifier(t, { keys: [pair] })
  const token = await pair.sign(givenClaims())
  const { length } = authority.polls
  clock.suspend(5_000)

  const checks = [token, ...Array.from({ length: 20 }, () => givenOpaque('session').text)]
  const results = await Promise.all(checks.map((credential) => verifier.verify(credential)))

  assert.ok(results.every(({ ok }) => ok))
  const more = authority.polls.slice(length)
  assert.deepEqual(more.map(({ query }) => query.get('hold_ms')).slice(0, 1), ['0'])
  assert.equal(more.filter(({ query }) => query.get('hold_ms') === '0').length, 1)
})

test('nobody waits for a lease longer than three seconds, nor sends a poll right after one has failed', async (t) => {
  const { verifier, authority, timers, clock } = await givenVerifier(t)
  clock.suspend(5_000)
  authority.intercept = () => new Promise(() => {})
  const checking = codeOf(verifier, givenOpaque('session').text)
  await timers.advance(3_000)
  assert.equal(await checking, 'verifier_unavailable')

  authority.intercept = () => new Response(null, { status: 503 })
  await timers.advance(10_000)
  const { length } = authority.polls
  for (let count = 0; count < 100; count += 1) await codeOf(verifier, givenOpaque('session').text)
  assert.ok(authority.polls.length - length <= 1)
})

test('a snapshot comes page by page, each acknowledged, and grants a lease with the last one', async (t) => {
  const dead = Array.from({ length: 5 }, () => givenOpaque('session'))
  const { verifier, authority } = await givenVerifier(t, {
    prepare: (one) => {
      one.pageMax = 2
      for (const { id } of dead) one.revoke('session', id)
    },
  })

  const asked = authority.polls.map(({ query }) => query.get('after'))
  assert.deepEqual(asked.slice(0, 4), [null, '12', '14', '15'])
  assert.deepEqual([verifier.stats().position, verifier.stats().revokedNodes], [15, 5])
  for (const { text } of dead) assert.equal(await codeOf(verifier, text), 'invalid_credential')
})

test('the first page of a new log ends the lease until the last page is here', async (t) => {
  const { verifier, authority, timers, told } = await givenVerifier(t)
  const { text } = givenOpaque('session')
  assert.ok(await isGood(verifier, text))
  authority.epoch = 'epoch-two'
  authority.head = 0
  authority.pageMax = 1
  for (const id of ['ses_1', 'ses_2', 'ses_3']) authority.revoke('session', id)
  authority.intercept = ({ query }) => (query.get('after') === '1' ? new Promise(() => {}) : undefined)
  await timers.advance(2_000)

  assert.deepEqual([verifier.stats().epoch, verifier.stats().position], ['epoch-two', 1])
  assert.ok(!verifier.stats().leaseHolds)

  authority.intercept = () => undefined
  await timers.advance(11_000)
  assert.deepEqual([verifier.stats().position, verifier.stats().revokedNodes], [3, 3])
  assert.ok(await isGood(verifier, text))
  assert.ok(told().includes('epoch_changed'))
})

test('an empty snapshot of a new log takes every verdict and every token of the old one', async (t) => {
  const { verifier, authority, timers } = await givenVerifier(t, { keys: [pair] })
  const { text } = givenOpaque('session')
  const token = await pair.sign(givenClaims())
  for (const credential of [text, token]) assert.ok(await isGood(verifier, credential))
  authority.epoch = 'epoch-two'
  authority.head = 0
  await timers.advance(2_000)

  assert.deepEqual([verifier.stats().verdicts, verifier.stats().position], [0, 0])
  assert.equal(await codeOf(verifier, token), 'invalid_credential')
  assert.ok(await isGood(verifier, text))
  assert.equal(authority.of('/v1/verify').length, 2)
})

test('a log that went backwards in its epoch gets no lease again, even when it has grown past us', async (t) => {
  const { verifier, authority, timers, told } = await givenVerifier(t)
  const { text, id } = givenOpaque('session')
  authority.revoke('session', id)
  await settle()
  authority.entries = []
  authority.head = 4
  await timers.advance(2_100)

  assert.ok(!verifier.stats().leaseHolds)
  assert.equal(await codeOf(verifier, text), 'verifier_unavailable')
  assert.deepEqual([verifier.stats().position, verifier.stats().revokedNodes], [11, 1])
  authority.head = 50
  await timers.advance(10_000)
  assert.ok(!verifier.stats().leaseHolds)
  assert.equal(told().filter((kind) => kind === 'log_went_backwards').length, 1)

  authority.epoch = 'epoch-two'
  await timers.advance(2_000)
  assert.ok(verifier.stats().leaseHolds)
  assert.ok(await isGood(verifier, text))
})

test('what had expired by `pruned_until` stays expired when the authority’s clock is set back', async (t) => {
  const { verifier, authority, timers } = await givenVerifier(t, { keys: [pair] })
  const token = await pair.sign(givenClaims({ exp: NOW_SECONDS + 100 }))
  authority.prunedUntilMs = (NOW_SECONDS + 140) * 1000
  await timers.advance(2_000)
  assert.equal(await codeOf(verifier, token), 'invalid_credential')
  assert.ok(await isGood(verifier, await pair.sign(givenClaims({ exp: NOW_SECONDS + 111 }))))
})

test('an answer that is given twice is applied once', async (t) => {
  const { verifier, authority } = await givenVerifier(t)
  authority.revoke('session', 'ses_1')
  await settle()
  authority.intercept = ({ path }) => {
    if (path !== '/v1/revocations') return undefined
    authority.intercept = () => undefined
    return Response.json(authority.feedAnswer(new URLSearchParams({ epoch: 'epoch-one', after: '10' })))
  }
  authority.wake()
  await settle()
  assert.deepEqual([verifier.stats().position, verifier.stats().revokedNodes], [11, 1])
  assert.ok(verifier.stats().leaseHolds)
})

test('a restarted verifier knows nothing of its former life: it waits for its snapshot', async (t) => {
  const first = await givenVerifier(t)
  const { text, id } = givenOpaque('session')
  assert.ok(await isGood(first.verifier, text))
  first.authority.revoke('session', id)
  const second = await givenVerifier(t, {
    prepare: (one) => {
      Object.assign(one, { entries: first.authority.entries, head: 11, judge: () => null })
      one.intercept = () => new Response(null, { status: 503 })
    },
  })
  assert.equal(await codeOf(second.verifier, text), 'verifier_unavailable')
  second.authority.intercept = () => undefined
  await second.timers.advance(1_000)
  assert.equal(await codeOf(second.verifier, text), 'invalid_credential')
  assert.notEqual(first.verifier.stats().verifierId, second.verifier.stats().verifierId)
})

test('after `close` nothing is polled, nobody is let in, and no timer is left', async (t) => {
  const { verifier, authority, timers } = await givenVerifier(t, { keys: [pair] })
  const token = await pair.sign(givenClaims())
  assert.ok(await isGood(verifier, token))
  await verifier.close()
  await settle()
  const { length } = authority.asked
  await timers.advance(60_000)
  assert.equal(authority.asked.length, length)
  for (const freshness of ['lease', 'online', 'signature'] as const) {
    const result = await verifier.verify(token, { freshness })
    assert.equal(result.ok ? 'ok' : result.code, 'verifier_unavailable')
  }
  assert.equal(timers.size, 0)
  await assert.rejects(verifier.ready(), /closed/)
})
