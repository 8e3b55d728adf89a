import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { loadConfig, loadConfigFile } from './config-file.ts'

function createFolder(t: TestContext, files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-config-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

async function mistakesOf(folder: string, environment: Record<string, string> = {}): Promise<string> {
  const loaded = await loadConfigFile(environment, folder)
  return loaded.ok ? '' : loaded.mistakes.join('\n')
}

test('a file that is no settings is refused in words that quote nothing of it', async (t) => {
  const canary = 'hunter2-canary'
  const bad: [name: string, text: string, words: RegExp][] = [
    ['countersign.config.json', '', /empty/],
    ['countersign.config.json', `{"secrets": "${canary}"`, /not well-formed/],
    ['countersign.config.json', `["${canary}"]`, /one object/],
    ['countersign.config.json', `{"secrets": "${canary}", "secrets": "x"}`, /names a setting twice/],
    ['countersign.config.json', `"${canary}"${' '.repeat(300_000)}`, /too long/],
    ['countersign.config.ts', `const x = '${canary}' this is no TypeScript`, /cannot be run/],
    ['countersign.config.ts', `throw new Error('${canary}')`, /cannot be run/],
    ['countersign.config.ts', `export const config = { secrets: '${canary}' }`, /default export/],
    ['countersign.config.ts', 'export default null', /default export/],
  ]

  for (const [name, text, words] of bad) {
    const mistakes = await mistakesOf(createFolder(t, { [name]: text }))
    assert.match(mistakes, words, text.slice(0, 60))
    assert.doesNotMatch(mistakes, new RegExp(canary))
  }
})

test('two files are one too many', async (t) => {
  const folder = createFolder(t, {
    'countersign.config.json': '{}',
    'countersign.config.ts': 'export default {}',
  })

  assert.match(await mistakesOf(folder), /keep one/)
})

test('a named file that is not there, or is a folder, is a mistake', async (t) => {
  const folder = createFolder(t, {})
  mkdirSync(join(folder, 'countersign.config.json'))

  assert.match(await mistakesOf(folder, { COUNTERSIGN_CONFIG: 'other.json' }), /not there/)
  assert.match(await mistakesOf(folder), /unreadable/)
})

test('no file is no mistake', async (t) => {
  assert.deepEqual(await loadConfigFile({}, createFolder(t, {})), { ok: true, file: null })
})

test('JSON and TypeScript files give the same settings, and a file may be elsewhere', async (t) => {
  const json = createFolder(t, { 'countersign.config.json': '{"port": 5001, "signUp": "closed"}' })
  const script = createFolder(t, {
    'countersign.config.ts':
      'const port: number = 5000 + 1\nexport default { port, signUp: "closed" as const }\n',
    'other.json': '{"port": 5002}',
  })

  const [one, two, other] = await Promise.all([
    loadConfig({}, json),
    loadConfig({}, script),
    loadConfig({ COUNTERSIGN_CONFIG: 'other.json' }, script),
  ])

  assert.ok(one.ok && two.ok && other.ok)
  assert.deepEqual([one.config.port, one.config.signUp], [5001, 'closed'])
  assert.deepEqual([two.config.port, two.config.signUp], [5001, 'closed'])
  assert.deepEqual([other.config.port, other.config.signUp], [5002, 'open'])
})

test('mistakes in the file are told with its path', async (t) => {
  const folder = createFolder(t, { 'countersign.config.json': '{"port": "many", "prot": 1}' })

  const parsed = await loadConfig({}, folder)

  assert.ok(!parsed.ok)
  assert.equal(parsed.mistakes.length, 2)
  for (const mistake of parsed.mistakes)
    assert.ok(mistake.includes(join(folder, 'countersign.config.json')), mistake)
})
