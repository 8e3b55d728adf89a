/** "This wasn't me": by the link of a mail, from one's own session, and by an administrator. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { NOT_ME_LINK_SECONDS } from '@countersign/core'
import { enrolTotp } from './authenticator.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { asStranger, CHROME, ELSEWHERE, getUsedTo, signInFrom } from './given-risk.ts'
import { type Inside, inside } from './inside.ts'
import { linkTo, mailTo } from './mail/read-mail.ts'

const NEW = 'violet gravel pushed the tram'

const open = (t: TestContext, settings: Record<string, string> = {}): Promise<Inside> =>
  inside(t, { ...given.UNLIMITED, COUNTERSIGN_RATE_LIMIT_MAIL: 'dangerously-off', ...settings })

/** What the last message to an address with such a link ends with. */
async function notMeTicket(to: Inside, email: string): Promise<string> {
  const texts = (await mailTo(to, email)).map(({ text }) => text)
  const found = texts.flatMap((text) => /http:\S+\/not-me\?ticket=(\w{43})\s/.exec(text)?.[1] ?? [])
  assert.ok(found.length > 0, texts.join('\n'))
  return found.at(-1) ?? ''
}

const submit = ({ send }: Inside, ticket: string): Promise<given.Answer> =>
  send('POST', '/not-me', { form: { ticket } })

const statusOf = async ({ send }: Inside, bearer: string): Promise<number> =>
  (await send('GET', '/v1/me', { bearer })).status

const signIn = ({ send }: Inside, email: string, password: string): Promise<given.Answer> =>
  send('POST', '/v1/sign-in', { body: { email, password, deliver: 'session_token' } })

/** A stranger who knows the password is in, and the owner has a message about it. */
async function takenOver(
  to: Inside,
): Promise<{ email: string; id: string; bearer: string; session: string }> {
  const { email, id } = await given.person(to)
  await getUsedTo(to, email)
  const stranger = await asStranger(to, email)
  assert.equal(stranger.status, 200, stranger.text)
  return {
    email,
    id,
    bearer: given.at(stranger.json, 'session_token'),
    session: given.at(stranger.json, 'session', 'id'),
  }
}

test('opening the link does nothing, however often and by whatever', async (t) => {
  const to = await open(t)
  const { email, bearer } = await takenOver(to)
  const ticket = await notMeTicket(to, email)
  to.takeCalls()

  for (const method of ['GET', 'HEAD', 'GET']) {
    const page = await to.send(method, `/not-me?ticket=${ticket}`)
    assert.equal(page.status, 200)
    assert.match(page.headers.get('referrer-policy') ?? '', /^(?:same-origin|no-referrer)$/)
    if (method === 'GET') assert.match(page.text, /<form [^>]*method="post" action="\/not-me">/)
    assert.doesNotMatch(page.text, /<script/)
  }

  assert.deepEqual(to.takeCalls(), [])
  assert.equal(await statusOf(to, bearer), 200)
  assert.ok(!to.lines.join().includes(ticket))
})

test('the click ends the stranger’s session and key, makes the password useless, and sends the way to another', async (t) => {
  const to = await open(t)
  const { email, bearer } = await takenOver(to)
  const made = await to.send('POST', '/v1/api-keys', { bearer, body: { name: 'mine now', permissions: [] } })
  const own = await signInFrom(to, email)

  const done = await submit(to, await notMeTicket(to, email))

  assert.equal(done.status, 200, done.text)
  assert.match(done.text, /id="not-me-done"/)
  assert.equal(await statusOf(to, bearer), 401)
  assert.equal((await to.send('GET', '/v1/me', { key: given.at(made.json, 'secret') })).status, 401)
  assert.equal(await statusOf(to, given.at(own.json, 'session_token')), 200)
  assertProblem(await signIn(to, email, given.PASSWORD), 'invalid_credentials')
  const { ticket } = await linkTo(to, email)
  const reset = await to.send('POST', '/v1/password-reset/complete', { body: { ticket, password: NEW } })
  assert.equal(reset.status, 204, reset.text)
  assert.equal((await signIn(to, email, NEW)).status, 200)
})

test('an address whose password was made useless is answered like one with a wrong password, with the same work', async (t) => {
  const to = await open(t)
  const { email } = await takenOver(to)
  await submit(to, await notMeTicket(to, email))
  to.takeCalls()

  const [known, knownCalls] = [await signIn(to, email, given.PASSWORD), to.takeCalls()]
  const [unknown, unknownCalls] = [await signIn(to, 'nobody@example.com', given.PASSWORD), to.takeCalls()]

  assertProblem(known, 'invalid_credentials')
  assertProblem(unknown, 'invalid_credentials')
  assert.deepEqual(knownCalls, unknownCalls)
})

test('the device is not known any more, and what risk has learned is forgotten', async (t) => {
  const to = await open(t)
  const { email, id } = await given.person(to)
  await getUsedTo(to, email)
  const stranger = { address: ELSEWHERE, agent: CHROME, deliver: 'cookie' } as const
  assert.equal((await signInFrom(to, email, stranger)).status, 200)
  const look = async () => {
    const { core } = to.services
    const { profile } = await core.store.readRisk(id as `acc_${string}`, 0)
    const devices = await core.store.listDevices(id as `acc_${string}`)
    return { devices: devices.length, networks: profile?.match(/127\.\d\.\d\.0\/24/g) }
  }
  assert.deepEqual(await look(), { devices: 1, networks: ['127.1.1.0/24', '127.2.2.0/24'] })

  await submit(to, await notMeTicket(to, email))

  assert.deepEqual(await look(), { devices: 0, networks: ['127.1.1.0/24'] })
})

test('a link works once, for a week, and for nothing made up', async (t) => {
  const to = await open(t)
  const { email } = await takenOver(to)
  const ticket = await notMeTicket(to, email)

  assert.equal((await submit(to, ticket)).status, 200)
  for (const other of [ticket, 'x'.repeat(43), 'x', '']) {
    const again = await submit(to, other)
    assert.equal(again.status, 400)
    assert.match(again.text, /id="not-me-error"/)
  }
  assert.equal((await to.send('GET', '/not-me')).status, 400)
  assert.equal((await to.send('GET', '/not-me?ticket=%3Cscript%3E')).status, 400)

  const second = await takenOver(to)
  const late = await notMeTicket(to, second.email)
  to.clock.advance(NOT_ME_LINK_SECONDS)
  assert.equal((await submit(to, late)).status, 400)
})

test('of five clicks at once one takes it back', async (t) => {
  const to = await open(t)
  const { email } = await takenOver(to)
  const ticket = await notMeTicket(to, email)

  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => submit(to, ticket)))

  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 400, 400, 400, 400])
})

test('messages about a password and a factor carry such a link, of the session that did it', async (t) => {
  const to = await open(t)
  const { email } = await given.person(to)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', email)
  await enrolTotp(to, bearer)
  assert.match((await mailTo(to, email)).at(-1)?.subject ?? '', /second factor was added/)

  assert.equal((await submit(to, await notMeTicket(to, email))).status, 200)

  assert.equal(await statusOf(to, bearer), 401)
  const { ticket } = await linkTo(to, email)
  await to.send('POST', '/v1/password-reset/complete', { body: { ticket, password: NEW } })
  // The link is in the mail alone, so it opens nothing that mail alone would not have opened before.
  assert.equal((await signIn(to, email, NEW)).json.status, 'factor_required')
  assert.ok((await mailTo(to, email)).some(({ subject }) => /password .* was changed/.test(subject)))
  const again = await notMeTicket(to, email)
  assert.equal((await submit(to, again)).status, 200)
  assertProblem(await signIn(to, email, NEW), 'invalid_credentials')
})

test('from a session of one’s own: another’s session is none, an old proof is not enough', async (t) => {
  const to = await open(t)
  const { email, session, bearer: strangers } = await takenOver(to)
  const own = await signInFrom(to, email)
  const bearer = given.at(own.json, 'session_token')
  const other = await given.signedIn(to, 'session_token')
  const say = (id: string, token = bearer) =>
    to.send('POST', `/v1/me/sessions/${id}/not-me`, { bearer: token })

  assertProblem(await say(session, other.session_token), 'not_found')
  assertProblem(await say('ses_none'), 'not_found')
  to.clock.advance(601)
  assertProblem(await say(session), 'insufficient_user_authentication')
  const fresh = given.at((await signInFrom(to, email)).json, 'session_token')
  const answer = await say(session, fresh)

  assert.equal(answer.status, 200, answer.text)
  assert.deepEqual(answer.json, { ended: { sessions: 1, grants: 0, api_keys: 0 }, next: 'check_mail' })
  assert.deepEqual([await statusOf(to, strangers), await statusOf(to, fresh)], [401, 200])
  assertProblem(await signIn(to, email, given.PASSWORD), 'invalid_credentials')
  assert.ok((await mailTo(to, email)).some(({ subject }) => /Set a new password/.test(subject)))
})

test('an administrator does it for somebody, and not for somebody with more rights', async (t) => {
  const to = await open(t)
  const { email, id, session, bearer } = await takenOver(to)
  const { secret } = await given.keyOf(to, ['accounts:write'])
  const { secret: reader } = await given.keyOf(to, ['accounts:read'])
  const admin = await signIn(to, 'admin@example.com', given.PASSWORD)
  const path = (account: string, of: string) => `/v1/accounts/${account}/sessions/${of}/not-me`
  const adminPath = path(given.at(admin.json, 'account', 'id'), given.at(admin.json, 'session', 'id'))

  assertProblem(await to.send('POST', path(id, session), { key: reader }), 'permission_denied')
  assertProblem(await to.send('POST', adminPath, { key: secret }), 'permission_exceeds_own')
  assertProblem(
    await to.send('POST', path(id, given.at(admin.json, 'session', 'id')), { key: secret }),
    'not_found',
  )
  const answer = await to.send('POST', path(id, session), { key: secret })

  assert.equal(answer.status, 200, answer.text)
  assert.equal(await statusOf(to, bearer), 401)
  const { ticket } = await linkTo(to, email)
  assert.ok(!answer.text.includes(ticket))
})

test('where no mail is sent the next sign-in has to choose another password', async (t) => {
  const to = await open(t, { COUNTERSIGN_ISSUER: 'https://auth.example.com' })
  const base = 'https://auth.example.com'
  const send: Inside['send'] = (method, path, options) => to.send(method, path, { ...options, base })
  const { email } = await given.person({ send })
  const [first, second] = [
    await signIn({ ...to, send }, email, given.PASSWORD),
    await signIn({ ...to, send }, email, given.PASSWORD),
  ]

  const answer = await send('POST', `/v1/me/sessions/${given.at(first.json, 'session', 'id')}/not-me`, {
    bearer: given.at(second.json, 'session_token'),
  })

  assert.equal(answer.json.next, 'change_password')
  assert.equal((await signIn({ ...to, send }, email, given.PASSWORD)).json.status, 'password_change_required')
})

test('the events tell who took back what, and hold no ticket', async (t) => {
  const to = await open(t)
  const { email, id, session } = await takenOver(to)
  const ticket = await notMeTicket(to, email)
  await submit(to, ticket)
  to.clock.advance(1)
  await submit(to, ticket)

  const { json, text } = await to.send('GET', '/v1/audit?limit=200', { key: to.adminKey })

  assert.ok(Array.isArray(json.items))
  const found = json.items.filter(({ type }) => String(type).startsWith('session.not_me'))
  assert.deepEqual(
    found
      .toReversed()
      .map(({ type, outcome, target, details }) => [type, outcome, target?.id ?? null, details]),
    [
      ['session.not_me', 'success', id, { session, via: 'mail', follows: 'erase' }],
      ['session.not_me_refused', 'refused', null, { reason: 'unknown' }],
    ],
  )
  assert.ok(!text.includes(ticket) && !to.lines.join().includes(ticket))
})
