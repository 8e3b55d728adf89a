import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { World } from '../test/model.ts'
import type { Mutation, Step } from '../test/model-steps.ts'

const which = fc.nat(1_000)
const isRule = fc.boolean()
const kind = fc.constantFrom('access_token' as const, 'session' as const, 'api_key' as const)
const simple = fc.constantFrom<Step>(
  { do: 'poll' },
  { do: 'answer_poll' },
  { do: 'answer_ask' },
  { do: 'answer_ask' },
  { do: 'fail_ask' },
)
const chosen = fc.constantFrom('deliver_poll' as const, 'deliver_ask' as const, 'finish_signature' as const)
const common: readonly fc.WeightedArbitrary<Step>[] = [
  { weight: 3, arbitrary: fc.record({ do: fc.constant('issue' as const), kind }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('revoke' as const), which, node: which, isRule }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('check' as const), which }) },
  { weight: 8, arbitrary: simple },
  { weight: 10, arbitrary: fc.record({ do: chosen, which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('renewals' as const), work: fc.boolean() }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 2_500 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 60_000 }) }),
  },
]
/** One fault of the clocks at a time: two that cancel each other out within one lease nobody can see. */
const jumps = fc.record({ do: fc.constant('jump' as const), ms: fc.integer({ min: -9_000, max: 9_000 }) })
const sleeps = fc.record({ do: fc.constant('suspend' as const), ms: fc.integer({ min: 1, max: 9_000 }) })
const epochs = fc.constant<Step>({ do: 'new_epoch' })

const stepsWith = (...more: readonly fc.WeightedArbitrary<Step>[]): fc.Arbitrary<Step[]> =>
  fc.array(fc.oneof(...common, ...more), { minLength: 10, maxLength: 80, size: 'max' })

const histories: Readonly<Record<string, fc.Arbitrary<Step[]>>> = {
  'a wire that loses, delays, repeats and reorders': stepsWith(),
  'a wall clock that jumps': stepsWith({ weight: 3, arbitrary: jumps }),
  'a machine that is suspended': stepsWith({ weight: 3, arbitrary: sleeps }),
  'a log that begins anew': stepsWith({ weight: 1, arbitrary: epochs }),
}

/** Every world begins with credentials that are in use. */
const beginning: readonly Step[] = [
  { do: 'issue', kind: 'access_token' },
  { do: 'issue', kind: 'access_token' },
  { do: 'issue', kind: 'session' },
  { do: 'issue', kind: 'api_key' },
  ...[0, 1, 2, 3].map((one): Step => ({ do: 'check', which: one })),
  { do: 'answer_ask' },
  { do: 'answer_ask' },
  { do: 'deliver_ask', which: 0 },
  { do: 'deliver_ask', which: 0 },
  { do: 'finish_signature', which: 0 },
]

for (const [name, history] of Object.entries(histories)) {
  test(`${name}: nothing is accepted after its revocation was applied here or confirmed anywhere`, async () => {
    const totals = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const world = new World()
        await world.run([...beginning, ...steps])
        for (const [count, more] of Object.entries(world.counts))
          totals.set(count, (totals.get(count) ?? 0) + more)
      }),
      { numRuns: 500, endOnFailure: true },
    )
    assert.equal(totals.size, 4)
    for (const [count, total] of totals) assert.ok(total > 100, `only ${total} were ${count}`)
  })
}

const mutations: readonly NonNullable<Mutation>[] = [
  'lease_from_receipt',
  'state_before_head',
  'mint_head_last',
]
for (const mutation of mutations) {
  test(`a world that breaks a rule of the protocol is found out: ${mutation}`, async () => {
    const history = histories['a wire that loses, delays, repeats and reorders']
    assert.ok(history)
    const property = fc.asyncProperty(history, (steps) => new World(mutation).run([...beginning, ...steps]))
    const found = await fc.check(property, { numRuns: 3_000, seed: 1, endOnFailure: true })
    assert.ok(found.failed)
    assert.match(`${found.errorInstance}`, /accepted after its revocation was confirmed/)
  })
}

test('an answer that lacks entries lets nothing in: positions are dense, so that they are missed', async () => {
  const history = histories['a wire that loses, delays, repeats and reorders']
  assert.ok(history)
  const property = fc.asyncProperty(history, (steps) =>
    new World('entries_lost').run([...beginning, ...steps]),
  )
  await fc.assert(property, { numRuns: 500, seed: 1, endOnFailure: true })
})
