import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { accessToken, answer, fakeAuthority, ME, refreshToken, type Seen } from '../test/given.ts'
import { FactorRequired } from './errors.ts'

const SIGNED_IN = { status: 'signed_in', account: { id: 'acc_1' }, session: { id: 'ses_1' } }
const OFFER = { factor: { id: 'fac_1' }, secret: 'SEED', otpauth_uri: 'otpauth://x', qr_svg: '<svg/>' }

const bodyOf = (seen: Seen | undefined): unknown => JSON.parse(seen?.body ?? '')

test('a password that is not enough is no sign-in: it throws the ticket, which nothing prints', async () => {
  const authority = fakeAuthority((seen) =>
    seen.path === '/v1/sign-in'
      ? answer(200, {
          status: 'factor_required',
          ticket: 'T-1',
          factors: ['totp'],
          reason: 'account_has_factor',
        })
      : answer(200, ME),
  )
  const client = authority.client()

  const thrown: unknown = await client
    .signIn({ email: 'mia@example.com', password: 'p' })
    .catch((error) => error)

  assert.ok(thrown instanceof FactorRequired)
  assert.deepEqual([thrown.ticket.reveal(), thrown.factors, thrown.mustEnrol], ['T-1', ['totp'], false])
  assert.ok(!inspect(thrown).includes('T-1'))
  await client.me()
  assert.equal(authority.seen[1]?.headers.get('authorization'), null)
})

test('the factor finishes the sign-in, and its session is used from then on', async () => {
  const authority = fakeAuthority((seen) =>
    seen.path === '/v1/sign-in/factor'
      ? answer(200, { ...SIGNED_IN, session_token: 's-2', recovery_codes: ['0aaa'] })
      : answer(200, ME),
  )
  const client = authority.client()

  const signedIn = await client.signInWithFactor({
    ticket: 'T',
    factor: 'totp',
    code: '123456',
    deliver: 'session_token',
  })
  await client.me()

  assert.deepEqual(bodyOf(authority.seen[0]), {
    ticket: 'T',
    factor: 'totp',
    code: '123456',
    deliver: 'session_token',
  })
  assert.equal(authority.seen[1]?.headers.get('authorization'), 'Bearer s-2')
  assert.deepEqual(
    signedIn.recovery_codes?.map((code) => code.reveal()),
    ['0aaa'],
  )
  assert.ok(!inspect(signedIn).includes('0aaa'))
})

test('a policy that demands a factor leads to an offer for the ticket', async () => {
  const authority = fakeAuthority((seen) =>
    seen.path === '/v1/sign-in'
      ? answer(200, { status: 'factor_enrolment_required', ticket: 'T', factors: ['totp'], reason: 'x' })
      : answer(201, OFFER),
  )
  const client = authority.client()
  const thrown: unknown = await client
    .signIn({ email: 'mia@example.com', password: 'p' })
    .catch((error) => error)
  assert.ok(thrown instanceof FactorRequired && thrown.mustEnrol)

  const offer = await client.enrolTotpWithTicket(thrown.ticket, 'A phone')

  assert.deepEqual(bodyOf(authority.seen[1]), { ticket: 'T', name: 'A phone' })
  assert.equal(offer.secret.reveal(), 'SEED')
  assert.ok(!inspect(offer).includes('SEED') && !JSON.stringify(offer).includes('otpauth:'))
})

test('enrolling, confirming and new recovery codes keep every secret out of what is printed', async () => {
  const factor = { id: 'fac_1', kind: 'totp', name: null, created_at: 'x', last_used_at: null }
  const authority = fakeAuthority(({ path }) =>
    path.endsWith('/totp') ? answer(201, OFFER) : answer(200, { factor, recovery_codes: ['0aaa', '1bbb'] }),
  )
  const client = authority.client({ credential: { sessionToken: 's' } })

  const offer = await client.factors.enrolTotp('A phone')
  const confirmed = await client.factors.confirm(offer.factor.id, '123456')
  const codes = await client.factors.newRecoveryCodes()

  assert.deepEqual(
    authority.seen.map(({ method, path }) => `${method} ${path}`),
    ['POST /v1/me/factors/totp', 'POST /v1/me/factors/fac_1/confirm', 'POST /v1/me/recovery-codes'],
  )
  assert.deepEqual(
    codes.map((code) => code.reveal()),
    ['0aaa', '1bbb'],
  )
  assert.ok(!inspect([confirmed, codes]).includes('0aaa'))
})

test('stepping up has the client use the new value, in whatever form it came', async () => {
  const answers: Record<string, string>[] = [{ session_token: 's-2' }, { csrf_token: 'c-2' }]
  const forms: (string | null)[] = []
  for (const more of answers) {
    const authority = fakeAuthority((seen) => {
      if (seen.path === '/v1/me/step-up') return answer(200, { ticket: 'T', factors: ['password'] })
      return seen.path === '/v1/me/step-up/factor'
        ? answer(200, { status: 'stepped_up', acr: 'x', auth_time: 'x', ...more })
        : new Response(null, { status: 204 })
    })
    const client = authority.client('session_token' in more ? { credential: { sessionToken: 's-1' } } : {})
    const { ticket } = await client.stepUp.begin()
    await client.stepUp.complete({ ticket, factor: 'password', code: 'pass word' })
    await client.sessions.end('ses_2')
    const { headers } = authority.seen[2] ?? { headers: new Headers() }
    assert.deepEqual(bodyOf(authority.seen[1]), { ticket: 'T', factor: 'password', code: 'pass word' })
    forms.push(headers.get('authorization') ?? headers.get('x-csrf-token'))
  }

  assert.deepEqual(forms, ['Bearer s-2', 'c-2'])
})

test('stepping up with tokens refreshes them, so that they say the new level', async () => {
  const authority = fakeAuthority((seen) =>
    seen.path === '/oauth/token'
      ? answer(200, {
          access_token: accessToken('b', 0).reveal(),
          refresh_token: refreshToken(2).reveal(),
          token_type: 'Bearer',
          expires_in: 900,
        })
      : answer(200, { status: 'stepped_up', acr: 'x', auth_time: 'x' }),
  )
  const credential = { accessToken: accessToken('a', 0), refreshToken: refreshToken(1) }
  const client = authority.client({ credential })

  await client.stepUp.complete({ ticket: 'T', factor: 'totp', code: '123456' })

  assert.deepEqual(authority.seen.map(({ path }) => path).slice(-2), [
    '/v1/me/step-up/factor',
    '/oauth/token',
  ])
})
