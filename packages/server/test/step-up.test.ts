/** Step-up: proving once more who holds a session, and what that does to its credentials (RFC 9470). */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import {
  codeOf,
  nextStep,
  personWithTotp,
  presentTotp,
  signedInByTotp,
  stepUp,
  ticketOf,
} from './authenticator.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { send, clock } = shared.given
const password = given.PASSWORD

const code = (who: { seed: string }, drift = 0): string => codeOf(who.seed, clock.nowMs(), drift)

test('stepping up: the old value ends, the new one says more, and the session stays the same', async () => {
  const who = await personWithTotp(shared.given)
  const before = await send('GET', '/v1/me', { bearer: who.bearer })

  const stepped = await stepUp(shared.given, who.bearer, 'totp', code(who))

  assert.deepEqual(
    { ...stepped.json, session_token: '' },
    {
      status: 'stepped_up',
      acr: 'urn:countersign:acr:aal2',
      auth_time: new Date(clock.nowMs()).toISOString(),
      session_token: '',
    },
  )
  assertProblem(await send('GET', '/v1/me', { bearer: who.bearer }), 'invalid_credential')
  const after = await send('GET', '/v1/me', { bearer: given.at(stepped.json, 'session_token') })
  assert.equal(given.at(after.json, 'credential', 'id'), given.at(before.json, 'credential', 'id'))
  assert.equal(given.at(after.json, 'credential', 'acr'), 'urn:countersign:acr:aal2')
})

test('stepping up by cookie sets a new cookie, and needs the site’s own page', async () => {
  const who = await personWithTotp(shared.given)
  nextStep(clock)
  const ticket = await ticketOf(shared.given, who.email)
  const { headers: signedIn } = await presentTotp(shared.given, ticket, code(who))
  const cookie = signedIn.getSetCookie()[0]?.split(';')[0] ?? ''
  nextStep(clock)
  const headers = { 'sec-fetch-site': 'same-origin' }
  const begun = await send('POST', '/v1/me/step-up', { cookie, headers })
  const body = { ticket: given.at(begun.json, 'ticket'), factor: 'totp', code: code(who) }
  assertProblem(await send('POST', '/v1/me/step-up/factor', { cookie, body }), 'csrf_refused')

  const stepped = await send('POST', '/v1/me/step-up/factor', { cookie, headers, body })

  const fresh = stepped.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  assert.match(fresh, /^__Host-countersign_session=/)
  assert.deepEqual(Object.keys(stepped.json), ['status', 'acr', 'auth_time', 'csrf_token'])
  assert.equal((await send('GET', '/v1/me', { cookie })).status, 401)
  assert.equal((await send('GET', '/v1/me', { cookie: fresh })).status, 200)
})

test('stepping up with tokens: the access token ends, and the next refresh says the new level', async () => {
  const { email } = await given.person(shared.given)
  const { access_token: bearer = '', refresh_token = '' } = await given.signedIn(shared.given, 'jwt', email)
  clock.advance(300)

  const stepped = await stepUp(shared.given, bearer, 'password', password)

  assert.deepEqual(Object.keys(stepped.json), ['status', 'acr', 'auth_time'])
  assertProblem(await send('GET', '/v1/me', { bearer }), 'invalid_credential')
  const form = { grant_type: 'refresh_token', client_id: 'first-party', refresh_token }
  const refreshed = await send('POST', '/oauth/token', { form })
  const me = await send('GET', '/v1/me', { bearer: given.at(refreshed.json, 'access_token') })
  assert.equal(given.at(me.json, 'credential', 'auth_time'), new Date(clock.nowMs()).toISOString())
})

test('a password steps up only where there is nothing stronger', async () => {
  const who = await personWithTotp(shared.given)
  const begun = await send('POST', '/v1/me/step-up', { bearer: who.bearer })
  assert.deepEqual(begun.json.factors, ['totp', 'recovery_code'])
  const body = { ticket: given.at(begun.json, 'ticket'), factor: 'password', code: password }

  assertProblem(await send('POST', '/v1/me/step-up/factor', { bearer: who.bearer, body }), 'invalid_factor')

  const byCode = { ...body, factor: 'recovery_code', code: who.recoveryCodes[4] }
  assert.equal(
    (await send('POST', '/v1/me/step-up/factor', { bearer: who.bearer, body: byCode })).status,
    200,
  )
})

test('a code that signed in does not step up, and one that stepped up does not sign in', async () => {
  const who = await personWithTotp(shared.given)
  const used = code(who)
  const bearer = await signedInByTotp(shared.given, who)
  assertProblem(await stepUp(shared.given, bearer, 'totp', used), 'invalid_factor')
  const next = code(who)
  assert.equal((await stepUp(shared.given, bearer, 'totp', next)).status, 200)

  assertProblem(
    await presentTotp(shared.given, await ticketOf(shared.given, who.email), next),
    'invalid_factor',
  )
})
