import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '@countersign/protocol'
import { accessToken, answer, fakeAuthority, ME, refreshToken } from '../test/given.ts'

const SIGNED_IN = { status: 'signed_in', account: { id: 'acc_1' }, session: { id: 'ses_1' } }
const noContent = (): Response => new Response(null, { status: 204 })

test('each credential goes in its own scheme, and then cookies stay at home', async () => {
  const authority = fakeAuthority(() => answer(200, ME))
  const client = authority.client()

  await client.me()
  await client.with({ apiKey: 'k' }).me()
  await client.with({ sessionToken: new Secret('s') }).me()
  await client.with({ accessToken: 'a.b.c' }).me()

  assert.deepEqual(
    authority.seen.map((one) => [one.headers.get('authorization'), one.init.credentials]),
    [
      [null, 'include'],
      ['ApiKey k', 'omit'],
      ['Bearer s', 'omit'],
      ['Bearer a.b.c', 'omit'],
    ],
  )
})

test('signing in for a cookie sends the CSRF token with every later change', async () => {
  const authority = fakeAuthority((seen) =>
    seen.path === '/v1/sign-in'
      ? answer(200, { ...SIGNED_IN, csrf_token: 'c-1' })
      : seen.method === 'GET'
        ? answer(200, ME)
        : noContent(),
  )
  const client = authority.client()

  const signedIn = await client.signIn({
    email: 'mia@example.com',
    password: new Secret('three lanes before breakfast'),
  })
  await client.me()
  await client.sessions.end('ses_2')

  assert.equal(String(signedIn.csrf_token), '[redacted]')
  assert.deepEqual(
    authority.seen.map((one) => [one.method, one.headers.get('x-csrf-token'), one.init.credentials]),
    [
      ['POST', null, 'include'],
      ['GET', null, 'include'],
      ['DELETE', 'c-1', 'include'],
    ],
  )
  assert.deepEqual(JSON.parse(authority.seen[0]?.body ?? ''), {
    email: 'mia@example.com',
    password: 'three lanes before breakfast',
  })
})

test('signing in for a session token uses it from then on, until signing out', async () => {
  const authority = fakeAuthority((seen) => {
    if (seen.path === '/v1/sign-in') return answer(200, { ...SIGNED_IN, session_token: 's-1' })
    return seen.path === '/v1/sign-out' ? noContent() : answer(200, ME)
  })
  const client = authority.client()

  await client.signIn({ email: 'mia@example.com', password: 'p', deliver: 'session_token' })
  await client.me()
  await client.signOut()
  await client.me()

  assert.deepEqual(
    authority.seen.map((one) => one.headers.get('authorization')),
    [null, 'Bearer s-1', 'Bearer s-1', null],
  )
})

test('signing in for a JWT hands the pair over and renews it later', async () => {
  const told: (string | undefined)[] = []
  const authority = fakeAuthority((seen) => {
    const pair = {
      access_token: accessToken('a', 0).reveal(),
      refresh_token: refreshToken(1).reveal(),
      token_type: 'Bearer',
      expires_in: 900,
    }
    if (seen.path === '/v1/sign-in') return answer(200, { ...SIGNED_IN, ...pair })
    return seen.path === '/oauth/token'
      ? answer(200, { ...pair, refresh_token: refreshToken(2).reveal(), scope: '' })
      : answer(200, ME)
  })
  const client = authority.client({ onTokens: (tokens) => void told.push(tokens?.refreshToken?.reveal()) })

  await client.signIn({ email: 'mia@example.com', password: 'p', deliver: 'jwt' })
  await authority.clock.advance(900_000)
  await client.me()

  assert.deepEqual(told, [refreshToken(1).reveal(), refreshToken(2).reveal()])
})

test('an API key is exchanged in the body, asking for no more than wanted', async () => {
  const authority = fakeAuthority(() =>
    answer(200, { access_token: 'a.b.c', token_type: 'Bearer', expires_in: 300, scope: 'doors:open' }),
  )

  const exchanged = await authority
    .client({ credential: { apiKey: 'k-1' } })
    .exchangeApiKey({ permissions: ['doors:open', 'doors:read'] })

  assert.equal(exchanged.access_token.reveal(), 'a.b.c')
  const [seen] = authority.seen
  assert.equal(seen?.headers.get('authorization'), null)
  assert.equal(seen?.headers.get('content-type'), 'application/x-www-form-urlencoded')
  assert.deepEqual(Object.fromEntries(new URLSearchParams(seen?.body)), {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token_type: 'urn:countersign:params:oauth:token-type:api-key',
    subject_token: 'k-1',
    scope: 'doors:open doors:read',
  })
})

test('exchanging without a key, and refreshing without a refresh token, is the caller’s mistake', async () => {
  const authority = fakeAuthority(() => assert.fail('Nothing is to be sent.'))

  await assert.rejects(authority.client().exchangeApiKey(), TypeError)
  await assert.rejects(authority.client({ credential: { accessToken: 'a.b.c' } }).refresh(), TypeError)
})

test('administration speaks to the right places', async (t) => {
  const one = {
    account: { id: 1 },
    service_account: { id: 2 },
    role: { id: 3 },
    api_key: { id: 4 },
    secret: 'k',
    policy: {},
    replay: {},
    items: [],
    next_cursor: null,
    ended: 0,
    forgotten: 0,
    next: 'check_mail',
    exported_at: '',
    status: 'check_mail',
    active: true,
    providers: [],
    authorization_url: 'https://club.example/authorize',
  }
  const authority = fakeAuthority((seen) =>
    seen.method === 'DELETE' && !/signing|devices$/.test(seen.path) ? noContent() : answer(200, one),
  )
  const client = authority.client({ credential: { apiKey: 'k' } })
  const calls: [string, () => Promise<unknown>, string?][] = [
    ['GET /v1/accounts?limit=2&cursor=c', () => client.accounts.list({ limit: 2, cursor: 'c' })],
    [
      'POST /v1/accounts',
      () => client.accounts.create({ email: 'e', password: new Secret('p') }),
      '{"email":"e","password":"p"}',
    ],
    ['GET /v1/accounts/acc_1', () => client.accounts.read('acc_1')],
    [
      'PATCH /v1/accounts/acc_1',
      () => client.accounts.change('acc_1', { disabled: true }),
      '{"disabled":true}',
    ],
    ['DELETE /v1/accounts/acc_1', () => client.accounts.end('acc_1')],
    [
      'POST /v1/accounts/acc_1/require-password-change',
      () => client.accounts.requirePasswordChange('acc_1'),
      '{"keep_sessions":false}',
    ],
    ['POST /v1/accounts/acc_1/sessions/ses_2/not-me', () => client.accounts.notMe('acc_1', 'ses_2')],
    ['POST /v1/me/sessions/ses_2/not-me', () => client.sessions.notMe('ses_2')],
    ['GET /v1/accounts/a%2F..%2Fb', () => client.accounts.read('a/../b')],
    [
      'POST /v1/service-accounts',
      () => client.serviceAccounts.create({ name: 'turnstile' }),
      '{"name":"turnstile"}',
    ],
    ['PATCH /v1/roles/staff', () => client.roles.change('staff', { permissions: [] }), '{"permissions":[]}'],
    ['GET /v1/signing-keys', () => client.signingKeys.list()],
    ['POST /v1/signing-keys/rotate', () => client.signingKeys.rotate(true), '{"immediately":true}'],
    ['DELETE /v1/signing-keys/sig_1', () => client.signingKeys.remove('sig_1')],
    ['GET /v1/accounts?email=mia%40example.com', () => client.accounts.list({ email: 'mia@example.com' })],
    ['POST /v1/api-keys/key_2/rotate', () => client.apiKeys.rotate('key_2'), '{}'],
    ['GET /v1/audit?type=session.opened', () => client.audit.list({ type: 'session.opened' })],
    ['GET /v1/risk/policy', () => client.risk.policy()],
    ['POST /v1/risk/policy/replay', () => client.risk.replay({ days: 7 }), '{"days":7}'],
    ['GET /v1/anomalies?target=acc_1', () => client.risk.anomalies({ target: 'acc_1' })],
    ['GET /v1/api-keys', () => client.apiKeys.list()],
    ['PATCH /v1/api-keys/key_1', () => client.apiKeys.change('key_1', { name: 'n' }), '{"name":"n"}'],
    ['POST /v1/api-keys/key_1/rotate', () => client.apiKeys.rotate('key_1', 60), '{"overlap_seconds":60}'],
    ['DELETE /v1/me/sessions/ses_1', () => client.sessions.end('ses_1')],
    ['GET /v1/me/account', () => client.account()],
    ['POST /v1/me/email', () => client.changeEmail('n@example.com'), '{"email":"n@example.com"}'],
    ['POST /v1/me/email/verify', () => client.verifyEmail()],
    ['POST /v1/accounts/acc_1/verify-email', () => client.accounts.verifyEmail('acc_1')],
    [
      'POST /v1/email-change/confirm',
      () => client.confirmEmailChange({ ticket: 't', password: 'p' }),
      '{"ticket":"t","password":"p"}',
    ],
    ['POST /v1/email-verification/confirm', () => client.confirmEmail('t'), '{"ticket":"t"}'],
    ['PATCH /v1/me', () => client.rename('Ada'), '{"name":"Ada"}'],
    ['GET /v1/me/activity?limit=5', () => client.activity({ limit: 5 })],
    ['GET /v1/me/export', () => client.exportData()],
    ['GET /v1/me/devices', () => client.devices.list()],
    ['DELETE /v1/me/devices/dev_1', () => client.devices.forget('dev_1')],
    ['DELETE /v1/me/devices', () => client.devices.forgetAll()],
    ['GET /v1/me/factors', () => client.factors.list()],
    ['DELETE /v1/me/factors/fac_1', () => client.factors.remove('fac_1')],
    ['GET /v1/accounts/acc_1/factors', () => client.accountFactors.list('acc_1')],
    ['DELETE /v1/accounts/acc_1/factors/fac_1', () => client.accountFactors.remove('acc_1', 'fac_1')],
    ['POST /v1/accounts/acc_1/factors/reopen', () => client.accountFactors.reopen('acc_1')],
    ['GET /v1/me/identities', () => client.identities.list()],
    ['POST /v1/me/identities', () => client.identities.connect('club'), '{"provider":"club"}'],
    ['DELETE /v1/me/identities/idn_1', () => client.identities.remove('idn_1')],
    ['GET /v1/accounts/acc_1/identities', () => client.accountIdentities.list('acc_1')],
    ['DELETE /v1/accounts/acc_1/identities/idn_1', () => client.accountIdentities.remove('acc_1', 'idn_1')],
    ['POST /v1/me/sessions/revoke-others', () => client.sessions.endOthers()],
    [
      'POST /v1/verify',
      () => client.verify({ credential: 'x', audience: 'pool' }),
      '{"audience":"pool","credential":"x"}',
    ],
    [
      'POST /v1/revocations',
      () => client.previewRevocation({ kind: 'account', id: 'acc_1' }),
      '{"target":{"kind":"account","id":"acc_1"},"dry_run":true}',
    ],
  ]
  for (const [expected, call, body] of calls) {
    await t.test(expected, async () => {
      authority.seen.length = 0

      await call()

      const [seen] = authority.seen
      assert.equal(`${seen?.method} ${seen?.url.slice('https://authority.example'.length)}`, expected)
      assert.equal(seen?.body, body ?? '')
    })
  }
})
