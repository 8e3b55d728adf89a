/** Another address: confirmed from the new mailbox with the password, told to both, and taken back from the old one. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { EMAIL_LINK_SECONDS } from '@countersign/core'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { type Inside, inside } from './inside.ts'
import { linkTo, mailTo } from './mail/read-mail.ts'

const NEW = 'new-address@example.com'

const open = (t: TestContext, settings: Record<string, string> = {}): Promise<Inside> =>
  inside(t, { ...given.UNLIMITED, COUNTERSIGN_RATE_LIMIT_MAIL: 'dangerously-off', ...settings })

interface Person {
  readonly email: string
  readonly id: string
  readonly bearer: string
}

async function person(to: Inside): Promise<Person> {
  const { email, id } = await given.person(to)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', email)
  return { email, id, bearer }
}

const ask = ({ send }: Inside, { bearer }: Person, email = NEW): Promise<given.Answer> =>
  send('POST', '/v1/me/email', { bearer, body: { email } })

const confirm = ({ send }: Inside, ticket: string, password = given.PASSWORD): Promise<given.Answer> =>
  send('POST', '/v1/email-change/confirm', { body: { ticket, password } })

const signIn = ({ send }: Inside, email: string): Promise<given.Answer> =>
  send('POST', '/v1/sign-in', { body: { email, password: given.PASSWORD, deliver: 'session_token' } })

const accountOf = async ({ send }: Inside, bearer: string): Promise<[string, boolean]> => {
  const { json } = await send('GET', '/v1/me/account', { bearer })
  return [given.at(json, 'account', 'email'), Reflect.get(Object(json.account), 'email_verified') === true]
}

const subjectsTo = async (to: Inside, email: string): Promise<readonly string[]> =>
  (await mailTo(to, email)).map(({ subject }) => subject)

test('the address changes with link and password, in every verdict at once, and is verified', async (t) => {
  const to = await open(t)
  const who = await person(to)

  assert.deepEqual((await ask(to, who)).json, { status: 'check_mail' })
  assert.deepEqual(await accountOf(to, who.bearer), [who.email, false])
  const { url, ticket } = await linkTo(to, NEW)
  const answer = await confirm(to, ticket)

  assert.equal(url, `http://localhost:4000/confirm-email#${ticket}`)
  assert.equal(answer.status, 204, answer.text)
  assert.deepEqual(await accountOf(to, who.bearer), [NEW, true])
  const me = await to.send('GET', '/v1/me', { bearer: who.bearer })
  assert.equal(given.at(me.json, 'principal', 'email'), NEW)
  assert.equal((await signIn(to, NEW)).status, 200)
  assertProblem(await signIn(to, who.email), 'invalid_credentials')
  assert.ok((await subjectsTo(to, who.email)).includes('Your address at Countersign was changed'))
  assert.ok((await subjectsTo(to, NEW)).includes('Your address at Countersign was changed'))
})

test('without a recent proof, as a key, or to what is no other address nothing is sent', async (t) => {
  const to = await open(t)
  const who = await person(to)
  const made = await to.send('POST', '/v1/api-keys', {
    bearer: who.bearer,
    body: { name: 'k', permissions: [] },
  })

  assertProblem(await ask(to, who, 'no address'), 'invalid_request')
  assertProblem(await ask(to, who, who.email.toUpperCase()), 'invalid_request')
  const byKey = { key: given.at(made.json, 'secret'), body: { email: NEW } }
  assertProblem(await to.send('POST', '/v1/me/email', byKey), 'permission_denied')
  to.clock.advance(601)
  assertProblem(await ask(to, who), 'insufficient_user_authentication')

  assert.deepEqual(await mailTo(to, NEW), [])
})

test('whether the new address is taken tells neither the answer nor the calls; its holder is told', async (t) => {
  const to = await open(t)
  const [who, holder] = [await person(to), await person(to)]
  to.takeCalls()
  const seen: object[] = []
  for (const email of [NEW, holder.email]) {
    const { status, headers, json } = await ask(to, who, email)
    seen.push({ status, headers: Object.fromEntries(headers), json, calls: to.takeCalls() })
  }

  assert.deepEqual(seen[1], seen[0])
  assert.deepEqual(await subjectsTo(to, holder.email), ['Somebody wants to use your address at Countersign'])
  for (const { text, html } of await mailTo(to, holder.email)) assert.ok(!(text + html).includes(who.email))
})

test('the link alone changes nothing: whoever has the new mailbox by mistake does not know the password', async (t) => {
  const to = await open(t)
  const who = await person(to)
  await ask(to, who)
  const { ticket } = await linkTo(to, NEW)

  assertProblem(await confirm(to, ticket, 'not the password at all'), 'invalid_credentials')
  assertProblem(await confirm(to, 'x'.repeat(43)), 'ticket_ended')
  assert.deepEqual(await accountOf(to, who.bearer), [who.email, false])

  assert.equal((await confirm(to, ticket)).status, 204)
  assertProblem(await confirm(to, ticket), 'ticket_ended')
})

test('after an hour the link is worth nothing, and of five at once one changes it', async (t) => {
  const to = await open(t)
  const who = await person(to)
  await ask(to, who)
  const late = await linkTo(to, NEW)
  to.clock.advance(EMAIL_LINK_SECONDS)
  assertProblem(await confirm(to, late.ticket), 'ticket_ended')
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', who.email)
  await ask(to, { ...who, bearer })
  const { ticket } = await linkTo(to, NEW)

  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => confirm(to, ticket)))

  assert.equal(answers.filter(({ status }) => status === 204).length, 1)
})

test('the old mailbox takes it back: the address, every sign-in, the password, and links to the new one', async (t) => {
  const to = await open(t)
  const who = await person(to)
  await ask(to, who)
  await confirm(to, (await linkTo(to, NEW)).ticket)
  await to.send('POST', '/v1/password-reset', { body: { email: NEW } })
  const stolen = await linkTo(to, NEW)
  const undo = (await mailTo(to, who.email)).find(({ subject }) => /was changed/.test(subject))
  const [, ticket = ''] = /\/not-me\?ticket=(\w{43})\s/.exec(undo?.text ?? '') ?? []

  const done = await to.send('POST', '/not-me', { form: { ticket } })

  assert.equal(done.status, 200, done.text)
  assert.equal((await to.send('GET', '/v1/me', { bearer: who.bearer })).status, 401)
  const password = 'violet gravel pushed the tram'
  const complete = (one: string) =>
    to.send('POST', '/v1/password-reset/complete', { body: { ticket: one, password } })
  assertProblem(await complete(stolen.ticket), 'ticket_ended')
  assert.equal((await complete((await linkTo(to, who.email)).ticket)).status, 204)
  const back = await to.send('POST', '/v1/sign-in', {
    body: { email: who.email, password, deliver: 'session_token' },
  })
  assert.equal(back.status, 200, back.text)
  assertProblem(await signIn(to, NEW), 'invalid_credentials')
})

test('while the change waits, the old mailbox can end the session that asked for it, and the link with it', async (t) => {
  const to = await open(t)
  const who = await person(to)
  await ask(to, who)
  const { ticket } = await linkTo(to, NEW)
  const [, notMe = ''] = /ticket=(\w{43})\s/.exec((await mailTo(to, who.email)).at(-1)?.text ?? '') ?? []

  assert.equal((await to.send('POST', '/not-me', { form: { ticket: notMe } })).status, 200)

  assert.equal((await to.send('GET', '/v1/me', { bearer: who.bearer })).status, 401)
  assertProblem(await confirm(to, ticket), 'ticket_ended')
})

test('an administrator changes it, tells both, and takes no address that is somebody’s', async (t) => {
  const to = await open(t)
  const [who, other] = [await person(to), await person(to)]
  const change = (email: string, key = to.adminKey) =>
    to.send('PATCH', `/v1/accounts/${who.id}`, { key, body: { email } })

  assertProblem(await change(other.email), 'address_taken')
  assertProblem(await change('no address'), 'invalid_request')
  const { secret } = await given.keyOf(to, ['accounts:read'])
  assertProblem(await change(NEW, secret), 'permission_denied')
  assert.equal((await change(NEW)).status, 200)

  assert.deepEqual(await accountOf(to, who.bearer), [NEW, false])
  for (const address of [who.email, NEW]) {
    const messages = await mailTo(to, address)
    assert.deepEqual(
      messages.map(({ subject }) => subject),
      ['Your address at Countersign was changed'],
    )
    assert.doesNotMatch(messages[0]?.text ?? '', /not-me|127\.0\.0\.1/)
  }
})

test('an address is verified by its owner’s link, once, and by nobody else', async (t) => {
  const to = await open(t)
  const [who, other] = [await person(to), await person(to)]
  const verify = (ticket: string) => to.send('POST', '/v1/email-verification/confirm', { body: { ticket } })

  const asked = await to.send('POST', '/v1/me/email/verify', { bearer: who.bearer })
  const { ticket } = await linkTo(to, who.email)
  assert.deepEqual(asked.json, { status: 'check_mail' })
  assertProblem(await verify('x'.repeat(43)), 'ticket_ended')
  assert.equal((await verify(ticket)).status, 204)
  assertProblem(await verify(ticket), 'ticket_ended')

  assert.deepEqual(await accountOf(to, who.bearer), [who.email, true])
  const again = await to.send('POST', '/v1/me/email/verify', { bearer: who.bearer })
  assert.deepEqual(again.json, { status: 'verified' })
  const path = `/v1/accounts/${other.id}/verify-email`
  assert.deepEqual((await to.send('POST', path, { key: to.adminKey })).json, { status: 'check_mail' })
  assert.equal((await verify((await linkTo(to, other.email)).ticket)).status, 204)
  assert.deepEqual(await accountOf(to, other.bearer), [other.email, true])
})

test('the events tell of each step and hold neither ticket nor address', async (t) => {
  const to = await open(t)
  const who = await person(to)
  await ask(to, who)
  const { ticket } = await linkTo(to, NEW)
  to.clock.advance(1)
  await confirm(to, ticket, 'not the password at all')
  to.clock.advance(1)
  await confirm(to, ticket)

  const { json, text } = await to.send('GET', '/v1/audit?limit=200', { key: to.adminKey })

  assert.ok(Array.isArray(json.items))
  const found = json.items.filter(({ type }) => String(type).startsWith('email.')).toReversed()
  assert.deepEqual(
    found.map(({ type, outcome, target }) => [type, outcome, target?.id]),
    [
      ['email.change_requested', 'success', who.id],
      ['email.change_refused', 'refused', who.id],
      ['email.changed', 'success', who.id],
    ],
  )
  assert.ok(!text.includes(ticket) && !text.includes(NEW) && !to.lines.join().includes(ticket))
})
