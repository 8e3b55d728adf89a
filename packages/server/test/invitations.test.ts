/** Inviting people: who may, what they may give away, and what becomes of the link. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { INVITATION_SECONDS } from '@countersign/core'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { type Inside, inside } from './inside.ts'
import { linkTo, mailTo } from './mail/read-mail.ts'

const { PASSWORD, at } = given
const ACCEPT = '/v1/invitations/accept'

const open = (t: TestContext, settings: Record<string, string> = {}): Promise<Inside> =>
  inside(t, {
    ...given.UNLIMITED,
    COUNTERSIGN_RATE_LIMIT_MAIL: 'dangerously-off',
    COUNTERSIGN_SIGN_UP: 'closed',
    ...settings,
  })

const invite = (
  { send, adminKey }: Inside,
  email: string,
  more: object = {},
  key = adminKey,
): Promise<given.Answer> => send('POST', '/v1/invitations', { key, body: { email, ...more } })

const accept = ({ send }: Inside, ticket: string, more: object = {}): Promise<given.Answer> =>
  send('POST', ACCEPT, { body: { ticket, password: PASSWORD, ...more } })

async function accountOf({ send, adminKey }: Inside, email: string): Promise<unknown> {
  const { json } = await send('GET', `/v1/accounts?email=${email}`, { key: adminKey })
  return Array.isArray(json.items) ? json.items[0] : undefined
}

test('strangers, and whoever may not write accounts, can neither invite, list, resend nor revoke', async (t) => {
  const to = await open(t)
  const { secret } = await given.keyOf(to, ['docs:read'])
  const { secret: reader } = await given.keyOf(to, ['accounts:read'])
  const id = at((await invite(to, 'ada@example.com')).json, 'invitation', 'id')
  const calls = [
    ['GET', '/v1/invitations'],
    ['POST', '/v1/invitations', { email: 'mia@example.com' }],
    ['POST', `/v1/invitations/${id}/resend`],
    ['DELETE', `/v1/invitations/${id}`],
  ] as const

  for (const [method, path, body] of calls) {
    assertProblem(await to.send(method, path, { body }), 'credential_required')
    assertProblem(await to.send(method, path, { body, key: secret }), 'permission_denied')
    if (method !== 'GET') {
      assertProblem(await to.send(method, path, { body, key: reader }), 'permission_denied')
    }
  }
  assert.equal((await to.send('GET', '/v1/invitations', { key: reader })).status, 200)
})

test('nobody gives away by an invitation what they do not hold', async (t) => {
  const to = await open(t)
  const { secret } = await given.keyOf(to, ['accounts:write'])

  assertProblem(
    await invite(to, 'ada@example.com', { roles: ['administrator'] }, secret),
    'permission_exceeds_own',
  )
  assertProblem(await invite(to, 'ada@example.com', { roles: ['no-such-role'] }, secret), 'invalid_request')

  const sent = await invite(to, 'ada@example.com', { roles: ['administrator'] })
  const id = at(sent.json, 'invitation', 'id')
  // Whoever sends it anew would answer for it.
  const path = `/v1/invitations/${id}/resend`
  assertProblem(await to.send('POST', path, { key: secret }), 'permission_exceeds_own')
  assert.deepEqual((await mailTo(to, 'ada@example.com')).length, 1)
})

test('by the link one has an account with a verified address and the roles, where sign-up is closed', async (t) => {
  const to = await open(t)
  const email = 'ada@example.com'
  const sent = await invite(to, 'Ada@Example.com', { roles: ['administrator', 'member'] })
  assert.equal(sent.status, 201, sent.text)
  assert.equal(at(sent.json, 'invitation', 'email'), email)

  const { url, ticket } = await linkTo(to, email)
  assert.equal(url, `http://localhost:4000/accept-invitation#${ticket}`)
  const page = await to.send('GET', '/accept-invitation', { headers: { 'accept-language': 'de' } })
  assert.match(page.text, /Einladung annehmen/)
  assert.equal(await accountOf(to, email), undefined)
  assertProblem(await accept(to, ticket, { password: 'password' }), 'password_too_short')
  const made = await accept(to, ticket, { name: 'Ada' })

  assert.equal(made.status, 201, made.text)
  const account = Object(await accountOf(to, email))
  assert.deepEqual(
    [account.name, account.email_verified, account.roles, account.password_change_required_at],
    ['Ada', true, ['administrator', 'member'], null],
  )
  const { session_token = '' } = await given.signedIn(to, 'session_token', email)
  assert.equal((await to.send('GET', '/v1/accounts', { bearer: session_token })).status, 200)
  assertProblem(await accept(to, ticket), 'ticket_ended')
})

test('a link that was passed on makes the account of the invited address, once, and of no other', async (t) => {
  const to = await open(t)
  const email = 'ada@example.com'
  await invite(to, email)
  const { ticket } = await linkTo(to, email)

  assertProblem(await accept(to, ticket, { email: 'thief@example.com' }), 'invalid_request')
  assertProblem(await accept(to, ticket, { roles: ['administrator'] }), 'invalid_request')
  const answers = await Promise.all([1, 2, 3].map(() => accept(to, ticket)))

  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 401, 401])
  assert.equal(Object(await accountOf(to, email)).email, email)
  assert.equal(await accountOf(to, 'thief@example.com'), undefined)
})

test('a link ends by time, by being revoked, and by another one that takes its place', async (t) => {
  const to = await open(t)
  const [late, revoked, renewed] = ['late', 'revoked', 'renewed'].map((name) => `${name}@example.com`)
  assert.ok(late && revoked && renewed)
  const ids: string[] = []
  for (const email of [revoked, renewed]) ids.push(at((await invite(to, email)).json, 'invitation', 'id'))
  await invite(to, late, { expires_in: 300 })
  const tickets: string[] = []
  for (const email of [late, revoked, renewed]) tickets.push((await linkTo(to, email)).ticket)
  to.clock.advance(301)
  assert.equal((await to.send('DELETE', `/v1/invitations/${ids[0]}`, { key: to.adminKey })).status, 204)
  const resent = await to.send('POST', `/v1/invitations/${ids[1]}/resend`, { key: to.adminKey })
  assert.equal(resent.status, 200, resent.text)

  const answers = []
  for (const ticket of tickets) answers.push(await accept(to, ticket))

  // Nobody is told which of these it was.
  for (const answer of answers) assertProblem(answer, 'ticket_ended')
  assert.equal((await accept(to, (await linkTo(to, renewed)).ticket)).status, 201)
  assertProblem(await to.send('DELETE', `/v1/invitations/${ids[0]}`, { key: to.adminKey }), 'not_found')
  assertProblem(await to.send('POST', `/v1/invitations/${ids[1]}/resend`, { key: to.adminKey }), 'not_found')
})

test('an inviter who has lost the right grants nothing, and the invited are told no more than of any old link', async (t) => {
  const to = await open(t)
  const { secret, owner } = await given.keyOf(to, ['accounts:write', 'docs:read'])
  const email = 'ada@example.com'
  assert.equal((await invite(to, email, {}, secret)).status, 201)
  const { ticket } = await linkTo(to, email)
  const path = `/v1/service-accounts/${owner}`
  await to.send('PATCH', path, { key: to.adminKey, body: { disabled: true } })

  assertProblem(await accept(to, ticket), 'ticket_ended')

  await to.send('PATCH', path, { key: to.adminKey, body: { disabled: false } })
  assertProblem(await accept(to, ticket), 'ticket_ended')
  assert.equal(await accountOf(to, email), undefined)
  const { json } = await to.send('GET', '/v1/audit?type=invitation.refused', { key: to.adminKey })
  assert.match(JSON.stringify(json.items), /inviter_lost_right/)
})

test('whoever invites learns that an address is taken or invited; the address is written nothing', async (t) => {
  const to = await open(t)
  const email = 'ada@example.com'

  assertProblem(await invite(to, 'admin@example.com'), 'address_taken')
  assertProblem(await invite(to, 'nonsense'), 'invalid_request')
  assert.equal((await invite(to, email)).status, 201)
  assertProblem(await invite(to, 'ADA@example.com'), 'conflict')

  assert.equal((await mailTo(to, 'admin@example.com')).length, 0)
  assert.equal((await mailTo(to, email)).length, 1)
})

test('a stranger who makes links up learns nothing: known and invited addresses are answered alike', async (t) => {
  const to = await open(t)
  await invite(to, 'ada@example.com')
  to.takeCalls()

  const answer = await accept(to, 'x'.repeat(43))

  assertProblem(answer, 'ticket_ended')
  assert.deepEqual(to.takeCalls(), ['store.findInvitation'])
})

test('409 with the link in hand where the address has an account by now, and that account stays as it is', async (t) => {
  const to = await open(t)
  const email = 'ada@example.com'
  await invite(to, email, { roles: ['administrator'] })
  const { ticket } = await linkTo(to, email)
  const body = { email, password: PASSWORD, require_password_change: false }
  await to.send('POST', '/v1/accounts', { key: to.adminKey, body })

  assertProblem(await accept(to, ticket, { password: 'another that is long enough' }), 'address_taken')
  assert.deepEqual(Object(await accountOf(to, email)).roles, ['member'])
  assert.ok((await given.signedIn(to, 'session_token', email)).session_token)
})

test('the message says so in text and HTML, holds nothing else that somebody typed, and its link lasts a week', async (t) => {
  for (const [locale, subject] of [
    ['en', /You are invited to/],
    ['de', /Einladung zu/],
  ] as const) {
    const to = await open(t, { COUNTERSIGN_MAIL_LANGUAGE: locale })
    await invite(to, 'ada@example.com')
    const [message] = await mailTo(to, 'ada@example.com')
    const { ticket } = await linkTo(to, 'ada@example.com')

    assert.match(message?.subject ?? '', subject)
    for (const text of [message?.text ?? '', message?.html ?? '']) {
      assert.match(text, new RegExp(`/accept-invitation#${ticket}`))
      assert.match(text, /7 (?:days|Tage)/)
    }
    to.clock.advance(INVITATION_SECONDS - 1)
    assert.equal((await accept(to, ticket)).status, 201)
  }
})

test('one sender, and all together, have no more invitations waiting than a setting says', async (t) => {
  const to = await open(t, {
    COUNTERSIGN_INVITATIONS_PER_SENDER_MAX: '2',
    COUNTERSIGN_INVITATIONS_MAX: '3',
  })
  const { secret } = await given.keyOf(to, ['accounts:*'])
  const { adminKey: key } = to
  const left = async (caller: string) => (await to.send('GET', '/v1/invitations', { key: caller })).json.left
  const id = at((await invite(to, '1@example.com', { expires_in: 300 })).json, 'invitation', 'id')
  assert.deepEqual([await left(key), await left(secret)], [1, 2])

  const answers = await Promise.all([2, 3, 4].map((name) => invite(to, `${name}@example.com`)))

  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 409, 409])
  const refused = answers.find(({ status }) => status === 409)
  assert.ok(refused)
  assertProblem(refused, 'too_many_invitations')
  assert.deepEqual([await left(key), await left(secret)], [0, 1])
  assert.equal((await invite(to, '5@example.com', {}, secret)).status, 201)
  assertProblem(await invite(to, '6@example.com', {}, secret), 'too_many_invitations')
  // Another link for what waits already takes no more room, until it is late.
  const resend = () => to.send('POST', `/v1/invitations/${id}/resend`, { key, body: { expires_in: 300 } })
  assert.equal((await resend()).status, 200)
  to.clock.advance(301)
  assert.equal((await invite(to, '7@example.com')).status, 201)
  assertProblem(await resend(), 'too_many_invitations')
  assert.deepEqual(await mailTo(to, '6@example.com'), [])
})

test('a link is in no log, no audit event and no list', async (t) => {
  const to = await open(t)
  await invite(to, 'ada@example.com')
  const { ticket } = await linkTo(to, 'ada@example.com')
  const list = await to.send('GET', '/v1/invitations', { key: to.adminKey })
  await accept(to, ticket)
  const audit = await to.send('GET', '/v1/audit', { key: to.adminKey })

  assert.equal(Array.isArray(list.json.items) && list.json.items.length, 1)
  for (const text of [list.text, audit.text, ...to.lines]) assert.ok(!text.includes(ticket))
  assert.match(audit.text, /invitation\.sent/)
  assert.doesNotMatch(audit.text, /ada@example/)
})

test('403 where no mail is sent: nobody could accept', async (t) => {
  const to = await open(t)
  const { core } = to.services
  const mailless = await inside(t, given.UNLIMITED, { policy: { ...core.policy, mail: 'off' } })

  assertProblem(await invite(mailless, 'ada@example.com'), 'reset_closed')
})
