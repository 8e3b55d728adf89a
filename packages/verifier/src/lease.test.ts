import assert from 'node:assert/strict'
import test from 'node:test'
import { isWithin, LEASE_MS_MAX, Lease, type LeaseGrant } from './lease.ts'

const grant = (changes: Partial<LeaseGrant> = {}): LeaseGrant => ({
  sentAtMonotonicMs: 1_000,
  sentAtWallMs: 50_000,
  leaseMs: 5_000,
  authorityNowMs: 9_000_000,
  ...changes,
})
const granted = (changes: Partial<LeaseGrant> = {}): Lease => {
  const lease = new Lease()
  lease.extend(grant(changes), 1_500)
  return lease
}
const at = (monotonicMs: number, wallMs = monotonicMs + 49_000): { monotonicMs: number; wallMs: number } => ({
  monotonicMs,
  wallMs,
})

test('a lease that was never granted does not hold', () => {
  const lease = new Lease()
  for (const now of [at(0), at(-1e15), at(1e15)]) assert.equal(lease.holds(now), false)
})

test('rule 3: the lease counts from the sending of the poll, and has lapsed when its time has passed', () => {
  const lease = granted()
  assert.ok(lease.holds(at(1_500)))
  assert.ok(lease.holds(at(5_999)))
  assert.ok(!lease.holds(at(6_000)))
})

test('rule 3: either clock alone ends it: a suspended machine, a wall clock set forward or back', () => {
  const lease = granted()
  assert.ok(!lease.holds(at(2_000, 55_000)))
  assert.ok(!lease.holds(at(6_000, 51_000)))
  assert.ok(!lease.holds(at(2_000, 49_999)))
  assert.ok(lease.holds(at(2_000, 50_000)))
})

test('rule 3: an answer that arrives late takes nothing away and moves no clock', () => {
  const lease = granted()
  lease.extend(grant({ sentAtMonotonicMs: 500, sentAtWallMs: 49_500, authorityNowMs: 1 }), 1_600)
  assert.ok(lease.holds(at(5_999)))
  assert.equal(lease.authorityMs(1_500), 9_000_000)
})

test('a shorter lease takes the place of a longer one only when it ends later', () => {
  const lease = granted()
  lease.extend(grant({ sentAtMonotonicMs: 2_000, sentAtWallMs: 51_000, leaseMs: 1_000 }), 2_100)
  assert.ok(lease.holds(at(5_999)))
  lease.extend(grant({ sentAtMonotonicMs: 5_500, sentAtWallMs: 54_500, leaseMs: 1_000 }), 5_600)
  assert.ok(lease.holds(at(6_499)))
  assert.ok(!lease.holds(at(6_500)))
  assert.equal(lease.leaseMs, 1_000)
})

test('an answer without a lease grants none', () => {
  assert.ok(!granted({ leaseMs: 0 }).holds(at(1_500)))
  assert.ok(!granted({ leaseMs: -1 }).holds(at(1_000)))
  assert.ok(!granted({ leaseMs: Number.NaN }).holds(at(1_500)))
  assert.ok(!granted({ sentAtMonotonicMs: Number.NaN }).holds(at(1_500)))
})

test('rule 10: no answer grants more than a minute', () => {
  const lease = granted({ leaseMs: Number.POSITIVE_INFINITY })
  assert.ok(lease.holds(at(1_000 + LEASE_MS_MAX - 1)))
  assert.ok(!lease.holds(at(1_000 + LEASE_MS_MAX)))
})

test('an ended lease is not given back by an answer to a poll from before', () => {
  const lease = granted()
  lease.end(2_000)
  assert.ok(!lease.holds(at(2_000)))
  lease.extend(grant({ sentAtMonotonicMs: 1_999, sentAtWallMs: 50_999 }), 2_100)
  assert.ok(!lease.holds(at(2_100)))
  lease.extend(grant({ sentAtMonotonicMs: 2_000, sentAtWallMs: 51_000 }), 2_100)
  assert.ok(lease.holds(at(2_100)))
})

test('rule 7: the authority’s time goes on with the monotonic clock, whatever the wall clock does', () => {
  const lease = granted()
  assert.equal(lease.authorityMs(1_500), 9_000_000)
  assert.equal(lease.authorityMs(1_750), 9_000_250)
})

test('a span is over when either clock says so, or when the wall clock stands before its beginning', () => {
  const since = { monotonicMs: 100, wallMs: 1_000 }
  assert.ok(isWithin(since, { monotonicMs: 199, wallMs: 1_099 }, 100))
  assert.ok(!isWithin(since, { monotonicMs: 200, wallMs: 1_000 }, 100))
  assert.ok(!isWithin(since, { monotonicMs: 100, wallMs: 1_100 }, 100))
  assert.ok(!isWithin(since, { monotonicMs: 150, wallMs: 999 }, 100))
})
