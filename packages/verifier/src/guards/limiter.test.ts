import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLimiter, type LimitPolicy } from './limiter.ts'

const policy: LimitPolicy = { name: 'sign-in', points: 3, perSeconds: 60 }

function createClock() {
  let nowMs = 5_000
  return { monotonicMs: () => nowMs, advance: (ms: number) => (nowMs += ms) }
}

test('the fourth of three is refused until the window ends, and refusals do not lengthen it', () => {
  const clock = createClock()
  const limiter = createLimiter(clock)
  for (let index = 0; index < 3; index += 1) assert.equal(limiter.take('ada', policy).allowed, true)

  clock.advance(30_000)
  assert.deepEqual(limiter.take('ada', policy), { allowed: false, limit: 3, remaining: 0, resetSeconds: 30 })
  clock.advance(29_999)
  assert.deepEqual(limiter.take('ada', policy), { allowed: false, limit: 3, remaining: 0, resetSeconds: 1 })
  clock.advance(1)
  assert.deepEqual(limiter.take('ada', policy), { allowed: true, limit: 3, remaining: 2, resetSeconds: 60 })
})

test('a cost beyond what is left takes nothing, and a cost of 0 only looks', () => {
  const limiter = createLimiter(createClock())

  assert.equal(limiter.take('ada', policy, 4).allowed, false)
  assert.equal(limiter.take('ada', policy, 0).remaining, 3)
  assert.equal(limiter.take('ada', policy, 2).remaining, 1)
  assert.equal(limiter.take('ada', policy, 2).allowed, false)
  assert.equal(limiter.take('ada', policy, 1).remaining, 0)
  assert.equal(limiter.take('ada', policy, 0).allowed, true)
})

test('keys do not share points, nor do policies', () => {
  const limiter = createLimiter(createClock())
  for (let index = 0; index < 4; index += 1) limiter.take('ada', policy)

  assert.equal(limiter.take('ada', policy).allowed, false)
  assert.equal(limiter.take('bob', policy).allowed, true)
  assert.equal(limiter.take('ada', { ...policy, name: 'token' }).allowed, true)
})

test('what was forgotten begins anew', () => {
  const limiter = createLimiter(createClock())
  for (let index = 0; index < 4; index += 1) limiter.take('ada', policy)

  limiter.forget('ada', policy)

  assert.deepEqual(limiter.take('ada', policy).remaining, 2)
})

test('a flood of keys neither grows beyond the bound nor frees a key that is being guessed', () => {
  const limiter = createLimiter(createClock(), 1000)
  for (let index = 0; index < 4; index += 1) limiter.take('victim', policy)

  for (let index = 0; index < 50_000; index += 1) limiter.take(`flood ${index}`, policy)

  assert.equal(limiter.size, 1000)
  assert.equal(limiter.take('victim', policy).allowed, false)
})

test('the memory of a flood comes back as others call', () => {
  const clock = createClock()
  const limiter = createLimiter(clock, 1000)
  for (let index = 0; index < 1000; index += 1) limiter.take(`flood ${index}`, policy)

  clock.advance(60_000)
  for (let index = 0; index < 600; index += 1) limiter.take(`honest ${index}`, policy)

  assert.equal(limiter.size, 600)
})

test('looking leaves nothing behind', () => {
  const limiter = createLimiter(createClock())

  limiter.take('ada', policy, 0)
  limiter.take('ada', policy, 9)

  assert.equal(limiter.size, 0)
})

test('a counter that was kept counts with the key, until its points are used up or it was removed', () => {
  const clock = createClock()
  const limiter = createLimiter(clock, 1)
  limiter.take('ada', policy)
  const counter = limiter.counterOf('ada', policy)
  assert.ok(counter !== null)

  assert.equal(limiter.takeKept(counter, policy), true)
  assert.equal(limiter.take('ada', policy, 0).remaining, 1)
  assert.equal(limiter.takeKept(counter, policy), true)
  assert.equal(limiter.takeKept(counter, policy), false)
  assert.equal(limiter.take('ada', policy).allowed, false)
  clock.advance(60_000)
  assert.equal(limiter.takeKept(counter, policy), false)
  assert.equal(limiter.take('ada', policy).remaining, 2)
  assert.equal(limiter.takeKept(counter, policy), true)
  limiter.take('bob', policy)
  assert.equal(limiter.takeKept(counter, policy), false)
  assert.equal(limiter.counterOf('ada', policy), null)
})

test('a window that is over goes on for a kept counter until it is used up, and then the next one begins', () => {
  const clock = createClock()
  const limiter = createLimiter(clock)
  limiter.take('ada', policy)
  const counter = limiter.counterOf('ada', policy)
  assert.ok(counter !== null)
  let allowed = 0

  clock.advance(60_000)
  for (let count = 0; count < 20; count += 1) {
    if (limiter.takeKept(counter, policy) || limiter.take('ada', policy).allowed) allowed += 1
  }

  assert.equal(allowed, 2 * policy.points - 1)
})
