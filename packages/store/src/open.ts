/** Opening a store: the schema is brought up or checked, a new log gets its epoch, and then core's port stands. */
import { existsSync } from 'node:fs'
import type { Bus, Store } from '@countersign/core'
import { integer, text } from './columns.ts'
import type { Engine } from './engine.ts'
import { migratePostgres, migrateSqlite } from './migrate.ts'
import { migrations } from './migrations.ts'
import { createPostgresBus, notifyAll } from './postgres/bus.ts'
import { openPostgresEngine, type PostgresSettings } from './postgres/engine.ts'
import { all, type Script } from './script.ts'
import { openSqliteEngine, type SqliteSettings } from './sqlite/engine.ts'
import { selectMigrations } from './statements/housekeeping.ts'
import { createStore, recalledTables, relaxedTransactions } from './store.ts'
import type { SecretFingerprint } from './transactions/housekeeping.ts'
import { type StoreTransactions, transactions } from './transactions.ts'

export interface OpenSettings {
  /** A random name for the log, used only if it has none yet. */
  readonly epoch: string
  readonly nowMs: number
  /** `check` migrates nothing and refuses a database that would have to be migrated; `migrate` by default. */
  readonly schema?: 'migrate' | 'check'
}

export type SqliteStoreSettings = OpenSettings & Omit<SqliteSettings, 'transactionsModule'>
export type PostgresStoreSettings = OpenSettings & PostgresSettings

export type OpenStore = Store & {
  /**
   * Compares the secrets that live outside the database with those that it was made with. A node that is
   * answered `foreign` must not start: it could check none of what is stored, and would write what no other
   * node can check.
   */
  checkFingerprints(list: readonly SecretFingerprint[], nowMs: number): Promise<'ok' | 'foreign'>
  /** Null where no other node can have this database open. */
  readonly bus: Bus | null
  /** Finishes what was accepted, then closes. */
  close(): Promise<void>
}

/** Opens the embedded database. Throws with one sentence where the file cannot be used. */
export async function openSqliteStore(settings: SqliteStoreSettings): Promise<OpenStore> {
  if (settings.schema !== 'check') await migrateSqlite(settings.file, migrations, settings.nowMs)
  else if (!existsSync(settings.file))
    throw new Error(`There is no database ${settings.file}: migrate first.`)
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const transactionsModule = new URL(`./transactions.${extension}`, import.meta.url)
  const parts = { ...settings, transactionsModule, recalled: recalledTables, relaxed: relaxedTransactions }
  return openStore(await openSqliteEngine<StoreTransactions>(parts), settings)
}

/** Opens a Postgres database. Throws `StoreUnavailable` where it cannot be reached. */
export async function openPostgresStore(settings: PostgresStoreSettings): Promise<OpenStore> {
  if (settings.schema !== 'check') await migratePostgres(settings.url, migrations, settings.nowMs)
  const engine = await openPostgresEngine<StoreTransactions>(settings, transactions, relaxedTransactions)
  const notify = (texts: readonly string[]): Promise<unknown> =>
    engine.read(() => all(notifyAll, JSON.stringify(texts)))
  return openStore(engine, settings, createPostgresBus({ ...settings, notify }))
}

async function openStore(
  engine: Engine<StoreTransactions>,
  settings: OpenSettings,
  bus: Bus | null = null,
): Promise<OpenStore> {
  try {
    if (settings.schema === 'check') await checkSchema(engine)
    await engine.write('beginEpoch', { epoch: settings.epoch })
  } catch (error) {
    await engine.close()
    throw error
  }
  return {
    ...createStore(engine),
    checkFingerprints: (list, nowMs) => engine.write('checkFingerprints', { list, nowMs }),
    bus,
    close: async () => {
      await bus?.close()
      await engine.close()
    },
  }
}

async function checkSchema(engine: Engine<StoreTransactions>): Promise<void> {
  await engine.ping()
  const applied = await engine.read(readMigrations).catch((cause) => {
    throw new Error('This database has no tables of Countersign yet: migrate it first.', { cause })
  })
  const wanted = migrations.map(({ id, name }) => `${id} ${name}`)
  if (applied.join() === wanted.join()) return
  throw new Error(
    `This database stands at migration ${applied.at(-1) ?? 'none'}, and this version of Countersign needs ` +
      `${wanted.at(-1)}: migrate it, or start the version that made it.`,
  )
}

function* readMigrations(): Script<readonly string[]> {
  return (yield* all(selectMigrations)).map((row) => `${integer(row, 'id')} ${text(row, 'name')}`)
}
