/** The life of a session: when it ends by itself, what ends with it, and what its owner sees of it. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { assertOAuthError, assertProblem } from './contract.ts'
import * as given from './given.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { send, adminKey } = shared.given

const MINUTE = 60
const HOUR = 3600
const DAY = 24 * HOUR

type To = Pick<given.Given, 'send'>

const me = (to: To, options: given.SendOptions): Promise<given.Answer> => to.send('GET', '/v1/me', options)

const refresh = (to: To, token = ''): Promise<given.Answer> =>
  to.send('POST', '/oauth/token', {
    form: { grant_type: 'refresh_token', client_id: 'first-party', refresh_token: token },
  })

for (const deliver of ['cookie', 'session_token'] as const) {
  test(`401 after an idle hour, by ${deliver}; use in between keeps it alive`, async (t) => {
    const to = await given.authority(t)
    const signedIn = await given.signedIn(to, deliver)
    const credential =
      deliver === 'cookie' ? { cookie: signedIn.cookie } : { bearer: signedIn.session_token ?? '' }
    for (let count = 0; count < 3; count += 1) {
      to.clock.advance(50 * MINUTE)
      assert.equal((await me(to, credential)).status, 200)
    }

    to.clock.advance(HOUR)

    assertProblem(await me(to, credential), 'invalid_credential')
  })
}

test('401 after a day, however often it was used', async (t) => {
  const to = await given.authority(t)
  const { cookie, session } = await given.signedIn(to, 'cookie')
  for (let count = 1; count < 48; count += 1) {
    to.clock.advance(30 * MINUTE)
    assert.equal((await me(to, { cookie })).status, 200, `after ${count} half hours`)
  }
  to.clock.advance(30 * MINUTE - 1)
  assert.equal((await me(to, { cookie })).status, 200)

  to.clock.advance(1)

  assertProblem(await me(to, { cookie }), 'invalid_credential')
  assert.equal(Date.parse(session.expires_at), to.clock.nowMs())
})

test('a sign-in with refresh token ends after fourteen idle days', async (t) => {
  const to = await given.authority(t)
  const { refresh_token: token } = await given.signedIn(to, 'jwt')

  to.clock.advance(14 * DAY)

  assertOAuthError(await refresh(to, token), 'invalid_grant')
})

test('a sign-in with refresh token ends after thirty days, however often it was refreshed', async (t) => {
  const to = await given.authority(t)
  let { refresh_token: token = '' } = await given.signedIn(to, 'jwt')
  for (let count = 0; count < 5; count += 1) {
    to.clock.advance(5 * DAY)
    token = given.at((await refresh(to, token)).json, 'refresh_token')
  }
  to.clock.advance(5 * DAY - MINUTE)
  const last = await refresh(to, token)
  assert.equal(last.json.expires_in, MINUTE, 'An access token does not outlive its session.')
  const access = given.at(last.json, 'access_token')
  assert.equal((await me(to, { bearer: access })).status, 200)

  to.clock.advance(MINUTE)

  assertOAuthError(await refresh(to, given.at(last.json, 'refresh_token')), 'invalid_grant')
  to.clock.advance(30)
  assertProblem(await me(to, { bearer: access }), 'invalid_credential')
})

test('an access token lives no longer than its session may lie idle', async (t) => {
  const to = await given.authority(t, { COUNTERSIGN_REFRESH_IDLE_SECONDS: '120' })

  const signedIn = await given.signedIn(to, 'jwt')

  assert.equal(signedIn.expires_in, 120)
})

test('one more than an account may have ends the one that was unused for longest, and only that', async (t) => {
  const to = await given.authority(t, { COUNTERSIGN_SESSIONS_PER_ACCOUNT_MAX: '2' })
  const { email } = await given.person(to)
  const other = await given.signedIn(to, 'cookie')
  const first = await given.signedIn(to, 'cookie', email)
  to.clock.advance(10)
  const second = await given.signedIn(to, 'jwt', email)
  to.clock.advance(10)
  await me(to, { cookie: first.cookie })
  await to.send('GET', '/v1/me/sessions', { cookie: first.cookie })

  const third = await given.signedIn(to, 'cookie', email)

  assertProblem(await me(to, { bearer: second.access_token ?? '' }), 'invalid_credential')
  assertOAuthError(await refresh(to, second.refresh_token), 'invalid_grant')
  for (const { cookie } of [first, third, other]) assert.equal((await me(to, { cookie })).status, 200)
})

test('401 to sign out without a credential, 403 with a program’s key', async () => {
  const { secret } = await given.keyOf(shared.given, [])

  assertProblem(await send('POST', '/v1/sign-out'), 'credential_required')
  assertProblem(await send('POST', '/v1/sign-out', { key: secret }), 'permission_denied')
})

test('signing out ends the session’s access and refresh tokens at once, and no other device', async () => {
  const { email } = await given.person(shared.given)
  const here = await given.signedIn(shared.given, 'jwt', email)
  const renewed = (await refresh(shared.given, here.refresh_token)).json
  const there = await given.signedIn(shared.given, 'jwt', email)
  const stranger = await given.signedIn(shared.given, 'cookie')

  const answer = await send('POST', '/v1/sign-out', { bearer: here.access_token ?? '' })

  assert.equal(answer.status, 204)
  for (const token of [here.access_token, given.at(renewed, 'access_token')]) {
    assertProblem(await me(shared.given, { bearer: token ?? '' }), 'invalid_credential')
  }
  assertOAuthError(await refresh(shared.given, given.at(renewed, 'refresh_token')), 'invalid_grant')
  assert.equal((await me(shared.given, { bearer: there.access_token ?? '' })).status, 200)
  assert.equal((await refresh(shared.given, there.refresh_token)).status, 200)
  assert.equal((await me(shared.given, { cookie: stranger.cookie })).status, 200)
})

test('signing out by cookie clears both cookies and what the browser kept; the old value is dead', async () => {
  const { cookie, csrf_token: csrf = '' } = await given.signedIn(shared.given, 'cookie')

  const answer = await send('POST', '/v1/sign-out', { cookie, headers: { 'x-csrf-token': csrf } })

  assert.deepEqual(answer.headers.getSetCookie(), [
    '__Host-countersign_session=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax',
    '__Secure-countersign_refresh=; Path=/oauth/token; Max-Age=0; Secure; HttpOnly; SameSite=Strict',
  ])
  assert.equal(answer.headers.get('clear-site-data'), '"cache", "storage"')
  assertProblem(await me(shared.given, { cookie }), 'invalid_credential')
  const again = await send('POST', '/v1/sign-out', { cookie, headers: { 'x-csrf-token': csrf } })
  assertProblem(again, 'invalid_credential')
})

test('twenty who sign out of one session at once are all told that it has ended', async () => {
  const { session_token: bearer = '' } = await given.signedIn(shared.given, 'session_token')

  const answers = await Promise.all(
    Array.from({ length: 20 }, () => send('POST', '/v1/sign-out', { bearer })),
  )

  for (const { status } of answers) assert.ok(status === 204 || status === 401)
  assert.ok(answers.some(({ status }) => status === 204))
})

test('403 for a program that asks for sessions, and for a key of the person itself', async () => {
  const { email, id } = await given.person(shared.given)
  const { session_token: bearer = '', session } = await given.signedIn(shared.given, 'session_token', email)
  const made = await send('POST', '/v1/api-keys', { bearer, body: { name: 'mine', permissions: [] } })
  const own = given.at(made.json, 'secret')
  const { secret } = await given.keyOf(shared.given, [])
  assert.equal(given.at(made.json, 'api_key', 'owner', 'id'), id)

  for (const key of [own, secret]) {
    assertProblem(await send('GET', '/v1/me/sessions', { key }), 'permission_denied')
    assertProblem(await send('POST', '/v1/me/sessions/revoke-others', { key }), 'permission_denied')
    assertProblem(await send('DELETE', `/v1/me/sessions/${session.id}`, { key }), 'permission_denied')
  }
  assert.equal((await me(shared.given, { bearer })).status, 200)
})

test('404 for another person’s session, for one that nobody has and for what is no id', async () => {
  const mine = await given.signedIn(shared.given, 'session_token')
  const theirs = await given.signedIn(shared.given, 'session_token')

  for (const id of [
    theirs.session.id,
    'ses_01kf0rdqg06p1nem1shv2ssrmr',
    'nothing',
    '%2e%2e',
    `${mine.session.id}x`,
  ]) {
    const answer = await send('DELETE', `/v1/me/sessions/${id}`, { bearer: mine.session_token ?? '' })

    assertProblem(answer, 'not_found')
  }
  assert.equal((await me(shared.given, { bearer: theirs.session_token ?? '' })).status, 200)
})

test('the list shows where somebody is signed in, and never a secret', async () => {
  const { email } = await given.person(shared.given)
  const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
  await send('POST', '/v1/sign-in', {
    address: '127.0.0.9',
    headers: { 'user-agent': agent },
    body: { email, password: given.PASSWORD },
  })
  const ended = await given.signedIn(shared.given, 'session_token', email)
  await send('POST', '/v1/sign-out', { bearer: ended.session_token ?? '' })
  const mine = await given.signedIn(shared.given, 'session_token', email)

  const answer = await send('GET', '/v1/me/sessions', { bearer: mine.session_token ?? '' })

  const items = answer.json.items as Record<string, unknown>[]
  assert.equal(items.length, 2)
  const [here, there] = [
    items.find((one) => one.current === true),
    items.find((one) => one.current === false),
  ]
  assert.equal(here?.id, mine.session.id)
  assert.equal(there?.address, '127.0.0.9')
  assert.equal(there?.user_agent, agent)
  assert.equal(there?.device, 'Firefox on Linux')
  assert.deepEqual(there?.signed_in_by, ['pwd'])
  assert.ok(!answer.text.includes('_seslive_'))
})

test('ending one of one’s other sessions, then all others, leaves the one that asks', async () => {
  const { email } = await given.person(shared.given)
  const mine = await given.signedIn(shared.given, 'session_token', email)
  const bearer = mine.session_token ?? ''
  const [one, two, three] = [
    await given.signedIn(shared.given, 'session_token', email),
    await given.signedIn(shared.given, 'cookie', email),
    await given.signedIn(shared.given, 'jwt', email),
  ]

  const first = await send('DELETE', `/v1/me/sessions/${one.session.id}`, { bearer })
  assert.equal(first.status, 204)
  assertProblem(await me(shared.given, { bearer: one.session_token ?? '' }), 'invalid_credential')
  assert.equal((await me(shared.given, { cookie: two.cookie })).status, 200)
  const others = await send('POST', '/v1/me/sessions/revoke-others', { bearer })

  assert.deepEqual(others.json, { ended: 2 })
  assertProblem(await me(shared.given, { cookie: two.cookie }), 'invalid_credential')
  assertProblem(await me(shared.given, { bearer: three.access_token ?? '' }), 'invalid_credential')
  assert.equal((await me(shared.given, { bearer })).status, 200)
})

test('a disabled account’s sessions, tokens and keys are dead at once and stay so when it is enabled', async () => {
  const { email, id } = await given.person(shared.given)
  const opaque = await given.signedIn(shared.given, 'session_token', email)
  const jwt = await given.signedIn(shared.given, 'jwt', email)
  const made = await send('POST', '/v1/api-keys', {
    bearer: opaque.session_token ?? '',
    body: { name: 'mine', permissions: [] },
  })
  const credentials: given.SendOptions[] = [
    { bearer: opaque.session_token ?? '' },
    { bearer: jwt.access_token ?? '' },
    { key: given.at(made.json, 'secret') },
  ]
  for (const disabled of [true, false]) {
    await send('PATCH', `/v1/accounts/${id}`, { key: adminKey, body: { disabled } })

    for (const one of credentials) assertProblem(await me(shared.given, one), 'invalid_credential')
    assertOAuthError(await refresh(shared.given, jwt.refresh_token), 'invalid_grant')
  }
  const again = await given.signedIn(shared.given, 'session_token', email)
  assert.equal((await me(shared.given, { bearer: again.session_token ?? '' })).status, 200)
})
