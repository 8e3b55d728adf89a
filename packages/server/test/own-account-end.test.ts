/** Deleting one's own account: by whoever has just proved who they are, and then nothing of it is left to sign in to. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { RECENT_SECONDS } from '@countersign/core'
import { enrolTotp, signedInByTotp } from './authenticator.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { type Inside, inside } from './inside.ts'
import { mailTo } from './mail/read-mail.ts'

const open = (t: TestContext): Promise<Inside> => inside(t, given.UNLIMITED)

const end = ({ send }: Inside, bearer: string): Promise<given.Answer> => send('DELETE', '/v1/me', { bearer })

const signIn = ({ send }: Inside, email: string): Promise<given.Answer> =>
  send('POST', '/v1/sign-in', { body: { email, password: given.PASSWORD } })

test('a proof that is old, or weaker than the account has, deletes nothing', async (t) => {
  const to = await open(t)
  const { email } = await given.person(to)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', email)
  await enrolTotp(to, bearer)

  assertProblem(await end(to, bearer), 'insufficient_user_authentication')
  const other = await given.person(to)
  const { session_token: old = '' } = await given.signedIn(to, 'session_token', other.email)
  to.clock.advance(RECENT_SECONDS + 1)
  assertProblem(await end(to, old), 'insufficient_user_authentication')

  assert.equal((await signIn(to, other.email)).status, 200)
  assert.deepEqual(await mailTo(to, other.email), [])
})

test('deleted, every session and key of it is dead, its address is free, and its owner is told', async (t) => {
  const to = await open(t)
  const { email, id } = await given.person(to)
  const { session_token: first = '' } = await given.signedIn(to, 'session_token', email)
  const made = await to.send('POST', '/v1/api-keys', {
    bearer: first,
    body: { name: 'mine', permissions: [] },
  })
  const { seed } = await enrolTotp(to, first)
  const bearer = await signedInByTotp(to, { email, seed })

  const answer = await end(to, bearer)

  assert.equal(answer.status, 204, answer.text)
  for (const credential of [first, bearer]) {
    assert.equal((await to.send('GET', '/v1/me', { bearer: credential })).status, 401)
  }
  assert.equal((await to.send('GET', '/v1/me', { key: given.at(made.json, 'secret') })).status, 401)
  assertProblem(await signIn(to, email), 'invalid_credentials')
  assertProblem(await to.send('GET', `/v1/accounts/${id}`, { key: to.adminKey }), 'not_found')
  assert.match((await mailTo(to, email)).at(-1)?.subject ?? '', /was deleted/)
  const again = await to.send('POST', '/v1/sign-up', { body: { email, password: given.PASSWORD } })
  assert.equal(again.status, 201)
})

test('the last administrator cannot delete their account', async (t) => {
  const to = await open(t)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', 'admin@example.com')

  assertProblem(await end(to, bearer), 'last_administrator')

  assert.equal((await signIn(to, 'admin@example.com')).status, 200)
})

test('of four deletions at once one deletes, and one message is written', async (t) => {
  const to = await open(t)
  const { email } = await given.person(to)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', email)

  const answers = await Promise.all([1, 2, 3, 4].map(() => end(to, bearer)))

  assert.equal(answers.filter(({ status }) => status === 204).length, 1)
  assert.equal((await mailTo(to, email)).length, 1)
})

test('whoever is locked or deleted by an administrator is told, once, and not from where', async (t) => {
  const to = await open(t)
  const { email, id } = await given.person(to)
  const lock = () => to.send('PATCH', `/v1/accounts/${id}`, { key: to.adminKey, body: { disabled: true } })

  await lock()
  await lock()
  await to.send('PATCH', `/v1/accounts/${id}`, { key: to.adminKey, body: { disabled: false } })
  assert.deepEqual(
    (await mailTo(to, email)).map(({ subject }) => subject),
    ['Your account at Countersign was locked'],
  )
  await to.send('DELETE', `/v1/accounts/${id}`, { key: to.adminKey })

  const messages = await mailTo(to, email)
  assert.equal(messages.length, 2)
  assert.doesNotMatch(messages.map(({ text }) => text).join(), /127\.0\.0\.1/)
})
