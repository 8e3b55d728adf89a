/** Counters that nodes share by Redis: what they share, and what happens while it is away, silent, or never was there. */
import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { Secret } from '@countersign/protocol'
import { requireProgram } from '@countersign/tools/programs'
import { startRedis } from '@countersign/tools/redis'
import { createLimiter, type LimitPolicy } from '@countersign/verifier/guards'
import { createClient } from '@redis/client'
import { createLogger } from '../../src/adapters/logger.ts'
import { openSharedCounters, type SharedCounters } from '../../src/adapters/shared-counters.ts'
import { openCounters } from '../../src/open-counters.ts'
import { createTestClock, type TestClock } from '../clock.ts'
import type * as given from '../given.ts'
import { inside } from '../inside.ts'
import { type Line, openLine } from '../postgres/line.ts'

const policy: LimitPolicy = { name: 'sign_in', points: 3, perSeconds: 60 }

interface World {
  readonly line: Line
  readonly path: string
  readonly clock: TestClock
  readonly changes: string[]
  open(keyedBy?: string): Promise<SharedCounters>
  /** Resolves when that is the last thing that a node has told. */
  until(change: string): Promise<void>
}

/** Undefined where there is no Redis on this machine, and the test was skipped. */
async function givenRedis(t: TestContext): Promise<World | undefined> {
  const program = requireProgram(t, 'redis-server')
  if (program === undefined) return undefined
  const { path, stop } = await startRedis(program)
  const line = await openLine(t, 'redis://127.0.0.1:6379', path)
  const opened: SharedCounters[] = []
  t.after(async () => {
    for (const counters of opened) counters.close()
    await stop()
  })
  const clock = createTestClock()
  const changes: string[] = []
  const told = new EventEmitter()
  const until = async (change: string): Promise<void> => {
    if (changes.at(-1) !== change) await once(told, change)
  }
  const open = async (keyedBy = 'a secret'): Promise<SharedCounters> => {
    const counters = await openSharedCounters({
      url: new Secret(line.url),
      memory: createLimiter(clock),
      clock,
      digest: (key) => Buffer.from(`${keyedBy} ${key}`).toString('base64url'),
      onChange: (change) => {
        changes.push(change)
        told.emit(change)
      },
    })
    opened.push(counters)
    return counters
  }
  return { line, path, clock, changes, open, until }
}

/** Nobody listens there. */
const NOWHERE = 'redis://:canary-of-redis@127.0.0.1:1'

/** How many of so many uses, at each of the nodes in turn, were allowed. */
async function countAllowed(nodes: readonly SharedCounters[], count: number, key = 'ada'): Promise<number> {
  let allowed = 0
  for (let index = 0; index < count; index += 1) {
    const verdict = await nodes[index % nodes.length]?.take(key, policy)
    if (verdict?.allowed) allowed += 1
  }
  return allowed
}

async function keysIn(path: string): Promise<readonly { key: string; leftMs: number }[]> {
  const client = createClient({ socket: { path, tls: false } })
  await client.connect()
  const keys = await client.keys('*')
  const found = await Promise.all(keys.map(async (key) => ({ key, leftMs: Number(await client.pTTL(key)) })))
  client.destroy()
  return found
}

test('two nodes share what is left, and others have their own', async (t) => {
  const world = await givenRedis(t)
  if (world === undefined) return
  const nodes = [await world.open(), await world.open()]

  assert.equal(await countAllowed(nodes, 10), 3)
  assert.equal(await countAllowed(nodes, 10, 'bob'), 3)
  const refused = await nodes[0]?.take('ada', policy)
  assert.equal(refused?.allowed, false)
  assert.equal(refused?.remaining, 0)
  assert.ok((refused?.resetSeconds ?? 0) >= 59)
  assert.deepEqual(world.changes, [])
})

test('a hundred uses at once at two nodes are let in three times', async (t) => {
  const world = await givenRedis(t)
  if (world === undefined) return
  const nodes = [await world.open(), await world.open()]

  const verdicts = await Promise.all(
    Array.from({ length: 100 }, (_, index) => nodes[index % 2]?.take('ada', policy)),
  )

  assert.equal(verdicts.filter((verdict) => verdict?.allowed).length, 3)
})

test('looking takes nothing, and sees what the other node has counted', async (t) => {
  const world = await givenRedis(t)
  if (world === undefined) return
  const [near, far] = [await world.open(), await world.open()]
  const before = await far.take('ada', policy, 0)
  await near.take('ada', policy)
  await near.take('ada', policy)

  const seen = [await far.take('ada', policy, 0), await far.take('ada', policy, 0)]

  assert.equal(before.remaining, 3)
  assert.deepEqual(
    seen.map(({ remaining }) => remaining),
    [1, 1],
  )
})

test('Redis holds digests, each with its end, and systems with other secrets count apart', async (t) => {
  const world = await givenRedis(t)
  if (world === undefined) return
  const [ours, theirs] = [await world.open('one'), await world.open('other')]
  await countAllowed([ours], 5)

  assert.equal(await countAllowed([theirs], 5), 3)
  const keys = await keysIn(world.path)
  assert.equal(keys.length, 2)
  for (const { key, leftMs } of keys) {
    assert.ok(!key.includes('ada'), key)
    assert.ok(leftMs > 0 && leftMs <= 60_000, String(leftMs))
  }
})

test('while Redis is away each node counts alone from where it was, says so once, and shares again after', async (t) => {
  const world = await givenRedis(t)
  if (world === undefined) return
  const { line, changes, clock } = world
  const node = await world.open()
  await node.take('ada', policy)
  line.cut()
  await world.until('lost')

  const allowed = [await countAllowed([node], 5), await countAllowed([node], 5, 'bob')]
  line.mend()
  clock.advance(1)
  await world.until('found')

  assert.deepEqual(allowed, [2, 3])
  assert.deepEqual(changes, ['lost', 'found'])
  assert.equal(node.isShared(), true)
})

test('a Redis that says nothing is waited for once, then left alone for a second', async (t) => {
  const world = await givenRedis(t)
  if (world === undefined) return
  const { line, changes, clock } = world
  const node = await world.open()
  line.hold()

  const first = await node.take('ada', policy)
  const second = node.take('ada', policy)
  line.mend()
  clock.advance(1)

  assert.equal(first.allowed, true)
  assert.ok(!(second instanceof Promise))
  assert.equal(await countAllowed([node], 5), 1)
  assert.deepEqual(changes.slice(0, 1), ['lost'])
})

test('without a Redis from the start the node opens, and limits', async (t) => {
  const clock = createTestClock()
  const changes: string[] = []
  const counters = await openSharedCounters({
    url: new Secret('redis://127.0.0.1:1'),
    memory: createLimiter(clock),
    clock,
    digest: (key) => key,
    onChange: (change) => changes.push(change),
  })
  t.after(() => counters.close())

  assert.equal(await countAllowed([counters], 10), 3)
  assert.equal(counters.isShared(), false)
  assert.deepEqual(changes, ['lost'])
})

test('two authorities on one Redis: attempts in vain at one are counted at the other', async (t) => {
  const world = await givenRedis(t)
  if (world === undefined) return
  const settings = {
    COUNTERSIGN_REDIS: world.line.url,
    COUNTERSIGN_SECRETS: '1:Zx3vQ8mB1rT6yLkW0pNs5dHcJ2fGaUeXo9iVtRbE4Mw',
    COUNTERSIGN_RATE_LIMIT_SIGN_IN: '5/60',
  }
  const nodes = [await inside(t, settings), await inside(t, settings)]
  const statuses: number[] = []

  for (let index = 0; index < 8; index += 1) {
    const body = { email: `nobody-${index}@example.com`, password: 'another quiet otter' }
    const answer = await nodes[index % 2]?.send('POST', '/v1/sign-in', { body })
    statuses.push(answer?.status ?? 0)
  }
  const metrics = await nodes[0]?.send('GET', '/metrics')

  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429, 429])
  assert.match(metrics?.text ?? '', /^countersign_counters_shared 1$/m)
})

test('an authority whose Redis is not there limits, and its metrics say that it counts alone', async (t) => {
  const to = await inside(t, { COUNTERSIGN_REDIS: NOWHERE, COUNTERSIGN_RATE_LIMIT_SIGN_IN: '2/60' })
  const send = (): Promise<given.Answer> =>
    to.send('POST', '/v1/sign-in', { body: { email: 'nobody@example.com', password: 'another quiet otter' } })

  const statuses = [await send(), await send(), await send()].map(({ status }) => status)
  const metrics = await to.send('GET', '/metrics')

  assert.deepEqual(statuses, [401, 401, 429])
  assert.match(metrics.text, /^countersign_counters_shared 0$/m)
})

test('the log says once that Redis is away, and never with its password', async (t) => {
  const clock = createTestClock()
  const lines: string[] = []
  const logger = createLogger({ level: 'debug', clock, write: (line) => void lines.push(line) })
  const secrets = { digest: (secret: Secret) => secret.reveal() }
  const opened = await openCounters({ redis: new Secret(NOWHERE) }, { clock, secrets }, logger)
  t.after(() => opened.close())

  for (let index = 0; index < 5; index += 1) {
    await opened.counters.take('ada', policy)
    clock.advance(2)
  }

  assert.equal(lines.filter((line) => line.includes('redis_away_counting_alone')).length, 1)
  assert.ok(!lines.join('').includes('canary-of-redis'))
})
