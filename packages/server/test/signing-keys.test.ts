/** The life of signing keys over HTTP: published before they sign, replaced without a failed check, removed at once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { assertOAuthError, assertProblem } from './contract.ts'
import * as given from './given.ts'

const HOUR = 3600
const DAY = 24 * HOUR

interface Key {
  readonly id: string
  readonly state: string
  readonly algorithm: string
}

async function listKeys(to: given.Given): Promise<readonly Key[]> {
  const answer = await to.send('GET', '/v1/signing-keys', { key: to.adminKey })
  return answer.json.items as Key[]
}

const inState = async (to: given.Given, state: string): Promise<readonly string[]> =>
  (await listKeys(to)).filter((key) => key.state === state).map(({ id }) => id)

const rotate = (to: given.Given, immediately?: boolean): Promise<given.Answer> =>
  to.send('POST', '/v1/signing-keys/rotate', {
    key: to.adminKey,
    body: immediately === undefined ? {} : { immediately },
  })

const remove = (to: given.Given, id: string): Promise<given.Answer> =>
  to.send('DELETE', `/v1/signing-keys/${id}`, { key: to.adminKey })

async function readJwks(to: given.Given): Promise<JSONWebKeySet> {
  return JSON.parse((await to.send('GET', '/.well-known/jwks.json')).text)
}

const kidsOf = (jwks: JSONWebKeySet): readonly (string | undefined)[] =>
  jwks.keys.map(({ kid }) => kid).sort()
const kidOf = (token = ''): string | undefined => decodeProtectedHeader(token).kid
const me = (to: given.Given, bearer = ''): Promise<given.Answer> => to.send('GET', '/v1/me', { bearer })
const refresh = (to: given.Given, token = ''): Promise<given.Answer> =>
  to.send('POST', '/oauth/token', {
    form: { grant_type: 'refresh_token', client_id: 'first-party', refresh_token: token },
  })

test('404 for a key that nobody has, and nothing changes', async (t) => {
  const to = await given.authority(t)
  const before = await listKeys(to)

  for (const id of ['sig_01kf0rdqg06p1nem1shv2ssrmr', 'current', '..%2f']) {
    assertProblem(await remove(to, id), 'not_found')
  }

  assert.deepEqual(await listKeys(to), before)
})

test('a next key is published and does not sign before it has been published for an hour', async (t) => {
  const to = await given.authority(t)
  const [current] = await inState(to, 'current')

  await rotate(to)
  const [next = ''] = await inState(to, 'next')
  assert.deepEqual(kidsOf(await readJwks(to)), [current, next].sort())
  to.clock.advance(HOUR - 1)
  await rotate(to)

  assert.deepEqual(await inState(to, 'current'), [current], 'An hour has not passed.')
  assert.equal(kidOf((await given.signedIn(to, 'jwt')).access_token), current)
  to.clock.advance(1)
  await rotate(to)
  assert.deepEqual(await inState(to, 'current'), [next])
  assert.deepEqual(await inState(to, 'previous'), [current])
  assert.equal(kidOf((await given.signedIn(to, 'jwt')).access_token), next)
})

test('while keys rotate under load no token fails, here or at a reader with a key set as old as it may be', async (t) => {
  const to = await given.authority(t, given.UNLIMITED)
  const signedIn = await Promise.all(Array.from({ length: 5 }, () => given.signedIn(to, 'jwt')))
  const people = signedIn.map(({ access_token = '', refresh_token = '' }) => ({
    access_token,
    refresh_token,
  }))
  const kids = new Set<string | undefined>()
  const use = async (person: (typeof people)[number], keys: JSONWebKeySet): Promise<void> => {
    for (let count = 0; count < 3; count += 1) {
      const old = person.access_token
      const answer = await refresh(to, person.refresh_token)
      person.access_token = given.at(answer.json, 'access_token')
      person.refresh_token = given.at(answer.json, 'refresh_token')
      kids.add(kidOf(person.access_token))
      for (const token of [old, person.access_token]) {
        assert.equal((await me(to, token)).status, 200)
        const currentDate = new Date(to.clock.nowMs())
        await jwtVerify(token, createLocalJWKSet(keys), { currentDate, audience: given.ISSUER })
      }
    }
  }

  for (let round = 0; round < 15; round += 1) {
    // The key set says that it may be kept for five minutes; the reader's is that old.
    const keys = await readJwks(to)
    to.clock.advance(300)
    await Promise.all([rotate(to), ...people.map((person) => use(person, keys)), rotate(to)])
  }

  assert.ok(kids.size > 1, 'The keys were rotated while this ran.')
})

test('by itself a key is published, signs after ninety days, and its predecessor retires', async (t) => {
  const to = await given.authority(t)
  const [first = ''] = await inState(to, 'current')

  to.clock.advance(90 * DAY - HOUR)
  await to.restart()
  const [second = ''] = await inState(to, 'next')
  assert.deepEqual(await inState(to, 'current'), [first])
  to.clock.advance(HOUR)
  await to.restart()

  assert.deepEqual(await inState(to, 'current'), [second])
  assert.deepEqual(await inState(to, 'previous'), [first])
  to.clock.advance(HOUR + 30)
  await to.restart()
  assert.deepEqual(await inState(to, 'retired'), [first])
  assert.deepEqual(kidsOf(await readJwks(to)), [second])
})

test('another algorithm in the configuration takes over in the same way, and old tokens stay good', async (t) => {
  const to = await given.authority(t, { COUNTERSIGN_SIGNING_ALGORITHM: 'ES256' })
  const { access_token: token = '' } = await given.signedIn(to, 'jwt')
  const changed = { COUNTERSIGN_SIGNING_ALGORITHM: 'EdDSA' }

  await to.restart(() => undefined, changed)
  assert.equal(kidOf(token), (await inState(to, 'current'))[0])
  assert.deepEqual((await listKeys(to)).map(({ algorithm, state }) => `${algorithm} ${state}`).sort(), [
    'ES256 current',
    'EdDSA next',
  ])
  assert.equal((await me(to, token)).status, 200)
  to.clock.advance(HOUR)
  const fresh = await given.signedIn(to, 'jwt')
  await to.restart(() => undefined, changed)

  assert.equal(decodeProtectedHeader((await given.signedIn(to, 'jwt')).access_token ?? '').alg, 'EdDSA')
  assert.equal((await me(to, fresh.access_token)).status, 200)
})

test('removing the current key ends what it signed at once, and nothing that it did not sign', async (t) => {
  const to = await given.authority(t)
  const { email } = await given.person(to)
  const jwt = await given.signedIn(to, 'jwt', email)
  const opaque = await given.signedIn(to, 'session_token', email)
  const [current = ''] = await inState(to, 'current')
  assert.equal((await me(to, jwt.access_token)).status, 200)

  const answer = await remove(to, current)

  assert.equal(answer.status, 200)
  assertProblem(await me(to, jwt.access_token), 'invalid_credential')
  assert.equal((await me(to, opaque.session_token)).status, 200)
  assert.ok(!kidsOf(await readJwks(to)).includes(current))
  const renewed = await refresh(to, jwt.refresh_token)
  assert.equal((await me(to, given.at(renewed.json, 'access_token'))).status, 200)
  await to.restart()
  assertProblem(await me(to, jwt.access_token), 'invalid_credential')
})

test('a removed current key is followed by the published next one, which caches know', async (t) => {
  const to = await given.authority(t)
  await rotate(to)
  const [current = ''] = await inState(to, 'current')
  const [next = ''] = await inState(to, 'next')

  await remove(to, current)

  assert.deepEqual(await inState(to, 'current'), [next])
  assert.deepEqual(await inState(to, 'removed'), [current])
})

test('a removed previous key ends what it signed, and the current one goes on', async (t) => {
  const to = await given.authority(t)
  const before = await given.signedIn(to, 'jwt')
  await rotate(to, true)
  const after = await given.signedIn(to, 'jwt')
  assert.equal((await me(to, before.access_token)).status, 200)
  const [previous = ''] = await inState(to, 'previous')

  await remove(to, previous)

  assertProblem(await me(to, before.access_token), 'invalid_credential')
  assert.equal((await me(to, after.access_token)).status, 200)
})

test('a key that is ended by a revocation is followed by another at once: sign-in goes on', async (t) => {
  const to = await given.authority(t)
  const before = await given.signedIn(to, 'jwt')
  const [current = ''] = await inState(to, 'current')

  const answer = await to.send('POST', '/v1/revocations', {
    key: to.adminKey,
    body: { target: { kind: 'signing_key', id: current } },
  })

  assert.equal(answer.status, 200)
  assertProblem(await me(to, before.access_token), 'invalid_credential')
  assert.ok(!kidsOf(await readJwks(to)).includes(current))
  assert.equal((await to.send('GET', '/readyz')).status, 200)
  const after = await given.signedIn(to, 'jwt')
  assert.equal((await me(to, after.access_token)).status, 200)
  assert.equal((await refresh(to, before.refresh_token)).status, 200)
})

test('no answer shows a private key, also with HS256, where there is no public one', async (t) => {
  for (const algorithm of ['ES256', 'EdDSA', 'HS256']) {
    const to = await given.authority(t, { COUNTERSIGN_SIGNING_ALGORITHM: algorithm })
    await rotate(to)

    const keys = await to.send('GET', '/v1/signing-keys', { key: to.adminKey })
    const jwks = await to.send('GET', '/.well-known/jwks.json')

    assert.doesNotMatch(`${keys.text}${jwks.text}`, /"(?:d|k|p|q|dp|dq|qi|oth)":|PRIVATE|sealed/)
    assert.equal((keys.json.items as unknown[]).length, 2)
    assert.equal((jwks.json.keys as unknown[]).length, algorithm === 'HS256' ? 0 : 2)
  }
})

test('what is done to keys is written down with who did it', async (t) => {
  const to = await given.authority(t)
  await rotate(to)
  await rotate(to, true)
  const [current = ''] = await inState(to, 'current')
  await remove(to, current)

  const events = await to.send('GET', '/v1/audit?limit=200', { key: to.adminKey })

  const items = events.json.items as { type: string; actor: { kind: string } }[]
  const own = items.filter(({ actor }) => actor.kind === 'service_account').map(({ type }) => type)
  assert.deepEqual(own.sort(), [
    'revocation.committed',
    'signing_key.promoted',
    'signing_key.promoted',
    'signing_key.published',
    'signing_key.published',
  ])
})

test('no two ask for the first key at once and get two: twenty rotations leave one current and one next', async (t) => {
  const to = await given.authority(t)

  await Promise.all(Array.from({ length: 20 }, () => rotate(to)))

  assert.equal((await inState(to, 'current')).length, 1)
  assert.equal((await inState(to, 'next')).length, 1)
})

test('a session that was ended stays so when a key is removed after it', async (t) => {
  const to = await given.authority(t)
  const { refresh_token: token, session } = await given.signedIn(to, 'jwt')
  await to.send('POST', '/v1/revocations', {
    key: to.adminKey,
    body: { target: { kind: 'session', id: session.id } },
  })
  const [current = ''] = await inState(to, 'current')
  await remove(to, current)

  assertOAuthError(await refresh(to, token), 'invalid_grant')
})

interface FeedAnswer {
  readonly epoch: string
  readonly position: number
  readonly entries: readonly { kind: string; id: string; issued_before_position?: number }[]
}

/** A verifier of another process, which follows the log by hand. */
async function givenFollower(to: given.Given): Promise<(after?: FeedAnswer) => Promise<FeedAnswer>> {
  const { secret } = await given.keyOf(to, ['revocations:read'])
  return async (after) => {
    // Reads of the embedded database leave no turn to the thread that writes.
    await setImmediate()
    const place = after === undefined ? '' : `&epoch=${after.epoch}&after=${after.position}`
    const path = `/v1/revocations?verifier=a-verifier-elsewhere&hold_ms=0${place}`
    const answer = await to.send('GET', path, { key: secret })
    assert.equal(answer.status, 200, answer.text)
    return JSON.parse(answer.text)
  }
}

test('a rotation at once waits for a verifier that holds a lease, which finds the key in the set before it signs', async (t) => {
  const to = await given.authority(t)
  const poll = await givenFollower(to)
  const start = await poll(await poll())
  const [current = ''] = await inState(to, 'current')

  const rotating = rotate(to, true)
  // Asking again after the same position acknowledges nothing.
  let seen = await poll(start)
  while (!seen.entries.some(({ kind }) => kind === 'signing_key')) seen = await poll(start)

  const [next = ''] = await inState(to, 'next')
  const announced = seen.entries.find(({ kind }) => kind === 'signing_key')
  assert.deepEqual([announced?.id, announced?.issued_before_position], [next, 0])
  assert.deepEqual(await inState(to, 'current'), [current])
  assert.equal(kidOf((await given.signedIn(to, 'jwt')).access_token), current)
  assert.deepEqual(kidsOf(await readJwks(to)), [current, next].sort())
  await poll(seen)
  assert.equal((await rotating).status, 200)
  assert.deepEqual(await inState(to, 'current'), [next])
  const promoted = (await poll(seen)).entries.filter(({ kind }) => kind === 'signing_key')
  assert.deepEqual(
    promoted.map((entry) => [entry.id, entry.issued_before_position]),
    [[next, 0]],
  )
})

test('the successor of a removed key waits for a verifier that holds a lease, and nothing is issued meanwhile', async (t) => {
  const to = await given.authority(t)
  const poll = await givenFollower(to)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token')
  const { email } = await given.person(to)
  const start = await poll(await poll())
  const [current = ''] = await inState(to, 'current')

  const removing = remove(to, current)
  let seen = await poll(start)
  while (seen.entries.filter(({ kind }) => kind === 'signing_key').length < 2) seen = await poll(start)

  const signIn = { email, password: given.PASSWORD, deliver: 'jwt' }
  assertProblem(await to.send('POST', '/v1/sign-in', { body: signIn }), 'store_unavailable')
  assert.equal((await me(to, bearer)).status, 200)
  await poll(seen)
  assert.equal((await removing).status, 200)
  assert.equal((await to.send('POST', '/v1/sign-in', { body: signIn })).status, 200)
})
