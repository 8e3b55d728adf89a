/** Signing up where addresses are verified: nobody learns who has an account, and nobody gets a stranger's. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { SIGN_UP_LINK_SECONDS } from '@countersign/core'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { type Inside, inside } from './inside.ts'
import { linkTo, mailTo } from './mail/read-mail.ts'

const { PASSWORD } = given
const OTHER = 'violet gravel pushed the tram'

const open = (t: TestContext, settings: Record<string, string> = {}): Promise<Inside> =>
  inside(t, {
    ...given.UNLIMITED,
    COUNTERSIGN_EMAIL_VERIFICATION: 'required',
    COUNTERSIGN_RATE_LIMIT_MAIL: 'dangerously-off',
    ...settings,
  })

const signUp = (
  { send }: Inside,
  email: string,
  password = PASSWORD,
  options: given.SendOptions = {},
): Promise<given.Answer> =>
  send('POST', '/v1/sign-up', { ...options, body: { email, password, name: 'Visit evil.example now' } })

const confirm = ({ send }: Inside, ticket: string, password = PASSWORD): Promise<given.Answer> =>
  send('POST', '/v1/sign-up/confirm', { body: { ticket, password } })

const signIn = ({ send }: Inside, email: string, password = PASSWORD): Promise<given.Answer> =>
  send('POST', '/v1/sign-in', { body: { email, password, deliver: 'session_token' } })

async function accountsOf({ send, adminKey }: Inside, email: string): Promise<readonly unknown[]> {
  const { json } = await send('GET', `/v1/accounts?email=${email}`, { key: adminKey })
  return Array.isArray(json.items) ? json.items : []
}

test('there is no account until the link is used with the password of that sign-up', async (t) => {
  const to = await open(t)
  const email = 'ada@example.com'

  const begun = await signUp(to, email)

  assert.equal(begun.status, 202)
  assert.deepEqual(begun.json, { status: 'check_mail' })
  assert.deepEqual(await accountsOf(to, email), [])
  assertProblem(await signIn(to, email), 'invalid_credentials')
  const { url, ticket } = await linkTo(to, email)
  assert.equal(url, `http://localhost:4000/confirm-sign-up#${ticket}`)
  const page = await to.send('GET', '/confirm-sign-up')
  assert.equal(page.status, 200)
  assert.deepEqual(await accountsOf(to, email), [])
  const made = await confirm(to, ticket)
  assert.equal(made.status, 201)
  assert.deepEqual(
    { ...made.json, account: { ...Object(made.json.account), id: '', created_at: '' } },
    {
      account: { id: '', email, name: 'Visit evil.example now', email_verified: true, created_at: '' },
    },
  )
  assert.equal((await signIn(to, email)).status, 200)
  assertProblem(await confirm(to, ticket), 'ticket_ended')
})

test('whoever reads the mail of a stranger’s sign-up gets no account that the stranger can open', async (t) => {
  const to = await open(t)
  const email = 'victim@example.com'
  await signUp(to, email, OTHER)

  const { ticket } = await linkTo(to, email)

  assertProblem(await confirm(to, ticket, PASSWORD), 'invalid_credentials')
  assert.deepEqual(await accountsOf(to, email), [])
  await signUp(to, email, PASSWORD)
  assert.equal((await confirm(to, (await linkTo(to, email)).ticket)).status, 201)
  assertProblem(await confirm(to, ticket, OTHER), 'ticket_ended')
  assertProblem(await signIn(to, email, OTHER), 'invalid_credentials')
})

test('known, unknown and disabled addresses are answered alike, by as many calls and one hash', async (t) => {
  const to = await open(t)
  const disabled = 'disabled@example.com'
  for (const email of ['known@example.com', disabled]) {
    await signUp(to, email)
    await confirm(to, (await linkTo(to, email)).ticket)
  }
  const [found] = await accountsOf(to, disabled)
  await to.send('PATCH', `/v1/accounts/${given.at(found, 'id')}`, {
    key: to.adminKey,
    body: { disabled: true },
  })
  to.takeCalls()
  const seen: object[] = []
  for (const email of ['unknown@example.com', 'known@example.com', disabled, 'KNOWN@example.com']) {
    const { status, headers, json } = await signUp(to, email)
    seen.push({ status, headers: Object.fromEntries(headers), json, calls: to.takeCalls() })
  }

  assert.deepEqual(Reflect.get(seen[0] ?? {}, 'calls'), ['passwords.hash', 'store.beginSignUp'])
  for (const one of seen) assert.deepEqual(one, seen[0])
  assert.match((await mailTo(to, 'known@example.com')).at(-1)?.subject ?? '', /have an account .* already/)
  assert.match((await mailTo(to, 'unknown@example.com')).at(-1)?.subject ?? '', /Confirm your address/)
})

test('no message holds what a stranger has typed', async (t) => {
  const to = await open(t)
  for (const email of ['ada@example.com', 'admin@example.com']) {
    await signUp(to, email)
    const [message] = (await mailTo(to, email)).slice(-1)
    assert.ok(message)
    assert.doesNotMatch(message.subject + message.text + message.html, /evil/)
  }
})

test('a sign-up waits for an hour, and a new one may be begun at any time', async (t) => {
  const to = await open(t)
  const email = 'late@example.com'
  await signUp(to, email)
  const { ticket } = await linkTo(to, email)

  to.clock.advance(SIGN_UP_LINK_SECONDS)
  assertProblem(await confirm(to, ticket), 'ticket_ended')

  await signUp(to, email)
  const again = await linkTo(to, email)
  assert.notEqual(again.ticket, ticket)
  assert.equal((await confirm(to, again.ticket)).status, 201)
})

test('of five who use one link at once one makes the account', async (t) => {
  const to = await open(t)
  await signUp(to, 'once@example.com')
  const { ticket } = await linkTo(to, 'once@example.com')

  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => confirm(to, ticket)))

  assert.equal(answers.filter(({ status }) => status === 201).length, 1)
  assert.equal((await accountsOf(to, 'once@example.com')).length, 1)
})

test('passwords are judged before anything is kept, and sign-up that is closed stays closed', async (t) => {
  const to = await open(t)
  assertProblem(await signUp(to, 'ada@example.com', 'short'), 'password_too_short')
  assertProblem(await signUp(to, 'no address'), 'invalid_request')
  assert.deepEqual(await mailTo(to, 'ada@example.com'), [])

  const closed = await open(t, { COUNTERSIGN_SIGN_UP: 'closed' })
  assertProblem(await signUp(closed, 'ada@example.com'), 'sign_up_closed')
  assertProblem(await confirm(closed, 'x'.repeat(43)), 'sign_up_closed')
})

test('one mailbox gets five messages in a quarter of an hour', async (t) => {
  const to = await open(t, { COUNTERSIGN_RATE_LIMIT_MAIL: '5/900' })
  for (let count = 0; count < 5; count += 1) assert.equal((await signUp(to, 'ada@example.com')).status, 202)

  assertProblem(await signUp(to, 'ADA@example.com'), 'rate_limited')
  assert.equal((await signUp(to, 'eve@example.com')).status, 202)
})

test('neither ticket nor password can be read in the answers, the audit log or the lines', async (t) => {
  const to = await open(t)
  await signUp(to, 'ada@example.com')
  const { ticket } = await linkTo(to, 'ada@example.com')
  await confirm(to, ticket, OTHER)
  const made = await confirm(to, ticket)

  const audit = await to.send('GET', '/v1/audit?limit=200', { key: to.adminKey })
  for (const text of [made.text, audit.text, to.lines.join()]) {
    assert.ok(!text.includes(ticket) && !text.includes(PASSWORD) && !text.includes(OTHER))
  }
  assert.match(audit.text, /sign_up\.begun.*/)
  assert.match(audit.text, /sign_up\.refused/)
})
