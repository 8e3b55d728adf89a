import assert from 'node:assert/strict'
import test from 'node:test'
import type { UsageReport } from '@countersign/protocol'
import { givenClaims, givenOpaque, givenPair, NOW_SECONDS } from '../test/given.ts'
import { type GivenVerifier, givenVerifier } from '../test/given-verifier.ts'

const pair = await givenPair('ES256')
const USAGE = '/v1/usage'
const reportsOf = ({ authority }: GivenVerifier): readonly UsageReport[] =>
  authority.of(USAGE).map(({ body }) => body as UsageReport)
const usesOf = (given: GivenVerifier): UsageReport['uses'] => reportsOf(given).flatMap(({ uses }) => uses)

test('uses are handed in within ten seconds, once, by credential and route', async (t) => {
  const given = await givenVerifier(t, { keys: [pair] })
  const key = givenOpaque('api_key')
  const header = { authorization: undefined, apiKey: key.text, cookie: undefined }
  await given.verifier.authenticate(header, { route: 'open_door', address: '192.0.2.1' })
  await given.timers.advance(1_000)
  for (let count = 0; count < 5; count += 1) given.verifier.recall('api_key_header', key.text)
  for (let count = 0; count < 3; count += 1) given.verifier.recall('api_key_header', key.text, 'close_door')
  const claims = givenClaims()
  await given.verifier.verify(await pair.sign(claims))
  assert.equal(reportsOf(given).length, 0)
  await given.timers.advance(9_000)

  assert.equal(reportsOf(given).length, 1)
  const at = (seconds: number): string => new Date((NOW_SECONDS + seconds) * 1000).toISOString()
  const credential = { kind: 'api_key', id: key.id }
  const uses = [...usesOf(given)].sort((one, other) => (one.route < other.route ? -1 : 1))
  assert.deepEqual(uses, [
    {
      credential,
      route: 'close_door',
      count: 3,
      refused: 0,
      first: at(1),
      last: at(1),
      address: '192.0.2.1',
    },
    { credential, route: 'open_door', count: 6, refused: 0, first: at(0), last: at(1), address: '192.0.2.1' },
    // An access token is a use of what it was minted under.
    {
      credential: { kind: 'session', id: claims.sid },
      route: 'unnamed',
      count: 1,
      refused: 0,
      first: at(1),
      last: at(1),
      address: null,
    },
  ])
  await given.timers.advance(30_000)
  assert.equal(reportsOf(given).length, 1)
})

test('a report that could not be handed in is kept and goes with the next one', async (t) => {
  for (const answer of [
    () => new Response(null, { status: 503 }),
    () => new Response(null, { status: 429 }),
    () => new Response(null, { status: 401 }),
    () => Promise.reject(new TypeError('fetch failed')),
    () => new Promise<Response>(() => {}),
  ]) {
    const given = await givenVerifier(t)
    const { text } = givenOpaque('session')
    given.authority.intercept = ({ path }) => (path === USAGE ? answer() : undefined)
    await given.verifier.verify(text)
    await given.verifier.verify('garbage')
    await given.timers.advance(20_000)
    await given.verifier.verify(text)
    assert.ok(given.told().includes('call_failed'))
    given.authority.intercept = () => undefined
    const before = given.authority.of(USAGE).length
    await given.timers.advance(20_000)

    const taken = reportsOf(given).slice(before)
    assert.equal(
      taken.flatMap(({ uses }) => uses).reduce((sum, { count }) => sum + count, 0),
      2,
    )
    assert.equal(taken.flatMap(({ refusals }) => refusals).length, 1)
  }
})

test('a report that nobody will ever take is not sent for ever', async (t) => {
  const given = await givenVerifier(t)
  given.authority.intercept = ({ path }) => (path === USAGE ? new Response(null, { status: 422 }) : undefined)
  await given.verifier.verify(givenOpaque('session').text)
  await given.timers.advance(60_000)
  // Whole, and once more as an authority of an earlier version would take it.
  assert.equal(given.authority.of(USAGE).length, 2)
})

test('a thousand uses and two hundred refusals are the most in one report', async (t) => {
  const given = await givenVerifier(t, { bounds: { refusalsMax: 2 } })
  for (let count = 0; count < 1_500; count += 1) await given.verifier.verify(givenOpaque('session').text)
  for (let count = 0; count < 1_500; count += 1) await given.verifier.verify(`garbage-${count}`)
  await given.timers.advance(10_000)

  const reports = reportsOf(given)
  assert.ok(reports.every(({ uses, refusals }) => uses.length <= 1_000 && refusals.length <= 200))
  assert.equal(usesOf(given).length, 1_500)
  assert.equal(reports.flatMap(({ refusals }) => refusals).length, 1_000)
})

test('a refusal is told with its decision and its reason, and never with what was presented', async (t) => {
  const given = await givenVerifier(t, { keys: [pair] })
  const secret = givenOpaque('session')
  given.authority.intercept = ({ path }) =>
    path === '/v1/verify' ? new Response(null, { status: 503 }) : undefined
  const expired = await pair.sign(givenClaims({ exp: NOW_SECONDS - 100 }))
  const facts = { route: 'read_orders', address: '2001:db8::1' }
  const results = [
    await given.verifier.authenticate(
      { authorization: `Bearer ${expired}`, apiKey: null, cookie: null },
      facts,
    ),
    await given.verifier.authenticate(
      { authorization: `Bearer ${secret.text}`, apiKey: null, cookie: null },
      facts,
    ),
    await given.verifier.authenticate(
      { authorization: 'Bearer hunter2!', apiKey: null, cookie: null },
      facts,
    ),
  ]
  await given.timers.advance(10_000)

  const refusals = reportsOf(given).flatMap((report) => report.refusals)
  const known = {
    at: new Date(NOW_SECONDS * 1000).toISOString(),
    route: 'read_orders',
    address: '2001:db8::1',
    position: 10,
    lease_ms: 5000,
  }
  assert.deepEqual(
    refusals,
    [
      { ...known, code: 'invalid_credential', reason: 'expired', credential_id: null },
      { ...known, code: 'verifier_unavailable', reason: 'authority_unreachable', credential_id: secret.id },
      { ...known, code: 'invalid_credential', reason: 'malformed', credential_id: null },
    ].map((refusal, index) => {
      const result = results[index]
      assert.ok(result !== undefined && !result.ok)
      return { decision_id: result.decisionId, ...refusal }
    }),
  )
  const sent = JSON.stringify(reportsOf(given))
  for (const text of [secret.text, expired, 'hunter2']) assert.ok(!sent.includes(text))
})

test('a guard’s own refusal counts against the credential, and odd names spoil no report', async (t) => {
  const given = await givenVerifier(t)
  const { text, id } = givenOpaque('session')
  const verified = await given.verifier.verify(text)
  assert.ok(verified.ok)
  const denied = given.verifier.deny('permission_denied', {
    verified,
    reason: 'needs {orders:write}',
    route: 'a route with spaces',
    address: 'not an address',
    from: 'cookie',
  })
  assert.deepEqual([denied.ok, denied.code, denied.from], [false, 'permission_denied', 'cookie'])
  await given.timers.advance(10_000)

  const [report] = reportsOf(given)
  const [use] = report?.uses ?? []
  assert.deepEqual([use?.count, use?.refused, use?.route, use?.address], [1, 1, 'unnamed', null])
  assert.deepEqual(report?.refusals, [
    {
      decision_id: denied.decisionId,
      at: new Date(NOW_SECONDS * 1000).toISOString(),
      code: 'permission_denied',
      reason: null,
      route: null,
      credential_id: id,
      address: null,
      position: 10,
      lease_ms: 5000,
    },
  ])
})

test('uses of a verdict that leaves memory are not lost, and `close` hands in the last', async (t) => {
  const given = await givenVerifier(t, { bounds: { verdictsMax: 2 } })
  for (let count = 0; count < 6; count += 1) await given.verifier.verify(givenOpaque('session').text)
  given.authority.epoch = 'epoch-two'
  given.authority.head = 0
  await given.timers.advance(2_000)
  await given.verifier.close()
  assert.equal(usesOf(given).length, 6)
})

test('what a key does is told by program and place, by the program’s plain name, and sessions are not', async (t) => {
  const given = await givenVerifier(t, { keys: [pair] })
  const [key, session] = [givenOpaque('api_key'), givenOpaque('session')]
  const use = async (text: string, address: string, userAgent: string | null): Promise<void> => {
    const scheme = text === key.text ? 'ApiKey' : 'Bearer'
    const header = { authorization: `${scheme} ${text}`, apiKey: null, cookie: null }
    await given.verifier.authenticate(header, { route: 'open_door', address, userAgent })
  }
  for (let turn = 0; turn < 16; turn += 1) await use(key.text, '192.0.2.1', 'gym-worker/1.4 (secret stuff)')
  await use(key.text, '192.0.2.9', 'curl/8.9.1')
  await use(session.text, '192.0.2.1', 'Mozilla/5.0')
  await given.timers.advance(9_000)

  const told = usesOf(given).map(({ credential, count, address, agent }) => [
    credential.kind,
    address,
    agent,
    count,
  ])
  assert.deepEqual(told.toSorted(), [
    ['api_key', '192.0.2.1', 'gym-worker', 16],
    ['api_key', '192.0.2.9', 'curl', 1],
    ['session', '192.0.2.1', undefined, 1],
  ])
})

test('a key in memory is looked at again at its sixteenth, sixty-fourth … use, a session never', async (t) => {
  const given = await givenVerifier(t)
  const [key, session] = [givenOpaque('api_key'), givenOpaque('session')]
  const headers = [`ApiKey ${key.text}`, `Bearer ${session.text}`]
  for (const authorization of headers) {
    await given.verifier.authenticate({ authorization, apiKey: null, cookie: null })
  }
  const missed = headers.map((header) =>
    Array.from({ length: 260 }, (_, index) => index + 1).filter(
      () => given.verifier.recall('authorization', header) === null,
    ),
  )

  assert.deepEqual(missed, [[16, 64, 256], []])
})

test('an authority of an earlier version is told without the program, from then on', async (t) => {
  const given = await givenVerifier(t)
  const hasAgent = (body: unknown): boolean => JSON.stringify(body).includes('"agent"')
  given.authority.intercept = ({ path, body }) =>
    path === USAGE && hasAgent(body) ? new Response(null, { status: 422 }) : undefined
  for (let turn = 0; turn < 2; turn += 1) {
    const header = { authorization: null, apiKey: givenOpaque('api_key').text, cookie: null }
    await given.verifier.authenticate(header, { userAgent: 'curl/8' })
    await given.timers.advance(10_000)
  }

  assert.deepEqual(
    reportsOf(given).map((body) => hasAgent(body)),
    [true, false, false],
  )
})
