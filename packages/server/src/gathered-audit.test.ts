/** Events on their way to the database: written together, kept where that fails, and nothing is given that cannot be written down. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuditEvent } from '@countersign/core'
import { ID_RANDOM_BYTES, toId } from '@countersign/protocol'
import { createGatheredAudit } from './gathered-audit.ts'

const AWAY = new Error('away')

function makeEvent(number: number): AuditEvent {
  return {
    id: toId('evt', number, new Uint8Array(ID_RANDOM_BYTES)),
    atMs: number,
    type: 'client.token_issued',
    outcome: 'success',
    actor: { kind: 'service_account', id: 'svc_1', credential: null },
    target: null,
    address: null,
    requestId: 'req_1',
    details: {},
  }
}

/** A store that is away when it is told so, and timers that run when the test says so. */
function given() {
  const written: AuditEvent[][] = []
  const failures: unknown[] = []
  const timers: { readonly ms: number; readonly run: () => void }[] = []
  const state = { isAway: false, isSlow: Promise.resolve() }
  const gathered = createGatheredAudit(
    async (events) => {
      await state.isSlow
      if (state.isAway) throw AWAY
      written.push([...events])
    },
    {
      set: (ms, run) => {
        timers.push({ ms, run })
        return () => undefined
      },
    },
    (error) => failures.push(error),
  )
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
  }
  const runTimers = async (): Promise<void> => {
    for (const { run } of timers.splice(0)) run()
    await settle()
  }
  return { gathered, written, failures, timers, state, settle, runTimers }
}

test('after a write that failed nothing more is taken until all before it is written', async () => {
  const { gathered, written, failures, state, runTimers } = given()
  const [first, second, third] = [makeEvent(1), makeEvent(2), makeEvent(3)]
  await gathered.append(first)
  state.isAway = true
  await runTimers()
  assert.deepEqual(failures, [AWAY])

  await assert.rejects(gathered.append(second), AWAY)
  state.isAway = false
  await gathered.append(third)
  assert.deepEqual(written, [[first]])

  await gathered.flush()
  assert.deepEqual(written, [[first], [third]])
})

test('what could not be written is tried again by itself', async () => {
  const { gathered, written, state, timers, runTimers } = given()
  await gathered.append(makeEvent(1))
  state.isAway = true
  await runTimers()
  assert.deepEqual(
    timers.map(({ ms }) => ms),
    [1000],
  )

  state.isAway = false
  await runTimers()

  assert.deepEqual(written, [[makeEvent(1)]])
})

test('events wait for one another and are written once, in their order', async () => {
  const { gathered, written, timers, runTimers } = given()
  const events = [makeEvent(1), makeEvent(2), makeEvent(3)]
  await Promise.all(events.map((event) => gathered.append(event)))
  assert.deepEqual([written, timers.map(({ ms }) => ms)], [[], [50]])

  await runTimers()
  await runTimers()

  assert.deepEqual(written, [events])
})

test('many are written at once without waiting for the time', async () => {
  const { gathered, written, settle } = given()
  const events = Array.from({ length: 300 }, (_, index) => makeEvent(index))

  for (const event of events) await gathered.append(event)
  await settle()

  assert.equal(written[0]?.length, 256)
  await gathered.flush()
  assert.deepEqual(written.flat(), events)
})

test('where more come than can be written, the next ones wait', async () => {
  const { gathered, written, state, settle } = given()
  const slow = Promise.withResolvers<void>()
  state.isSlow = slow.promise
  const events = Array.from({ length: 2048 + 256 + 1 }, (_, index) => makeEvent(index))
  let taken = 0
  const all = Promise.all(
    events.map(async (event) => {
      await gathered.append(event)
      taken += 1
    }),
  )
  await settle()
  assert.equal(taken, events.length - 1)

  slow.resolve()
  await all
  await gathered.flush()

  assert.equal(written.flat().length, events.length)
})

test('whoever reads waits for what is on its way, and reads on where nothing can be written', async () => {
  const { gathered, written, failures, state } = given()
  const slow = Promise.withResolvers<void>()
  state.isSlow = slow.promise
  await gathered.append(makeEvent(1))
  let isSettled = false
  const reading = gathered.settle().then(() => (isSettled = true))
  void gathered.settle()
  assert.equal(isSettled, false)
  slow.resolve()
  await reading
  assert.deepEqual(written, [[makeEvent(1)]])

  state.isAway = true
  await gathered.append(makeEvent(2))
  await gathered.settle()
  assert.deepEqual(failures, [AWAY])
})
