// What a guard has worked out about a credential is remembered beside its verdict: never what depends on the request or the moment.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGuardCore } from '../../src/guards/guard.ts'
import type { GuardOptions, Outcome, Requirements } from '../../src/guards/guard-types.ts'
import { createLimiter } from '../../src/guards/limiter.ts'
import { type IncomingRequest, nodeWire } from '../../src/guards/node-wire.ts'
import { createFakeVerifier, type FakeVerifier } from './fake-verifier.ts'

const TEXT = 'cs_seslive_ada'
const RESPONSE = { setHeader: () => undefined, destroy: () => undefined, on: () => undefined }

interface Asked {
  readonly requirements?: Requirements<IncomingRequest>
  readonly lines?: readonly string[]
  readonly method?: string
}

/** Asks of one guard, route by route; a route is asked again by its name. */
function openGuard(verifier: FakeVerifier, options: GuardOptions<IncomingRequest> = {}) {
  const core = createGuardCore(verifier, nodeWire, options)
  return (requirements: Requirements<IncomingRequest> = {}) => {
    const route = core.route(requirements)
    return async ({ lines = ['authorization', `Bearer ${TEXT}`], method = 'GET' }: Asked = {}) => {
      const socket = { remoteAddress: '127.0.0.1' } as IncomingRequest['socket']
      return toCode(await route.check({ method, rawHeaders: [...lines], socket }, RESPONSE))
    }
  }
}

const toCode = (outcome: Outcome): string => (outcome.ok ? 'let in' : outcome.code)

function given(facts: Parameters<FakeVerifier['let']>[1] = {}): FakeVerifier {
  const verifier = createFakeVerifier()
  verifier.let(TEXT, facts)
  return verifier
}

async function times<T>(count: number, run: () => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let round = 0; round < count; round += 1) results.push(await run())
  return results
}

test('a route that lets a credential in lets it into no other', async () => {
  const routes = openGuard(given({ permissions: ['gym:enter'] }))
  const [gym, pool] = [routes({ permissions: ['gym:enter'] }), routes({ permissions: ['pool:enter'] })]
  const wanted = ['let in', 'permission_denied']

  for (let round = 0; round < 4; round += 1) assert.deepEqual([await gym(), await pool()], wanted)
})

test('two guards on one verifier, and more routes than there is room for, remember nothing of each other', async () => {
  const verifier = given({ permissions: ['gym:enter'] })
  const guards = [openGuard(verifier), openGuard(verifier)]
  const routes = Array.from({ length: 70 }, (_, index) => ({
    wanted: index % 3 === 0 ? 'let in' : 'permission_denied',
    ask: guards[index % 2]?.({ permissions: [index % 3 === 0 ? 'gym:enter' : 'pool:enter'] }),
  }))

  for (let round = 0; round < 3; round += 1) {
    for (const { ask, wanted } of routes) assert.equal(await ask?.(), wanted)
  }
})

test('a credential that is bound to resources is compared with each request', async () => {
  let touched = 'door_1'
  const ask = openGuard(given({ resources: ['door_1'] }))({ resource: () => touched })

  const before = await times(3, ask)
  touched = 'door_2'

  assert.deepEqual([...before, await ask()], ['let in', 'let in', 'let in', 'permission_denied'])
})

test('where a cookie came from is looked at in every request', async () => {
  const ask = openGuard(given())()
  const lines = ['cookie', `__Host-countersign_session=${TEXT}`]

  const reads = await times(3, () => ask({ lines }))
  const foreign = await ask({ lines: [...lines, 'sec-fetch-site', 'cross-site'], method: 'POST' })

  assert.deepEqual([...reads, foreign], ['let in', 'let in', 'let in', 'csrf_refused'])
})

test('the age of a sign-in grows from one request to the next', async () => {
  let nowMs = 1_000_000
  const options = { nowMs: () => nowMs }
  const ask = openGuard(given({ authTimeMs: nowMs }), options)({ maxAuthenticationAgeSeconds: 60 })

  const before = await times(3, ask)
  nowMs += 61_000

  assert.deepEqual(
    [...before, await ask()],
    ['let in', 'let in', 'let in', 'insufficient_user_authentication'],
  )
})

test('every use of a limited key is counted, by each guard for itself', async () => {
  const path = [{ kind: 'api_key', id: 'key_01' }] as const
  const verifier = given({ rateLimit: { requests: 5, perSeconds: 60 }, path })
  const [first, second] = [openGuard(verifier), openGuard(verifier)]
  const routes = [first(), first({ permissions: [] })]

  const taken: string[] = []
  for (let round = 0; round < 6; round += 1) taken.push((await routes[round % 2]?.()) ?? '')
  const others = await times(6, second())

  const wanted = [...Array.from({ length: 5 }, () => 'let in'), 'rate_limited']
  assert.deepEqual(taken, wanted)
  assert.deepEqual(others, wanted)
  assert.equal(await routes[0]?.(), 'rate_limited')
})

test('a limiter of the API’s own is asked every time', async () => {
  const limiter = createLimiter({ monotonicMs: () => 0 })
  const path = [{ kind: 'api_key', id: 'key_01' }] as const
  const ask = openGuard(given({ rateLimit: { requests: 2, perSeconds: 60 }, path }), { limiter })()

  assert.deepEqual(await times(4, ask), ['let in', 'let in', 'rate_limited', 'rate_limited'])
})

test('a credential that has ended is not let in by what was remembered', async () => {
  const verifier = given()
  const ask = openGuard(verifier)()
  await times(3, ask)

  verifier.end(TEXT)

  assert.equal(await ask(), 'invalid_credential')
})
