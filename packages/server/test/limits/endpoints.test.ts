/** Every endpoint that tries a secret is limited, and no limit lets one caller keep the others out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { spoil } from '@countersign/tools/spoil'
import { routes } from '../../src/routes/table.ts'
import { assertOAuthError, assertProblem } from '../contract.ts'
import * as given from '../given.ts'
import { inside } from '../inside.ts'
import { askToSignIn, personWithPasskey } from '../passkeys.ts'
import { usePasskey } from '../soft-authenticator.ts'

const PATH = '/v1/sign-in'
const password = given.PASSWORD
const wrong = 'another quiet otter'
const ticket = 'x'.repeat(43)

type To = Pick<given.Given, 'send'>

/** Attempts in vain until the network is over its limit. */
async function exhaust({ send }: To, count: number, options: given.SendOptions = {}): Promise<given.Answer> {
  for (let index = 0; index < count; index += 1) {
    const body = { email: `nobody-${index}@example.com`, password: wrong }
    await send('POST', PATH, { ...options, body })
  }
  const refused = await send('POST', PATH, { ...options, body: { email: 'admin@example.com', password } })
  assertProblem(refused, 'rate_limited')
  return refused
}

const deviceOf = (answer: given.Answer): string =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .find((cookie) => cookie.startsWith('__Host-countersign_device=')) ?? ''

test('whatever strangers can post is limited, and so is whatever proves a factor', () => {
  const unlimited = routes
    .filter(({ access, method, limit }) => access === 'public' && method !== 'GET' && limit === undefined)
    .map(({ name }) => name)
  const proofs = ['confirm_own_factor', 'add_own_passkey', 'complete_step_up', 'change_own_password']

  // It writes nothing, tells nothing and takes nothing.
  assert.deepEqual(unlimited, ['sign_in_passkey_options'])
  for (const name of [...proofs, 'begin_step_up', 'step_up_passkey_options', 'make_recovery_codes']) {
    const limit = routes.find((route) => route.name === name)?.limit
    assert.ok(limit === 'factor' || limit === 'sign_in', name)
  }
})

test('429 for tickets, codes and links from one network, and passwords are tried on beside it', async (t) => {
  const { send } = await given.authority(t, { COUNTERSIGN_RATE_LIMIT_FACTOR: '3/60' })
  const attempts: readonly [path: string, body: object][] = [
    ['/v1/sign-in/factor', { ticket, factor: 'totp', code: '123456' }],
    ['/v1/sign-in/password', { ticket, new_password: password }],
    ['/v1/password-reset/complete', { ticket, password }],
    ['/v1/sign-up/confirm', { ticket, password }],
    ['/v1/sign-in/factor/passkey/options', { ticket }],
  ]
  const statuses = []
  for (const [path, body] of attempts) statuses.push((await send('POST', path, { body })).status === 429)

  const refused = await send('POST', '/v1/sign-in/factor', {
    body: { ticket, factor: 'recovery_code', code: 'abcde-fghjk-mnpqr' },
  })
  const signIn = await send('POST', PATH, { body: { email: 'admin@example.com', password } })

  assert.deepEqual(statuses, [false, false, false, true, true])
  assertProblem(refused, 'rate_limited')
  assert.equal(refused.headers.get('ratelimit'), '"factor";r=0;t=60')
  assert.equal(signIn.status, 200)
})

test('a flood of wrong passwords from a network keeps nobody in it from a passkey or a second step', async (t) => {
  const to = await given.authority(t, { COUNTERSIGN_RATE_LIMIT_SIGN_IN: '5/60' })
  const { key } = await personWithPasskey(to)
  to.clock.advance(60)
  await exhaust(to, 5)

  const credential = usePasskey(key, await askToSignIn(to))
  const passkey = await to.send('POST', '/v1/sign-in/passkey', { body: { credential } })
  const second = await to.send('POST', '/v1/sign-in/factor', {
    body: { ticket, factor: 'totp', code: '123456' },
  })

  assert.equal(passkey.status, 200, passkey.text)
  assertProblem(second, 'ticket_ended')
})

test('a known device signs in from a network that is over its limit; made-up ones are not compared', async (t) => {
  const to = await inside(t, { COUNTERSIGN_RATE_LIMIT_SIGN_IN: '5/60' })
  const { email } = await given.person(to)
  const device = deviceOf(await to.send('POST', PATH, { body: { email, password } }))
  await exhaust(to, 4)
  const attempt = (cookie: string): Promise<given.Answer> =>
    to.send('POST', PATH, { cookie, body: { email, password } })
  to.takeCalls()

  const stranger = await attempt('')
  const madeUp = await attempt(`__Host-countersign_device=${'a'.repeat(43)}`)
  const calls = to.takeCalls()
  const known = await attempt(device)

  assertProblem(stranger, 'rate_limited')
  assertProblem(madeUp, 'rate_limited')
  assert.equal(madeUp.headers.get('retry-after'), '60')
  assert.deepEqual(calls, ['store.readSignIn'])
  assert.equal(known.status, 200)
  assert.equal(known.headers.get('retry-after'), null)
  assert.equal(known.headers.get('ratelimit'), '"sign_in_device";r=3;t=60')
})

test('made-up devices have an end as well, and then nothing is looked up for them', async (t) => {
  const to = await inside(t, { COUNTERSIGN_RATE_LIMIT_SIGN_IN: '5/60' })
  const cookie = (index: number): string => `__Host-countersign_device=${String(index).padStart(43, 'a')}`
  await exhaust(to, 5)
  to.takeCalls()

  for (let index = 0; index < 20; index += 1) {
    const body = { email: `nobody-${index}@example.com`, password: wrong }
    assertProblem(await to.send('POST', PATH, { cookie: cookie(index), body }), 'rate_limited')
  }

  assert.deepEqual(to.takeCalls(), Array(5).fill('store.readSignIn'))
})

test('one who is signed in proves things at most so often, from however many networks', async (t) => {
  const to = await given.authority(t, { COUNTERSIGN_RATE_LIMIT_SIGN_IN_ACCOUNT: '3/60' })
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token')
  const { session_token: other = '' } = await given.signedIn(to, 'session_token')
  const attempt = (index: number, who = bearer): Promise<given.Answer> =>
    to.send('POST', '/v1/me/password', {
      bearer: who,
      encrypted: true,
      address: `203.0.113.${index}`,
      body: { current_password: wrong, new_password: 'nine loud herons wading' },
    })
  for (let index = 0; index < 3; index += 1) assert.notEqual((await attempt(index)).status, 429)

  const refused = await attempt(4)
  const elsewhere = await attempt(4, other)

  assertProblem(refused, 'rate_limited')
  assert.equal(refused.headers.get('ratelimit-policy'), '"sign_in_account";q=3;w=60')
  assert.notEqual(elsewhere.status, 429)
})

test('wrong secrets for a client wait in the network that tries them, and the client itself goes on', async (t) => {
  const to = await inside(t, { COUNTERSIGN_RATE_LIMIT_CLIENT: '3/60' })
  const made = await to.send('POST', '/v1/service-accounts', {
    key: to.adminKey,
    body: { name: 'a program' },
  })
  const client = await to.send('POST', '/v1/clients', {
    key: to.adminKey,
    body: {
      id: 'program',
      name: 'A program',
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      scopes: [],
      service_account_id: given.at(made.json, 'service_account', 'id'),
    },
  })
  const secret = given.at(client.json, 'client_secret')
  const ask = (client_secret: string, address: string): Promise<given.Answer> =>
    to.send('POST', '/oauth/token', {
      address,
      encrypted: true,
      form: { grant_type: 'client_credentials', client_id: 'program', client_secret },
    })
  for (let index = 0; index < 3; index += 1) {
    assertOAuthError(await ask(spoil(secret), '203.0.113.9'), 'invalid_client')
  }
  to.takeCalls()

  const refused = await ask(secret, '203.0.113.9')
  const calls = to.takeCalls()
  const itself = await ask(secret, '203.0.113.10')

  assertOAuthError(refused, 'slow_down')
  assert.equal(refused.headers.get('retry-after'), '60')
  assert.deepEqual(calls, [])
  assert.equal(itself.status, 200, itself.text)
})

test('the form of our own page is limited like the endpoint, and says so in words', async (t) => {
  const to = await given.authority(t, { COUNTERSIGN_RATE_LIMIT_SIGN_IN: '2/60' })
  const send = (): Promise<given.Answer> =>
    to.send('POST', '/login', { form: { identifier: 'admin@example.com', password: wrong } })
  for (let index = 0; index < 2; index += 1) assert.equal((await send()).status, 403)

  const refused = await send()

  assert.equal(refused.status, 429)
  assert.match(refused.headers.get('content-type') ?? '', /^text\/html/)
  assert.equal(refused.headers.get('retry-after'), '60')
})
