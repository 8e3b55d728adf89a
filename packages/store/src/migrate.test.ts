/** Migrations on both databases: what is refused, that a failure leaves nothing, that starters wait for each other. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { requireTestDatabase } from '@countersign/tools/postgres'
import { Client } from 'pg'
import { createFolder } from '../test/given-sqlite.ts'
import { type AppliedMigration, type Migration, migratePostgres, migrateSqlite } from './migrate.ts'
import type { Row } from './script.ts'
import { openWritingConnection } from './sqlite/connection.ts'

const NOW_MS = 1_800_000_000_000

interface Target {
  migrate(migrations: readonly Migration[]): Promise<readonly AppliedMigration[]>
  query(text: string): Promise<readonly Row[]>
  /** What a starter in another thread needs to do the same. */
  readonly place: { readonly file: string } | { readonly url: string }
}

async function openSqlite(t: TestContext): Promise<Target> {
  const file = join(createFolder(t), 'data.db')
  return {
    migrate: (migrations) => migrateSqlite(file, migrations, NOW_MS),
    async query(text) {
      const connection = openWritingConnection(file)
      try {
        return connection.query(text)
      } finally {
        connection.close()
      }
    },
    place: { file },
  }
}

async function openPostgres(t: TestContext): Promise<Target | null> {
  const url = await requireTestDatabase(t)
  if (url === undefined) return null
  return {
    migrate: (migrations) => migratePostgres(url, migrations, NOW_MS),
    async query(text) {
      const client = new Client({ connectionString: url })
      await client.connect()
      try {
        return (await client.query(text)).rows
      } finally {
        await client.end()
      }
    },
    place: { url },
  }
}

const items: Migration = {
  id: 1,
  name: 'items',
  statements: [
    'create table items (id text not null primary key) /*clustered*/',
    "insert into items (id) values ('a')",
  ],
}
const parts: Migration = {
  id: 2,
  name: 'parts',
  statements: ['create table parts (id text not null primary key, item text not null references items (id))'],
}

for (const [name, open] of [
  ['SQLite', openSqlite],
  ['Postgres', openPostgres],
] as const) {
  const contract = (sentence: string, body: (target: Target) => Promise<void>): void => {
    test(`${name}: ${sentence}`, async (t) => {
      const target = await open(t)
      if (target !== null) await body(target)
    })
  }

  contract('a database of a later version is refused in one sentence and stays as it is', async (target) => {
    await target.migrate([items, parts])

    await assert.rejects(target.migrate([items]), {
      message:
        'This database has the migration 2 (parts), which this version of Countersign does not know: ' +
        'start the version that made it, or a later one.',
    })
    await assert.rejects(target.migrate([items, { ...parts, name: 'pieces' }]), /migration 2 \(parts\)/)
    assert.equal((await target.query('select id from schema_migrations')).length, 2)
  })

  contract('a migration that fails leaves nothing of itself, and those before it stay', async (target) => {
    const broken = { ...parts, statements: [...parts.statements, 'select wrong from nowhere'] }

    await assert.rejects(target.migrate([items, broken]), /nowhere|wrong/)

    assert.deepEqual(await target.migrate([items, parts]), [{ id: 2, name: 'parts' }])
  })

  contract('a migration that leaves rows pointing to nothing is refused', async (target) => {
    const orphan = {
      id: 3,
      name: 'orphan',
      statements: ["insert into parts (id, item) values ('p', 'nobody')"],
    }

    await assert.rejects(target.migrate([items, parts, orphan]))

    assert.deepEqual(await target.query('select id from parts'), [])
  })

  contract('a list with a gap is refused before the database is touched', async (target) => {
    await assert.rejects(target.migrate([items, { ...parts, id: 3 }]), {
      message: 'Migration parts stands at 2 and has the id 3.',
    })
  })

  contract('what is missing is applied once, in order, and remembered with its time', async (target) => {
    const first = await target.migrate([items])
    const second = await target.migrate([items, parts])
    const third = await target.migrate([items, parts])

    assert.deepEqual([first, second, third], [[{ id: 1, name: 'items' }], [{ id: 2, name: 'parts' }], []])
    const rows = await target.query('select id, name, applied_at from schema_migrations order by id')
    const found = rows.map((row) => [Number(row.id), row.name, Number(row.applied_at)])
    assert.deepEqual(found, [
      [1, 'items', NOW_MS],
      [2, 'parts', NOW_MS],
    ])
  })

  contract('of several starters at once each migration is done by one', async (target) => {
    const more = Array.from({ length: 40 }, (_, index) => ({
      id: index + 2,
      name: `item-${index}`,
      statements: [`insert into items (id) values ('item-${index}')`],
    }))
    const list = [items, ...more]

    const reports = await migrateInThreads(target, list, 4)

    const ids = reports.flat().map(({ id }) => id)
    assert.deepEqual(
      ids.sort((left, right) => left - right),
      list.map(({ id }) => id),
    )
    assert.equal((await target.query('select id from items')).length, list.length)
  })
}

/**
 * Threads have connections of their own, and SQLite's locks tell them apart as they do processes. They wait
 * for one another before they start.
 */
function migrateInThreads(
  { place }: Target,
  migrations: readonly Migration[],
  threads: number,
): Promise<(readonly AppliedMigration[])[]> {
  const module = JSON.stringify(new URL('./migrate.ts', import.meta.url).href)
  const program = `
    import { parentPort, workerData } from 'node:worker_threads'
    import { migratePostgres, migrateSqlite } from ${module}
    const { place, migrations, ready, threads } = workerData
    if (Atomics.add(ready, 0, 1) === threads - 1) Atomics.store(ready, 1, 1)
    Atomics.notify(ready, 1)
    Atomics.wait(ready, 1, 0)
    parentPort.postMessage(await ('file' in place
      ? migrateSqlite(place.file, migrations, 0)
      : migratePostgres(place.url, migrations, 0)))`
  const url = new URL(`data:text/javascript,${encodeURIComponent(program)}`)
  const ready = new Int32Array(new SharedArrayBuffer(8))
  const starters = Array.from({ length: threads }, () => {
    const worker = new Worker(url, { workerData: { place, migrations, ready, threads } })
    const { promise, resolve, reject } = Promise.withResolvers<readonly AppliedMigration[]>()
    worker.once('message', resolve)
    worker.once('error', reject)
    return promise
  })
  return Promise.all(starters)
}

test('SQLite: a table that others point to can be rebuilt without losing their rows', async (t) => {
  const target = await openSqlite(t)
  const filled = { id: 3, name: 'filled', statements: ["insert into parts (id, item) values ('p', 'a')"] }
  const rebuilt = {
    id: 4,
    name: 'rebuilt',
    statements: [
      'create table items_new (id text not null primary key, label text) /*clustered*/',
      'insert into items_new (id) select id from items',
      'drop table items',
      'alter table items_new rename to items',
    ],
  }

  await target.migrate([items, parts, filled, rebuilt])

  assert.deepEqual(
    (await target.query('select id, item from parts')).map((row) => ({ ...row })),
    [{ id: 'p', item: 'a' }],
  )
})

test('Postgres: a server that is not there is an outage with its reason', async () => {
  const migrating = migratePostgres('postgres://nobody@127.0.0.1:1/nothing', [items], NOW_MS)

  await assert.rejects(migrating, { name: 'StoreUnavailable', message: /ECONNREFUSED/ })
})

test('SQLite: a refusal leaves no file that was not there', async (t) => {
  const file = join(createFolder(t), 'missing', 'data.db')

  await assert.rejects(migrateSqlite(file, [{ ...items, id: 7 }], NOW_MS))

  assert.equal(existsSync(file), false)
})
