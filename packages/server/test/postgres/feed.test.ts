/**
 * The feed of two nodes on one Postgres. The clock stands still unless a test moves it, so whatever is confirmed
 * here meanwhile is confirmed by acknowledgement (lease protocol, rule 9b).
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { requireTestDatabase } from '@countersign/tools/postgres'
import { Client } from 'pg'
import { createTestClock, type TestClock } from '../clock.ts'
import { type Answer, at } from '../given.ts'
import { newSecrets } from '../races/on-each-database.ts'
import { type Line, openLine } from './line.ts'
import { bootstrapNode, type Node, openNode } from './nodes.ts'

const END_BUS = readFileSync(new URL('./end-bus.sql', import.meta.url), 'utf8')
const LOOKS_MAX = 2_000
const LOOK_MS = 5

interface Two {
  readonly url: string
  readonly near: Node
  /** The one whose line to the database can be cut. */
  readonly far: Node
  readonly line: Line
  readonly clock: TestClock
  readonly key: string
}

/** Two nodes that have listened to each other for long enough. */
async function givenTwo(t: TestContext): Promise<Two | undefined> {
  const url = await requireTestDatabase(t)
  if (url === undefined) return undefined
  const clock = createTestClock()
  const secrets = { COUNTERSIGN_SECRETS: newSecrets() }
  const key = await bootstrapNode({ ...secrets, COUNTERSIGN_DATABASE: url }, clock)
  const line = await openLine(t, url)
  const near = await openNode(t, { ...secrets, COUNTERSIGN_DATABASE: url }, clock)
  const far = await openNode(t, { ...secrets, COUNTERSIGN_DATABASE: line.url }, clock)
  const two = { url, near, far, line, clock, key }
  await untilBothKnowAll(two)
  return two
}

async function untilBothKnowAll({ near, far, clock }: Two): Promise<void> {
  await until(async () => {
    clock.advance(0.1)
    return (await knowsAll(near)) && knowsAll(far)
  })
}

async function knowsAll(node: Node): Promise<boolean> {
  const { text } = await node.send('GET', '/metrics')
  return /^countersign_feed_knows_all 1$/m.test(text)
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    if (await isSo()) return
    await setTimeout(LOOK_MS)
  }
  assert.fail('It did not come to that.')
}

interface Verifier {
  poll(node: Node, holdMs?: number): Promise<Answer>
}

let verifiers = 0

function createVerifier({ key }: Two): Verifier {
  verifiers += 1
  const id = `verifier-of-two-nodes-${verifiers}`
  let known = ''
  return {
    async poll(node, holdMs = 0) {
      const path = `/v1/revocations?verifier=${id}${known}&hold_ms=${holdMs}`
      const answer = await node.send('GET', path, { key })
      if (answer.status === 200) {
        known = `&epoch=${at(answer.json, 'epoch')}&after=${Number(answer.json.position)}`
      }
      return answer
    },
  }
}

/** Something to revoke; a role is enough. */
async function revoke({ near, key }: Two, waitMs: number): Promise<Answer> {
  verifiers += 1
  const id = `role-${verifiers}`
  await near.send('POST', '/v1/roles', { key, body: { id, permissions: ['things:read'] } })
  const body = { target: { kind: 'role', id }, wait_ms: waitMs }
  return near.send('POST', '/v1/revocations', { key, body })
}

const outcome = ({ json }: Answer): unknown => ({
  confirmed: json.confirmed,
  verifiers: json.verifiers,
  acknowledged: json.acknowledged,
})

test('one verifier at either node that has not asked after it is enough that it is not confirmed', async (t) => {
  const two = await givenTwo(t)
  if (two === undefined) return
  await createVerifier(two).poll(two.far)
  await createVerifier(two).poll(two.near)

  const revoked = await revoke(two, 1_000)

  assert.deepEqual(outcome(revoked), { confirmed: false, verifiers: 4, acknowledged: 2 })
})

test('a revocation at one node wakes polls at the other, and is confirmed when all have asked', async (t) => {
  const two = await givenTwo(t)
  if (two === undefined) return
  const [one, other] = [createVerifier(two), createVerifier(two)]
  await one.poll(two.near)
  await other.poll(two.far)
  const held = [one.poll(two.near, 2_000), other.poll(two.far, 2_000)]

  const revoking = revoke(two, 60_000)
  // A role is made before it is revoked; only the latter stands in the log.
  for (const answer of await Promise.all(held)) assert.match(answer.text, /"kind":"role"/)
  await Promise.all([one.poll(two.near), other.poll(two.far)])

  assert.deepEqual(outcome(await revoking), { confirmed: true, verifiers: 4, acknowledged: 4 })
})

test('without verifiers elsewhere both nodes themselves are all that is waited for', async (t) => {
  const two = await givenTwo(t)
  if (two === undefined) return

  const revoked = await revoke(two, 60_000)

  assert.deepEqual(outcome(revoked), { confirmed: true, verifiers: 2, acknowledged: 2 })
})

test('a verifier that moves to the other node confirms there', async (t) => {
  const two = await givenTwo(t)
  if (two === undefined) return
  const verifier = createVerifier(two)
  await verifier.poll(two.near)

  const revoking = revoke(two, 60_000)
  await until(async () => /"kind":"role"/.test((await verifier.poll(two.far)).text))
  await verifier.poll(two.far)

  assert.equal((await revoking).json.confirmed, true)
})

test('a node that is cut off answers no poll, and the other confirms by time alone', async (t) => {
  const two = await givenTwo(t)
  if (two === undefined) return
  const verifier = createVerifier(two)
  await verifier.poll(two.far)
  two.line.cut()

  const cutOff = await verifier.poll(two.far)
  const revoked = await revoke(two, 500)

  assert.equal(cutOff.json.code, 'store_unavailable', cutOff.text)
  assert.equal(revoked.json.confirmed, false)
  two.clock.advance(5 * 1.01 + 0.05)
  const followed = await two.near.send('GET', `/v1/revocations/${at(revoked.json, 'id')}`, { key: two.key })
  assert.equal(followed.json.confirmed, true)
})

test('nodes that have stopped hearing each other confirm by time alone until they have listened again', async (t) => {
  const two = await givenTwo(t)
  if (two === undefined) return
  await endBus(two.url)
  await until(async () => !((await knowsAll(two.near)) || (await knowsAll(two.far))))

  const early = await revoke(two, 500)
  await untilBothKnowAll(two)
  const late = await revoke(two, 60_000)

  assert.equal(early.json.confirmed, false)
  assert.deepEqual(outcome(late), { confirmed: true, verifiers: 2, acknowledged: 2 })
})

/** Ends the connections on which nodes listen, as an operator or a balancer might. */
async function endBus(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rowCount } = await client.query(END_BUS)
    assert.equal(rowCount, 2)
  } finally {
    await client.end()
  }
}
