/** Uses on their way to the database: none is lost, and nobody who asks meanwhile is told too early that all is written. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toId } from '@countersign/protocol'
import type { Verdict } from '@countersign/verifier'
import { createUsage } from './usage.ts'

const session = toId('ses', 1, new Uint8Array(10))

const verdict: Verdict = {
  position: 1,
  principal: { kind: 'account', id: toId('acc', 1, new Uint8Array(10)), name: null, email: null },
  credential: {
    kind: 'session',
    id: session,
    path: [{ kind: 'session', id: session }],
    expiresAtMs: null,
    amr: [],
    acr: null,
    authTimeMs: null,
  },
  permissions: [],
  resources: [],
  audiences: [],
  allowAddresses: [],
  rateLimit: null,
  usableUntilMs: 1,
}

type Writes = Parameters<typeof createUsage>[0]

/** A store whose writes end when the test says so. */
function givenStore(): { store: Writes; batches: (() => void)[]; fail: (() => void)[] } {
  const batches: (() => void)[] = []
  const fail: (() => void)[] = []
  const recordUse = (): Promise<void> =>
    new Promise((resolve, reject) => {
      batches.push(resolve)
      fail.push(() => reject(new Error('away')))
    })
  return { store: { recordUse }, batches, fail }
}

test('a use waits until it is written, and not only until its writing has begun', async () => {
  const { store, batches } = givenStore()
  const usage = createUsage(store)
  usage.record(verdict, 1, null)
  const first = usage.flush()

  let isWritten = false
  const second = usage.flush().then(() => {
    isWritten = true
  })

  assert.equal(usage.isWaiting(session), true)
  await new Promise(setImmediate)
  assert.equal(isWritten, false)
  batches[0]?.()
  await Promise.all([first, second])
  assert.equal(usage.isWaiting(session), false)
  assert.equal(batches.length, 1)
})

test('a batch that could not be written is written with the next', async () => {
  const { store, batches, fail } = givenStore()
  const usage = createUsage(store)
  usage.record(verdict, 1, null)
  const failing = usage.flush()
  fail[0]?.()
  await assert.rejects(failing, /away/)
  assert.equal(usage.isWaiting(session), true)

  const again = usage.flush()
  batches[1]?.()
  await again

  assert.equal(usage.isWaiting(session), false)
})

test('uses that come during a write are in the next one', async () => {
  const { store, batches } = givenStore()
  const usage = createUsage(store)
  usage.record(verdict, 1, null)
  const first = usage.flush()
  usage.record(verdict, 2, null)
  const second = usage.flush()
  batches[0]?.()
  await first
  await new Promise(setImmediate)

  assert.equal(batches.length, 2)
  assert.equal(usage.isWaiting(session), true)
  batches[1]?.()
  await second
  assert.equal(usage.isWaiting(session), false)
})

test('counts of a batch that could not be written are added to those that came meanwhile', async () => {
  const written: Parameters<Writes['recordUse']>[0][] = []
  let isAway = true
  const usage = createUsage({
    recordUse: async (uses) => {
      if (isAway) throw new Error('away')
      written.push(uses)
    },
  })
  const id = toId('key', 1, new Uint8Array(10))
  const use = {
    credential: { kind: 'api_key', id },
    route: 'read',
    count: 2,
    refused: 1,
    agent: null,
  } as const
  usage.report([{ ...use, lastAtMs: 9, address: 'later' }], null)
  await assert.rejects(usage.flush(), /away/)
  usage.report([{ ...use, lastAtMs: 5, address: 'earlier' }], null)
  isAway = false

  await usage.flush()

  const [batch] = written
  assert.deepEqual(batch?.apiKeys, [{ id, atMs: 9, address: 'later', count: 4 }])
  const hour = { id, hourMs: 0, route: 'read', reportedBy: null, lastAtMs: 9, lastAddress: 'later' }
  assert.deepEqual(batch?.hours, [{ ...hour, count: 4, refused: 2 }])
})
