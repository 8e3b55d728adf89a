/** A password that has leaked since it was set, and signs in: found out, and what follows. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { codeOf, enrolTotp, presentTotp } from './authenticator.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { asStranger, getUsedTo } from './given-risk.ts'
import { type Inside, inside } from './inside.ts'
import { givenRangeServer, type RangeServerFixture } from './range-server.ts'

const LEAKED = given.PASSWORD
const NEW = 'violet gravel pushed the tram'
const WEEK_SECONDS = 7 * 86_400

type To = Inside & { readonly ranges: RangeServerFixture; readonly email: string }

/** Somebody whose password leaks a week after it was set. */
async function leaking(t: TestContext, settings: Record<string, string> = {}, days = 0): Promise<To> {
  const ranges = await givenRangeServer(t)
  const to = await inside(t, {
    ...given.UNLIMITED,
    COUNTERSIGN_BREACHED_PASSWORDS_URL: ranges.url.href,
    ...settings,
  })
  const { email } = await given.person(to)
  assert.equal((await signIn(to, email)).json.status, 'signed_in')
  await getUsedTo(to, email, days)
  ranges.leak(LEAKED)
  to.clock.advance(WEEK_SECONDS)
  return { ...to, ranges, email }
}

const signIn = (to: Pick<Inside, 'send'>, email: string, password = LEAKED): Promise<given.Answer> =>
  to.send('POST', '/v1/sign-in', { body: { email, password, deliver: 'session_token' } })

const choose = (to: Inside, ticket: unknown, new_password = NEW): Promise<given.Answer> =>
  to.send('POST', '/v1/sign-in/password', { body: { ticket, new_password } })

async function eventsOf(to: Inside): Promise<readonly Record<string, unknown>[]> {
  const { json } = await to.send('GET', '/v1/audit?type=password.breached', { key: to.adminKey })
  return json.items as Record<string, unknown>[]
}

test('nobody is asked about a wrong password, an unknown address, or a disabled account', async (t) => {
  const to = await leaking(t)
  const asked = to.ranges.asked.length
  const listed = await to.send('GET', `/v1/accounts?email=${to.email}`, { key: to.adminKey })
  const [account] = listed.json.items as { id: string }[]
  await to.send('PATCH', `/v1/accounts/${account?.id}`, { key: to.adminKey, body: { disabled: true } })

  assertProblem(await signIn(to, to.email, 'not this one at all'), 'invalid_credentials')
  assertProblem(await signIn(to, 'nobody@example.com'), 'invalid_credentials')
  assertProblem(await signIn(to, to.email), 'invalid_credentials')

  assert.equal(to.ranges.asked.length, asked)
})

test('a leaked one opens nothing but the way to another, which is not a leaked one either', async (t) => {
  const to = await leaking(t)

  const answer = await signIn(to, to.email)

  const { ticket, ...rest } = answer.json
  assert.deepEqual(rest, { status: 'password_change_required', reason: 'breached' })
  const [event, ...others] = await eventsOf(to)
  assert.deepEqual([event?.details, others], [{ change_required: true }, []])
  to.ranges.leak(NEW)
  to.clock.advance(3_601)
  const late = await signIn(to, to.email)
  assert.equal(late.json.reason, 'breached')
  assertProblem(await choose(to, ticket), 'ticket_ended')
  assertProblem(await choose(to, late.json.ticket), 'password_breached')
  assert.equal((await choose(to, late.json.ticket, 'quite another phrase for it')).json.status, 'signed_in')
  assert.equal((await signIn(to, to.email, 'quite another phrase for it')).json.status, 'signed_in')
})

test('twice at once: neither has a session', async (t) => {
  const to = await leaking(t)

  const answers = await Promise.all(Array.from({ length: 4 }, () => signIn(to, to.email)))

  for (const { json } of answers) assert.ok(json.status !== 'signed_in', JSON.stringify(json))
  assert.ok(answers.some(({ json }) => json.status === 'password_change_required'))
})

test('with a second factor it is told after it, and not before', async (t) => {
  const ranges = await givenRangeServer(t)
  const to = await inside(t, { ...given.UNLIMITED, COUNTERSIGN_BREACHED_PASSWORDS_URL: ranges.url.href })
  const { email } = await given.person(to)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', email)
  const { seed } = await enrolTotp(to, bearer)
  ranges.leak(LEAKED)
  to.clock.advance(WEEK_SECONDS)

  const first = await signIn(to, email)
  const second = await presentTotp(to, given.at(first.json, 'ticket'), codeOf(seed, to.clock.nowMs()))

  assert.deepEqual([first.json.status, first.json.reason], ['factor_required', 'account_has_factor'])
  assert.deepEqual([second.json.status, second.json.reason], ['password_change_required', 'breached'])
  assert.equal((await choose(to, second.json.ticket)).json.status, 'signed_in')
})

test('it is asked about once a week, and again where nobody could say', async (t) => {
  const to = await leaking(t)
  to.ranges.answer((res) => res.writeHead(500).end())
  const asked = () => to.ranges.asked.length
  const { email } = await given.person(to)
  const before = asked()

  assert.equal((await signIn(to, email)).json.status, 'signed_in')
  assert.equal(asked(), before + 1)
  assert.equal((await signIn(to, email)).json.status, 'signed_in')

  assert.deepEqual(await eventsOf(to), [])
  assert.ok(asked() >= before + 1)
})

test('a leaked password counts against a device that is new: when it is found out, and from then on', async (t) => {
  const reporting = { COUNTERSIGN_BREACHED_PASSWORDS_AT_SIGN_IN: 'report' }
  const [now, earlier] = [await leaking(t, reporting, 15), await leaking(t, reporting)]
  await getUsedTo(earlier, earlier.email)
  const clean = await inside(t, { ...given.UNLIMITED, ...reporting })
  const { email } = await given.person(clean)
  await getUsedTo(clean, email, 15)

  await asStranger(now, now.email)
  await asStranger(earlier, earlier.email)
  await asStranger(clean, email)

  const SAW = 'The password is in a public list of stolen ones.'
  for (const [to, saw] of [
    [now, SAW],
    [earlier, SAW],
    [clean, undefined],
  ] as const) {
    const { json } = await to.send('GET', '/v1/audit?type=risk.anomaly', { key: to.adminKey })
    const [anomaly] = json.items as { details: Readonly<Record<string, unknown>> }[]
    assert.equal(anomaly?.details.breached_password, saw)
  }
})

test('a report keeps the sign-in as it is, and off asks nobody', async (t) => {
  const reporting = await leaking(t, { COUNTERSIGN_BREACHED_PASSWORDS_AT_SIGN_IN: 'report' })
  const silent = await leaking(t, { COUNTERSIGN_BREACHED_PASSWORDS_AT_SIGN_IN: 'off' })
  const asked = silent.ranges.asked.length

  assert.equal((await signIn(reporting, reporting.email)).json.status, 'signed_in')
  assert.equal((await signIn(silent, silent.email)).json.status, 'signed_in')

  const [event] = await eventsOf(reporting)
  assert.deepEqual(event?.details, { change_required: false })
  assert.equal(silent.ranges.asked.length, asked)
  const before = reporting.ranges.asked.length
  reporting.clock.advance(WEEK_SECONDS - 1)
  assert.notEqual((await signIn(reporting, reporting.email)).status, 500)
  assert.equal(reporting.ranges.asked.length, before)
})
