import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Verifier } from '@countersign/verifier'
import { createAdaptorServer } from '@hono/node-server'
import { watchFloor } from '../demo/floor.ts'
import { classesBy, doorBy, MIA, signInOnPhone, signInOnTablet } from '../demo/people.ts'
import { apiKey, bearer, createVisit, expect } from '../demo/visitor.ts'
import { type House, listen, openHouse } from '../given.ts'
import { createGym } from './app.ts'

const AUDIENCE = 'https://gym.example'

const undoing: (() => Promise<unknown>)[] = []
let house: House
let verifier: Verifier
let gym: string

before(async () => {
  house = await openHouse((undo) => undoing.push(undo), [AUDIENCE])
  await house.member()
  verifier = await house.verifier(AUDIENCE, (undo) => undoing.push(undo))
})
after(async () => {
  for (const undo of undoing.reverse()) await undo()
})
beforeEach(async (t) => {
  assert.ok('after' in t)
  gym = await listen(t, createAdaptorServer({ fetch: createGym(verifier).fetch }))
})

async function makeKey(permissions: string[], rateLimit?: { requests: number; per_seconds: number }) {
  const { id } = await house.owner.serviceAccounts.create({ name: 'turnstile', roles: ['door', 'swimmer'] })
  const request = { name: 'turnstile', service_account_id: id, permissions, rate_limit: rateLimit }
  return house.owner.apiKeys.create(request)
}

test('401 without a credential, and the front page for everybody', async () => {
  await expect(createVisit({ where: 'gym', at: gym, request: 'GET /classes' }), 401, 'credential_required')
  await expect(createVisit({ where: 'gym', at: gym, request: 'GET /' }), 200)
})

test('403 for a turnstile that wants to know the classes, 422 for a door that says nothing', async () => {
  const { secret } = await makeKey(['doors:open'])
  const authorization = apiKey(secret)

  await expect(classesBy(gym, authorization), 403, 'permission_denied')
  const door = { where: 'gym', at: gym, request: 'POST /door', authorization } as const
  await expect(createVisit({ ...door, body: { member: 7, direction: 'in' } }), 422)
})

test('429 for a key that has used up its own limit, with the time to wait', async () => {
  const { secret } = await makeKey(['doors:open'], { requests: 2, per_seconds: 60 })
  const door = doorBy(gym, apiKey(secret))
  await expect(door, 200)
  await expect(door, 200)

  const answer = await expect(door, 429, 'rate_limited')

  assert.ok(Number(answer.headers.get('retry-after')) > 0)
})

test('a session token, a JWT and an API key open the same route', async () => {
  const tablet = await signInOnTablet(house.anybody, MIA)
  const phone = await signInOnPhone(house.anybody, MIA)
  const { secret } = await makeKey(['classes:read'])

  await expect(classesBy(gym, bearer(tablet.sessionToken)), 200)
  await expect(classesBy(gym, bearer(phone.accessToken)), 200)
  await expect(classesBy(gym, apiKey(secret)), 200)
})

test('a class is booked once, and one that does not exist is not', async () => {
  const authorization = bearer((await signInOnPhone(house.anybody, MIA)).accessToken)
  const booking = { where: 'gym', at: gym, authorization } as const
  const yoga = createVisit({ ...booking, request: 'POST /classes/yoga/bookings' })

  await expect(yoga, 201)
  await expect(yoga, 200)
  await expect(createVisit({ ...booking, request: 'POST /classes/chess/bookings' }), 404)
})

test('the stream tells who comes in, and closes when its session ends', async () => {
  const tablet = await signInOnTablet(house.anybody, MIA)
  const { secret } = await makeKey(['doors:open'])
  const floor = await watchFloor(gym, bearer(tablet.sessionToken))
  await expect(doorBy(gym, apiKey(secret)), 200)
  await floor.shows('Mia')

  const answer = await house.owner.revoke({
    target: { kind: 'session', id: tablet.sessionId },
    waitMs: 30_000,
  })

  assert.ok(answer.confirmed)
  await floor.closed()
  await expect(classesBy(gym, bearer(tablet.sessionToken)), 401, 'invalid_credential')
})
