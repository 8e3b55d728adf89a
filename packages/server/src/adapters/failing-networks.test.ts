import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFailingNetworks } from './failing-networks.ts'

const HOUR_MS = 3_600_000
const NOW = Date.UTC(2026, 0, 15)

test('a network is counted by whom it failed as, not by how often, and not by the one who asks', () => {
  const failing = createFailingNetworks()
  for (const subject of ['a', 'a', 'b', 'c']) failing.note('203.0.113.0/24', subject, NOW)

  assert.equal(failing.countOthers('203.0.113.0/24', 'a', NOW), 2)
  assert.equal(failing.countOthers('203.0.113.0/24', 'd', NOW), 3)
  assert.equal(failing.countOthers('198.51.100.0/24', 'd', NOW), 0)
})

test('after an hour it is forgotten, and an unknown address counts for nothing', () => {
  const failing = createFailingNetworks()
  failing.note('203.0.113.0/24', 'a', NOW)
  failing.note(null, 'a', NOW)

  assert.equal(failing.countOthers('203.0.113.0/24', 'b', NOW + HOUR_MS - 1), 1)
  assert.equal(failing.countOthers('203.0.113.0/24', 'b', NOW + HOUR_MS), 0)
  assert.equal(failing.countOthers(null, 'b', NOW), 0)
})

test('a flood from everywhere keeps its memory bounded and the newest in it', () => {
  const failing = createFailingNetworks()
  for (let network = 0; network < 30_000; network += 1) failing.note(`n${network}`, 'a', NOW)
  for (let subject = 0; subject < 1000; subject += 1) failing.note('n29999', `s${subject}`, NOW)

  assert.equal(failing.countOthers('n0', 'b', NOW), 0)
  assert.equal(failing.countOthers('n20001', 'b', NOW), 1)
  assert.equal(failing.countOthers('n29999', 'b', NOW), 64)
})
