/** What an overview is read from: events by parts of a time, and what somebody should look at. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onEachDatabase } from '../bench.ts'
import { change, DAY, givenAccount, givenApiKey, HOUR, makeEvent, NOW } from '../given.ts'
import { givenClient } from '../given-clients.ts'

const lookAt = {
  nowMs: NOW,
  unusedSinceMs: NOW - 90 * DAY,
  oldSinceMs: NOW - 365 * DAY,
  mailsSinceMs: NOW - 7 * DAY,
}

onEachDatabase((bench) => {
  test('events are counted by parts, of one type and since a time only', async () => {
    const { store } = await bench().fresh()
    const start = NOW - (NOW % HOUR)
    const at = (atMs: number, type = 'session.opened') => makeEvent({ atMs, type })
    await store.appendAudit([
      at(start - 1),
      at(start),
      at(start + HOUR - 1),
      at(start + HOUR),
      at(start + HOUR, 'session.stepped_up'),
    ])

    const counted = await store.countEvents({ type: 'session.opened', sinceMs: start, partMs: HOUR })

    assert.deepEqual(counted, {
      counts: [
        { atMs: start, count: 2 },
        { atMs: start + HOUR, count: 1 },
      ],
      isCut: false,
    })
    assert.deepEqual(await store.countEvents({ type: 'nothing.such', sinceMs: 0, partMs: HOUR }), {
      counts: [],
      isCut: false,
    })
  })

  test('an empty database needs no attention', async () => {
    const { store } = await bench().fresh()

    assert.deepEqual(await store.readAttention(lookAt), {
      keysUnused: 0,
      keysEndless: 0,
      keysOld: 0,
      clientsOld: 0,
      administrators: [],
      mailsWaiting: 0,
      mailsFailed: 0,
    })
  })

  test('keys that are unused, endless or old are counted while they live; so are old secrets of clients', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const owner = await givenAccount(fresh)
    const old = NOW - 400 * DAY
    await givenApiKey(fresh, owner.id, { createdAtMs: old, expiresAtMs: null })
    await givenApiKey(fresh, owner.id, { createdAtMs: NOW - DAY, expiresAtMs: NOW + DAY })
    await givenApiKey(fresh, owner.id, { createdAtMs: old, expiresAtMs: NOW - 1 })
    await givenClient(fresh, { id: 'aged', createdAtMs: old })
    await givenClient(fresh, { id: 'young', createdAtMs: NOW })

    const found = await store.readAttention(lookAt)

    assert.equal(found.keysUnused, 1)
    assert.equal(found.keysEndless, 1)
    assert.equal(found.keysOld, 1)
    assert.equal(found.clientsOld, 1)
  })

  test('administrators are named whom a password alone lets in, as long as they are there', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    await givenAccount(fresh)
    const bare = await givenAccount(fresh, ['administrator'])
    const gone = await givenAccount(fresh, ['administrator'])
    await store.endAccount({ id: gone.id, ...change() })

    const { administrators } = await store.readAttention(lookAt)

    assert.deepEqual(administrators, [{ id: bare.id, email: bare.email }])
  })

  test('secrets are told by their age, the oldest first, and only of what is alive', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const owner = await givenAccount(fresh)
    const young = await givenApiKey(fresh, owner.id, { createdAtMs: NOW - DAY, expiresAtMs: null })
    const old = await givenApiKey(fresh, owner.id, { createdAtMs: NOW - 400 * DAY, expiresAtMs: null })
    await givenApiKey(fresh, owner.id, { createdAtMs: NOW - 500 * DAY, expiresAtMs: NOW - 1 })
    await givenClient(fresh, { id: 'aged', createdAtMs: NOW - 400 * DAY })
    await givenClient(fresh, { id: 'young', createdAtMs: NOW })
    const used = makeEvent({
      atMs: NOW - HOUR,
      type: 'client.token_issued',
      target: { kind: 'client', id: 'aged' },
    })
    const another = makeEvent({ atMs: NOW, type: 'client.changed', target: { kind: 'client', id: 'aged' } })
    await store.appendAudit([used, another])
    await fresh.engine.write('checkFingerprints', { list: [{ version: 'v1', fingerprint: 'f' }], nowMs: NOW })

    const ages = await store.readSecretAges({ nowMs: NOW })

    assert.deepEqual(ages.root, [{ version: 'v1', seenAtMs: NOW }])
    assert.deepEqual(
      ages.apiKeys.map(({ id }) => id),
      [old.id, young.id],
    )
    assert.deepEqual(
      ages.clients.map(({ id, madeAtMs, lastUsedAtMs }) => ({ id, madeAtMs, lastUsedAtMs })),
      [
        { id: 'aged', madeAtMs: NOW - 400 * DAY, lastUsedAtMs: NOW - HOUR },
        { id: 'young', madeAtMs: NOW, lastUsedAtMs: null },
      ],
    )
    assert.ok(!JSON.stringify(ages).includes('digest'))
  })
})
