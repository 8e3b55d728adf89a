// Plants one violation per wall in a small copy of the house, runs the real Biome over it with the real configuration, and sees each
// one refused with the right words; and one clean file in each room accepted.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { clean, ROOMS, violations } from './walls-plants.ts'

const CONSOLE_MANIFEST =
  '{ "name": "@countersign/console", "dependencies": { "@countersign/client": "0", "@countersign/protocol": "0", "react": "0" } }'
const ROOT = dirname(import.meta.dirname)
const BIOME = fileURLToPath(import.meta.resolve('@biomejs/biome/bin/biome'))

let house: string
let found: Map<string, string[]>

before(async () => {
  house = await mkdtemp(join(tmpdir(), 'countersign-walls-'))
  await copyHouse(house)
  for (const { file, text } of violations) await write(join(house, file), text)
  for (const [file, text] of Object.entries(clean)) await write(join(house, file), text)
  found = await lint(house)
})
after(() => rm(house, { recursive: true }))

for (const { file, refusal } of violations) {
  test(`${file} is refused`, () => {
    const said = found.get(file) ?? []

    assert.ok(
      said.some((words) => refusal.test(words)),
      `expected ${refusal}, Biome said: ${said.join('; ') || 'nothing'}`,
    )
  })
}

for (const file of Object.keys(clean)) {
  test(`${file} is accepted`, () => {
    assert.deepEqual(found.get(file) ?? [], [])
  })
}

test("each room's package.json names only the rooms that it may import", async () => {
  const rooms = await readdir(join(ROOT, 'packages'))
  assert.ok(rooms.includes('protocol') && rooms.includes('cli'))

  for (const room of rooms) {
    const { dependencies = {} } = await readManifest(room)
    const named = Object.keys(dependencies).filter((name) => name.startsWith('@countersign/'))

    const strangers = named.filter((name) => !ROOMS[room]?.includes(name.slice('@countersign/'.length)))

    assert.deepEqual(strangers, [], room)
  }
})

test('no room opens all of its files: each exported path is named', async () => {
  for (const room of await readdir(join(ROOT, 'packages'))) {
    const { exports = {} } = await readManifest(room)

    const open = Object.keys(exports).filter((path) => path.includes('*'))

    assert.deepEqual(open, [], room)
  }
})

type Manifest = { readonly dependencies?: object; readonly exports?: object }

async function readManifest(room: string): Promise<Manifest> {
  const manifest: unknown = JSON.parse(await readFile(join(ROOT, 'packages', room, 'package.json'), 'utf8'))
  assert.ok(typeof manifest === 'object' && manifest !== null)
  return manifest
}

// The configuration, the plugins, and each room's package.json, which noUndeclaredDependencies reads.
async function copyHouse(house: string): Promise<void> {
  await cp(join(ROOT, 'biome.json'), join(house, 'biome.json'))
  await cp(join(ROOT, 'tools', 'biome'), join(house, 'tools', 'biome'), { recursive: true })
  for (const room of Object.keys(ROOMS)) {
    const manifest = join('packages', room, 'package.json')
    // The console needs a package of its own to stand here before it is built.
    const text = await readFile(join(ROOT, manifest), 'utf8').catch(() => CONSOLE_MANIFEST)
    await write(join(house, manifest), text)
  }
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}

/** Runs Biome and gathers what it says of each file: the rule, the message and the advice, as one text for each diagnostic. */
async function lint(house: string): Promise<Map<string, string[]>> {
  const args = [BIOME, 'lint', '--reporter=json', '--max-diagnostics=none']
  const run = spawn(process.execPath, args, { cwd: house })
  const output = await text(run.stdout)
  const report: unknown = JSON.parse(output)
  assert.ok(typeof report === 'object' && report !== null)
  assert.ok('diagnostics' in report && Array.isArray(report.diagnostics))
  const said = new Map<string, string[]>()
  for (const diagnostic of report.diagnostics) {
    const file = String(diagnostic.location.path)
    said.set(file, [
      ...(said.get(file) ?? []),
      JSON.stringify([diagnostic.category, diagnostic.message, diagnostic.advices]),
    ])
  }
  return said
}
