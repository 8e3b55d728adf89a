/** What begins, recovers and ends an account. Links from mails need no credential, so none goes along with them. */
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

test('an invitation is accepted with nothing but its link', async () => {
  const authority = fakeAuthority(() => answer(201, { account: ACCOUNT }))
  const client = authority.client({ credential: { apiKey: 'k' } })

  const { account } = await client.acceptInvitation({ ticket: 't', password: new Secret('p'), name: 'Mia' })

  assert.deepEqual(account, ACCOUNT)
  const [seen] = authority.to('/v1/invitations/accept')
  assert.ok(seen)
  assert.deepEqual(JSON.parse(seen.body), { ticket: 't', password: 'p', name: 'Mia' })
  assertAnonymous(seen)
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

test('deleting one’s own account forgets the credential with it, and a refusal keeps it', async () => {
  let status = 403
  const authority = fakeAuthority(() =>
    status === 204 ? new Response(null, { status }) : answer(status, { code: 'last_administrator' }),
  )
  const client = authority.client({ credential: { sessionToken: 's' } })

  await assert.rejects(client.deleteAccount())
  status = 204
  await client.deleteAccount()
  await client.sessions.end('ses_1')

  assert.deepEqual(
    authority.seen.map(({ method, path, headers }) => [method, path, headers.get('authorization')]),
    [
      ['DELETE', '/v1/me', 'Bearer s'],
      ['DELETE', '/v1/me', 'Bearer s'],
      ['DELETE', '/v1/me/sessions/ses_1', null],
    ],
  )
})
