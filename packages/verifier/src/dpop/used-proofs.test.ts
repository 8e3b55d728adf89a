import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createNonces, NONCE_SECONDS } from './nonces.ts'
import { UsedProofs } from './used-proofs.ts'

const proof = (id: string, issuedAtSeconds: number) => ({ id, issuedAtSeconds })

test('a proof is used once, and its time may not have passed', () => {
  const used = new UsedProofs(10)

  assert.equal(used.use(proof('a', 100), 40), true)
  assert.equal(used.use(proof('a', 100), 40), false)
  assert.equal(used.use(proof('b', 100), 40), true)
  assert.equal(used.use(proof('a', 100), 101), false, 'forgotten, and refused by its age')
  assert.equal(used.size, 0)
})

test('what has to be forgotten for want of room is refused from then on, and so is all that is as old', () => {
  const used = new UsedProofs(3)
  for (const [id, second] of [
    ['a', 100],
    ['b', 100],
    ['c', 101],
    ['d', 102],
  ] as const) {
    assert.equal(used.use(proof(id, second), 0), true)
  }

  assert.equal(used.size, 2)
  for (const id of ['a', 'b', 'new']) assert.equal(used.use(proof(id, 100), 0), false, id)
  assert.equal(used.use(proof('c', 101), 0), false)
  assert.equal(used.use(proof('new', 101), 0), true)
})

test('whatever comes in whatever order, none is believed twice, and memory stays within its bound', () => {
  const step = fc.record({
    id: fc.nat(20),
    second: fc.integer({ min: 0, max: 90 }),
    now: fc.integer({ min: 0, max: 90 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 20 }), (steps, max) => {
      const used = new UsedProofs(max)
      const believed = new Set<string>()
      for (const { id, second, now } of steps) {
        // One proof has one time: it is signed with it.
        const name = `${id}-${second}`
        const isFirst = used.use(proof(name, second), now - 60)
        assert.ok(!(isFirst && believed.has(name)), name)
        if (isFirst) believed.add(name)
        assert.ok(used.size <= max)
      }
    }),
  )
})

test('nonces: one of ours, and of now; a key that could be guessed makes none', async () => {
  const key = Buffer.alloc(32, 7).toString('base64url')
  const nonces = createNonces(key)
  const others = createNonces(Buffer.alloc(32, 8).toString('base64url'))
  const nonce = await nonces.make(1_000_000)

  assert.equal(await nonces.isGood(nonce, 1_000_000), true)
  assert.equal(await createNonces(key).isGood(nonce, 1_000_000 + (NONCE_SECONDS - 1) * 1000), true)
  assert.equal(await nonces.isGood(nonce, 1_000_000 + NONCE_SECONDS * 1000), false)
  assert.equal(await others.isGood(nonce, 1_000_000), false)
  for (const bad of ['', '.', '1000', `1001.${nonce.split('.')[1]}`, `${nonce}x`, '1e3.x'])
    assert.equal(await nonces.isGood(bad, 1_000_000), false, bad)
  assert.throws(() => createNonces(Buffer.alloc(31).toString('base64url')), RangeError)
  assert.throws(() => createNonces('a password'), RangeError)
})
