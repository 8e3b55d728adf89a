/** Refreshing over HTTP: rotation, reuse, retries inside the grace, narrowing, and whom a refresh token is for. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { decodeJwt } from 'jose'
import { assertOAuthError, assertProblem } from './contract.ts'
import * as given from './given.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)

type To = Pick<given.Given, 'send'>

function refresh(
  to: To,
  token: string | undefined,
  more: Record<string, string> = {},
): Promise<given.Answer> {
  const form = { grant_type: 'refresh_token', client_id: 'first-party', refresh_token: token ?? '', ...more }
  return to.send('POST', '/oauth/token', { form })
}

const me = (to: To, bearer: string | undefined): Promise<given.Answer> =>
  to.send('GET', '/v1/me', { bearer: bearer ?? '' })

const successorOf = (answer: given.Answer): string => given.at(answer.json, 'refresh_token')

test('invalid_grant for what is no refresh token, without a word on why', async () => {
  const { refresh_token: own = '', access_token: access = '' } = await given.signedIn(shared.given, 'jwt')
  const { session_token: session = '' } = await given.signedIn(shared.given, 'session_token')
  const other = successorOf(await refresh(shared.given, own))
  const bodies = new Set<string>()
  for (const token of [
    'nonsense',
    access,
    session,
    shared.given.adminKey,
    own.slice(0, -1),
    `${own}A`,
    own.replace('_reflive_', '_reftest_'),
    // A right id with another one's secret and a checksum that fits neither.
    `${own.slice(0, 40)}${other.slice(40)}`,
    'a'.repeat(8000),
  ]) {
    const answer = await refresh(shared.given, token)
    assertOAuthError(answer, 'invalid_grant')
    bodies.add(answer.text)
  }

  assert.equal(bodies.size, 1)
  assert.equal((await refresh(shared.given, other)).status, 200, 'None of them touched the family.')
})

test('invalid_client for a client that is another, absent, or tries to prove itself', async () => {
  const { refresh_token: token = '' } = await given.signedIn(shared.given, 'jwt')

  for (const more of [
    { client_id: '' },
    { client_id: 'First-Party' },
    { client_id: '../first-party' },
    { client_secret: 'a secret' },
  ] as Record<string, string>[]) {
    assertOAuthError(await refresh(shared.given, token, more), 'invalid_client')
  }
  const form = { grant_type: 'refresh_token', client_id: 'first-party', refresh_token: token }
  const headers = { authorization: `Basic ${Buffer.from('first-party:x').toString('base64')}` }
  assertOAuthError(await shared.given.send('POST', '/oauth/token', { form, headers }), 'invalid_client')
  assert.equal((await refresh(shared.given, token)).status, 200)
})

test('another client’s attempt with a refresh token is refused and uses nothing up', async () => {
  const { refresh_token: token = '' } = await given.signedIn(shared.given, 'jwt')
  const made = await shared.given.send('POST', '/v1/clients', {
    key: shared.given.adminKey,
    body: {
      id: 'pool-app',
      name: 'The pool',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: ['https://pool.example.com/callback'],
      scopes: ['*'],
    },
  })
  assert.equal(made.status, 201, made.text)

  assertOAuthError(await refresh(shared.given, token, { client_id: 'pool-app' }), 'invalid_grant')
  assertOAuthError(await refresh(shared.given, token, { client_id: 'nobody' }), 'invalid_client')

  assert.equal((await refresh(shared.given, token)).status, 200)
})

test('invalid_scope for more than was granted, before anything is used up', async () => {
  const { refresh_token: token = '' } = await given.signedIn(shared.given, 'jwt')

  for (const scope of [
    'accounts:write',
    '*',
    'gym:*',
    'not a permission at all!',
    'a:b  c:d',
    ' a:b',
    'a"b:c',
  ]) {
    assertOAuthError(await refresh(shared.given, token, { scope }), 'invalid_scope')
  }
  assert.equal((await refresh(shared.given, token)).status, 200)
})

test('a refresh may narrow its one access token; the next one has all rights again', async () => {
  const { refresh_token: first } = await given.signedIn(shared.given, 'jwt', 'admin@example.com')

  const narrowed = await refresh(shared.given, first, { scope: 'accounts:read roles:read' })
  const whole = await refresh(shared.given, successorOf(narrowed))

  assert.equal(narrowed.json.scope, 'accounts:read roles:read')
  const bearer = given.at(narrowed.json, 'access_token')
  assert.equal((await shared.given.send('GET', '/v1/accounts', { bearer })).status, 200)
  assertProblem(await shared.given.send('GET', '/v1/audit', { bearer }), 'permission_denied')
  assert.equal(whole.json.scope, '*')
})

test('a used refresh token gets the same successor within 30 seconds, and only while that is unused', async (t) => {
  const to = await given.authority(t)
  const { refresh_token: first } = await given.signedIn(to, 'jwt')
  const second = successorOf(await refresh(to, first))
  to.clock.advance(29)

  const retry = await refresh(to, first)

  assert.equal(successorOf(retry), second)
  assert.equal((await me(to, given.at(retry.json, 'access_token'))).status, 200)
  const third = successorOf(await refresh(to, second))
  assert.notEqual(third, second)
  assertOAuthError(await refresh(to, first), 'invalid_grant')
  assertOAuthError(await refresh(to, third), 'invalid_grant')
})

test('a used refresh token after the grace ends exactly its family, at once', async (t) => {
  const to = await given.authority(t)
  const { email } = await given.person(to)
  const phone = await given.signedIn(to, 'jwt', email)
  const laptop = await given.signedIn(to, 'jwt', email)
  const browser = await given.signedIn(to, 'cookie', email)
  const renewed = await refresh(to, phone.refresh_token)
  const access = given.at(renewed.json, 'access_token')
  to.clock.advance(31)
  assert.equal((await me(to, access)).status, 200)

  assertOAuthError(await refresh(to, phone.refresh_token), 'invalid_grant')

  assertProblem(await me(to, access), 'invalid_credential')
  assertProblem(await me(to, phone.access_token), 'invalid_credential')
  assertOAuthError(await refresh(to, successorOf(renewed)), 'invalid_grant')
  assert.equal((await me(to, laptop.access_token)).status, 200)
  assert.equal((await refresh(to, laptop.refresh_token)).status, 200)
  assert.equal((await to.send('GET', '/v1/me', { cookie: browser.cookie })).status, 200)
})

test('reuse is written down with the family and the client, as refused', async (t) => {
  const to = await given.authority(t)
  const { refresh_token: first, account } = await given.signedIn(to, 'jwt')
  await refresh(to, first)
  to.clock.advance(31)
  await refresh(to, first)

  const events = await to.send('GET', '/v1/audit?type=grant.reuse_detected', { key: to.adminKey })

  const [event, ...others] = events.json.items as Record<string, unknown>[]
  assert.deepEqual(others, [])
  assert.equal(event?.outcome, 'refused')
  assert.equal(given.at(event?.actor, 'id'), account.id)
  assert.match(given.at(event?.target, 'id'), /^gra_/)
  assert.deepEqual(event?.details, { client: 'first-party', generation: 1 })
})

test('without a grace the first retry already ends the family', async (t) => {
  const to = await given.authority(t, { COUNTERSIGN_REFRESH_GRACE_SECONDS: '0' })
  const { refresh_token: first } = await given.signedIn(to, 'jwt')
  const second = successorOf(await refresh(to, first))

  assertOAuthError(await refresh(to, first), 'invalid_grant')

  assertOAuthError(await refresh(to, second), 'invalid_grant')
})

test('twenty presentations at once are one rotation: all get one successor, which works once', async () => {
  const { refresh_token: token, account } = await given.signedIn(shared.given, 'jwt')

  const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(shared.given, token)))

  const successors = new Set(answers.map(successorOf))
  assert.equal(successors.size, 1)
  const [successor] = successors
  assert.equal((await refresh(shared.given, successor)).status, 200)
  const path = `/v1/audit?type=grant.refreshed&actor=${account.id}`
  const events = await shared.given.send('GET', path, { key: shared.given.adminKey })
  assert.equal((events.json.items as unknown[]).length, 2)
})

test('a refresh token that was refused for its holder’s end stays refused', async () => {
  const { refresh_token: token, account } = await given.signedIn(shared.given, 'jwt')
  const key = shared.given.adminKey
  await shared.given.send('DELETE', `/v1/accounts/${account.id}`, { key })

  assertOAuthError(await refresh(shared.given, token), 'invalid_grant')
})

test('a role that was taken away is gone from the next access token', async () => {
  const { id, email } = await given.person(shared.given)
  const key = shared.given.adminKey
  await shared.given.send('POST', '/v1/roles', { key, body: { id: 'swimmer', permissions: ['pool:enter'] } })
  const change = (roles: string[]): Promise<given.Answer> =>
    shared.given.send('PATCH', `/v1/accounts/${id}`, { key, body: { roles } })
  await change(['member', 'swimmer'])
  const { refresh_token: first, access_token: access } = await given.signedIn(shared.given, 'jwt', email)
  assert.equal(decodeJwt(access ?? '').scope, 'pool:enter')

  await change(['member'])

  assertProblem(await me(shared.given, access), 'invalid_credential')
  const next = await refresh(shared.given, first)
  assert.equal(next.json.scope, '')
  assert.deepEqual(decodeJwt(given.at(next.json, 'access_token')).roles, ['member'])
})

const cookieOf = (answer: given.Answer): string =>
  (answer.headers.getSetCookie()[0] ?? '').split(';')[0] ?? ''

test('by cookie the new refresh token stands in the cookie alone, and the old one is a used one', async (t) => {
  const to = await given.authority(t)
  const { email } = await given.person(to)
  const signedIn = await to.send('POST', '/v1/sign-in', {
    body: { email, password: given.PASSWORD, deliver: 'jwt', refresh: 'cookie' },
  })
  const again = (cookie: string): Promise<given.Answer> =>
    to.send('POST', '/oauth/token', {
      cookie,
      headers: { origin: given.ISSUER, 'sec-fetch-site': 'same-origin' },
      form: { grant_type: 'refresh_token', client_id: 'first-party' },
    })

  const answer = await again(cookieOf(signedIn))

  assert.equal(answer.json.refresh_token, undefined)
  const [cookie = ''] = answer.headers.getSetCookie()
  const attributes = cookie.slice(cookie.indexOf(';'))
  const maxAge = Number(/Max-Age=(\d+)/.exec(attributes)?.[1])
  assert.equal(attributes, `; Path=/oauth/token; Max-Age=${maxAge}; Secure; HttpOnly; SameSite=Strict`)
  to.clock.advance(31)
  assertOAuthError(await again(cookieOf(signedIn)), 'invalid_grant')
  assertOAuthError(await again(cookieOf(answer)), 'invalid_grant')
})

test('the refresh cookie lives no longer than the sign-in that it belongs to', async (t) => {
  const to = await given.authority(t, { COUNTERSIGN_REFRESH_LIFETIME_SECONDS: '86400' })
  const { email } = await given.person(to)
  const signedIn = await to.send('POST', '/v1/sign-in', {
    body: { email, password: given.PASSWORD, deliver: 'jwt', refresh: 'cookie' },
  })
  to.clock.advance(80_000)

  const answer = await to.send('POST', '/oauth/token', {
    cookie: cookieOf(signedIn),
    headers: { 'sec-fetch-site': 'same-origin' },
    form: { grant_type: 'refresh_token', client_id: 'first-party' },
  })

  assert.match(answer.headers.getSetCookie()[0] ?? '', /; Max-Age=6400;/)
})

test('the cookie twice, or beside a parameter, is no guess about which one counts', async () => {
  const { refresh_token: token = '' } = await given.signedIn(shared.given, 'jwt')
  const name = '__Secure-countersign_refresh'
  const form = { grant_type: 'refresh_token', client_id: 'first-party' }
  const send = (cookie: string, more: object = {}): Promise<given.Answer> =>
    shared.given.send('POST', '/oauth/token', { cookie, form: { ...form, ...more } })

  assertOAuthError(await send(`${name}=${token}; ${name}=${token}`), 'invalid_request')
  assertOAuthError(await send(`${name}=${token}`, { refresh_token: 'nonsense' }), 'invalid_grant')
  assert.equal((await refresh(shared.given, token)).status, 200)
})
