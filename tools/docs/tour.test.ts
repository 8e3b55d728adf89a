// Does what the README tells a stranger to do: starts the server, and runs the blocks of the tour in one bash, in their order. What
// each prints must be what the README shows; `…` there stands for anything within a line.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { findProgram } from '../programs.ts'
import { ROOT, readDocument, readFences, readSection } from './markdown.ts'
import { findFreePort, type RunningServer, startAsShown, toPattern } from './tour-server.ts'

const NEEDED = ['bash', 'curl', 'npm', 'node', 'script']
const missing = NEEDED.filter((name) => findProgram(name) === undefined)
const skip = missing.length > 0 && `${missing.join(', ')} not found on the PATH; the README's commands need it`

const readme = readDocument('README.md')
const shownStart = readFences(readSection(readme, 'Start')).find(({ language }) => language === 'text')
const fences = readFences(readSection(readme, 'Five-minute tour'))
const steps = fences.flatMap((fence, index) => {
  if (fence.language !== 'bash') return []
  return [{ heading: fence.heading, script: fence.body, shown: fences[index + 1] }]
})

let server: RunningServer
let outputs: readonly string[]

before(async () => {
  if (skip !== false) return
  server = await startAsShown(await mkdtemp(join(tmpdir(), 'countersign-tour-')), await findFreePort())
  outputs = await runInBash(steps.map(({ script }) => script))
})
after(async () => {
  if (skip !== false) return
  await server.stop()
  await rm(server.folder, { recursive: true, force: true })
})

test('every block of commands in the tour is followed by what it prints', () => {
  assert.ok(steps.length >= 15)

  assert.deepEqual(
    fences.map(({ language }) => language),
    steps.flatMap(() => ['bash', 'text']),
  )
})

test('the start prints what the README shows', { skip }, () => {
  assert.match(server.printed, toPattern(`${shownStart?.body}`.replaceAll('4000', String(server.port)), 'anywhere'))
})

for (const [index, { heading, shown }] of steps.entries()) {
  test(`block ${index + 1} of the tour, "${heading}", prints what the README shows`, { skip }, () => {
    assert.match(outputs[index] ?? '', toPattern(shown?.body ?? '', 'whole'))
  })
}

test('Ctrl-C stops the server that the tour ran against', { skip }, async () => {
  const exitCode = await server.stop()

  assert.equal(exitCode, 0)
})

/** Runs scripts one after the other in one shell and gives what each of them printed. */
async function runInBash(scripts: readonly string[]): Promise<string[]> {
  const mark = `--- end of block ${process.pid} ---`
  const text = scripts.map((script) => `${script}\nprintf '%s\\n' '${mark}'`).join('\n')
  const bash = spawn('bash', ['--noprofile', '--norc', '-c', text], {
    cwd: ROOT,
    env: server.environment,
    // Complaints are shown with the test's own, and are no part of what the README shows.
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  for await (const chunk of bash.stdout.setEncoding('utf8')) printed += chunk
  return printed.split(`${mark}\n`).slice(0, scripts.length)
}
