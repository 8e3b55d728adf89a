/** What the embedded database answers from memory, and what makes it look again. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { FixtureEngine } from '../../test/engine-contract.ts'
import { statements } from '../../test/engine-fixture.ts'
import { createFile, openFixture } from '../../test/given-sqlite.ts'
import { all, one, type Script } from '../script.ts'
import { openWritingConnection } from './connection.ts'
import { RECALLED_MS_MAX } from './memory.ts'

interface Given {
  readonly file: string
  readonly engine: FixtureEngine
  /** How many rows `items` has by what is recalled, and how often that was read. */
  count(key?: string): Promise<number>
  reads(): number
}

async function givenEngine(t: TestContext, recalled: readonly string[] = ['items']): Promise<Given> {
  const file = await createFile(t)
  const engine = await openFixture(file, { recalled })
  t.after(() => engine.close())
  let reads = 0
  function* read(): Script<number> {
    reads += 1
    return (yield* all(statements.list)).length
  }
  return { file, engine, count: (key = 'items') => engine.recall(key, read), reads: () => reads }
}

test('what nobody has written to is read once', async (t) => {
  const { engine } = await givenEngine(t, ['log_head'])
  let reads = 0
  const head = (): Promise<unknown> =>
    engine.recall('head', function* () {
      reads += 1
      return (yield* one(statements.head))?.position
    })
  assert.equal(await head(), 0)

  await engine.write('insert', { id: 'into another table', value: 1 })
  assert.equal(await head(), 0)
  assert.equal(reads, 1)

  await engine.write('append', { id: 'a', value: 1 })
  assert.equal(await head(), 1)
})

test('each way of writing to a row is seen by whoever asks after it was acknowledged', async (t) => {
  const { engine, count } = await givenEngine(t)
  for (let round = 0; round < 50; round += 1) {
    assert.equal(await count(), round)
    await engine.write('insert', { id: `${round}`, value: 1 })
    assert.equal(await count(), round + 1)
  }
})

test('a write that is undone makes it look again, and nothing is remembered of it', async (t) => {
  const { engine, count } = await givenEngine(t)
  assert.equal(await count(), 0)

  await assert.rejects(engine.write('insertThenThrow', { id: 'a', value: 1 }))

  assert.equal(await count(), 0)
})

test('a write of another process is seen after a moment', async (t) => {
  const { file, count } = await givenEngine(t)
  const other = openWritingConnection(file)
  t.after(() => other.close())
  assert.equal(await count(), 0)

  other.run(`insert into items (id, value) values ('other', 1)`)
  await setTimeout(RECALLED_MS_MAX)

  assert.equal(await count(), 1)
})

test('what is read from a table that nobody watches is refused and not remembered', async (t) => {
  const { count } = await givenEngine(t, ['log'])

  await assert.rejects(count(), /list reads items/)
  await assert.rejects(count(), /list reads items/)
})

test('keys of strangers take no more memory than a thousand answers do', async (t) => {
  const { count, reads } = await givenEngine(t)
  for (let index = 0; index < 1_000; index += 1) await count(`key ${index}`)
  const before = reads()

  await count('one more')
  await count('key 0')

  assert.equal(reads(), before + 2)
})

test('a closed engine answers nothing from memory', async (t) => {
  const { engine, count } = await givenEngine(t)
  await count()

  await engine.close()

  await assert.rejects(count())
})
