/** Levels that a policy demands (NIST SP 800-63B-4 §2): what is refused below them, and when a session is over. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  codeOf,
  nextStep,
  type PersonWithTotp,
  personWithTotp,
  presentRecovery,
  presentTotp,
  signedInByTotp,
  ticketOf,
} from './authenticator.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import {
  addPasskey,
  creationOptionsOf,
  type PersonWithPasskey,
  personWithPasskey,
  presentPasskey,
  signedInByPasskey,
  tryToSignIn,
} from './passkeys.ts'
import { type BentMaking, makePasskey, type SoftKey } from './soft-authenticator.ts'

const MONTH = String(30 * 86_400)
/** Settings that are laxer than every level. */
const LAX = {
  ...given.UNLIMITED,
  COUNTERSIGN_SESSION_LIFETIME_SECONDS: MONTH,
  COUNTERSIGN_SESSION_IDLE_SECONDS: MONTH,
  COUNTERSIGN_REFRESH_IDLE_SECONDS: MONTH,
}

/** People come in before the policy does. */
const open = (t: TestContext): Promise<given.Given> => given.authority(t, LAX)
const demand = (to: given.Given, level: string): Promise<void> =>
  to.restart(undefined, { COUNTERSIGN_ASSURANCE: level })

const signIn = (to: given.Given, email: string, deliver = 'session_token'): Promise<given.Answer> =>
  to.send('POST', '/v1/sign-in', { body: { email, password: given.PASSWORD, deliver } })

const statusOf = async (to: given.Given, bearer: string): Promise<number> =>
  (await to.send('GET', '/v1/me', { bearer })).status

async function acrOf(to: given.Given, bearer: string): Promise<unknown> {
  const { json } = await to.send('GET', '/v1/me', { bearer })
  return (json.credential as { acr: unknown }).acr
}

async function assertLimits(to: given.Given, open: () => Promise<string>, idle: number, whole: number) {
  const unused = await open()
  to.clock.advance(idle + 1)
  assert.equal(await statusOf(to, unused), 401, 'A session that lay unused')
  const used = await open()
  let seconds = 0
  for (; seconds + idle - 60 < whole; seconds += idle - 60) {
    assert.equal(await statusOf(to, used), 200, `A session in use, after ${seconds} seconds`)
    to.clock.advance(idle - 60)
  }
  assert.equal(await statusOf(to, used), 200)
  to.clock.advance(whole - seconds + 1)
  assert.equal(await statusOf(to, used), 401, 'A session at its end, however it was used')
}

test('AAL1 lets a session live for a month, whatever a setting says', async (t) => {
  const to = await given.authority(t, { ...LAX, COUNTERSIGN_ASSURANCE: 'aal1' })
  const { json } = await signIn(to, (await given.person(to)).email)

  const { expires_at } = Object(json.session)
  assert.equal(Date.parse(expires_at), to.clock.nowMs() + 30 * 86_400_000)
})

test('AAL2: the password alone opens nothing but the way to a second factor', async (t) => {
  const to = await open(t)
  await demand(to, 'aal2')

  const answer = await signIn(to, (await given.person(to)).email)

  assert.equal(answer.json.status, 'factor_enrolment_required')
  assert.deepEqual(answer.json.factors, ['passkey', 'totp'])
  assert.equal(answer.json.session_token, undefined)
})

test('AAL2 ends a session after an hour without use, and after a day', async (t) => {
  const to = await open(t)
  const who = await personWithTotp(to)
  await demand(to, 'aal2')

  await assertLimits(to, () => signedInByTotp(to, who), 3600, 86_400)
})

test('AAL2 ends a refresh token that lay unused for an hour', async (t) => {
  const to = await open(t)
  const who = await personWithTotp(to)
  await demand(to, 'aal2')
  const ticket = await ticketOf(to, who.email, { deliver: 'jwt' })
  const { json } = await presentTotp(to, ticket, codeOf(who.seed, to.clock.nowMs()))
  const form = {
    grant_type: 'refresh_token',
    refresh_token: String(json.refresh_token),
    client_id: 'first-party',
  }
  to.clock.advance(3601)

  const answer = await to.send('POST', '/oauth/token', { form })

  assert.equal(answer.json.error, 'invalid_grant')
})

async function offered(to: given.Given, ticket: string, bent: BentMaking) {
  const path = '/v1/sign-in/factors/passkey/options'
  const options = creationOptionsOf(await to.send('POST', path, { body: { ticket } }))
  const { key, credential } = makePasskey(options, bent)
  const body = { ticket, factor: 'passkey', credential, deliver: 'session_token' }
  return { key, answer: await to.send('POST', '/v1/sign-in/factor', { body }) }
}

async function leftOf(to: given.Given, account: string): Promise<unknown> {
  const path = `/v1/accounts/${account}/factors`
  return (await to.send('GET', path, { key: to.adminKey })).json.recovery_codes_left
}

/** By the app's code to the enrolment of a passkey. */
async function enrolmentOf(to: given.Given, who: PersonWithTotp): Promise<string> {
  const answer = await presentTotp(to, await ticketOf(to, who.email), codeOf(who.seed, to.clock.nowMs()))
  nextStep(to.clock)
  assert.equal(answer.json.status, 'factor_enrolment_required', answer.text)
  assert.deepEqual(answer.json.factors, ['passkey'])
  return given.at(answer.json, 'ticket')
}

test('AAL3: a code is not enough, and leads to a passkey that cannot be copied', async (t) => {
  const to = await open(t)
  const who = await personWithTotp(to)
  await demand(to, 'aal3')
  const ticket = await enrolmentOf(to, who)

  const byApp = await to.send('POST', '/v1/sign-in/factors/totp', { body: { ticket } })
  const copied = await offered(to, ticket, { synced: true })
  const { key, answer } = await offered(to, ticket, {})

  assertProblem(byApp, 'permission_denied')
  assertProblem(copied.answer, 'invalid_passkey')
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.json.recovery_codes, undefined, 'The codes of before go on working.')
  assert.equal(await leftOf(to, who.account), 10)
  assert.equal(await acrOf(to, given.at(answer.json, 'session_token')), 'urn:countersign:acr:aal3')
  const again = await presentTotp(to, ticket, codeOf(who.seed, to.clock.nowMs()))
  assertProblem(again, 'ticket_ended')
  assert.equal(await acrOf(to, await signedInByPasskey(to, key)), 'urn:countersign:acr:aal3')
})

test('AAL3: who has a passkey gets in by nothing else, neither code nor recovery code', async (t) => {
  const to = await open(t)
  const who = await personWithTotp(to)
  const { key } = await addPasskey(to, await signedInByTotp(to, who))
  await demand(to, 'aal3')
  const first = await signIn(to, who.email)
  assert.deepEqual(first.json.factors, ['passkey'])
  const ticket = given.at(first.json, 'ticket')

  const byApp = await presentTotp(to, ticket, codeOf(who.seed, to.clock.nowMs()))
  const byCode = await presentRecovery(to, ticket, who.recoveryCodes[0] ?? '')
  const byPasskey = await presentPasskey(to, ticket, key)

  assertProblem(byApp, 'invalid_factor')
  assertProblem(byCode, 'invalid_factor')
  assert.equal(byPasskey.status, 200, byPasskey.text)
  assert.equal(await leftOf(to, who.account), 10)
})

test('AAL3: a recovery code does not lead to a passkey of whoever has found it', async (t) => {
  const to = await open(t)
  const who = await personWithTotp(to)
  await demand(to, 'aal3')

  const answer = await presentRecovery(to, await ticketOf(to, who.email), who.recoveryCodes[0] ?? '')

  assertProblem(answer, 'invalid_factor')
})

test('AAL3: a passkey that can be copied signs in neither alone nor with the password', async (t) => {
  const to = await open(t)
  const who: PersonWithPasskey = await personWithPasskey(to, { synced: true })
  await demand(to, 'aal3')

  assertProblem(await tryToSignIn(to, who.key), 'invalid_passkey')
  const answer = await presentPasskey(to, await ticketOf(to, who.email), who.key)

  assert.equal(answer.json.status, 'factor_enrolment_required')
})

test('AAL3 ends a session after a quarter of an hour without use, and after half a day', async (t) => {
  const to = await open(t)
  const { key }: { key: SoftKey } = await personWithPasskey(to)
  await demand(to, 'aal3')

  await assertLimits(to, () => signedInByPasskey(to, key), 900, 43_200)
})

test('a level by role is demanded of its holders alone, and a stricter setting stays stricter', async (t) => {
  const to = await given.authority(t, {
    ...LAX,
    COUNTERSIGN_ASSURANCE_ROLES: 'administrator=aal3,member=aal1',
    COUNTERSIGN_SESSION_IDLE_SECONDS: '600',
  })

  const admin = await signIn(to, 'admin@example.com')
  const member = await signIn(to, (await given.person(to)).email)

  assert.deepEqual([admin.json.status, admin.json.factors], ['factor_enrolment_required', ['passkey']])
  assert.equal(member.json.status, 'signed_in')
  const bearer = given.at(member.json, 'session_token')
  to.clock.advance(601)
  assert.equal(await statusOf(to, bearer), 401)
})

test('what the level demands, its holder cannot remove; an administrator can', async (t) => {
  const to = await open(t)
  const who = await personWithTotp(to)
  const before = await signedInByTotp(to, who)
  const { id, key } = await addPasskey(to, before)
  await demand(to, 'aal3')
  const bearer = await signedInByPasskey(to, key)

  const device = await to.send('DELETE', `/v1/me/passkeys/${id}`, { bearer })
  const app = await to.send('DELETE', `/v1/me/factors/${who.id}`, { bearer })

  assertProblem(device, 'last_factor')
  assert.equal(app.status, 204, app.text)
  await demand(to, 'aal2')
  const later = await signedInByPasskey(to, key)
  assertProblem(await to.send('DELETE', `/v1/me/passkeys/${id}`, { bearer: later }), 'last_factor')
  const path = `/v1/accounts/${who.account}/factors/${id}`
  assert.equal((await to.send('DELETE', path, { key: to.adminKey })).status, 204)
})
