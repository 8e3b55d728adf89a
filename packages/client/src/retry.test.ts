import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, fakeAuthority, ME, problem } from '../test/given.ts'
import { ApiProblem, AuthorityUnreachable } from './errors.ts'

const apiKey = 'cs_keylive_x'

test('a POST whose connection breaks is not sent again: it may have been carried out', async () => {
  const authority = fakeAuthority(() => {
    throw new TypeError('fetch failed')
  })

  await assert.rejects(
    authority.client({ credential: { apiKey } }).apiKeys.create({ name: 'a', permissions: [] }),
    AuthorityUnreachable,
  )

  assert.equal(authority.seen.length, 1)
})

test('a POST that met a broken store is not sent again, whatever Retry-After says', async () => {
  const authority = fakeAuthority(() => problem(503, 'store_unavailable', { 'retry-after': '0' }))

  await assert.rejects(authority.client().revoke({ target: { kind: 'session', id: 'ses_1' } }), ApiProblem)

  assert.equal(authority.seen.length, 1)
})

test('a read whose connection breaks is sent again, three times in all', async () => {
  const authority = fakeAuthority(() => {
    throw new TypeError('fetch failed')
  })

  const failed = assert.rejects(authority.client().me(), AuthorityUnreachable)
  await authority.clock.advance(200)
  await authority.clock.advance(400)
  await failed

  assert.equal(authority.seen.length, 3)
})

test('a refusal with Retry-After is tried again after that time and not before', async () => {
  const answers = [problem(429, 'rate_limited', { 'retry-after': '2' }), answer(200, ME)]
  const authority = fakeAuthority(() => answers.shift() ?? assert.fail())

  const me = authority.client().me()
  await authority.clock.advance(1999)
  assert.equal(authority.seen.length, 1)
  await authority.clock.advance(1)

  assert.deepEqual(await me, ME)
  assert.equal(authority.seen.length, 2)
})

test('any request is sent again when it was turned away unseen', async () => {
  for (const [status, code] of [
    [429, 'rate_limited'],
    [503, 'overloaded'],
    [503, 'shutting_down'],
  ] as const) {
    const answers = [problem(status, code, { 'retry-after': '1' }), answer(200, { ended: 2 })]
    const authority = fakeAuthority(() => answers.shift() ?? assert.fail())

    const ended = authority.client().sessions.endOthers()
    await authority.clock.advance(1000)

    assert.deepEqual(await ended, { ended: 2 })
  }
})

test('a long Retry-After, none, or one that is no number of seconds is left to the caller', async () => {
  for (const headers of [{ 'retry-after': '6' }, {}, { 'retry-after': 'soon' }, { 'retry-after': '-1' }]) {
    const authority = fakeAuthority(() => problem(429, 'rate_limited', headers))

    await assert.rejects(authority.client().me(), ApiProblem)

    assert.equal(authority.seen.length, 1)
  }
})

test('other refusals are final', async () => {
  for (const status of [400, 401, 403, 404, 409, 422, 500]) {
    const authority = fakeAuthority(() => problem(status, 'not_found', { 'retry-after': '0' }))

    await assert.rejects(authority.client().me(), ApiProblem)

    assert.equal(authority.seen.length, 1)
  }
})

test('a request that is not answered in time is given up, and its connection with it', async () => {
  const authority = fakeAuthority(
    (seen) =>
      new Promise((_, reject) => {
        seen.init.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
      }),
  )

  const failed = assert.rejects(
    authority.client({ timeoutMs: 3000 }).me(),
    (error) =>
      error instanceof AuthorityUnreachable && error.reason === 'timeout' && /within 3 s/.test(error.message),
  )
  await authority.clock.advance(3000)
  await failed

  assert.equal(authority.seen.length, 1)
})

test('a revocation that may wait for its confirmation is given that much longer', async () => {
  let respond: (response: Response) => void = () => assert.fail()
  const authority = fakeAuthority(
    () =>
      new Promise((resolve) => {
        respond = resolve
      }),
  )
  const target = { kind: 'session', id: 'ses_1' } as const

  const revoked = authority.client({ timeoutMs: 3000 }).revoke({ target, waitMs: 10_000 })
  await authority.clock.advance(12_999)
  respond(answer(200, { id: 'rev_1', position: 7, confirmed: true }))

  assert.equal((await revoked).position, 7)
})

test('no timer is left behind, neither by an answer nor by a refusal', async () => {
  const answers = [answer(200, ME), problem(403, 'permission_denied')]
  const authority = fakeAuthority(() => answers.shift() ?? assert.fail())

  await authority.client().me()
  await assert.rejects(authority.client().me())

  assert.equal(authority.clock.pending(), 0)
})
