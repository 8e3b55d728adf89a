/**
 * Makes the examples in other languages ready to run: Python's dependencies in a virtual environment, the program in
 * Go built. Both are kept in a cache folder of the checkout. What cannot be had, because nothing can be fetched
 * here, is a reason to skip; what is wrong with the examples themselves is a failure.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Command } from './launch.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const CACHE = join(ROOT, 'node_modules/.cache/countersign')

/** Stands in for a test while nobody knows yet whether there will be any. */
export class Absence {
  reason: string | undefined
  skip(reason?: string): void {
    this.reason ??= reason ?? 'no reason given'
  }
}

/** Declares the tests of a program, or one skipped test that says why there are none. */
export async function describeOrSkip(
  name: string,
  command: Command | undefined,
  absence: Absence,
  describe: (name: string, command: Command) => Promise<void> | void,
): Promise<void> {
  if (command === undefined) await test(name, (t) => t.skip(absence.reason))
  else await describe(name, command)
}

/**
 * A module of a folder in `examples`, with the dependencies that its `requirements.txt` pins by their hashes in a
 * virtual environment of their own.
 */
export async function preparePython(
  python: string,
  folderName: string,
  module: string,
  absence: Absence,
): Promise<Command | undefined> {
  const example = join(ROOT, 'examples', folderName)
  const { out: version } = await run(python, ['-c', 'import sys; print(*sys.version_info[:2])'])
  const [major = 0, minor = 0] = version.split(' ').map(Number)
  if (major < 3 || (major === 3 && minor < 11)) {
    absence.skip('Python is older than 3.11: install a newer one and put it first on the PATH')
    return undefined
  }
  const requirements = join(example, 'requirements.txt')
  const hash = createHash('sha256')
    .update(`${python} ${version}`)
    .update(await readFile(requirements))
  const folder = join(CACHE, `python-${hash.digest('hex').slice(0, 16)}`)
  const complete = join(folder, 'complete')
  if (!existsSync(complete)) {
    const problem = await installPython(folder, python, requirements)
    if (problem !== null) {
      absence.skip(problem)
      return undefined
    }
    await writeFile(complete, '')
  }
  const file = join(folder, 'bin/python')
  return { file, args: ['-m', module], cwd: example, env: { PYTHONDONTWRITEBYTECODE: '1' } }
}

/** Null when it is done. */
async function installPython(folder: string, python: string, requirements: string): Promise<string | null> {
  await rm(folder, { recursive: true, force: true })
  const made = await run(python, ['-m', 'venv', folder])
  if (!made.ok) return `no virtual environment can be made ("apt-get install python3-venv"): ${made.out}`
  const options = ['--quiet', '--disable-pip-version-check', '--only-binary', ':all:', '--require-hashes']
  const pip = ['-m', 'pip', 'install', ...options, '-r', requirements]
  const installed = await run(join(folder, 'bin/python'), pip)
  assert.doesNotMatch(installed.out, /do not match the hashes/i)
  return installed.ok ? null : `pip could not fetch what is pinned: ${installed.out}`
}

/** The program in Go of a folder in `examples`, built from the sources as they are. */
export async function prepareGo(
  go: string,
  folderName: string,
  absence: Absence,
): Promise<Command | undefined> {
  const cwd = join(ROOT, 'examples', folderName)
  const fetched = await run(go, ['mod', 'download'], cwd)
  if (!fetched.ok) {
    absence.skip(`Go could not fetch what is pinned: ${fetched.out}`)
    return undefined
  }
  const file = join(CACHE, folderName)
  await mkdir(CACHE, { recursive: true })
  for (const args of [
    ['vet', './...'],
    ['build', '-mod=readonly', '-o', file, '.'],
  ]) {
    const built = await run(go, args, cwd)
    assert.ok(built.ok, built.out)
  }
  return { file, args: [] }
}

const RUN_MS_MAX = 240_000
const TOLD_CHARACTERS_MAX = 600

/** What a program said, and whether it was content. */
function run(file: string, args: readonly string[], cwd = ROOT): Promise<{ ok: boolean; out: string }> {
  return new Promise((resolve) => {
    execFile(file, args, { cwd, timeout: RUN_MS_MAX }, (error, stdout, stderr) => {
      resolve({ ok: error === null, out: `${stdout}${stderr}`.trim().slice(-TOLD_CHARACTERS_MAX) })
    })
  })
}
