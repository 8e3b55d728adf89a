/**
 * Refresh tokens against a model of RFC 9700 §4.14.2: whatever is presented, in whatever order and however
 * many at once, the answers are those of some order of single presentations.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Store } from '@countersign/core'
import fc from 'fast-check'
import { GRACE, present } from '../acts.ts'
import { type Bench, onEachDatabase } from '../bench.ts'
import { DAY, digestOf, type Family, givenAccount, givenGrant, NOW, SECOND } from '../given.ts'
import { entriesAfter, familyOf } from '../looks.ts'

type Answer = Awaited<ReturnType<Store['rotateRefreshToken']>>['kind']

interface Model {
  /** When each generation was used, the first one first. */
  readonly usedAt: readonly (number | null)[]
  readonly isEnded: boolean
}

const beginning: Model = { usedAt: [null], isEnded: false }

function step(model: Model, generation: number, nowMs: number): { answer: Answer; model: Model } {
  const { usedAt, isEnded } = model
  const used = usedAt[generation - 1]
  if (isEnded || used === undefined) return { answer: 'gone', model }
  if (used === null) {
    return { answer: 'rotated', model: { isEnded, usedAt: [...usedAt.with(generation - 1, nowMs), null] } }
  }
  const isRetry = nowMs - used < GRACE && usedAt[generation] === null
  return isRetry ? { answer: 'retry', model } : { answer: 'reused', model: { usedAt, isEnded: true } }
}

/** Every model that one order or another of the presentations leads to with exactly these answers. */
function explain(
  model: Model,
  presented: readonly { generation: number; answer: Answer }[],
  nowMs: number,
): readonly Model[] {
  if (presented.length === 0) return [model]
  return presented.flatMap((one, index) => {
    const next = step(model, one.generation, nowMs)
    return next.answer === one.answer ? explain(next.model, presented.toSpliced(index, 1), nowMs) : []
  })
}

/** Orders that lead to the same model are one from there on: kept apart they would multiply with every step. */
function distinct(models: readonly Model[]): readonly Model[] {
  return [...new Map(models.map((model) => [JSON.stringify(model), model])).values()]
}

/** How far back from the newest generation each presentation reaches; -1 is one that was never issued. */
const steps = fc.array(
  fc.record({
    advanceMs: fc.constantFrom(0, 1, 10 * SECOND, GRACE - 1, GRACE, 5 * GRACE),
    backs: fc.array(fc.constantFrom(0, 0, 0, 0, 1, 1, 2, -1), { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 8 },
)
type Steps = typeof steps extends fc.Arbitrary<infer T> ? T : never

async function play(bench: Bench, family: Family, plan: Steps): Promise<void> {
  const { position } = await bench.store.readHead()
  let nowMs = NOW
  let models: readonly Model[] = [beginning]
  for (const { advanceMs, backs } of plan) {
    nowMs += advanceMs
    const newest = models[0]?.usedAt.length ?? 0
    const generations = backs.map((back) => Math.max(1, newest - back))
    const answers = await Promise.all(
      generations.map(async (generation) => ({
        generation,
        ...(await present(bench, family, generation, { nowMs })),
      })),
    )
    const presented = answers.map(({ generation, kind }) => ({ generation, answer: kind }))
    models = distinct(models.flatMap((model) => explain(model, presented, nowMs)))
    const [model] = models
    assert.ok(model, `no order explains ${JSON.stringify({ nowMs, presented })}`)
    for (const answer of answers) {
      if (answer.kind !== 'retry') continue
      assert.equal(answer.successorDigest, digestOf(family.grant, answer.generation + 1))
    }
    await compare(bench, family, model, position)
  }
}

/** The database stands where the model does: never two unused tokens, ended exactly by a reuse, with one kill. */
async function compare(bench: Bench, { grant }: Family, model: Model, position: number): Promise<void> {
  const tokens = await familyOf(bench, grant.id)
  assert.deepEqual(
    tokens.map((token) => token.usedAt),
    model.usedAt,
  )
  const kill = { kind: 'grant', id: grant.id, effect: 'kill' }
  assert.deepEqual(await entriesAfter(bench, position), model.isEnded ? [kill] : [])
  const [row] = await bench.rows('select ended_at from grants where id = $1', grant.id)
  assert.equal(row?.ended_at !== null, model.isEnded)
}

onEachDatabase((bench) => {
  test('every history of presentations is one of single uses in some order', async () => {
    const account = await givenAccount(bench())
    const property = fc.asyncProperty(steps, async (plan) => {
      const day = { idleSeconds: 86_400, idleExpiresAtMs: NOW + DAY }
      await play(bench(), await givenGrant(bench(), account, { session: day }), plan)
    })

    await fc.assert(property, { numRuns: 60 })
  })
})
