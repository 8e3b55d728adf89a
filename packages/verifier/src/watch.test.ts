import assert from 'node:assert/strict'
import test from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { givenClaims, givenOpaque, givenPair, givenVerdict, NOW_SECONDS } from '../test/given.ts'
import { type GivenVerifier, givenVerifier } from '../test/given-verifier.ts'
import { settle } from '../test/hand-timers.ts'
import type { Verified, VerifyOptions } from './verifier-types.ts'

const pair = await givenPair('ES256')
const session = givenOpaque('session')

async function seen(
  { verifier }: GivenVerifier,
  credential: string,
  options?: VerifyOptions,
): Promise<Verified> {
  const result = await verifier.verify(credential, options)
  assert.ok(result.ok)
  return result
}

test('a signal is made when it is first read, once, and aborts with the revocation of anything on the path', async (t) => {
  const claims = givenClaims()
  for (const [kind, id] of [
    ['access_token', claims.jti],
    ['session', claims.sid],
    ['account', claims.sub],
    ['role', 'member'],
    ['client', 'first-party'],
    ['signing_key', pair.kid],
  ] as const) {
    const given = await givenVerifier(t, { keys: [pair] })
    const { principal } = await seen(given, await pair.sign(claims))
    assert.equal(given.verifier.stats().watched, 0)
    const { ended } = principal
    assert.equal(principal.ended, ended)
    given.authority.revoke('session', 'ses_of_somebody_else')
    await settle()
    assert.ok(!ended.aborted)
    if (kind === 'account' || kind === 'role' || kind === 'client') given.authority.rule(kind, `${id}`)
    else given.authority.revoke(kind, `${id}`)
    await settle()
    assert.ok(ended.aborted, kind)
    assert.match(`${ended.reason}`, /revoked/)
    assert.equal(given.verifier.stats().watched, 0)
  }
})

test('a signal aborts when the lease lapses, and there is a new one when the credential was good after all', async (t) => {
  const given = await givenVerifier(t)
  const { principal } = await seen(given, session.text)
  const { ended } = principal
  given.authority.intercept = () => new Response(null, { status: 503 })
  await given.timers.advance(4_999)
  assert.ok(!ended.aborted)
  await given.timers.advance(2_002)
  assert.ok(ended.aborted)
  assert.match(`${ended.reason}`, /lease/)
  assert.ok(principal.ended.aborted)

  given.authority.intercept = () => undefined
  await given.timers.advance(1_000)
  assert.ok(!principal.ended.aborted)
  assert.ok(ended.aborted)
})

test('a signal aborts when the access token expires', async (t) => {
  const given = await givenVerifier(t, { keys: [pair], leewaySeconds: 0 })
  const { ended } = (await seen(given, await pair.sign(givenClaims({ exp: NOW_SECONDS + 100 })))).principal
  await given.timers.advance(99_999)
  assert.ok(!ended.aborted)
  await given.timers.advance(1)
  assert.ok(ended.aborted)
  assert.match(`${ended.reason}`, /expired/)
})

test('an opaque credential is asked about again before its minute is over, and goes on while it is good', async (t) => {
  const given = await givenVerifier(t)
  const { ended } = (await seen(given, session.text)).principal
  ended.addEventListener('abort', () => {})
  await given.timers.advance(300_000)
  assert.ok(!ended.aborted)
  const asked = given.authority.of('/v1/verify').length
  assert.ok(asked >= 5 && asked <= 7, `${asked}`)

  given.authority.judge = () => null
  await given.timers.advance(60_000)
  assert.ok(ended.aborted)
})

test('an authority that cannot answer gets until the end of the verdict, and no longer', async (t) => {
  const given = await givenVerifier(t)
  given.authority.cacheSeconds = 20
  const { ended } = (await seen(given, session.text)).principal
  given.authority.intercept = ({ path }) =>
    path === '/v1/verify' ? new Response(null, { status: 503 }) : undefined
  await given.timers.advance(19_000)
  assert.ok(!ended.aborted)
  await given.timers.advance(1_000)
  assert.ok(ended.aborted)
})

test('a new log is no end by itself: what is good in it goes on, what is of the old one ends', async (t) => {
  const given = await givenVerifier(t, { keys: [pair] })
  const opaque = (await seen(given, session.text)).principal.ended
  const token = (await seen(given, await pair.sign(givenClaims()))).principal.ended
  given.authority.epoch = 'epoch-two'
  given.authority.head = 0
  await given.timers.advance(3_000)
  assert.deepEqual([opaque.aborted, token.aborted], [false, true])
})

test('who relies on signatures alone is not cut off with the lease, but is by a revocation that is known', async (t) => {
  const given = await givenVerifier(t, { keys: [pair] })
  given.authority.intercept = ({ path }) =>
    path === '/v1/revocations' ? new Response(null, { status: 503 }) : undefined
  await given.timers.advance(10_000)
  const claims = givenClaims()
  const { ended } = (await seen(given, await pair.sign(claims), { freshness: 'signature' })).principal
  await given.timers.advance(10_000)
  assert.ok(!ended.aborted)
  given.authority.intercept = () => undefined
  given.authority.revoke('session', `${claims.sid}`)
  await given.timers.advance(1_000)
  assert.ok(ended.aborted)
})

test('nobody is watched beyond the bound: one signal too many has aborted already', async (t) => {
  const given = await givenVerifier(t, { bounds: { watchedMax: 3 } })
  const signals: AbortSignal[] = []
  for (let count = 0; count < 5; count += 1) {
    signals.push((await seen(given, givenOpaque('session').text)).principal.ended)
  }
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [false, false, false, true, true],
  )
  assert.equal(given.verifier.stats().watched, 3)
})

test('`close` ends everything that is watched', async (t) => {
  const given = await givenVerifier(t)
  const { ended } = (await seen(given, session.text)).principal
  await given.verifier.close()
  assert.ok(ended.aborted)
})

test('a signal that nobody holds or listens to is let go of; one that is listened to is not', async (t) => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const given = await givenVerifier(t, { bounds: { verdictsMax: 1 } })
  given.authority.judge = (credential) => givenVerdict(credential, { position: given.authority.head })
  let heard = 0
  const watch = async (listens: boolean): Promise<void> => {
    const { ended } = (await seen(given, givenOpaque('session').text)).principal
    if (listens) {
      ended.addEventListener('abort', () => {
        heard += 1
      })
    }
  }
  for (let count = 0; count < 20; count += 1) await watch(count % 2 === 0)
  assert.equal(given.verifier.stats().watched, 20)
  // The last one is still in the cache of verdicts; another takes its place.
  await seen(given, givenOpaque('session').text)
  await given.timers.advance(30_000)
  collect()
  await settle()
  collect()
  await given.timers.advance(30_000)

  assert.equal(given.verifier.stats().watched, 10)
  await given.verifier.close()
  assert.equal(heard, 10)
})
