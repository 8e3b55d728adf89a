/** Remembered decisions are bounded, and one kind does not push out the other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDecisions, type Decision } from './decisions.ts'

const makeDecision = (id: string, reportedBy: string | null = null): Decision => ({
  id,
  atMs: 1,
  code: 'invalid_credential',
  reason: 'ended',
  route: 'me',
  credential_id: null,
  address: null,
  reported_by: reportedBy,
  position: 7,
  lease_ms: 5000,
  place: 'authority',
  needs: null,
})

test('the oldest are forgotten, and a flood of own refusals leaves the reported ones', () => {
  const decisions = createDecisions(3)
  decisions.add(makeDecision('reported', 'svc'))

  for (let count = 0; count < 10; count += 1) decisions.add(makeDecision(`own-${count}`))

  assert.equal(decisions.find('own-6'), null)
  assert.deepEqual(decisions.find('own-7'), makeDecision('own-7'))
  assert.deepEqual(decisions.find('reported'), makeDecision('reported', 'svc'))
})

test('the first word about a decision stands, whoever comes second', () => {
  const decisions = createDecisions()
  decisions.add(makeDecision('a'))
  decisions.add(makeDecision('b', 'svc'))

  decisions.add({ ...makeDecision('a', 'svc'), reason: 'other' })
  decisions.add({ ...makeDecision('b'), reason: 'other' })

  assert.equal(decisions.find('a')?.reason, 'ended')
  assert.equal(decisions.find('b')?.reason, 'ended')
})
