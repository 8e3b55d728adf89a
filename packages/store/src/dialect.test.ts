/** The differences between the databases, one by one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { postgresDialect, postgresParsers, sqliteDialect, toPositional } from './dialect.ts'

test('placeholders become positions, whatever their order and however often they stand', () => {
  assert.deepEqual(toPositional('select $1, $2'), { text: 'select ?, ?', order: null, count: 2 })
  assert.deepEqual(toPositional('select $2, $1, $2'), { text: 'select ?, ?, ?', order: [1, 0, 1], count: 2 })
  assert.deepEqual(toPositional('select $10'), { text: 'select ?', order: [9], count: 10 })
  assert.deepEqual(toPositional('select 1'), { text: 'select 1', order: null, count: 0 })
})

test('what stands in quotes is no placeholder', () => {
  const text = `select '$1', 'it''s $2', "$3", 'a "b' || $1`

  assert.deepEqual(toPositional(text), { text: text.replace(/\$1$/, '?'), order: null, count: 1 })
})

test('a clustered table is one without row ids on SQLite and a plain one on Postgres', () => {
  const text = 'create table items (id text primary key) /*clustered*/'

  assert.equal(sqliteDialect.toMigrationText(text), 'create table items (id text primary key) without rowid')
  assert.equal(postgresDialect.toMigrationText(text), 'create table items (id text primary key) ')
})

test('what Postgres spells as text is a number, and one that would be rounded is refused', () => {
  const [truth, integer, decimal] = [16, 20, 1700].map((type) => postgresParsers.get(type))

  assert.deepEqual([truth?.('t'), truth?.('f')], [1, 0])
  assert.deepEqual([integer?.('-42'), decimal?.('42'), decimal?.('0.5')], [-42, 42, 0.5])
  assert.equal(integer?.('9007199254740991'), Number.MAX_SAFE_INTEGER)
  assert.throws(() => integer?.('9007199254740993'), RangeError)
  assert.throws(() => decimal?.('18014398509481982'), RangeError)
})
