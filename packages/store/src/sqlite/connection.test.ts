/** How files and connections are set up: what makes a COMMIT durable, who may read the files, what is refused. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createFile, createFolder, openFixture } from '../../test/given-sqlite.ts'
import { openReadingConnection, openWritingConnection } from './connection.ts'

test('a file that is no database is refused with its name, and is left as it is', (t) => {
  const file = join(createFolder(t), 'data.db')
  writeFileSync(file, 'Dear diary, '.repeat(1_000))

  assert.throws(() => openWritingConnection(file), { message: `The file ${file} is not a SQLite database.` })
  assert.equal(statSync(file).size, 12_000)
})

test('a folder that is a file is refused with its name', (t) => {
  const folder = join(createFolder(t), 'data')
  writeFileSync(folder, '')

  for (const file of [join(folder, 'data.db'), join(folder, 'deeper', 'data.db')]) {
    assert.throws(() => openWritingConnection(file), /^Error: The path .* is not a folder\.$/)
  }
})

test('a folder and a file that this user cannot write to are refused with their names', (t) => {
  if (process.getuid?.() !== 0) return t.skip('only root can become a user without rights')
  const folder = createFolder(t)
  const file = join(folder, 'data.db')
  openWritingConnection(file).close()

  const missing = openAsNobody(join(folder, 'missing', 'data.db'))
  const existing = openAsNobody(file)

  assert.equal(missing, `The folder ${join(folder, 'missing')} cannot be written to by this user.`)
  assert.equal(existing, `The folder ${folder} cannot be written to by this user.`)
})

/** Opens a file in a process that has given up its rights after loading the code; answers what it was told. */
function openAsNobody(file: string): string {
  const program = `
    import { openWritingConnection } from ${JSON.stringify(new URL('./connection.ts', import.meta.url).href)}
    process.setgid(65534)
    process.setuid(65534)
    try { openWritingConnection(${JSON.stringify(file)}) } catch (error) { process.stdout.write(error.message) }`
  const args = [...process.execArgv, '--input-type=module', '--eval', program]
  return spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout
}

test('opening the engine on what is no database says so', async (t) => {
  const file = join(createFolder(t), 'data.db')
  writeFileSync(file, 'Dear diary, '.repeat(1_000))

  await assert.rejects(openFixture(file), { message: `The file ${file} is not a SQLite database.` })
})

test('opening the engine with a registry that is not there says so', async (t) => {
  const file = await createFile(t)

  const opening = openFixture(file, { transactionsModule: new URL('./missing.ts', import.meta.url) })

  await assert.rejects(opening, /missing\.ts/)
})

test('the reading connection cannot write', async (t) => {
  const connection = openReadingConnection(await createFile(t))
  t.after(() => connection.close())

  assert.throws(() => connection.run("insert into items (id, value) values ('a', 1)"), /readonly/)
})

test('the writing connection syncs at every COMMIT, on macOS to the drive, and enforces foreign keys', (t) => {
  const connection = openWritingConnection(join(createFolder(t), 'data.db'))
  t.after(() => connection.close())
  const read = (pragma: string): unknown => Object.values(connection.query(`pragma ${pragma}`)[0] ?? {})[0]

  assert.equal(read('journal_mode'), 'wal')
  assert.equal(read('synchronous'), 2)
  assert.equal(read('fullfsync'), 1)
  assert.equal(read('checkpoint_fullfsync'), 1)
  assert.equal(read('foreign_keys'), 1)
})

test('folder, file, log and index are for this user alone', async (t) => {
  if (process.platform === 'win32') return t.skip('Windows has no modes')
  const folder = join(createFolder(t), 'made', 'here')
  mkdirSync(join(folder, '..'))
  const connection = openWritingConnection(join(folder, 'data.db'))
  t.after(() => connection.close())
  connection.run('create table items (id text)')

  const modes = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777])

  assert.equal(statSync(folder).mode & 0o777, 0o700)
  assert.deepEqual(modes, [
    ['data.db', 0o600],
    ['data.db-shm', 0o600],
    ['data.db-wal', 0o600],
  ])
})

test('closing the engine moves the log into the file', async (t) => {
  const file = await createFile(t)
  const engine = await openFixture(file)
  await engine.write('insert', { id: 'a', value: 1 })

  await engine.close()

  assert.deepEqual(readdirSync(join(file, '..')), ['data.db'])
})
