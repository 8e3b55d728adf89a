/** What is done by links in mails: asked for and used without any credential, and nothing is made of what is no answer. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '@countersign/protocol'
import { answer, fakeAuthority, type Seen } from '../test/given.ts'
import { AuthorityUnreachable, CheckMail } from './errors.ts'

const ACCOUNT = { id: 'acc_1', email: 'mia@example.com', name: null, email_verified: true, created_at: 'now' }

/** The credential of somebody else must not travel with it. */
function assertAnonymous({ headers, init }: Seen): void {
  assert.deepEqual(
    [headers.get('authorization'), headers.get('x-api-key'), init.credentials],
    [null, null, 'omit'],
  )
}

test('a sign-up that has to be confirmed is no account yet, and the confirmation is one', async () => {
  const authority = fakeAuthority(({ path }) =>
    path === '/v1/sign-up' ? answer(202, { status: 'check_mail' }) : answer(201, { account: ACCOUNT }),
  )
  const client = authority.client({ credential: { apiKey: 'k' } })

  await assert.rejects(client.signUp({ email: 'mia@example.com', password: 'p' }), CheckMail)
  const { account } = await client.confirmSignUp({ ticket: new Secret('t'), password: new Secret('p') })

  assert.deepEqual(account, ACCOUNT)
  assert.deepEqual(JSON.parse(authority.to('/v1/sign-up/confirm')[0]?.body ?? ''), {
    ticket: 't',
    password: 'p',
  })
  for (const seen of authority.seen) assertAnonymous(seen)
})

test('an answer that is neither an account nor a mail is none', async () => {
  const client = fakeAuthority(() => answer(202, { status: 'something_else' })).client()

  await assert.rejects(client.signUp({ email: 'mia@example.com', password: 'p' }), AuthorityUnreachable)
})

test('a reset is asked for and completed without any credential', async () => {
  const authority = fakeAuthority(({ path }) =>
    path === '/v1/password-reset'
      ? answer(202, { status: 'check_mail' })
      : new Response(null, { status: 204 }),
  )
  const client = authority.client({ credential: { apiKey: 'k' } })

  await client.requestPasswordReset('mia@example.com')
  await client.completePasswordReset({ ticket: 't', password: new Secret('new') })

  assert.deepEqual(
    authority.seen.map(({ method, path, body }) => [method, path, JSON.parse(body)]),
    [
      ['POST', '/v1/password-reset', { email: 'mia@example.com' }],
      ['POST', '/v1/password-reset/complete', { ticket: 't', password: 'new' }],
    ],
  )
  for (const seen of authority.seen) assertAnonymous(seen)
})

test('an administrator starts the reset of somebody with the credential of their own', async () => {
  const authority = fakeAuthority(() => answer(202, { status: 'check_mail' }))

  await authority.client({ credential: { apiKey: 'k' } }).startPasswordReset('acc_1')

  const [seen] = authority.seen
  assert.equal(`${seen?.method} ${seen?.path}`, 'POST /v1/accounts/acc_1/reset-password')
  assert.equal(seen?.headers.get('authorization'), 'ApiKey k')
})
