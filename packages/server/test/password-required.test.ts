/** A password that has to be changed: it opens nothing but the way to another one, after everything else. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { codeOf, codesOf, nextStep, personWithTotp, presentTotp, wrongCodeOf } from './authenticator.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { send, clock, adminKey } = shared.given

const OLD = given.PASSWORD
const NEW = 'violet gravel pushed the tram'
const REQUIRED = { status: 'password_change_required', reason: 'required_by_administrator' }

const require_ = (id: string, body?: object): Promise<given.Answer> =>
  send('POST', `/v1/accounts/${id}/require-password-change`, { key: adminKey, ...(body && { body }) })

const signIn = (email: string, password = OLD, more: object = {}): Promise<given.Answer> =>
  send('POST', '/v1/sign-in', { body: { email, password, deliver: 'session_token', ...more } })

const choose = (ticket: unknown, new_password = NEW, more: object = {}): Promise<given.Answer> =>
  send('POST', '/v1/sign-in/password', { body: { ticket, new_password, ...more } })

const statusOf = async (bearer: unknown): Promise<number> =>
  (await send('GET', '/v1/me', { bearer: String(bearer) })).status

async function required(): Promise<{ email: string; id: string; ticket: string }> {
  const { email, id } = await given.person(shared.given)
  assert.equal((await require_(id)).status, 200)
  return { email, id, ticket: given.at((await signIn(email)).json, 'ticket') }
}

test('403 for whoever may not write accounts, or holds less than the person, and nothing has ended', async () => {
  const { email, id } = await given.person(shared.given)
  const { session_token: bearer = '' } = await given.signedIn(shared.given, 'session_token', email)
  const { secret: reader } = await given.keyOf(shared.given, ['accounts:read'])
  const { secret: writer } = await given.keyOf(shared.given, ['accounts:write'])
  const path = `/v1/accounts/${id}/require-password-change`

  assertProblem(await send('POST', path, { key: reader }), 'permission_denied')
  assertProblem(await send('POST', path, { bearer }), 'permission_denied')
  const ofAdministrator = `/v1/accounts/${shared.given.adminAccount}/require-password-change`
  assertProblem(await send('POST', ofAdministrator, { key: writer }), 'permission_exceeds_own')
  assertProblem(
    await send('POST', `/v1/accounts/acc_${'0'.repeat(26)}/require-password-change`, { key: writer }),
    'not_found',
  )

  assert.equal(await statusOf(bearer), 200)
  assert.equal((await signIn(email)).json.status, 'signed_in')
})

test('all sessions end with it, API keys stay, and the right password answers a ticket and nothing else', async () => {
  const { email, id } = await given.person(shared.given)
  const { session_token: bearer = '' } = await given.signedIn(shared.given, 'session_token', email)
  const jwt = await given.signedIn(shared.given, 'jwt', email)
  const made = await send('POST', '/v1/api-keys', { bearer, body: { name: 'a key', permissions: [] } })

  const answer = await require_(id)

  assert.deepEqual(answer.json, { ended: 2 })
  assert.deepEqual([await statusOf(bearer), await statusOf(jwt.access_token)], [401, 401])
  assert.equal((await send('GET', '/v1/me', { key: given.at(made.json, 'secret') })).status, 200)
  assertProblem(await signIn(email, 'wrong wrong wrong'), 'invalid_credentials')
  const { ticket, ...rest } = (await signIn(email, OLD, { deliver: 'cookie' })).json
  assert.deepEqual(rest, REQUIRED)
  assert.equal(await statusOf(ticket), 401)
  const { json } = await send('GET', `/v1/accounts/${id}`, { key: adminKey })
  assert.equal(
    given.at(json, 'account', 'password_change_required_at'),
    new Date(clock.nowMs()).toISOString(),
  )
})

test('sessions go on where they are kept', async () => {
  const { email, id } = await given.person(shared.given)
  const { session_token: bearer = '' } = await given.signedIn(shared.given, 'session_token', email)

  assert.deepEqual((await require_(id, { keep_sessions: true })).json, { ended: 0 })

  assert.equal(await statusOf(bearer), 200)
  assert.equal((await signIn(email)).json.status, 'password_change_required')
  const body = { current_password: OLD, new_password: NEW }
  assert.equal((await send('POST', '/v1/me/password', { bearer, body })).status, 200)
  assert.equal((await signIn(email, NEW)).json.status, 'signed_in')
})

test('another password signs in, once, and from then on it is the password', async () => {
  const { email, id, ticket } = await required()

  const answer = await choose(ticket)

  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.json.status, 'signed_in')
  assert.equal(await statusOf(answer.json.session_token), 200)
  assertProblem(await choose(ticket, `${NEW} again`), 'ticket_ended')
  assertProblem(await signIn(email, OLD), 'invalid_credentials')
  assert.equal((await signIn(email, NEW)).json.status, 'signed_in')
  const { json } = await send('GET', `/v1/audit?type=password.changed&target=${id}`, { key: adminKey })
  const [event] = json.items as Record<string, unknown>[]
  assert.deepEqual(event?.details, { was_required: true })
})

test('each delivery that was asked for with the old password, or with the new one instead', async () => {
  const cookie = await choose(
    given.at((await signIn(await email(), OLD, { deliver: 'cookie' })).json, 'ticket'),
  )
  const jwt = await choose(given.at((await signIn(await email(), OLD, { deliver: 'jwt' })).json, 'ticket'))
  const changed = await choose(given.at((await signIn(await email())).json, 'ticket'), NEW, {
    deliver: 'jwt',
    refresh: 'cookie',
  })

  assert.match(cookie.headers.getSetCookie()[0] ?? '', /^__Host-countersign_session=/)
  assert.equal(await statusOf(jwt.json.access_token), 200)
  assert.equal(typeof jwt.json.refresh_token, 'string')
  assert.equal(await statusOf(changed.json.access_token), 200)
  assert.match(changed.headers.getSetCookie()[0] ?? '', /^__Secure-countersign_refresh=/)

  async function email(): Promise<string> {
    const who = await given.person(shared.given)
    await require_(who.id)
    return who.email
  }
})

test('422 for the same password and for one that no sign-up would take; the ticket is there for another', async () => {
  const { email, ticket } = await required()

  assertProblem(await choose(ticket, OLD), 'password_unchanged')
  assertProblem(await choose(ticket, 'short'), 'password_too_short')
  assertProblem(await choose(ticket, 'passwordpassword'), 'password_too_common')
  assertProblem(await choose(ticket, `${email} example`), 'password_contains_context')

  assert.equal((await choose(ticket)).status, 200)
})

test('a ticket gives twenty tries and ten minutes', async () => {
  const tried = await required()
  for (let count = 0; count < 20; count += 1) {
    assertProblem(await choose(tried.ticket, 'short'), 'password_too_short')
  }
  assertProblem(await choose(tried.ticket), 'ticket_ended')
  const late = await required()
  clock.advance(601)

  assertProblem(await choose(late.ticket), 'ticket_ended')
})

test('no other ticket sets a password, and this one is no step towards anything else', async () => {
  const who = await personWithTotp(shared.given)
  const factor = given.at((await signIn(who.email)).json, 'ticket')
  const begun = await send('POST', '/v1/me/step-up', { bearer: who.bearer })
  const { ticket } = await required()

  for (const other of [factor, given.at(begun.json, 'ticket'), 'nobodyHasThis']) {
    assertProblem(await choose(other), 'ticket_ended')
  }
  assertProblem(await presentTotp(shared.given, ticket, '123456'), 'ticket_ended')
  assertProblem(await send('POST', '/v1/sign-in/factors/totp', { body: { ticket } }), 'ticket_ended')
  assert.equal((await presentTotp(shared.given, factor, codeOf(who.seed, clock.nowMs()))).status, 200)
})

test('with a second factor the password is changed only after it, and the level is in the session', async () => {
  const who = await personWithTotp(shared.given)
  await require_(who.account)
  const first = await signIn(who.email)
  assert.equal(first.json.status, 'factor_required')
  const ticket = given.at(first.json, 'ticket')
  assertProblem(await choose(ticket), 'ticket_ended')
  assertProblem(
    await presentTotp(shared.given, ticket, wrongCodeOf(who.seed, clock.nowMs())),
    'invalid_factor',
  )
  const code = codeOf(who.seed, clock.nowMs())

  const second = await presentTotp(shared.given, ticket, code)

  const { ticket: next, ...rest } = second.json
  assert.deepEqual(rest, REQUIRED)
  assert.notEqual(next, ticket)
  assertProblem(await presentTotp(shared.given, ticket, codeOf(who.seed, clock.nowMs(), 1)), 'ticket_ended')
  assertProblem(
    await presentTotp(shared.given, given.at((await signIn(who.email)).json, 'ticket'), code),
    'invalid_factor',
  )
  assert.equal(await statusOf(next), 401)
  const done = await choose(next)
  const me = await send('GET', '/v1/me', { bearer: given.at(done.json, 'session_token') })
  const { amr, acr } = me.json.credential as Record<string, unknown>
  assert.deepEqual([amr, acr], [['pwd', 'otp', 'mfa'], 'urn:countersign:acr:aal2'])
  nextStep(clock)
})

test('a factor that was added meanwhile is not led around', async () => {
  const { email, id } = await given.person(shared.given)
  const { session_token: bearer = '' } = await given.signedIn(shared.given, 'session_token', email)
  await require_(id, { keep_sessions: true })
  const ticket = given.at((await signIn(email)).json, 'ticket')
  const offered = await send('POST', '/v1/me/factors/totp', { bearer, body: {} })
  const code = codeOf(given.at(offered.json, 'secret'), clock.nowMs())
  const path = `/v1/me/factors/${given.at(offered.json, 'factor', 'id')}/confirm`
  assert.equal((await send('POST', path, { bearer, body: { code } })).status, 200)

  assertProblem(await choose(ticket), 'ticket_ended')

  assert.equal((await signIn(email)).json.status, 'factor_required')
  nextStep(clock)
})

test('tickets of before the demand, and of before the new password, lead nowhere', async () => {
  const who = await personWithTotp(shared.given)
  const before = given.at((await signIn(who.email)).json, 'ticket')
  await require_(who.account)
  assertProblem(await presentTotp(shared.given, before, codeOf(who.seed, clock.nowMs())), 'ticket_ended')
  const { email, ticket } = await required()
  const other = given.at((await signIn(email)).json, 'ticket')
  assert.equal((await choose(ticket)).status, 200)

  assertProblem(await choose(other, `${NEW} again`), 'ticket_ended')
})

test('where the policy demands a factor, it is enrolled with the new password, never with the old one', async (t) => {
  const to = await given.authority(t, { ...given.UNLIMITED, COUNTERSIGN_MFA: 'required' })
  const body = { email: 'new@example.com', password: OLD }
  const made = await to.send('POST', '/v1/accounts', { key: to.adminKey, body })
  assert.equal(made.status, 201)
  const first = await to.send('POST', '/v1/sign-in', { body })
  assert.equal(first.json.status, 'password_change_required')
  const ticket = given.at(first.json, 'ticket')
  assertProblem(await to.send('POST', '/v1/sign-in/factors/totp', { body: { ticket } }), 'ticket_ended')

  const second = await to.send('POST', '/v1/sign-in/password', { body: { ticket, new_password: NEW } })

  assert.equal(second.json.status, 'factor_enrolment_required')
  const enrol = given.at(second.json, 'ticket')
  assert.notEqual(enrol, ticket)
  const offered = await to.send('POST', '/v1/sign-in/factors/totp', { body: { ticket: enrol } })
  assert.equal(offered.status, 201, offered.text)
  const code = codeOf(given.at(offered.json, 'secret'), to.clock.nowMs())
  const done = await presentTotp(to, enrol, code, { deliver: 'session_token' })
  assert.equal(done.json.status, 'signed_in')
  assert.equal(codesOf(done).length, 10)
})

test('whom an administrator creates has to choose a password, unless the first one is to stay', async () => {
  const make = async (email: string, more: object): Promise<string> => {
    const body = { email, password: OLD, ...more }
    const answer = await send('POST', '/v1/accounts', { key: adminKey, body })
    assert.equal(answer.status, 201, answer.text)
    return String((await signIn(email)).json.status)
  }

  assert.equal(await make('chosen@example.com', {}), 'password_change_required')
  assert.equal(await make('kept@example.com', { require_password_change: false }), 'signed_in')
})

test('a disabled account has no way in by the ticket', async () => {
  const { id, ticket } = await required()
  await send('PATCH', `/v1/accounts/${id}`, { key: adminKey, body: { disabled: true } })

  assertProblem(await choose(ticket), 'ticket_ended')
})
