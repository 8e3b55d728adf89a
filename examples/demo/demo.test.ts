import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import type { DemoAuthority } from './authority.ts'
import { runDemo } from './run.ts'
import { createStage, type Step } from './stage.ts'

const execute = promisify(execFile)
const DEMO = join(import.meta.dirname, 'demo.ts')

test('an authority that cannot be reached ends the demo with exit code 1, and it is stopped all the same', async () => {
  let closed = 0
  const authority: DemoAuthority = {
    url: `http://localhost:${await closedPort()}`,
    folder: '',
    administratorKey: 'cs_keylive_x',
    startMs: 0,
    close: async () => {
      closed += 1
    },
  }
  const lines: string[] = []

  const code = await runDemo(plainStage(lines), async () => authority)

  assert.equal(code, 1)
  assert.equal(closed, 1)
  assert.match(lines.at(-1) ?? '', /failed The authority at http:\/\/localhost:\d+ cannot be reached/)
})

test('an authority that does not start ends the demo with exit code 1 and its words', async () => {
  const lines: string[] = []

  const code = await runDemo(plainStage(lines), () => Promise.reject(new Error('The port is taken.')))

  assert.equal(code, 1)
  assert.match(lines.at(-1) ?? '', /failed The port is taken\./)
})

test('the demo plays to its end against a real authority, whatever is set around it, and leaves nothing behind', async () => {
  // Settings that would break it: the demo must not read them, since they could name somebody's database.
  const env = { ...process.env, COUNTERSIGN_DATABASE: 'nonsense', COUNTERSIGN_SIGN_UP: 'closed' }
  const before = await foldersLeft()

  const { stdout } = await execute(process.execPath, ['--conditions=source', DEMO, '--json'], { env })

  const { ok, steps }: { ok: boolean; steps: Step[] } = JSON.parse(stdout)
  assert.equal(ok, true)
  const refusals = steps.flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal]))
  assert.deepEqual(
    refusals.map(({ confirmed, code }) => [confirmed, code]),
    [
      [true, 'invalid_credential'],
      [true, 'invalid_credential'],
      [true, 'invalid_credential'],
      [true, 'invalid_grant'],
      [true, 'invalid_credential'],
    ],
  )
  assert.deepEqual(
    (await foldersLeft()).filter((name) => !before.includes(name)),
    [],
  )
  assert.doesNotMatch(stdout, /cs_(?:ses|ref|key)live_\w+_\w{40}|eyJ/)
})

test('off a terminal the demo is plain lines without colour', () => {
  const lines: string[] = []
  const stage = createStage({
    mode: 'plain',
    colour: false,
    columns: 80,
    write: (line) => void lines.push(line),
  })

  stage.chapter('A chapter')
  stage.end(null)

  assert.ok(!lines.join('\n').includes(String.fromCharCode(27)))
  assert.doesNotMatch(lines.join('\n'), /[─│╭]/)
})

const plainStage = (lines: string[]): ReturnType<typeof createStage> =>
  createStage({ mode: 'plain', colour: false, columns: 80, write: (line) => void lines.push(line) })

/** Folders of demos that other tests have going are not this one's. */
const foldersLeft = async (): Promise<string[]> =>
  (await readdir(tmpdir())).filter((name) => name.startsWith('countersign-demo-'))

async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise((resolve) => {
    server.close(resolve)
  })
  assert.ok(typeof address === 'object' && address !== null)
  return address.port
}
