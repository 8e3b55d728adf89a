import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attempt, DAY_MS, MONDAY_MS, steadyProfile } from '../../test/risk/given.ts'
import { evaluate } from './evaluate.ts'
import { DEFAULT_RISK_POLICY } from './policy.ts'
import { learn } from './profile.ts'
import { unlearn } from './unlearn.ts'

const stranger = (atMs: number) =>
  attempt({ atMs, address: '198.51.100.9', deviceId: 'stranger', userAgent: 'curl/8.9.1' })

test('what came in with a sign-in that was not its owner’s is as new as before', () => {
  const steady = steadyProfile()
  const before = evaluate(DEFAULT_RISK_POLICY, steady, stranger(MONDAY_MS + DAY_MS))
  const fooled = learn(steady, stranger(MONDAY_MS))
  assert.notDeepEqual(
    evaluate(DEFAULT_RISK_POLICY, fooled, stranger(MONDAY_MS + DAY_MS)).action,
    before.action,
  )

  const again = unlearn(fooled, stranger(MONDAY_MS))

  const after = evaluate(DEFAULT_RISK_POLICY, again, stranger(MONDAY_MS + DAY_MS))
  assert.equal(after.action, before.action)
  assert.deepEqual(
    after.findings.map(({ rule }) => rule),
    before.findings.map(({ rule }) => rule),
  )
})

test('where the owner was seen before stays known, and nothing else is lost', () => {
  const steady = steadyProfile()
  const at = attempt({ atMs: MONDAY_MS + DAY_MS })
  const learned = learn(steady, at)

  const again = unlearn(learned, at)

  for (const list of ['networks', 'providers', 'countries', 'places', 'devices', 'agents'] as const) {
    assert.deepEqual(again[list], learned[list], list)
  }
})
