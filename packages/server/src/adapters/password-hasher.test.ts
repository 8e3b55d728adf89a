import assert from 'node:assert/strict'
import { argon2Sync, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { Overloaded } from '@countersign/core'
import { Secret } from '@countersign/protocol'
import { createPasswordHasher, defaultHashConcurrency } from './password-hasher.ts'

const pepper = { version: 1, pepper: new Uint8Array(32).fill(7) }
const newer = { version: 2, pepper: new Uint8Array(32).fill(9) }
const password = new Secret('tennis umbrella')
const createHasher = (peppers = [pepper], waitingMax = 100) =>
  createPasswordHasher({ peppers, concurrency: 2, waitingMax })

test('a wrong password does not match, nor does one that differs in case, a space or byte 73', async () => {
  const hasher = createHasher()
  const long = 'tennis umbrella '.repeat(6)
  const stored = await hasher.hash(new Secret(long))

  for (const wrong of ['', long.slice(0, 72), long.slice(0, -1), `${long} `, long.toUpperCase()]) {
    assert.equal((await hasher.verify(new Secret(wrong), stored)).matches, false)
  }
  assert.deepEqual(await hasher.verify(new Secret(long), stored), { matches: true, stale: false })
})

test('a hash made with another pepper does not match, even under the same version', async () => {
  const stored = await createHasher().hash(password)
  const other = createHasher([{ version: 1, pepper: newer.pepper }])

  assert.equal((await other.verify(password, stored)).matches, false)
})

test('a hash of a pepper that is gone cannot be decided and throws', async () => {
  const stored = await createHasher([newer]).hash(password)

  await assert.rejects(
    createHasher([pepper]).verify(password, stored),
    /Pepper version 2 is not in the keyring/,
  )
})

test('what cannot be ours is an error: other algorithms, damage, and orders for gigabytes', async () => {
  const hasher = createHasher()
  const stored = await hasher.hash(password)
  const foreign = [
    '',
    stored.slice(2),
    stored.replace('argon2id', 'argon2i'),
    '$2b$12$abcdefghijklmnopqrstuuO0Yc1yZ0nJ3m3m3m3m3m3m3m3m3m3m3',
    stored.replace('m=19456', 'm=4194304'),
    stored.replace('t=2', 't=999'),
    stored.replace('p=1', 'p=64'),
    `${stored}\n`,
  ]

  for (const one of foreign) await assert.rejects(hasher.verify(password, one), Error, one)
})

test('a password of more than 1,024 bytes never reaches Argon2', async () => {
  const hasher = createHasher([pepper], 0)
  const long = new Secret('🎾'.repeat(257))

  await assert.rejects(hasher.hash(long), RangeError)
  const answers = Array.from({ length: 50 }, () => hasher.verify(long, hasher.decoy))

  assert.equal(hasher.queue.running, 0)
  for (const answer of await Promise.all(answers)) assert.equal(answer.matches, false)
  assert.equal((await hasher.verify(new Secret('🎾'.repeat(256)), hasher.decoy)).matches, false)
})

test('a flood is turned away beyond what may wait, and whoever was let in is answered', async () => {
  const hasher = createPasswordHasher({ peppers: [pepper], concurrency: 1, waitingMax: 2 })
  const stored = await hasher.hash(password)

  const answers = await Promise.allSettled(Array.from({ length: 8 }, () => hasher.verify(password, stored)))

  const turnedAway = answers.filter((one) => one.status === 'rejected' && one.reason instanceof Overloaded)
  assert.equal(turnedAway.length, 5)
  assert.equal(answers.filter((one) => one.status === 'fulfilled' && one.value.matches).length, 3)
})

test('two hashes of one password differ, and say their pepper and parameters', async () => {
  const hasher = createHasher()

  const [one, two] = await Promise.all([hasher.hash(password), hasher.hash(password)])

  assert.notEqual(one, two)
  assert.match(one, /^v1\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
})

test('an older pepper still verifies, and its hash is stale', async () => {
  const stored = await createHasher([pepper]).hash(password)

  assert.deepEqual(await createHasher([newer, pepper]).verify(password, stored), {
    matches: true,
    stale: true,
  })
})

test('weaker parameters still verify, and their hash is stale', async () => {
  const hasher = createHasher()

  for (const [memory, passes] of [
    [12_288, 3],
    [47_104, 1],
  ] as const) {
    assert.deepEqual(await hasher.verify(password, independentHash(memory, passes)), {
      matches: true,
      stale: true,
    })
  }
})

test('RFC 9106: the runtime’s own Argon2id, given the pepper as K, makes the hash that we accept', async () => {
  assert.deepEqual(await createHasher().verify(password, independentHash(19_456, 2)), {
    matches: true,
    stale: false,
  })
})

test('the decoy has today’s parameters, stays the same, and nothing matches it', async () => {
  const hasher = createHasher([newer, pepper])

  assert.match(hasher.decoy, /^v2\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  assert.equal(hasher.decoy, hasher.decoy)
  assert.notEqual(hasher.decoy, createHasher([newer]).decoy)
  assert.deepEqual(await hasher.verify(password, hasher.decoy), { matches: false, stale: false })
})

test('hashes never take the whole of libuv’s pool', () => {
  assert.equal(defaultHashConcurrency(1), 1)
  assert.equal(defaultHashConcurrency(2), 2)
  assert.equal(defaultHashConcurrency(64), 2)
  assert.equal(defaultHashConcurrency(64, 16), 14)
  assert.equal(defaultHashConcurrency(8, 1), 1)
})

function independentHash(memory: number, passes: number): string {
  const nonce = randomBytes(16)
  const tag = argon2Sync('argon2id', {
    message: Buffer.from(password.reveal()),
    nonce,
    secret: pepper.pepper,
    memory,
    passes,
    parallelism: 1,
    tagLength: 32,
  })
  const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')
  return `v1$argon2id$v=19$m=${memory},t=${passes},p=1$${base64(nonce)}$${base64(tag)}`
}
