// The runner behind "npm test": finds the test files, brings up what they need, runs them with Node's own test runner, and fails
// loudly about whatever was skipped. Arguments: --only TEXT, --install, --strict (USAGE below says what they do).

import { globSync, readFileSync } from 'node:fs'
import { availableParallelism, constants } from 'node:os'
import { join } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { parseArgs } from 'node:util'
import { beginReadyMade } from './ready-made.ts'
import { collectSkips, printSkips, type Skip } from './test-skips.ts'
import { bringUpPostgres, bringUpPrograms } from './test-surroundings.ts'
import { collectTimes, describeSlowest, orderBySlowest } from './test-times.ts'

const PATTERNS = [
  'packages/*/src/**/*.test.ts',
  'packages/*/test/**/*.test.ts',
  'conformance/**/*.test.ts',
  'examples/**/*.test.ts',
  'tools/**/*.test.ts',
]

/** The most that one file may take, unless the environment says otherwise. test-limit.ts holds each file to it. */
const FILE_LIMIT_MS = 300_000

/** Each file may hold a pool of connections to the one Postgres, which takes 50. */
const FILES_AT_ONCE_MAX = 4
/** Beyond one for each core: a file waits for a disk, a lease or a page for a fourth of its time. */
const FILES_MORE_THAN_CORES = 1
/** Compiled modules, kept between runs: every file, and every thread of a database, begins with hundreds of them. */
const COMPILE_CACHE = 'node_modules/.cache/compile'

const USAGE = `Usage: npm test -- [--only TEXT]… [--install] [--strict]
  --only TEXT  Runs only the files with TEXT in their path. May be given more than once.
  --install    Installs missing programs of the system with apt-get (as root). Always so when CI=true.
  --strict     Fails when anything was skipped. Always so when CI=true.`

type Options = { readonly only: readonly string[]; readonly install: boolean; readonly strict: boolean }

process.exitCode = await main(process.cwd(), process.argv.slice(2))

async function main(root: string, args: string[]): Promise<number> {
  const options = parseOptions(args)
  if (options === undefined) return 2
  const files = orderBySlowest(findFiles(root, options.only))
  if (files.length === 0) {
    console.error(`No test file${options.only.map((text) => ` with "${text}"`).join(' or')} in its path.`)
    return 1
  }
  const sources = files.map((file) => readFileSync(join(root, file), 'utf8'))
  const missing = bringUpPrograms(sources, options.install)
  const postgres = await bringUpPostgres()
  const endReadyMade = beginReadyMade()
  const skips = [...missing, ...postgres.skips]
  const stop = (): Promise<void> => postgres.stop().finally(endReadyMade)
  const stopping = stopOnSignal(stop)
  try {
    const success = await runFiles(root, files, skips, stopping)
    printSkips(skips, options.strict)
    return success && !(options.strict && skips.length > 0) ? 0 : 1
  } finally {
    await stop()
  }
}

// Ctrl-C ends the test files first, then the server. The exit code is the shell's for a program that a signal ended.
function stopOnSignal(stop: () => Promise<void>): AbortSignal {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopping.abort()
      void stop().finally(() => process.exit(128 + constants.signals[signal]))
    })
  }
  return stopping.signal
}

function parseOptions(args: string[]): Options | undefined {
  const ci = process.env.CI === 'true'
  try {
    const { values } = parseArgs({
      args,
      options: {
        only: { type: 'string', multiple: true, default: [] },
        install: { type: 'boolean', default: ci },
        strict: { type: 'boolean', default: ci },
      },
    })
    return values
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
    return undefined
  }
}

function findFiles(root: string, only: readonly string[]): string[] {
  const all = globSync(PATTERNS, { cwd: root, exclude: ['**/node_modules/**'] }).sort()
  return only.length === 0 ? all : all.filter((file) => only.some((text) => file.includes(text)))
}

async function runFiles(root: string, files: string[], skips: Skip[], signal: AbortSignal): Promise<boolean> {
  const limitMs = Number(process.env.COUNTERSIGN_TEST_FILE_LIMIT_MS ?? FILE_LIMIT_MS)
  process.env.COUNTERSIGN_TEST_FILE_LIMIT_MS = String(limitMs)
  process.env.NODE_COMPILE_CACHE ??= join(root, COMPILE_CACHE)
  const stream = run({
    cwd: root,
    files: files.map((file) => join(root, file)),
    concurrency: Math.min(availableParallelism() + FILES_MORE_THAN_CORES, FILES_AT_ONCE_MAX),
    timeout: limitMs,
    execArgv: [
      '--conditions=source',
      ...['./test-limit.ts', './test-priority.ts'].map((name) => `--import=${import.meta.resolve(name)}`),
    ],
    signal,
  })
  const outcome = collectSkips(stream, root, skips)
  const times = collectTimes(stream, root)
  for await (const text of stream.compose(new spec())) process.stdout.write(text)
  process.stdout.write(describeSlowest(times))
  return outcome.success === true
}
