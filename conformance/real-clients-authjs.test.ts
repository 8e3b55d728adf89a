/** Auth.js (@auth/core) as a fetch handler: the app of `examples/client-authjs`. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { Auth } from '@auth/core'
import { createAdaptorServer } from '@hono/node-server'
import { exportJWK, generateKeyPair } from 'jose'
import { createApp, createConfig, createProvider, type Settings } from '../examples/client-authjs/app.ts'
import { at, freePort, givenClient, givenPerson, givenServer, type Person } from './given.ts'
import { type Arrival, change, type Detour, Traveller } from './traveller.ts'

const given = await givenServer()
const registration = {
  grant_types: ['authorization_code'],
  redirect_uris: ['http://127.0.0.1/auth/callback/countersign'],
  scopes: ['openid', 'email'],
}
/** How Auth.js reads the 401 of the token endpoint, without the code in its body. */
const CHALLENGED = /^server responded with a challenge in the WWW-Authenticate/
/** What the apps were told. */
const errors: Error[] = []
const { id, secret } = await givenClient(given, registration)
const url = await start()
const BYE = `${url}/auth/session`
await given.send('PATCH', `/v1/clients/${id}`, {
  key: given.adminKey,
  body: { post_logout_redirect_uris: [BYE] },
})

/** The app, and apps that were told something else or are made in another way. */
async function start(
  more: Partial<Settings> = {},
  create: (settings: Settings) => (request: Request) => Promise<Response> = createApp,
): Promise<string> {
  const port = await freePort()
  const own = `http://127.0.0.1:${port}`
  const settings = {
    authority: given.url,
    url: own,
    clientId: id,
    clientSecret: secret,
    cookieSecret: 'of a test',
  }
  const fetch = create({ ...settings, onError: (error) => errors.push(error), ...more })
  const server = createAdaptorServer({ fetch }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close())
  return own
}

/** Why the app signed nobody in: what the authority answered, or else what Auth.js says. */
function lastReason(): string {
  const error = errors.pop() ?? assert.fail('The app was content.')
  assert.deepEqual(errors, [])
  const { cause } = error
  if (typeof cause !== 'object' || cause === null) return error.message
  if ('error' in cause) return String(cause.error)
  return 'err' in cause && cause.err instanceof Error ? cause.err.message : error.message
}

/** Somebody new, in a browser of their own. */
async function somebody(): Promise<Traveller & { readonly person: Person }> {
  const person = await givenPerson(given)
  return Object.assign(new Traveller(given.url, person.email), { person })
}

/** Presses the app’s button, and comes back to what the app knows of the person. */
async function signIn(browser: Traveller, app: string, detour: Detour = {}): Promise<Arrival> {
  return browser.visit(`${app}/auth/signin/countersign`, {
    form: await fillIn(browser, app, `${app}/auth/session`),
    ...detour,
  })
}

async function fillIn(browser: Traveller, app: string, callbackUrl: string): Promise<Record<string, string>> {
  const { json } = await browser.visit(`${app}/auth/csrf`)
  return { csrfToken: at(json, 'csrfToken'), callbackUrl }
}

async function assertRefused(
  browser: Traveller,
  answer: Arrival,
  error: string,
  reason: RegExp,
): Promise<void> {
  assert.equal(answer.url.searchParams.get('error'), error)
  assert.match(lastReason(), reason)
  assert.equal((await browser.visit(`${answer.url.origin}/auth/session`)).text, 'null')
}

for (const [what, reason, detour] of [
  ['an answer with another state', /unexpected "state"/, { answer: change('state', 'another') }],
  ['an answer of another issuer', /unexpected "iss"/, { answer: change('iss', 'https://other.example.com') }],
  ['a code that was never given', /^invalid_grant$/, { answer: change('code', 'a'.repeat(43)) }],
  ['an ID token for another nonce', /unexpected ID Token "nonce"/, { request: change('nonce', 'another') }],
  [
    'a code that was asked for with another challenge',
    /^invalid_grant$/,
    { request: change('code_challenge', 'a'.repeat(43)) },
  ],
] as const satisfies readonly (readonly [string, RegExp, Detour])[]) {
  test(`${what} signs nobody in`, async () => {
    const browser = await somebody()

    const answer = await signIn(browser, url, detour)

    await assertRefused(browser, answer, 'Configuration', reason)
  })
}

test('somebody who allows nothing is not signed in', async () => {
  const browser = await somebody()
  const told: (string | null)[] = []

  const answer = await signIn(browser, url, {
    decision: 'deny',
    answer: ({ searchParams }) => told.push(searchParams.get('error')),
  })

  await assertRefused(browser, answer, 'OAuthCallbackError', /^OAuth Provider returned an error/)
  assert.deepEqual(told, ['access_denied'])
})

test('an answer that another browser asked for signs nobody in', async () => {
  const [attacker, victim] = [await somebody(), await somebody()]
  let caught = ''
  await signIn(attacker, url, {
    answer: (back) => {
      caught = back.href
      back.pathname = '/auth/session'
    },
  })

  const answer = await victim.visit(caught)

  await assertRefused(victim, answer, 'Configuration', /state value could not be parsed/)
})

test('an app with a wrong secret is asked for a better proof, and signs nobody in', async () => {
  const browser = await somebody()
  const impostor = await start({ clientSecret: secret.slice(0, -1) })

  const answer = await signIn(browser, impostor)

  await assertRefused(browser, answer, 'Configuration', CHALLENGED)
})

test('somebody signs in, is known with the address that UserInfo tells, and signs out of both', async () => {
  const browser = await somebody()

  const { json } = await signIn(browser, url)

  const { email } = browser.person
  assert.deepEqual(json.user, { id: browser.person.id, email })
  const bearer = browser.cookiesOf(given.url).get('__Host-countersign_session') ?? ''
  assert.equal((await given.send('GET', '/v1/me', { bearer })).status, 200)
  const leaving = new URLSearchParams({ client_id: id, post_logout_redirect_uri: BYE })
  const form = await fillIn(browser, url, `${given.url}/logout?${leaving}`)

  const left = await browser.visit(`${url}/auth/signout`, { form })

  assert.equal(left.url.href, BYE)
  assert.equal(left.text, 'null')
  assert.equal((await given.send('GET', '/v1/me', { bearer })).status, 401)
  assert.deepEqual(errors, [])
})

for (const [wish, place] of [
  ['https://evil.example.com/', '/'],
  ['//evil.example.com/', '/'],
  ['/auth/session', '/auth/session'],
] as const) {
  test(`whoever wishes to come back to ${wish} is sent to the app’s own ${place}`, async () => {
    const browser = await somebody()

    const arrival = await browser.visit(`${url}/auth/signin/countersign`, {
      form: await fillIn(browser, url, wish),
    })

    assert.equal(arrival.url.href, `${url}${place}`)
    assert.equal(at((await browser.visit(`${url}/auth/session`)).json.user, 'id'), browser.person.id)
    errors.length = 0 // The app has no page at its root, and says so.
  })
}

test('two who sign in at once are each signed in as themselves', async () => {
  const [one, other] = [await somebody(), await somebody()]

  const arrivals = await Promise.all([signIn(one, url), signIn(other, url)])

  assert.deepEqual(
    arrivals.map(({ json }) => at(json.user, 'id')),
    [one.person.id, other.person.id],
  )
})

for (const [profile, error] of [
  ['oauth2.1', 'Configuration'],
  ['oidc-basic', null],
] as const) {
  test(`private_key_jwt, whose assertions also name the token endpoint, under ${profile}: ${error === null ? 'signed in' : 'refused'}`, async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const jwk = { ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'one' }
    const client = await givenClient(given, {
      ...registration,
      profile,
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [jwk] },
    })
    const browser = await somebody()
    const app = await start({ clientId: client.id }, (settings) => (request) => {
      const provider = {
        ...createProvider(settings),
        client: { token_endpoint_auth_method: 'private_key_jwt' },
        token: { clientPrivateKey: { key: privateKey, kid: 'one' } },
      }
      return Auth(request, { ...createConfig(settings), providers: [provider] })
    })

    const answer = await signIn(browser, app)

    if (error === null) assert.equal(at(answer.json.user, 'id'), browser.person.id)
    else await assertRefused(browser, answer, error, CHALLENGED)
  })
}
