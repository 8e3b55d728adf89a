/** Runs test files on another runtime and reads what came of them. */

import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify, stripVTControlCharacters } from 'node:util'

export interface Run {
  readonly version: string
  readonly exitCode: number
  readonly passed: number
  readonly failed: number
  /** Files that were run and had at least one test; 0 where the runtime does not tell. */
  readonly files: number
  readonly output: string
}

const LIMIT_MS = 200_000
const OUTPUT_BYTES_MAX = 32 * 1024 * 1024

/** The npm package that carries Deno for a platform. */
const DENO_PACKAGES: Readonly<Record<string, string>> = {
  'darwin-arm64': 'darwin-arm64',
  'darwin-x64': 'darwin-x64',
  'linux-arm64': 'linux-arm64-glibc',
  'linux-x64': 'linux-x64-glibc',
  'win32-x64': 'win32-x64',
}

/** Deno's program; null, and the test skipped with the reason, where npm did not bring it. */
export function findDeno(t: Pick<TestContext, 'skip'>): string | null {
  const name = DENO_PACKAGES[`${process.platform}-${process.arch}`] ?? 'none'
  const file = process.platform === 'win32' ? 'deno.exe' : 'deno'
  const program = resolve('node_modules', '@deno', name, file)
  try {
    accessSync(program, constants.X_OK)
    return program
  } catch {
    t.skip(
      'Deno is not installed: run "npm ci --include=optional" on a platform that has it (glibc, macOS, Windows)',
    )
    return null
  }
}

export async function runDeno(
  deno: string,
  files: readonly string[],
  { preload }: { readonly preload?: string } = {},
): Promise<Run> {
  const flags = ['--allow-all', '--no-check', '--no-lock', '--no-remote', '--cached-only']
  const house = ['--conditions=source', '--node-modules-dir=manual']
  const before = preload === undefined ? [] : [`--preload=${preload}`]
  const run = await execute(deno, ['test', ...flags, ...house, ...before, ...files])
  const [, passed = '0', failed = '0'] = /(\d+) passed.*?\| (\d+) failed/.exec(run.output) ?? []
  const begun = [...run.output.matchAll(/^running (\d+) tests? from/gm)].filter(([, count]) => count !== '0')
  const version = await execute(deno, ['--version'])
  return {
    ...run,
    passed: Number(passed),
    failed: Number(failed),
    files: begun.length,
    version: version.output.split(' ')[1] ?? '',
  }
}

/** Of compiled files in `folder`. */
export async function runNode(node: string, folder: string, sources: readonly string[]): Promise<Run> {
  const files = sources.map((source) => join(folder, source.replace(/\.ts$/, '.js')))
  const run = await execute(node, ['--expose-gc', '--test', '--test-reporter=tap', ...files])
  const countOf = (word: string): number =>
    Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(run.output)?.[1] ?? 0)
  const version = await execute(node, ['--version'])
  return {
    ...run,
    passed: countOf('pass'),
    failed: countOf('fail'),
    files: 0,
    version: version.output.trim(),
  }
}

/** With nothing of the test runner's own in its environment: a runner inside a runner would report to it. */
async function execute(
  program: string,
  args: readonly string[],
): Promise<{ readonly exitCode: number; readonly output: string }> {
  const { HOME = '', PATH = '' } = process.env
  const env = {
    HOME,
    PATH: [dirname(program), PATH].join(delimiter),
    NO_COLOR: '1',
    DENO_DIR: resolve('node_modules/.cache/countersign/deno'),
    DENO_NO_UPDATE_CHECK: '1',
  }
  const options = { env, timeout: LIMIT_MS, maxBuffer: OUTPUT_BYTES_MAX }
  try {
    const { stdout, stderr } = await promisify(execFile)(program, [...args], options)
    return { exitCode: 0, output: stripVTControlCharacters(stdout + stderr) }
  } catch (error) {
    const { code, stdout, stderr } = Object(error)
    return {
      exitCode: typeof code === 'number' ? code : 1,
      output: stripVTControlCharacters(`${error}\n${stdout}${stderr}`),
    }
  }
}
