/**
 * Refresh tokens presented many at a time, between one another and between sign-outs and revocations: one
 * rotation, the same successor for everybody inside the grace, and nothing alive after an end was acknowledged.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { testSeed } from '../crash/random.ts'
import { type Answer, at, type Given, signedIn } from '../given.ts'
import { afterTurns } from './delay.ts'
import { onEachDatabase } from './on-each-database.ts'

const RUNS = 40
const AT_ONCE = 20
const GRACE_SECONDS = 30
const TURNS_MAX = 8

const ends = ['sign_out', 'session', 'grant', 'account', 'token'] as const
type End = (typeof ends)[number]

const turns = fc.integer({ min: 0, max: TURNS_MAX })
const burst = fc.record({
  /** How many generations back from the newest each presentation reaches, and when it begins. */
  presented: fc.array(fc.record({ back: fc.constantFrom(0, 0, 0, 0, 1), turns }), {
    minLength: 1,
    maxLength: 8,
  }),
  end: fc.option(fc.record({ how: fc.constantFrom(...ends), turns }), { freq: 3 }),
  /** Beyond the grace a second use is a theft. */
  advanceSeconds: fc.constantFrom(0, 0, 1, GRACE_SECONDS + 1),
})
type Burst = typeof burst extends fc.Arbitrary<infer T> ? T : never

/** One sign-in, and what its holders have been given. */
interface Family {
  readonly session: string
  readonly account: string
  readonly grant: string
  /** The first one first; each presented one with the successor that came for it. */
  readonly refreshTokens: string[]
  readonly accessTokens: string[]
}

async function newFamily(given: Given): Promise<Family> {
  const { session, account, refresh_token = '', access_token = '' } = await signedIn(given, 'jwt')
  const me = await given.send('GET', '/v1/me', { bearer: access_token })
  const grant = /"kind":"grant","id":"(gra_\w+)"/.exec(me.text)?.[1]
  assert.ok(grant !== undefined, me.text)
  return {
    session: session.id,
    account: account.id,
    grant,
    refreshTokens: [refresh_token],
    accessTokens: [access_token],
  }
}

function present(given: Given, token: string): Promise<Answer> {
  const form = { grant_type: 'refresh_token', refresh_token: token, client_id: 'first-party' }
  return given.send('POST', '/oauth/token', { form })
}

/** True when the end was acknowledged. */
async function end(given: Given, family: Family, how: End): Promise<boolean> {
  const key = given.adminKey
  const revoke = (kind: string, id: string): Promise<Answer> =>
    given.send('POST', '/v1/revocations', { key, body: { target: { kind, id } } })
  const answer = await {
    sign_out: () => given.send('POST', '/v1/sign-out', { bearer: family.accessTokens.at(-1) ?? '' }),
    session: () => revoke('session', family.session),
    grant: () => revoke('grant', family.grant),
    account: () => revoke('account', family.account),
    token: () => given.send('POST', '/oauth/revoke', { form: { token: family.refreshTokens.at(-1) ?? '' } }),
  }[how]()
  // The credential that signs out may have been ended by a theft that was noticed in between.
  if (how === 'sign_out' && answer.status === 401) return false
  assert.ok([200, 204].includes(answer.status), answer.text)
  return true
}

/** Plays a burst; true when an end was acknowledged. */
async function play(given: Given, family: Family, { presented, end: ending }: Burst): Promise<boolean> {
  const newest = family.refreshTokens.length - 1
  const ended = ending === null ? null : afterTurns(ending.turns, () => end(given, family, ending.how))
  const answers = await Promise.all(
    presented.map(async ({ back, turns: begins }) => {
      const token = family.refreshTokens[Math.max(0, newest - back)] ?? ''
      return { token, answer: await afterTurns(begins, () => present(given, token)) }
    }),
  )
  for (const { token, answer } of answers) {
    if (answer.status !== 200) {
      assert.equal(answer.json.error, 'invalid_grant')
      continue
    }
    family.accessTokens.push(at(answer.json, 'access_token'))
    const place = family.refreshTokens.indexOf(token) + 1
    const successor = at(answer.json, 'refresh_token')
    const known = family.refreshTokens[place]
    if (known === undefined) family.refreshTokens.push(successor)
    else assert.equal(successor, known, 'Two successors of one refresh token.')
  }
  return (await ended) ?? false
}

async function countEvents(given: Given, type: string, target: string): Promise<number> {
  const path = `/v1/audit?limit=200&type=${type}&target=${target}`
  const { json } = await given.send('GET', path, { key: given.adminKey })
  assert.ok(Array.isArray(json.items))
  return json.items.length
}

async function assertDead(given: Given, family: Family): Promise<void> {
  for (const token of family.refreshTokens) {
    assert.equal((await present(given, token)).json.error, 'invalid_grant')
  }
  for (const bearer of new Set(family.accessTokens)) {
    const { status } = await given.send('GET', '/v1/me', { bearer })
    assert.equal(status, 401, 'An access token has outlived its family.')
  }
}

async function assertAlive(given: Given, family: Family): Promise<void> {
  for (const bearer of new Set(family.accessTokens)) {
    assert.equal((await given.send('GET', '/v1/me', { bearer })).status, 200)
  }
}

onEachDatabase((open) => {
  test('twenty presentations of one refresh token at once are one rotation with one successor', async (t) => {
    const given = await open(t)
    const family = await newFamily(given)
    const [token = ''] = family.refreshTokens

    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => present(given, token)))

    const successors = answers.map(({ json }) => at(json, 'refresh_token'))
    assert.equal(new Set(successors).size, 1)
    assert.equal(await countEvents(given, 'grant.refreshed', family.grant), 1)
    assert.equal((await present(given, successors[0] ?? '')).status, 200)
  })

  test('twenty presentations after the grace end the family, with one entry in the log', async (t) => {
    const given = await open(t)
    const family = await newFamily(given)
    const [token = ''] = family.refreshTokens
    const rotated = await present(given, token)
    family.refreshTokens.push(at(rotated.json, 'refresh_token'))
    given.clock.advance(GRACE_SECONDS)

    await Promise.all(Array.from({ length: AT_ONCE }, () => present(given, token)))

    await assertDead(given, family)
    assert.equal(await countEvents(given, 'grant.reuse_detected', family.grant), 1)
  })

  test('however presentations and ends fall between one another, each token has one successor and the dead stay dead', async (t) => {
    const given = await open(t)
    const history = fc.array(burst, { minLength: 1, maxLength: 4 })
    const property = fc.asyncProperty(history, async (bursts) => {
      const family = await newFamily(given)
      for (const one of bursts) {
        const isEnded = await play(given, family, one)
        const isStolen = (await countEvents(given, 'grant.reuse_detected', family.grant)) > 0
        const rotations = await countEvents(given, 'grant.refreshed', family.grant)
        assert.equal(rotations, family.refreshTokens.length - 1, 'Rotations that nobody was told of.')
        if (isEnded || isStolen) return assertDead(given, family)
        await assertAlive(given, family)
        given.clock.advance(one.advanceSeconds)
      }
    })

    await fc.assert(property, { numRuns: RUNS, seed: testSeed(t) })
  })
})
