/**
 * Signing in here with an account elsewhere, where elsewhere is no program of ours: `oidc-provider`, a certified
 * implementation; and where it is another authority of this make, as the pool lets the gym’s members in.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, test } from 'node:test'
import { exportJWK, generateKeyPair } from 'jose'
import Provider, { type Configuration } from 'oidc-provider'
import { hiddenOf } from './browser.ts'
import { at, freePort, givenClient, givenPerson, givenServer } from './given.ts'
import { type Arrival, Traveller } from './traveller.ts'

const SESSION = '__Host-countersign_session'
const SECRET = 'a secret of the pool that nobody guesses'
const POOL = `http://localhost:${await freePort()}`
const callbackOf = (id: string): string => `${POOL}/login/provider/${id}/callback`

const gym = await givenServer()
const clientOfGym = await givenClient(gym, {
  name: 'The pool',
  grant_types: ['authorization_code'],
  redirect_uris: [callbackOf('gym')],
  scopes: ['openid', 'email', 'profile'],
})
const elsewhere = await openElsewhere()
const pool = await givenServer({
  COUNTERSIGN_PORT: new URL(POOL).port,
  COUNTERSIGN_OUTBOUND_NETWORKS: '127.0.0.0/8,::1/128',
  COUNTERSIGN_PROVIDERS: JSON.stringify([
    provider('gym', gym.url, clientOfGym.id, clientOfGym.secret),
    provider('elsewhere', elsewhere, 'pool', SECRET),
  ]),
})

function provider(id: string, issuer: string, clientId: string, clientSecret: string): object {
  return { kind: 'oidc', id, name: `The ${id}`, issuer, clientId, clientSecret }
}

/** `oidc-provider` as it comes, with its own pages to sign in on, for one client and anybody who names themselves. */
async function openElsewhere(): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const configuration: Configuration = {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'elsewhere' }] },
    cookies: { keys: ['a key of cookies'] },
    clients: [
      {
        client_id: 'pool',
        client_secret: SECRET,
        application_type: 'native',
        redirect_uris: [callbackOf('elsewhere')],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@example.org`, email_verified: true, name: 'Ada' }),
    }),
  }
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const issuer = `http://localhost:${address.port}`
  server.on('request', new Provider(issuer, configuration).callback())
  after(() => {
    server.close()
    server.closeAllConnections()
  })
  return issuer
}

/** Where the link of a provider leads on the pool’s own page. */
async function linkTo(id: string, traveller: Traveller): Promise<string> {
  const page = await traveller.send(new URL('/sign-in', POOL))
  const [, href] = new RegExp(`id="login-with-${id}" href="([^"]+)"`).exec(page.text) ?? []
  return `${POOL}${href?.replaceAll('&amp;', '&') ?? assert.fail(page.text)}`
}

async function whoAtPool(traveller: Traveller): Promise<Readonly<Record<string, unknown>>> {
  const bearer = traveller.cookiesOf(POOL).get(SESSION) ?? assert.fail('Nobody is signed in.')
  const me = await pool.send('GET', '/v1/me', { bearer })
  assert.equal(me.status, 200, me.text)
  return me.json
}

/** What somebody does on the pages of `oidc-provider`: says who they are, and allows. */
async function answerElsewhere(traveller: Traveller, arrival: Arrival, login: string): Promise<Arrival> {
  let shown = arrival
  while (shown.url.origin === elsewhere) {
    const { text, url } = shown
    const action = /<form[^>]* action="([^"]*)"/.exec(text)?.[1] ?? assert.fail(text)
    const prompt = text.includes('value="login"') ? 'login' : 'consent'
    const form = { ...hiddenOf(shown), prompt, login, password: 'any' }
    shown = await traveller.visit(new URL(action, url).href, { form })
  }
  return shown
}

test('the pool lets a member of the gym in, who is somebody of its own from then on', async () => {
  const member = await givenPerson(gym)
  const traveller = new Traveller(gym.url, member.email)
  const arrival = await traveller.visit(await linkTo('gym', traveller))

  assert.equal(arrival.url.origin, POOL)
  const first = await whoAtPool(traveller)
  assert.equal(at(first, 'principal', 'email'), member.email)
  assert.notEqual(at(first, 'principal', 'id'), member.id)
  assert.deepEqual(JSON.parse(JSON.stringify(first.credential)).amr, ['fed'])

  const again = new Traveller(gym.url, member.email)
  await again.visit(await linkTo('gym', again))
  assert.equal(at(await whoAtPool(again), 'principal', 'id'), at(first, 'principal', 'id'))
})

test('whoever says no at the gym is not signed in at the pool, and is told', async () => {
  const member = await givenPerson(gym)
  const traveller = new Traveller(gym.url, member.email)
  const arrival = await traveller.visit(await linkTo('gym', traveller), { decision: 'deny' })

  assert.match(arrival.text, /was not allowed to tell who you are/)
  assert.equal(traveller.cookiesOf(POOL).has(SESSION), false)
})

test('an answer of the gym that was altered on the way signs nobody in', async () => {
  const member = await givenPerson(gym)
  for (const answer of [
    (url: URL) => url.searchParams.set('iss', elsewhere),
    (url: URL) => url.searchParams.delete('iss'),
    (url: URL) => url.searchParams.set('code', 'made up'),
    (url: URL) => url.searchParams.set('state', 'made up'),
  ]) {
    const traveller = new Traveller(gym.url, member.email)
    await traveller.visit(await linkTo('gym', traveller), { answer })
    assert.equal(traveller.cookiesOf(POOL).has(SESSION), false, String(answer))
  }
})

test('somebody signs in with an account at oidc-provider, which tells of them by UserInfo alone', async () => {
  const traveller = new Traveller(gym.url, 'nobody@example.com')
  const form = await traveller.visit(await linkTo('elsewhere', traveller))
  const arrival = await answerElsewhere(traveller, form, 'ada')

  assert.equal(arrival.url.origin, POOL, arrival.text)
  const me = await whoAtPool(traveller)
  assert.equal(at(me, 'principal', 'email'), 'ada@example.org')
  assert.equal(at(me, 'principal', 'name'), 'Ada')
})

test('somebody who is known at the pool connects an account at oidc-provider, and signs in with it', async () => {
  const person = await givenPerson(pool)
  const traveller = new Traveller(POOL, person.email)
  await traveller.visit(`${POOL}/login`)
  const bearer = traveller.cookiesOf(POOL).get(SESSION) ?? assert.fail('Nobody is signed in.')
  const begun = await pool.send('POST', '/v1/me/identities', { bearer, body: { provider: 'elsewhere' } })
  assert.equal(begun.status, 201, begun.text)
  for (const line of begun.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    traveller.cookiesOf(POOL).set(name, value)
  }
  const form = await traveller.visit(at(begun.json, 'authorization_url'))
  const arrival = await answerElsewhere(traveller, form, 'grace')
  assert.equal(`${arrival.url.pathname}${arrival.url.search}`, '/account/security?connected=elsewhere')

  const again = new Traveller(gym.url, 'nobody@example.com')
  await answerElsewhere(again, await again.visit(await linkTo('elsewhere', again)), 'grace')
  assert.equal(at(await whoAtPool(again), 'principal', 'id'), person.id)
})
