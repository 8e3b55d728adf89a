/** Two nodes on one Postgres: going from one to the other is no way around what is counted in the database. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { requireTestDatabase } from '@countersign/tools/postgres'
import { createTestClock, type TestClock } from '../clock.ts'
import { type Answer, PASSWORD, person } from '../given.ts'
import { newSecrets } from '../races/on-each-database.ts'
import { bootstrapNode, type Node, openNode } from './nodes.ts'

const wrong = 'another quiet otter'

interface Two {
  readonly nodes: readonly [Node, Node]
  readonly email: string
  readonly clock: TestClock
}

/** Undefined where there is no Postgres and the test was skipped. */
async function givenTwo(t: TestContext): Promise<Two | undefined> {
  const url = await requireTestDatabase(t)
  if (url === undefined) return undefined
  const clock = createTestClock()
  const settings = { COUNTERSIGN_DATABASE: url, COUNTERSIGN_SECRETS: newSecrets() }
  await bootstrapNode(settings, clock)
  const nodes = [await openNode(t, settings, clock), await openNode(t, settings, clock)] as const
  const { email } = await person(nodes[0])
  return { nodes, email, clock }
}

function signIn({ nodes, email }: Two, index: number, password: string): Promise<Answer> {
  const address = `203.0.113.${index + 1}`
  const node = nodes[index % 2 === 0 ? 0 : 1]
  return node.send('POST', '/v1/sign-in', { address, encrypted: true, body: { email, password } })
}

test('wrong passwords at one node make the other wait, also for the right one', async (t) => {
  const two = await givenTwo(t)
  if (two === undefined) return
  for (let index = 0; index < 5; index += 1) assert.equal((await signIn(two, index, wrong)).status, 401)

  const [near, far] = [await signIn(two, 6, PASSWORD), await signIn(two, 7, PASSWORD)]
  two.clock.advance(1)
  const later = await signIn(two, 9, PASSWORD)

  assert.deepEqual([near.status, far.status, later.status], [429, 429, 200])
})

test('of forty guesses that arrive at both at once no more than five are compared', async (t) => {
  const two = await givenTwo(t)
  if (two === undefined) return

  const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => signIn(two, index, wrong)))

  const compared = answers.filter(({ status }) => status === 401).length
  assert.equal(compared, 5)
  assert.equal(answers.filter(({ status }) => status === 429).length, 40 - compared)
})
