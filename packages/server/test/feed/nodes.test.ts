/** Two nodes on one log (lease protocol, rule 9b): who may confirm what, and when silence counts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreUnavailable } from '@countersign/core'
import { givenTwo, revoke, waitFor } from './two-nodes.ts'
import { createVerifier, LAPSE_MS, openNode, REPORT_MS, settle, World, watch } from './world.ts'

test('a node that has listened for less than a lease confirms by time alone', async () => {
  const world = new World()
  const near = await openNode(world, { shared: true })
  await world.advance(REPORT_MS + LAPSE_MS - REPORT_MS)
  const position = await revoke(world, near)
  const waiting = waitFor(near, position)

  await settle()
  assert.equal(waiting.isDone, false)
  await world.advance(2 * REPORT_MS)

  assert.equal(waiting.value?.confirmed, true)
})

test('a verifier at the other node that has not asked after it keeps it from being confirmed', async () => {
  const world = new World()
  const { near, far } = await givenTwo(world)
  const verifier = createVerifier()
  await verifier.poll(far.feed)
  await world.advance(REPORT_MS)

  const position = await revoke(world, near)
  const waiting = waitFor(near, position)
  await world.advance(LAPSE_MS - REPORT_MS - 10)

  assert.equal(waiting.isDone, false)
  await world.advance(20)
  assert.equal(waiting.value?.confirmed, true)
  assert.equal(waiting.value?.lapsed, 1)
})

test('a verifier that the other node has never told of keeps it as well', async () => {
  const world = new World()
  const { near, far } = await givenTwo(world)
  const verifier = createVerifier()
  await verifier.poll(far.feed)

  const waiting = waitFor(near, await revoke(world, near))
  await settle()

  assert.equal(waiting.isDone, false)
})

test('with both in touch it is confirmed as soon as everybody has asked, at either node', async () => {
  const world = new World()
  const { near, far } = await givenTwo(world)
  const [one, other] = [createVerifier(), createVerifier()]
  await one.poll(near.feed)
  await other.poll(far.feed)
  await one.poll(near.feed, { holdMs: 0 })
  const held = [watch(one.poll(near.feed)), watch(other.poll(far.feed))]
  await settle()

  const position = await revoke(world, near)
  const waiting = waitFor(near, position)
  await settle()
  // The far node was woken by the near one.
  assert.ok(held.every(({ isDone }) => isDone))
  watch(one.poll(near.feed))
  await settle()
  assert.equal(waiting.isDone, false)
  watch(other.poll(far.feed))
  await settle()

  assert.deepEqual(waiting.value, { confirmed: true, verifiers: 4, acknowledged: 4, lapsed: 0 })
})

test('one that a balancer has moved to the other node is heard of there', async () => {
  const world = new World()
  const { near, far } = await givenTwo(world)
  const verifier = createVerifier()
  await verifier.poll(near.feed)
  const waiting = waitFor(near, await revoke(world, near))
  await settle()
  assert.equal(waiting.isDone, false)

  await verifier.poll(far.feed, { holdMs: 0 })
  await verifier.poll(far.feed, { holdMs: 0 })
  await world.advance(REPORT_MS)

  assert.equal(waiting.value?.confirmed, true)
})

test('what is said of another epoch moves nobody', async () => {
  const world = new World()
  const { near, far } = await givenTwo(world)
  const verifier = createVerifier()
  await verifier.poll(near.feed)
  const position = await revoke(world, near)
  const waiting = waitFor(near, position)
  await settle()

  const changes = { version: 1, type: 'changes', node: 'another-node-entirely', epoch: 'second-epoch' }
  world.hub.say([JSON.stringify({ ...changes, changes: [[verifier.id, position]] })])
  await settle()

  assert.equal(waiting.isDone, false)
  assert.equal(far.feed.stats().verifiers, 1)
})

test('a node that has fallen silent is waited for until its leases have lapsed', async () => {
  const world = new World()
  const { near, far } = await givenTwo(world)
  await world.advance(REPORT_MS)
  far.feed.stop()
  await world.advance(LAPSE_MS - REPORT_MS)
  const early = waitFor(near, await revoke(world, near))
  await settle()
  assert.equal(early.isDone, false)

  await world.advance(4 * REPORT_MS)

  assert.equal(early.value?.confirmed, true)
  assert.equal(near.feed.stats().peers, 0)
})

test('silence does not count while this node cannot hear itself', async () => {
  const world = new World()
  const { near, far } = await givenTwo(world)
  const verifier = createVerifier()
  await verifier.poll(far.feed)
  near.bus?.deafen()
  await world.advance(3 * LAPSE_MS)
  await verifier.poll(far.feed, { holdMs: 0 })

  const waiting = waitFor(near, await revoke(world, near))
  await world.advance(LAPSE_MS - 10)

  assert.equal(waiting.isDone, false)
  assert.equal(near.feed.stats().knowsAll, false)
})

test('after it has listened again, it takes as long as at first until it knows all', async () => {
  const world = new World()
  const { near } = await givenTwo(world)
  near.bus?.deafen()
  await world.advance(1_000)
  near.bus?.hear()
  await world.advance(LAPSE_MS)
  assert.equal(near.feed.stats().knowsAll, false)

  await world.advance(3 * REPORT_MS)

  assert.equal(near.feed.stats().knowsAll, true)
})

test('a report from before the commit acknowledges nothing, although nobody was behind then', async () => {
  const world = new World()
  const { near, far } = await givenTwo(world)
  await world.advance(REPORT_MS)
  // The far node is heard of, and hears nothing any more; its last report said that it had no verifiers behind.
  far.bus?.deafen()
  const open = world.log.close()
  open()

  const position = world.log.append('session', 'one')
  await near.feed.committed()
  near.confirmations.committed(position)
  const waiting = waitFor(near, position)
  await settle()
  assert.equal(waiting.isDone, false)

  // By its own look at the log it has read the entry, and its next report says so.
  await world.advance(500 + REPORT_MS)
  assert.equal(waiting.value?.confirmed, true)
})

test('a node that has come since is waited for, although nothing of it has been heard when the commit is', async () => {
  const world = new World()
  const near = await openNode(world, { shared: true })
  await world.advance(REPORT_MS + LAPSE_MS + REPORT_MS)
  const arrive = world.hub.delay()
  const far = await openNode(world, { shared: true })
  const verifier = createVerifier()
  await verifier.poll(far.feed)

  const waiting = waitFor(near, await revoke(world, near))
  await settle()
  assert.equal(waiting.isDone, false)
  arrive()
  await settle()

  assert.equal(waiting.isDone, false)
  assert.equal(near.feed.stats().peers, 1)
})

test('a node that cannot report answers no poll, and takes no lease itself', async () => {
  const world = new World()
  const { near } = await givenTwo(world)
  const verifier = createVerifier()
  await verifier.poll(near.feed)
  assert.ok(near.bus)
  near.bus.isMute = true
  const leases = near.taker.answers.length
  await world.advance(REPORT_MS + 1)

  await assert.rejects(verifier.poll(near.feed, { holdMs: 0 }), StoreUnavailable)
  await assert.rejects(near.feed.follow(), StoreUnavailable)

  assert.equal(near.taker.answers.length, leases)
  near.bus.isMute = false
  assert.equal((await verifier.poll(near.feed, { holdMs: 0 })).kind, 'answer')
})

test('a restarted node reports itself incomplete until the leases of its former life have lapsed', async () => {
  const world = new World()
  const { near, far } = await givenTwo(world)
  await createVerifier().poll(far.feed)
  far.feed.stop()
  const again = await openNode(world, { shared: true })
  await world.advance(LAPSE_MS - REPORT_MS)

  const waiting = waitFor(near, await revoke(world, near))
  await settle()
  assert.equal(waiting.isDone, false)
  assert.equal(again.feed.stats().knowsAll, false)
  await world.advance(3 * REPORT_MS)

  assert.equal(waiting.value?.confirmed, true)
})

test('time is that of the longest lease that any node grants', async () => {
  const world = new World()
  const near = await openNode(world, { shared: true, leaseMs: 1_000 })
  const far = await openNode(world, { shared: true, leaseMs: 10_000 })
  await world.advance(REPORT_MS)
  await createVerifier().poll(far.feed)

  const position = await revoke(world, near)
  await world.advance(10_149)
  assert.equal(near.confirmations.read(position).confirmed, false)
  await world.advance(1)

  assert.equal(near.confirmations.read(position).confirmed, true)
})

test('many changes go out in messages that each fit', async () => {
  const world = new World()
  const { near, far } = await givenTwo(world)
  const many = Array.from({ length: 1_000 }, createVerifier)
  for (const verifier of many) await verifier.poll(near.feed, { holdMs: 0 })
  const waiting = waitFor(near, await revoke(world, near))
  for (const verifier of many) await verifier.poll(far.feed, { holdMs: 0 })
  for (const verifier of many) await verifier.poll(far.feed, { holdMs: 0 })

  await world.advance(REPORT_MS)

  assert.equal(waiting.value?.confirmed, true)
  assert.ok(world.hub.texts.every((text) => Buffer.byteLength(text) < 8_000))
  assert.equal(near.feed.stats().lag, 0)
})
