/** The audit chain across the lives of servers. */
import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import type { World } from './world.ts'

/** Asked so often at most, this far apart: a chainer that was killed holds its lease for three seconds. */
const LOOKS_MAX = 200
const LOOK_MS = 50

interface Report {
  readonly length: number
  readonly unchained: number
}

async function read(world: World): Promise<Report> {
  const { json, text } = await world.call('GET', '/v1/audit/chain', { key: world.adminKey })
  assert.equal(json.intact, true, text)
  return { length: Number(json.length), unchained: Number(json.unchained) }
}

/** Answers how long it is now: never shorter than it was. */
export async function assertChainIsWhole(world: World, before: number): Promise<number> {
  const { length } = await read(world)
  assert.ok(length >= before, `The chain had ${before} links and has ${length}.`)
  return length
}

/** Waits until this server has linked every event that its forerunners left behind, and one of its own. */
export async function assertChainGrows(world: World, before: number): Promise<void> {
  const body = { id: `made-after-${before}`, permissions: [] }
  const made = await world.call('POST', '/v1/roles', { key: world.adminKey, body })
  assert.equal(made.status, 201, made.text)
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const { length, unchained } = await read(world)
    if (unchained === 0) return assert.ok(length > before, 'The chain did not grow.')
    await setTimeout(LOOK_MS)
  }
  assert.fail('The events are still not in the chain.')
}
