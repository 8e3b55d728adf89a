import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Overloaded } from '@countersign/core'
import { createBoundedQueue } from './bounded-queue.ts'

/** Work that ends when the test says so. */
function createJobs(queue: ReturnType<typeof createBoundedQueue>) {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const start = (name: string): Promise<string> =>
    queue.run(async () => {
      begun.push(name)
      await new Promise<void>((resolve) => ends.set(name, resolve))
      return name
    })
  return { begun, start, end: (name: string) => ends.get(name)?.() }
}

test('whoever comes to a full queue is turned away at once, and nothing was begun', async () => {
  const queue = createBoundedQueue({ runningMax: 1, waitingMax: 1, retryAfterSeconds: 5 })
  const jobs = createJobs(queue)
  const first = jobs.start('first')
  const second = jobs.start('second')

  await assert.rejects(jobs.start('third'), (error) => {
    return error instanceof Overloaded && error.retryAfterSeconds === 5
  })

  assert.deepEqual({ running: queue.running, waiting: queue.waiting }, { running: 1, waiting: 1 })
  await setImmediate()
  jobs.end('first')
  assert.equal(await first, 'first')
  await setImmediate()
  jobs.end('second')
  assert.equal(await second, 'second')
  assert.deepEqual(jobs.begun, ['first', 'second'])
})

test('a thousand at once: never more than the limit at a time, and in the order in which they came', async () => {
  const queue = createBoundedQueue({ runningMax: 2, waitingMax: 1000, retryAfterSeconds: 5 })
  let running = 0
  let most = 0
  const order: number[] = []

  await Promise.all(
    Array.from({ length: 1000 }, (_, index) =>
      queue.run(async () => {
        running += 1
        most = Math.max(most, running)
        order.push(index)
        await setImmediate()
        running -= 1
      }),
    ),
  )

  assert.equal(most, 2)
  assert.deepEqual(
    order,
    Array.from({ length: 1000 }, (_, index) => index),
  )
  assert.deepEqual({ running: queue.running, waiting: queue.waiting }, { running: 0, waiting: 0 })
})

test('work that fails gives its place back', async () => {
  const queue = createBoundedQueue({ runningMax: 1, waitingMax: 0, retryAfterSeconds: 5 })

  await assert.rejects(
    queue.run(() => Promise.reject(new Error('no'))),
    /no/,
  )

  assert.equal(await queue.run(() => Promise.resolve('yes')), 'yes')
})

test('a flood of strangers neither stands before the known nor takes their places', async () => {
  const queue = createBoundedQueue({ runningMax: 1, waitingMax: 2, retryAfterSeconds: 5 })
  const order: string[] = []
  const run = (name: string, turn?: 'known'): Promise<unknown> =>
    queue.run(async () => {
      order.push(name)
      await setImmediate()
    }, turn)
  const all = [run('first'), run('stranger 1'), run('stranger 2')]
  await assert.rejects(run('stranger 3'), Overloaded)

  all.push(run('known 1', 'known'), run('known 2', 'known'))
  await assert.rejects(run('known 3', 'known'), Overloaded)
  assert.deepEqual({ running: queue.running, waiting: queue.waiting }, { running: 1, waiting: 4 })
  await Promise.all(all)

  assert.deepEqual(order, ['first', 'known 1', 'known 2', 'stranger 1', 'stranger 2'])
  assert.deepEqual({ running: queue.running, waiting: queue.waiting }, { running: 0, waiting: 0 })
})
