/** Passwords that are set: looked up in a collection of leaked ones, estimated, and advised about. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { PasswordEstimator } from '@countersign/core'
import { Secret } from '@countersign/protocol'
import { bootstrapAuthority } from '../src/operate.ts'
import { createTestClock } from './clock.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { type Inside, inside } from './inside.ts'
import { givenRangeServer, type RangeServerFixture } from './range-server.ts'

const LEAKED = 'tennis umbrella gravel'
// Not among the common ones, and yet soon found: words that people put together.
const GUESSABLE = 'jennifer jennifer jessica'
const GOOD = 'violet gravel pushed the tram'

async function asking(
  t: TestContext,
  settings: Record<string, string> = {},
): Promise<Inside & { ranges: RangeServerFixture }> {
  const ranges = await givenRangeServer(t)
  ranges.leak(LEAKED)
  const to = await inside(t, { COUNTERSIGN_BREACHED_PASSWORDS_URL: ranges.url.href, ...settings })
  to.takeCalls()
  // The first administrator's password was looked up already.
  assert.equal(ranges.asked.length, 1)
  return { ...to, ranges }
}

const signUp = (to: Inside, password: string, email = 'ada@example.com'): Promise<given.Answer> =>
  to.send('POST', '/v1/sign-up', { body: { email, password } })

async function eventsOf(to: Inside, type: string): Promise<readonly Record<string, unknown>[]> {
  const answer = await to.send('GET', `/v1/audit?type=${type}`, { key: to.adminKey })
  return answer.json.items as Record<string, unknown>[]
}

test('422 for a leaked password at sign-up and from an administrator, and neither hashed nor stored', async (t) => {
  const to = await asking(t)
  const body = { email: 'ada@example.com', password: LEAKED }

  const own = await signUp(to, LEAKED)
  const given = await to.send('POST', '/v1/accounts', { key: to.adminKey, body })

  assertProblem(own, 'password_breached')
  assertProblem(given, 'password_breached')
  assert.ok(!to.takeCalls().some((call) => /passwords\.|create/.test(call)))
  assert.equal((await signUp(to, GOOD)).status, 201)
})

test('a leaked password makes no first administrator, from the page or from the command line', async (t) => {
  const ranges = await givenRangeServer(t)
  ranges.leak(LEAKED)
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bootstrap-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const config = given.configOf(folder, { COUNTERSIGN_BREACHED_PASSWORDS_URL: ranges.url.href })
  const person = { email: 'admin@example.com', name: null }
  const clock = createTestClock()

  const refused = await bootstrapAuthority(config, { ...person, password: new Secret(LEAKED) }, clock)
  const made = await bootstrapAuthority(config, { ...person, password: new Secret(GOOD) }, clock)

  assert.deepEqual(refused, { ok: false, code: 'password_breached' })
  assert.ok(made.ok)
})

test('what the rules refuse anyway is not looked up', async (t) => {
  const to = await asking(t)

  await signUp(to, 'short')
  await signUp(to, 'passwordpassword')
  await signUp(to, 'ada.example.ada.example', 'ada.example@example.com')

  assert.equal(to.ranges.asked.length, 1)
})

test('without an answer a password is taken by default, and the audit log says so', async (t) => {
  const to = await asking(t)
  assert.equal((await signUp(to, GOOD)).status, 201)
  to.ranges.answer((res) => res.writeHead(500).end())
  to.clock.advance(1)

  const answer = await signUp(to, LEAKED, 'grace@example.com')

  assert.equal(answer.status, 201, answer.text)
  const [unchecked, checked] = await eventsOf(to, 'account.created')
  assert.deepEqual(unchecked?.details, { breach_check: 'unknown' })
  assert.deepEqual(checked?.details, {})
})

test('503 without an answer where the setting says so, and nothing is hashed or stored', async (t) => {
  const to = await asking(t, { COUNTERSIGN_BREACHED_PASSWORDS_WHEN_DOWN: 'refuse' })
  to.ranges.answer((res) => res.end('<!doctype html>'))

  const answer = await signUp(to, GOOD)

  assertProblem(answer, 'password_check_unavailable')
  assert.deepEqual(to.takeCalls(), [])
})

test('nobody is asked unless a setting names somebody', async (t) => {
  const to = await inside(t)

  assert.equal(to.services.core.breachedPasswords, null)
  assert.equal((await signUp(to, LEAKED)).status, 201)
})

test('422 for a password under the score that is demanded, and 201 for one that reaches it', async (t) => {
  const to = await inside(t, { COUNTERSIGN_PASSWORD_SCORE_MIN: '3' })
  to.takeCalls()

  const refused = await signUp(to, GUESSABLE)

  assertProblem(refused, 'password_too_guessable')
  assert.deepEqual(to.takeCalls(), [])
  assert.equal((await signUp(to, GOOD)).status, 201)
})

test('503 where a score is demanded and none comes: keeping the estimator busy leads past nothing', async (t) => {
  const busy: PasswordEstimator = { estimate: () => Promise.resolve(null) }
  const to = await inside(t, { COUNTERSIGN_PASSWORD_SCORE_MIN: '1' }, { passwordEstimator: busy })
  to.takeCalls()

  assertProblem(await signUp(to, GOOD), 'password_check_unavailable')

  assert.deepEqual(to.takeCalls(), [])
})

const check = (to: Inside, body: object): Promise<given.Answer> =>
  to.send('POST', '/v1/passwords/check', { body })

test('advice names what would be refused, and otherwise the score and what would help', async (t) => {
  const to = await inside(t)

  const answers = [
    await check(to, { password: 'short' }),
    await check(to, { password: 'lovelace ada lovelace', email: 'ada.lovelace@example.com' }),
    await check(to, { password: GUESSABLE }),
    await check(to, { password: 'wolpertinger island', name: 'Wolpertinger Island' }),
    await check(to, { password: GOOD, email: 'half-typ' }),
  ]

  assert.deepEqual(
    answers.map(({ json }) => [json.refusal, json.score]),
    [
      ['password_too_short', 0],
      ['password_contains_context', 3],
      [null, 2],
      ['password_contains_context', 3],
      [null, 4],
    ],
  )
  assert.deepEqual(answers[2]?.json.hints, ['repetition', 'more_words'])
})

test('advice keeps nothing, hashes nothing and asks nobody', async (t) => {
  const to = await asking(t)

  const answer = await check(to, { password: LEAKED })

  assert.equal(answer.json.refusal, null)
  assert.equal(to.ranges.asked.length, 1)
  assert.deepEqual(to.takeCalls(), [])
  assert.ok(!to.lines.some((line) => line.includes(LEAKED)))
})

test('advice says what a demanded score would refuse, and goes without one when there is none', async (t) => {
  const strict = await inside(t, { COUNTERSIGN_PASSWORD_SCORE_MIN: '3' })
  const busy: PasswordEstimator = { estimate: () => Promise.resolve(null) }
  const without = await inside(t, {}, { passwordEstimator: busy })

  const refused = await check(strict, { password: GUESSABLE })
  const silent = await check(without, { password: GOOD })

  assert.equal(refused.json.refusal, 'password_too_guessable')
  assert.deepEqual(silent.json, { refusal: null, score: null, hints: [] })
})

test('429 after as many questions as one address may ask, and signing up still works', async (t) => {
  const to = await inside(t, { COUNTERSIGN_RATE_LIMIT_PASSWORD_CHECK: '2/60' })
  await check(to, { password: GOOD })
  await check(to, { password: GOOD })

  const refused = await check(to, { password: GOOD })

  assertProblem(refused, 'rate_limited')
  assert.equal((await signUp(to, GOOD)).status, 201)
})
