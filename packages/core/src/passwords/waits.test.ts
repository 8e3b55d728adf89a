import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PASSWORD_WAITS, waitLeftMs } from './waits.ts'

const NOW = 1_800_000_000_000
const row = { failures: 9, triedAtMs: NOW - 1000, waitMs: 16_000 }

test('nobody waits who has not failed, or whose wait is over to the millisecond', () => {
  assert.equal(waitLeftMs(null, PASSWORD_WAITS, NOW), null)
  assert.equal(waitLeftMs({ ...row, waitMs: 0 }, PASSWORD_WAITS, NOW), null)
  assert.equal(waitLeftMs(row, PASSWORD_WAITS, NOW + 14_999), 1)
  assert.equal(waitLeftMs(row, PASSWORD_WAITS, NOW + 15_000), null)
})

test('after too many in a row waiting does not help, however long ago they were', () => {
  const closed = { ...row, failures: PASSWORD_WAITS.failuresMax }

  assert.equal(waitLeftMs(closed, PASSWORD_WAITS, NOW + 1e12), PASSWORD_WAITS.waitMaxMs)
})

test('a clock that went back is left to the store, which begins the wait anew', () => {
  assert.equal(waitLeftMs({ ...row, triedAtMs: NOW + 1 }, PASSWORD_WAITS, NOW), null)
})
