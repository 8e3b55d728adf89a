import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EMPTY_MACHINE_PROFILE, evaluateUse, learnUse, type MachineUse } from './machine.ts'
import { DEFAULT_RISK_POLICY } from './policy.ts'

const HOUR_MS = 3_600_000
const MONDAY_MS = Date.UTC(2026, 2, 2)

const use = (changes: Partial<MachineUse> = {}): MachineUse => ({
  atMs: MONDAY_MS + 12 * HOUR_MS,
  address: '203.0.113.7',
  place: null,
  agent: 'gym-worker',
  count: 10,
  ...changes,
})

/** Eight weeks from eight to six on working days, about a hundred requests an hour in ten reports. */
function workingProfile() {
  let profile = EMPTY_MACHINE_PROFILE
  for (let day = -56; day < 0; day += 1) {
    if ((day + 56) % 7 > 4) continue
    for (let hour = 8; hour < 18; hour += 1) {
      for (let report = 0; report < 10; report += 1) {
        const atMs = MONDAY_MS + day * 24 * HOUR_MS + hour * HOUR_MS + report * 360_000
        profile = learnUse(profile, use({ atMs, count: 8 + ((hour + report) % 5) }))
      }
    }
  }
  return profile
}

const judge = (changes: Partial<MachineUse> = {}) =>
  evaluateUse(DEFAULT_RISK_POLICY, workingProfile(), use(changes))
const rulesOf = (changes: Partial<MachineUse>) => judge(changes).findings.map(({ rule }) => rule)

test('a key used from elsewhere, by another program, at night or a hundred times as much is told of', () => {
  assert.deepEqual(rulesOf({ address: '198.51.100.9' }), ['new_network'])
  assert.deepEqual(rulesOf({ agent: 'curl' }), ['new_agent'])
  assert.deepEqual(rulesOf({ atMs: MONDAY_MS + 3 * HOUR_MS }), ['unusual_hours'])
  assert.deepEqual(rulesOf({ count: 10_000 }), ['burst'])
  assert.equal(judge({ address: '198.51.100.9' }).action, 'notify')
  assert.equal(judge({ count: 10_000 }).action, 'notify')
})

test('a burst in many small reports is seen as well as one in a single report', () => {
  let profile = workingProfile()
  const actions = new Set<string>()
  for (let report = 0; report < 100; report += 1) {
    const next = use({ atMs: MONDAY_MS + 12 * HOUR_MS + report * 1000, count: 20 })
    actions.add(evaluateUse(DEFAULT_RISK_POLICY, profile, next).action)
    profile = learnUse(profile, next)
  }

  assert.ok(actions.has('notify'))
})

test('the usual work is nothing to tell, nor twice as much', () => {
  assert.deepEqual(judge(), { action: 'allow', score: 0, findings: [] })
  assert.deepEqual(rulesOf({ count: 200 }), [])
})

test('a key without a history has no habits, and reports that do not tell the program say nothing of it', () => {
  assert.equal(
    evaluateUse(DEFAULT_RISK_POLICY, EMPTY_MACHINE_PROFILE, use({ count: 99_999 })).action,
    'allow',
  )
  assert.deepEqual(rulesOf({ agent: null }), [])
})
