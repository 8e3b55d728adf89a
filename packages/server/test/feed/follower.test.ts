/** The node's own verifier as a follower of the log (lease protocol, rules 3, 8 and 9). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreUnavailable } from '@countersign/core'
import { createFollower } from '../../src/feed/follower.ts'
import { createRegistry } from '../../src/feed/registry.ts'
import { createNode, createTaker, LEASE_MS, openNode, settle, World, watch } from './world.ts'

test('a log that cannot be read grants no lease', async () => {
  const world = new World()
  world.log.isBroken = true
  const { feed, taker } = createNode(world)

  await assert.rejects(feed.follow(), StoreUnavailable)

  assert.deepEqual(taker.answers, [])
})

test('a log that went backwards grants no lease any more, however far it grows, until the epoch changes', async () => {
  const world = new World()
  world.log.appendMany(10)
  const { feed, taker, events } = await openNode(world)
  const before = taker.answers.length
  world.log.restore(5)

  await assert.rejects(feed.follow(), StoreUnavailable)
  world.log.appendMany(20)
  await assert.rejects(feed.follow(), StoreUnavailable)
  assert.equal(taker.answers.length, before)
  assert.deepEqual(
    events.filter(({ kind }) => kind === 'log_went_backwards'),
    [{ kind: 'log_went_backwards', known: 10, read: 5 }],
  )

  world.log.epoch = 'second-epoch'
  await feed.follow()

  const last = taker.answers.at(-1)
  assert.deepEqual([last?.snapshot, last?.epoch, last?.leaseMs], [true, 'second-epoch', LEASE_MS])
})

test('a first look takes everything, page by page, and the lease from when it was begun', async () => {
  const world = new World()
  world.log.appendMany(4_500)
  await world.advance(77)
  const { feed, taker } = createNode(world)

  await feed.follow()

  assert.deepEqual(
    taker.answers.map(({ entries, snapshot, leaseMs, position }) => [
      entries.length,
      snapshot,
      leaseMs,
      position,
    ]),
    [
      [2_000, true, 0, 2_000],
      [2_000, false, 0, 4_000],
      [500, false, LEASE_MS, 4_500],
    ],
  )
  assert.ok(taker.answers.every(({ sentAtMonotonicMs }) => sentAtMonotonicMs === 77))
  // While half of a snapshot is known, nothing may be accepted.
  assert.equal(taker.leasesEnded, 1)
  assert.equal(feed.position(), 4_500)
})

test('a lease is counted from when the read was begun, not from when it was answered', async () => {
  const world = new World()
  const { feed, taker } = await openNode(world)
  await world.advance(100)
  const open = world.log.close()
  const following = watch(feed.follow())
  await world.advance(300)

  open()
  await settle()

  assert.equal(following.isDone, true)
  assert.equal(taker.answers.at(-1)?.sentAtMonotonicMs, 100)
})

test('whoever calls after a read has begun is answered after the next one', async () => {
  const world = new World()
  const { feed } = await openNode(world)
  const open = world.log.close()
  const first = watch(feed.follow())
  await settle()
  world.log.append('session', 'one')
  const second = watch(feed.follow())
  const third = watch(feed.follow())
  const { reads } = world.log

  open()
  await settle()

  assert.equal(first.isDone && second.isDone && third.isDone, true)
  assert.equal(world.log.reads, reads + 1)
  assert.equal(feed.position(), 1)
})

test('a gap that memory does not bridge is filled from the store', async () => {
  const world = new World()
  const { feed, taker } = await openNode(world)
  world.log.appendMany(30_000)

  await feed.follow()

  assert.equal(feed.position(), 30_000)
  const entries = taker.answers.flatMap((answer) => answer.entries)
  assert.deepEqual(
    entries.map(({ position }) => position),
    world.log.entries.map(({ position }) => position),
  )
  assert.equal(taker.answers.filter(({ snapshot }) => snapshot).length, 1)
})

test('another epoch is taken as a snapshot in place of everything known', async () => {
  const world = new World()
  world.log.appendMany(3)
  const { feed, taker } = await openNode(world)
  world.log.epoch = 'second-epoch'
  world.log.appendMany(1)

  await feed.follow()

  const last = taker.answers.at(-1)
  assert.deepEqual([last?.epoch, last?.snapshot, last?.entries.length], ['second-epoch', true, 4])
})

test('what was pruned is told with the snapshot, and when more is pruned', async () => {
  const world = new World()
  world.log.appendMany(2)
  world.log.prunedUntilMs = 1_000
  const { feed, taker } = await openNode(world)
  assert.equal(taker.answers.at(-1)?.prunedUntilMs, 1_000)

  world.log.prunedUntilMs = 2_000
  await feed.follow()

  assert.equal(taker.answers.at(-1)?.prunedUntilMs, 2_000)
})

test('an entry about a signing key is acknowledged only after the keys were fetched', async () => {
  const world = new World()
  const { feed, keys, confirmations } = await openNode(world)
  const { promise, resolve } = Promise.withResolvers<void>()
  keys.gate = promise
  const { fetched } = keys
  const position = world.log.append('signing_key', 'announced', 0)

  const following = watch(feed.committed())
  await settle()
  confirmations.committed(position)
  assert.equal(keys.fetched, fetched + 1)
  assert.equal(following.isDone, false)
  assert.equal(confirmations.read(position).confirmed, false)
  resolve()
  await settle()

  assert.equal(following.isDone, true)
  assert.equal(confirmations.read(position).confirmed, true)
})

test('keys that could not be fetched are fetched by the next who follows, and acknowledged then', async () => {
  const world = new World()
  const { feed, keys, confirmations } = await openNode(world)
  keys.fails = true
  const position = world.log.append('signing_key', 'removed')
  await assert.rejects(feed.committed(), StoreUnavailable)
  assert.equal(confirmations.read(position).confirmed, false)

  keys.fails = false
  await feed.follow()

  assert.equal(confirmations.read(position).confirmed, true)
})

test('nothing runs by itself after the stop, and what is asked for is still done', async () => {
  const world = new World()
  const { feed } = await openNode(world)

  feed.stop()
  world.log.append('session', 'one')
  await feed.committed()

  assert.equal(feed.position(), 1)
  assert.equal(world.pendingTimers, 0)
})

test('a round that began before a load ended, and knows less, is no log that went backwards', async () => {
  const world = new World()
  world.log.appendMany(5)
  const taker = createTaker()
  // The load finds the fifth entry; the round beside it has read the log before that was there.
  const tail = { headPosition: 4, begun: 2, ended: 1 }
  const registry = createRegistry({ leaseMs: LEASE_MS, own: 'own', tellsOthers: false, onRise: () => {} })
  const follower = createFollower({
    leaseMs: LEASE_MS,
    clock: { nowMs: () => 0, monotonicMs: () => 0 },
    own: [taker],
    onSigningKeys: () => Promise.resolve(),
    onEvent: () => {},
    tail: {
      refresh: () => Promise.resolve(),
      head: () => ({ epoch: world.log.epoch, position: tail.headPosition }),
      prunedUntilMs: () => null,
      entriesAfter: () => [],
      begun: () => tail.begun,
      ended: () => tail.ended,
    },
    registry,
    read: (position, limit) => world.log.readEntries(position, limit),
    id: 'own',
  })
  await follower.follow()
  tail.ended = 2
  follower.onEnd({ number: 2, beganAtMonotonicMs: 0, beganAtWallMs: 0 })

  await follower.follow()

  assert.equal(follower.position(), 5)
  assert.equal(taker.answers.length, 1)
  tail.ended = 3
  await assert.rejects(follower.follow(), StoreUnavailable)
})
