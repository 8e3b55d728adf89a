import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Secret } from '@countersign/protocol'
import { findKeyring, parseKeyring, SecretsProblem } from './secrets-file.ts'

function createFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-secrets-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const strong = (): string => randomBytes(32).toString('base64url')
const embedded = (dataFolder: string) => ({ setting: null, dataFolder, embedded: true })

test('weak, short, doubled and misspelled secrets are refused, and none is repeated in the words', () => {
  const [one, two] = [strong(), strong()]
  const bad: [text: string, words: RegExp][] = [
    ['', /is empty/],
    [' , \n', /is empty/],
    [one, /begin with its version/],
    [`0:${one}`, /begin with its version/],
    [`1.5:${one}`, /begin with its version/],
    [`1:${one.slice(0, 30)}`, /22 bytes; it needs at least 32/],
    [`1:${one}!`, /neither base64url nor base64/],
    ['1:', /neither base64url nor base64/],
    [`1:${'A'.repeat(43)}`, /few characters only/],
    [`1:${Buffer.alloc(32, 7).toString('base64')}`, /few characters only/],
    [`1:${Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64url')}`, /counts/],
    ['1:correct-horse-battery-staple-Correct-horse-x', /few characters only/],
    ['1:Zebras-quickly-jumped-over-my-lazy-foxes-and-wolves', /looks like words/],
    ['1:change-me-change-me-change-me-change-me-Chan', /contains a word/],
    [`1:${Buffer.from('Zebras quickly jumped over lazy foxes').toString('base64url')}`, /looks like words/],
    [`1:${one},1:${two}`, /version 1 twice/],
    [`1:${one},${two}`, /at place 2/],
    [Array.from({ length: 101 }, (_, index) => `${index + 1}:${one}`).join(','), /more than 100/],
  ]

  for (const [text, words] of bad) {
    const parsed = parseKeyring(text)
    assert.ok(!parsed.ok, text)
    assert.match(parsed.mistakes.join('; '), words)
    assert.doesNotMatch(parsed.mistakes.join('; '), new RegExp(`${one}|${two}|horse|ebras|hange`))
  }
})

test('every mistake in the keyring is reported, not only the first', () => {
  const parsed = parseKeyring(`1:short,x:${strong()},3:${strong()}`)

  assert.ok(!parsed.ok)
  assert.equal(parsed.mistakes.length, 2)
})

test('a keyring is read from base64url or base64, by commas or lines', () => {
  const bytes = [randomBytes(32), randomBytes(48)]
  const text = `1:${bytes[0]?.toString('base64')}\n 2:${bytes[1]?.toString('base64url')},\n`

  const parsed = parseKeyring(text)

  assert.ok(parsed.ok)
  assert.deepEqual(
    parsed.keyring.map(({ version, secret }) => [version, Buffer.from(secret)]),
    [
      [1, bytes[0]],
      [2, bytes[1]],
    ],
  )
})

test('with Postgres no secret is made up; the words say how to make one', (t) => {
  const dataFolder = createFolder(t)

  assert.throws(
    () => findKeyring({ setting: null, dataFolder, embedded: false }),
    (error) => error instanceof SecretsProblem && /openssl rand -base64 32/.test(error.message),
  )
  assert.deepEqual(readdirSync(dataFolder), [])
})

test('a bad setting is refused and never replaced by the file', (t) => {
  const dataFolder = createFolder(t)
  findKeyring(embedded(dataFolder))

  assert.throws(
    () => findKeyring({ setting: new Secret('1:short'), dataFolder, embedded: true }),
    /COUNTERSIGN_SECRETS has at place 1/,
  )
})

test('a damaged file is refused and left as it is, since what it encrypted needs it', (t) => {
  const dataFolder = createFolder(t)
  const path = join(dataFolder, 'secrets.json')
  const secret = strong()
  const damaged = [
    '',
    '{',
    '[]',
    '{"secrets": []}',
    '{"secrets": [7]}',
    '{"secrets": [{"version": 1}]}',
    `{"secrets": [{"version": 1, "secret": "${secret}", "secret": "${secret}"}]}`,
    'x'.repeat(70_000),
  ]

  for (const text of damaged) {
    writeFileSync(path, text, { mode: 0o600 })
    assert.throws(() => findKeyring(embedded(dataFolder)), SecretsProblem, text.slice(0, 80))
    assert.equal(readFileSync(path, 'utf8'), text)
  }
})

test('a file that others can read is refused with the command that mends it', {
  skip: process.platform === 'win32' && 'Windows has no such bits',
}, (t) => {
  const dataFolder = createFolder(t)
  const path = join(dataFolder, 'secrets.json')
  findKeyring(embedded(dataFolder))

  for (const mode of [0o640, 0o604, 0o620]) {
    chmodSync(path, mode)
    assert.throws(() => findKeyring(embedded(dataFolder)), /chmod 600/)
  }
  chmodSync(path, 0o600)
  assert.equal(findKeyring(embedded(dataFolder)).source, 'file')
})

test('a folder in the way is an outage in words, not a new secret', (t) => {
  const dataFolder = createFolder(t)
  mkdirSync(join(dataFolder, 'secrets.json'), { mode: 0o700 })

  assert.throws(() => findKeyring(embedded(dataFolder)), /cannot be read/)
})

test('the first start makes a secret that only its owner can read, and later starts find it', (t) => {
  const dataFolder = join(createFolder(t), 'deep', 'data')

  const made = findKeyring(embedded(dataFolder))
  const found = findKeyring(embedded(dataFolder))

  assert.equal(made.source, 'generated')
  assert.equal(found.source, 'file')
  assert.deepEqual(found.keyring, made.keyring)
  assert.deepEqual(
    made.keyring.map(({ version, secret }) => [version, secret.length]),
    [[1, 32]],
  )
  assert.deepEqual(readdirSync(dataFolder), ['secrets.json'])
  if (process.platform !== 'win32') {
    assert.equal(statSync(join(dataFolder, 'secrets.json')).mode & 0o777, 0o600)
    assert.equal(statSync(dataFolder).mode & 0o777, 0o700)
  }
})

test('two first starts make two different secrets', (t) => {
  const [one, two] = [createFolder(t), createFolder(t)].map((folder) => findKeyring(embedded(folder)))

  assert.notDeepEqual(one?.keyring, two?.keyring)
})

test('starters that race agree on one secret, every time', async (t) => {
  const parent = createFolder(t)
  const [starters, rounds] = [4, 25]
  // Each round begins when the last starter has come to it, so that all find no file and write one.
  const arrived = new Int32Array(new SharedArrayBuffer(4 * rounds))
  const script = `
    const { workerData, parentPort } = require('node:worker_threads')
    const { arrived, url, parent, starters } = workerData
    import(url).then(({ findKeyring }) => {
      const find = (dataFolder) => {
        // A starter that failed must still come to the next round, or the others would wait for it forever.
        try { return findKeyring({ setting: null, dataFolder, embedded: true }) } catch { return null }
      }
      for (let round = 0; round < arrived.length; round += 1) {
        Atomics.add(arrived, round, 1)
        while (Atomics.load(arrived, round) < starters);
        const found = find(parent + '/' + round)
        const secret = found === null ? '' : Buffer.from(found.keyring[0].secret).toString('hex')
        parentPort.postMessage([round, found?.source ?? 'failed', secret])
      }
    })`
  const workerData = { arrived, parent, starters, url: new URL('./secrets-file.ts', import.meta.url).href }

  const answers: [round: number, source: string, secret: string][] = []
  await Promise.all(
    Array.from({ length: starters }, async () => {
      const worker = new Worker(script, { eval: true, workerData })
      worker.on('message', (answer) => answers.push(answer))
      await once(worker, 'exit')
    }),
  )

  assert.equal(answers.length, starters * rounds)
  for (let round = 0; round < rounds; round += 1) {
    const mine = answers.filter(([of]) => of === round)
    assert.equal(new Set(mine.map(([, , secret]) => secret)).size, 1, `round ${round}`)
    assert.equal(mine.filter(([, source]) => source === 'generated').length, 1, `round ${round}`)
    assert.deepEqual(readdirSync(join(parent, `${round}`)), ['secrets.json'])
  }
})
