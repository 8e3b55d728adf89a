// Runs the runner on small sets of test files: what fails a run, what is called skipped, and what is left after Ctrl-C.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'

const RUNNER = join(import.meta.dirname, 'test.ts')
const APPEAR_LIMIT_MS = 60_000
const PASSING = `import { test } from 'node:test'; test('passes', () => {})`

test('a failing test, and a file that does not load, fail the run', async (t) => {
  const failing = await givenTests(t, {
    'a.test.ts': `import { test } from 'node:test'; test('x', () => { throw 1 })`,
  })
  const broken = await givenTests(t, { 'a.test.ts': PASSING, 'b.test.ts': `import './missing.ts'` })

  const outcomes = [await runTests(failing), await runTests(broken)]

  assert.deepEqual([outcomes[0]?.code, outcomes[1]?.code], [1, 1])
  assert.match(outcomes[1]?.output ?? '', /ℹ pass 1\nℹ fail 1/)
})

test('a skipped test passes with the block SKIPPED, and fails under --strict and under CI=true', async (t) => {
  const root = await givenTests(t, {
    'a.test.ts': `import { test } from 'node:test'; test('walks', (t) => t.skip('the moon is away'))`,
  })

  const lenient = await runTests(root)
  const strict = await runTests(root, ['--strict'])
  const inCi = await runTests(root, [], { CI: 'true' })

  assert.deepEqual([lenient.code, strict.code, inCi.code], [0, 1, 1])
  for (const { output } of [lenient, strict, inCi]) {
    assert.match(
      output,
      /SKIPPED: 1 not tested[\s\S]*packages\/a\/src\/a\.test\.ts: walks\n {4}the moon is away/,
    )
  }
})

test('a test marked as todo, and a file without a test, count as skipped', async (t) => {
  const root = await givenTests(t, {
    'a.test.ts': `import { test } from 'node:test'; test('later', { todo: true }, () => {})`,
    'b.test.ts': 'export {}',
  })

  const { code, output } = await runTests(root, ['--strict'])

  assert.equal(code, 1)
  assert.match(output, /a\.test\.ts: later\n/)
  assert.match(output, /b\.test\.ts\n {4}a file without a test/)
})

test('when all pass, the summary of Node is there and nothing is said of skipping', async (t) => {
  const root = await givenTests(t, { 'a.test.ts': PASSING })

  const { code, output } = await runTests(root, ['--strict'])

  assert.equal(code, 0)
  assert.match(output, /ℹ tests 1\n[\s\S]*ℹ pass 1\nℹ fail 0/)
  assert.doesNotMatch(output, /SKIPPED/)
})

test('--only runs the files with the text in their path, and fails when there is none', async (t) => {
  const root = await givenTests(t, { 'a.test.ts': PASSING, 'b.test.ts': `throw new Error('ran b')` })

  const one = await runTests(root, ['--only', '/a.test'])
  const none = await runTests(root, ['--only', 'store'])

  assert.equal(one.code, 0)
  assert.equal(none.code, 1)
  assert.match(none.output, /No test file with "store"/)
})

test('how long each file took is told at the end', async (t) => {
  const root = await givenTests(t, { 'a.test.ts': PASSING, 'b.test.ts': PASSING })

  const { output } = await runTests(root)

  const told = output.slice(output.indexOf('The slowest of 2 files, in seconds:'))
  assert.match(told, /^ +[\d.]+ {2}packages\/a\/src\/a\.test\.ts$/m)
  assert.match(told, /^ +[\d.]+ {2}packages\/a\/src\/b\.test\.ts$/m)
})

test('files that hold promises against real time have a turn before all others', async (t) => {
  const telling = `import { getPriority } from 'node:os'; import { test } from 'node:test'
    test('tells', (t) => t.diagnostic('niceness ' + getPriority()))`
  const root = await givenTests(t, {
    'a.test.ts': telling,
    '../../server/test/history/real/b.test.ts': telling,
  })

  const { output } = await runTests(root)

  const found = [...output.matchAll(/niceness (\d+)/g)].map(([, niceness]) => Number(niceness))
  assert.equal(found.length, 2)
  assert.ok(Math.min(...found) < Math.max(...found), output)
  // The one in real time is begun first, and told first.
  assert.equal(found[0], Math.min(...found))
})

test('an unknown argument is refused with the usage', async (t) => {
  const root = await givenTests(t, { 'a.test.ts': PASSING })

  const { code, output } = await runTests(root, ['--onyl', 'a'])

  assert.equal(code, 2)
  assert.match(output, /--onyl[\s\S]*Usage/)
})

test('a Postgres that cannot be had is a skip with the reason', async (t) => {
  const root = await givenTests(t, { 'a.test.ts': PASSING })

  const { code, output } = await runTests(root, ['--strict'], {
    COUNTERSIGN_TEST_POSTGRES: '',
    TMPDIR: join(root, 'missing'),
  })

  assert.equal(code, 1)
  assert.match(output, /everything on Postgres\n {4}ENOENT/)
})

test('a file that hangs and a file that loops for ever are ended and fail, and the others still run', async (t) => {
  const root = await givenTests(t, {
    'a.test.ts': `import { test } from 'node:test'; test('waits', () => new Promise(() => setInterval(() => {}, 1000)))`,
    'b.test.ts': `import { test } from 'node:test'; test('loops', () => { while (true); })`,
    'c.test.ts': PASSING,
  })

  const { code, output } = await runTests(root, [], { COUNTERSIGN_TEST_FILE_LIMIT_MS: '1000' })

  assert.equal(code, 1)
  assert.match(output, /✖ waits/)
  assert.match(output, /This file took longer than 1000 ms and was ended/)
  assert.match(output, /ℹ pass 1\n/)
})

test('Ctrl-C ends the test files and stops the Postgres of the run', async (t) => {
  const root = await givenTests(t, {
    'a.test.ts': `import { writeFileSync } from 'node:fs'; import { test } from 'node:test'
      test('hangs', async () => {
        writeFileSync('seen.json', JSON.stringify([process.pid, process.env.COUNTERSIGN_TEST_POSTGRES]))
        await new Promise(() => setInterval(() => {}, 1000))
      })`,
  })
  const runner = startTests(root, [], { COUNTERSIGN_TEST_POSTGRES: '' })
  const ended = once(runner, 'exit')
  const [pid, url] = await readWhenWritten(join(root, 'seen.json'))

  runner.kill('SIGINT')
  const [code] = await ended

  assert.equal(code, 130)
  assert.throws(() => process.kill(Number(pid), 0), { code: 'ESRCH' })
  await assert.rejects(new Client({ connectionString: String(url) }).connect(), { code: 'ECONNREFUSED' })
})

async function givenTests(t: TestContext, files: Record<string, string>): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'countersign-runner-')))
  t.after(() => rm(root, { recursive: true }))
  for (const [name, text] of Object.entries(files)) {
    const file = join(root, 'packages/a/src', name)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
  return root
}

type Ended = { readonly code: number | null; readonly output: string }

async function runTests(root: string, args: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const runner = startTests(root, args, env)
  let output = ''
  for (const stream of [runner.stdout, runner.stderr]) stream?.on('data', (text) => (output += String(text)))
  const [code] = await once(runner, 'close')
  return { code: typeof code === 'number' ? code : null, output }
}

// By default no server is started: the address stands for one that these tests never ask.
function startTests(root: string, args: string[], env: NodeJS.ProcessEnv): ChildProcess {
  const surroundings = {
    ...process.env,
    CI: '',
    COUNTERSIGN_TEST_POSTGRES: 'postgres://127.0.0.1:1/unused',
    NODE_TEST_CONTEXT: undefined, // Set in every test; with it, a runner believes to be a test itself.
    ...env,
  }
  return spawn(process.execPath, ['--conditions=source', RUNNER, ...args], { cwd: root, env: surroundings })
}

async function readWhenWritten(file: string): Promise<unknown[]> {
  const deadline = performance.now() + APPEAR_LIMIT_MS
  while (performance.now() < deadline) {
    const text = await readFile(file, 'utf8').catch(() => '')
    const values: unknown = text.endsWith(']') ? JSON.parse(text) : undefined
    if (Array.isArray(values)) return values
    await pause(20)
  }
  throw new Error(`${file} did not appear`)
}
