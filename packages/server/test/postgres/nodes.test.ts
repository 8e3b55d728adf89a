/**
 * Two nodes on one Postgres: what one revokes the other refuses, at the latest when it is confirmed; and a node
 * that is cut off from the database lets nobody in once its lease has lapsed (lease protocol, rules 4 and 9).
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { requireTestDatabase } from '@countersign/tools/postgres'
import { createAuthority } from '../../src/create.ts'
import { createTestClock, type TestClock } from '../clock.ts'
import { requirePostgres } from '../crash/postgres.ts'
import { at } from '../given.ts'
import { newSecrets } from '../races/on-each-database.ts'
import { type Line, openLine } from './line.ts'
import { bootstrapNode, type Node, nodeConfig, openNode } from './nodes.ts'

const LEASE_SECONDS = 5
/** Rule 10: the lease, one hundredth of it, and 50 ms. */
const CONFIRMED_SECONDS = LEASE_SECONDS * 1.01 + 0.05
const LOOKS_MAX = 2000
const LOOK_MS = 5

interface Two {
  readonly near: Node
  /** The one whose line to the database can be cut. */
  readonly far: Node
  readonly line: Line
  readonly clock: TestClock
  readonly adminKey: string
}

/** Both on one clock, which moves when the test says so. */
async function givenTwo(t: TestContext, url: string, leaseSeconds = LEASE_SECONDS): Promise<Two> {
  const clock = createTestClock()
  const secrets = { COUNTERSIGN_SECRETS: newSecrets(), COUNTERSIGN_LEASE_SECONDS: String(leaseSeconds) }
  const adminKey = await bootstrapNode({ ...secrets, COUNTERSIGN_DATABASE: url }, clock)
  const line = await openLine(t, url)
  const near = await openNode(t, { ...secrets, COUNTERSIGN_DATABASE: url }, clock)
  const far = await openNode(t, { ...secrets, COUNTERSIGN_DATABASE: line.url }, clock)
  return { near, far, line, clock, adminKey }
}

async function newKey({ near, adminKey: key }: Two): Promise<{ id: string; secret: string }> {
  const service = await near.send('POST', '/v1/service-accounts', { key, body: { name: 'a program' } })
  const service_account_id = at(service.json, 'service_account', 'id')
  const made = await near.send('POST', '/v1/api-keys', {
    key,
    body: { name: 'a key', permissions: [], service_account_id },
  })
  return { id: at(made.json, 'api_key', 'id'), secret: at(made.json, 'secret') }
}

const revokeBody = (id: string, more: object = {}): object => ({ target: { kind: 'api_key', id }, ...more })

async function statusAt(node: Node, key: string): Promise<number> {
  return (await node.send('GET', '/v1/me', { key })).status
}

async function isEnded({ far, adminKey: key }: Two, id: string): Promise<boolean> {
  return (await far.send('GET', `/v1/api-keys/${id}`, { key })).status === 404
}

/** Looks until it is so: the other node looks at the log by itself, on the real clock. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    if (await isSo()) return
    await setTimeout(LOOK_MS)
  }
  assert.fail('It did not come to that.')
}

test('what one node revokes the other refuses after its next look at the log', async (t) => {
  const url = await requireTestDatabase(t)
  if (url === undefined) return
  const two = await givenTwo(t, url)
  const { id, secret } = await newKey(two)
  assert.equal(await statusAt(two.far, secret), 200)

  await two.near.send('POST', '/v1/revocations', { key: two.adminKey, body: revokeBody(id) })

  assert.equal(await statusAt(two.near, secret), 401)
  await until(async () => (await statusAt(two.far, secret)) === 401)
})

test('a revocation is confirmed when the lease time has passed, and not before', async (t) => {
  const url = await requireTestDatabase(t)
  if (url === undefined) return
  const { near, clock, adminKey: key, ...rest } = await givenTwo(t, url)
  const { id } = await newKey({ near, clock, adminKey: key, ...rest })

  const revoked = await near.send('POST', '/v1/revocations', { key, body: revokeBody(id) })
  const isConfirmed = async (): Promise<unknown> =>
    (await near.send('GET', `/v1/revocations/${at(revoked.json, 'id')}`, { key })).json.confirmed

  assert.equal(revoked.json.confirmed, false)
  clock.advance(CONFIRMED_SECONDS - 0.01)
  assert.equal(await isConfirmed(), false)
  clock.advance(0.01)
  assert.equal(await isConfirmed(), true)
})

test('who waits for the confirmation finds the credential refused at every node when it comes', async (t) => {
  const url = await requireTestDatabase(t)
  if (url === undefined) return
  const settings = {
    COUNTERSIGN_DATABASE: url,
    COUNTERSIGN_SECRETS: newSecrets(),
    COUNTERSIGN_LEASE_SECONDS: '1',
  }
  const key = await bootstrapNode(settings)
  const [near, far] = [await openNode(t, settings), await openNode(t, settings)]
  const { id, secret } = await newKey({
    near,
    far,
    adminKey: key,
    clock: createTestClock(),
    line: await openLine(t, url),
  })
  assert.equal(await statusAt(far, secret), 200)

  const body = revokeBody(id, { wait_ms: 60_000 })
  const revoked = await near.send('POST', '/v1/revocations', { key, body })

  assert.equal(await statusAt(far, secret), 401)
  assert.equal(revoked.json.confirmed, true)
})

test('a node that is cut off accepts from memory until its lease lapses, never past the confirmation', async (t) => {
  const url = await requireTestDatabase(t)
  if (url === undefined) return
  const two = await givenTwo(t, url)
  const { near, far, line, clock, adminKey: key } = two
  const { id, secret } = await newKey(two)
  assert.equal(await statusAt(far, secret), 200)
  line.cut()
  const revoked = await near.send('POST', '/v1/revocations', { key, body: revokeBody(id) })
  const seen: string[] = []

  for (let step = 0; step <= 52; step += 1) {
    const follow = await near.send('GET', `/v1/revocations/${at(revoked.json, 'id')}`, { key })
    const status = await statusAt(far, secret)
    assert.ok(follow.json.confirmed === false || status === 503, `confirmed, and let in: ${status}`)
    seen.push(`${status} ${String(follow.json.confirmed)}`)
    clock.advance(0.1)
  }

  assert.deepEqual([...new Set(seen)], ['200 false', '503 false', '503 true'])
  assert.equal(seen.lastIndexOf('200 false'), LEASE_SECONDS * 10 - 1)
})

test('with the database killed both nodes answer 503 at the end of their leases, and recover by themselves', async (t) => {
  const server = await requirePostgres(t)
  if (server === undefined) return
  const two = await givenTwo(t, server.url)
  const { near, far, clock, adminKey: key } = two
  const { secret } = await newKey(two)
  const seen = async (): Promise<readonly number[]> => [
    await statusAt(near, secret),
    await statusAt(far, secret),
  ]
  assert.deepEqual(await seen(), [200, 200])
  await server.kill9()

  clock.advance(LEASE_SECONDS - 0.001)
  assert.deepEqual(await seen(), [200, 200])
  clock.advance(0.001)
  assert.deepEqual(await seen(), [503, 503])
  const refused = await near.send('GET', '/v1/me', { key: secret })
  assert.equal(refused.json.code, 'verifier_unavailable')
  const signIn = { email: 'admin@example.com', password: 'seven quiet otters' }
  const signedIn = await far.send('POST', '/v1/sign-in', { body: signIn })
  assert.equal(signedIn.json.code, 'store_unavailable')
  assert.equal((await near.send('GET', '/readyz')).status, 503)
  assert.equal((await near.send('GET', '/healthz')).status, 200)

  await server.restart()
  await until(async () => (await seen()).every((status) => status === 200))
  const made = await far.send('POST', '/v1/service-accounts', { key, body: { name: 'a program' } })
  assert.equal(made.status, 201)
})

test('a credential that a node has not seen before is not let in while the database is away', async (t) => {
  const url = await requireTestDatabase(t)
  if (url === undefined) return
  const two = await givenTwo(t, url)
  const { secret } = await newKey(two)
  two.line.cut()

  const first = await two.far.send('GET', '/v1/me', { key: secret })

  assert.equal(first.status, 503)
  two.line.mend()
  await until(async () => (await statusAt(two.far, secret)) === 200)
})

test('who waits for a confirmation is answered with what is known when the node stops', {
  timeout: 30_000,
}, async (t) => {
  const url = await requireTestDatabase(t)
  if (url === undefined) return
  const two = await givenTwo(t, url, 60)
  const { id } = await newKey(two)
  const body = revokeBody(id, { wait_ms: 60_000 })
  const waiting = two.near.send('POST', '/v1/revocations', { key: two.adminKey, body })
  // Committed, and waiting from now on.
  await until(() => isEnded(two, id))

  await two.near.authority.close()

  const revoked = await waiting
  assert.equal(revoked.status, 200)
  assert.equal(revoked.json.confirmed, false)
})

test('a node stops in good order while the database is away, though it has uses left to write', async (t) => {
  const url = await requireTestDatabase(t)
  if (url === undefined) return
  const two = await givenTwo(t, url)
  assert.equal(await statusAt(two.far, two.adminKey), 200)
  two.line.cut()

  await two.far.authority.close()

  assert.equal((await two.far.send('GET', '/healthz')).json.code, 'shutting_down')
})

test('a database that goes away in the middle of a start is told in one sentence', async (t) => {
  const url = await requireTestDatabase(t)
  if (url === undefined) return
  const secrets = newSecrets()
  for (const step of ['list_fingerprints', 'insert_signing_key', 'select_head', 'insert_setup_ticket']) {
    const line = await openLine(t, url)
    line.cutBefore(step)
    const config = nodeConfig({ COUNTERSIGN_DATABASE: line.url, COUNTERSIGN_SECRETS: secrets })

    const error = await createAuthority(config).catch((reason: unknown) => reason)

    assert.ok(error instanceof Error)
    assert.match(error.message, /^[A-Z][^\n]+\.$/)
    assert.equal(error.name, 'StartError', `${step}: ${error.message}`)
  }
})
