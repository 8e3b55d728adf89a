/** What nodes make of each other's words, whoever has said them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenTwo, revoke, waitFor } from './two-nodes.ts'
import { LAPSE_MS, settle, World } from './world.ts'

/** A report of a node that is none, as the protocol between nodes has it. */
const peerReport = (more: object): string =>
  JSON.stringify({
    version: 1,
    type: 'report',
    node: 'a-node-of-this-test',
    number: 1,
    leaseMs: 5_000,
    complete: true,
    epoch: 'first-epoch',
    head: 0,
    lowest: null,
    verifiers: 0,
    awaited: [],
    ...more,
  })

test('only a complete report of this epoch, of a head at or after it and of nobody behind, acknowledges', async () => {
  const world = new World()
  const { near } = await givenTwo(world)
  const position = await revoke(world, near)
  world.hub.say([peerReport({ head: position - 1 })])
  const waiting = waitFor(near, position)

  for (const lacking of [
    { head: position - 1 },
    { head: position, lowest: position - 1, verifiers: 1 },
    { head: position, complete: false },
    { head: position, epoch: 'second-epoch' },
  ]) {
    world.hub.say([peerReport(lacking)])
    await settle()
    assert.equal(waiting.isDone, false, JSON.stringify(lacking))
  }
  world.hub.say([peerReport({ head: position, lowest: position, verifiers: 1 })])
  await settle()

  assert.equal(waiting.value?.confirmed, true)
})

test('a node of another version is waited for by time alone', async () => {
  const world = new World()
  const { near } = await givenTwo(world)
  world.hub.say([JSON.stringify({ version: 2, node: 'a-node-of-tomorrow', whatever: true })])

  const waiting = waitFor(near, await revoke(world, near))
  await world.advance(LAPSE_MS - 10)

  assert.equal(waiting.isDone, false)
})

test('what no node has written is passed over', async () => {
  const world = new World()
  const { near } = await givenTwo(world)
  const report = { version: 1, type: 'report', node: 'near', number: -1 }
  world.hub.say([
    '',
    '{',
    'null',
    '[]',
    '{"node":7}',
    '{"version":1,"type":"wake","node":"x","position":"1"}',
  ])

  const waiting = waitFor(near, await revoke(world, near))
  await settle()
  assert.equal(waiting.value?.confirmed, true)
  // But one that speaks and is not understood is a node all the same.
  world.hub.say([JSON.stringify(report)])

  assert.equal(near.feed.stats().peers, 2)
})
