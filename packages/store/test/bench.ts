/**
 * Where the contract is tested: SQLite always, and Postgres where the environment names a server. Each file
 * has one database of each; a test that needs an untouched one asks for it to be made `fresh`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe } from 'node:test'
import type { Store } from '@countersign/core'
import { createTestDatabase } from '@countersign/tools/postgres'
import type { Engine } from '../src/engine.ts'
import { migratePostgres, migrateSqlite } from '../src/migrate.ts'
import { migrations } from '../src/migrations.ts'
import { openPostgresEngine } from '../src/postgres/engine.ts'
import { all, type Row, type Script, type Value } from '../src/script.ts'
import { openSqliteEngine } from '../src/sqlite/engine.ts'
import { createStore, recalledTables } from '../src/store.ts'
import { type TestTransactions, transactions } from './transactions.ts'

export type DatabaseKind = 'sqlite' | 'postgres'

export const EPOCH = 'first-epoch'

export interface Bench {
  readonly kind: DatabaseKind
  readonly store: Store
  readonly engine: Engine<TestTransactions>
  /** Rows as they are, by a query of the test's own. */
  rows(text: string, ...values: Value[]): Promise<readonly Row[]>
  /** Changes rows as no method of the store does. */
  tamper(text: string, ...values: Value[]): Promise<number>
  /** Empties the database, for tests about all of it. The tests of a file run one after another. */
  fresh(): Promise<Bench>
  close(): Promise<void>
}

const serverUrl = process.env.COUNTERSIGN_TEST_POSTGRES ?? ''
const noServer = 'no Postgres: COUNTERSIGN_TEST_POSTGRES is not set ("npm test" starts a server and sets it)'

/** Runs the tests of `suite` once on each database. Call `bench` inside tests only. */
export function onEachDatabase(suite: (bench: () => Bench) => void): void {
  onDatabases(['sqlite', 'postgres'], suite)
}

/** The same on some only, where the question is one about that database. */
export function onDatabases(kinds: readonly DatabaseKind[], suite: (bench: () => Bench) => void): void {
  for (const kind of kinds) {
    const skip = kind === 'postgres' && serverUrl === '' ? noServer : false
    describe(kind, { skip }, () => {
      let open: Bench | undefined
      before(async () => {
        open = await openBench(kind)
      })
      after(() => open?.close())
      suite(() => {
        if (open === undefined) throw new Error('The database is open inside tests only.')
        return open
      })
    })
  }
}

async function openBench(kind: DatabaseKind): Promise<Bench> {
  const { engine, remove } = kind === 'sqlite' ? await openSqlite() : await openPostgres()
  await engine.write('beginEpoch', { epoch: EPOCH })
  const bench: Bench = {
    kind,
    store: createStore(engine),
    engine,
    rows: (text, ...values) => engine.read(() => query(text, values)),
    tamper: (text, ...values) => engine.write('tamper', { name: nameOf(text), text, values }),
    fresh: async () => {
      await empty(bench)
      return bench
    },
    close: async () => {
      await engine.close()
      await remove()
    },
  }
  return bench
}

const texts = migrations.flatMap((migration) => migration.statements)
const tables = texts.flatMap((text) => /^create table (\w+)/.exec(text)?.[1] ?? [])
const firstRows = texts.filter((text) => text.startsWith('insert into'))

/** Back to what the migrations leave: much faster than a new database. */
async function empty({ tamper, engine }: Bench): Promise<void> {
  await Promise.all(tables.map((table) => tamper(`delete from ${table}`)))
  // In their order: a later one may be made from an earlier one.
  for (const text of firstRows) await tamper(text)
  await engine.write('beginEpoch', { epoch: EPOCH })
}

function* query(text: string, values: readonly Value[]): Script<readonly Row[]> {
  return yield* all({ name: nameOf(text), text }, ...values)
}

const names = new Map<string, string>()

/** Prepared statements go by their names, which are short: each text gets one of its own. */
function nameOf(text: string): string {
  const name = names.get(text) ?? `test_${names.size}`
  names.set(text, name)
  return name
}

interface Opened {
  readonly engine: Engine<TestTransactions>
  readonly remove: () => Promise<void>
}

async function openSqlite(): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-store-'))
  const file = join(folder, 'test.db')
  await migrateSqlite(file, migrations, 0)
  const transactionsModule = new URL('./transactions.ts', import.meta.url)
  const settings = { file, transactionsModule, recalled: recalledTables }
  const engine = await openSqliteEngine<TestTransactions>(settings)
  return { engine, remove: async () => rmSync(folder, { recursive: true, force: true }) }
}

async function openPostgres(): Promise<Opened> {
  const database = await createTestDatabase(serverUrl)
  await migratePostgres(database.url, migrations, 0)
  const engine = await openPostgresEngine<TestTransactions>({ url: database.url }, transactions)
  // Connections are made when they are first needed: then writes at once would follow one another.
  await Promise.all(Array.from({ length: 10 }, () => engine.ping()))
  return { engine, remove: () => database.drop() }
}
