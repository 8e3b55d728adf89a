/** The contract of an engine on SQLite, and what only the engine with a thread and a file has to keep. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { Overloaded, StoreUnavailable } from '@countersign/core'
import { type FixtureEngine, testEngine } from '../../test/engine-contract.ts'
import { statements } from '../../test/engine-fixture.ts'
import { createFile, openFixture } from '../../test/given-sqlite.ts'
import { all, one, type Script } from '../script.ts'
import { openWritingConnection } from './connection.ts'
import type { SqliteSettings } from './engine.ts'

testEngine('SQLite', async (t) => {
  const file = await createFile(t)
  return { open: () => openFixture(file) }
})

interface Given {
  readonly file: string
  readonly engine: FixtureEngine
}

async function givenEngine(t: TestContext, settings?: Partial<SqliteSettings>): Promise<Given> {
  const file = await createFile(t)
  const engine = await openFixture(file, settings)
  t.after(() => engine.close())
  return { file, engine }
}

const ids = async (engine: FixtureEngine): Promise<readonly unknown[]> =>
  (await engine.read(() => all(statements.list))).map((row) => row.id)

/** Starts a transaction that has written a row and holds the writer's thread until `release` is called. */
async function hold(engine: FixtureEngine): Promise<{ held: Promise<void>; release: () => void }> {
  const cells = new Int32Array(new SharedArrayBuffer(8))
  const held = engine.write('hold', { cells })
  await Atomics.waitAsync(cells, 0, 0).value
  const release = (): void => {
    Atomics.store(cells, 1, 1)
    Atomics.notify(cells, 1)
  }
  return { held, release }
}

test('when the thread ends, everything that waits and everything later is refused as an outage', async (t) => {
  const { file, engine } = await givenEngine(t)

  const outcomes = await Promise.allSettled([
    engine.write('insert', { id: 'before', value: 1 }),
    engine.write('stop', undefined),
    engine.write('insert', { id: 'after', value: 1 }),
  ])
  const later = await Promise.allSettled([engine.write('insert', { id: 'later', value: 1 }), engine.ping()])

  for (const outcome of [...outcomes, ...later]) {
    assert.equal(outcome.status, 'rejected')
    assert.ok(outcome.reason instanceof StoreUnavailable)
  }
  await engine.close()
  const reopened = await openFixture(file)
  assert.deepEqual(await ids(reopened), [])
  await reopened.close()
})

test('when COMMIT fails, everyone in the group is refused, nothing is done, and the next group works', async (t) => {
  const { engine } = await givenEngine(t)

  const outcomes = await Promise.allSettled([
    engine.write('insert', { id: 'a', value: 1 }),
    engine.write('insertOrphan', { id: 'orphan' }),
    engine.write('insert', { id: 'b', value: 1 }),
  ])

  for (const outcome of outcomes) {
    assert.equal(outcome.status, 'rejected')
    assert.ok(outcome.reason instanceof StoreUnavailable)
  }
  assert.deepEqual(await ids(engine), [])
  assert.equal(await engine.write('insert', { id: 'c', value: 1 }), 1)
})

test('the write after the bound is refused as overload, and what waits is still done', async (t) => {
  const { engine } = await givenEngine(t, { waitingMax: 3 })
  const { held, release } = await hold(engine)

  const waiting = ['a', 'b'].map((id) => engine.write('insert', { id, value: 1 }))
  const refused = engine.write('insert', { id: 'c', value: 1 })

  await assert.rejects(refused, (error) => error instanceof Overloaded && error.retryAfterSeconds > 0)
  release()
  await Promise.all([held, ...waiting])
  assert.deepEqual(await ids(engine), ['a', 'b', 'hold'])
  assert.equal(await engine.write('insert', { id: 'd', value: 1 }), 1)
})

test('a reader does not see what runs in a transaction that is not committed', async (t) => {
  const { engine } = await givenEngine(t)
  const { held, release } = await hold(engine)

  const seenBefore = await ids(engine)
  release()
  await held

  assert.deepEqual(seenBefore, [])
  assert.deepEqual(await ids(engine), ['hold'])
})

test('a script of several statements reads one snapshot, from its first run on', async (t) => {
  const { file, engine } = await givenEngine(t)
  const other = openWritingConnection(file)
  t.after(() => other.close())
  let round = 0
  function* listTwice(): Script<readonly [number, number]> {
    const before = yield* all(statements.list)
    round += 1
    other.run(`insert into items (id, value) values ('between-${round}', 1)`)
    const after = yield* all(statements.list)
    return [before.length, after.length]
  }

  const first = await engine.read(listTwice)
  const second = await engine.read(listTwice)

  assert.equal(first[1], first[0])
  assert.equal(second[1], second[0])
  assert.equal((await ids(engine)).length, round)
})

test('a read script that throws ends its snapshot', async (t) => {
  const { engine } = await givenEngine(t)
  function* failing(): Script<void> {
    yield* one(statements.head)
    yield* one(statements.logged)
    throw new RangeError('enough')
  }
  await assert.rejects(engine.read(failing), RangeError)
  await assert.rejects(engine.read(failing), RangeError)

  await engine.write('insert', { id: 'a', value: 1 })

  assert.deepEqual(await ids(engine), ['a'])
})

test('a reading script cannot write', async (t) => {
  const { engine } = await givenEngine(t)

  const writing = engine.read(() => one(statements.insert, 'a', 1))

  await assert.rejects(writing, StoreUnavailable)
  assert.deepEqual(await ids(engine), [])
})

test('a damaged file is an outage', async (t) => {
  const { file, engine } = await givenEngine(t)
  const many = Array.from({ length: 500 }, (_, value) =>
    engine.write('insert', { id: `item-${value}`, value }),
  )
  await Promise.all(many)
  await engine.close()
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.fill(0xff, 4_096))
  const reopened = await openFixture(file)
  t.after(() => reopened.close())

  await assert.rejects(
    reopened.read(() => all(statements.list)),
    StoreUnavailable,
  )
})

test('an input that is no plain data is refused alone', async (t) => {
  const { engine } = await givenEngine(t)

  const refused = engine.write('insert', Object.assign({ id: 'a', value: 1 }, { extra: () => {} }))
  const others = ['b', 'c'].map((id) => engine.write('insert', { id, value: 1 }))

  await assert.rejects(refused, { name: 'TypeError', message: 'The input of insert is no plain data.' })
  assert.deepEqual(await Promise.all(others), [1, 1])
  assert.deepEqual(await ids(engine), ['b', 'c'])
})

test('an answer that is no plain data does not keep the others from theirs', async (t) => {
  const { engine } = await givenEngine(t)

  const [unclonable, other] = await Promise.allSettled([
    engine.write('unclonable', { id: 'a', value: 1 }),
    engine.write('insert', { id: 'b', value: 1 }),
  ])

  assert.equal(unclonable.status, 'rejected')
  assert.match(String(unclonable.reason), /was committed, but its answer is no plain data/)
  assert.deepEqual(other, { status: 'fulfilled', value: 1 })
})

test('a ping that the writer does not answer in time is an outage', async (t) => {
  const { engine } = await givenEngine(t)
  const { held, release } = await hold(engine)
  t.mock.timers.enable({ apis: ['setTimeout'] })

  const ping = engine.ping()
  await new Promise(setImmediate)
  t.mock.timers.tick(5_000)

  await assert.rejects(ping, StoreUnavailable)
  release()
  await held
  await engine.ping()
})
