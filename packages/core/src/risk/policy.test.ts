import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actionOf, checkRiskPolicy, DEFAULT_RISK_POLICY } from './policy.ts'

const faults = (changes: Partial<typeof DEFAULT_RISK_POLICY>) =>
  checkRiskPolicy({ ...DEFAULT_RISK_POLICY, ...changes }).map(({ path }) => path)

test('weights and thresholds out of their range, not whole or not in order are refused by path', () => {
  const { weights, machines } = DEFAULT_RISK_POLICY

  assert.deepEqual(faults({ weights: { ...weights, new_device: -1, automation: 101 } }), [
    'weights.new_device',
    'weights.automation',
  ])
  assert.deepEqual(faults({ weights: { ...weights, new_country: Number.NaN } }), ['weights.new_country'])
  assert.deepEqual(faults({ notifyAt: 0 }), ['notify_at'])
  assert.deepEqual(faults({ blockAt: 1001 }), ['block_at'])
  assert.deepEqual(faults({ stepUpAt: 10 }), ['step_up_at'])
  assert.deepEqual(faults({ machines: { ...machines, weights: { ...machines.weights, burst: 0.5 } } }), [
    'machines.weights.burst',
  ])
})

test('the default is a policy that would be accepted', () => {
  assert.deepEqual(checkRiskPolicy(DEFAULT_RISK_POLICY), [])
})

test('each threshold is the least sum with which its action follows', () => {
  const { notifyAt, stepUpAt, blockAt } = DEFAULT_RISK_POLICY
  const actions = [blockAt, blockAt - 1, stepUpAt, stepUpAt - 1, notifyAt, notifyAt - 1, 0].map((score) =>
    actionOf(DEFAULT_RISK_POLICY, score),
  )

  assert.deepEqual(actions, ['block', 'step_up', 'step_up', 'notify', 'notify', 'allow', 'allow'])
})
