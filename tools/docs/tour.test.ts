// Does what the README tells a stranger to do: starts the server, and runs the blocks of the tour in one bash, in their order. What
// each prints must be what the README shows; `…` there stands for anything within a line.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { findProgram, requireProgram } from '../programs.ts'
import { readDocument, readFences, readSection } from './markdown.ts'
import { cutLike, findDifference } from './shown.ts'
import { findFreePort, type RunningServer, startAsShown } from './tour-server.ts'

const NEEDED = ['bash', 'curl', 'npm', 'node', 'script']
const missing = NEEDED.filter((name) => findProgram(name) === undefined)
const skip =
  missing.length > 0 && `${missing.join(', ')} not found on the PATH; the README's commands need it`

const readme = readDocument('README.md')
const shownStart = readFences(readSection(readme, 'Start')).find(({ language }) => language === 'text')
const fences = readFences(readSection(readme, 'Five-minute tour'))
const steps = fences.flatMap((fence, index) => {
  if (fence.language !== 'bash') return []
  return [{ heading: fence.heading, script: fence.body, shown: fences[index + 1] }]
})

let folder: string
let server: RunningServer | undefined
let outputs: readonly string[] = []

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-tour-'))
  if (skip !== false) return
  server = await startAsShown(folder, await findFreePort())
  outputs = await server.run(steps.map(({ script }) => script))
})
after(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

test('the programs that the tour is typed into are there', (t) => {
  const curl = requireProgram(t, 'curl')
  const script = requireProgram(t, 'script')

  assert.ok(skip !== false || (curl !== undefined && script !== undefined))
})

test('every block of commands in the tour is followed by what it prints', () => {
  assert.ok(steps.length >= 15)

  assert.deepEqual(
    fences.map(({ language }) => language),
    steps.flatMap(() => ['bash', 'text']),
  )
})

test('the start prints what the README shows', { skip }, () => {
  const shown = onPort(shownStart?.body)

  assert.equal(findDifference(shown, cutLike(shown, `${server?.printed}`)), null)
})

for (const [index, { heading, shown }] of steps.entries()) {
  test(`block ${index + 1} of the tour, "${heading}", prints what the README shows`, { skip }, () => {
    assert.equal(findDifference(onPort(shown?.body), outputs[index] ?? ''), null)
  })
}

test('Ctrl-C stops the server that the tour ran against', { skip }, async () => {
  assert.ok(server)

  await server.stop()

  await assert.rejects(fetch(`http://localhost:${server.port}/healthz`))
})

/** The README names the usual port; the test runs on one that was free. */
const onPort = (shown: string | undefined): string =>
  `${shown}`.replaceAll('localhost:4000', `localhost:${server?.port}`)
