import assert from 'node:assert/strict'
import test from 'node:test'
import { RefusalCache } from './refusal-cache.ts'
import { toRefused } from './verdict.ts'

const refused = toRefused('unknown')
const cacheOf = (changes: object = {}): RefusalCache =>
  new RefusalCache({ entriesMax: 10, charactersMax: 1_000, keepMs: 100, ...changes })

test('a refusal is remembered for its time and not on its end', () => {
  const cache = cacheOf()
  cache.add('a', refused, 1_000)
  assert.equal(cache.get('a', 1_099), refused)
  assert.equal(cache.get('a', 1_100), null)
  assert.equal(cache.get('b', 1_000), null)
})

test('garbage fills no more than the bounds, and the newest of it is remembered', () => {
  const cache = cacheOf()
  for (let index = 0; index < 1_000; index += 1) {
    cache.add(`garbage-${index}`, refused, 0)
    assert.ok(cache.size <= 10)
    assert.equal(cache.get(`garbage-${index}`, 0), refused)
  }
})

test('long garbage is bounded by its characters', () => {
  const cache = cacheOf({ entriesMax: 1_000_000 })
  for (let index = 0; index < 100; index += 1) cache.add(`${index}`.padEnd(200), refused, 0)
  assert.ok(cache.size <= 5)
  cache.add('x'.repeat(501), refused, 0)
  assert.equal(cache.get('x'.repeat(501), 0), null)
})

test('a refusal that was told anew is remembered anew', () => {
  const cache = cacheOf()
  cache.add('a', refused, 0)
  const later = toRefused('expired')
  cache.add('a', later, 90)
  assert.equal(cache.get('a', 150), later)
})

test('nothing is remembered after clearing', () => {
  const cache = cacheOf({ entriesMax: 4 })
  for (const text of ['a', 'b', 'c']) cache.add(text, refused, 0)
  cache.clear()
  for (const text of ['a', 'b', 'c']) assert.equal(cache.get(text, 0), null)
  assert.equal(cache.size, 0)
})
