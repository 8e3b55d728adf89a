/** What the store may rely on from either database. The tests of each engine run it on their own. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { StoreUnavailable } from '@countersign/core'
import fc from 'fast-check'
import type { Engine } from '../src/engine.ts'
import { all, one, type Row, type Script } from '../src/script.ts'
import { statements, type transactions } from './engine-fixture.ts'

export type FixtureEngine = Engine<typeof transactions>

/** An empty database of its own for one test. `open` may be called again after the engine was closed. */
export interface FixtureDatabase {
  open(): Promise<FixtureEngine>
}

/** Gives null after it has skipped the test. */
export type CreateDatabase = (t: TestContext) => Promise<FixtureDatabase | null>

/** Registers the contract's tests for one engine. */
export function testEngine(name: string, createDatabase: CreateDatabase): void {
  const contract: Contract = (sentence, body) => {
    test(`${name}: ${sentence}`, async (t) => {
      const database = await createDatabase(t)
      if (database === null) return
      const engine = await database.open()
      // A test that fails must not leave a thread or a pool that keeps the process alive.
      t.after(() => engine.close())
      await body(engine, database)
    })
  }
  refusals(contract)
  commits(contract)
  snapshots(contract)
  answers(contract)
  closing(contract)
}

type Contract = (
  sentence: string,
  body: (engine: FixtureEngine, database: FixtureDatabase) => Promise<void>,
) => void

const list = (engine: FixtureEngine): Promise<readonly Row[]> => engine.read(() => all(statements.list))

const ids = async (engine: FixtureEngine): Promise<readonly unknown[]> =>
  (await list(engine)).map((row) => row.id)

const isUnavailable = (error: unknown): boolean => error instanceof StoreUnavailable

function refusals(contract: Contract): void {
  contract(
    'a script that throws leaves nothing behind, and its error keeps name and message',
    async (engine) => {
      const failing = engine.write('insertThenThrow', { id: 'a', value: 1 })

      await assert.rejects(failing, { name: 'RangeError', message: 'no luck with a' })
      assert.deepEqual(await ids(engine), [])
    },
  )

  contract(
    'a violated constraint is an error with the message of the database, and no outage',
    async (engine) => {
      const failing = engine.write('insertTwice', { id: 'a', value: 1 })

      await assert.rejects(failing, (error: Error) => !isUnavailable(error) && /unique/i.test(error.message))
      assert.deepEqual(await ids(engine), [])
    },
  )

  contract('one failing script among many at once does not harm the others', async (engine) => {
    const outcomes = await Promise.allSettled([
      engine.write('insert', { id: 'a', value: 1 }),
      engine.write('insertTwice', { id: 'b', value: 1 }),
      engine.write('insertThenThrow', { id: 'c', value: 1 }),
      engine.write('wrong', undefined),
      engine.write('insert', { id: 'd', value: 1 }),
    ])

    const states = outcomes.map(({ status }) => status)
    assert.deepEqual(states, ['fulfilled', 'rejected', 'rejected', 'rejected', 'fulfilled'])
    assert.deepEqual(await ids(engine), ['a', 'd'])
  })

  contract('Rollback undoes what was written and hands its answer over', async (engine) => {
    const answer = await engine.write('insertThenRollback', { id: 'a', value: 1 })

    assert.deepEqual(answer, { kind: 'address_taken' })
    assert.deepEqual(await ids(engine), [])
  })

  contract(
    'a wrong statement, too few values and an unknown name are bugs and no outages',
    async (engine) => {
      const outcomes = await Promise.allSettled([
        // @ts-expect-error: the registry has no such name.
        engine.write('toString', {}),
        engine.read(() => all(statements.wrong)),
        engine.write('wrong', undefined),
        engine.write('tooFewValues', undefined),
      ])

      for (const outcome of outcomes) {
        assert.equal(outcome.status, 'rejected')
        assert.ok(!isUnavailable(outcome.reason) && outcome.reason.message !== '')
      }
      await engine.write('insert', { id: 'a', value: 1 })
      assert.deepEqual(await ids(engine), ['a'])
    },
  )

  contract('two different statements of one name are refused', async (engine) => {
    await engine.read(() => all(statements.head))

    const second = engine.read(() => all({ name: statements.head.name, text: 'select 1 as position' }))

    await assert.rejects(second, (error: Error) => !isUnavailable(error) && error.message.includes('head'))
  })
}

function commits(contract: Contract): void {
  contract('what 64 writers were told is committed is there after reopening', async (engine, database) => {
    const names = Array.from({ length: 64 }, (_, index) => `item-${String(index).padStart(2, '0')}`)

    await Promise.all(names.map((id) => engine.write('insert', { id, value: 1 })))
    await engine.close()
    const reopened = await database.open()

    assert.deepEqual(await ids(reopened), names)
    await reopened.close()
  })

  contract(
    'any mix of scripts that succeed, fail and roll back leaves exactly the successful ones',
    async (engine) => {
      const kinds = fc.constantFrom('insert', 'insertTwice', 'insertThenThrow', 'insertThenRollback')
      let round = 0

      await fc.assert(
        fc.asyncProperty(fc.array(kinds, { minLength: 1, maxLength: 40 }), async (mix) => {
          round += 1
          const items = mix.map((kind, index) => ({ kind, id: `${round}-${index}`, value: index }))
          const outcomes = await Promise.allSettled(
            items.map(({ kind, id, value }) => engine.write(kind as 'insert', { id, value })),
          )
          const rows = await ids(engine)

          items.forEach(({ kind, id }, index) => {
            const isRefused = kind === 'insertTwice' || kind === 'insertThenThrow'
            assert.equal(outcomes[index]?.status, isRefused ? 'rejected' : 'fulfilled')
            assert.equal(rows.includes(id), kind === 'insert')
          })
        }),
        { numRuns: 30 },
      )
    },
  )

  contract('rows changed from many sides at once lose no change', async (engine) => {
    await Promise.all(['a', 'b'].map((id) => engine.write('insert', { id, value: 0 })))

    // Opposite orders of locking: on Postgres some of them deadlock and are tried again.
    const there = Array.from({ length: 8 }, () => engine.write('move', { from: 'a', to: 'b' }))
    const back = Array.from({ length: 5 }, () => engine.write('move', { from: 'b', to: 'a' }))
    await Promise.all([...there, ...back])

    const rows = await list(engine)
    assert.deepEqual(
      rows.map((row) => row.value),
      [-3, 3],
    )
  })
}

function snapshots(contract: Contract): void {
  contract('a reader never sees half of a transaction', async (engine) => {
    function* countBoth(): Script<readonly [unknown, unknown]> {
      const left = yield* one(statements.countLike, 'left-%')
      const right = yield* one(statements.countLike, 'right-%')
      return [left?.count, right?.count]
    }
    let written = 0
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let index = 0; index < 25; index += 1) {
        await engine.write('insertPair', { id: `${writer}-${index}` })
        written += 1
      }
    })

    while (written < 200) {
      const [left, right] = await engine.read(countBoth)
      assert.equal(left, right)
      // Reads on SQLite never leave this thread; the writers have to get their answers.
      await new Promise(setImmediate)
    }

    await Promise.all(writers)
    assert.deepEqual(await engine.read(countBoth), [200, 200])
  })

  contract('positions of the log become visible in their order, without gaps', async (engine) => {
    function* look(): Script<Record<string, unknown>> {
      const head = yield* one(statements.head)
      const logged = yield* one(statements.logged)
      return { head: head?.position, count: logged?.count, last: logged?.last ?? 0 }
    }
    const positions: number[] = []
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let index = 0; index < 20; index += 1) {
        positions.push(await engine.write('append', { id: `${writer}-${index}`, value: 0 }))
        // A transaction that fails gives its position back.
        await engine.write('append', { id: `${writer}-${index}`, value: 0 }).catch(() => {})
      }
    })

    while (positions.length < 160) {
      const { head, count, last } = await engine.read(look)
      assert.deepEqual([count, last], [head, head])
      await new Promise(setImmediate)
    }

    await Promise.all(writers)
    positions.sort((left, right) => left - right)
    assert.deepEqual(
      positions,
      Array.from({ length: 160 }, (_, index) => index + 1),
    )
  })

  contract('what was written before is seen by the next read', async (engine) => {
    for (let round = 1; round <= 20; round += 1) {
      await engine.write('insert', { id: `item-${round}`, value: round })
      const row = await engine.read(() => one(statements.find, `item-${round}`))
      assert.equal(row?.value, round)
    }
  })
}

function answers(contract: Contract): void {
  contract('a change says how many rows it touched, and returning gives them', async (engine) => {
    assert.equal(await engine.write('insert', { id: 'a', value: 40 }), 1)
    assert.equal(await engine.write('add', { id: 'a', value: 2 }), 42)
    assert.equal(await engine.write('add', { id: 'nobody', value: 2 }), null)
  })

  contract(
    'counts, sums and truth are numbers, and one that a number cannot hold is refused',
    async (engine) => {
      await engine.write('insert', { id: 'a', value: Number.MAX_SAFE_INTEGER })
      const text = `select count(*) as count, sum(value) as sum, max(value) as largest,
      1 = 1 as yes, 1 = 2 as no, null as missing from items`
      const sums = { name: 'sums', text }

      const row = await engine.read(() => one(sums))
      await engine.write('insert', { id: 'b', value: Number.MAX_SAFE_INTEGER })

      const largest = Number.MAX_SAFE_INTEGER
      assert.deepEqual({ ...row }, { count: 1, sum: largest, largest, yes: 1, no: 0, missing: null })
      await assert.rejects(
        engine.read(() => one(sums)),
        (error) => error instanceof RangeError,
      )
    },
  )

  contract('a placeholder may stand twice and in any order, and is none inside a text', async (engine) => {
    await engine.write('insert', { id: 'a', value: 1 })
    const text = `select '$3 for $1' as label from items where value = $2 and id = $1 and id <> 'b' and $2 = value`

    const row = await engine.read(() => one({ name: 'shuffled', text }, 'a', 1))

    assert.deepEqual({ ...row }, { label: '$3 for $1' })
  })

  contract('a script that asks nothing answers all the same', async (engine) => {
    // biome-ignore lint/correctness/useYield: that it asks nothing is the point.
    function* ready(): Script<string> {
      return 'ready'
    }

    assert.equal(await engine.read(ready), 'ready')
    await engine.ping()
  })
}

function closing(contract: Contract): void {
  contract('close finishes what was accepted and refuses what comes later', async (engine, database) => {
    const accepted = Array.from({ length: 100 }, (_, index) =>
      engine.write('insert', { id: `item-${index}`, value: index }),
    )
    const closed = engine.close()
    const late = await Promise.allSettled([
      engine.write('insert', { id: 'late', value: 0 }),
      engine.read(() => all(statements.list)),
      engine.ping(),
    ])

    for (const outcome of late) assert.ok(outcome.status === 'rejected' && isUnavailable(outcome.reason))
    assert.deepEqual(new Set(await Promise.all(accepted)), new Set([1]))
    await closed
    await engine.close()
    const reopened = await database.open()
    assert.equal((await list(reopened)).length, 100)
    await reopened.close()
  })
}
