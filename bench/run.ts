/** `npm run bench`: runs the suites one after the other, prints one table, and writes the figures as JSON. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join, relative } from 'node:path'
import { parseArgs, styleText } from 'node:util'
import type { BenchResult } from './measure.ts'

/** The whole run ends within this time or is cut off, so that nothing waits for a process that hangs. */
const RUN_MS_MAX = 1_500_000

const suites: Readonly<Record<string, () => Promise<readonly BenchResult[]>>> = {
  store: async () => (await import('./store.ts')).benchStore(),
  verifier: async () => (await import('./verifier.ts')).benchVerifier(),
  risk: async () => (await import('./risk.ts')).benchRisk(),
  bundle: async () => (await import('./bundle.ts')).benchBundle(),
  guards: async () => (await import('./guards.ts')).benchGuards(),
  feed: async () => (await import('./feed.ts')).benchFeed(),
  sessions: async () => (await import('./sessions.ts')).benchSessions(),
  enumeration: async () => (await import('./enumeration.ts')).benchEnumeration(),
  limits: async () => (await import('./limits.ts')).benchLimits(),
  server: async () => (await import('./server.ts')).benchServer(),
  oauth: async () => (await import('./oauth.ts')).benchOAuth(),
  console: async () => (await import('./console.ts')).benchConsole(),
  lighthouse: async () => (await import('./lighthouse.ts')).benchLighthouse(),
}

const HELP = `npm run bench -- [--only ${Object.keys(suites).join('|')}] [--json] [--strict]

  --only    runs one suite instead of all; may be given several times
  --json    prints the figures as JSON instead of a table
  --strict  exits with 1 when a figure is missed`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const { only = Object.keys(suites), json, strict, help } = values
  const unknown = only.find((name) => !Object.hasOwn(suites, name))
  if (help || unknown !== undefined) {
    console.log(unknown === undefined ? HELP : `There is no suite named ${unknown}.\n\n${HELP}`)
    return unknown === undefined ? 0 : 2
  }
  const results = await run(only)
  const file = write(results)
  console.log(json ? JSON.stringify(results, null, 2) : toTable(results))
  for (const { name, notMeasured } of results) {
    if (notMeasured !== undefined) console.error(`NOT MEASURED ${name}: ${notMeasured}`)
  }
  const missed = results.filter(({ met }) => !met).length
  console.error(
    `${results.length - missed} met, ${missed} missed; written to ${relative(process.cwd(), file)}`,
  )
  return strict && missed > 0 ? 1 : 0
}

async function run(names: readonly string[]): Promise<readonly BenchResult[]> {
  const timer = setTimeout(() => {
    console.error(`The run has taken longer than ${RUN_MS_MAX / 1_000} s and is cut off.`)
    process.exit(2)
  }, RUN_MS_MAX)
  const results: BenchResult[] = []
  for (const name of names) {
    console.error(`Running ${name} …`)
    results.push(...((await suites[name]?.()) ?? []))
  }
  clearTimeout(timer)
  return results
}

function write(results: readonly BenchResult[]): string {
  const folder = join(import.meta.dirname, 'results')
  mkdirSync(folder, { recursive: true })
  const at = new Date().toISOString()
  const file = join(folder, `${at.replaceAll(':', '-').slice(0, 19)}.json`)
  const machine = {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
  }
  writeFileSync(file, `${JSON.stringify({ at, machine, results }, null, 2)}\n`)
  return file
}

const columns = ['', 'ours', 'theirs', 'unit', 'ratio', 'target', ''] as const
const RIGHT_ALIGNED: readonly number[] = [1, 2, 4]

function toTable(results: readonly BenchResult[]): string {
  const rows = results.map(({ name, ours, theirs, unit, ratio, target, met, notMeasured }) => [
    name,
    toFigure(ours),
    toFigure(theirs),
    unit,
    ratio === null ? '' : `${toFigure(ratio)} ×`,
    target,
    notMeasured === undefined ? (met ? 'met' : 'MISSED') : 'NOT MEASURED',
  ])
  const all = [[...columns], ...rows]
  const widths = columns.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)))
  const pad = (text: string, column: number): string =>
    RIGHT_ALIGNED.includes(column) ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0)
  return all.map((row) => colour(row.map(pad).join('  ').trimEnd())).join('\n')
}

/** Three digits are more than a shared machine can promise. */
function toFigure(value: number | null): string {
  if (value === null || Number.isNaN(value)) return ''
  if (value === 0 || Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(3)))
}

/** In words too: the table is read in logs. */
function colour(line: string): string {
  if (!process.stdout.isTTY) return line
  if (line.endsWith('MISSED') || line.endsWith('NOT MEASURED')) return styleText('red', line)
  return line.endsWith('met') ? styleText('green', line) : styleText('bold', line)
}

// Set and not passed to `process.exit`, which would cut off what is still being written to a pipe.
process.exitCode = await main()
