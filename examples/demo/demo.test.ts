import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { createDemo } from './run.ts'
import { createStage, type Step } from './stage.ts'
import { openTown, type Pace } from './town.ts'

const execute = promisify(execFile)
const DEMO = join(import.meta.dirname, 'demo.ts')
const PACE: Pace = { leaseSeconds: 2, signInAgeMaxSeconds: 3 }

test('what does not go as told ends the demo with exit code 1, and everything is closed, the last thing first', async () => {
  const closed: string[] = []
  const lines: string[] = []
  const demo = createDemo(plainStage(lines), PACE, async (_stage, _pace, keep) => {
    keep({ close: async () => void closed.push('authority') })
    keep({ close: async () => void closed.push('gym') })
    throw new Error('The pool is closed today.')
  })

  const code = await demo.play()

  assert.equal(code, 1)
  assert.deepEqual(closed, ['gym', 'authority'])
  assert.match(lines.at(-1) ?? '', /failed The pool is closed today\./)
})

test('a place that lets in what was confirmed as revoked ends the demo with exit code 1', async (t) => {
  const gullible = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1')
  await once(gullible, 'listening')
  t.after(() => gullible.close())
  t.after(() => gullible.closeAllConnections())
  const lines: string[] = []
  const demo = createDemo(plainStage(lines), PACE, async (stage, pace, keep) => ({
    ...(await openTown(stage, pace, keep)),
    pool: `http://127.0.0.1:${(gullible.address() as AddressInfo).port}`,
  }))

  const code = await demo.play()

  assert.equal(code, 1)
  assert.match(lines.at(-1) ?? '', /failed Somebody was let in with what was confirmed as revoked\./)
})

test('the demo plays to its end against real processes, whatever is set around it, and leaves nothing behind', async (t) => {
  // Settings that would break it: the demo must not read them, since they could name somebody's database.
  const around = { COUNTERSIGN_DATABASE: 'nonsense', GYM_KEY: 'nonsense', POOL_PORT: '1' }
  const folder = await makeFolder(t)
  const env = { ...inFolder(folder), ...around }

  const { stdout } = await execute(process.execPath, ['--conditions=source', DEMO, '--fast', '--json'], {
    env,
  })

  const { ok, steps }: { ok: boolean; steps: Step[] } = JSON.parse(stdout)
  assert.equal(ok, true)
  const revocations = steps.flatMap(({ revocation }) => (revocation === undefined ? [] : [revocation]))
  assert.deepEqual(
    revocations.map(({ confirmed, verifiers, acknowledged, lapsed }) => [
      confirmed,
      verifiers,
      acknowledged,
      lapsed,
    ]),
    [
      [true, 3, 3, 0],
      [true, 3, 3, 0],
      [true, 3, 3, 0],
      [true, 3, 3, 0],
      [true, 3, 2, 1],
    ],
  )
  assert.deepEqual(
    revocations.map(({ refused }) => refused.map(({ where, status }) => `${where} ${status}`)),
    [
      ['gym 401', 'gym 401'],
      ['pool 401'],
      ['gym 401'],
      ['gym 401', 'gym 401', 'pool 401'],
      ['gym 401', 'pool 503'],
    ],
  )
  assert.deepEqual(await demosIn(folder), [])
  assert.doesNotMatch(stdout, /cs_(?:ses|ref|key)live_\w+_\w{40}|eyJ/)
})

test('a demo that is ended in the middle of its story leaves nothing behind', async (t) => {
  const folder = await makeFolder(t)
  const demo = spawn(process.execPath, ['--conditions=source', DEMO, '--fast'], {
    env: inFolder(folder),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  for await (const line of createInterface({ input: demo.stdout })) {
    printed += `${line}\n`
    if (!line.includes('Mia signs up')) continue
    assert.equal((await demosIn(folder)).length, 1)
    demo.kill('SIGTERM')
  }
  if (demo.exitCode === null) await once(demo, 'exit')

  assert.equal(demo.exitCode, 143)
  const places = [...new Set(printed.match(/http:\/\/[\d.a-z]+:\d+/g))]
  assert.equal(places.length, 3)
  for (const place of places) await assert.rejects(fetch(place))
  assert.deepEqual(await demosIn(folder), [])
})

test('unknown arguments are told, with exit code 2; --help is no failure', async () => {
  const help = await execute(process.execPath, ['--conditions=source', DEMO, '--help'])
  const wrong: unknown = await execute(process.execPath, ['--conditions=source', DEMO, '--quickly']).catch(
    (error: unknown) => error,
  )

  assert.match(help.stdout, /^Plays the story/)
  assert.ok(wrong instanceof Error && 'code' in wrong && 'stderr' in wrong)
  assert.equal(wrong.code, 2)
  assert.match(String(wrong.stderr), /--fast/)
})

test('off a terminal the demo is plain lines without colour', () => {
  const lines: string[] = []
  const stage = plainStage(lines)

  stage.chapter('A chapter', 'With words.')
  stage.end(null)

  assert.ok(!lines.join('\n').includes(String.fromCharCode(27)))
  assert.doesNotMatch(lines.join('\n'), /[─│╭✓]/)
})

for (const columns of [20, 80, 240]) {
  test(`no line is wider than a terminal of ${columns} columns, within what can be read`, async () => {
    const lines: string[] = []
    const stage = createStage({
      mode: 'drawn',
      colour: false,
      columns,
      write: (text) => void lines.push(...text.split('\n')),
    })
    const words = 'what is told about this takes more room than there is '.repeat(4).trim()

    stage.chapter('A chapter', words)
    await stage.step(
      words,
      async () => 1,
      () => words,
    )

    const widest = Math.max(...lines.map((line) => line.length))
    assert.ok(widest <= Math.min(Math.max(columns, 60), 100), `${widest}`)
  })
}

const plainStage = (lines: string[]): ReturnType<typeof createStage> =>
  createStage({ mode: 'plain', colour: false, columns: 80, write: (line) => void lines.push(line) })

/** A place for temporary files of one test alone: others have demos and authorities going at the same time. */
async function makeFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-test-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const inFolder = (folder: string): NodeJS.ProcessEnv => ({
  ...process.env,
  TMPDIR: folder,
  TEMP: folder,
  TMP: folder,
})

const demosIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.startsWith('countersign-demo-'))
