import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { givenOpaque, givenVerdict } from '../test/given.ts'
import { toAccepted } from './verdict.ts'
import { VerdictCache } from './verdict-cache.ts'

const accepted = toAccepted(givenVerdict(givenOpaque('session').text))
const cacheOf = (entriesMax: number, bytesMax = 1e9): VerdictCache =>
  new VerdictCache({ entriesMax, bytesMax })
const add = (cache: VerdictCache, ...credentials: readonly string[]): void => {
  for (const credential of credentials) cache.add(credential, accepted, 0)
}
const heldOf = (cache: VerdictCache, credentials: readonly string[]): string[] =>
  credentials.filter((credential) => cache.get(credential) !== undefined)

test('there are never more verdicts than the bound', () => {
  const cache = cacheOf(3)
  add(cache, 'a', 'b', 'c', 'd', 'e')
  assert.equal(cache.size, 3)
  assert.ok(cache.get('e'))
})

test('there are never more bytes than the bound, however long the credentials are', () => {
  const bytesMax = 50_000
  const cache = cacheOf(1_000, bytesMax)
  for (let index = 0; index < 100; index += 1) {
    add(cache, `${index}`.padEnd(index * 80, 'x'))
    assert.ok(cache.bytes <= bytesMax)
  }
  assert.ok(cache.size > 0)
})

test('a verdict that is larger than all the room is not held and drives nobody out', () => {
  const cache = cacheOf(10, 20_000)
  add(cache, 'a')
  add(cache, 'x'.repeat(20_000))
  assert.deepEqual([cache.size, heldOf(cache, ['a'])], [1, ['a']])
})

test('what was used since the hand came by stays; what was not goes first', () => {
  const cache = cacheOf(4)
  add(cache, 'a', 'b', 'c', 'd')
  // The first that does not fit takes all marks away and removes the oldest.
  add(cache, 'e')
  const kept = cache.get('c')
  if (kept) kept.used = true

  add(cache, 'f', 'g')

  assert.deepEqual(heldOf(cache, ['a', 'b', 'c', 'd', 'e', 'f', 'g']), ['c', 'e', 'f', 'g'])
})

test('a verdict for a credential that is held already takes the place of the other', () => {
  const cache = cacheOf(2)
  add(cache, 'a')
  const { bytes } = cache
  cache.add('a', accepted, 5)
  assert.deepEqual([cache.size, cache.bytes, cache.get('a')?.clearedVersion], [1, bytes, 5])
})

test('removing what is no longer held does not remove what took its place', () => {
  const cache = cacheOf(2)
  add(cache, 'a')
  const before = cache.get('a')
  add(cache, 'a')
  if (before) cache.remove(before)
  assert.equal(cache.size, 1)
})

test('a cut from a long header is held without the header', () => {
  const token = givenOpaque('session').text
  const cache = cacheOf(1)
  const header = `__Host-session=${token}; ${'x'.repeat(10_000)}`

  cache.add(header.slice(15, 15 + token.length), accepted, 0)

  assert.equal(cache.get(token)?.credential, token)
})

test('after any history, size and bytes are those of what is held, within the bounds', () => {
  const step = fc.record({
    do: fc.constantFrom('add', 'use', 'remove', 'clear', 'add', 'add'),
    credential: fc.nat(20).map((number) => `${number}`.repeat(1 + (number % 7) * 50)),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const cache = cacheOf(8, 14_000)
      const seen = new Set<string>()
      for (const { do: what, credential } of steps) {
        const held = cache.get(credential)
        if (what === 'add') add(cache, credential)
        else if (what === 'clear') cache.clear()
        else if (held && what === 'use') held.used = true
        else if (held) cache.remove(held)
        seen.add(credential)
        if (what === 'add') assert.ok(cache.get(credential))
      }
      const held = [...seen].map((credential) => cache.get(credential)).filter((one) => one !== undefined)
      assert.equal(cache.size, held.length)
      assert.equal(
        cache.bytes,
        held.reduce((sum, { bytes }) => sum + bytes, 0),
      )
      assert.ok(cache.size <= 8 && cache.bytes <= 14_000)
    }),
  )
})
