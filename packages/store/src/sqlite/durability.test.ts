/** Counts what the operating system is asked to put on the disk: one sync for each group, and none less. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createFolder } from '../../test/given-sqlite.ts'

const WRITES_IN_GROUP = 16

test('a group of writes is one sync of the disk, before anybody in it is answered', (t) => {
  if (process.platform !== 'linux') return t.skip('strace counts system calls on Linux only')
  if (spawnSync('strace', ['-c', 'true']).status !== 0) return t.skip('strace is missing or may not trace')
  const folder = createFolder(t)

  const few = traceGroups(folder, 10)
  const many = traceGroups(folder, 30)

  // Opening and closing sync as well, equally often in both runs.
  assert.equal(many.syncs - few.syncs, 20)
  assert.equal(few.answers, 10)
  // The program writes a line to its output as soon as a group was answered.
  assert.match(few.order, /^[^a]*(sa){10}[^a]*$/)
})

test('what need not be on the disk to be answered is there with the next write that must', (t) => {
  if (process.platform !== 'linux') return t.skip('strace counts system calls on Linux only')
  if (spawnSync('strace', ['-c', 'true']).status !== 0) return t.skip('strace is missing or may not trace')
  const folder = createFolder(t)

  const few = traceGroups(folder, 10, 3)
  const many = traceGroups(folder, 30, 3)

  assert.equal(many.syncs - few.syncs, 20)
  // Three are answered without a sync, and then those that wait for one.
  assert.match(few.order, /^[^a]*(aaasa){10}[^a]*$/)
})

interface Trace {
  readonly syncs: number
  readonly answers: number
  /** `s` for each sync and `a` for each line that tells of a group's answers, as they happened. */
  readonly order: string
}

/**
 * Runs `groups` groups one after the other in a process of their own and reads what it asked the system for; before each
 * of them as many single writes that need not wait for the disk as `relaxed` says.
 */
function traceGroups(folder: string, groups: number, relaxed = 0): Trace {
  const trace = join(folder, `trace-${groups}`)
  const program = `
    import { writeSync } from 'node:fs'
    import { migrateSqlite } from ${toModule('../migrate.ts')}
    import { fixtureMigrations } from ${toModule('../../test/engine-fixture.ts')}
    import { openFixture } from ${toModule('../../test/given-sqlite.ts')}
    const file = ${JSON.stringify(join(folder, `data-${groups}.db`))}
    await migrateSqlite(file, fixtureMigrations, 0)
    // However slowly the traced process runs, its groups are not cut for time.
    const engine = await openFixture(file, { groupMsMax: 60_000, relaxed: ['insertPair'] })
    for (let group = 0; group < ${groups}; group += 1) {
      for (let count = 0; count < ${relaxed}; count += 1) {
        await engine.write('insertPair', { id: group + '-' + count })
        writeSync(1, 'answered')
      }
      const ids = Array.from({ length: ${WRITES_IN_GROUP} }, (_, index) => group + '-' + index)
      await Promise.all(ids.map((id) => engine.write('insert', { id, value: 1 })))
      writeSync(1, 'answered')
    }
    await engine.close()`
  const file = join(folder, 'groups.mjs')
  writeFileSync(file, program)
  const strace = ['-f', '-e', 'trace=fdatasync,fsync,write', '-o', trace]
  const { status, stderr } = spawnSync('strace', [...strace, process.execPath, ...process.execArgv, file], {
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
  const order = readFileSync(trace, 'utf8').split('\n').map(toSign).join('')
  return { order, syncs: order.replaceAll('a', '').length, answers: order.replaceAll('s', '').length }
}

/** A call that another thread interrupts is printed twice; only its beginning counts. */
function toSign(line: string): string {
  if (/^\d+ +(?:fdatasync|fsync)\(/.test(line)) return 's'
  return /^\d+ +write\(1, "answered"/.test(line) ? 'a' : ''
}

const toModule = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href)
