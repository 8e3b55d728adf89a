/** One server per folder, whatever happened to the one before. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createFolder } from '../test/given-sqlite.ts'
import { openDataLock } from './data-lock.ts'

/** A process that holds the lock until it is killed, although it has forgotten about it. */
async function spawnHolder(folder: string): Promise<ChildProcess> {
  const program = `
    import { openDataLock } from ${JSON.stringify(new URL('./data-lock.ts', import.meta.url).href)}
    openDataLock(${JSON.stringify(folder)})
    gc()
    process.stdout.write('held')
    setInterval(() => {}, 60_000)`
  const args = [...process.execArgv, '--expose-gc', '--input-type=module', '--eval', program]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  assert.ok(child.stdout)
  await once(child.stdout, 'data')
  return child
}

const taken = (folder: string): { message: string } => ({
  message: `Another Countersign server is already running on the folder ${folder}.`,
})

test('a second process on the same folder is refused, until the first one was killed', async (t) => {
  const folder = createFolder(t)
  const holder = await spawnHolder(folder)
  t.after(() => holder.kill('SIGKILL'))

  assert.throws(() => openDataLock(folder), taken(folder))
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  openDataLock(folder).close()
})

test('the same process is refused too, and opening in vain does not loosen the lock', async (t) => {
  const folder = createFolder(t)
  const lock = openDataLock(folder)

  assert.throws(() => openDataLock(folder), taken(folder))
  assert.throws(() => openDataLock(folder), taken(folder))
  lock.close()
  openDataLock(folder).close()
  lock.close()
})

test('a lock file that is something else is refused without being called a second server', (t) => {
  const folder = createFolder(t)
  writeFileSync(join(folder, 'server.lock'), 'Dear diary, '.repeat(1_000))

  assert.throws(() => openDataLock(folder), /^Error: The lock .*server\.lock cannot be taken\.$/)
})

test('the folder is made when it is missing, and the lock leaves one empty file of this user', (t) => {
  const folder = join(createFolder(t), 'data')

  const lock = openDataLock(folder)
  t.after(() => lock.close())

  assert.deepEqual(readdirSync(folder), ['server.lock'])
  assert.equal(statSync(join(folder, 'server.lock')).size, 0)
  if (process.platform !== 'win32') assert.equal(statSync(join(folder, 'server.lock')).mode & 0o777, 0o600)
})
