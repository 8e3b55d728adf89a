import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { lanesBy, MIA, type Phone, signInOnPhone } from '../demo/people.ts'
import { bearer, createVisit, expect, untilStatus, type Visit } from '../demo/visitor.ts'
import { type House, openHouse } from '../given.ts'
import { createPool } from './app.ts'

const AUDIENCE = 'https://pool.example'
const GYM = 'https://gym.example'

const undoing: (() => Promise<unknown>)[] = []
let house: House
let app: FastifyInstance
let pool: string

before(async () => {
  house = await openHouse((undo) => undoing.push(undo), [AUDIENCE, GYM], { COUNTERSIGN_LEASE_SECONDS: '60' })
  await house.member()
  app = createPool(await house.verifier(AUDIENCE, (undo) => undoing.push(undo)), { signInAgeMaxSeconds: 300 })
  pool = await app.listen({ port: 0, host: '127.0.0.1' })
})
after(async () => {
  await app?.close()
  for (const undo of undoing.reverse()) await undo()
})

const visit = (request: string, phone: Phone): Visit =>
  createVisit({ where: 'pool', at: pool, request, authorization: bearer(phone.accessToken) })

test('401 with a challenge for whoever shows nothing', async () => {
  const answer = await expect(
    createVisit({ where: 'pool', at: pool, request: 'GET /lanes' }),
    401,
    'credential_required',
  )

  assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer realm=/)
})

test('401 for a JWT that is meant for the gym alone', async () => {
  const { id } = await house.owner.serviceAccounts.create({ name: 'robot', roles: ['swimmer'] })
  const permissions = ['lanes:book']
  const { secret } = await house.owner.apiKeys.create({ name: 'robot', service_account_id: id, permissions })
  const token = await house.anybody.exchangeApiKey({ apiKey: secret, audience: GYM })

  await expect(
    createVisit({
      where: 'pool',
      at: pool,
      request: 'GET /lanes',
      authorization: bearer(token.access_token),
    }),
    401,
    'invalid_credential',
  )
})

test('a member’s JWT is good for a lane, which is booked once', async () => {
  const phone = await signInOnPhone(house.anybody, MIA)

  await expect(lanesBy(pool, phone), 200)
  await expect(visit('POST /lanes/3/bookings', phone), 201)
  await expect(visit('POST /lanes/3/bookings', phone), 409)
  await expect(visit('POST /lanes/9/bookings', phone), 404)
})

test('a locker opens for whom the authority knows at this moment', async () => {
  const phone = await signInOnPhone(house.anybody, MIA)
  await expect(visit('POST /lockers/7/open', phone), 200)

  await house.owner.revoke({ target: { kind: 'session', id: phone.sessionId } })

  await expect(visit('POST /lockers/7/open', phone), 401, 'invalid_credential')
})

test('a season ticket asks for a fresh sign-in, and says how fresh', async (t) => {
  const phone = await signInOnPhone(house.anybody, MIA)
  await expect(visit('POST /season-tickets', phone), 201)
  const strict = createPool(await house.verifier(AUDIENCE, (undo) => t.after(undo)), {
    signInAgeMaxSeconds: 0,
  })
  t.after(() => strict.close())
  const at = await strict.listen({ port: 0, host: '127.0.0.1' })
  const authorization = bearer(phone.accessToken)
  const buying = createVisit({ where: 'pool', at, request: 'POST /season-tickets', authorization })

  // RFC 9470 counts whole seconds: the sign-in is older than none of them after one at most.
  const refusal = await untilStatus(buying, (status) => status === 401, performance.now())
  const { headers } = await buying.ask()

  assert.equal(refusal.code, 'insufficient_user_authentication')
  assert.match(headers.get('www-authenticate') ?? '', /error="insufficient_user_authentication".*max_age="?0/)
})

test('RFC 9728: the pool says which authority it trusts', async () => {
  const strange = await fetch(`${pool}/.well-known/oauth-protected-resource`)

  const document: unknown = await strange.json()

  assert.ok(typeof document === 'object' && document !== null && 'authorization_servers' in document)
  assert.deepEqual(document.authorization_servers, [house.url])
})

// The last one, since there is no authority after it.
test('without the authority the reader goes on within the lease, and the locker stays shut', async () => {
  const phone = await signInOnPhone(house.anybody, MIA)
  await expect(lanesBy(pool, phone), 200)

  await house.stop()

  await expect(lanesBy(pool, phone), 200)
  await expect(visit('POST /lockers/7/open', phone), 503, 'verifier_unavailable')
})
