import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock, systemRandom } from './clock.ts'

test('the monotonic clock never runs backwards, and the wall clock is in this century', () => {
  let last = systemClock.monotonicMs()
  for (let index = 0; index < 10_000; index += 1) {
    const next = systemClock.monotonicMs()
    assert.ok(next >= last)
    last = next
  }

  assert.ok(systemClock.nowMs() > Date.UTC(2025, 0, 1) && systemClock.nowMs() < Date.UTC(2100, 0, 1))
})

test('random bytes never repeat and share no memory with one another', () => {
  const seen = new Set<string>()
  for (let index = 0; index < 10_000; index += 1) {
    const bytes = systemRandom.bytes(16)
    seen.add(Buffer.from(bytes).toString('hex'))
    assert.equal(bytes.buffer.byteLength, 16)
  }

  assert.equal(seen.size, 10_000)
})
