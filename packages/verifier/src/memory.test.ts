import assert from 'node:assert/strict'
import test from 'node:test'
import { givenOpaque, givenPair, givenVerdict, kill, rule } from '../test/given.ts'
import { importKey } from './jwt/keys.ts'
import { type FeedAnswer, Memory } from './memory.ts'

const START_MS = 1_000_000
const at = (monotonicMs: number): { monotonicMs: number; wallMs: number } => ({
  monotonicMs,
  wallMs: monotonicMs,
})
const answer = (changes: Partial<FeedAnswer> = {}): FeedAnswer => ({
  epoch: 'one',
  entries: [],
  position: 10,
  snapshot: false,
  sentAtMonotonicMs: START_MS,
  sentAtWallMs: START_MS,
  leaseMs: 5_000,
  authorityNowMs: 1_800_000_000_000,
  ...changes,
})
const givenMemory = (changes: Partial<FeedAnswer> = {}): Memory => {
  const memory = new Memory(
    { entriesMax: 10, bytesMax: 1e6 },
    { entriesMax: 10, charactersMax: 1e4, keepMs: 1_000 },
  )
  memory.apply(answer({ snapshot: true, ...changes }), at(START_MS))
  return memory
}
const session = givenOpaque('session')
const verdict = givenVerdict(session.text, { usableUntilMs: 1_900_000_000_000 })

test('before the first snapshot nothing is applied and no lease granted', () => {
  const memory = new Memory({ entriesMax: 1, bytesMax: 1e4 }, { entriesMax: 2, charactersMax: 10, keepMs: 1 })
  assert.equal(memory.apply(answer(), at(START_MS)), false)
  assert.equal(memory.epoch, null)
  assert.ok(!memory.lease.holds(at(START_MS)))
})

test('an answer of another epoch that is no snapshot changes nothing', () => {
  const memory = givenMemory()
  const late = answer({ epoch: 'zero', entries: [kill(11, 'session', session.id)], position: 11 })
  assert.equal(memory.apply({ ...late, sentAtMonotonicMs: START_MS + 1 }, at(START_MS + 4_000)), false)
  assert.deepEqual([memory.epoch, memory.position, memory.revocations.size], ['one', 10, 0])
  assert.ok(!memory.lease.holds(at(START_MS + 5_000)))
})

test('rule 2: a snapshot below the applied position of the same epoch is ignored', () => {
  const memory = givenMemory()
  memory.apply(answer({ entries: [kill(20, 'session', session.id)], position: 20 }), at(START_MS + 1))
  assert.equal(memory.apply(answer({ snapshot: true, position: 19 }), at(START_MS + 2)), false)
  assert.ok(memory.revocations.isKilled('session', session.id))
})

test('a snapshot of the same epoch takes the place of the set, and verdicts go', () => {
  const memory = givenMemory()
  memory.hold(session.text, verdict)
  memory.apply(answer({ entries: [kill(11, 'session', 'ses_old')], position: 11 }), at(START_MS + 1))
  const { generation } = memory

  assert.ok(
    memory.apply(
      answer({ snapshot: true, position: 30, entries: [kill(30, 'session', 'ses_new')] }),
      at(START_MS + 2),
    ),
  )

  assert.deepEqual([memory.position, memory.revocations.size, memory.verdicts.size], [30, 1, 0])
  assert.ok(memory.revocations.isKilled('session', 'ses_new'))
  assert.notEqual(memory.generation, generation)
})

test('a new epoch begins with its own snapshot, at its own position, without verdicts and refusals', () => {
  const memory = givenMemory({ entries: [kill(9, 'session', 'ses_old')] })
  memory.hold(session.text, verdict)

  assert.ok(memory.apply(answer({ epoch: 'two', snapshot: true, position: 3 }), at(START_MS)))

  assert.deepEqual(
    [memory.epoch, memory.position, memory.revocations.size, memory.verdicts.size],
    ['two', 3, 0, 0],
  )
})

test('a delayed snapshot of the epoch before does not bring it back', () => {
  const memory = givenMemory()
  const later = { sentAtMonotonicMs: START_MS + 100, sentAtWallMs: START_MS + 100 }
  memory.apply(answer({ epoch: 'two', snapshot: true, position: 3, ...later }), at(START_MS + 200))

  assert.equal(memory.apply(answer({ snapshot: true, position: 50 }), at(START_MS + 300)), false)

  assert.deepEqual([memory.epoch, memory.position], ['two', 3])
})

test('entries that were applied already are not applied twice; the position only grows', () => {
  const memory = givenMemory()
  const entries = [kill(11, 'session', 'ses_1'), rule(12, 'account', 'acc_1')]
  memory.apply(answer({ entries, position: 15 }), at(START_MS + 1))
  const { version } = memory.revocations
  assert.ok(memory.apply(answer({ entries, position: 12 }), at(START_MS + 2)))
  assert.deepEqual([memory.position, memory.revocations.version], [15, version])
})

test('a held verdict is found again until an entry hits it, and then it is gone in that same step', () => {
  const memory = givenMemory()
  memory.hold(session.text, verdict)
  const [owner] = verdict.credential.path.filter(({ kind }) => kind === 'account')
  assert.ok(owner)
  const now = at(START_MS + 1)
  assert.equal(memory.recall(session.text, now)?.verdict, verdict)

  memory.apply(answer({ entries: [kill(11, 'session', 'ses_other')], position: 11 }), now)
  assert.ok(memory.recall(session.text, now))
  memory.apply(answer({ entries: [rule(12, 'account', owner.id)], position: 12 }), now)

  assert.equal(memory.recall(session.text, now), null)
  assert.equal(memory.verdicts.size, 0)
})

test('every node of the path can take the verdict away', () => {
  for (const node of verdict.credential.path) {
    const memory = givenMemory()
    memory.hold(session.text, verdict)
    memory.apply(answer({ entries: [rule(11, node.kind, node.id)], position: 11 }), at(START_MS + 1))
    assert.equal(memory.recall(session.text, at(START_MS + 1)), null, node.kind)
  }
})

test('a verdict that was decided after the entry stays', () => {
  const memory = givenMemory()
  memory.hold(session.text, { ...verdict, position: 11 })
  const entries = verdict.credential.path.map(({ kind, id }, index) => rule(11 + index, kind, id))
  memory.apply(answer({ entries: entries.slice(0, 1), position: 11 }), at(START_MS + 1))
  assert.ok(memory.recall(session.text, at(START_MS + 1)))
})

test('rule 7: a hit verdict does not come back when its entry has left and the authority’s clock is set back', () => {
  const memory = givenMemory()
  const expiresAtMs = 1_800_000_060_000
  memory.hold(session.text, { ...verdict, usableUntilMs: expiresAtMs })
  const entries = [{ ...kill(11, 'session', session.id), expiresAtMs }]
  memory.apply(answer({ entries, position: 11 }), at(START_MS + 1))
  // Nobody used the verdict while its entry was there; then the authority's clock runs ahead for a moment.
  const sent = { sentAtMonotonicMs: START_MS + 2, sentAtWallMs: START_MS + 2, position: 11 }
  memory.apply(answer({ ...sent, authorityNowMs: expiresAtMs + 60_000 }), at(START_MS + 2))
  assert.equal(memory.revocations.size, 0)
  memory.apply(answer({ ...sent, authorityNowMs: 1_800_000_000_000 }), at(START_MS + 3))

  assert.equal(memory.recall(session.text, at(START_MS + 3)), null)
})

test('what was forgotten stays forgotten through a snapshot of the same epoch, and ends with the epoch', () => {
  const expiresAtMs = 1_800_000_060_000
  const sent = { sentAtMonotonicMs: START_MS + 2, sentAtWallMs: START_MS + 2 }
  const memory = givenMemory({ entries: [{ ...kill(9, 'session', session.id), expiresAtMs }] })
  memory.apply(answer({ ...sent, authorityNowMs: expiresAtMs + 60_000 }), at(START_MS + 2))
  memory.apply(answer({ ...sent, snapshot: true }), at(START_MS + 3))
  assert.ok(memory.revocations.forgottenUpToMs >= expiresAtMs)
  memory.apply(answer({ ...sent, snapshot: true, epoch: 'two' }), at(START_MS + 4))
  assert.ok(memory.revocations.forgottenUpToMs < expiresAtMs)
})

test('rule 8: the kill of a signing key takes the key and what it verified', async () => {
  const pair = await givenPair('ES256')
  const memory = givenMemory()
  memory.setKeys([await importKey(pair.publicJwk)])
  const path = [...verdict.credential.path, { kind: 'signing_key' as const, id: pair.kid }]
  memory.hold(session.text, { ...verdict, credential: { ...verdict.credential, path } })

  memory.apply(answer({ entries: [kill(11, 'signing_key', pair.kid)], position: 11 }), at(START_MS + 1))

  assert.equal(memory.keys.get(pair.kid), undefined)
  assert.equal(memory.recall(session.text, at(START_MS + 1)), null)
  memory.setKeys([await importKey(pair.publicJwk)])
  assert.equal(memory.keys.get(pair.kid), undefined)
})

test('keys that are replaced take what they verified with them, and nothing else', async () => {
  const [first, second] = [await givenPair('ES256'), await givenPair('ES256')]
  const memory = givenMemory()
  const keys = await Promise.all([first, second].map(({ publicJwk }) => importKey(publicJwk)))
  memory.setKeys(keys)
  const other = givenOpaque('session')
  for (const [text, { kid }] of [
    [session.text, first],
    [other.text, second],
  ] as const) {
    memory.hold(text, {
      ...verdict,
      credential: { ...verdict.credential, path: [{ kind: 'signing_key', id: kid }] },
    })
  }

  memory.setKeys(keys.slice(1))

  assert.equal(memory.recall(session.text, at(START_MS + 1)), null)
  assert.ok(memory.recall(other.text, at(START_MS + 1)))
})

test('an answer that contradicts itself throws and extends no lease', () => {
  const wrong: readonly Partial<FeedAnswer>[] = [
    { entries: [kill(12, 'session', 'a'), kill(11, 'session', 'b')], position: 12 },
    { entries: [kill(11, 'session', 'a'), kill(11, 'session', 'b')], position: 11 },
    { entries: [kill(12, 'session', 'a')], position: 11 },
    { entries: [{ ...kill(11, 'session', 'a'), expiresAtMs: Number.NaN }], position: 11 },
    { entries: [{ ...kill(11, 'session', 'a'), issuedBeforePosition: Number.NaN }], position: 11 },
    { entries: [kill(Number.NaN, 'session', 'a')], position: 11 },
    { position: Number.NaN },
    { position: Number.POSITIVE_INFINITY },
    { position: 10.5 },
    { sentAtMonotonicMs: START_MS + 4_001 },
  ]
  for (const changes of wrong) {
    for (const snapshot of [false, true]) {
      const memory = givenMemory()
      memory.hold(session.text, verdict)
      const sent = { sentAtMonotonicMs: START_MS + 3_000, sentAtWallMs: START_MS + 3_000 }
      assert.throws(
        () => memory.apply(answer({ ...sent, ...changes, snapshot }), at(START_MS + 4_000)),
        RangeError,
      )
      assert.deepEqual([memory.position, memory.revocations.size], [10, 0], JSON.stringify(changes))
      assert.ok(!memory.lease.holds(at(START_MS + 5_000)))
    }
  }
})

test('a page without a lease is applied, and the lease that was there goes on', () => {
  const memory = givenMemory()
  const sent = { sentAtMonotonicMs: START_MS + 3_000, sentAtWallMs: START_MS + 3_000 }
  const page = answer({ ...sent, entries: [kill(11, 'session', 'a')], position: 11, leaseMs: 0 })
  assert.ok(memory.apply(page, at(START_MS + 3_100)))
  assert.ok(memory.revocations.isKilled('session', 'a'))
  assert.ok(memory.lease.holds(at(START_MS + 4_999)))
  assert.ok(!memory.lease.holds(at(START_MS + 5_000)))
})

test('headers are remembered up to a bound and forgotten with the keys', () => {
  const memory = givenMemory()
  for (let index = 0; index < 200; index += 1) memory.rememberHeader(`h${index}`, { alg: 'ES256', kid: 'k' })
  assert.equal(memory.knownHeaders.size, 64)
  memory.setKeys([])
  assert.equal(memory.knownHeaders.size, 0)
})
