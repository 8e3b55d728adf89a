/** The long poll of one node (lease protocol, rule 2): what is refused, what is held, what is answered. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Overloaded, StoreUnavailable } from '@countersign/core'
import { createVerifier, HOLD_MS, LAPSE_MS, LEASE_MS, openNode, settle, World, watch } from './world.ts'

test('without a read of the log there is no answer, only an error', async () => {
  const world = new World()
  const { feed } = await openNode(world)
  const verifier = createVerifier()
  world.log.isBroken = true

  await assert.rejects(verifier.poll(feed), StoreUnavailable)
})

test('a hold that ends while the log is away is an error, not an old answer', async () => {
  const world = new World()
  const { feed } = await openNode(world)
  const verifier = createVerifier()
  await verifier.poll(feed)

  const held = watch(verifier.poll(feed))
  await world.advance(HOLD_MS / 2)
  world.log.isBroken = true
  await world.advance(HOLD_MS)

  assert.ok(held.error instanceof StoreUnavailable)
})

test('a poll after the stop, and one that is held by then, are told that the node is stopping', async () => {
  const world = new World()
  const { feed } = await openNode(world)
  const verifier = createVerifier()
  await verifier.poll(feed)
  const held = watch(verifier.poll(feed))
  await settle()

  feed.release()
  await settle()

  assert.equal(held.value?.kind, 'stopping')
  assert.equal((await verifier.poll(feed)).kind, 'stopping')
})

test('a verifier more than ten thousand is refused until others have lapsed', async () => {
  const world = new World()
  const { feed } = await openNode(world)
  // The node's own verifier is one of them.
  for (let index = 1; index < 10_000; index += 1) await createVerifier().poll(feed, { holdMs: 0 })
  const late = createVerifier()

  await assert.rejects(late.poll(feed, { holdMs: 0 }), Overloaded)
  await world.advance(LAPSE_MS + 1)

  assert.equal((await late.poll(feed, { holdMs: 0 })).kind, 'answer')
})

test('a poll whose verifier has gone leaves nothing behind', async () => {
  const world = new World()
  const { feed } = await openNode(world)
  const verifier = createVerifier()
  await verifier.poll(feed)
  const timers = world.pendingTimers
  const gone = new AbortController()
  const held = watch(verifier.poll(feed, { signal: gone.signal }))
  await settle()
  assert.equal(feed.stats().held, 1)

  gone.abort()
  await settle()

  assert.equal(held.value?.kind, 'abandoned')
  assert.equal(feed.stats().held, 0)
  assert.equal(world.pendingTimers, timers)
  assert.equal((await verifier.poll(feed, { signal: gone.signal })).kind, 'abandoned')
})

test('of two polls of one verifier the older is let go', async () => {
  const world = new World()
  const { feed } = await openNode(world)
  const verifier = createVerifier()
  await verifier.poll(feed)
  const older = watch(verifier.poll(feed))
  await settle()

  const newer = watch(verifier.poll(feed))
  await settle()

  assert.equal(older.value?.kind, 'abandoned')
  assert.equal(newer.isDone, false)
  assert.equal(feed.stats().held, 1)
})

test('one that knows everything waits without a read, and is woken by a commit of the node', async () => {
  const world = new World()
  const { feed } = await openNode(world)
  const verifier = createVerifier()
  await verifier.poll(feed)
  const { reads } = world.log
  const held = watch(verifier.poll(feed))
  await settle()
  assert.equal(world.log.reads, reads)

  world.log.append('session', 'one')
  await feed.committed()
  await settle()

  assert.deepEqual(held.value?.positions, [1])
  assert.equal(held.value?.snapshot, false)
  assert.equal(held.value?.waited, true)
  assert.equal(world.log.reads, reads + 1)
})

test('what another process commits is found by the regular look at the log', async () => {
  const world = new World()
  const { feed } = await openNode(world)
  const verifier = createVerifier()
  await verifier.poll(feed)
  const held = watch(verifier.poll(feed))
  await settle()

  world.log.append('session', 'one')
  await world.advance(500)

  assert.deepEqual(held.value?.positions, [1])
})

test('at the end of the hold it is answered after a read that began then', async () => {
  const world = new World()
  const { feed } = await openNode(world)
  const verifier = createVerifier()
  await verifier.poll(feed)
  await world.advance(10)
  const held = watch(verifier.poll(feed))
  await world.advance(HOLD_MS - 1)
  assert.equal(held.isDone, false)
  const open = world.log.close()

  await world.advance(26)
  assert.equal(held.isDone, false)
  open()
  await settle()

  assert.deepEqual(held.value?.positions, [])
  assert.equal(held.value?.leaseMs, LEASE_MS)
})

test('a read that began before the poll arrived does not answer it', async () => {
  const world = new World()
  const { feed } = await openNode(world)
  const verifier = createVerifier()
  await verifier.poll(feed)
  world.log.append('session', 'one')
  const open = world.log.close()
  // Sees the first entry, and is under way when the poll comes.
  const following = feed.follow()
  await settle()
  const held = watch(verifier.poll(feed))
  await settle()
  world.log.append('session', 'two')

  open()
  await following
  await settle()

  assert.deepEqual(held.value?.positions, [1, 2])
})

test('a hold is cut to half of the lease less a second, and one of none is answered at once', async () => {
  const world = new World()
  const { feed } = await openNode(world)
  const verifier = createVerifier()
  await verifier.poll(feed)

  const long = watch(verifier.poll(feed, { holdMs: 600_000 }))
  await world.advance(HOLD_MS + 25)
  const none = await verifier.poll(feed, { holdMs: 0 })

  assert.equal(long.value?.kind, 'answer')
  assert.equal(none.waited, false)
})

test('holds that end close together share one read', async () => {
  const world = new World()
  const { feed } = await openNode(world)
  const many = Array.from({ length: 100 }, createVerifier)
  for (const verifier of many) await verifier.poll(feed, { holdMs: 0 })
  await world.advance(510)
  const held = many.map((verifier) => watch(verifier.poll(feed)))
  await settle()
  const { reads } = world.log

  // The regular look at the log falls into this time as well, four times.
  await world.advance(HOLD_MS + 25)

  assert.ok(held.every(({ value }) => value?.kind === 'answer'))
  assert.ok(world.log.reads - reads <= 6, `${world.log.reads - reads} reads`)
})

test('with many verifiers an answer with entries waits for its pace, and the acknowledgement does not', async () => {
  const world = new World()
  const { feed } = await openNode(world)
  const many = Array.from({ length: 400 }, createVerifier)
  const [verifier = createVerifier()] = many
  for (const one of many) await one.poll(feed, { holdMs: 0 })
  const held = watch(verifier.poll(feed))
  world.log.append('session', 'one')
  await feed.committed()
  await settle()
  assert.equal(held.value?.paceMs, 200)

  world.log.append('session', 'two')
  await feed.committed()
  const next = watch(verifier.poll(feed))
  await world.advance(150)
  assert.equal(next.isDone, false)
  assert.deepEqual(verifier.position, 1)
  world.log.append('session', 'three')
  await world.advance(75)
  assert.deepEqual(next.value?.positions, [2, 3])

  world.log.append('session', 'four')
  const atOnce = await verifier.poll(feed, { holdMs: 0 })
  assert.deepEqual(atOnce.positions, [4])
})

test('with two hundred verifiers there is no pace', async () => {
  const world = new World()
  const { feed } = await openNode(world)
  const many = Array.from({ length: 200 }, createVerifier)
  for (const one of many) await one.poll(feed, { holdMs: 0 })

  const { paceMs } = await createVerifier().poll(feed, { verifier: many[0]?.id ?? '' })

  assert.equal(paceMs, 0)
})

test('the first poll is written down before it is answered, and never again', async () => {
  const world = new World()
  const { feed } = await openNode(world)
  assert.equal(world.log.followedAtMs, null)
  const verifier = createVerifier()

  await verifier.poll(feed)
  assert.equal(world.log.followedAtMs, world.clock.nowMs())
  const { followedAtMs } = world.log
  await world.advance(1_000)
  await verifier.poll(feed, { holdMs: 0 })

  assert.equal(world.log.followedAtMs, followedAtMs)
})
