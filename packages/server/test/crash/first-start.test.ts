/** `kill -9` during the first start, at each step that it leaves a trace of: the next start must succeed. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { findKeyring } from '../../src/adapters/secrets-file.ts'
import { PASSWORD } from '../given.ts'
import { type Program, quiet, startProgram, temporaryFolder } from '../processes/spawn.ts'
import { call } from './calls.ts'
import { assertNoFlaws } from './flaws.ts'

type Sign = (folder: string) => boolean

const hasFile =
  (pattern: RegExp): Sign =>
  (folder) =>
    readdirSync(folder).some((name) => pattern.test(name))

const hasBytes =
  (name: string, bytes: number): Sign =>
  (folder) =>
    (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0) > bytes

/** In the order in which a start leaves them. */
const signs: Readonly<Record<string, Sign>> = {
  'the lock was taken': hasFile(/^server\.lock$/),
  'the root secret was drafted': hasFile(/^secrets\.json\./),
  'the root secret was written': hasFile(/^secrets\.json$/),
  'the database was made': hasFile(/^countersign\.db$/),
  'the log of the database was begun': hasBytes('countersign.db-wal', 0),
  'the schema was being written': hasBytes('countersign.db-wal', 50_000),
  'the migrated database was opened again': hasBytes('countersign.db', 50_000),
}

for (const [moment, sign] of Object.entries(signs)) {
  test(`a first start that was killed when ${moment} is made good by the next`, async (t) => {
    const folder = temporaryFolder(t)
    const settings = { ...quiet, COUNTERSIGN_DATA: folder }
    await killAt(startProgram(t, 'server', settings), () => sign(folder))
    const secret = assertWholeSecret(folder)

    const { url, setupLink } = await startProgram(t, 'server', settings).ready

    const ticket = setupLink?.split('#')[1] ?? ''
    const body = { ticket, email: 'admin@example.com', password: PASSWORD }
    assert.equal((await call(url, 'POST', '/v1/setup', { body })).status, 201)
    if (secret !== null) assert.equal(assertWholeSecret(folder), secret, 'The root secret was replaced.')
    await assertWholeDatabase(t, join(folder, 'countersign.db'))
  })
}

/** Looks as often as it can; a process that is ready before the sign was seen is killed as well. */
async function killAt(program: Program, isDue: () => boolean): Promise<void> {
  let isReady = false
  const ready = program.ready.then(() => {
    isReady = true
  })
  while (!isDue() && !isReady) await setImmediate()
  await program.end('SIGKILL')
  await ready.catch(() => undefined)
}

/** The root secret is there as a whole or not at all. Answers the text of its file. */
function assertWholeSecret(folder: string): string | null {
  if (!readdirSync(folder).includes('secrets.json')) return null
  const { source } = findKeyring({ setting: null, dataFolder: folder, embedded: true })
  assert.equal(source, 'file')
  return readFileSync(join(folder, 'secrets.json'), 'utf8')
}

async function assertWholeDatabase(t: TestContext, file: string): Promise<void> {
  const db = new DatabaseSync(file, { readOnly: true })
  t.after(() => db.close())
  await assertNoFlaws(async (text) => db.prepare(text).all())
}
