// The rate limiter that processes share, against a real Redis where there is one, and against none.

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import { startRedis } from '@countersign/tools/redis'
import { createClient } from '@redis/client'
import type { RateLimiter, RatePolicy } from '../../src/guards/rate-limiter.ts'
import { createRedisLimiter } from '../../src/guards/redis-limiter.ts'

const policy: RatePolicy = { name: 'api_key', points: 3, perSeconds: 60 }

/** Starts a Redis and connects to it as an application would. */
async function openRedis(t: TestContext, program: string) {
  const { path, stop } = await startRedis(program)
  const client = createClient({ socket: { path, tls: false } })
  client.on('error', () => undefined)
  await client.connect()
  t.after(async () => {
    client.destroy()
    await stop()
  })
  const open = (): RateLimiter =>
    createRedisLimiter({
      evaluate: (script, key, args) => client.eval(script, { keys: [key], arguments: [...args] }),
      onError: (error) => assert.fail(String(error)),
    })
  return { client, open }
}

test('two processes share what is left, and what is refused is not counted', async (t) => {
  const program = requireProgram(t, 'redis-server')
  if (program === undefined) return
  const { open, client } = await openRedis(t, program)
  const [one, other] = [open(), open()]

  const verdicts = []
  for (const limiter of [one, other, one, other, one]) verdicts.push(await limiter.take('ada', policy))

  assert.deepEqual(
    verdicts.map(({ allowed }) => allowed),
    [true, true, true, false, false],
  )
  assert.deepEqual(
    verdicts.map(({ remaining }) => remaining),
    [2, 1, 0, 0, 0],
  )
  for (const { resetSeconds } of verdicts) assert.ok(resetSeconds >= 59 && resetSeconds <= 60)
  assert.equal(await client.get('countersign:rate:api_key:ada'), '3')
  assert.equal((await one.take('bob', policy)).remaining, 2)
})

test('a hundred uses at once are let in three times', async (t) => {
  const program = requireProgram(t, 'redis-server')
  if (program === undefined) return
  const { open } = await openRedis(t, program)
  const limiters = [open(), open()]

  const verdicts = await Promise.all(
    Array.from({ length: 100 }, (_, index) => limiters[index % 2]?.take('ada', policy)),
  )

  assert.equal(verdicts.filter((verdict) => verdict?.allowed).length, 3)
})

test('a counter that has lost its time to live gets it back', async (t) => {
  const program = requireProgram(t, 'redis-server')
  if (program === undefined) return
  const { open, client } = await openRedis(t, program)
  const limiter = open()
  await limiter.take('ada', policy)
  await client.persist('countersign:rate:api_key:ada')

  const { remaining } = await limiter.take('ada', policy)

  assert.equal(remaining, 1)
  assert.ok((await client.pTTL('countersign:rate:api_key:ada')) > 59_000)
})

test('while nothing answers, or nonsense, the process counts alone and says so', async () => {
  for (const evaluate of [
    () => Promise.reject(new Error('There is no Redis.')),
    () => Promise.resolve('OK'),
    () => Promise.resolve([1]),
    () => Promise.resolve([1, 'x', 5]),
  ]) {
    const errors: unknown[] = []
    const limiter = createRedisLimiter({ evaluate, onError: (error) => errors.push(error) })

    const allowed = []
    for (let count = 0; count < 4; count += 1) allowed.push((await limiter.take('ada', policy)).allowed)

    assert.deepEqual(allowed, [true, true, true, false])
    assert.equal(errors.length, 4)
  }
})
