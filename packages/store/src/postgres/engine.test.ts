/** The contract of an engine on Postgres, and what only an engine with a server behind a network has to keep. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Overloaded, StoreUnavailable } from '@countersign/core'
import pg, { type Client } from 'pg'
import { testEngine } from '../../test/engine-contract.ts'
import { statements } from '../../test/engine-fixture.ts'
import { createDatabase, openClient, openFixture, openLine, withSetting } from '../../test/given-postgres.ts'
import { createFolder } from '../../test/given-sqlite.ts'
import { all, one, type Script } from '../script.ts'
import { openPostgresEngine } from './engine.ts'

testEngine('Postgres', async (t) => {
  const url = await createDatabase(t)
  if (url === null) return null
  // The contract lets transactions deadlock; they need not take a second to find out.
  const impatient = withSetting(url, 'deadlock_timeout=10ms')
  return { open: () => openFixture(t, impatient) }
})

/** Resolves when a session waits for a lock that somebody else holds. */
async function untilBlocked(client: Client, sessions = 1): Promise<void> {
  const text = `select count(*)::int as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`
  for (;;) {
    const { rows } = await client.query(text)
    if (rows[0].count >= sessions) return
  }
}

test('Postgres: a server that is not there is an outage with its reason', async (t) => {
  const engine = await openFixture(t, 'postgres://nobody@127.0.0.1:1/nothing')

  await assert.rejects(
    engine.ping(),
    (error) => error instanceof StoreUnavailable && /REFUSED/.test(error.message),
  )
  await assert.rejects(engine.write('insert', { id: 'a', value: 1 }), StoreUnavailable)
  await assert.rejects(
    engine.read(() => all(statements.list)),
    StoreUnavailable,
  )
})

test('Postgres: a database that does not exist is an outage', async (t) => {
  const url = await createDatabase(t)
  if (url === null) return
  const engine = await openFixture(t, url.replace(/[^/]+$/, 'no_such_database'))

  await assert.rejects(engine.ping(), StoreUnavailable)
})

test('Postgres: a line that breaks while COMMIT is under way is an outage, and nothing is done twice', async (t) => {
  const url = await createDatabase(t)
  if (url === null) return
  const line = await openLine(t, url)
  const engine = await openFixture(t, line.url)
  const client = await openClient(t, url)
  await engine.write('insert', { id: 'a', value: 0 })
  // With the zero that ends a message: a transaction begins as "read committed".
  line.cutAfter('commit\0')

  await assert.rejects(engine.write('add', { id: 'a', value: 1 }), StoreUnavailable)

  // The database has received the COMMIT; ask until its session has ended.
  const busy =
    "select 1 from pg_stat_activity where datname = current_database() and state <> 'idle' and pid <> pg_backend_pid()"
  while ((await client.query(busy)).rows.length > 0);
  assert.deepEqual((await client.query('select value from items')).rows, [{ value: '1' }])
})

test('Postgres: a line that goes silent is an outage when its time is up', async (t) => {
  const url = await createDatabase(t)
  if (url === null) return
  const line = await openLine(t, url)
  const engine = await openFixture(t, line.url, { statementMsMax: 100, connectMsMax: 300 })
  await engine.ping()
  line.silence()

  await assert.rejects(engine.write('insert', { id: 'a', value: 0 }), StoreUnavailable)
  await assert.rejects(engine.ping(), StoreUnavailable)
})

test('Postgres: a session that the database ends is an outage, and the next call has a new one', async (t) => {
  const url = await createDatabase(t)
  if (url === null) return
  const engine = await openFixture(t, url)
  const client = await openClient(t, url)
  await engine.write('insert', { id: 'a', value: 0 })
  await client.query("begin; update items set value = 7 where id = 'a'")
  const blocked = assert.rejects(engine.write('add', { id: 'a', value: 1 }), StoreUnavailable)
  await untilBlocked(client)

  const others = 'from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()'
  await client.query(`select pg_terminate_backend(pid) ${others}`)
  await client.query('commit')

  await blocked
  assert.equal(await engine.write('add', { id: 'a', value: 1 }), 8)
})

test('Postgres: a statement that takes too long is an outage and leaves nothing', async (t) => {
  const url = await createDatabase(t)
  if (url === null) return
  const engine = await openFixture(t, url, { statementMsMax: 100 })
  const client = await openClient(t, url)
  await engine.write('insert', { id: 'a', value: 0 })
  await client.query("begin; update items set value = 7 where id = 'a'")

  await assert.rejects(engine.write('move', { from: 'b', to: 'a' }), StoreUnavailable)

  await client.query('commit')
  assert.equal(await engine.write('add', { id: 'a', value: 1 }), 8)
})

test('Postgres: the call after the bound is refused as overload, and what waits is still done', async (t) => {
  const url = await createDatabase(t)
  if (url === null) return
  const engine = await openFixture(t, url, { poolMax: 1, waitingMax: 1 })
  const client = await openClient(t, url)
  await engine.write('insert', { id: 'a', value: 0 })
  await client.query("begin; update items set value = 7 where id = 'a'")
  const first = engine.write('add', { id: 'a', value: 1 })
  await untilBlocked(client)

  const second = engine.write('add', { id: 'a', value: 1 })
  await assert.rejects(engine.write('add', { id: 'a', value: 1 }), Overloaded)

  await client.query('commit')
  assert.deepEqual(await Promise.all([first, second]), [8, 9])
})

test('Postgres: a transaction that deadlocks with another is tried again', async (t) => {
  const url = await createDatabase(t)
  if (url === null) return
  // The session that has waited for this long looks for a deadlock, and is the one that gives way.
  const engine = await openFixture(t, withSetting(url, 'deadlock_timeout=50ms'))
  const client = await openClient(t, url)
  await Promise.all(['a', 'b'].map((id) => engine.write('insert', { id, value: 0 })))
  await client.query("begin; update items set value = 100 where id = 'b'")
  const moving = engine.write('move', { from: 'a', to: 'b' })
  await untilBlocked(client)

  await client.query("update items set value = 100 where id = 'a'")
  await client.query('commit')
  await moving

  const rows = await engine.read(() => all(statements.list))
  assert.deepEqual(
    rows.map((row) => row.value),
    [99, 101],
  )
})

test('Postgres: a statement prepared before a migration changed its table still answers', async (t) => {
  const url = await createDatabase(t)
  if (url === null) return
  const engine = await openFixture(t, url, { poolMax: 1 })
  const client = await openClient(t, url)
  const everything = { name: 'everything', text: 'select * from items' }
  await engine.write('insert', { id: 'a', value: 1 })
  await engine.read(() => one(everything))

  await client.query('alter table items add column label text')

  assert.deepEqual({ ...(await engine.read(() => one(everything))) }, { id: 'a', value: 1, label: null })
})

test('Postgres: a COMMIT is on the disk whatever the database is set to, and a stronger promise is kept', async (t) => {
  const url = await createDatabase(t)
  if (url === null) return
  const promise = { name: 'promise', text: "select current_setting('synchronous_commit') as promise" }
  const read = async (setting: string): Promise<unknown> => {
    const engine = await openFixture(t, withSetting(url, `synchronous_commit=${setting}`))
    return (await engine.read(() => one(promise)))?.promise
  }

  assert.equal(await read('off'), 'on')
  assert.equal(await read('local'), 'on')
  assert.equal(await read('remote_write'), 'on')
  assert.equal(await read('remote_apply'), 'remote_apply')
})

test('Postgres: a standby is refused, since it answers with the past', async (t) => {
  const url = await createDatabase(t)
  if (url === null) return
  const client = await openClient(t, url)
  // A function of the same name that comes first stands in for a server that replays another's log.
  await client.query(`
    create function pg_is_in_recovery() returns boolean language sql as 'select true';
    do $$ begin execute format('alter database %I set search_path = public, pg_catalog', current_database()); end $$`)
  const engine = await openFixture(t, url)

  await assert.rejects(engine.ping(), {
    name: 'StoreUnavailable',
    message: 'The database server is a standby.',
  })
})

test('Postgres: large numbers are parsed for this engine alone', async (t) => {
  const url = await createDatabase(t)
  if (url === null) return
  const engine = await openFixture(t, url)
  await engine.write('insert', { id: 'a', value: 5 })

  assert.equal((await engine.read(() => one(statements.find, 'a')))?.value, 5)
  assert.equal(pg.types.getTypeParser(20)('5'), '5')
})

test('the driver of Postgres is loaded by those who open it, and by nobody else', (t) => {
  const file = join(createFolder(t), 'program.mjs')
  const toModule = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href)
  writeFileSync(
    file,
    `
    import { createRequire } from 'node:module'
    const isLoaded = () => Object.keys(createRequire(import.meta.url).cache).some((path) => /[\\\\/]pg[\\\\/]lib/.test(path))
    await import(${toModule('../sqlite/engine.ts')})
    await import(${toModule('../migrate.ts')})
    const { openPostgresEngine } = await import(${toModule('./engine.ts')})
    const before = isLoaded()
    await openPostgresEngine({ url: 'postgres://nobody@127.0.0.1:1/nothing' }, {})
    process.stdout.write(JSON.stringify([before, isLoaded()]))`,
  )

  const { stdout, stderr } = spawnSync(process.execPath, [...process.execArgv, file], { encoding: 'utf8' })

  assert.equal(stdout, '[false,true]', stderr)
})

test('Postgres: what may be undone by a crash does not wait for the disk, and nothing else is so', async (t) => {
  const url = await createDatabase(t)
  if (url === null) return
  const look = { name: 'look', text: `select current_setting('synchronous_commit') as mode` }
  const mode = function* (): Script<unknown> {
    return (yield* one(look))?.mode
  }
  // One connection: what is set for one transaction must not stay for the next.
  const engine = await openPostgresEngine({ url, poolMax: 1 }, { strict: mode, lenient: mode }, ['lenient'])
  t.after(() => engine.close())

  const modes = [
    await engine.write('strict', undefined),
    await engine.write('lenient', undefined),
    await engine.write('strict', undefined),
  ]

  assert.deepEqual(modes, ['on', 'off', 'on'])
})
