/** The claim of docs/risk.md, on seeds and parameters that nothing was tuned on. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_RISK_POLICY } from '../../src/risk/policy.ts'
import { QUIET, RESTLESS, ROAMING, TUNED, type WorldParameters } from './parameters.ts'
import { runTrial, type Trial } from './trial.ts'
import { showShare, wilson } from './wilson.ts'

const SEED = 90210
const ACCOUNTS = 200
const honest = { policy: DEFAULT_RISK_POLICY, hasDeviceIds: true, hasPlaces: true }
const partOf = ({ hits, of }: { hits: number; of: number }): number => hits / of

function run(parameters: WorldParameters, changes: Partial<Parameters<typeof runTrial>[0]> = {}): Trial {
  return runTrial({ seed: SEED, accounts: ACCOUNTS, parameters, ...honest, ...changes })
}

test('quiet people: at least 95 % of takeovers are challenged at 1 % of honest sign-ins or less', (t) => {
  const { takeovers, honest } = run(QUIET)
  t.diagnostic(`seed ${SEED}: ${showShare(takeovers)} at ${showShare(honest.challenged)}`)

  assert.ok(partOf(takeovers) >= 0.95)
  assert.ok(wilson(honest.challenged).high <= 0.01)
})

test('roaming people: the aim is met, by what is written down and no worse than chance makes it', (t) => {
  const { takeovers, honest } = run(ROAMING)
  t.diagnostic(`seed ${SEED}: ${showShare(takeovers)} at ${showShare(honest.challenged)}`)

  assert.ok(partOf(takeovers) >= 0.93)
  assert.ok(partOf(honest.challenged) <= 0.0125)
})

test('no honest sign-in is blocked, in any world', () => {
  for (const parameters of [TUNED, RESTLESS, QUIET]) {
    assert.equal(run(parameters, { accounts: 40 }).honest.blocked.hits, 0)
  }
})

test('a policy without weights challenges nobody, so that the trial itself finds nothing where nothing is', () => {
  const weights = Object.fromEntries(Object.keys(DEFAULT_RISK_POLICY.weights).map((rule) => [rule, 0]))
  const policy = { ...DEFAULT_RISK_POLICY, weights: { ...DEFAULT_RISK_POLICY.weights, ...weights } }
  const { takeovers, honest } = run(TUNED, { accounts: 20, policy })

  assert.equal(takeovers.hits + honest.challenged.hits, 0)
  assert.ok(takeovers.of > 30 && honest.challenged.of > 500)
})

test('one seed is one life: the same seed gives the same figures, another one others', () => {
  const figures = (seed: number): string => JSON.stringify(run(QUIET, { accounts: 20, seed }))

  assert.equal(figures(7), figures(7))
  assert.notEqual(figures(7), figures(8))
})

test('Wilson’s interval holds the share, also at none and at all', () => {
  assert.deepEqual(wilson({ hits: 0, of: 0 }), { low: 0, high: 1 })
  assert.equal(wilson({ hits: 0, of: 100 }).low, 0)
  assert.equal(wilson({ hits: 100, of: 100 }).high, 1)
  assert.equal(wilson({ hits: 50, of: 100 }).low.toFixed(4), '0.4038')
})
