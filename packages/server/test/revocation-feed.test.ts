/** `GET /v1/revocations` through the front door, and what waiting for a confirmation tells. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { toNodeHandler } from '../src/node-handler.ts'
import { type Answer, at, authority, type Given, keyOf, UNLIMITED } from './given.ts'

const VERIFIER = 'verifier-of-this-test'

interface Followed {
  readonly given: Given
  /** An API key that may read the feed, and nothing else. */
  readonly feedKey: { readonly id: string; readonly secret: string }
  poll(query?: Record<string, string | number>): Promise<Answer>
  /** Asks after everything that the last answer told. */
  acknowledge(answer: Answer, more?: Record<string, string | number>): Promise<Answer>
}

async function start(t: TestContext): Promise<Followed> {
  const given = await authority(t, UNLIMITED)
  const feedKey = await keyOf(given, ['revocations:read'])
  const poll = (query: Record<string, string | number> = {}): Promise<Answer> => {
    const parameters = new URLSearchParams({ verifier: VERIFIER })
    for (const [name, value] of Object.entries(query)) parameters.set(name, String(value))
    return given.send('GET', `/v1/revocations?${parameters}`, { key: feedKey.secret })
  }
  const acknowledge = (answer: Answer, more = {}): Promise<Answer> =>
    poll({ epoch: at(answer.json, 'epoch'), after: Number(answer.json.position), ...more })
  return { given, feedKey, poll, acknowledge }
}

async function revoke(given: Given, id: string, more: Record<string, unknown> = {}): Promise<Answer> {
  const body = { target: { kind: 'api_key', id }, ...more }
  const answer = await given.send('POST', '/v1/revocations', { key: given.adminKey, body })
  assert.equal(answer.status, 200, answer.text)
  return answer
}

/** Resolves when the route has so many polls in its hands. */
async function held(given: Given, count = 1): Promise<void> {
  for (;;) {
    const { text } = await given.send('GET', '/metrics')
    if (text.includes(`\ncountersign_polls_held ${count}\n`)) return
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const MISTAKES: readonly [string, string][] = [
  ['no verifier', ''],
  ['a verifier of 15 characters', 'verifier=123456789012345'],
  ['a verifier of 65 characters', `verifier=${'v'.repeat(65)}`],
  ['a verifier of other characters', 'verifier=verifier%20of%20this%20test'],
  ['two verifiers', `verifier=${VERIFIER}&verifier=${VERIFIER}`],
  ['an epoch and no position', `verifier=${VERIFIER}&epoch=abc`],
  ['a position and no epoch', `verifier=${VERIFIER}&after=1`],
  ['a negative position', `verifier=${VERIFIER}&epoch=abc&after=-1`],
  ['a position that is no whole number', `verifier=${VERIFIER}&epoch=abc&after=1.5`],
  ['a position beyond all numbers', `verifier=${VERIFIER}&epoch=abc&after=9007199254740993`],
  ['a negative hold', `verifier=${VERIFIER}&hold_ms=-1`],
  ['a hold of hours', `verifier=${VERIFIER}&hold_ms=99999999`],
  ['an epoch that breaks a line', `verifier=${VERIFIER}&epoch=a%0Ab&after=1`],
  ['another parameter', `verifier=${VERIFIER}&lease_ms=60000`],
]

test('422 for a poll that is none, and nobody is registered for it', async (t) => {
  const { given, feedKey } = await start(t)

  for (const [what, query] of MISTAKES) {
    const answer = await given.send('GET', `/v1/revocations?${query}`, { key: feedKey.secret })
    assert.equal(answer.status, 422, `${what}: ${answer.text}`)
  }

  const { text } = await given.send('GET', '/metrics')
  assert.match(text, /^countersign_polls_total 0$/m)
  assert.match(text, /^countersign_verifiers 1$/m)
})

test('401 and no lease for a feed key that is revoked while its poll is held', async (t) => {
  const { given, feedKey, poll, acknowledge } = await start(t)
  const polling = acknowledge(await poll(), { hold_ms: 2_000 })
  await held(given)

  await revoke(given, feedKey.id)

  const answer = await polling
  assert.equal(answer.status, 401, answer.text)
  assert.equal(answer.json.code, 'invalid_credential')
})

test('403 and no lease where the permission is taken away while the poll is held', async (t) => {
  const { given, feedKey, poll, acknowledge } = await start(t)
  const polling = acknowledge(await poll(), { hold_ms: 2_000 })
  await held(given)

  const body = { permissions: [] }
  await given.send('PATCH', `/v1/api-keys/${feedKey.id}`, { key: given.adminKey, body })

  const answer = await polling
  assert.equal(answer.json.code, 'permission_denied', answer.text)
})

test('409 for the older of two polls of one verifier', async (t) => {
  const { given, poll, acknowledge } = await start(t)
  const first = await poll()
  const older = acknowledge(first, { hold_ms: 2_000 })
  await held(given)

  const newer = await acknowledge(first)

  assert.equal((await older).json.code, 'conflict')
  assert.equal(newer.status, 200)
})

test('a poll whose connection breaks is let go', { timeout: 30_000 }, async (t) => {
  const { given, feedKey, poll } = await start(t)
  const first = await poll()
  const server = createServer(toNodeHandler(given.authority)).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const query = `verifier=${VERIFIER}&epoch=${at(first.json, 'epoch')}&after=${Number(first.json.position)}`
  const socket = connect(address.port, '127.0.0.1')
  const head = `GET /v1/revocations?${query}&hold_ms=2000 HTTP/1.1\r\nhost: localhost:4000`
  socket.write(`${head}\r\nx-api-key: ${feedKey.secret}\r\n\r\n`)
  await held(given)

  // The clock of this test stands still; only the end of the connection can end the hold before its time.
  const endedAtMs = performance.now()
  socket.destroy()
  await held(given, 0)

  assert.ok(performance.now() - endedAtMs < 1_000)
})

test('503 for a poll that is held when the server stops, and it stops at once', async (t) => {
  const { given, poll, acknowledge } = await start(t)
  const polling = acknowledge(await poll(), { hold_ms: 2_000 })
  await held(given)

  given.authority.beginStopping()

  assert.equal((await polling).json.code, 'shutting_down')
})

test('what is revoked reaches a verifier that waits for it, and its next poll confirms', async (t) => {
  const { given, poll, acknowledge } = await start(t)
  const victim = await keyOf(given, ['things:read'])
  const polling = acknowledge(await poll(), { hold_ms: 2_000 })
  await held(given)

  const revoking = revoke(given, victim.id, { wait_ms: 60_000 })
  const told = await polling
  await acknowledge(told)

  assert.match(told.text, new RegExp(`"kind":"api_key","id":"${victim.id}"`))
  const { confirmed, verifiers, acknowledged, lapsed } = (await revoking).json
  assert.deepEqual(
    { confirmed, verifiers, acknowledged, lapsed },
    { confirmed: true, verifiers: 2, acknowledged: 2, lapsed: 0 },
  )
})

test('without verifiers elsewhere a revocation is confirmed before the answer leaves', async (t) => {
  const { given } = await start(t)
  const victim = await keyOf(given, ['things:read'])

  const { confirmed, verifiers, acknowledged, lapsed } = (await revoke(given, victim.id)).json

  assert.deepEqual(
    { confirmed, verifiers, acknowledged, lapsed },
    { confirmed: true, verifiers: 1, acknowledged: 1, lapsed: 0 },
  )
})

test('after a restart nothing is confirmed by acknowledgement before the leases of before have lapsed', async (t) => {
  const { given, poll } = await start(t)
  const [one, other] = [await keyOf(given, []), await keyOf(given, [])]
  await poll()
  await given.restart()

  const early = await revoke(given, one.id)
  assert.equal(early.json.confirmed, false)
  given.clock.advance(5 * 1.01 + 0.05)
  const late = await revoke(given, other.id)

  assert.equal(late.json.confirmed, true)
  const followed = await given.send('GET', `/v1/revocations/${at(early.json, 'id')}`, { key: given.adminKey })
  assert.equal(followed.json.confirmed, true)
})
