/** The second step of signing in: what it gives, what it says, and what an attacker with the password can try. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import {
  codeOf,
  nextStep,
  personWithTotp,
  presentRecovery,
  presentTotp,
  ticketOf,
  wrongCodeOf,
} from './authenticator.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { inside } from './inside.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { send, clock, adminKey } = shared.given
const password = given.PASSWORD

const code = (who: { seed: string }, drift = 0): string => codeOf(who.seed, clock.nowMs(), drift)

test('the first step answers a ticket and nothing that opens anything', async () => {
  const who = await personWithTotp(shared.given)
  const sessions = await sessionsOf(who.bearer)

  const answer = await send('POST', '/v1/sign-in', { body: { email: who.email, password } })

  const { ticket, ...rest } = answer.json
  assert.deepEqual(rest, {
    status: 'factor_required',
    factors: ['totp', 'recovery_code'],
    reason: 'account_has_factor',
  })
  assert.deepEqual(answer.headers.getSetCookie(), [])
  const text = String(ticket)
  for (const credential of [
    { bearer: text },
    { key: text },
    { cookie: `__Host-countersign_session=${text}` },
    { bearer: `cs_seslive_${'0'.repeat(26)}_${text}000000` },
  ]) {
    assert.equal((await send('GET', '/v1/me', credential)).status, 401)
  }
  const refreshed = await send('POST', '/oauth/token', {
    form: { grant_type: 'refresh_token', client_id: 'first-party', refresh_token: text },
  })
  assert.equal(refreshed.json.error, 'invalid_grant')
  assert.equal(await sessionsOf(who.bearer), sessions)
})

async function sessionsOf(bearer: string): Promise<number> {
  const { json } = await send('GET', '/v1/me/sessions', { bearer })
  return (json.items as unknown[]).length
}

test('each delivery that was asked for with the password, or with the code instead', async () => {
  const who = await personWithTotp(shared.given)
  const finish = async (first: object, second: object): Promise<given.Answer> => {
    nextStep(clock)
    const answer = await presentTotp(
      shared.given,
      await ticketOf(shared.given, who.email, first),
      code(who),
      second,
    )
    assert.equal(answer.status, 200, answer.text)
    assert.equal(answer.json.status, 'signed_in')
    return answer
  }

  const cookie = await finish({}, {})
  const opaque = await finish({ deliver: 'session_token' }, {})
  const changed = await finish({ deliver: 'cookie' }, { deliver: 'session_token' })
  const jwt = await finish({ deliver: 'jwt', refresh: 'cookie' }, {})
  const body = await finish({ deliver: 'jwt', refresh: 'cookie' }, { refresh: 'body' })

  assert.match(cookie.headers.getSetCookie()[0] ?? '', /^__Host-countersign_session=/)
  assert.equal(typeof cookie.json.csrf_token, 'string')
  assert.deepEqual(Object.keys(opaque.json), ['status', 'account', 'session', 'session_token'])
  assert.equal(typeof changed.json.session_token, 'string')
  assert.match(jwt.headers.getSetCookie()[0] ?? '', /^__Secure-countersign_refresh=/)
  assert.equal(typeof body.json.refresh_token, 'string')
})

test('the level stands in the session, the token and the verdict, with when it was proved', async () => {
  const who = await personWithTotp(shared.given)
  const expected = (amr: string[], level: number) => ({
    amr,
    acr: `urn:countersign:acr:aal${level}`,
    auth_time: new Date(clock.nowMs()).toISOString(),
  })
  const credentialOf = async (bearer: string): Promise<object> => {
    const { json } = await send('GET', '/v1/me', { bearer })
    const { amr, acr, auth_time } = json.credential as Record<string, unknown>
    return { amr, acr, auth_time }
  }
  const finish = async (answer: Promise<given.Answer>): Promise<string> => {
    const { json } = await answer
    return given.at(json, json.session_token === undefined ? 'access_token' : 'session_token')
  }
  const ticket = (deliver: string): Promise<string> => ticketOf(shared.given, who.email, { deliver })

  const byTotp = await finish(presentTotp(shared.given, await ticket('session_token'), code(who)))
  assert.deepEqual(await credentialOf(byTotp), expected(['pwd', 'otp', 'mfa'], 2))
  nextStep(clock)
  const byJwt = await finish(presentTotp(shared.given, await ticket('jwt'), code(who)))
  assert.deepEqual(await credentialOf(byJwt), expected(['pwd', 'otp', 'mfa'], 2))
  const byCode = await finish(
    presentRecovery(shared.given, await ticket('session_token'), who.recoveryCodes[2] ?? ''),
  )
  assert.deepEqual(await credentialOf(byCode), expected(['pwd', 'recovery_code', 'mfa'], 2))
  const { session_token: plain = '' } = await given.signedIn(shared.given, 'session_token')
  assert.deepEqual(await credentialOf(plain), expected(['pwd'], 1))
  const asked = await send('POST', '/oauth/introspect', { key: adminKey, form: { token: byTotp } })
  assert.deepEqual([asked.json.acr, asked.json.amr], ['urn:countersign:acr:aal2', ['pwd', 'otp', 'mfa']])
})

test('replay: a code works once, and none from before it, on whichever ticket', async () => {
  const who = await personWithTotp(shared.given)
  const [used, before] = [code(who), code(who, -1)]
  const tickets = [1, 2, 3].map(() => ticketOf(shared.given, who.email))
  const [first = '', second = '', third = ''] = await Promise.all(tickets)
  assert.equal((await presentTotp(shared.given, first, used)).status, 200)

  assertProblem(await presentTotp(shared.given, second, used), 'invalid_factor')
  assertProblem(await presentTotp(shared.given, third, before), 'invalid_factor')

  const next = await presentTotp(shared.given, second, code(who, 1))
  assert.equal(next.status, 200)
})

test('the server’s clock decides: two steps ago is refused, whatever Date the client sends', async () => {
  const who = await personWithTotp(shared.given)
  nextStep(clock)
  nextStep(clock)
  const old = code(who, -2)
  const headers = { date: new Date(clock.nowMs() - 60_000).toUTCString() }

  const answer = await send('POST', '/v1/sign-in/factor', {
    headers,
    body: { ticket: await ticketOf(shared.given, who.email), factor: 'totp', code: old },
  })

  assertProblem(answer, 'invalid_factor')
  assert.equal(
    (await presentTotp(shared.given, await ticketOf(shared.given, who.email), code(who, -1))).status,
    200,
  )
})

test('brute force: five tries for a ticket, then not even the right code', async () => {
  const who = await personWithTotp(shared.given)
  const ticket = await ticketOf(shared.given, who.email)
  for (let count = 0; count < 5; count += 1) {
    assertProblem(
      await presentTotp(shared.given, ticket, wrongCodeOf(who.seed, clock.nowMs())),
      'invalid_factor',
    )
  }

  assertProblem(await presentTotp(shared.given, ticket, code(who)), 'ticket_ended')

  assert.equal(
    (await presentTotp(shared.given, await ticketOf(shared.given, who.email), code(who))).status,
    200,
  )
})

test('brute force: a hundred failures in a row close the factor, and a recovery code opens it again', async () => {
  const who = await personWithTotp(shared.given)
  for (let tried = 0; tried < 100; tried += 5) {
    const ticket = await ticketOf(shared.given, who.email)
    const wrong = wrongCodeOf(who.seed, clock.nowMs())
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => presentTotp(shared.given, ticket, wrong)))
    for (const answer of answers) assertProblem(answer, 'invalid_factor')
  }

  const closed = await presentTotp(shared.given, await ticketOf(shared.given, who.email), code(who))
  const shown = await send('GET', `/v1/accounts/${who.account}/factors`, { key: adminKey })
  const recovered = await presentRecovery(
    shared.given,
    await ticketOf(shared.given, who.email),
    who.recoveryCodes[0] ?? '',
  )

  assertProblem(closed, 'factor_closed')
  assert.deepEqual(shown.json.closed, ['totp'])
  assert.equal(recovered.status, 200)
  assert.equal(
    (await presentTotp(shared.given, await ticketOf(shared.given, who.email), code(who))).status,
    200,
  )
  const events = await send('GET', `/v1/audit?type=factor.closed&target=${who.account}`, { key: adminKey })
  assert.equal((events.json.items as unknown[]).length, 1)
})

test('an administrator opens a closed factor', async () => {
  const who = await personWithTotp(shared.given)
  for (let tried = 0; tried < 100; tried += 5) {
    const ticket = await ticketOf(shared.given, who.email)
    const wrong = wrongCodeOf(who.seed, clock.nowMs())
    await Promise.all([1, 2, 3, 4, 5].map(() => presentTotp(shared.given, ticket, wrong)))
  }
  const attempt = async (): Promise<given.Answer> =>
    presentTotp(shared.given, await ticketOf(shared.given, who.email), code(who))
  assertProblem(await attempt(), 'factor_closed')

  const path = `/v1/accounts/${who.account}/factors/reopen`
  assert.equal((await send('POST', path, { key: adminKey })).status, 204)

  assert.equal((await attempt()).status, 200)
})

test('mixing: another’s code, another’s ticket and a step-up’s ticket lead nowhere', async () => {
  const alice = await personWithTotp(shared.given)
  const bob = await personWithTotp(shared.given)
  const ticket = await ticketOf(shared.given, alice.email)
  const stepping = await send('POST', '/v1/me/step-up', { bearer: alice.bearer })
  const stepTicket = given.at(stepping.json, 'ticket')

  assertProblem(await presentTotp(shared.given, ticket, code(bob)), 'invalid_factor')
  assertProblem(await presentRecovery(shared.given, ticket, bob.recoveryCodes[0] ?? ''), 'invalid_factor')
  assertProblem(await presentTotp(shared.given, stepTicket, code(alice)), 'ticket_ended')
  const body = { ticket: stepTicket, factor: 'totp', code: code(bob) }
  assertProblem(await send('POST', '/v1/me/step-up/factor', { bearer: bob.bearer, body }), 'ticket_ended')
  const asStepUp = { ticket, factor: 'totp', code: code(alice) }
  const byTicket = await send('POST', '/v1/me/step-up/factor', { bearer: alice.bearer, body: asStepUp })
  assertProblem(byTicket, 'ticket_ended')

  assert.equal((await presentTotp(shared.given, ticket, code(alice))).status, 200)
})

test('a ticket ends after ten minutes, with its use, and when the person signs out everywhere', async () => {
  const who = await personWithTotp(shared.given)
  const late = await ticketOf(shared.given, who.email)
  clock.advance(600)
  assertProblem(await presentTotp(shared.given, late, code(who)), 'ticket_ended')
  const used = await ticketOf(shared.given, who.email)
  assert.equal((await presentTotp(shared.given, used, code(who))).status, 200)
  assertProblem(await presentTotp(shared.given, used, code(who, 1)), 'ticket_ended')

  nextStep(clock)
  const revoked = await ticketOf(shared.given, who.email)
  const target = { kind: 'account', id: who.account }
  await send('POST', '/v1/revocations', { key: adminKey, body: { target } })
  assertProblem(await presentTotp(shared.given, revoked, code(who)), 'ticket_ended')
  const disabled = await ticketOf(shared.given, who.email)
  await send('PATCH', `/v1/accounts/${who.account}`, { key: adminKey, body: { disabled: true } })
  assertProblem(await presentTotp(shared.given, disabled, code(who)), 'ticket_ended')
})

test('fixation: each sign-in makes its own session, and no page of another site finishes one', async () => {
  const who = await personWithTotp(shared.given)
  const planted = await given.signedIn(shared.given, 'cookie')
  const ticket = await ticketOf(shared.given, who.email, {})
  for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }] as const) {
    const body = { ticket, factor: 'totp', code: code(who) }
    assertProblem(await send('POST', '/v1/sign-in/factor', { headers: { ...headers }, body }), 'csrf_refused')
  }

  const answer = await send('POST', '/v1/sign-in/factor', {
    cookie: planted.cookie,
    headers: { 'sec-fetch-site': 'same-origin' },
    body: { ticket, factor: 'totp', code: code(who) },
  })

  assert.notEqual(answer.headers.getSetCookie()[0]?.split(';')[0], planted.cookie)
  assert.notEqual(given.at(answer.json, 'session', 'id'), planted.session.id)
})

test('enumeration: the password’s answer and work are the same with and without a factor', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const plain = await given.person(to)
  const who = await personWithTotp(to)
  const attempts = [plain.email, who.email, 'nobody@example.com'].map((email) => ({
    email,
    password: 'another quiet otter',
  }))

  for (const body of attempts) {
    to.takeCalls()
    const answer = await to.send('POST', '/v1/sign-in', { body })
    assertProblem(answer, 'invalid_credentials')
    assert.deepEqual(to.takeCalls(), [
      'store.readSignIn',
      'store.takeSignInTry',
      'passwords.verify',
      'store.readRisk',
      'store.appendAudit',
    ])
  }
})

test('a recovery code costs one hash, whichever number it has, used or not', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const who = await personWithTotp(to)
  const [used = '', wrong = 'not a code'] = [who.recoveryCodes[0], '5aaa-aaaa-aaaa-aaaa']
  await presentRecovery(to, await ticketOf(to, who.email), used)

  for (const tried of [used, wrong]) {
    const ticket = await ticketOf(to, who.email)
    to.takeCalls()
    assertProblem(await presentRecovery(to, ticket, tried), 'invalid_factor')
    assert.deepEqual(to.takeCalls(), ['store.takeTry', 'passwords.verify', 'store.appendAudit'])
  }
})

test('what was tried is written down with the account, and no code and no ticket', async () => {
  const who = await personWithTotp(shared.given)
  const ticket = await ticketOf(shared.given, who.email)
  const wrong = wrongCodeOf(who.seed, clock.nowMs())
  await presentTotp(shared.given, ticket, wrong)
  await presentTotp(shared.given, ticket, code(who))

  const events = await send('GET', `/v1/audit?target=${who.account}&limit=200`, { key: adminKey })

  const types = (events.json.items as { type: string }[]).map(({ type }) => type)
  assert.deepEqual(types.toSorted(), [
    'account.created',
    'factor.added',
    'factor.offered',
    'sign_in.factor_required',
    'sign_in.refused',
  ])
  for (const secret of [ticket, wrong, who.seed, ...who.recoveryCodes])
    assert.ok(!events.text.includes(secret))
})
