/** A level that is raised while people are signed in (ADR 0037): nothing that was opened before outlives it. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { type TestContext, test } from 'node:test'
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
import { browserOf } from './page-browser.ts'

const MONTH = String(30 * 86_400)
const REDIRECT = 'https://app.example.com/callback'
const OWN = { origin: given.ISSUER, 'sec-fetch-site': 'same-origin' }
/** Settings that are laxer than every level. */
const LAX = {
  ...given.UNLIMITED,
  COUNTERSIGN_SESSION_LIFETIME_SECONDS: MONTH,
  COUNTERSIGN_SESSION_IDLE_SECONDS: MONTH,
  COUNTERSIGN_REFRESH_IDLE_SECONDS: MONTH,
}

const open = (t: TestContext, more: Record<string, string> = {}): Promise<given.Given> =>
  given.authority(t, { ...LAX, ...more })

const statusOf = async (to: given.Given, bearer: string): Promise<number> =>
  (await to.send('GET', '/v1/me', { bearer })).status

const refresh = (to: given.Given, token: string, client_id = 'first-party'): Promise<given.Answer> =>
  to.send('POST', '/oauth/token', {
    form: { grant_type: 'refresh_token', refresh_token: token, client_id },
  })

async function roleTo(to: given.Given, id: string, roles: readonly string[]): Promise<void> {
  const answer = await to.send('PATCH', `/v1/accounts/${id}`, { key: to.adminKey, body: { roles } })
  assert.equal(answer.status, 200, answer.text)
}

test('what was opened by a password alone ends with AAL2, also where the server ends before it says so', async (t) => {
  const to = await open(t)
  const { email, id } = await given.person(to)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', email)
  const { refresh_token = '' } = await given.signedIn(to, 'jwt', email)
  await to.restart(undefined, { COUNTERSIGN_ASSURANCE: 'aal2' })

  assertProblem(await to.send('GET', '/v1/me', { bearer }), 'invalid_credential')
  assertProblem(await to.send('POST', '/v1/me/step-up', { bearer }), 'invalid_credential')
  assert.equal((await refresh(to, refresh_token)).json.error, 'invalid_grant')
  const tree = await to.send('GET', `/v1/accounts/${id}/tree`, { key: to.adminKey })
  assert.deepEqual(tree.json.sessions, [], 'Nobody is told of a session that opens nothing.')
  // Nothing was used up: whoever lowers the level again has ended nobody.
  await to.restart(undefined, { COUNTERSIGN_ASSURANCE: 'off' })
  assert.equal(await statusOf(to, bearer), 200)
  assert.equal((await refresh(to, refresh_token)).status, 200)
})

test('a session of two factors goes on, for as long as it would have lived under AAL2 and no longer', async (t) => {
  const to = await open(t)
  const who = await personWithTotp(to)
  const [unused, used] = [await signedInByTotp(to, who), await signedInByTotp(to, who)]
  const openedMs = to.clock.nowMs()
  to.clock.advance(3000)
  await to.restart(undefined, { COUNTERSIGN_ASSURANCE: 'aal2' })
  assert.equal(await statusOf(to, used), 200)

  to.clock.advance(700)

  assert.equal(await statusOf(to, unused), 401, 'It lay unused for more than an hour, part of it before.')
  while (to.clock.nowMs() - openedMs < 86_000_000) {
    assert.equal(await statusOf(to, used), 200)
    to.clock.advance(3000)
  }
  to.clock.advance(1000)
  assert.equal(await statusOf(to, used), 401, 'A day is counted from when it was opened.')
})

test('neither a step-up nor a token minted from it carries a session past the end of its level', async (t) => {
  const to = await open(t, { COUNTERSIGN_ACCESS_TOKEN_LIFETIME_SECONDS: '3600' })
  const who = await personWithTotp(to)
  const bearer = await signedInByTotp(to, who)
  await to.restart(undefined, { COUNTERSIGN_ASSURANCE: 'aal2' })
  for (let hours = 0; hours < 23.5; hours += 0.5) {
    to.clock.advance(1800)
    assert.equal(await statusOf(to, bearer), 200)
  }

  const stronger = await stepUp(to, bearer, 'totp', codeOf(who.seed, to.clock.nowMs()))
  assert.equal(stronger.status, 200, stronger.text)
  const token = given.at(stronger.json, 'session_token')
  assert.equal(await statusOf(to, token), 200)
  to.clock.advance(1801)

  assert.equal(await statusOf(to, token), 401)
})

test('whoever is given a role with a level loses at once what does not reach it, tokens included', async (t) => {
  const to = await open(t, { COUNTERSIGN_ASSURANCE_ROLES: 'guarded=aal2' })
  await to.send('POST', '/v1/roles', { key: to.adminKey, body: { id: 'guarded', permissions: [] } })
  const { email, id } = await given.person(to)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', email)
  const jwt = await given.signedIn(to, 'jwt', email)
  const strong = await personWithTotp(to)
  const kept = await signedInByTotp(to, strong)
  assert.deepEqual([await statusOf(to, bearer), await statusOf(to, jwt.access_token ?? '')], [200, 200])

  await Promise.all([
    roleTo(to, id, ['member', 'guarded']),
    statusOf(to, bearer),
    refresh(to, jwt.refresh_token ?? ''),
  ])
  await roleTo(to, strong.account, ['member', 'guarded'])

  assert.deepEqual([await statusOf(to, bearer), await statusOf(to, jwt.access_token ?? '')], [401, 401])
  assert.equal((await refresh(to, jwt.refresh_token ?? '')).json.error, 'invalid_grant')
  assert.equal(await statusOf(to, kept), 200)
  const next = await to.send('POST', '/v1/sign-in', { body: { email, password: given.PASSWORD } })
  assert.equal(next.json.status, 'factor_enrolment_required')
})

test('a restart with a raised level reaches tokens that were minted before, and another restart none', async (t) => {
  const to = await open(t)
  const who = await personWithTotp(to)
  const ticket = await ticketOf(to, who.email, { deliver: 'jwt' })
  const { json } = await presentTotp(to, ticket, codeOf(who.seed, to.clock.nowMs()))
  nextStep(to.clock)
  const session = await signedInByTotp(to, who)
  await to.restart(undefined, { COUNTERSIGN_ASSURANCE: 'aal2' })

  assert.equal(await statusOf(to, String(json.access_token)), 401, 'It may live for longer than its session.')
  const { json: next } = await refresh(to, String(json.refresh_token))
  assert.deepEqual([await statusOf(to, String(next.access_token)), await statusOf(to, session)], [200, 200])
  await to.restart(undefined, { COUNTERSIGN_ASSURANCE: 'aal2' })
  assert.equal(await statusOf(to, String(next.access_token)), 200)
  const { json: audit } = await to.send('GET', '/v1/audit?type=assurance.changed', { key: to.adminKey })
  assert.ok(Array.isArray(audit.items))
  const told = audit.items.map(({ details }) => [details.everyone, details.roles])
  assert.deepEqual(told, [['aal2', '']])
})

async function register(to: given.Given): Promise<string> {
  const body = {
    id: 'app',
    name: 'An app',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [REDIRECT],
    scopes: ['openid', 'offline_access', 'notes:read'],
  }
  const made = await to.send('POST', '/v1/clients', { key: to.adminKey, body })
  assert.equal(made.status, 201, made.text)
  return body.id
}

const VERIFIER = 'v'.repeat(43)

/** Where the browser ends up: with a code, or on a page. */
async function codeFor(to: given.Given, bearer: string, scope: string): Promise<string | null> {
  const browser = browserOf(to.send, OWN)
  browser.cookies.set('__Host-countersign_session', bearer)
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'app',
    redirect_uri: REDIRECT,
    scope,
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const page = await browser.ask('GET', `/oauth/authorize?${query}`)
  const isAsked = /id="consent-allow"/.test(page.text)
  const back = isAsked ? await browser.submit(page, { decision: 'allow' }) : page
  const location = back.headers.get('location') ?? 'none:'
  return new URL(location).searchParams.get('code')
}

const redeem = (to: given.Given, code: string | null): Promise<given.Answer> =>
  to.send('POST', '/oauth/token', {
    form: {
      grant_type: 'authorization_code',
      code: code ?? '',
      client_id: 'app',
      redirect_uri: REDIRECT,
      code_verifier: VERIFIER,
    },
  })

test('an application that demands more has its tokens, codes and offline grants ended; who reaches it comes back', async (t) => {
  const to = await open(t)
  await register(to)
  const who = await personWithTotp(to)
  const [weak, strong] = [who.bearer, await signedInByTotp(to, who)]
  const tokens = []
  for (const scope of ['openid notes:read', 'openid offline_access notes:read']) {
    for (const bearer of [weak, strong]) {
      const { json, text } = await redeem(to, await codeFor(to, bearer, scope))
      assert.equal(typeof json.refresh_token, 'string', text)
      tokens.push(json)
    }
  }
  const waiting = await codeFor(to, strong, 'openid')
  assert.ok(waiting)
  const raise = () => to.send('PATCH', '/v1/clients/app', { key: to.adminKey, body: { assurance: 'aal2' } })

  const raised = await Promise.all([raise(), raise()])

  for (const answer of raised) assert.equal(answer.status, 200, answer.text)
  for (const { access_token, refresh_token } of tokens) {
    assert.equal(await statusOf(to, String(access_token)), 401)
    assert.equal((await refresh(to, String(refresh_token), 'app')).json.error, 'invalid_grant')
  }
  assert.equal((await redeem(to, waiting)).json.error, 'invalid_grant')
  assert.deepEqual([await statusOf(to, weak), await statusOf(to, strong)], [200, 200])
  assert.equal(await codeFor(to, weak, 'openid notes:read'), null)
  const again = await redeem(to, await codeFor(to, strong, 'openid notes:read'))
  assert.equal(again.status, 200, again.text)
  // And what it is given now ends with the level's day, however long the session under it lives.
  let refreshed = String(again.json.refresh_token)
  for (let hours = 0; hours < 23; hours += 1) {
    to.clock.advance(3590)
    const answer = await refresh(to, refreshed, 'app')
    assert.equal(answer.status, 200, answer.text)
    refreshed = String(answer.json.refresh_token)
  }
  to.clock.advance(3590 + 300)
  assert.equal((await refresh(to, refreshed, 'app')).json.error, 'invalid_grant')
  assert.equal(await statusOf(to, strong), 200)
})

test('where an application demands less than before, nothing ends', async (t) => {
  const to = await open(t)
  await register(to)
  const change = (assurance: string | null) =>
    to.send('PATCH', '/v1/clients/app', { key: to.adminKey, body: { assurance } })
  await change('aal2')
  const bearer = await signedInByTotp(to, await personWithTotp(to))
  const { json } = await redeem(to, await codeFor(to, bearer, 'openid notes:read'))

  for (const level of ['aal1', null]) await change(level)

  assert.equal(await statusOf(to, String(json.access_token)), 200)
  assert.equal((await refresh(to, String(json.refresh_token), 'app')).status, 200)
})

test('a refresh token that lay unused for longer than its application allows is refused', async (t) => {
  const to = await open(t)
  await register(to)
  await to.send('PATCH', '/v1/clients/app', { key: to.adminKey, body: { assurance: 'aal2' } })
  const bearer = await signedInByTotp(to, await personWithTotp(to))
  const { json } = await redeem(to, await codeFor(to, bearer, 'openid notes:read'))
  to.clock.advance(3601)

  const answer = await refresh(to, String(json.refresh_token), 'app')

  assert.equal(answer.json.error, 'invalid_grant')
})
