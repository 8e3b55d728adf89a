/** A small schema and registry for the tests of both engines, and for the writer's thread to import. */
import type { Migration } from '../src/migrate.ts'
import { one, Rollback, run, type Script } from '../src/script.ts'

export const fixtureMigrations: readonly Migration[] = [
  {
    id: 1,
    name: 'items',
    statements: [
      'create table items (id text not null primary key, value bigint not null) /*clustered*/',
      `create table parts (
        id text not null primary key,
        item text not null references items (id) deferrable initially deferred
      ) /*clustered*/`,
    ],
  },
  {
    id: 2,
    name: 'log',
    statements: [
      'create table log_head (id text not null primary key, position bigint not null)',
      "insert into log_head (id, position) values ('log', 0)",
      'create table log (position bigint not null primary key, item text not null)',
    ],
  },
]

export const statements = {
  insert: { name: 'insert', text: 'insert into items (id, value) values ($1, $2)' },
  insertPart: { name: 'insert_part', text: 'insert into parts (id, item) values ($1, $2)' },
  add: { name: 'add', text: 'update items set value = value + $2 where id = $1 returning value' },
  find: { name: 'find', text: 'select id, value from items where id = $1' },
  list: { name: 'list', text: 'select id, value from items order by id' },
  countLike: { name: 'count_like', text: 'select count(*) as count from items where id like $1' },
  advance: { name: 'advance', text: 'update log_head set position = position + 1 returning position' },
  append: { name: 'append', text: 'insert into log (position, item) values ($1, $2)' },
  head: { name: 'head', text: 'select position from log_head' },
  logged: { name: 'logged', text: 'select count(*) as count, max(position) as last from log' },
  wrong: { name: 'wrong', text: 'select nothing from nowhere' },
} as const

interface Item {
  readonly id: string
  readonly value: number
}

export const transactions = {
  /** Answers how many rows were inserted. */
  *insert({ id, value }: Item): Script<number> {
    return yield* run(statements.insert, id, value)
  },
  *insertPair({ id }: { readonly id: string }): Script<void> {
    yield* run(statements.insert, `left-${id}`, 0)
    yield* run(statements.insert, `right-${id}`, 0)
  },
  *insertTwice({ id, value }: Item): Script<void> {
    yield* run(statements.insert, id, value)
    yield* run(statements.insert, id, value)
  },
  *insertThenThrow({ id, value }: Item): Script<void> {
    yield* run(statements.insert, id, value)
    throw new RangeError(`no luck with ${id}`)
  },
  *insertThenRollback({ id, value }: Item): Script<{ readonly kind: string }> {
    yield* run(statements.insert, id, value)
    throw new Rollback({ kind: 'address_taken' })
  },
  *add({ id, value }: Item): Script<number | null> {
    const row = yield* one(statements.add, id, value)
    return row === null ? null : Number(row.value)
  },
  /** Locks two rows in the order given. */
  *move({ from, to }: { readonly from: string; readonly to: string }): Script<void> {
    yield* run(statements.add, from, -1)
    yield* run(statements.add, to, 1)
  },
  /** Takes the log's position as its last lock. */
  *append({ id, value }: Item): Script<number> {
    yield* run(statements.insert, id, value)
    const position = Number((yield* one(statements.advance))?.position)
    yield* run(statements.append, position, id)
    return position
  },
  *wrong(): Script<void> {
    yield* run(statements.wrong)
  },
  *tooFewValues(): Script<void> {
    yield* run(statements.insert, 'alone')
  },
  /** Its violation is only found by COMMIT. */
  *insertOrphan({ id }: { readonly id: string }): Script<void> {
    yield* run(statements.insertPart, id, 'nobody')
  },
  *unclonable({ id, value }: Item): Script<() => void> {
    yield* run(statements.insert, id, value)
    return () => {}
  },
  /** Ends the writer's thread in the middle of a group. For SQLite only. */
  *stop(): Script<void> {
    yield* run(statements.insert, 'stop', 0)
    process.exit(7)
  },
  /** Announces that it runs by 1 in the first cell, and holds its thread until the second is 1. For SQLite only. */
  *hold({ cells }: { readonly cells: Int32Array }): Script<void> {
    yield* run(statements.insert, 'hold', 0)
    Atomics.store(cells, 0, 1)
    Atomics.notify(cells, 0)
    Atomics.wait(cells, 1, 0)
  },
}
