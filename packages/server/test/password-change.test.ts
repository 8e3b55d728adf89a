/** Changing one's own password: who may, what it ends, and what somebody who found an open session can try. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { FACTOR_FAILURES_MAX } from '@countersign/core'
import { isAccountId } from '@countersign/protocol'
import { codeOf, personWithTotp, signedInByTotp, stepUp } from './authenticator.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { inside } from './inside.ts'
import { givenRangeServer } from './range-server.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { send, clock, adminKey } = shared.given

const OLD = given.PASSWORD
const NEW = 'violet gravel pushed the tram'

type By = Pick<given.SendOptions, 'bearer' | 'key' | 'cookie' | 'headers'>

const change = (by: By, more: object = {}): Promise<given.Answer> =>
  send('POST', '/v1/me/password', { ...by, body: { current_password: OLD, new_password: NEW, ...more } })

const statusOf = async (by: By): Promise<number> => (await send('GET', '/v1/me', by)).status

async function signInWith(email: string, password: string): Promise<number> {
  return (await send('POST', '/v1/sign-in', { body: { email, password } })).status
}

async function personWithSessions(count: number): Promise<{ email: string; id: string; bearers: string[] }> {
  const { email, id } = await given.person(shared.given)
  const bearers: string[] = []
  for (let index = 0; index < count; index += 1) {
    const { session_token: bearer = '' } = await given.signedIn(shared.given, 'session_token', email)
    bearers.push(bearer)
  }
  return { email, id, bearers }
}

test('403 for a wrong current password, and nothing has changed or ended', async () => {
  const { email, id, bearers } = await personWithSessions(2)
  const [bearer = ''] = bearers

  const answers = [
    await change({ bearer }, { current_password: 'seven quiet Otters' }),
    await change({ bearer }, { current_password: `${OLD} ` }),
    await change({ bearer }, { current_password: 'x' }),
  ]

  for (const answer of answers) assertProblem(answer, 'invalid_current_password')
  assert.deepEqual(await Promise.all(bearers.map((one) => statusOf({ bearer: one }))), [200, 200])
  assert.deepEqual([await signInWith(email, NEW), await signInWith(email, OLD)], [401, 200])
  const { json } = await send('GET', `/v1/audit?type=password.change_refused`, { key: adminKey })
  const [event] = json.items as Record<string, unknown>[]
  assert.deepEqual(
    [event?.outcome, event?.target, event?.details],
    ['refused', { kind: 'account', id }, { factor: 'password', reason: 'wrong_secret' }],
  )
})

test('422 without the current password: no session changes a password by itself', async () => {
  const { email, bearers } = await personWithSessions(1)
  const [bearer = ''] = bearers

  const answer = await send('POST', '/v1/me/password', { bearer, body: { new_password: NEW } })

  assertProblem(answer, 'invalid_request')
  assert.equal(await signInWith(email, OLD), 200)
})

test('403 for an API key, its token, and a program, whatever they may do', async () => {
  const { bearers } = await personWithSessions(1)
  const [bearer = ''] = bearers
  const made = await send('POST', '/v1/api-keys', { bearer, body: { name: 'a key', permissions: [] } })
  const key = given.at(made.json, 'secret')
  const exchanged = await send('POST', '/oauth/token', {
    form: {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:countersign:params:oauth:token-type:api-key',
      subject_token: key,
    },
  })

  for (const by of [{ key }, { bearer: given.at(exchanged.json, 'access_token') }, { key: adminKey }]) {
    assertProblem(await change(by), 'permission_denied')
  }
})

test('401 for the password alone where the account has a factor, and for a proof of long ago', async () => {
  const who = await personWithTotp(shared.given)
  const strong = await signedInByTotp(shared.given, who)

  const weak = await change({ bearer: who.bearer })
  clock.advance(601)
  const old = await change({ bearer: strong })

  for (const answer of [weak, old]) {
    assertProblem(answer, 'insufficient_user_authentication')
    assert.match(answer.headers.get('www-authenticate') ?? '', /acr_values="urn:countersign:acr:aal2"/)
  }
  const stepped = await stepUp(shared.given, strong, 'totp', codeOf(who.seed, clock.nowMs()))
  assert.equal((await change({ bearer: given.at(stepped.json, 'session_token') })).status, 200)
})

test('422 for a new password that no sign-up would take, or that is the current one', async () => {
  const { email, bearers } = await personWithSessions(1)
  const by = { bearer: bearers[0] ?? '' }

  assertProblem(await change(by, { new_password: 'short' }), 'password_too_short')
  assertProblem(await change(by, { new_password: 'x'.repeat(300) }), 'password_too_long')
  assertProblem(await change(by, { new_password: 'passwordpassword' }), 'password_too_common')
  assertProblem(await change(by, { new_password: `${email} example` }), 'password_contains_context')
  assertProblem(await change(by, { new_password: OLD }), 'password_unchanged')
  assertProblem(
    await change(by, {
      current_password: 'caf\u00e9 au lait au bar',
      new_password: 'cafe\u0301 au lait au bar',
    }),
    'password_unchanged',
  )
  assert.equal(await signInWith(email, OLD), 200)
})

test('a change ends every other session and token, and leaves this one with a new value alone', async () => {
  const { email, bearers } = await personWithSessions(3)
  const [own = '', ...others] = bearers
  const jwt = await given.signedIn(shared.given, 'jwt', email)

  const answer = await change({ bearer: own })

  assert.equal(answer.status, 200, answer.text)
  const { session_token: renewed, ...rest } = answer.json
  assert.deepEqual(rest, { status: 'password_changed', ended: 3 })
  assert.equal(await statusOf({ bearer: String(renewed) }), 200)
  for (const bearer of [own, ...others, jwt.access_token ?? '']) {
    assert.equal(await statusOf({ bearer }), 401)
  }
  const form = {
    grant_type: 'refresh_token',
    client_id: 'first-party',
    refresh_token: jwt.refresh_token ?? '',
  }
  assert.equal((await send('POST', '/oauth/token', { form })).json.error, 'invalid_grant')
  assert.deepEqual([await signInWith(email, OLD), await signInWith(email, NEW)], [401, 200])
})

test('by cookie the new value comes as a cookie, with its CSRF token, and the old cookie is dead', async () => {
  const { email } = await given.person(shared.given)
  const { cookie, csrf_token = '' } = await given.signedIn(shared.given, 'cookie', email)
  assertProblem(await change({ cookie }), 'csrf_refused')

  const answer = await change({ cookie, headers: { 'x-csrf-token': csrf_token } })

  assert.equal(answer.status, 200, answer.text)
  assert.deepEqual(Object.keys(answer.json), ['status', 'ended', 'csrf_token'])
  const [set = ''] = answer.headers.getSetCookie()
  assert.match(set, /^__Host-countersign_session=.*HttpOnly/)
  assert.equal(await statusOf({ cookie }), 401)
  assert.equal(await statusOf({ cookie: set.split(';')[0] ?? '' }), 200)
})

test('with tokens the refresh token goes on, and access tokens of before are dead', async () => {
  const { access_token = '', refresh_token = '' } = await given.signedIn(shared.given, 'jwt')

  const answer = await change({ bearer: access_token })

  assert.deepEqual(answer.json, { status: 'password_changed', ended: 0 })
  assert.equal(await statusOf({ bearer: access_token }), 401)
  const form = { grant_type: 'refresh_token', client_id: 'first-party', refresh_token }
  const refreshed = await send('POST', '/oauth/token', { form })
  assert.equal(await statusOf({ bearer: given.at(refreshed.json, 'access_token') }), 200)
})

test('the others go on where their owner asks for it', async () => {
  const { bearers, id } = await personWithSessions(2)
  const [own = '', other = ''] = bearers

  const answer = await change({ bearer: own }, { keep_other_sessions: true })

  assert.equal(answer.json.ended, 0)
  assert.deepEqual([await statusOf({ bearer: own }), await statusOf({ bearer: other })], [401, 200])
  const { json } = await send('GET', `/v1/audit?type=password.changed&target=${id}`, { key: adminKey })
  const [event] = json.items as Record<string, unknown>[]
  assert.deepEqual(event?.details, { kept_other_sessions: true })
})

test('a ticket that the old password has opened leads nowhere after the change', async () => {
  const who = await personWithTotp(shared.given)
  const strong = await signedInByTotp(shared.given, who)
  const begun = await send('POST', '/v1/sign-in', { body: { email: who.email, password: OLD } })
  assert.equal((await change({ bearer: strong })).status, 200)

  const answer = await send('POST', '/v1/sign-in/factor', {
    body: { ticket: begun.json.ticket, factor: 'totp', code: codeOf(who.seed, clock.nowMs()) },
  })

  assertProblem(answer, 'ticket_ended')
})

test('a hundred wrong ones in a row close it, right or wrong, until an administrator opens it', async (t) => {
  const to = await inside(t)
  const { email, id } = await given.person(to)
  assert.ok(isAccountId(id))
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', email)
  const ask = (current_password: string): Promise<given.Answer> =>
    to.send('POST', '/v1/me/password', { bearer, body: { current_password, new_password: NEW } })
  const guess = () =>
    to.services.core.store.takePasswordTry({ account: id, failuresMax: FACTOR_FAILURES_MAX })
  for (let count = 1; count < FACTOR_FAILURES_MAX; count += 1) await guess()

  assertProblem(await ask('not this one'), 'invalid_current_password')
  assertProblem(await ask(OLD), 'factor_closed')

  const closed = await to.send('GET', '/v1/audit?type=factor.closed', { key: to.adminKey })
  assert.equal((closed.json.items as unknown[]).length, 1)
  await to.send('POST', `/v1/accounts/${id}/factors/reopen`, { key: to.adminKey })
  assert.equal((await ask(OLD)).status, 200)
})

test('new passwords that are refused close nothing, and a leaked one is refused here as well', async (t) => {
  const ranges = await givenRangeServer(t)
  ranges.leak(NEW)
  const to = await inside(t, { COUNTERSIGN_BREACHED_PASSWORDS_URL: ranges.url.href })
  const { email, id } = await given.person(to)
  assert.ok(isAccountId(id))
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', email)
  const ask = (new_password: string): Promise<given.Answer> =>
    to.send('POST', '/v1/me/password', { bearer, body: { current_password: OLD, new_password } })

  assertProblem(await ask(NEW), 'password_breached')
  assertProblem(await ask('short'), 'password_too_short')

  const tried = await to.services.core.store.takePasswordTry({ account: id, failuresMax: 100 })
  assert.ok(tried.kind === 'taken' && tried.failures === 1)
})

test('without an answer of the collection the change says so in the audit log', async (t) => {
  const ranges = await givenRangeServer(t)
  const to = await inside(t, { COUNTERSIGN_BREACHED_PASSWORDS_URL: ranges.url.href })
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token')
  ranges.answer((res) => res.writeHead(500).end())
  const body = { current_password: OLD, new_password: NEW }

  assert.equal((await to.send('POST', '/v1/me/password', { bearer, body })).status, 200)

  const { json } = await to.send('GET', '/v1/audit?type=password.changed', { key: to.adminKey })
  const [event] = json.items as Record<string, unknown>[]
  assert.deepEqual(event?.details, { kept_other_sessions: false, breach_check: 'unknown' })
})
