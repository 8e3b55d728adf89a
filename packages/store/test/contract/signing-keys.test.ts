/** Signing keys: states move one way, one step, once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SigningKeyState } from '@countersign/core'
import { revoke } from '../acts.ts'
import { type Bench, onEachDatabase } from '../bench.ts'
import { change, HOUR, makeEvent, makeId, makeSigningKey, NOW } from '../given.ts'
import { givenClient } from '../given-clients.ts'
import { entriesAfter } from '../looks.ts'

async function givenKey({ store }: Bench, state: SigningKeyState) {
  const key = makeSigningKey({ state, promotedAtMs: state === 'current' ? NOW : null })
  assert.equal(await store.addSigningKey(key, [], makeEvent()), true)
  return key
}

const states = async ({ store }: Bench): Promise<Record<string, SigningKeyState>> =>
  Object.fromEntries((await store.listSigningKeys()).map(({ id, state }) => [id, state]))

onEachDatabase((bench) => {
  test('keys are read as they were written, oldest first', async () => {
    const fresh = await bench().fresh()
    const first = await givenKey(fresh, 'current')
    const second = makeSigningKey({ algorithm: 'HS256', publicJwk: null })
    await fresh.store.addSigningKey(second, [], makeEvent())

    assert.deepEqual(await fresh.store.listSigningKeys(), [
      { ...first, publishedPosition: 1 },
      { ...second, publishedPosition: 2 },
    ])
  })

  test('of many processes that miss a key at once, one adds it', async () => {
    const fresh = await bench().fresh()
    const add = () =>
      fresh.store.addSigningKey(makeSigningKey({ state: 'current' }), ['current'], makeEvent())

    const answers = await Promise.all(Array.from({ length: 6 }, add))

    assert.equal(answers.filter(Boolean).length, 1)
    assert.deepEqual(Object.values(await states(fresh)), ['current'])
    assert.equal((await entriesAfter(fresh, 0)).length, 1)
  })

  test('lines of keys stand beside each other: adding and promoting in one says nothing of another', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const main = await givenKey(fresh, 'current')
    const further = makeSigningKey({ line: 'RS256', algorithm: 'RS256', state: 'next' })
    const ps = makeSigningKey({ line: 'PS256', algorithm: 'PS256', state: 'current' })

    assert.equal(await store.addSigningKey(further, ['next', 'current'], makeEvent()), true)
    const again = makeSigningKey({ line: 'RS256', algorithm: 'RS256', state: 'next' })
    assert.equal(await store.addSigningKey(again, ['current', 'next'], makeEvent()), false)
    assert.equal(await store.addSigningKey(ps, ['current'], makeEvent()), true)
    assert.equal(await store.promoteSigningKey({ id: further.id, nowMs: NOW, audit: makeEvent() }), true)

    assert.deepEqual(await states(fresh), {
      [main.id]: 'current',
      [further.id]: 'current',
      [ps.id]: 'current',
    })
    const stored = (await store.listSigningKeys()).map(({ line, algorithm }) => [line, algorithm])
    assert.deepEqual(stored.toSorted(), [
      ['PS256', 'PS256'],
      ['RS256', 'RS256'],
      ['main', 'ES256'],
    ])
  })

  test('algorithms are listed that live clients have asked for, each once', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    assert.deepEqual(await store.listIdTokenAlgorithms(), [])
    await givenClient(fresh)
    await givenClient(fresh, { idTokenAlgorithm: 'RS256' })
    await givenClient(fresh, { idTokenAlgorithm: 'RS256' })
    const leaving = await givenClient(fresh, { idTokenAlgorithm: 'PS256' })
    assert.deepEqual((await store.listIdTokenAlgorithms()).toSorted(), ['PS256', 'RS256'])

    await store.endClient({ id: leaving.id, ...change() })

    assert.deepEqual(await store.listIdTokenAlgorithms(), ['RS256'])
  })

  test('a key that is not next is not promoted', async () => {
    const fresh = await bench().fresh()
    const keys = []
    for (const state of ['current', 'previous', 'retired', 'removed'] as const)
      keys.push(await givenKey(fresh, state))
    const before = await states(fresh)

    for (const id of [...keys.map((key) => key.id), makeId('sig')]) {
      assert.equal(await fresh.store.promoteSigningKey({ id, nowMs: NOW, audit: makeEvent() }), false)
    }

    assert.deepEqual(await states(fresh), before)
  })

  test('a promotion moves both keys in one step, and publishing and promoting are announced in the log', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const current = await givenKey(fresh, 'current')
    const next = await givenKey(fresh, 'next')

    const promoted = await store.promoteSigningKey({ id: next.id, nowMs: NOW + HOUR, audit: makeEvent() })

    assert.equal(promoted, true)
    assert.deepEqual(await store.listSigningKeys(), [
      { ...current, state: 'previous', demotedAtMs: NOW + HOUR, publishedPosition: 1 },
      { ...next, state: 'current', promotedAtMs: NOW + HOUR, publishedPosition: 2 },
    ])
    assert.deepEqual(await entriesAfter(fresh, 0), [
      { kind: 'signing_key', id: current.id, effect: 'announce' },
      { kind: 'signing_key', id: next.id, effect: 'announce' },
      { kind: 'signing_key', id: next.id, effect: 'announce' },
    ])
  })

  test('promotions at once leave exactly one current key', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    await givenKey(fresh, 'current')
    const nexts = []
    for (let count = 0; count < 5; count += 1) nexts.push(await givenKey(fresh, 'next'))

    const answers = await Promise.all(
      [...nexts, ...nexts].map(({ id }) => store.promoteSigningKey({ id, nowMs: NOW, audit: makeEvent() })),
    )

    assert.equal(answers.filter(Boolean).length, 5)
    const found = Object.values(await states(fresh))
    assert.equal(found.filter((state) => state === 'current').length, 1)
    assert.equal(found.filter((state) => state === 'previous').length, 5)
  })

  test('a key that is removed while it is promoted does not sign', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    for (let round = 0; round < 6; round += 1) {
      const { id } = await givenKey(fresh, 'next')
      const promote = () => store.promoteSigningKey({ id, nowMs: NOW, audit: makeEvent() })
      const remove = () => revoke(fresh, { kind: 'signing_key', id })

      await Promise.all(round % 2 === 0 ? [promote(), remove()] : [remove(), promote()])

      assert.equal((await states(fresh))[id], 'removed')
    }
  })

  test('only a previous key is retired, once', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const current = await givenKey(fresh, 'current')
    const previous = await givenKey(fresh, 'previous')
    const retire = (id: typeof current.id) =>
      store.retireSigningKey({ id, nowMs: NOW + 1, audit: makeEvent() })

    assert.equal(await retire(current.id), false)
    assert.deepEqual((await Promise.all([retire(previous.id), retire(previous.id)])).sort(), [false, true])
    assert.equal((await states(fresh))[previous.id], 'retired')
    const announced = { kind: 'signing_key', id: previous.id, effect: 'announce' }
    assert.deepEqual(await entriesAfter(fresh, 2), [announced])
  })

  test('a key that was not added, promoted or retired is not announced', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const key = await givenKey(fresh, 'current')

    await store.addSigningKey(makeSigningKey({ state: 'current' }), ['current'], makeEvent())
    await store.promoteSigningKey({ id: key.id, nowMs: NOW, audit: makeEvent() })
    await store.retireSigningKey({ id: key.id, nowMs: NOW, audit: makeEvent() })

    assert.equal((await store.readHead()).position, 1)
  })

  test('a key stands at the position of its announcement, also where many are added at once', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh

    await Promise.all(Array.from({ length: 8 }, () => givenKey(fresh, 'next')))

    const { entries } = await store.readEntries(0, 100)
    for (const { id, publishedPosition } of await store.listSigningKeys()) {
      assert.equal(entries.find((entry) => entry.id === id)?.position, publishedPosition)
    }
    assert.ok(entries.every((entry) => entry.issuedBeforePosition === 0))
  })
})
