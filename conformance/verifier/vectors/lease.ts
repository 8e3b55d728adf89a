/** The vectors about the lease: what is served while it holds, and that nothing is served without it. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { REFUSED } from '../fake/authority.ts'
import { newId, newSigningKey } from '../fake/credentials.ts'
import type { Command } from '../program.ts'
import { givenStage, type OpenStage, openStage, type Stage } from '../stage.ts'
import { throughout, until, upTo } from '../until.ts'

const LEASE_MS = 2_000
/** Long enough to look at what is served while it holds. */
const LONG_LEASE_MS = 5_000
const SURE_MS = 1_000
const FEED = '/v1/revocations'

export function describeLease(command: Command): void {
  describe('the lease', { concurrency: 6 }, () => {
    describeCut(command)
    describeRefusedFeed(command)
    describeBadAnswers(command)
    describeSlowness(command)
  })
}

/** One of each kind, in the memory of the program. */
async function warm(
  stage: Stage,
): Promise<{ all(): Promise<number[]>; session: ReturnType<Stage['opaque']> }> {
  const [token, session, key] = [stage.token(), stage.opaque('session'), stage.opaque('api_key')]
  const all = async (): Promise<number[]> => [
    await stage.status({ bearer: token }),
    await stage.status({ bearer: session.credential }),
    await stage.status({ key: key.credential }),
  ]
  await until('all are served', are(200, all))
  return { all, session }
}

const are =
  (status: number, all: () => Promise<number[]>): (() => Promise<boolean>) =>
  async () =>
    (await all()).every((one) => one === status)

/**
 * Sees to it that the lease has just been extended. Returns until when it holds at least, on the monotonic clock
 * of this process.
 */
async function renewLease({ authority }: Stage): Promise<number> {
  const startedMs = performance.now()
  // The poll that brings the first entry may have been sent long ago; the one that brings the second was sent since.
  for (let count = 0; count < 2; count += 1) {
    await authority.acknowledged(authority.log.kill('session', newId('ses')))
  }
  return startedMs + authority.leaseMs
}

function describeCut(command: Command): void {
  test('no authority from the start: 503 for what could be good, 401 for what could not', async (t) => {
    const stage = await givenStage(t, command, { cold: true, leaseMs: LEASE_MS })
    stage.line.cut()

    await until('the lease has run out', async () => (await stage.status({ bearer: stage.token() })) === 503)
    assert.equal(await stage.status({ bearer: stage.opaque('session').credential }), 503)
    assert.equal(await stage.status({ bearer: 'garbage' }), 401)
  })

  test('the line is cut: served from memory for the lease, 503 after it, served again after', async (t) => {
    const stage = await givenStage(t, command, { leaseMs: LONG_LEASE_MS })
    const { all } = await warm(stage)
    const cold = stage.opaque('session')
    const heldUntilMs = await renewLease(stage)

    stage.line.cut()
    const overMs = performance.now() + LONG_LEASE_MS

    await upTo(heldUntilMs, 'all are served', are(200, all))
    assert.equal(await stage.status({ bearer: cold.credential }), 503)
    // It counts from when the last poll was sent, which was before the cut, and not from its answer.
    await until('the lease is over', () => performance.now() > overMs)
    await throughout(SURE_MS, 'nothing is served', are(503, all))
    stage.line.mend()
    await until('all are served', are(200, all))
    assert.equal(await stage.decided({ bearer: cold.credential }), 200)
  })

  test('the authority hangs: 503 after the lease, in bounded time', async (t) => {
    const stage = await givenStage(t, command, { leaseMs: LEASE_MS })
    const { all } = await warm(stage)

    stage.line.delay(FEED, 60_000)
    const overMs = performance.now() + LEASE_MS

    await until('the lease is over', () => performance.now() > overMs)
    await throughout(SURE_MS, 'nothing is served', are(503, all))
  })

  test('revoked during the cut: never served afterwards', async (t) => {
    const stage = await givenStage(t, command, { leaseMs: LEASE_MS })
    const { all, session } = await warm(stage)
    const token = stage.token({ sid: session.id })
    await until('it is served', async () => (await stage.status({ bearer: token })) === 200)
    stage.line.cut()
    await until('nothing is served', are(503, all))

    const position = stage.authority.log.kill('session', session.id)
    stage.authority.verdicts.set(session.credential, REFUSED)
    stage.line.mend()

    const isUnserved = async (): Promise<boolean> => (await stage.status({ bearer: token })) !== 200
    await throughout(SURE_MS, 'the revoked one is not served', isUnserved)
    await stage.authority.acknowledged(position)
    assert.equal(await stage.decided({ bearer: token }), 401)
    assert.equal(await stage.decided({ bearer: session.credential }), 401)
  })

  test('after a lapse the key set is fetched before access tokens are decided again', async (t) => {
    const stage = await givenStage(t, command, { leaseMs: LEASE_MS })
    const { all } = await warm(stage)
    stage.line.cut()
    await until('nothing is served', are(503, all))

    stage.authority.keys = [newSigningKey('ES256').jwk]
    stage.line.mend()

    await until('sessions are served', async () => (await all())[1] === 200)
    assert.equal(await stage.decided({ bearer: stage.token() }), 401)
  })

  test('after a lapse, and no key set to be had: 503 for access tokens, not a guess', async (t) => {
    const stage = await givenStage(t, command, { leaseMs: LEASE_MS })
    const { all } = await warm(stage)
    stage.line.cut()
    await until('nothing is served', are(503, all))

    stage.line.replace('/.well-known/jwks.json', { status: 500, body: '{}' })
    stage.line.mend()

    await until('sessions are served', async () => (await all())[1] === 200)
    // One that was decided before may be served still: the end of its key would have come by the feed.
    const unseen = stage.token()
    assert.equal(await stage.status({ bearer: unseen }), 503)
    stage.line.replace('/.well-known/jwks.json', null)
    await until('it is served', async () => (await stage.status({ bearer: unseen })) === 200)
  })
}

function describeRefusedFeed(command: Command): void {
  for (const status of [401, 403]) {
    test(`the feed answers ${status}: the lease ends at once`, async (t) => {
      const stage = await givenStage(t, command)
      const { all } = await warm(stage)

      stage.line.replace(FEED, { status, body: '{"code":"invalid_credential"}' })
      stage.authority.log.announce('sig_00000000000000000000000000')

      // The lease of a minute could not have run out by itself.
      await until('nothing is served', are(503, all))
      stage.line.replace(FEED, null)
      await until('all are served', are(200, all))
    })
  }
}

const now = (): string => new Date().toISOString()

/** What stands in place of members of good answers, or of whole answers. */
const bad: readonly (readonly [what: string, bend: (answer: Record<string, unknown>) => unknown])[] = [
  ['a page of HTML', () => '<html>sign in to the network</html>'],
  ['nothing', () => ''],
  ['a list', (answer) => [answer]],
  ['half of it', (answer) => JSON.stringify(answer).slice(0, -20)],
  ['no epoch', (answer) => ({ ...answer, epoch: undefined })],
  ['no position', (answer) => ({ ...answer, position: undefined })],
  ['a position that is text', (answer) => ({ ...answer, position: '0' })],
  ['a position before its own entries', (answer) => ({ ...answer, entries: [entry(7)], position: 6 })],
  ['entries out of order', (answer) => ({ ...answer, entries: [entry(9), entry(8)], position: 9 })],
  ['an entry twice', (answer) => ({ ...answer, entries: [entry(9), entry(9)], position: 9 })],
  [
    'an entry without an end',
    (answer) => ({ ...answer, entries: [{ ...entry(9), expires_at: undefined }], position: 9 }),
  ],
  [
    'an entry without a kind',
    (answer) => ({ ...answer, entries: [{ ...entry(9), kind: undefined }], position: 9 }),
  ],
  ['entries in an object', (answer) => ({ ...answer, entries: {} })],
  ['a lease that is text', (answer) => ({ ...answer, lease_ms: '5000' })],
  ['a lease before now', (answer) => ({ ...answer, lease_ms: -5000 })],
  ['no lease', (answer) => ({ ...answer, lease_ms: 0 })],
  ['no time', (answer) => ({ ...answer, now: undefined })],
  ['a time that is none', (answer) => ({ ...answer, now: 'today' })],
  [
    'another epoch without its snapshot',
    (answer) => ({ ...answer, epoch: 'another-epoch-of-another', snapshot: false }),
  ],
]
const entry = (position: number): object => ({ position, kind: 'session', id: 'ses_x', expires_at: now() })

/** Each waits for a lease to run out, so they are told off in rows that run beside each other. */
const ROWS = 4

function describeBadAnswers(command: Command): void {
  for (let row = 0; row < ROWS; row += 1) {
    describe(`bad answers of the feed, row ${row + 1}`, { concurrency: 1 }, () => {
      let stage: OpenStage
      before(async () => {
        stage = await openStage(command, { leaseMs: LEASE_MS })
      })
      after(() => stage.close())

      for (const [what, bend] of bad.filter((_, index) => index % ROWS === row)) {
        test(`the feed answers ${what}: nothing is taken from it, and served when it is well again`, async () => {
          const { all } = await warm(stage)

          stage.authority.bend = bend

          await until('nothing is served', are(503, all))
          stage.authority.bend = (answer) => answer
          await until('all are served', are(200, all))
        })
      }
    })
  }
}

function describeSlowness(command: Command): void {
  test('an answer that took longer than the lease gives none', async (t) => {
    const stage = await givenStage(t, command, { leaseMs: 1_200 })
    const { all } = await warm(stage)

    stage.line.delay(FEED, 1_500)

    await until('nothing is served', are(503, all))
    await throughout(2 * SURE_MS, 'nothing is served', are(503, all))
  })

  test('an answer about a credential that took longer than the lease is thrown away', async (t) => {
    const stage = await givenStage(t, command, { leaseMs: 1_200 })
    const { all } = await warm(stage)
    const { credential } = stage.opaque('session')
    stage.line.delay('/v1/verify', 1_500)

    assert.equal(await stage.status({ bearer: credential }), 503)

    stage.line.delay('/v1/verify', 0)
    await until('it is served', async () => (await stage.status({ bearer: credential })) === 200)
    await until('all are served', are(200, all))
  })
}
