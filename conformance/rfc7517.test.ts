/** The key set (RFC 7517): what stands in it, and what never does. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { calculateJwkThumbprint, decodeProtectedHeader } from 'jose'
import { type Given, givenPerson, givenServer } from './given.ts'

type Key = Readonly<Record<string, unknown>>

/** By algorithm: all members that a key may have (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2). */
const members: Record<string, readonly string[]> = {
  ES256: ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'],
  RS256: ['alg', 'e', 'kid', 'kty', 'n', 'use'],
  EdDSA: ['alg', 'crv', 'kid', 'kty', 'use', 'x'],
}
/** RFC 7518 §6.2.2, §6.3.2, §6.4.1: whoever has one of these can sign. */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

async function keysOf(given: Given): Promise<readonly Key[]> {
  const answer = await given.send('GET', '/.well-known/jwks.json')
  assert.equal(answer.status, 200)
  assert.deepEqual(Object.keys(answer.json), ['keys'])
  const { keys } = answer.json
  assert.ok(Array.isArray(keys))
  return keys
}

const servers = new Map<string, Given>()
for (const algorithm of Object.keys(members)) {
  servers.set(algorithm, await givenServer({ COUNTERSIGN_SIGNING_ALGORITHM: algorithm }))
}

test('§5: only GET and HEAD are answered', async () => {
  for (const given of servers.values()) {
    const answer = await given.send('POST', '/.well-known/jwks.json')
    assert.equal(answer.status, 405)
    assert.equal(answer.headers.get('allow'), 'GET, HEAD')
  }
})

test('§9.2: a shared key stands in no key set', async () => {
  const shared = await givenServer({
    COUNTERSIGN_SIGNING_ALGORITHM: 'HS256',
    COUNTERSIGN_HS256_SECRET: randomBytes(32).toString('base64url'),
  })
  const { accessToken } = await givenPerson(shared)
  assert.equal(decodeProtectedHeader(accessToken).alg, 'HS256')

  assert.deepEqual(await keysOf(shared), [])
})

for (const [algorithm, given] of servers) {
  test(`§9.2: a ${algorithm} key is shown by its public members only`, async () => {
    const keys = await keysOf(given)

    assert.ok(keys.length > 0)
    for (const key of keys) {
      for (const name of PRIVATE) assert.ok(!(name in key), name)
      assert.deepEqual(Object.keys(key).toSorted(), members[algorithm])
      // Throws where a member that makes up the key is missing or is no text.
      await calculateJwkThumbprint(key)
    }
  })

  test(`§4: each ${algorithm} key says what it is for, by which algorithm, and has a name of its own`, async () => {
    const keys = await keysOf(given)

    assert.equal(new Set(keys.map(({ kid }) => kid)).size, keys.length)
    for (const { kid, use, alg } of keys) {
      assert.match(String(kid), /^sig_/)
      assert.equal(use, 'sig')
      assert.equal(alg, algorithm)
    }
  })

  test(`§4.5: the kid of an ${algorithm} token names the key, also when keys have been rotated`, async () => {
    const before = (await givenPerson(given)).accessToken
    const rotated = await given.send('POST', '/v1/signing-keys/rotate', { key: given.adminKey, body: {} })
    assert.ok(rotated.status < 300, rotated.text)
    const after = (await givenPerson(given)).accessToken

    const kids = (await keysOf(given)).map(({ kid }) => kid)

    for (const token of [before, after]) assert.ok(kids.includes(decodeProtectedHeader(token).kid))
    assert.equal(new Set(kids).size, kids.length)
    assert.equal((await given.send('GET', '/v1/me', { bearer: before })).status, 200)
  })
}

test('§5: the set may be kept for a while, by pages of any origin', async () => {
  for (const given of servers.values()) {
    const { headers } = await given.send('GET', '/.well-known/jwks.json')
    assert.match(headers.get('content-type') ?? '', /^application\/(?:jwk-set\+)?json(?:;|$)/)
    assert.match(headers.get('cache-control') ?? '', /^public, max-age=[1-9]\d*$/)
    assert.equal(headers.get('access-control-allow-origin'), '*')
  }
})
