/** Pairwise subjects (OpenID Connect Core 1.0 §8): what clients are told of people, and that it ends with what it stands for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt } from 'jose'
import * as openid from 'openid-client'
import { Browser, returned } from './browser.ts'
import { REDIRECT } from './code-flow.ts'
import { type Answer, assertOAuthError, at, givenPerson, type RegisteredClient } from './given.ts'
import { bearerOf, givenPairwise, headersOf, type Tokens } from './pairwise-flow.ts'

const flow = await givenPairwise()
const { given, pairwise, somebody, signInTo, refresh, sessionOf, statusOf } = flow
const OTHER = 'https://other.example.net/callback'
const admin = { key: given.adminKey }
const [app, sibling, stranger] = [
  await pairwise({ token_endpoint_auth_method: 'client_secret_basic' }),
  await pairwise(),
  await pairwise({ redirect_uris: [OTHER] }),
]

test('§8, §3: the metadata says that there are both', async () => {
  const { json } = await given.send('GET', '/.well-known/openid-configuration')

  assert.deepEqual(json.subject_types_supported, ['public', 'pairwise'])
})

test('§8: one person has one subject in a sector, another one in the next, and their own id nowhere', async () => {
  const { id, browser } = await somebody()
  const first = await signInTo(app, browser)
  const again = await signInTo(app, browser)
  const near = await signInTo(sibling, browser)
  const far = await signInTo(stranger, browser, OTHER)
  const open = await signInTo(flow.app, browser)
  const { browser: nobody } = await somebody()
  const other = await signInTo(app, nobody)

  assert.equal(open.sub, id)
  assert.equal(open.sid, await sessionOf(browser))
  assert.deepEqual([again.sub, near.sub], [first.sub, first.sub])
  assert.equal(near.sid, first.sid)
  assert.equal(new Set([id, first.sub, far.sub, other.sub]).size, 4)
  assert.equal(new Set([open.sid, first.sid, far.sid, other.sid]).size, 4)
  // To whoever reads ids they are such.
  assert.match(first.sub, /^acc_[0-9a-hjkmnp-tv-z]{26}$/)
  assert.match(first.sid, /^ses_[0-9a-hjkmnp-tv-z]{26}$/)
})

test('§8, §5.3.2: whatever a client is given or may ask names the subject, and never the id', async () => {
  const { id, browser } = await somebody()
  const session = await sessionOf(browser)
  const tokens = await signInTo(app, browser)
  const refreshed = await refresh(app, tokens.refresh)
  const access = at(refreshed.json, 'access_token')
  const headers = { ...headersOf(app) }

  const told: Answer[] = [
    await given.send('GET', '/oauth/userinfo', { bearer: access }),
    await given.send('GET', '/v1/me', { bearer: access }),
    await given.send('GET', '/v1/me/sessions', { bearer: access }),
    await given.send('DELETE', `/v1/me/sessions/${tokens.sid}`, { bearer: access }),
    await given.send('GET', `/v1/accounts/${tokens.sub}`, { bearer: access }),
    await given.post('/oauth/introspect', { token: access }, { headers }),
    await given.post('/oauth/introspect', { token: at(refreshed.json, 'refresh_token') }, { headers }),
    await given.post('/oauth/revoke', { token: access, client_id: app.id }, { headers }),
  ]

  assert.equal(told[0]?.json.sub, tokens.sub)
  assert.equal(told[5]?.json.sub, tokens.sub)
  assert.equal(told[5]?.json.sid, tokens.sid)
  const claims = [tokens.access, tokens.idToken, access].map((token) => JSON.stringify(decodeJwt(token)))
  const said = [...claims, JSON.stringify(tokens.json), refreshed.text, ...told.map(({ text }) => text)]
  for (const text of said) assert.ok(!text.includes(id) && !text.includes(session), text)
  for (const claim of claims) assert.ok(claim.includes(tokens.sub) && claim.includes(tokens.sid))
})

test('§8: no address of the API that reads anything tells such a client an id, or breaks on a name', async () => {
  const { id, browser } = await somebody()
  const session = await sessionOf(browser)
  const { access, sub, sid } = await signInTo(app, browser)
  const document = Object((await given.send('GET', '/openapi.json')).json)
  const paths = Object.entries(Object(document.paths)).filter(([, methods]) => Object(methods).get)
  assert.ok(paths.length > 40)

  for (const [path] of paths) {
    // A name in place of whatever id the address wants.
    const named = path.replaceAll(/\{[^}]*\}/g, path.includes('session') ? sid : sub)
    if (named.endsWith('/v1/revocations')) continue
    const answer = await given.send('GET', named, { bearer: access })
    assert.ok(answer.status < 500, `${named}: ${answer.status} ${answer.text}`)
    assert.ok(!answer.text.includes(id) && !answer.text.includes(session), named)
  }
})

const revoke = (kind: string, id: string): Promise<Answer> =>
  given.send('POST', '/v1/revocations', { ...admin, body: { target: { kind, id } } })

interface Ending {
  readonly id: string
  readonly session: string
  readonly browser: Browser
  readonly tokens: Tokens
}

const ends: Readonly<Record<string, (one: Ending) => Promise<Answer>>> = {
  'the account is revoked': ({ id }) => revoke('account', id),
  'the account is revoked by the name that an API knows': ({ tokens }) => revoke('account', tokens.sub),
  'the session is revoked': ({ session }) => revoke('session', session),
  'the session is revoked by its name': ({ tokens }) => revoke('session', tokens.sid),
  'the grant is revoked': ({ tokens }) => revoke('grant', String(decodeJwt(tokens.access).gid)),
  'the account is disabled': ({ id }) =>
    given.send('PATCH', `/v1/accounts/${id}`, { ...admin, body: { disabled: true } }),
  'the account is ended': ({ id }) => given.send('DELETE', `/v1/accounts/${id}`, admin),
  'the person signs out': ({ browser }) =>
    given.send('POST', '/v1/sign-out', {
      bearer: bearerOf(browser),
    }),
  'the consent is taken back': ({ browser }) =>
    given.send('DELETE', `/v1/me/consents/${app.id}`, {
      bearer: bearerOf(browser),
    }),
  'the app sends the browser to /logout': ({ browser, tokens }) =>
    browser.open(`/logout?id_token_hint=${tokens.idToken}`),
}

for (const [what, end] of Object.entries(ends)) {
  test(`§8: tokens with names in them are over once ${what}`, async () => {
    const { id, browser } = await somebody()
    const [tokens, far] = [await signInTo(app, browser), await signInTo(stranger, browser, OTHER)]
    const { browser: bystander } = await somebody()
    const theirs = await signInTo(app, bystander)
    assert.equal(await statusOf(tokens.access), 200)

    const answer = await end({ id, session: await sessionOf(browser), browser, tokens })

    assert.ok(answer.status < 400, answer.text)
    assert.equal(await statusOf(tokens.access), 401)
    const asked = await given.post(
      '/oauth/introspect',
      { token: tokens.access },
      { headers: { ...headersOf(app) } },
    )
    assert.deepEqual(asked.json, { active: false })
    assertOAuthError(await refresh(app, tokens.refresh), 400, 'invalid_grant')
    const isOfOneApp = /grant|consent/.test(what)
    assert.equal(await statusOf(far.access), isOfOneApp ? 200 : 401)
    assert.equal(await statusOf(theirs.access), 200)
  })
}

test('§8: an account whose roles change is refreshed into what it may do now', async () => {
  const { id, browser } = await somebody()
  const tokens = await signInTo(app, browser)

  const body = { roles: [] }
  assert.equal((await given.send('PATCH', `/v1/accounts/${id}`, { ...admin, body })).status, 200)

  assert.equal(await statusOf(tokens.access), 401)
  const refreshed = await refresh(app, tokens.refresh)
  const { sub, scope } = decodeJwt(at(refreshed.json, 'access_token'))
  assert.deepEqual([sub, scope], [tokens.sub, ''])
})

test('§3.1.2.1: a hint counts in the names of whoever gives it, so that nobody can try out who is who', async () => {
  const { id, browser } = await somebody()
  const tokens = await signInTo(app, browser)
  const [far, open] = [await signInTo(stranger, browser, OTHER), await signInTo(flow.app, browser)]
  const ask = async (client: RegisteredClient, redirect: string, more: Record<string, string>) => {
    const path = flow.toPath({ client_id: client.id, redirect_uri: redirect, prompt: 'none', ...more })
    return returned(await browser.send('GET', path), redirect).get('error')
  }
  const claims = (value: string) => ({ claims: JSON.stringify({ id_token: { sub: { value } } }) })

  assert.equal(await ask(app, REDIRECT, { id_token_hint: tokens.idToken }), null)
  assert.equal(await ask(app, REDIRECT, claims(tokens.sub)), null)
  assert.equal(await ask(flow.app, REDIRECT, claims(id)), null)
  for (const hint of [
    { id_token_hint: far.idToken },
    { id_token_hint: open.idToken },
    claims(far.sub),
    claims(id),
    claims('nobody'),
  ]) {
    assert.equal(await ask(app, REDIRECT, hint), 'login_required', JSON.stringify(hint))
  }
  assert.equal(await ask(flow.app, REDIRECT, { id_token_hint: tokens.idToken }), 'login_required')
  assert.equal(await ask(flow.app, REDIRECT, claims(tokens.sub)), 'login_required')
})

test('openid-client: a client with pairwise subjects signs in, refreshes, and compares UserInfo with its ID token', async () => {
  const person = await givenPerson(given, ['notes:read'])
  const execute = [openid.allowInsecureRequests]
  const auth = openid.ClientSecretBasic(app.secret)
  const config = await openid.discovery(new URL(given.url), app.id, {}, auth, { execute })
  const [verifier, state, nonce] = [
    openid.randomPKCECodeVerifier(),
    openid.randomState(),
    openid.randomNonce(),
  ]
  const start = openid.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT,
    scope: 'openid email offline_access',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  })
  const browser = new Browser(given)
  const consent = await browser.signIn(await browser.open(`${start.pathname}${start.search}`), person.email)
  const answer = await browser.submit(consent, { decision: 'allow' })
  const back = new URL(answer.headers.get('location') ?? assert.fail(answer.text))

  const tokens = await openid.authorizationCodeGrant(config, back, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  })
  const subject = tokens.claims()?.sub ?? ''
  const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
  const info = await openid.fetchUserInfo(config, refreshed.access_token, subject)

  assert.deepEqual([info.sub, info.email], [subject, person.email])
  assert.notEqual(subject, person.id)
})
