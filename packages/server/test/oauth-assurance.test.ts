/** An app that demands a level: a weaker sign-in, or none, gives it no code. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { personWithTotp, signedInByTotp } from './authenticator.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { personWithPasskey, signedInByPasskey } from './passkeys.ts'

const shared = await given.openAuthority({
  ...given.UNLIMITED,
  COUNTERSIGN_SESSION_LIFETIME_SECONDS: '2592000',
  COUNTERSIGN_SESSION_IDLE_SECONDS: '2592000',
})
after(shared.close)
const { adminKey, clock, send } = shared.given
const REDIRECT = 'https://app.example.com/callback'

let counted = 0
async function register(assurance: string | undefined): Promise<string> {
  counted += 1
  const id = `strong-${counted}`
  const body = {
    id,
    name: 'An app',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    redirect_uris: [REDIRECT],
    scopes: ['openid'],
    ...(assurance && { assurance }),
  }
  const made = await send('POST', '/v1/clients', { key: adminKey, body })
  assert.equal(made.status, 201, made.text)
  assert.equal(Object(made.json.client).assurance, assurance ?? null)
  return id
}

const ask = (client_id: string, bearer: string | null, more: Record<string, string> = {}) =>
  send(
    'GET',
    `/oauth/authorize?${new URLSearchParams({
      response_type: 'code',
      client_id,
      redirect_uri: REDIRECT,
      scope: 'openid',
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
      ...more,
    })}`,
    bearer === null ? {} : { cookie: `__Host-countersign_session=${bearer}` },
  )

const locationOf = (answer: given.Answer): string => answer.headers.get('location') ?? answer.text

test('AAL2: a session by password alone is asked to sign in again, and told so where nobody may be asked', async () => {
  const client = await register('aal2')
  const { bearer } = await personWithTotp(shared.given)

  const answer = await ask(client, bearer)
  const silent = await ask(client, bearer, { prompt: 'none' })

  assert.match(locationOf(answer), /^\/login\?interaction=/)
  assert.match(locationOf(silent), /error=login_required/)
})

test('AAL2: two factors are enough for a day', async () => {
  const client = await register('aal2')
  const bearer = await signedInByTotp(shared.given, await personWithTotp(shared.given))
  assert.match(locationOf(await ask(client, bearer)), /^\/consent\?interaction=/)
  clock.advance(86_401)

  const late = await ask(client, bearer)

  assert.match(locationOf(late), /^\/login\?interaction=/)
  assert.match(locationOf(await ask(await register(undefined), bearer)), /^\/consent\?/)
})

test('AAL3: codes are not enough, nor is a passkey that can be copied; one that cannot is', async () => {
  const client = await register('aal3')
  const byApp = await signedInByTotp(shared.given, await personWithTotp(shared.given))
  const copied = await personWithPasskey(shared.given, { synced: true })
  const held = await personWithPasskey(shared.given)

  const byCopy = await signedInByPasskey(shared.given, copied.key)
  clock.advance(1)
  for (const bearer of [byApp, byCopy]) {
    assert.match(locationOf(await ask(client, bearer)), /^\/login\?interaction=/)
  }

  const bearer = await signedInByPasskey(shared.given, held.key)
  assert.match(locationOf(await ask(client, bearer)), /^\/consent\?interaction=/)
})

test('whoever has just signed in in a weaker way gives the app no code, and is not asked for ever', async () => {
  const client = await register('aal2')
  const { email } = await given.person(shared.given)
  const login = locationOf(await ask(client, null))
  const { cookie } = await given.signedIn(shared.given, 'cookie', email)

  const answer = await send('GET', login.replace('/login', '/consent'), { cookie })

  assert.match(locationOf(answer), /^https:\/\/app\.example\.com\/callback\?error=access_denied/)
})

test('on the page of an app that demands two factors, a password alone opens no session', async () => {
  const client = await register('aal2')
  const { email } = await given.person(shared.given)
  const page = await send('GET', locationOf(await ask(client, null)))
  const form = Object.fromEntries(
    [...page.text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(
      ([, name = '', value = '']) => [name, value],
    ),
  )
  const [cookie = ''] = page.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')

  const answer = await send('POST', '/login', {
    cookie,
    form: { ...form, identifier: email, password: given.PASSWORD },
    headers: { origin: given.ISSUER, 'sec-fetch-site': 'same-origin' },
  })

  assert.ok(!answer.headers.getSetCookie().some((line) => line.includes('countersign_session')))
  assert.equal(answer.headers.get('location'), null)
})

test('a level that is none is refused, and it is changed and taken away like every other setting', async () => {
  const client = await register('aal2')
  const change = (assurance: unknown): Promise<given.Answer> =>
    send('PATCH', `/v1/clients/${client}`, { key: adminKey, body: { assurance } })

  assertProblem(await change('aal4'), 'invalid_request')

  for (const assurance of ['aal3', null]) {
    assert.equal(Object((await change(assurance)).json.client).assurance, assurance)
  }
})
