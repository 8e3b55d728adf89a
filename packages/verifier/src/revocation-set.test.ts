import assert from 'node:assert/strict'
import test from 'node:test'
import type { NodeKind, PathNode, RevocationEntry } from '@countersign/protocol'
import fc from 'fast-check'
import { lastMissing, RevocationSet } from './revocation-set.ts'

const entry = (position: number, kind: NodeKind, id: string, changes: object = {}): RevocationEntry => ({
  position,
  kind,
  id,
  expiresAtMs: 100_000,
  ...changes,
})
const rule = (position: number, kind: NodeKind, id: string, changes: object = {}): RevocationEntry =>
  entry(position, kind, id, { issuedBeforePosition: position, ...changes })
const path: readonly PathNode[] = [
  { kind: 'account', id: 'acc_1' },
  { kind: 'session', id: 'ses_1' },
]
const setOf = (...entries: readonly RevocationEntry[]): RevocationSet => {
  const set = new RevocationSet()
  set.add(entries)
  return set
}

test('a kill hits whatever was decided under its node, at whatever position', () => {
  const set = setOf(entry(7, 'session', 'ses_1'))
  for (const position of [0, 6, 7, 8, Number.MAX_SAFE_INTEGER]) assert.ok(set.hits(path, position))
  assert.ok(set.isKilled('session', 'ses_1'))
})

test('a rule hits what was issued before it and nothing that came after', () => {
  const set = setOf(rule(7, 'account', 'acc_1'))
  assert.ok(set.hits(path, 6))
  assert.ok(!set.hits(path, 7))
  assert.ok(!set.hits(path, 8))
  assert.ok(!set.isKilled('account', 'acc_1'))
})

test('an entry hits no other node: neither another id nor the same id of another kind', () => {
  const set = setOf(entry(7, 'session', 'ses_2'), entry(8, 'role', 'acc_1'), entry(9, 'client', 'ses_1'))
  assert.ok(!set.hits(path, 0))
})

test('of several entries on one node the one that hits most counts, in whatever order they come', () => {
  const laterFirst = setOf(rule(9, 'account', 'acc_1'), rule(7, 'account', 'acc_1'))
  assert.ok(laterFirst.hits(path, 8))
  const killFirst = setOf(entry(3, 'account', 'acc_1'), rule(7, 'account', 'acc_1'))
  assert.ok(killFirst.hits(path, 50))
})

test('rule 4: a rule that names an earlier position than its own counts from its own', () => {
  const set = setOf(rule(9, 'account', 'acc_1', { issuedBeforePosition: 5 }))
  assert.ok(set.hits(path, 8))
  assert.ok(!set.hits(path, 9))
})

test('rule 7: what is older than an entry that has left stays hit, whatever its clock said of its end', () => {
  const set = setOf(entry(3, 'session', 'ses_1'), entry(4, 'session', 'ses_2', { expiresAtMs: 500_000 }))
  set.expire(100_000)
  assert.equal(set.forgottenPosition, 3)
  assert.ok(set.hits(path, 2))
  assert.ok(set.hits([{ kind: 'role', id: 'reader' }], 2))
  assert.ok(!set.hits(path, 3))
  set.forgetPosition(2)
  assert.equal(set.forgottenPosition, 3)
})

test('rule 7: an entry stays until its time has passed, and then leaves within a second', () => {
  const set = setOf(entry(1, 'session', 'ses_1', { expiresAtMs: 100_001 }))
  set.expire(100_000)
  assert.ok(set.hits(path, 1))
  set.expire(101_001)
  assert.ok(!set.hits(path, 1))
  assert.equal(set.size, 0)
  assert.ok(set.forgottenUpToMs >= 100_001)
})

test('a node with several entries stays until the last of them has left', () => {
  const set = setOf(
    rule(1, 'account', 'acc_1', { expiresAtMs: 300_000 }),
    rule(2, 'account', 'acc_1', { expiresAtMs: 100_000 }),
    rule(3, 'account', 'acc_1', { expiresAtMs: 100_000 }),
  )
  set.expire(200_000)
  assert.ok(set.hits(path, 0))
  assert.equal(set.size, 1)
  set.expire(300_000)
  assert.ok(!set.hits(path, 3))
  assert.equal(set.size, 0)
})

test('time that goes back brings nothing back and takes nothing away', () => {
  const set = setOf(entry(1, 'session', 'ses_1'), entry(2, 'account', 'acc_1', { expiresAtMs: 500_000 }))
  set.expire(200_000)
  const { forgottenUpToMs } = set
  set.expire(50_000)
  assert.equal(set.forgottenUpToMs, forgottenUpToMs)
  assert.ok(set.hits(path, 0))
})

test('an entry without an end, and one that had ended when it came, are kept until the next look', () => {
  const set = setOf(entry(1, 'session', 'ses_1', { expiresAtMs: Number.POSITIVE_INFINITY }))
  set.expire(1e15)
  assert.ok(set.hits(path, 0))
})

test('positions are dense, so that the last one without an entry is known to have been there', () => {
  const entries = [entry(4, 'session', 'a'), entry(6, 'session', 'b'), entry(7, 'session', 'c')]
  assert.equal(lastMissing(entries, 3, 7), 5)
  assert.equal(lastMissing(entries, 3, 9), 9)
  assert.equal(lastMissing(entries, 5, 7), 0)
  assert.equal(lastMissing([], 0, 0), 0)
  assert.equal(lastMissing([], 0, 2), 2)
})

test('the version changes whenever what is hit may have changed', () => {
  const set = new RevocationSet()
  const versions = new Set([set.version])
  set.add([entry(1, 'session', 'ses_1')])
  versions.add(set.version)
  set.expire(99_000)
  versions.add(set.version)
  assert.equal(versions.size, 2)
  set.expire(100_000)
  versions.add(set.version)
  assert.equal(versions.size, 3)
})

test('kinds that a newer authority invents are kept and hit', () => {
  const kind = 'organization' as NodeKind
  const set = setOf(entry(1, kind, 'org_1'))
  assert.ok(set.hits([{ kind, id: 'org_1' }], 0))
})

test('after any history the set hits at least what a plain list of live entries hits', () => {
  const id = fc.constantFrom('a', 'b', 'c')
  const kind = fc.constantFrom<NodeKind>('account', 'session', 'role')
  const step = fc.oneof(
    fc.record({
      do: fc.constant('add' as const),
      kind,
      id,
      isRule: fc.boolean(),
      livesMs: fc.integer({ min: 0, max: 90_000 }),
    }),
    fc.record({ do: fc.constant('expire' as const), byMs: fc.integer({ min: -20_000, max: 40_000 }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), kind, id, fc.nat(40), (steps, probeKind, probeId, at) => {
      const set = new RevocationSet()
      let nowMs = 1_000_000
      let latestMs = nowMs
      const all: RevocationEntry[] = []
      for (const one of steps) {
        if (one.do === 'add') {
          const expiresAtMs = nowMs + one.livesMs
          const make = one.isRule ? rule : entry
          const added = make(all.length + 1, one.kind, one.id, { expiresAtMs })
          all.push(added)
          set.add([added])
        } else {
          nowMs += one.byMs
          latestMs = Math.max(latestMs, nowMs)
          set.expire(nowMs)
        }
      }

      const under = all.filter((one) => one.kind === probeKind && one.id === probeId)
      const hitBy = (list: readonly RevocationEntry[]): boolean =>
        list.some(({ issuedBeforePosition }) => at < (issuedBeforePosition ?? Number.POSITIVE_INFINITY))
      const isHit = set.hits([{ kind: probeKind, id: probeId }], at)
      const mustHit = hitBy(under.filter(({ expiresAtMs }) => expiresAtMs > latestMs))

      assert.ok(isHit || !mustHit, 'something alive was forgotten')
      const isOld = at < set.forgottenPosition
      assert.ok(!isHit || isOld || hitBy(under), 'something was hit that no entry ever hit')
    }),
    { numRuns: 1_000 },
  )
})
