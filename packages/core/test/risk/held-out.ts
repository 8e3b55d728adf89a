/**
 * Prints how the rules do in the worlds that they were not tuned on, over many seeds, each of which is a world and people
 * of its own: `node --conditions=source packages/core/test/risk/held-out.ts --accounts 500 --first 1001 --seeds 12`
 */
import { parseArgs } from 'node:util'
import { DEFAULT_RISK_POLICY, RULES } from '../../src/risk/policy.ts'
import { HELD_OUT, type WorldParameters } from './parameters.ts'
import { runTrial, type Trial } from './trial.ts'
import type { Share } from './wilson.ts'

const { values } = parseArgs({
  options: {
    accounts: { type: 'string', default: '500' },
    first: { type: 'string', default: '1001' },
    seeds: { type: 'string', default: '12' },
    world: { type: 'string' },
  },
})
const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => Number(values.first) + index)

/** Of Student's t at 97.5 %, by degrees of freedom from 9 to 19. */
const T = [2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093]

for (const [name, parameters] of Object.entries(HELD_OUT)) {
  if (values.world === undefined || values.world === name)
    process.stdout.write(`${name}\n${show(run(parameters))}\n`)
}

function run(parameters: WorldParameters): readonly Trial[] {
  const more = { policy: DEFAULT_RISK_POLICY, hasDeviceIds: true, hasPlaces: true }
  return seeds.map((seed) => runTrial({ seed, accounts: Number(values.accounts), parameters, ...more }))
}

function show(trials: readonly Trial[]): string {
  const line = (name: string, of: (trial: Trial) => Share | undefined): string =>
    `  ${name.padEnd(32)}${overSeeds(trials.map(of))}`
  const kinds = [...new Set(trials.flatMap(({ byKind }) => [...byKind.keys()]))].sort()
  return [
    line('takeovers challenged', ({ takeovers }) => takeovers),
    line('honest sign-ins challenged', ({ honest }) => honest.challenged),
    line('honest in the first 30 days', ({ early }) => early),
    line('honest later', ({ settled }) => settled),
    line('honest blocked', ({ honest }) => honest.blocked),
    line('people challenged ever', ({ people }) => people),
    ...kinds.map((kind) => line(kind, ({ byKind }) => byKind.get(kind))),
    ...RULES.flatMap((rule) => [
      line(`${rule} takeovers`, ({ byRule }) => byRule.get(rule)?.takeovers),
      line(`${rule} honest`, ({ byRule }) => byRule.get(rule)?.honest),
      line(`without ${rule} takeovers`, ({ byRule }) => byRule.get(rule)?.takeoversWithout),
      line(`without ${rule} honest`, ({ byRule }) => byRule.get(rule)?.honestWithout),
    ]),
  ].join('\n')
}

/** The mean of the seeds, its interval, and the least and the greatest: people of one seed resemble each other, seeds do not. */
function overSeeds(shares: readonly (Share | undefined)[]): string {
  const parts = shares.map((share) => (share === undefined ? 0 : (100 * share.hits) / Math.max(1, share.of)))
  const mean = parts.reduce((sum, part) => sum + part, 0) / parts.length
  const variance = parts.reduce((sum, part) => sum + (part - mean) ** 2, 0) / (parts.length - 1)
  const t = T[parts.length - 10]
  if (t === undefined) throw new RangeError('Ten seeds at least, and twenty at most.')
  const reach = t * Math.sqrt(variance / parts.length)
  const show = (percent: number): string => percent.toFixed(2)
  const interval = `${show(Math.max(0, mean - reach))}–${show(Math.min(100, mean + reach))}`
  return `${show(mean)} % (${interval}; ${show(Math.min(...parts))} to ${show(Math.max(...parts))})`
}
