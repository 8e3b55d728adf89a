/** What verifiers are answered that know nothing yet, too little, or another log (lease protocol, rule 2). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createVerifier, LEASE_MS, openNode, settle, World, watch } from './world.ts'

test('a new verifier is answered at once with a snapshot and a lease', async () => {
  const world = new World()
  world.log.append('session', 'one')
  const { feed } = await openNode(world)

  const answer = await createVerifier().poll(feed)

  const { epoch, positions, position, leaseMs, snapshot, more, waited } = answer
  assert.deepEqual(
    { epoch, positions, position, leaseMs, snapshot, more, waited },
    {
      epoch: 'first-epoch',
      positions: [1],
      position: 1,
      leaseMs: LEASE_MS,
      snapshot: true,
      more: false,
      waited: false,
    },
  )
})

test('the answer is spelled as the protocol says', async () => {
  const world = new World()
  world.log.append('session', 'killed')
  world.log.append('role', 'narrowed', 2)
  world.log.append('signing_key', 'announced', 0)
  world.log.prunedUntilMs = Date.UTC(2026, 0, 15, 11, 59, 59, 7)
  const { feed } = await openNode(world)

  const { body } = await createVerifier().poll(feed)

  assert.deepEqual(JSON.parse(body), {
    epoch: 'first-epoch',
    entries: [
      { position: 1, kind: 'session', id: 'killed', expires_at: '2026-01-15T13:00:00.000Z' },
      {
        position: 2,
        kind: 'role',
        id: 'narrowed',
        issued_before_position: 2,
        expires_at: '2026-01-15T13:00:00.000Z',
      },
      {
        position: 3,
        kind: 'signing_key',
        id: 'announced',
        issued_before_position: 0,
        expires_at: '2026-01-15T13:00:00.000Z',
      },
    ],
    position: 3,
    lease_ms: LEASE_MS,
    now: '2026-01-15T12:00:00.000Z',
    snapshot: true,
    more: false,
    pace_ms: 0,
    pruned_until: '2026-01-15T11:59:59.007Z',
  })
})

test('a log of more than ten thousand entries comes in pages, and the lease with the last', async () => {
  const world = new World()
  world.log.appendMany(25_000)
  const { feed } = await openNode(world)
  const verifier = createVerifier()

  const pages = [await verifier.poll(feed), await verifier.poll(feed), await verifier.poll(feed)]

  assert.deepEqual(
    pages.map(({ positions, snapshot, more, leaseMs }) => [positions.length, snapshot, more, leaseMs]),
    [
      [10_000, true, true, 0],
      [10_000, false, true, 0],
      [5_000, false, false, LEASE_MS],
    ],
  )
  assert.deepEqual(
    pages.flatMap(({ positions }) => positions),
    world.log.entries.map(({ position }) => position),
  )
})

test('a log that ends with a full page ends there', async () => {
  const world = new World()
  world.log.appendMany(10_000)
  const { feed } = await openNode(world)

  const { positions, more, leaseMs } = await createVerifier().poll(feed)

  assert.deepEqual([positions.length, more, leaseMs], [10_000, false, LEASE_MS])
})

test('one that is behind what memory holds gets the rest from the store, and no snapshot', async () => {
  const world = new World()
  world.log.appendMany(3)
  const { feed } = await openNode(world)
  const verifier = createVerifier()
  await verifier.poll(feed)
  world.log.appendMany(2)
  // A node that starts later has never read what came before it.
  const later = await openNode(world)
  world.log.append('session', 'last')

  const { positions, snapshot } = await verifier.poll(later.feed)

  assert.deepEqual(positions, [4, 5, 6])
  assert.equal(snapshot, false)
})

test('a foreign epoch is answered with a snapshot, also in the middle of a hold', async () => {
  const world = new World()
  world.log.append('session', 'one')
  const { feed } = await openNode(world)
  const verifier = createVerifier()
  const stranger = createVerifier()
  await verifier.poll(feed)
  const held = watch(verifier.poll(feed))
  await settle()

  const strange = await stranger.poll(feed, { epoch: 'another', after: 1 })
  world.log.epoch = 'second-epoch'
  world.log.append('issuer', 'epoch', 2)
  await feed.follow()
  await settle()

  assert.deepEqual([strange.snapshot, strange.positions], [true, [1]])
  assert.deepEqual(
    [held.value?.snapshot, held.value?.epoch, held.value?.positions],
    [true, 'second-epoch', [1, 2]],
  )
})

test('a position beyond the head is answered with a snapshot, counted, and told once a minute', async () => {
  const world = new World()
  world.log.append('session', 'one')
  const { feed, events } = await openNode(world)
  const ask = () => createVerifier().poll(feed, { epoch: 'first-epoch', after: 7 })

  const answer = await ask()
  await ask()
  await world.advance(60_000)
  await ask()

  assert.deepEqual([answer.snapshot, answer.position], [true, 1])
  const told = events.filter(({ kind }) => kind === 'poll_beyond_head')
  assert.deepEqual(told[0], { kind: 'poll_beyond_head', asked: 7, read: 1 })
  assert.equal(told.length, 2)
  assert.equal(feed.stats().wentBackwards, 3)
})
