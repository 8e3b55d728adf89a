/** Signing out at the wish of an app (OpenID Connect RP-Initiated Logout 1.0, ASVS 10.6.2). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as openid from 'openid-client'
import { Browser, hiddenOf } from './browser.ts'
import { givenFlow } from './code-flow.ts'
import { type Answer, advanceSeconds, at } from './given.ts'

const flow = await givenFlow()
const { given, register, signedIn, codeFor, redeem, statusOf } = flow
const BYE = 'https://app.example.com/bye?from=us'
const SESSION = '__Host-countersign_session'

const app = await register({ post_logout_redirect_uris: [BYE] })
const other = await register({ post_logout_redirect_uris: ['https://other.example.com/bye'] })

interface SignedIn {
  readonly browser: Browser
  readonly session: string
  readonly idToken: string
  readonly accessToken: string
}

/** Somebody who is signed in here, and in the app by it. */
async function givenSignedIn(): Promise<SignedIn> {
  const browser = await signedIn()
  const tokens = await redeem(await codeFor(browser, { client_id: app.id }), { client_id: app.id })
  return {
    browser,
    session: browser.cookies.get(SESSION) ?? '',
    idToken: at(tokens.json, 'id_token'),
    accessToken: at(tokens.json, 'access_token'),
  }
}

const toPath = (parameters: Record<string, string>): string => `/logout?${new URLSearchParams(parameters)}`

async function assertLives({ session, accessToken }: SignedIn): Promise<void> {
  assert.equal(await statusOf(session), 200)
  assert.equal(await statusOf(accessToken), 200)
}

async function assertOver({ session, accessToken }: SignedIn): Promise<void> {
  assert.equal(await statusOf(session), 401)
  assert.equal(await statusOf(accessToken), 401)
}

function assertSentTo(answer: Answer, uri: string): void {
  assert.equal(answer.status, 303, answer.text)
  assert.equal(answer.headers.get('location'), uri)
  assert.ok(answer.headers.getSetCookie().some((line) => line.startsWith(`${SESSION}=;`)))
  assert.equal(answer.headers.get('clear-site-data'), '"cache", "storage"')
}

test('§2: the endpoint stands in the metadata', async () => {
  const { json } = await given.send('GET', '/.well-known/openid-configuration')

  assert.equal(json.end_session_endpoint, `${given.url}/logout`)
})

test('§6: without an ID token of this very session somebody is asked, and nothing ends before', async () => {
  const one = await givenSignedIn()
  const another = await givenSignedIn()

  for (const parameters of [
    {},
    { client_id: app.id, post_logout_redirect_uri: BYE },
    { id_token_hint: another.idToken },
    { id_token_hint: `${one.idToken.slice(0, -6)}AAAAAA` },
    { id_token_hint: 'no token', client_id: app.id },
    { id_token_hint: one.accessToken },
  ]) {
    const page = await one.browser.send('GET', toPath(parameters))
    assert.equal(page.status, 200, page.text)
    assert.match(page.text, /id="logout-confirm"/)
    assert.equal(page.headers.get('location'), null)
  }

  await assertLives(one)
  await assertLives(another)
})

test('§2: an ID token of another app than the one that is named is a mistake', async () => {
  const one = await givenSignedIn()

  const page = await one.browser.send('GET', toPath({ id_token_hint: one.idToken, client_id: other.id }))

  assert.equal(page.status, 400)
  assert.match(page.text, /id="oauth-error"[^>]*><code>client_id/)
  await assertLives(one)
})

test('§3: nobody is sent to an address that the app has not registered to the letter, and nothing ends', async () => {
  const one = await givenSignedIn()

  for (const uri of [
    'https://evil.example.com/',
    `${BYE}&x=1`,
    BYE.replace('app.', 'App.'),
    BYE.replace('https:', 'http:'),
    BYE.replace('.com/', '.com:443/'),
    `${BYE}#x`,
    'https://app.example.com/callback',
    'https://other.example.com/bye',
    'javascript:alert(1)',
    '//app.example.com/bye?from=us',
  ]) {
    for (const more of [{ id_token_hint: one.idToken }, { client_id: app.id }]) {
      const page = await one.browser.send('GET', toPath({ ...more, post_logout_redirect_uri: uri }))
      assert.equal(page.status, 400, uri)
      assert.equal(page.headers.get('location'), null)
      assert.match(page.text, /id="oauth-error"[^>]*><code>post_logout_redirect_uri/)
    }
  }
  const nameless = await one.browser.send('GET', toPath({ post_logout_redirect_uri: BYE }))
  assert.equal(nameless.status, 400)

  await assertLives(one)
})

test('§2: whoever asks with the ID token of the session is signed out at once and goes back with the state', async () => {
  const one = await givenSignedIn()
  const another = await givenSignedIn()
  const path = toPath({ id_token_hint: one.idToken, post_logout_redirect_uri: BYE, state: 'a &state' })

  assertSentTo(await one.browser.send('GET', path), `${BYE}&state=a+%26state`)

  await assertOver(one)
  await assertLives(another)
})

test('§2: an ID token that has expired is as good', async () => {
  const one = await givenSignedIn()
  advanceSeconds(600)

  const answer = await one.browser.send('GET', toPath({ id_token_hint: one.idToken }))

  assert.match(answer.text, /id="logged-out"/)
  assert.equal(await statusOf(one.session), 401)
})

test('§2: a form of the app does the same, and the ID token stands in no address of ours', async () => {
  const one = await givenSignedIn()
  const form = { id_token_hint: one.idToken, post_logout_redirect_uri: BYE, state: 'x' }
  // From another site, so without a cookie of ours.
  const posted = await given.send('POST', '/logout', { form, headers: { origin: 'https://app.example.com' } })

  assert.equal(posted.status, 303)
  const location = posted.headers.get('location') ?? ''
  assert.ok(!location.includes(one.idToken.slice(0, 40)))
  await assertLives(one)
  assertSentTo(await one.browser.send('GET', location), `${BYE}&state=x`)
  await assertOver(one)
})

test('§6: who was asked and says so is signed out, and goes back', async () => {
  const one = await givenSignedIn()
  const page = await one.browser.open(
    toPath({ client_id: app.id, post_logout_redirect_uri: BYE, state: 'x' }),
  )
  assert.match(page.text, /id="client-name">A client</)
  assert.match(
    page.headers.get('content-security-policy') ?? '',
    /form-action 'self' https:\/\/app\.example\.com/,
  )

  assertSentTo(await one.browser.submit(page, {}), `${BYE}&state=x`)

  await assertOver(one)
})

test('ASVS 3.5.1: the answer counts by our own page alone, for what it showed, by whom it was shown to', async () => {
  const [one, another] = [await givenSignedIn(), await givenSignedIn()]
  const page = await one.browser.open(toPath({ client_id: app.id }))
  const wider = await one.browser.open(toPath({ client_id: other.id }))
  const fields = hiddenOf(page)

  for (const attempt of [
    one.browser.send('POST', '/logout/confirm', { ...fields, csrf: '' }),
    one.browser.send('POST', '/logout/confirm', fields, { origin: 'https://evil.example.com' }),
    one.browser.send('POST', '/logout/confirm', fields, { 'sec-fetch-site': 'cross-site' }),
    one.browser.send('POST', '/logout/confirm', { ...fields, request: hiddenOf(wider).request ?? '' }),
    another.browser.send('POST', '/logout/confirm', fields),
  ]) {
    assert.match((await attempt).text, /id="logout-confirm"/)
  }
  const altered = await one.browser.send('POST', '/logout/confirm', {
    ...fields,
    request: `x${fields.request}`,
  })
  assert.equal(altered.status, 400)

  await assertLives(one)
  await assertLives(another)
})

test('ASVS 3.5.3: HEAD signs nobody out', async () => {
  const one = await givenSignedIn()

  const answer = await one.browser.send('HEAD', toPath({ id_token_hint: one.idToken }))

  assert.equal(answer.status, 200)
  await assertLives(one)
})

test('whoever is signed out already is sent back all the same, and a client that has ended sends nobody', async () => {
  const client = await register({ post_logout_redirect_uris: [BYE] })
  const stranger = new Browser(given)
  const path = toPath({ client_id: client.id, post_logout_redirect_uri: BYE })

  assertSentTo(await stranger.send('GET', path), BYE)
  assert.match((await stranger.send('GET', '/logout')).text, /id="logged-out"/)

  await given.send('DELETE', `/v1/clients/${client.id}`, { key: given.adminKey })
  assert.equal((await stranger.send('GET', path)).status, 400)
})

test('two at once: both are sent back, and the session ends once', async () => {
  const one = await givenSignedIn()
  const path = toPath({ id_token_hint: one.idToken, post_logout_redirect_uri: BYE })

  const answers = await Promise.all([one.browser.send('GET', path), one.browser.send('GET', path)])

  for (const answer of answers) assertSentTo(answer, BYE)
  await assertOver(one)
})

test('openid-client builds the address that signs out', async () => {
  const one = await givenSignedIn()
  const options = { execute: [openid.allowInsecureRequests] }
  const config = await openid.discovery(new URL(given.url), app.id, {}, openid.None(), options)

  const url = openid.buildEndSessionUrl(config, {
    id_token_hint: one.idToken,
    post_logout_redirect_uri: BYE,
    state: 'x',
  })

  assertSentTo(await one.browser.send('GET', `${url.pathname}${url.search}`), `${BYE}&state=x`)
  await assertOver(one)
})
