/**
 * Minting under names against revoking ids (OIDC Core §8): tokens of clients with pairwise subjects are asked for before,
 * during and after an end. Once the end was acknowledged, none of them is accepted, although no name in them is one that
 * whoever ended it has said (lease protocol, rule 6).
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { type Random, seededRandom } from '../crash/random.ts'
import { type Answer, at, type Given, ISSUER, PASSWORD, signedIn } from '../given.ts'
import { browserOf } from '../page-browser.ts'
import { afterTurns } from './delay.ts'
import { onEachDatabase } from './on-each-database.ts'

const ROUNDS = 24
const TURNS_MAX = 14
const VERIFIER = 'a'.repeat(50)
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const API = 'https://api.example.com'

const redirectOf = (client: string): string => `https://${client}.example.com/callback`
const APPS = ['one', 'two', 'three']

async function register(given: Given, id: string, more: object = {}): Promise<string> {
  const made = await given.send('POST', '/v1/clients', {
    key: given.adminKey,
    body: {
      id,
      name: id,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: [redirectOf(id)],
      scopes: ['openid', 'notes:read', 'offline_access'],
      subject_type: 'pairwise',
      ...more,
    },
  })
  assert.equal(made.status, 201, made.text)
  return String(made.json.client_secret ?? '')
}

interface Service {
  readonly id: string
  readonly secret: string
}

/** Exchanges what it was given, under names that are kept only then. */
async function givenService(given: Given): Promise<Service> {
  const { adminKey: key } = given
  const body = { name: 'a service', audiences: [ISSUER] }
  const made = await given.send('POST', '/v1/service-accounts', { key, body })
  const more = {
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: [EXCHANGE],
    redirect_uris: [],
    scopes: ['notes:read'],
    audiences: [API],
    service_account_id: at(made.json, 'service_account', 'id'),
  }
  return { id: 'service', secret: await register(given, 'service', more) }
}

let people = 0

interface Person {
  readonly id: string
  readonly session: string
  readonly bearer: string
}

async function somebody(given: Given): Promise<Person> {
  people += 1
  const email = `reader-${people}@example.com`
  const body = { email, password: PASSWORD, roles: ['reader'], require_password_change: false }
  const made = await given.send('POST', '/v1/accounts', { key: given.adminKey, body })
  assert.equal(made.status, 201, made.text)
  const { account, session, session_token = '' } = await signedIn(given, 'session_token', email)
  return { id: account.id, session: session.id, bearer: session_token }
}

async function codeFor(given: Given, { bearer }: Person, client: string, scope: string): Promise<string> {
  const browser = browserOf(given.send, { origin: ISSUER })
  browser.cookies.set('__Host-countersign_session', bearer)
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client,
    redirect_uri: redirectOf(client),
    scope,
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const page = await browser.ask('GET', `/oauth/authorize?${query}`)
  const back = await browser.submit(page, { decision: 'allow' })
  return new URL(back.headers.get('location') ?? 'none:').searchParams.get('code') ?? assert.fail(back.text)
}

const token = async (given: Given, form: Record<string, string>): Promise<Answer['json'] | null> => {
  const answer = await given.send('POST', '/oauth/token', { form })
  if (answer.status === 200) return { ...Object(answer.json) }
  assert.ok(['invalid_grant', 'invalid_request'].includes(at(answer.json, 'error')), answer.text)
  return null
}

const redeem = (given: Given, client: string, code: string): ReturnType<typeof token> =>
  token(given, {
    grant_type: 'authorization_code',
    code,
    client_id: client,
    redirect_uri: redirectOf(client),
    code_verifier: VERIFIER,
  })

const exchange = (given: Given, { id, secret }: Service, subject: string): ReturnType<typeof token> =>
  token(given, {
    grant_type: EXCHANGE,
    subject_token: subject,
    subject_token_type: ACCESS_TOKEN,
    client_id: id,
    client_secret: secret,
  })

const revoke = (given: Given, kind: string, id: string): Promise<Answer> =>
  given.send('POST', '/v1/revocations', { key: given.adminKey, body: { target: { kind, id } } })

const change = (given: Given, { id }: Person, body: object): Promise<Answer> =>
  given.send('PATCH', `/v1/accounts/${id}`, { key: given.adminKey, body })

const ends: Readonly<Record<string, (given: Given, person: Person) => Promise<Answer>>> = {
  'the account is revoked': (given, { id }) => revoke(given, 'account', id),
  'the session is revoked': (given, { session }) => revoke(given, 'session', session),
  'the account is disabled': (given, person) => change(given, person, { disabled: true }),
  'the roles are taken away': (given, person) => change(given, person, { roles: [] }),
  'its holder signs out': (given, { bearer }) => given.send('POST', '/v1/sign-out', { bearer }),
}

/** What the verifier of the authority says, which has caught up. */
async function assertSpent(given: Given, it: unknown, what: string): Promise<void> {
  const key = given.adminKey
  const asked = await given.send('POST', '/oauth/introspect', {
    key,
    form: { token: at(it, 'access_token') },
  })
  if (asked.json.active === true) assert.equal(at(asked.json, 'scope'), '', `${what}: ${asked.text}`)
}

/** How many tokens were minted before the end was noticed. */
async function race(given: Given, random: Random, service: Service, what: string): Promise<number> {
  const end = ends[what] ?? assert.fail(what)
  const person = await somebody(given)
  const codes = await Promise.all(
    APPS.map(async (client) => [client, await codeFor(given, person, client, 'openid notes:read')] as const),
  )
  const first = await redeem(given, 'plain', await codeFor(given, person, 'plain', 'openid notes:read'))
  const subject = at(first, 'access_token')
  const begin = <T>(work: () => Promise<T>): Promise<T> => afterTurns(random.between(0, TURNS_MAX), work)
  const minted = [
    ...codes.map(([client, code]) => begin(() => redeem(given, client, code))),
    begin(() => exchange(given, service, subject)),
  ]
  const ended = await begin(() => end(given, person))
  assert.ok([200, 204].includes(ended.status), ended.text)

  const tokens = (await Promise.all(minted)).filter((one) => one !== null)
  for (const one of [first, ...tokens]) await assertSpent(given, one, what)
  const late = await exchange(given, service, subject)
  assert.equal(late, null, `An exchange after ${what}.`)
  return tokens.length
}

onEachDatabase((open) => {
  test('no token with names in it outlives what they stand for, however minting and ending fall together', async (t) => {
    const random = seededRandom(t)
    const given = await open(t)
    const role = { id: 'reader', permissions: ['notes:read'] }
    await given.send('POST', '/v1/roles', { key: given.adminKey, body: role })
    for (const client of APPS) await register(given, client)
    await register(given, 'plain', { subject_type: 'public' })
    const service = await givenService(given)
    const kinds = Object.keys(ends)
    let minted = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      minted += await race(given, random, service, kinds[round % kinds.length] ?? '')
    }
    const asked = ROUNDS * (APPS.length + 1)
    t.diagnostic(`${minted} of ${asked} tokens were minted`)
    assert.ok(minted > 0 && minted < asked, 'Ends and mints have not fallen between one another.')
  })
})
