import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { Secret } from '@countersign/protocol'
import { accessToken, answer, fakeAuthority, refreshToken } from '../test/given.ts'
import { AuthorityUnreachable, PasswordChangeRequired } from './errors.ts'

test('advice about a password is asked for without any credential', async () => {
  const advice = { refusal: null, score: 2, hints: ['repetition'] }
  const authority = fakeAuthority(() => answer(200, advice))
  const client = authority.client({ credential: { apiKey: 'k' } })

  const checked = await client.checkPassword({ password: new Secret('lane lane'), email: 'mia@example.com' })

  const [seen] = authority.seen
  assert.deepEqual(checked, advice)
  assert.equal(`${seen?.method} ${seen?.path}`, 'POST /v1/passwords/check')
  assert.deepEqual(JSON.parse(seen?.body ?? ''), { email: 'mia@example.com', password: 'lane lane' })
  assert.deepEqual([seen?.headers.get('authorization'), seen?.init.credentials], [null, 'omit'])
})

test('something else in place of advice is no advice', async () => {
  const client = fakeAuthority(() => answer(200, { score: 4 })).client()

  await assert.rejects(client.checkPassword({ password: 'p' }), AuthorityUnreachable)
})

test('changing the password has the client use the new value, in whatever form it came', async () => {
  const answers: Record<string, string>[] = [{ session_token: 's-2' }, { csrf_token: 'c-2' }]
  const forms: (string | null)[] = []
  for (const more of answers) {
    const authority = fakeAuthority(({ path }) =>
      path === '/v1/me/password'
        ? answer(200, { status: 'password_changed', ended: 2, ...more })
        : new Response(null, { status: 204 }),
    )
    const client = authority.client('session_token' in more ? { credential: { sessionToken: 's-1' } } : {})
    const changed = await client.changePassword({ currentPassword: new Secret('old'), newPassword: 'new' })
    await client.sessions.end('ses_2')
    const { headers } = authority.seen[1] ?? { headers: new Headers() }
    assert.deepEqual(JSON.parse(authority.seen[0]?.body ?? ''), {
      current_password: 'old',
      new_password: 'new',
    })
    assert.equal(changed.ended, 2)
    assert.ok(!inspect(changed).includes('-2'))
    forms.push(headers.get('authorization') ?? headers.get('x-csrf-token'))
  }

  assert.deepEqual(forms, ['Bearer s-2', 'c-2'])
})

test('changing the password with tokens refreshes them, since those of before are dead', async () => {
  const authority = fakeAuthority(({ path }) =>
    path === '/oauth/token'
      ? answer(200, {
          access_token: accessToken('b', 0).reveal(),
          refresh_token: refreshToken(2).reveal(),
          token_type: 'Bearer',
          expires_in: 900,
        })
      : answer(200, { status: 'password_changed', ended: 0 }),
  )
  const credential = { accessToken: accessToken('a', 0), refreshToken: refreshToken(1) }
  const client = authority.client({ credential })

  await client.changePassword({ currentPassword: 'old', newPassword: 'new', keepOtherSessions: true })

  assert.deepEqual(authority.seen.map(({ path }) => path).slice(-2), ['/v1/me/password', '/oauth/token'])
  assert.equal(JSON.parse(authority.to('/v1/me/password')[0]?.body ?? '').keep_other_sessions, true)
})

test('a password that has to be changed is thrown with its ticket, which leads in with another one', async () => {
  const authority = fakeAuthority(({ path }) =>
    path === '/v1/sign-in'
      ? answer(200, { status: 'password_change_required', ticket: 'T', reason: 'required_by_administrator' })
      : answer(200, {
          status: 'signed_in',
          account: { id: 'acc_1' },
          session: { id: 'ses_1' },
          session_token: 's-1',
        }),
  )
  const client = authority.client()
  const thrown: unknown = await client
    .signIn({ email: 'mia@example.com', password: 'p' })
    .catch((error) => error)
  assert.ok(thrown instanceof PasswordChangeRequired)
  assert.ok(!inspect(thrown).includes("'T'"))

  await client.signInWithNewPassword({
    ticket: thrown.ticket,
    newPassword: new Secret('another'),
    deliver: 'session_token',
  })
  await client.sessions.list().catch(() => undefined)

  assert.equal(thrown.reason, 'required_by_administrator')
  assert.deepEqual(JSON.parse(authority.seen[1]?.body ?? ''), {
    ticket: 'T',
    new_password: 'another',
    deliver: 'session_token',
  })
  assert.deepEqual(
    authority.seen.map(({ path, headers }) => [path, headers.get('authorization')]),
    [
      ['/v1/sign-in', null],
      ['/v1/sign-in/password', null],
      ['/v1/me/sessions', 'Bearer s-1'],
    ],
  )
})
