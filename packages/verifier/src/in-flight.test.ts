import assert from 'node:assert/strict'
import test from 'node:test'
import { createDeferred } from '../test/deferred.ts'
import { InFlight } from './in-flight.ts'

const never = (): Promise<string> => new Promise(() => {})

test('who comes second joins the call that is under way', async () => {
  const calls = new InFlight<string>(2)
  const call = createDeferred<string>()
  let started = 0
  const start = (): Promise<string> => {
    started += 1
    return call.promise
  }

  const joined = [calls.join('a', start, 0, 100), calls.join('a', start, 99, 100)]
  call.resolve('done')

  assert.deepEqual(await Promise.all(joined.map((one) => one?.promise)), ['done', 'done'])
  assert.equal(started, 1)
  assert.equal(calls.size, 0)
})

test('no more calls than the bound are under way; a joined one is not one more', () => {
  const calls = new InFlight<string>(2)
  assert.ok(calls.join('a', never, 0, 100))
  assert.ok(calls.join('b', never, 1, 100))
  assert.equal(calls.join('c', never, 2, 100), null)
  assert.ok(calls.join('a', never, 2, 100))
  assert.equal(calls.size, 2)
})

test('a call that never ends makes room when it is stale, and is not joined any more', () => {
  const calls = new InFlight<string>(2)
  const first = calls.join('a', never, 0, 100)
  calls.join('b', never, 50, 100)

  assert.ok(calls.join('c', never, 100, 100))
  assert.equal(calls.join('d', never, 100, 100), null)
  const again = calls.join('b', never, 150, 100)

  assert.ok(again !== null && again !== first)
  assert.equal(calls.size, 2)
})

test('a stale call that ends late does not end the newer one of its key', async () => {
  const calls = new InFlight<string>(2)
  const late = createDeferred<string>()
  const old = calls.join('a', () => late.promise, 0, 100)
  const young = calls.join('a', never, 100, 100)

  late.resolve('late')
  await old?.promise

  assert.equal(calls.join('a', never, 101, 100), young)
  assert.equal(calls.size, 1)
})

test('a call that fails is over, and everybody who joined sees it', async () => {
  const calls = new InFlight<string>(1)
  const fail = (): Promise<string> => Promise.reject(new Error('away'))
  const joined = [calls.join('a', fail, 0, 100), calls.join('a', fail, 0, 100)]

  for (const one of joined) await assert.rejects(async () => one?.promise, /away/)

  assert.equal(calls.size, 0)
})
