/** passport-openidconnect in Express, which uses no PKCE and is registered with `oidc-basic`: the app of `examples/client-passport`. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { createApp, type Settings } from '../examples/client-passport/app.ts'
import { freePort, givenClient, givenPerson, givenServer, type Person } from './given.ts'
import { type Arrival, Traveller } from './traveller.ts'

const given = await givenServer()
const registration = {
  profile: 'oidc-basic',
  token_endpoint_auth_method: 'client_secret_post',
  grant_types: ['authorization_code'],
  redirect_uris: ['http://127.0.0.1/callback'],
  scopes: ['openid', 'email'],
}
const { id, secret } = await givenClient(given, registration)
const url = await start()
await given.send('PATCH', `/v1/clients/${id}`, {
  key: given.adminKey,
  body: { post_logout_redirect_uris: [`${url}/`] },
})

/** The app, and apps that were told something else. */
async function start(more: Partial<Settings> = {}): Promise<string> {
  const port = await freePort()
  const own = `http://127.0.0.1:${port}`
  const settings = {
    authority: given.url,
    url: own,
    clientId: id,
    clientSecret: secret,
    cookieSecret: 'of a test',
  }
  const server = createApp({ ...settings, ...more }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close())
  return own
}

/** Somebody new, in a browser of their own. */
async function somebody(): Promise<Traveller & { readonly person: Person }> {
  const person = await givenPerson(given)
  return Object.assign(new Traveller(given.url, person.email), { person })
}

async function assertRefused(
  browser: Traveller,
  answer: Arrival,
  status: number,
  body: object,
): Promise<void> {
  assert.equal(answer.status, status, answer.text)
  assert.deepEqual(answer.json, body)
  assert.equal((await browser.visit(`${answer.url.origin}/`)).status, 401)
}

test('somebody who allows nothing is not signed in', async () => {
  const browser = await somebody()

  const answer = await browser.visit(`${url}/sign-in`, { decision: 'deny' })

  assert.equal(answer.url.searchParams.get('error'), 'access_denied')
  await assertRefused(browser, answer, 401, { error: answer.url.searchParams.get('error_description') })
})

test('an answer with another state signs nobody in', async () => {
  const browser = await somebody()

  const answer = await browser.visit(`${url}/sign-in`, {
    answer: ({ searchParams }) => searchParams.set('state', 'another'),
  })

  await assertRefused(browser, answer, 403, { error: 'Invalid authorization request state.' })
})

test('an answer that another browser asked for signs nobody in', async () => {
  const [attacker, victim] = [await somebody(), await somebody()]
  let caught = ''
  await attacker.visit(`${url}/sign-in`, {
    answer: (back) => {
      caught = back.href
      back.pathname = '/'
    },
  })

  const answer = await victim.visit(caught)

  const error = 'Unable to verify authorization request state.'
  await assertRefused(victim, answer, 403, { error })
})

test('an ID token for another nonce is refused', async () => {
  const browser = await somebody()

  const answer = await browser.visit(`${url}/sign-in`, {
    request: ({ searchParams }) => searchParams.set('nonce', 'another'),
  })

  await assertRefused(browser, answer, 403, { error: 'ID token contains invalid nonce.' })
})

test('an app that calls the authority by another name than its issuer refuses the ID token', async () => {
  const alias = given.url.replace('localhost', '127.0.0.1')
  assert.notEqual(alias, given.url)
  const browser = await somebody()
  const elsewhere = await start({ authority: alias })

  const answer = await browser.visit(`${elsewhere}/sign-in`, {
    request: (to) => {
      to.host = new URL(given.url).host
    },
  })

  await assertRefused(browser, answer, 403, { error: 'ID token not issued by expected OpenID provider.' })
})

test('an app with a wrong secret is told invalid_client, and signs nobody in', async () => {
  const browser = await somebody()
  const impostor = await start({ clientSecret: `${secret.slice(0, -1)}` })

  const answer = await browser.visit(`${impostor}/sign-in`)

  await assertRefused(browser, answer, 502, { code: 'invalid_client', error: answer.json.error })
})

test('an app that is registered for PKCE cannot sign in with it, and is told why', async () => {
  const browser = await somebody()
  const client = await givenClient(given, { ...registration, profile: 'oauth2.1' })
  const modern = await start({ clientId: client.id, clientSecret: client.secret })

  const answer = await browser.visit(`${modern}/sign-in`)

  await assertRefused(browser, answer, 502, { code: 'invalid_request', error: answer.json.error })
  assert.match(String(answer.json.error), /code_challenge/)
})

test('somebody signs in, is known with the address that UserInfo tells, and signs out of both', async () => {
  const browser = await somebody()

  const home = await browser.visit(`${url}/sign-in`)

  assert.equal(home.url.href, `${url}/`)
  assert.deepEqual(home.json, { id: browser.person.id, email: browser.person.email })
  const bearer = browser.cookiesOf(given.url).get('__Host-countersign_session') ?? ''
  assert.equal((await given.send('GET', '/v1/me', { bearer })).status, 200)

  const left = await browser.visit(`${url}/sign-out`, {
    form: {},
    request: ({ searchParams }) => assert.ok(searchParams.has('id_token_hint')),
  })

  assert.equal(left.url.href, `${url}/`)
  assert.equal(left.status, 401)
  assert.equal((await given.send('GET', '/v1/me', { bearer })).status, 401)
})

test('two who sign in at once are each signed in as themselves', async () => {
  const [one, other] = [await somebody(), await somebody()]

  const homes = await Promise.all([one.visit(`${url}/sign-in`), other.visit(`${url}/sign-in`)])

  assert.deepEqual(
    homes.map(({ json }) => json.id),
    [one.person.id, other.person.id],
  )
})
