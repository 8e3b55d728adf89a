/** Second factors: enrolling, listing, removing, recovery codes, and who may do that when. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import {
  codeOf,
  codesOf,
  enrolTotp,
  nextStep,
  personWithTotp,
  presentRecovery,
  presentTotp,
  signedInByTotp,
  stepUp,
  ticketOf,
  wrongCodeOf,
} from './authenticator.ts'
import { assertProblem, RESOURCE_METADATA } from './contract.ts'
import * as given from './given.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { send, clock, adminKey } = shared.given

const NOBODYS = `fac_${'0'.repeat(26)}`

async function signedIn(): Promise<{ email: string; bearer: string }> {
  const { email } = await given.person(shared.given)
  const { session_token: bearer = '' } = await given.signedIn(shared.given, 'session_token', email)
  return { email, bearer }
}

test('a factor that was offered asks for nothing until its first code, and then at every sign-in', async () => {
  const { email, bearer } = await signedIn()
  const offered = await send('POST', '/v1/me/factors/totp', { bearer, body: { name: 'A phone' } })
  const id = given.at(offered.json, 'factor', 'id')
  const seed = given.at(offered.json, 'secret')
  assert.match(seed, /^[A-Z2-7]{32}$/)
  assert.ok(given.at(offered.json, 'otpauth_uri').includes(`secret=${seed}`))
  assert.match(given.at(offered.json, 'qr_svg'), /^<svg /)
  await given.signedIn(shared.given, 'session_token', email)

  const path = `/v1/me/factors/${id}/confirm`
  const wrong = await send('POST', path, { bearer, body: { code: wrongCodeOf(seed, clock.nowMs()) } })
  const right = await send('POST', path, { bearer, body: { code: codeOf(seed, clock.nowMs()) } })

  assertProblem(wrong, 'invalid_factor')
  assert.equal(right.status, 200)
  assert.equal(codesOf(right).length, 10)
  assert.ok(
    codesOf(right).every((code, index) => new RegExp(`^${index}[0-9a-z]{3}(?:-[0-9a-z]{4}){3}$`).test(code)),
  )
  assert.equal(new Set(codesOf(right).map((code) => code.slice(1))).size, 10)
  const listed = await send('GET', '/v1/me/factors', { bearer })
  const now = new Date(clock.nowMs()).toISOString()
  assert.deepEqual(listed.json, {
    items: [{ id, kind: 'totp', name: 'A phone', created_at: now, last_used_at: null }],
    next_cursor: null,
    has_password: true,
    recovery_codes_left: 10,
    required: false,
    closed: [],
  })
  assert.match(await ticketOf(shared.given, email), /^[0-9A-Za-z]{43}$/)
})

test('the code that confirmed a factor does not sign in as well', async () => {
  const { email, bearer } = await signedIn()
  const offered = await send('POST', '/v1/me/factors/totp', { bearer })
  const seed = given.at(offered.json, 'secret')
  const path = `/v1/me/factors/${given.at(offered.json, 'factor', 'id')}/confirm`
  const code = codeOf(seed, clock.nowMs())
  await send('POST', path, { bearer, body: { code } })

  const replayed = await presentTotp(shared.given, await ticketOf(shared.given, email), code)

  assertProblem(replayed, 'invalid_factor')
})

test('an offer ends after ten minutes, and when another takes its place', async () => {
  const { bearer } = await signedIn()
  const offers: { path: string; seed: string }[] = []
  for (let count = 0; count < 2; count += 1) {
    const { json } = await send('POST', '/v1/me/factors/totp', { bearer })
    const path = `/v1/me/factors/${given.at(json, 'factor', 'id')}/confirm`
    offers.push({ path, seed: given.at(json, 'secret') })
  }
  const confirm = ({ path, seed }: { path: string; seed: string }): Promise<given.Answer> =>
    send('POST', path, { bearer, body: { code: codeOf(seed, clock.nowMs()) } })
  const [first, second] = offers
  assert.ok(first && second)

  assertProblem(await confirm(first), 'not_found')
  clock.advance(600)
  assertProblem(await confirm(second), 'not_found')
})

test('401 with the level and the age that would do, for whatever changes factors on an old proof', async () => {
  const { bearer } = await signedIn()
  clock.advance(601)

  for (const [method, path] of [
    ['POST', '/v1/me/factors/totp'],
    ['DELETE', `/v1/me/factors/${NOBODYS}`],
    ['POST', '/v1/me/recovery-codes'],
  ] as const) {
    const answer = await send(method, path, { bearer })

    assertProblem(answer, 'insufficient_user_authentication')
    assert.equal(
      answer.headers.get('www-authenticate'),
      'Bearer realm="countersign", error="insufficient_user_authentication", ' +
        `acr_values="urn:countersign:acr:aal1", max_age="600", ${RESOURCE_METADATA}`,
    )
  }
  const stepped = await stepUp(shared.given, bearer, 'password', given.PASSWORD)
  const offered = await send('POST', '/v1/me/factors/totp', {
    bearer: given.at(stepped.json, 'session_token'),
  })
  assert.equal(offered.status, 201)
})

test('a fresh password is not enough to change factors where there is a stronger one', async () => {
  const { id, bearer, email, seed } = await personWithTotp(shared.given)
  for (const [method, path] of [
    ['POST', '/v1/me/factors/totp'],
    ['DELETE', `/v1/me/factors/${id}`],
    ['POST', '/v1/me/recovery-codes'],
  ] as const) {
    const answer = await send(method, path, { bearer })

    assertProblem(answer, 'insufficient_user_authentication')
    assert.match(answer.headers.get('www-authenticate') ?? '', /acr_values="urn:countersign:acr:aal2"/)
  }
  const strong = await signedInByTotp(shared.given, { email, seed })
  assert.equal((await send('POST', '/v1/me/recovery-codes', { bearer: strong })).status, 201)
  clock.advance(601)
  assertProblem(
    await send('POST', '/v1/me/recovery-codes', { bearer: strong }),
    'insufficient_user_authentication',
  )
})

test('several factors, each with its name; either signs in, and a removed one at once no more', async () => {
  const who = await personWithTotp(shared.given)
  const bearer = await signedInByTotp(shared.given, who)
  const second = await enrolTotp(shared.given, bearer, 'An old tablet')
  assert.deepEqual(second.recoveryCodes, [])
  const strong = await signedInByTotp(shared.given, { email: who.email, seed: second.seed })

  assert.equal((await send('DELETE', `/v1/me/factors/${who.id}`, { bearer: strong })).status, 204)

  const code = codeOf(who.seed, clock.nowMs())
  assertProblem(
    await presentTotp(shared.given, await ticketOf(shared.given, who.email), code),
    'invalid_factor',
  )
  await signedInByTotp(shared.given, { email: who.email, seed: second.seed })
  const listed = await send('GET', '/v1/me/factors', { bearer: strong })
  assert.equal(given.at(listed.json, 'items', '0', 'name'), 'An old tablet')
})

test('with the last factor the recovery codes go, and the password is enough again', async () => {
  const who = await personWithTotp(shared.given)
  const bearer = await signedInByTotp(shared.given, who)

  assert.equal((await send('DELETE', `/v1/me/factors/${who.id}`, { bearer })).status, 204)

  const listed = await send('GET', '/v1/me/factors', { bearer })
  assert.equal(listed.json.recovery_codes_left, 0)
  await given.signedIn(shared.given, 'session_token', who.email)
  assertProblem(await send('POST', '/v1/me/recovery-codes', { bearer }), 'conflict')
})

test('409 for the eleventh factor, 404 for another’s and for one that nobody has', async () => {
  const who = await personWithTotp(shared.given)
  let bearer = await signedInByTotp(shared.given, who)
  for (let count = 1; count < 10; count += 1) {
    await enrolTotp(shared.given, bearer)
    if (count === 9) bearer = await signedInByTotp(shared.given, who)
  }
  assertProblem(await send('POST', '/v1/me/factors/totp', { bearer }), 'limit_reached')

  const other = await personWithTotp(shared.given)
  for (const id of [other.id, NOBODYS]) {
    assertProblem(await send('DELETE', `/v1/me/factors/${id}`, { bearer }), 'not_found')
    const confirming = await send('POST', `/v1/me/factors/${id}/confirm`, {
      bearer,
      body: { code: '123456' },
    })
    assertProblem(confirming, 'not_found')
  }
})

test('new recovery codes end the old ones, and how many are left is told', async () => {
  const who = await personWithTotp(shared.given)
  const [old = '', spare = ''] = who.recoveryCodes
  const first = await presentRecovery(shared.given, await ticketOf(shared.given, who.email), old)
  assert.equal(first.status, 200)
  const bearer = await signedInByTotp(shared.given, who)
  assert.equal((await send('GET', '/v1/me/factors', { bearer })).json.recovery_codes_left, 9)

  const made = await send('POST', '/v1/me/recovery-codes', { bearer })

  assert.equal(codesOf(made).length, 10)
  const again = await presentRecovery(shared.given, await ticketOf(shared.given, who.email), spare)
  assertProblem(again, 'invalid_factor')
  const spelled = (codesOf(made)[7] ?? '').toUpperCase().replaceAll('-', ' ')
  const fresh = await presentRecovery(shared.given, await ticketOf(shared.given, who.email), spelled)
  assert.equal(fresh.status, 200)
})

test('administrators see factors without their secrets, remove them, and never their own', async () => {
  const who = await personWithTotp(shared.given)
  const path = `/v1/accounts/${who.account}/factors`
  const listed = await send('GET', path, { key: adminKey })
  assert.equal(given.at(listed.json, 'items', '0', 'id'), who.id)
  assert.ok(!listed.text.includes(who.seed))

  assertProblem(await send('DELETE', `${path}/${NOBODYS}`, { key: adminKey }), 'not_found')
  assert.equal((await send('DELETE', `${path}/${who.id}`, { key: adminKey })).status, 204)

  await given.signedIn(shared.given, 'session_token', who.email)
  const events = await send('GET', `/v1/audit?type=factor.removed&target=${who.account}`, { key: adminKey })
  assert.equal((events.json.items as unknown[]).length, 1)
})

test('an administrator in a session removes factors of others only with a fresh proof, and no own ones', async () => {
  const who = await personWithTotp(shared.given)
  const { email, id: account } = await given.person(shared.given)
  const roles = { roles: ['administrator'] }
  await send('PATCH', `/v1/accounts/${account}`, { key: adminKey, body: roles })
  const { session_token: bearer = '' } = await given.signedIn(shared.given, 'session_token', email)
  const own = await enrolTotp(shared.given, bearer)
  assertProblem(
    await send('DELETE', `/v1/accounts/${account}/factors/${own.id}`, { bearer }),
    'permission_denied',
  )
  assertProblem(await send('POST', `/v1/accounts/${account}/factors/reopen`, { bearer }), 'permission_denied')
  clock.advance(601)
  const path = `/v1/accounts/${who.account}/factors/${who.id}`
  assertProblem(await send('DELETE', path, { bearer }), 'insufficient_user_authentication')

  const stepped = await stepUp(shared.given, bearer, 'totp', codeOf(own.seed, clock.nowMs()))
  nextStep(clock)

  const fresh = given.at(stepped.json, 'session_token')
  assert.equal((await send('DELETE', path, { bearer: fresh })).status, 204)
})

test('who may write accounts cannot touch the factors of someone who may do more', async () => {
  const { secret } = await given.keyOf(shared.given, ['accounts:write', 'accounts:read'])
  const who = await personWithTotp(shared.given)
  await send('PATCH', `/v1/accounts/${who.account}`, { key: adminKey, body: { roles: ['administrator'] } })

  const answer = await send('DELETE', `/v1/accounts/${who.account}/factors/${who.id}`, { key: secret })

  assertProblem(answer, 'permission_exceeds_own')
})
