/**
 * Brings a database to the schema of this version: one ordered list, forward only, a transaction for each
 * migration. Several starters may do it at once; one works and the others wait.
 */
import type { Client } from 'pg'
import { type Dialect, postgresDialect, sqliteDialect } from './dialect.ts'
import { toUnavailable } from './postgres/errors.ts'
import type { Row, Value } from './script.ts'
import { openWritingConnection } from './sqlite/connection.ts'

export interface Migration {
  /** Counts up from 1 without gaps. A published migration is never changed. */
  readonly id: number
  readonly name: string
  /** SQL for both databases; `dialect.ts` says which marks it may carry. */
  readonly statements: readonly string[]
}

/** A migration as the database remembers it. */
export interface AppliedMigration {
  readonly id: number
  readonly name: string
}

const CONNECT_MS_MAX = 10_000

/**
 * Migrates a SQLite file, which is made when it is missing. Answers what was applied, in order.
 * Throws with one sentence when the database has migrations that this version does not know, and SQLite's own
 * error, with nothing of that migration done, when one fails.
 */
export async function migrateSqlite(
  file: string,
  migrations: readonly Migration[],
  nowMs: number,
): Promise<readonly AppliedMigration[]> {
  assertOrdered(migrations)
  const connection = openWritingConnection(file, true)
  const target: Target = {
    dialect: sqliteDialect,
    run: async (text) => connection.run(text),
    query: async (text, ...values) => connection.query(text, ...values),
  }
  try {
    return await migrate(target, migrations, nowMs)
  } finally {
    connection.close()
  }
}

/** The same for a Postgres database, which has to exist. Throws `StoreUnavailable` when it cannot be reached. */
export async function migratePostgres(
  url: string,
  migrations: readonly Migration[],
  nowMs: number,
): Promise<readonly AppliedMigration[]> {
  assertOrdered(migrations)
  const { default: pg } = await import('pg')
  const client: Client = new pg.Client({
    connectionString: url,
    application_name: 'countersign migrate',
    connectionTimeoutMillis: CONNECT_MS_MAX,
  })
  // What breaks the connection also fails the statement that runs, and that is where it is reported.
  client.on('error', () => {})
  await client.connect().catch((error) => {
    throw toUnavailable(error)
  })
  const target: Target = {
    dialect: postgresDialect,
    run: async (text) => {
      await client.query(text)
    },
    query: async (text, ...values) => (await client.query<Row>(text, values)).rows,
  }
  try {
    return await migrate(target, migrations, nowMs)
  } finally {
    await client.end()
  }
}

interface Target {
  readonly dialect: Dialect
  run(text: string): Promise<void>
  query(text: string, ...values: Value[]): Promise<readonly Row[]>
}

async function migrate(
  target: Target,
  migrations: readonly Migration[],
  nowMs: number,
): Promise<readonly AppliedMigration[]> {
  const applied: AppliedMigration[] = []
  for (;;) {
    for (const text of target.dialect.beginMigration) await target.run(text)
    try {
      // Read under the lock, every time anew: another starter may have been faster.
      const next = await findNext(target, migrations)
      if (next !== null) await apply(target, next, nowMs)
      await target.run('commit')
      if (next === null) return applied
      applied.push({ id: next.id, name: next.name })
    } catch (error) {
      // The connection is closed next, which rolls back as well.
      await target.run('rollback').catch(() => {})
      throw error
    }
  }
}

function assertOrdered(migrations: readonly Migration[]): void {
  migrations.forEach(({ id, name }, index) => {
    if (id !== index + 1) throw new Error(`Migration ${name} stands at ${index + 1} and has the id ${id}.`)
  })
}

/** The first migration that the database does not have, or null. */
async function findNext(target: Target, migrations: readonly Migration[]): Promise<Migration | null> {
  await target.run(`create table if not exists schema_migrations (
    id bigint not null primary key, name text not null, applied_at bigint not null
  )`)
  const rows = await target.query('select id, name from schema_migrations order by id')
  rows.forEach(({ id, name }, index) => {
    const known = migrations[index]
    if (known?.id === Number(id) && known.name === name) return
    throw new Error(
      `This database has the migration ${id} (${name}), which this version of Countersign does not know: ` +
        'start the version that made it, or a later one.',
    )
  })
  return migrations[rows.length] ?? null
}

async function apply(target: Target, { id, name, statements }: Migration, nowMs: number): Promise<void> {
  for (const text of statements) await target.run(target.dialect.toMigrationText(text))
  const { findOrphans } = target.dialect
  if (findOrphans !== null && (await target.query(findOrphans)).length > 0) {
    throw new Error(`Migration ${id} (${name}) would leave rows that point to nothing.`)
  }
  await target.query(
    'insert into schema_migrations (id, name, applied_at) values ($1, $2, $3)',
    id,
    name,
    nowMs,
  )
}
