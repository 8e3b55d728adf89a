/**
 * The lease protocol, held against simulated histories: many clients, verifiers and revocations on one or two
 * authority nodes, on simulated clocks, network and store, with faults; the code between them is the real one.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Played, playHistory } from './history.ts'
import { describeViolation } from './picture.ts'

const FIRST_SEED = 1
const HISTORIES = 190

const RERUN = 'npm exec -- node --conditions=source packages/server/test/history/run.ts'

test(`${HISTORIES} histories from seed ${FIRST_SEED} on: nothing is accepted too late, and nothing good is refused`, async (t) => {
  const totals = { accepted: 0, refused: 0, unavailable: 0, confirmed: 0, committed: 0 }
  for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed += 1) {
    const played = await playHistory(seed)
    assert.equal(played.violations.length, 0, tell(seed, played))
    for (const { outcome } of played.history.checks) {
      if (outcome !== null && outcome.kind !== 'lost') totals[outcome.kind] += 1
    }
    for (const { committedAtMs, confirmedAtMs } of played.history.revocations) {
      if (committedAtMs !== null) totals.committed += 1
      if (confirmedAtMs !== null) totals.confirmed += 1
    }
  }
  t.diagnostic(JSON.stringify(totals))

  // Where next to nothing is accepted, revoked or confirmed there is nothing to find.
  assert.ok(totals.accepted > 100 * HISTORIES)
  assert.ok(totals.committed > 10 * HISTORIES)
  assert.ok(totals.confirmed > totals.committed / 2)
  assert.ok(totals.unavailable < totals.accepted)
})

function tell(seed: number, { violations, picture }: Played): string {
  const others = violations.slice(1, 10).map(describeViolation)
  return [`Seed ${seed}; play it again with: ${RERUN} --seed ${seed} --count 1`, picture, ...others].join(
    '\n',
  )
}

test('a seed plays the same history every time', async () => {
  const [first, second] = [await playHistory(7), await playHistory(7)]

  assert.equal(first.events, second.events)
  assert.deepEqual(first.history.notes, second.history.notes)
  const outcomes = ({ history }: Played): unknown =>
    history.checks.map(({ beganAtMs, endedAtMs, outcome }) => [beganAtMs, endedAtMs, outcome])
  assert.deepEqual(outcomes(first), outcomes(second))
})

test('clocks of two nodes that are hours apart let nothing in that was revoked', async () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const played = await playHistory(seed, { clocksApart: true, faults: ['move-node-clocks'], nodes: 2 })
    assert.equal(played.violations.length, 0, tell(seed, played))
  }
})
