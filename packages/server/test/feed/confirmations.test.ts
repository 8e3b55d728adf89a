/** When a revocation is confirmed on one node (lease protocol, rule 9). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createVerifier, HOLD_MS, LAPSE_MS, openNode, settle, type TestNode, World, watch } from './world.ts'

async function revoke(world: World, { feed, confirmations }: TestNode): Promise<number> {
  const position = world.log.append('session', `session-${world.log.position}`)
  await feed.committed()
  confirmations.committed(position)
  return position
}

test('it is not confirmed while a verifier that may hold a lease has not asked after it', async () => {
  const world = new World()
  const node = await openNode(world)
  await createVerifier().poll(node.feed)

  const position = await revoke(world, node)

  assert.deepEqual(node.confirmations.read(position), {
    confirmed: false,
    verifiers: 2,
    acknowledged: 1,
    lapsed: 0,
  })
  await world.advance(LAPSE_MS - 1)
  assert.equal(node.confirmations.read(position).confirmed, false)
})

test('a poll that was received and never answered counts', async () => {
  const world = new World()
  const node = await openNode(world)
  await createVerifier().poll(node.feed)
  world.log.isBroken = true
  await assert.rejects(createVerifier().poll(node.feed))
  world.log.isBroken = false

  const position = await revoke(world, node)

  assert.equal(node.confirmations.read(position).verifiers, 3)
})

test('a node that has lost its memory by a restart confirms by time alone until every lease has lapsed', async () => {
  const world = new World()
  const first = await openNode(world)
  await createVerifier().poll(first.feed)
  first.feed.stop()
  const second = await openNode(world)
  await world.advance(LAPSE_MS - 10)

  const early = await revoke(world, second)
  assert.equal(second.confirmations.read(early).confirmed, false)
  await world.advance(10)
  const late = await revoke(world, second)

  assert.equal(second.confirmations.read(late).confirmed, true)
  assert.equal(second.confirmations.read(early).confirmed, true)
})

test('a node whose log was never followed by others confirms at once, also after a restart', async () => {
  const world = new World()
  const first = await openNode(world)
  first.feed.stop()
  const node = await openNode(world)

  const position = await revoke(world, node)

  assert.deepEqual(node.confirmations.read(position), {
    confirmed: true,
    verifiers: 1,
    acknowledged: 1,
    lapsed: 0,
  })
})

test('whoever waits is told in the moment in which the last verifier asks after it', async () => {
  const world = new World()
  const node = await openNode(world)
  const [one, other] = [createVerifier(), createVerifier()]
  await one.poll(node.feed)
  await other.poll(node.feed)
  const held = [one.poll(node.feed), other.poll(node.feed)]
  await settle()
  const position = await revoke(world, node)
  await Promise.all(held)
  const waiting = watch(node.confirmations.wait(position, 60_000))

  watch(one.poll(node.feed))
  await settle()
  assert.equal(waiting.isDone, false)
  watch(other.poll(node.feed))
  await settle()

  assert.deepEqual(waiting.value, { confirmed: true, verifiers: 3, acknowledged: 3, lapsed: 0 })
})

test('one that was waited for and has lapsed is counted as such', async () => {
  const world = new World()
  const node = await openNode(world)
  const [gone, there] = [createVerifier(), createVerifier()]
  await gone.poll(node.feed)
  await world.advance(1_000)
  await there.poll(node.feed)
  const position = await revoke(world, node)
  const waiting = watch(node.confirmations.wait(position, 60_000))
  await there.poll(node.feed, { holdMs: 0 })
  await there.poll(node.feed, { holdMs: 0 })
  await world.advance(LAPSE_MS - 1_000 - 1)
  assert.equal(waiting.isDone, false)

  await world.advance(20)

  assert.deepEqual(waiting.value, { confirmed: true, verifiers: 3, acknowledged: 2, lapsed: 1 })
})

test('time confirms it, whoever keeps asking from before', async () => {
  const world = new World()
  const node = await openNode(world)
  const stuck = createVerifier()
  await stuck.poll(node.feed)
  const { epoch } = stuck
  const position = await revoke(world, node)
  const waiting = watch(node.confirmations.wait(position, 60_000))

  for (let polls = 0; polls < 3; polls += 1) {
    await world.advance(HOLD_MS - 400)
    assert.equal(waiting.isDone, false)
    await stuck.poll(node.feed, { epoch, after: 0, holdMs: 0 })
  }
  await world.advance(400)

  assert.deepEqual(waiting.value, { confirmed: true, verifiers: 2, acknowledged: 1, lapsed: 1 })
})

test('a wait ends after its own time, and when the node stops', async () => {
  const world = new World()
  const node = await openNode(world)
  await createVerifier().poll(node.feed)
  const position = await revoke(world, node)

  const short = watch(node.confirmations.wait(position, 100))
  const long = watch(node.confirmations.wait(position, 60_000))
  await world.advance(100)
  assert.equal(short.value?.confirmed, false)
  assert.equal(long.isDone, false)
  node.confirmations.release()
  await settle()

  assert.equal(long.value?.confirmed, false)
  assert.equal((await node.confirmations.wait(position, 60_000)).confirmed, false)
})

test('one that begins anew with the same name has acknowledged nothing', async () => {
  const world = new World()
  const node = await openNode(world)
  const verifier = createVerifier()
  world.log.appendMany(1)
  await verifier.poll(node.feed)
  await verifier.poll(node.feed, { holdMs: 0 })

  await verifier.poll(node.feed, { epoch: null, after: 0 })

  assert.equal(node.confirmations.read(1).confirmed, false)
})

test('what was asked after in another epoch, or in a log that has gone, acknowledges nothing', async () => {
  const world = new World()
  const node = await openNode(world)
  const verifier = createVerifier()
  world.log.appendMany(100)
  await verifier.poll(node.feed)
  await verifier.poll(node.feed, { holdMs: 0 })
  world.log.epoch = 'second-epoch'
  world.log.restore(50)

  const position = await revoke(world, node)
  assert.equal(node.confirmations.read(position).confirmed, false)
  await verifier.poll(node.feed, { holdMs: 0 })
  assert.equal(node.confirmations.read(position).confirmed, false)
  await verifier.poll(node.feed, { holdMs: 0 })

  assert.equal(node.confirmations.read(position).confirmed, true)
})

test('a position beyond the head acknowledges nothing, not even while the log is being read', async () => {
  const world = new World()
  world.log.appendMany(50)
  // It has started on an old backup, and a verifier remembers more than there is.
  const node = await openNode(world)
  const verifier = createVerifier()
  const beyond = { epoch: 'first-epoch', after: 100, holdMs: 0 }
  await verifier.poll(node.feed, beyond)
  const position = await revoke(world, node)
  const open = world.log.close()

  const polling = verifier.poll(node.feed, beyond)
  await settle()
  assert.equal(node.confirmations.read(position).confirmed, false)
  open()
  await polling

  assert.equal(node.confirmations.read(position).confirmed, false)
})

test('a log that went backwards confirms by time alone', async () => {
  const world = new World()
  const node = await openNode(world)
  const verifier = createVerifier()
  world.log.appendMany(100)
  await verifier.poll(node.feed)
  await verifier.poll(node.feed, { holdMs: 0 })
  world.log.restore(50)
  const position = world.log.append('session', 'lost and revoked again')
  await assert.rejects(node.feed.committed())
  node.confirmations.committed(position)

  await verifier.poll(node.feed, { epoch: 'first-epoch', after: 100, holdMs: 0 })

  assert.equal(node.confirmations.read(position).confirmed, false)
  await world.advance(LAPSE_MS)
  assert.equal(node.confirmations.read(position).confirmed, true)
})
