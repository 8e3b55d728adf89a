/**
 * Prints how the rules do on simulated people:
 * `node --conditions=source packages/core/test/risk/simulate.ts --seed 4711 --accounts 1000 --world restless`
 */
import { parseArgs } from 'node:util'
import { DEFAULT_RISK_POLICY } from '../../src/risk/policy.ts'
import { WORLDS } from './parameters.ts'
import { runTrial, type Trial } from './trial.ts'
import { showShare } from './wilson.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '4711' },
    accounts: { type: 'string', default: '1000' },
    world: { type: 'string', default: 'restless' },
    'no-device-ids': { type: 'boolean', default: false },
    'no-places': { type: 'boolean', default: false },
  },
})

const world = Object.entries(WORLDS).find(([name]) => name === values.world)
if (world === undefined)
  throw new RangeError(`There is no such world; there are ${Object.keys(WORLDS).join(', ')}.`)
const [name, parameters] = world
const trial = runTrial({
  seed: Number(values.seed),
  accounts: Number(values.accounts),
  parameters,
  policy: DEFAULT_RISK_POLICY,
  hasDeviceIds: !values['no-device-ids'],
  hasPlaces: !values['no-places'],
})
process.stdout.write(
  `world ${name}, seed ${values.seed}, ${values.accounts} accounts, ${parameters.months} months\n${show(trial)}\n`,
)

function show(trial: Trial): string {
  return [
    `takeovers challenged        ${showShare(trial.takeovers)}`,
    `honest sign-ins challenged  ${showShare(trial.honest.challenged)}`,
    `  in the first 30 days      ${showShare(trial.early)}`,
    `  later                     ${showShare(trial.settled)}`,
    `  blocked                   ${showShare(trial.honest.blocked)}`,
    `honest sign-ins notified    ${showShare(trial.honest.notified)}`,
    `people challenged ever      ${showShare(trial.people)}`,
    '',
    ...[...trial.byKind].map(([kind, share]) => `${kind.padEnd(20)}${showShare(share)}`),
    '',
    ...[...trial.byRule].map(
      ([rule, { takeovers, honest }]) =>
        `${rule.padEnd(20)}takeovers ${showShare(takeovers).padEnd(44)}honest ${showShare(honest)}`,
    ),
  ].join('\n')
}
