import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeSlowest, orderBySlowest } from './test-times.ts'

test('long files are begun first, the others keep their order, and none is lost', () => {
  const files = [
    'conformance/a.test.ts',
    'packages/console/test/b.test.ts',
    'packages/server/test/c.test.ts',
    'packages/server/test/history/d.test.ts',
  ]

  assert.deepEqual(orderBySlowest(files), [
    'packages/server/test/history/d.test.ts',
    'packages/console/test/b.test.ts',
    'conformance/a.test.ts',
    'packages/server/test/c.test.ts',
  ])
})

test('ten of many are told, the slowest first; of one alone nothing is', () => {
  const times = Array.from({ length: 12 }, (_, index) => ({
    file: `${index}.test.ts`,
    durationMs: index * 1000,
  }))

  const told = describeSlowest(times)

  assert.match(told, /^\nThe slowest of 12 files, in seconds:\n {4}11\.0 {2}11\.test\.ts\n {4}10\.0 {2}10\./)
  assert.equal(told.match(/\.test\.ts$/gm)?.length, 10)
  assert.equal(describeSlowest(times.slice(0, 1)), '')
})
