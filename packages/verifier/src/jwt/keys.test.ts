import assert from 'node:assert/strict'
import test from 'node:test'
import { inspect } from 'node:util'
import { givenPair } from '../../test/given.ts'
import { importKey, KeySet, type VerificationKey } from './keys.ts'
import { webBackEnd } from './signature.ts'

const first = await givenPair('ES256', 'sig_first')
const second = await givenPair('EdDSA', 'sig_second')
const sameKid = await givenPair('ES256', 'sig_first')
const importOf = (pair: { publicJwk: unknown }): Promise<VerificationKey> =>
  Promise.resolve(importKey(pair.publicJwk))

test('RFC 8725 §3.4: a point that is not on its curve is refused by both back ends', async () => {
  const jwk = { ...first.publicJwk, y: sameKid.publicJwk.y }

  assert.throws(() => importKey(jwk), TypeError)
  await assert.rejects(async () => importKey(jwk, webBackEnd), TypeError)
})

test('a refused key is told in words that do not quote it', () => {
  const refused = (): unknown => importKey({ ...first.publicJwk, d: 'very-secret' })

  assert.throws(refused, (error) => error instanceof TypeError && !error.message.includes('very-secret'))
})

test('a key does not print what it is made of', async () => {
  const shared = await givenPair('HS256')
  const key = await importOf(shared)

  const printed = `${inspect(key, { depth: 9 })} ${JSON.stringify(key)}`

  assert.ok(!printed.includes(`${shared.publicJwk.k}`))
})

test('replacing the keys takes away those that are not among the new ones, and names them', async () => {
  const keys = new KeySet()
  keys.replace([await importOf(first), await importOf(second)])

  const gone = keys.replace([await importOf(second)])

  assert.deepEqual([...gone], ['sig_first'])
  assert.equal(keys.get('sig_first'), undefined)
  assert.equal(keys.get('sig_second')?.algorithm, 'EdDSA')
})

test('the same key imported again is the same; another one under its kid is not', async () => {
  const keys = new KeySet()
  const before = await importOf(first)
  keys.replace([before])

  assert.deepEqual([...keys.replace([await importOf(first)])], [])
  assert.ok(keys.holds(before))
  assert.deepEqual([...keys.replace([await importOf(sameKid)])], ['sig_first'])
  assert.ok(!keys.holds(before))
})

test('a removed key stays removed, whatever an old copy of the set says', async () => {
  const keys = new KeySet()
  keys.replace([await importOf(first), await importOf(second)])

  keys.remove('sig_first')
  assert.equal(keys.get('sig_first'), undefined)
  keys.replace([await importOf(first), await importOf(second)])

  assert.equal(keys.get('sig_first'), undefined)
  assert.equal(keys.size, 1)
})

test('two keys under one kid are a contradiction, and nothing changes', async () => {
  const keys = new KeySet()
  keys.replace([await importOf(second)])
  const twice = [await importOf(first), await importOf(sameKid)]

  assert.throws(() => keys.replace(twice), RangeError)

  assert.equal(keys.size, 1)
  assert.ok(keys.get('sig_second'))
})
