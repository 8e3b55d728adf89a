/** Sessions that end by themselves: ended for good once nothing can move their end on, and told of once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endLapsed, LAPSE_SLACK_MS, LAPSES_MAX } from '@countersign/core'
import { revoke } from '../acts.ts'
import { type Bench, onEachDatabase } from '../bench.ts'
import { DAY, ENTRY_EXPIRES, MINUTE, makeEvent, NOW, SECOND } from '../given.ts'
import { givenCode, redeem } from '../given-authorizations.ts'
import { claim, givenSignIn, mark, type SignedIn } from '../given-logouts.ts'
import { entriesAfter } from '../looks.ts'

const IDLE_AT = NOW + 30 * MINUTE
const OVER_AT = IDLE_AT + LAPSE_SLACK_MS

let made = 0
const random = {
  bytes: (count: number): Uint8Array => {
    made += 1
    return new Uint8Array(count).fill(made & 255).fill(made >> 8, 1, 2)
  },
}
const policy = { accessTokenLifetimeSecondsMax: 900, verdictSeconds: 60, leewaySeconds: 30 }

/** One round of the node’s chore, at that time. */
function lookAt({ store }: Bench, nowMs: number): Promise<boolean> {
  const nobody = { address: null, userAgent: null, device: null, deviceSecrets: [] }
  return endLapsed({ store, random, policy }, { nowMs, requestId: 'system', ...nobody })
}

async function toldAt(bench: Bench, nowMs: number): Promise<readonly string[]> {
  await lookAt(bench, nowMs)
  while (await mark(bench, 100, nowMs));
  return (await claim(bench, nowMs)).map(({ sessionId, clientId }) => `${sessionId} ${clientId}`).sort()
}

const use = ({ store }: Bench, { session }: SignedIn, atMs: number): Promise<void> =>
  store.recordUse({ sessions: [{ id: session.id, atMs, address: null }], apiKeys: [] })

const nameOf = ({ signIn }: SignedIn): string => `${signIn.sessionId} ${signIn.clientId}`

async function eventsOf(bench: Bench, { session }: SignedIn) {
  return bench.rows(
    `select details from audit_events where type = 'session.lapsed' and target_id = $1`,
    session.id,
  )
}

onEachDatabase((bench) => {
  test('nobody is told before the idle time is over for every verifier', async () => {
    const fresh = await bench().fresh()
    const one = await givenSignIn(fresh)
    const { position } = await fresh.store.readHead()

    for (const atMs of [NOW, IDLE_AT - 1, IDLE_AT, OVER_AT - 1]) {
      assert.deepEqual(await toldAt(fresh, atMs), [], String(atMs - NOW))
    }

    assert.deepEqual(await entriesAfter(fresh, position), [])
    assert.deepEqual(await eventsOf(fresh, one), [])
  })

  test('a session that is used a moment before its end, and reported after it, is told of by its new end', async () => {
    const fresh = await bench().fresh()
    const one = await givenSignIn(fresh)
    await lookAt(fresh, OVER_AT - 1)

    await use(fresh, one, IDLE_AT - SECOND)

    assert.deepEqual(await toldAt(fresh, OVER_AT), [])
    assert.deepEqual(await toldAt(fresh, OVER_AT + 30 * MINUTE - SECOND - 1), [])
    assert.deepEqual(await toldAt(fresh, OVER_AT + 30 * MINUTE - SECOND), [nameOf(one)])
  })

  test('a use that is written down between the look and the end keeps the session', async () => {
    const fresh = await bench().fresh()
    const one = await givenSignIn(fresh)
    const beforeMs = OVER_AT - LAPSE_SLACK_MS
    assert.equal((await fresh.store.listLapsing(beforeMs, 10)).length, 1)
    await use(fresh, one, IDLE_AT - SECOND)
    const { position } = await fresh.store.readHead()

    const ended = await fresh.store.settleLapses({
      ends: [{ sessionId: one.session.id, audit: makeEvent({ type: 'session.lapsed' }) }],
      looks: [],
      beforeMs,
      nowMs: OVER_AT,
      entryExpiresAtMs: ENTRY_EXPIRES,
    })

    assert.equal(ended, 0)
    assert.deepEqual(await entriesAfter(fresh, position), [])
    assert.deepEqual(await toldAt(fresh, OVER_AT), [])
  })

  test('an idle session is told of to each client once, and no report brings it back', async () => {
    const fresh = await bench().fresh()
    const one = await givenSignIn(fresh)
    const { code } = await givenCode(fresh, { sessionId: one.session.id, accountId: one.signIn.accountId })
    const more = { ...one, signIn: { ...one.signIn, clientId: code.clientId } }
    assert.equal(await redeem(fresh, code, { signIn: more.signIn }), 'opened')
    const { position } = await fresh.store.readHead()

    const told = await toldAt(fresh, OVER_AT)

    assert.deepEqual(told, [nameOf(one), nameOf(more)].sort())
    assert.deepEqual(await entriesAfter(fresh, position), [
      { kind: 'session', id: one.session.id, effect: 'kill' },
    ])
    const [event] = await eventsOf(fresh, one)
    assert.deepEqual(JSON.parse(String(event?.details)), { reason: 'idle' })
    await use(fresh, one, IDLE_AT - SECOND)
    for (const atMs of [OVER_AT, OVER_AT + SECOND]) assert.deepEqual(await toldAt(fresh, atMs), [])
    assert.equal((await eventsOf(fresh, one)).length, 1)
  })

  test('a session that is in use to its last moment is told of by its age', async () => {
    const fresh = await bench().fresh()
    const one = await givenSignIn(fresh)
    const endMs = one.session.expiresAtMs
    for (let atMs = NOW + 20 * MINUTE; atMs < endMs; atMs += 20 * MINUTE) {
      await use(fresh, one, atMs)
      await lookAt(fresh, atMs)
    }

    assert.deepEqual(await toldAt(fresh, endMs + LAPSE_SLACK_MS - 1), [])
    assert.deepEqual(await toldAt(fresh, endMs + LAPSE_SLACK_MS), [nameOf(one)])
    const [event] = await eventsOf(fresh, one)
    assert.deepEqual(JSON.parse(String(event?.details)), { reason: 'age' })
  })

  test('many who look at once end each session once', async () => {
    const fresh = await bench().fresh()
    const all = []
    for (let count = 0; count < 5; count += 1) all.push(await givenSignIn(fresh))
    const { position } = await fresh.store.readHead()

    await Promise.all(Array.from({ length: 6 }, () => lookAt(fresh, OVER_AT)))

    assert.equal((await entriesAfter(fresh, position)).length, all.length)
    for (const one of all) assert.equal((await eventsOf(fresh, one)).length, 1)
    assert.deepEqual(await toldAt(fresh, OVER_AT), all.map(nameOf).sort())
  })

  test('a crash in the middle of a batch ends nothing, and the next round ends it all', async () => {
    const fresh = await bench().fresh()
    const all = [await givenSignIn(fresh), await givenSignIn(fresh)]
    const { position } = await fresh.store.readHead()
    const audit = makeEvent({ type: 'session.lapsed' })
    const ends = all.map(({ session }) => ({ sessionId: session.id, audit }))

    // The second event cannot be written: the first has its id.
    await assert.rejects(
      fresh.store.settleLapses({
        ends,
        looks: [],
        beforeMs: IDLE_AT,
        nowMs: OVER_AT,
        entryExpiresAtMs: ENTRY_EXPIRES,
      }),
    )

    assert.deepEqual(await entriesAfter(fresh, position), [])
    assert.deepEqual(await toldAt(fresh, OVER_AT), all.map(nameOf).sort())
  })

  test('what was ended in another way is told of as that, and not again by itself', async () => {
    const fresh = await bench().fresh()
    const one = await givenSignIn(fresh)
    await revoke(fresh, { kind: 'session', id: one.session.id })

    assert.deepEqual(await toldAt(fresh, NOW), [nameOf(one)])
    for (const atMs of [OVER_AT, OVER_AT + DAY]) {
      await lookAt(fresh, atMs)
      assert.deepEqual(await eventsOf(fresh, one), [])
    }
  })

  test('more than one round holds are ended in several, and none is left out', async () => {
    const fresh = await bench().fresh()
    const { session } = await givenSignIn(fresh)
    const values = Array.from(
      { length: LAPSES_MAX },
      (_, index) => `('${session.id}', 'c${index}', '${session.accountId}', 0, 0, 0)`,
    )
    await fresh.tamper(
      `insert into client_sign_ins (session_id, client_id, account_id, created_at, expires_at, attempts)
        values ${values.join(', ')}`,
    )

    assert.equal(await lookAt(fresh, NOW + 10 * MINUTE), true)
    assert.equal(await lookAt(fresh, NOW + 10 * MINUTE), false)
  })
})
