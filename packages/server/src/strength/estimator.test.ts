import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { type TestContext, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Secret } from '@countersign/protocol'
import { systemTimers } from '../adapters/timers.ts'
import type { Timers } from '../feed/ports.ts'
import { createEstimator, ESTIMATE_MS_MAX, IDLE_MS, WAITING_MAX } from './estimator.ts'

function givenTimers() {
  const set: { ms: number; run: () => void }[] = []
  const timers: Timers = {
    set: (ms, run) => {
      const timer = { ms, run }
      set.push(timer)
      return () => {
        const index = set.indexOf(timer)
        if (index >= 0) set.splice(index, 1)
      }
    },
  }
  return { timers, of: (ms: number) => set.filter((timer) => timer.ms === ms) }
}

/** A thread that does as it is told, and counts how often one was started. */
function given(t: TestContext, program: string) {
  const { timers, of } = givenTimers()
  const started: Worker[] = []
  const estimator = createEstimator(timers, () => {
    const worker = new Worker(program, { eval: true })
    started.push(worker)
    return worker
  })
  t.after(() => estimator.close())
  return { estimator, started, of }
}

const SILENT = `require('node:worker_threads').parentPort.on('message', () => {})`
const ANSWERS = `const { parentPort } = require('node:worker_threads')
  parentPort.on('message', ({ id, words }) => parentPort.postMessage({ id, score: words.length, warning: null, suggestions: [] }))`
const DIES = `require('node:worker_threads').parentPort.on('message', () => process.exit(1))`
const THROWS = `require('node:worker_threads').parentPort.on('message', () => { throw new Error('broken') })`
const BABBLES = `const { parentPort } = require('node:worker_threads')
  parentPort.on('message', ({ id }) => parentPort.postMessage({ id, score: 17, warning: null, suggestions: [] }))`

const password = new Secret('tennis umbrella')

test('the real thread knows weak ones from strong ones, and says why without a word of the password', async (t) => {
  const estimator = createEstimator(systemTimers)
  t.after(() => estimator.close())

  const repeated = await estimator.estimate(new Secret('p@55w0rdp@55w0rdp@55w0rd'), [])
  const strong = await estimator.estimate(new Secret('violet gravel pushed the tram'), [])
  const own = await estimator.estimate(new Secret('wolpertinger'), ['wolpertinger'])

  assert.deepEqual(repeated, { score: 0, hints: ['repetition', 'more_words'] })
  assert.deepEqual(strong, { score: 4, hints: [] })
  assert.equal(own?.score, 0)
  assert.ok(own.hints.includes('own_words'))
})

test('the longest and oddest password is answered, too', async (t) => {
  const estimator = createEstimator(systemTimers)
  t.after(() => estimator.close())

  for (const text of ['4@8({[3€6]9#|1!l7+$5%2'.repeat(100), '\u0000'.repeat(256), '\ud83d'.repeat(256), '']) {
    assert.notEqual(await estimator.estimate(new Secret(text), ['x'.repeat(254)]), null, text.slice(0, 10))
  }
})

test('no thread runs before the first question, and one answers all of them', async (t) => {
  const { estimator, started } = given(t, ANSWERS)
  assert.equal(started.length, 0)

  const answers = await Promise.all([
    estimator.estimate(password, []),
    estimator.estimate(password, ['one']),
    estimator.estimate(password, ['one', 'two']),
  ])

  assert.deepEqual(
    answers.map((answer) => answer?.score),
    [0, 1, 2],
  )
  assert.equal(started.length, 1)
})

test('the thread ends when nobody asks for a while, and the next question starts another', async (t) => {
  const { estimator, started, of } = given(t, ANSWERS)
  await estimator.estimate(password, [])
  await estimator.estimate(password, [])
  assert.equal(of(IDLE_MS).length, 1, 'the last question counts')
  const [first] = started
  assert.ok(first)
  const ended = EventEmitter.once(first, 'exit')

  of(IDLE_MS)[0]?.run()
  await ended

  assert.equal((await estimator.estimate(password, []))?.score, 0)
  assert.equal(started.length, 2)
})

test('a thread that hangs is ended and answers nobody, and the next question has a new one', async (t) => {
  const { estimator, started, of } = given(t, SILENT)
  const both = [estimator.estimate(password, []), estimator.estimate(password, [])]

  of(ESTIMATE_MS_MAX)[0]?.run()

  assert.deepEqual(await Promise.all(both), [null, null])
  assert.equal(of(ESTIMATE_MS_MAX).length, 0, 'no timer is left')
  const third = estimator.estimate(password, [])
  assert.equal(started.length, 2)
  of(ESTIMATE_MS_MAX)[0]?.run()
  assert.equal(await third, null)
})

for (const [name, program] of Object.entries({ 'ends itself': DIES, throws: THROWS })) {
  test(`a thread that ${name} answers nobody, and the process goes on`, async (t) => {
    const { estimator, started } = given(t, program)

    assert.equal(await estimator.estimate(password, []), null)
    assert.equal(await estimator.estimate(password, []), null)

    assert.equal(started.length, 2)
  })
}

test('a score that is none is no answer', async (t) => {
  const { estimator } = given(t, BABBLES)

  assert.equal(await estimator.estimate(password, []), null)
})

test('one more than may wait is told at once', async (t) => {
  const { estimator, of } = given(t, SILENT)
  const waiting = Array.from({ length: WAITING_MAX }, () => estimator.estimate(password, []))

  assert.equal(await estimator.estimate(password, []), null)

  of(ESTIMATE_MS_MAX)[0]?.run()
  assert.equal((await Promise.all(waiting)).length, WAITING_MAX)
})
