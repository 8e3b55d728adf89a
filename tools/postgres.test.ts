// Kills, starves and leaves behind real servers, to see that a committed row survives and that nothing else does.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { createTestDatabase, type PostgresServer, requireTestDatabase, startPostgres } from './postgres.ts'
import { findByFamily, findByFolder } from './postgres-processes.ts'
import { findProgram } from './programs.ts'

const SETTLE_LIMIT_MS = 20_000

let server: PostgresServer
before(async () => {
  server = await startPostgres()
})
after(() => server.stop())

test('a committed row survives SIGKILL of the whole server, an uncommitted one does not', async () => {
  const database = await createTestDatabase(server.url)
  const client = await connect(database.url)
  client.on('error', () => {}) // The kill cuts this connection.
  await client.query('create table seen (name text)')
  await client.query(`insert into seen values ('committed')`)
  await client.query('begin')
  await client.query(`insert into seen values ('open')`)
  const port = server.port
  const [pid] = (await readFile(join(server.dataDirectory, 'postmaster.pid'), 'utf8')).split('\n')

  await server.kill9()
  // The next server would take it for one that lives.
  assert.throws(() => process.kill(Number(pid), 0), { code: 'ESRCH' })
  const whileDead = await connect(database.url).catch((error: unknown) => error)
  await server.restart()

  assert.ok(whileDead instanceof Error && 'code' in whileDead && whileDead.code === 'ECONNREFUSED')
  assert.equal(server.port, port)
  assert.deepEqual(await query(database.url, 'select name from seen'), [{ name: 'committed' }])
})

test('the server writes durably: fsync, synchronous commits and full pages are on', async () => {
  const settings = ['fsync', 'synchronous_commit', 'full_page_writes', 'max_connections', 'shared_buffers']
  const list = settings.map((name) => `'${name}'`).join(', ')

  const rows = await query(server.url, `select name, setting from pg_settings where name in (${list})`)

  assert.deepEqual(Object.fromEntries(rows.map((row) => [row.name, row.setting])), {
    fsync: 'on',
    full_page_writes: 'on',
    max_connections: '50',
    shared_buffers: '4096', // Pages of 8 kB: 32 MB.
    synchronous_commit: 'on',
  })
})

test('a wrong password is refused', async () => {
  const url = new URL(server.url)
  url.password = 'wrong'

  await assert.rejects(connect(url.href), /password authentication failed/)
})

test('stop removes processes, folder and shared memory, also after a kill and when asked twice', async (t) => {
  const directory = await givenFolder(t, 0o755)
  const memoryBefore = await readSharedMemory()
  const killed = await startPostgres({ directory })
  const folders = await readdir(directory)
  await killed.kill9()

  await Promise.all([killed.stop(), killed.stop()])

  assert.equal(folders.length, 1)
  assert.deepEqual(findByFolder(killed.dataDirectory), [])
  assert.deepEqual(await readdir(directory), [])
  assert.deepEqual(await readSharedMemory(), memoryBefore)
})

test('a process that is killed leaves neither its server nor its folder behind', async () => {
  const program = spawn(process.execPath, [join(import.meta.dirname, 'postgres.ts')])
  const [printed] = await once(program.stdout, 'data')
  const url = String(printed).split('\n')[0] ?? ''
  const [row] = await query(url, `select setting from pg_settings where name = 'data_directory'`)
  const dataDirectory = String(row?.setting)
  const processes = findByFolder(dataDirectory)

  program.kill('SIGKILL')
  const gone = await until(() => !existsSync(dirname(dataDirectory)))

  assert.ok(processes.length > 3)
  assert.ok(gone)
  assert.deepEqual(findByFolder(dataDirectory), [])
})

test('both ways to find the processes of a server agree', async (t) => {
  if (findProgram('ps') === undefined) return t.skip('ps is not installed: apt-get install procps')

  const byFamily = findByFamily(server.dataDirectory)

  assert.deepEqual(byFamily.sort(), findByFolder(server.dataDirectory).sort())
  assert.deepEqual(findByFamily(`${server.dataDirectory}-other`), [])
})

test('a database is created for one test, and dropped although a connection is still open', async () => {
  const [first, second] = await Promise.all([createTestDatabase(server.url), createTestDatabase(server.url)])
  const left = await connect(first.url)
  left.on('error', () => {}) // Dropping the database ends it.

  await first.drop()

  await assert.rejects(connect(first.url), /does not exist/)
  assert.deepEqual(await query(second.url, 'select current_database() as name'), [
    { name: new URL(second.url).pathname.slice(1) },
  ])
})

test('a test without a server is skipped with the reason', async (t) => {
  const before = process.env.COUNTERSIGN_TEST_POSTGRES
  t.after(() => restoreVariable(before))
  delete process.env.COUNTERSIGN_TEST_POSTGRES
  const reasons: unknown[] = []

  const url = await requireTestDatabase({ skip: (reason) => void reasons.push(reason), after: () => {} })

  assert.equal(url, undefined)
  assert.match(String(reasons[0]), /no Postgres.*npm test/)
})

test('a folder that the server cannot enter is refused in words, and nothing stays', async (t) => {
  const directory = await givenFolder(t, 0o700)

  if (process.getuid?.() === 0) await assert.rejects(startPostgres({ directory }), /nobody.*cannot enter/)
  await assert.rejects(startPostgres({ directory: join(directory, 'missing') }), /ENOENT/)

  assert.deepEqual(await readdir(directory), [])
})

// When this is run by root, the server is another user, who must be able to pass through.
async function givenFolder(t: TestContext, mode: number): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-test-'))
  t.after(() => rm(directory, { recursive: true }))
  await chmod(directory, mode)
  return directory
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  await client.connect()
  return client
}

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = await connect(url)
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end()
  }
}

// The ids of the system's System V segments, where the system shows them.
async function readSharedMemory(): Promise<(string | undefined)[]> {
  if (!existsSync('/proc/sysvipc/shm')) return []
  const lines = (await readFile('/proc/sysvipc/shm', 'utf8')).trim().split('\n').slice(1)
  return lines.map((line) => line.trim().split(/\s+/)[1])
}

async function until(condition: () => boolean): Promise<boolean> {
  const deadline = performance.now() + SETTLE_LIMIT_MS
  while (!condition() && performance.now() < deadline) await pause(20)
  return condition()
}

function restoreVariable(value: string | undefined): void {
  if (value === undefined) delete process.env.COUNTERSIGN_TEST_POSTGRES
  else process.env.COUNTERSIGN_TEST_POSTGRES = value
}
