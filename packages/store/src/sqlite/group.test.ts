/** The bounds of a group, and what happens to it when the database itself gives up. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { transactions } from '../../test/engine-fixture.ts'
import { createFile } from '../../test/given-sqlite.ts'
import { run, type Script } from '../script.ts'
import { type Connection, openWritingConnection } from './connection.ts'
import { commitGroup, type Group } from './group.ts'
import type { WriteRequest } from './messages.ts'

interface Given {
  readonly group: Group
  readonly connection: Connection
}

async function givenGroup(t: TestContext, overrides: Partial<Group> = {}): Promise<Given> {
  const connection = openWritingConnection(await createFile(t))
  t.after(() => connection.close())
  const limits = { requestsMax: 256, durationMsMax: 20 }
  return { connection, group: { connection, transactions, limits, monotonicMs: () => 0, ...overrides } }
}

const inserts = (...ids: string[]): WriteRequest[] =>
  ids.map((id) => ({ name: 'insert', input: { id, value: 1 } }))

const ids = (connection: Connection): readonly unknown[] =>
  connection.query('select id from items order by id').map((row) => row.id)

test('where the file stays locked, everyone who waits is refused at once', async (t) => {
  const { group, connection } = await givenGroup(t)
  const other = openWritingConnection(String(connection.query('pragma database_list')[0]?.file))
  t.after(() => other.close())
  other.control('begin immediate')
  connection.run('pragma busy_timeout = 0')
  const waiting = inserts('a', 'b', 'c')

  const { values, faults } = commitGroup(group, () => waiting.shift())

  assert.equal(values.length, 3)
  assert.deepEqual(
    faults.map(({ index, kind }) => [index, kind]),
    [
      [0, 'unavailable'],
      [1, 'unavailable'],
      [2, 'unavailable'],
    ],
  )
  other.control('rollback')
  waiting.push(...inserts('d'))
  assert.deepEqual(
    commitGroup(group, () => waiting.shift()),
    { values: [1], faults: [] },
  )
  assert.deepEqual(ids(connection), ['d'])
})

test('when the disk is full, the group that finds out is refused as an outage and leaves nothing', async (t) => {
  const { group, connection } = await givenGroup(t)
  const pages = Number(connection.query('pragma page_count')[0]?.page_count)
  connection.run(`pragma max_page_count = ${pages + 4}`)
  const long = 'x'.repeat(3_000)
  const waiting = inserts('a', ...Array.from({ length: 9 }, (_, index) => `${index}${long}`))

  const { values, faults } = commitGroup(group, () => waiting.shift())

  // SQLite gives up the whole transaction here; those that had not begun are still waiting.
  assert.ok(waiting.length > 0)
  assert.equal(values.length, 10 - waiting.length)
  assert.deepEqual(new Set(faults.map(({ kind }) => kind)), new Set(['unavailable']))
  assert.equal(faults.length, values.length)
  assert.deepEqual(ids(connection), [])
  waiting.splice(0, waiting.length, ...inserts('b'))
  assert.deepEqual(commitGroup(group, () => waiting.shift()).faults, [])
})

test('a group ends at its bound, and the rest waits for the next', async (t) => {
  const { group, connection } = await givenGroup(t, { limits: { requestsMax: 2, durationMsMax: 20 } })
  const waiting = inserts('a', 'b', 'c')

  const first = commitGroup(group, () => waiting.shift())

  assert.deepEqual(first, { values: [1, 1], faults: [] })
  assert.deepEqual(ids(connection), ['a', 'b'])
  assert.deepEqual(
    waiting.map(({ input }) => Object(input).id),
    ['c'],
  )
})

test('a group ends when its time is up, but never without having done one request', async (t) => {
  let nowMs = 0
  const slowClock = (): number => {
    nowMs += 15
    return nowMs
  }
  const { group } = await givenGroup(t, { monotonicMs: slowClock })
  const slow = await givenGroup(t, { limits: { requestsMax: 256, durationMsMax: 0 } })
  const waiting = inserts('a', 'b', 'c', 'd')

  assert.equal(commitGroup(group, () => waiting.shift()).values.length, 2)
  assert.equal(commitGroup(slow.group, () => waiting.shift()).values.length, 1)
})

test('an error in the middle of a group keeps its place, its name, its message and where it was thrown', async (t) => {
  const { group } = await givenGroup(t)
  const waiting = [
    ...inserts('a'),
    { name: 'insertThenThrow', input: { id: 'b', value: 1 } },
    { name: '__proto__', input: null },
    ...inserts('c'),
  ]

  const { values, faults } = commitGroup(group, () => waiting.shift())

  assert.deepEqual([values[0], values[3]], [1, 1])
  const found = faults.map(({ index, kind, name, message }) => [index, kind, name, message])
  assert.deepEqual(found, [
    [1, 'failed', 'RangeError', 'no luck with b'],
    [2, 'failed', 'TypeError', 'There is no transaction named __proto__.'],
  ])
  assert.match(faults[0]?.stack ?? '', /engine-fixture\.ts/)
})

test('a transaction that is lost takes everyone in it along, and those behind go on', async (t) => {
  const byHand = { name: 'commit_by_hand', text: 'commit' }
  const rogue = {
    ...transactions,
    *commit(): Script<void> {
      yield* run(byHand)
    },
  }
  const { group } = await givenGroup(t, { transactions: rogue })
  const waiting = [...inserts('a'), { name: 'commit', input: null }, ...inserts('b')]

  const lost = commitGroup(group, () => waiting.shift())
  const next = commitGroup(group, () => waiting.shift())

  assert.deepEqual(
    [lost.values.length, lost.faults.map(({ kind }) => kind)],
    [2, ['unavailable', 'unavailable']],
  )
  assert.deepEqual(next, { values: [1], faults: [] })
})
