/** A new password by a link in a mail: for whoever reads that mail, once, for half an hour, and for nothing else. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { RESET_LINK_SECONDS } from '@countersign/core'
import { enrolTotp } from './authenticator.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { type Inside, inside } from './inside.ts'
import { linkTo, mailTo } from './mail/read-mail.ts'

const NEW = 'violet gravel pushed the tram'
const OPEN = { ...given.UNLIMITED, COUNTERSIGN_RATE_LIMIT_MAIL: 'dangerously-off' }

const open = (t: TestContext, settings: Record<string, string> = {}): Promise<Inside> =>
  inside(t, { ...OPEN, ...settings })

const request = ({ send }: Inside, email: string, options: given.SendOptions = {}): Promise<given.Answer> =>
  send('POST', '/v1/password-reset', { ...options, body: { email } })

const complete = ({ send }: Inside, ticket: string, password = NEW): Promise<given.Answer> =>
  send('POST', '/v1/password-reset/complete', { body: { ticket, password } })

const signIn = ({ send }: Inside, email: string, password: string): Promise<given.Answer> =>
  send('POST', '/v1/sign-in', { body: { email, password, deliver: 'session_token' } })

const statusOf = async ({ send }: Inside, bearer = ''): Promise<number> =>
  (await send('GET', '/v1/me', { bearer })).status

async function ticketFor(to: Inside, email: string): Promise<string> {
  assert.equal((await request(to, email)).status, 202)
  return (await linkTo(to, email)).ticket
}

test('the link sets the password, ends every session, and signs nobody in', async (t) => {
  const to = await open(t)
  const { email } = await given.person(to)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', email)
  const { cookie } = await given.signedIn(to, 'cookie', email)

  const answer = await complete(to, await ticketFor(to, email))

  assert.equal(answer.status, 204, answer.text)
  assert.deepEqual(answer.headers.getSetCookie(), [])
  assert.equal(await statusOf(to, bearer), 401)
  assert.equal((await to.send('GET', '/v1/me', { cookie })).status, 401)
  assertProblem(await signIn(to, email, given.PASSWORD), 'invalid_credentials')
  assert.equal((await signIn(to, email, NEW)).status, 200)
  assert.match((await mailTo(to, email)).at(-1)?.subject ?? '', /password .* was changed/)
})

test('a second factor is asked for after the reset as before it', async (t) => {
  const to = await open(t)
  const { email } = await given.person(to)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', email)
  await enrolTotp(to, bearer)

  await complete(to, await ticketFor(to, email))

  const answer = await signIn(to, email, NEW)
  assert.equal(answer.json.status, 'factor_required')
  assert.equal(answer.json.session_token, undefined)
})

test('a link works once: neither again, nor forwarded, nor beside another that was used', async (t) => {
  const to = await open(t)
  const { email } = await given.person(to)
  const [first, second] = [await ticketFor(to, email), await ticketFor(to, email)]
  assert.notEqual(first, second)

  assert.equal((await complete(to, second)).status, 204)

  for (const ticket of [second, first]) {
    assertProblem(await complete(to, ticket, 'another phrase of mine'), 'ticket_ended')
  }
  assert.equal((await signIn(to, email, NEW)).status, 200)
})

test('of five who use one link at once exactly one sets the password', async (t) => {
  const to = await open(t)
  const { email } = await given.person(to)
  const ticket = await ticketFor(to, email)
  const passwords = [1, 2, 3, 4, 5].map((number) => `${NEW} ${number}`)

  const answers = await Promise.all(passwords.map((password) => complete(to, ticket, password)))

  assert.equal(answers.filter(({ status }) => status === 204).length, 1)
  const signedIn = await Promise.all(passwords.map((password) => signIn(to, email, password)))
  assert.deepEqual(
    signedIn.map(({ status }) => status === 200),
    answers.map(({ status }) => status === 204),
  )
})

test('after half an hour it is worth nothing, to the second', async (t) => {
  const to = await open(t)
  const { email } = await given.person(to)
  const ticket = await ticketFor(to, email)

  to.clock.advance(RESET_LINK_SECONDS - 1)
  assertProblem(await complete(to, ticket, 'too short'), 'password_too_short')
  to.clock.advance(1)
  assertProblem(await complete(to, ticket), 'ticket_ended')

  assert.equal((await signIn(to, email, given.PASSWORD)).status, 200)
})

test('a password that is refused leaves the link as it is', async (t) => {
  const to = await open(t)
  const { email } = await given.person(to)
  const ticket = await ticketFor(to, email)

  assertProblem(await complete(to, ticket, 'short'), 'password_too_short')
  assertProblem(await complete(to, ticket, email.padEnd(30, '1')), 'password_contains_context')

  assert.equal((await complete(to, ticket)).status, 204)
})

test('opening the page uses nothing up, and nothing but the fragment carries the ticket', async (t) => {
  const to = await open(t)
  const { email } = await given.person(to)
  await request(to, email)
  const { url, ticket } = await linkTo(to, email)

  for (const method of ['GET', 'HEAD', 'GET']) {
    const page = await to.send(method, new URL(url).pathname)
    assert.equal(page.status, 200)
    assert.ok(!page.text.includes(ticket))
  }

  assert.equal(url, `http://localhost:4000/reset-password#${ticket}`)
  assert.equal((await complete(to, ticket)).status, 204)
})

test('no name that a request comes under gets into the link', async (t) => {
  const to = await open(t, {
    COUNTERSIGN_ALLOWED_HOSTS: 'inside.example.com',
    COUNTERSIGN_TRUSTED_PROXIES: '127.0.0.1',
  })
  const { email } = await given.person(to)
  const forged = {
    host: 'inside.example.com',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'https',
    forwarded: 'host=evil.example',
    origin: 'http://localhost:4000',
    referer: 'https://evil.example/',
    'x-original-url': 'https://evil.example/',
  }
  assertProblem(
    await request(to, email, { headers: { ...forged, host: 'evil.example' } }),
    'misdirected_request',
  )

  assert.equal((await request(to, email, { headers: forged })).status, 202)

  const { url } = await linkTo(to, email)
  assert.match(url, /^http:\/\/localhost:4000\/reset-password#/)
  for (const { text, html } of await mailTo(to, email))
    assert.doesNotMatch(text + html, /evil|inside\.example/)
})

test('known, unknown and disabled addresses are answered alike, by as many calls and no hash', async (t) => {
  const to = await open(t)
  const { email } = await given.person(to)
  const disabled = await given.person(to)
  await to.send('PATCH', `/v1/accounts/${disabled.id}`, { key: to.adminKey, body: { disabled: true } })
  to.takeCalls()
  const seen: object[] = []
  for (const address of [email, 'nobody@example.com', disabled.email, email.toUpperCase()]) {
    const { status, headers, json } = await request(to, address)
    seen.push({ status, headers: Object.fromEntries(headers), json, calls: to.takeCalls() })
  }

  assert.deepEqual(seen[0], {
    status: 202,
    headers: Object.fromEntries((await request(to, email)).headers),
    json: { status: 'check_mail' },
    calls: ['store.readAccountByEmail', 'store.openLink'],
  })
  for (const one of seen) assert.deepEqual(one, seen[0])
  assert.equal((await mailTo(to, email)).length, 3)
  assert.deepEqual(
    (await mailTo(to, disabled.email)).map(({ subject }) => subject),
    ['Your account at Countersign was locked'],
  )
  assert.deepEqual(await mailTo(to, 'nobody@example.com'), [])
})

test('one mailbox gets five links in a quarter of an hour, whoever asks, and so does an unknown one', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { email } = await given.person(to)
  for (const address of [email, 'nobody@example.com']) {
    for (let count = 0; count < 5; count += 1) {
      const answer = await request(to, count % 2 === 0 ? address : ` ${address.toUpperCase()}`, {
        address: `127.0.0.${count + 2}`,
      })
      assert.equal(answer.status, 202)
    }
    assertProblem(await request(to, address), 'rate_limited')
  }
  assert.equal((await mailTo(to, email)).length, 5)
  to.clock.advance(900)
  assert.equal((await request(to, email)).status, 202)
})

test('an address that is none, a ticket that is none, and a foreign page are refused', async (t) => {
  const to = await open(t)

  assertProblem(await request(to, 'no address'), 'invalid_request')
  assertProblem(await complete(to, 'x'.repeat(42)), 'invalid_request')
  assertProblem(await complete(to, 'x'.repeat(43)), 'ticket_ended')
  const foreign = { headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } }
  assertProblem(await request(to, 'a@example.com', foreign), 'csrf_refused')
})

test('where no mail is sent there is no reset, for anybody', async (t) => {
  const to = await open(t, { COUNTERSIGN_ISSUER: 'https://auth.example.com' })
  const base = 'https://auth.example.com'

  assertProblem(await request(to, 'admin@example.com', { base }), 'reset_closed')
  assertProblem(await request(to, 'nobody@example.com', { base }), 'reset_closed')
})

test('an administrator has the link sent and never sees it; to somebody with more rights nobody does', async (t) => {
  const to = await open(t)
  const { email, id } = await given.person(to)
  const { secret } = await given.keyOf({ ...to, adminKey: to.adminKey }, ['accounts:write'])
  const admin = await to.send('GET', '/v1/accounts?email=admin@example.com', { key: to.adminKey })
  assert.ok(Array.isArray(admin.json.items))

  const answer = await to.send('POST', `/v1/accounts/${id}/reset-password`, { key: secret })
  const higher = await to.send('POST', `/v1/accounts/${given.at(admin.json.items[0], 'id')}/reset-password`, {
    key: secret,
  })

  assert.equal(answer.status, 202)
  assert.deepEqual(answer.json, { status: 'check_mail' })
  assertProblem(higher, 'permission_exceeds_own')
  const { ticket } = await linkTo(to, email)
  assert.equal((await complete(to, ticket)).status, 204)
  assert.deepEqual(await mailTo(to, 'admin@example.com'), [])
})

test('the events say who and what, and hold neither ticket nor address', async (t) => {
  const to = await open(t)
  const { email, id } = await given.person(to)
  const ticket = await ticketFor(to, email)
  for (const act of [complete, complete]) {
    to.clock.advance(1)
    await act(to, ticket)
  }
  to.clock.advance(1)
  await request(to, 'nobody@example.com')

  const { json, text } = await to.send('GET', '/v1/audit?limit=200', { key: to.adminKey })
  assert.ok(Array.isArray(json.items))
  const found = json.items
    .filter(({ type }) => String(type).startsWith('password.reset'))
    .map(({ type, outcome, target }) => [type, outcome, target?.id ?? null])
  assert.deepEqual(found.toReversed(), [
    ['password.reset_requested', 'success', id],
    ['password.reset', 'success', id],
    ['password.reset_refused', 'refused', null],
    ['password.reset_requested', 'refused', null],
  ])
  assert.ok(!text.includes(ticket) && !to.lines.join().includes(ticket))
  assert.ok(!text.includes('nobody@example.com'))
})
