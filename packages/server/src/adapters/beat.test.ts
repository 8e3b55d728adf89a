/** Answers on a beat. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onBeat } from './beat.ts'

test('answers come in the order in which they were asked for, not in which the work was done', async () => {
  const order: string[] = []
  const slow = Promise.withResolvers<void>()
  const first = onBeat(() => slow.promise, 200).then(() => order.push('asked first, done last'))
  const second = onBeat(() => Promise.resolve().finally(() => order.push('done')), 200).then(() =>
    order.push('asked last, done first'),
  )
  setImmediate(slow.resolve)

  await Promise.all([first, second])

  assert.deepEqual(order, ['done', 'asked first, done last', 'asked last, done first'])
})

test('an error is told as late as an answer', async () => {
  const order: string[] = []
  const failed = onBeat(() => Promise.reject(new RangeError('no')), 200).catch((error: unknown) => {
    assert.ok(error instanceof RangeError)
    order.push('refused')
  })
  const answered = onBeat(() => Promise.resolve(), 200).then(() => order.push('answered'))

  await Promise.all([failed, answered])

  assert.deepEqual(order, ['refused', 'answered'])
})

test('work that takes longer than a beat is answered at a later one', async () => {
  const work = Promise.withResolvers<string>()
  const beats: string[] = []
  const answer = onBeat(() => work.promise, 5).then((text) => beats.push(text))
  // Two beats of another count pass, and nothing was answered.
  await onBeat(() => Promise.resolve(), 5)
  await onBeat(() => Promise.resolve(), 5)
  assert.deepEqual(beats, [])

  work.resolve('answered')
  await answer

  assert.deepEqual(beats, ['answered'])
})
