import assert from 'node:assert/strict'
import test from 'node:test'
import { NOW_SECONDS } from '../../test/given.ts'
import { givenVerifier } from '../../test/given-verifier.ts'

const badAnswers: Readonly<Record<string, (answer: Record<string, unknown>) => unknown>> = {
  'no object': () => [],
  null: () => null,
  'a position that is a text': (answer) => ({ ...answer, position: '11' }),
  'a position below the one that was asked after': (answer) => ({ ...answer, position: 9 }),
  'a negative lease': (answer) => ({ ...answer, lease_ms: -1 }),
  'a lease that is no number': (answer) => ({ ...answer, lease_ms: null }),
  'no time': (answer) => ({ ...answer, now: undefined }),
  'a time without a zone': (answer) => ({ ...answer, now: '2027-01-15T08:00:00.000' }),
  'a time that is a number': (answer) => ({ ...answer, now: NOW_SECONDS }),
  'an impossible time': (answer) => ({ ...answer, now: '2027-13-45T08:00:00.000Z' }),
  'a foreign epoch without a snapshot': (answer) => ({ ...answer, epoch: 'epoch-two' }),
  'an epoch without a name': (answer) => ({ ...answer, epoch: '' }),
  'a snapshot that is neither true nor false': (answer) => ({ ...answer, snapshot: 'no' }),
  'a lease on a page with more to come': (answer) => ({ ...answer, more: true }),
  'entries that are no list': (answer) => ({ ...answer, entries: {} }),
  'too many entries': (answer) => ({ ...answer, entries: Array(10_001).fill(entryAt(11)) }),
  'an entry without an end': (answer) => ({ ...answer, entries: [{ ...entryAt(11), expires_at: null }] }),
  'an entry without an id': (answer) => ({ ...answer, entries: [{ ...entryAt(11), id: '' }] }),
  'an entry with a long id': (answer) => ({ ...answer, entries: [{ ...entryAt(11), id: 'x'.repeat(513) }] }),
  'a rule that is null': (answer) => ({
    ...answer,
    entries: [{ ...entryAt(11), issued_before_position: null }],
  }),
  'entries out of order': (answer) => ({ ...answer, position: 12, entries: [entryAt(12), entryAt(11)] }),
  'one entry twice': (answer) => ({ ...answer, position: 11, entries: [entryAt(11), entryAt(11)] }),
  'entries beyond its own position': (answer) => ({ ...answer, entries: [entryAt(11)] }),
  'a bad pruned_until': (answer) => ({ ...answer, pruned_until: 'yesterday' }),
}
const entryAt = (position: number): object => ({
  position,
  kind: 'session',
  id: 'ses_1',
  expires_at: '2027-01-15T09:00:00.000Z',
})

for (const [name, spoil] of Object.entries(badAnswers)) {
  test(`a bad answer is an outage and applies nothing: ${name}`, async (t) => {
    const { verifier, authority, timers, told } = await givenVerifier(t)
    authority.intercept = ({ path, query }) =>
      path === '/v1/revocations' ? Response.json(spoil(authority.feedAnswer(query))) : undefined

    await timers.advance(4_999)
    assert.deepEqual([verifier.stats().position, verifier.stats().revokedNodes], [10, 0])
    await timers.advance(2_002)

    assert.ok(!verifier.stats().leaseHolds)
    assert.deepEqual([verifier.stats().position, verifier.stats().revokedNodes], [10, 0])
    assert.deepEqual(told(), ['lease_regained', 'call_failed', 'lease_lost'])
  })
}
