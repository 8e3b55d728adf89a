/**
 * Plays histories from the command line:
 * `node --conditions=source packages/server/test/history/run.ts --seed 1 --count 190`, or `--long` for 10,000.
 */
import { parseArgs } from 'node:util'
import { playHistory } from './history.ts'
import { describeViolation } from './picture.ts'

const COUNT = 190
const COUNT_LONG = 10_000

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string' },
    long: { type: 'boolean', default: false },
    /** Goes on after a history that fails. */
    all: { type: 'boolean', default: false },
    /** Names of faults, with commas between; nothing else goes wrong then. */
    faults: { type: 'string' },
    /** How many, where it is not to be drawn. */
    nodes: { type: 'string' },
    /** Moves the clock of one node alone. */
    'clocks-apart': { type: 'boolean', default: false },
  },
})
const write = (text: string): void => void process.stdout.write(`${text}\n`)
const first = Number(values.seed)
const count = Number(values.count ?? (values.long ? COUNT_LONG : COUNT))
const startedAtMs = performance.now()
const totals = { checks: 0, accepted: 0, refused: 0, unavailable: 0, revocations: 0, confirmed: 0, events: 0 }
let failed = 0

for (let seed = first; seed < first + count; seed += 1) {
  const played = await playHistory(seed, {
    clocksApart: values['clocks-apart'],
    ...(values.nodes !== undefined && { nodes: Number(values.nodes) }),
    ...(values.faults !== undefined && { faults: values.faults.split(',') }),
  })
  const { checks, revocations } = played.history
  const countOf = (kind: string): number => checks.filter(({ outcome }) => outcome?.kind === kind).length
  totals.checks += checks.length
  totals.accepted += countOf('accepted')
  totals.refused += countOf('refused')
  totals.unavailable += countOf('unavailable')
  totals.revocations += revocations.filter(({ committedAtMs }) => committedAtMs !== null).length
  totals.confirmed += revocations.filter(({ confirmedAtMs }) => confirmedAtMs !== null).length
  totals.events += played.events
  if (played.violations.length === 0) continue
  failed += 1
  write(
    `seed ${seed} ${JSON.stringify(played.plan)}: ${played.violations.length} violations\n${played.picture}`,
  )
  for (const violation of played.violations.slice(1, 6)) write(`  also: ${describeViolation(violation)}`)
  if (!values.all) break
}

const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1)
write(JSON.stringify({ first, count, failed, seconds, ...totals }))
process.exitCode = failed === 0 ? 0 : 1
