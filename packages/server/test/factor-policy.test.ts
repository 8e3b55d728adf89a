/** When a second factor is demanded, of whom, and what a password alone opens then: the way to enrol one. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  codeOf,
  codesOf,
  enrolTotp,
  nextStep,
  personWithTotp,
  presentRecovery,
  presentTotp,
  signedInByTotp,
  ticketOf,
} from './authenticator.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'

const open = (t: TestContext, settings: Record<string, string>): Promise<given.Given> =>
  given.authority(t, { ...given.UNLIMITED, ...settings })

const required = (t: TestContext): Promise<given.Given> => open(t, { COUNTERSIGN_MFA: 'required' })

const signIn = (to: given.Given, email: string): Promise<given.Answer> =>
  to.send('POST', '/v1/sign-in', { body: { email, password: given.PASSWORD, deliver: 'session_token' } })

async function offer(to: given.Given, ticket: string): Promise<{ id: string; seed: string }> {
  const offered = await to.send('POST', '/v1/sign-in/factors/totp', { body: { ticket, name: 'A phone' } })
  assert.equal(offered.status, 201, offered.text)
  return { id: given.at(offered.json, 'factor', 'id'), seed: given.at(offered.json, 'secret') }
}

test('required: the password opens the enrolment and nothing else, and the first code signs in', async (t) => {
  const to = await required(t)
  const { email } = await given.person(to)

  const answer = await signIn(to, email)

  assert.deepEqual(
    { ...answer.json, ticket: '' },
    {
      status: 'factor_enrolment_required',
      ticket: '',
      factors: ['passkey', 'totp'],
      reason: 'required_by_policy',
    },
  )
  assert.deepEqual(answer.headers.getSetCookie(), [])
  const ticket = given.at(answer.json, 'ticket')
  for (const credential of [{ bearer: ticket }, { key: ticket }]) {
    assert.equal((await to.send('GET', '/v1/me', credential)).status, 401)
  }
  assertProblem(await presentTotp(to, ticket, '123456'), 'invalid_factor')
  assertProblem(await presentRecovery(to, ticket, '0abc-defg-hjkm-npqr'), 'invalid_factor')
  const { id, seed } = await offer(to, ticket)
  const done = await presentTotp(to, ticket, codeOf(seed, to.clock.nowMs()))
  assert.equal(done.status, 200, done.text)
  assert.equal(codesOf(done).length, 10)
  const { json: log } = await to.send('GET', '/v1/audit?type=factor.added', { key: to.adminKey })
  const [added] = log.items as { actor: object; details: object }[]
  assert.deepEqual(added?.details, { factor: id, kind: 'totp' })
  const session = given.at(done.json, 'session', 'id')
  assert.deepEqual(added?.actor, {
    kind: 'account',
    id: given.at(done.json, 'account', 'id'),
    credential: session,
  })
  const me = await to.send('GET', '/v1/me', { bearer: given.at(done.json, 'session_token') })
  assert.equal(given.at(me.json, 'credential', 'acr'), 'urn:countersign:acr:aal2')
  assertProblem(await presentTotp(to, ticket, codeOf(seed, to.clock.nowMs(), 1)), 'ticket_ended')
})

test('a ticket never enrols a factor where there is one, whatever it was opened for', async (t) => {
  const to = await required(t)
  const { email } = await given.person(to)
  const [first, second] = [await ticketOf(to, email), await ticketOf(to, email)]
  const owner = await offer(to, first)
  const intruder = await offer(to, second)
  assertProblem(await presentTotp(to, first, codeOf(owner.seed, to.clock.nowMs())), 'invalid_factor')
  const mine = await offer(to, first)
  assert.equal((await presentTotp(to, first, codeOf(mine.seed, to.clock.nowMs()))).status, 200)

  const offered = await to.send('POST', '/v1/sign-in/factors/totp', { body: { ticket: second } })
  const late = await presentTotp(to, second, codeOf(intruder.seed, to.clock.nowMs()))
  const signInTicket = await ticketOf(to, email)
  const bySignIn = await to.send('POST', '/v1/sign-in/factors/totp', { body: { ticket: signInTicket } })

  assertProblem(offered, 'ticket_ended')
  assertProblem(late, 'invalid_factor')
  assertProblem(bySignIn, 'ticket_ended')
})

test('required: the last factor stays, until an administrator takes it, and then another is enrolled', async (t) => {
  const to = await required(t)
  const { email, id: account } = await given.person(to)
  const ticket = await ticketOf(to, email, { deliver: 'session_token' })
  const { id, seed } = await offer(to, ticket)
  const done = await presentTotp(to, ticket, codeOf(seed, to.clock.nowMs()))
  const bearer = given.at(done.json, 'session_token')
  nextStep(to.clock)
  assertProblem(await to.send('DELETE', `/v1/me/factors/${id}`, { bearer }), 'last_factor')
  const second = await enrolTotp(to, bearer)
  assert.equal((await to.send('DELETE', `/v1/me/factors/${id}`, { bearer })).status, 204)
  assertProblem(await to.send('DELETE', `/v1/me/factors/${second.id}`, { bearer }), 'last_factor')

  const path = `/v1/accounts/${account}/factors/${second.id}`
  assert.equal((await to.send('DELETE', path, { key: to.adminKey })).status, 204)

  assert.equal((await signIn(to, email)).json.status, 'factor_enrolment_required')
})

test('by role: holders need a factor, others do not, and the role that is given later counts', async (t) => {
  const to = await open(t, { COUNTERSIGN_MFA_ROLES: 'administrator' })
  const { email, id } = await given.person(to)
  assert.equal((await signIn(to, email)).json.status, 'signed_in')
  assert.equal((await signIn(to, 'admin@example.com')).json.status, 'factor_enrolment_required')

  const body = { roles: ['administrator'] }
  await to.send('PATCH', `/v1/accounts/${id}`, { key: to.adminKey, body })

  assert.equal((await signIn(to, email)).json.status, 'factor_enrolment_required')
  const who = await ticketOf(to, email, { deliver: 'session_token' })
  const { id: factor, seed } = await offer(to, who)
  const done = await presentTotp(to, who, codeOf(seed, to.clock.nowMs()))
  const bearer = given.at(done.json, 'session_token')
  const shown = await to.send('GET', '/v1/me/factors', { bearer })
  assert.equal(shown.json.required, true)
  assertProblem(await to.send('DELETE', `/v1/me/factors/${factor}`, { bearer }), 'last_factor')
})

test('off: nobody adds a factor, and those that exist are still asked for', async (t) => {
  const to = await open(t, {})
  const who = await personWithTotp(to)
  await to.restart(undefined, { COUNTERSIGN_MFA: 'off' })

  const { email } = await given.person(to)
  const { session_token: plain = '' } = await given.signedIn(to, 'session_token', email)
  const offered = await to.send('POST', '/v1/me/factors/totp', { bearer: plain })
  const bearer = await signedInByTotp(to, who)

  assertProblem(offered, 'factor_enrolment_closed')
  assert.equal((await signIn(to, who.email)).json.status, 'factor_required')
  assert.equal((await to.send('DELETE', `/v1/me/factors/${who.id}`, { bearer })).status, 204)
})
