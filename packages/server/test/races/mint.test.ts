/**
 * Minting against revoking: tokens are asked for before, during and after an end, in thousands of orders. Once the
 * end was acknowledged, none of them is accepted (lease protocol, rule 6).
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { API_KEY_TOKEN_TYPE } from '../../src/routes/token-grants/exchange.ts'
import { type Random, seededRandom } from '../crash/random.ts'
import { type Answer, at, type Given, signedIn } from '../given.ts'
import { afterTurns } from './delay.ts'
import { onEachDatabase } from './on-each-database.ts'

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
/** Programs at once, each with an end of its own; rounds of them; tokens asked for in each. */
const PROGRAMS = 6
const ROUNDS = 45
const MINTS = 6
const TURNS_MAX = 10
const SIGN_INS = 16

interface Program {
  readonly id: string
  readonly owner: string
  readonly role: string
  readonly secret: string
}

let programs = 0

async function newProgram(given: Given): Promise<Program> {
  programs += 1
  const { adminKey: key } = given
  const role = `race-${programs}`
  await given.send('POST', '/v1/roles', { key, body: { id: role, permissions: ['things:read'] } })
  const service = await given.send('POST', '/v1/service-accounts', {
    key,
    body: { name: 'a program', roles: [role] },
  })
  const owner = at(service.json, 'service_account', 'id')
  const body = { name: 'a key', permissions: ['things:read'], service_account_id: owner }
  const made = await given.send('POST', '/v1/api-keys', { key, body })
  return { id: at(made.json, 'api_key', 'id'), owner, role, secret: at(made.json, 'secret') }
}

const revoke = (given: Given, kind: string, id: string): Promise<Answer> =>
  given.send('POST', '/v1/revocations', { key: given.adminKey, body: { target: { kind, id } } })

const patch = (given: Given, path: string, body: object): Promise<Answer> =>
  given.send('PATCH', path, { key: given.adminKey, body })

type End<T> = (given: Given, it: T) => Promise<Answer>

/** Each takes from the key's tokens all that they may do; some leave them nothing at all. */
const ends: Readonly<Record<string, End<Program>>> = {
  'the key is ended': (given, { id }) => given.send('DELETE', `/v1/api-keys/${id}`, { key: given.adminKey }),
  'the key is revoked': (given, { id }) => revoke(given, 'api_key', id),
  'the service account is revoked': (given, { owner }) => revoke(given, 'service_account', owner),
  'the role is revoked': (given, { role }) => revoke(given, 'role', role),
  'the service account is disabled': (given, { owner }) =>
    patch(given, `/v1/service-accounts/${owner}`, { disabled: true }),
  'the secret is rotated away': (given, { id }) =>
    given.send('POST', `/v1/api-keys/${id}/rotate`, { key: given.adminKey, body: { overlap_seconds: 0 } }),
  'the key is narrowed': (given, { id }) => patch(given, `/v1/api-keys/${id}`, { permissions: [] }),
  'the role is narrowed': (given, { role }) => patch(given, `/v1/roles/${role}`, { permissions: [] }),
  'the role is taken away': (given, { owner }) =>
    patch(given, `/v1/service-accounts/${owner}`, { roles: [] }),
  'the role is ended': (given, { role }) =>
    given.send('DELETE', `/v1/roles/${role}`, { key: given.adminKey }),
}

/** The token that was minted, if one was. */
async function exchange(given: Given, secret: string): Promise<string | null> {
  const form = { grant_type: EXCHANGE, subject_token: secret, subject_token_type: API_KEY_TOKEN_TYPE }
  const answer = await given.send('POST', '/oauth/token', { form })
  if (answer.status === 200) return at(answer.json, 'access_token')
  assert.equal(answer.json.error, 'invalid_request', answer.text)
  return null
}

/** Nothing may be done with it that the end took away. */
async function assertSpent(
  given: Given,
  credential: { key?: string; bearer?: string },
  what: string,
): Promise<void> {
  const me = await given.send('GET', '/v1/me', credential)
  if (me.status !== 401) assert.deepEqual(me.json.permissions, [], `${what}: ${me.text}`)
}

/** How many tokens were minted before the end was noticed. */
async function race(given: Given, random: Random, what: string, end: End<Program>): Promise<number> {
  const program = await newProgram(given)
  const { secret } = program
  // In memory, as a credential that is in use: the end must reach the verdict there too.
  await given.send('GET', '/v1/me', { key: secret })
  const begin = <T>(work: () => Promise<T>): Promise<T> => afterTurns(random.between(0, TURNS_MAX), work)
  const minted = Array.from({ length: MINTS }, () => begin(() => exchange(given, secret)))
  const ended = await begin(() => end(given, program))
  assert.ok([200, 204].includes(ended.status), ended.text)

  await assertSpent(given, { key: secret }, `the key itself, when ${what}`)
  const late = await exchange(given, secret)
  const tokens = (await Promise.all(minted)).filter((token) => token !== null)
  for (const bearer of late === null ? tokens : [...tokens, late]) {
    await assertSpent(given, { bearer }, `a token, when ${what}`)
  }
  return tokens.length
}

interface SignedIn {
  readonly session: string
  readonly account: string
  readonly accessToken: string
  readonly refreshToken: string
}

const signedInEnds: Readonly<Record<string, End<SignedIn>>> = {
  'the session is revoked': (given, { session }) => revoke(given, 'session', session),
  'the account is revoked': (given, { account }) => revoke(given, 'account', account),
  'its holder signs out': (given, { accessToken: bearer }) => given.send('POST', '/v1/sign-out', { bearer }),
  'the account is disabled': (given, { account }) =>
    patch(given, `/v1/accounts/${account}`, { disabled: true }),
}

async function refresh(given: Given, refreshToken: string): Promise<string | null> {
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: 'first-party' }
  const answer = await given.send('POST', '/oauth/token', { form })
  if (answer.status === 200) return at(answer.json, 'access_token')
  assert.equal(answer.json.error, 'invalid_grant', answer.text)
  return null
}

async function raceRefresh(given: Given, random: Random, what: string, end: End<SignedIn>): Promise<void> {
  const { session, account, access_token = '', refresh_token = '' } = await signedIn(given, 'jwt')
  const it = {
    session: session.id,
    account: account.id,
    accessToken: access_token,
    refreshToken: refresh_token,
  }
  const begin = <T>(work: () => Promise<T>): Promise<T> => afterTurns(random.between(0, TURNS_MAX), work)
  const minted = Array.from({ length: MINTS }, () => begin(() => refresh(given, it.refreshToken)))
  const ended = await begin(() => end(given, it))
  assert.ok([200, 204].includes(ended.status), ended.text)

  const late = await refresh(given, it.refreshToken)
  assert.equal(late, null, `A refresh after ${what}.`)
  for (const bearer of [it.accessToken, ...(await Promise.all(minted))]) {
    if (bearer === null) continue
    const me = await given.send('GET', '/v1/me', { bearer })
    assert.equal(me.status, 401, `A token has outlived that ${what}.`)
  }
}

onEachDatabase((open) => {
  test('no token minted from a key does what was taken away, however minting and ending fall together', async (t) => {
    const random = seededRandom(t)
    const given = await open(t)
    const kinds = Object.entries(ends)
    const asked = ROUNDS * PROGRAMS * MINTS
    let minted = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      const picked = Array.from({ length: PROGRAMS }, (_, index) => kinds[(round + index) % kinds.length])
      const counts = await Promise.all(picked.map((kind) => (kind ? race(given, random, ...kind) : 0)))
      minted += counts.reduce((sum, count) => sum + count, 0)
    }
    t.diagnostic(`${minted} of ${asked} tokens were minted`)
    assert.ok(minted > 0 && minted < asked, 'Ends and mints have not fallen between one another.')
  })

  test('no token from a refresh outlives its session or account, however they fall together', async (t) => {
    const random = seededRandom(t)
    const given = await open(t)
    const kinds = Object.entries(signedInEnds)
    for (let round = 0; round < SIGN_INS; round += 1) {
      const kind = kinds[round % kinds.length]
      if (kind !== undefined) await raceRefresh(given, random, ...kind)
    }
  })
})
