/** Starts that cannot succeed: one sentence that says what to do, and an exit code that is not 0. */
import assert from 'node:assert/strict'
import { chmodSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { call } from '../crash/calls.ts'
import { type Ending, quiet, type Settings, startProgram, temporaryFolder } from './spawn.ts'

/** How a start ends that must not succeed. */
function start(t: TestContext, settings: Settings): Promise<Ending> {
  const { ready, ended } = startProgram(t, 'countersign', { ...quiet, ...settings })
  const started = ready.then(
    ({ url }) => assert.fail(`It started, at ${url}.`),
    () => ended,
  )
  return Promise.race([ended, started])
}

/** What a person reads: one line, one sentence, no stack. */
function assertSentence({ code, stdout, stderr }: Ending, expected: RegExp): void {
  assert.equal(code, 1)
  assert.equal(stdout, '')
  assert.match(stderr, /^error: [A-Z/][^\n]*\.\n$/)
  assert.match(stderr, expected)
}

test('a second server on the same data', async (t) => {
  const folder = temporaryFolder(t)
  const first = startProgram(t, 'countersign', { ...quiet, COUNTERSIGN_DATA: folder })
  const { url } = await first.ready

  const second = await start(t, { COUNTERSIGN_DATA: folder })

  assertSentence(second, /^error: Another Countersign server is already running on the folder \//)
  assert.equal((await call(url, 'GET', '/readyz')).status, 200)
})

test('a taken port, and then the folder is free for a start on another', async (t) => {
  const folder = temporaryFolder(t)
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  t.after(() => taken.close())
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? String(address.port) : ''

  const ending = await start(t, { COUNTERSIGN_DATA: folder, COUNTERSIGN_PORT: port })

  assertSentence(ending, new RegExp(`Port ${port} is taken: .* COUNTERSIGN_PORT`))
  await startProgram(t, 'countersign', { ...quiet, COUNTERSIGN_DATA: folder }).ready
})

test('a host that is not of this machine', async (t) => {
  const ending = await start(t, {
    COUNTERSIGN_DATA: temporaryFolder(t),
    COUNTERSIGN_HOST: '192.0.2.1',
    COUNTERSIGN_PORT: '4999',
  })

  assertSentence(ending, /The host 192\.0\.2\.1 is not an address of this machine/)
})

test('a data folder that is a file', async (t) => {
  const file = join(temporaryFolder(t), 'data')
  writeFileSync(file, '')

  assertSentence(await start(t, { COUNTERSIGN_DATA: file }), /The path \S+\/data is not a folder\./)
})

test('a data folder that cannot be written to', async (t) => {
  const folder = temporaryFolder(t)
  chmodSync(folder, 0o500)
  // To root every folder is open but those of the kernel.
  const data = process.getuid?.() === 0 ? '/sys/countersign' : join(folder, 'data')

  assertSentence(await start(t, { COUNTERSIGN_DATA: data }), /(?:folder|file) \/\S+ cannot be /)
})

test('a database that is none', async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'countersign.db'), 'a shopping list, and a long one at that'.repeat(40))

  assertSentence(await start(t, { COUNTERSIGN_DATA: folder }), /is not a SQLite database\./)
})

test('a root secret that is torn, and nothing is made in its place', async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'secrets.json'), '{"secrets":[{"version":1,"sec', { mode: 0o600 })

  assertSentence(await start(t, { COUNTERSIGN_DATA: folder }), /Restore it from a backup/)
  assert.ok(!readdirSync(folder).includes('countersign.db'))
})

test('a root secret that is not the database’s own', async (t) => {
  const folder = temporaryFolder(t)
  const first = startProgram(t, 'countersign', { ...quiet, COUNTERSIGN_DATA: folder })
  await first.ready
  await first.end('SIGTERM')
  const COUNTERSIGN_SECRETS = '1:Zx3vQ8mB1rT6yLkW0pNs5dHcJ2fGaUeXo9iVtRbE4Mw'

  const ending = await start(t, { COUNTERSIGN_DATA: folder, COUNTERSIGN_SECRETS })

  assertSentence(ending, /The database was made with other secrets than these/)
})

test('settings that are wrong: all of them are told together, secrets are not, and nothing is made', async (t) => {
  const folder = temporaryFolder(t)

  const { code, stdout, stderr } = await start(t, {
    COUNTERSIGN_DATA: join(folder, 'data'),
    COUNTERSIGN_PORT: '70000',
    COUNTERSIGN_ISSUER: 'http://auth.example.com/path',
    COUNTERSIGN_LEASE_SECONDS: 'five',
    COUNTERSIGN_SECRETS: 'hush-hush-hush',
    COUNTERSIGN_TYPO: 'x',
  })

  assert.equal(code, 2)
  assert.equal(stdout, '')
  assert.match(stderr, /^error: 5 settings are wrong:\n/)
  for (const name of ['PORT', 'ISSUER', 'LEASE_SECONDS', 'SECRETS', 'TYPO']) {
    assert.match(stderr, new RegExp(`\n {2}COUNTERSIGN_${name}\\b.*`))
  }
  assert.doesNotMatch(stderr, /hush|\bat .*:\d+/)
  assert.deepEqual(readdirSync(folder), [])
})
