/** The main job on Postgres, through the front door: sign up, in, refresh, keys, exchange, revoke, audit. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { requireTestDatabase } from '@countersign/tools/postgres'
import { createAuthority } from '../../src/create.ts'
import { API_KEY_TOKEN_TYPE } from '../../src/routes/token-grants/exchange.ts'
import { StartError } from '../../src/start-error.ts'
import { createTestClock } from '../clock.ts'
import { at, type Given, keyOf, openAuthority, PASSWORD, signedIn, UNLIMITED } from '../given.ts'
import { newSecrets } from '../races/on-each-database.ts'
import { nodeConfig } from './nodes.ts'

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** An authority with an administrator on an empty Postgres database; undefined when the test was skipped. */
async function givenOnPostgres(
  t: TestContext,
  settings: Record<string, string> = {},
): Promise<Given | undefined> {
  const url = await requireTestDatabase(t)
  if (url === undefined) return undefined
  const { given, close } = await openAuthority({
    COUNTERSIGN_DATABASE: url,
    COUNTERSIGN_SECRETS: newSecrets(),
    ...UNLIMITED,
    ...settings,
  })
  t.after(close)
  return given
}

async function statusOf(given: Given, credential: { key?: string; bearer?: string }): Promise<number> {
  return (await given.send('GET', '/v1/me', credential)).status
}

async function exchange(given: Given, key: string): Promise<string> {
  const form = { grant_type: EXCHANGE, subject_token: key, subject_token_type: API_KEY_TOKEN_TYPE }
  const answer = await given.send('POST', '/oauth/token', { form })
  assert.equal(answer.status, 200, answer.text)
  return at(answer.json, 'access_token')
}

const refreshForm = (token: string | undefined): { form: Record<string, string> } => ({
  form: { grant_type: 'refresh_token', refresh_token: token ?? '', client_id: 'first-party' },
})

test('without COUNTERSIGN_SECRETS it refuses to start, and says how to make one', async (t) => {
  const url = await requireTestDatabase(t)
  if (url === undefined) return

  const starting = createAuthority(nodeConfig({ COUNTERSIGN_DATABASE: url }))

  await assert.rejects(starting, (error: unknown) => {
    assert.ok(error instanceof StartError)
    assert.match(error.message, /^COUNTERSIGN_SECRETS is not set\..*openssl rand -base64 32/)
    return true
  })
})

test('with other secrets than the database was made with it refuses to start', async (t) => {
  const url = await requireTestDatabase(t)
  if (url === undefined) return
  const first = { COUNTERSIGN_DATABASE: url, COUNTERSIGN_SECRETS: newSecrets() }
  await (await createAuthority(nodeConfig(first))).close()

  const starting = createAuthority(nodeConfig({ ...first, COUNTERSIGN_SECRETS: newSecrets() }))

  await assert.rejects(starting, /^StartError: The database was made with other secrets than these/)
  await (await createAuthority(nodeConfig(first))).close()
})

test('where nobody listens it refuses to start with one sentence that names no password', async () => {
  const settings = {
    COUNTERSIGN_DATABASE: 'postgres://me:hush@127.0.0.1:1/none',
    COUNTERSIGN_SECRETS: newSecrets(),
  }

  const starting = createAuthority(nodeConfig(settings))

  await assert.rejects(starting, /^StartError: The Postgres database cannot be reached; [^\n]*$/)
  await assert.rejects(starting, (error: Error) => !error.message.includes('hush'))
})

test('a person signs up, in, refreshes and out, and then nothing of it is left', async (t) => {
  const given = await givenOnPostgres(t)
  if (given === undefined) return
  const { access_token: first, refresh_token, account } = await signedIn(given, 'jwt')
  assert.equal(await statusOf(given, { bearer: first ?? '' }), 200)

  const refreshed = await given.send('POST', '/oauth/token', refreshForm(refresh_token))
  const token = at(refreshed.json, 'access_token')
  const me = await given.send('GET', '/v1/me', { bearer: token })
  assert.equal(at(me.json, 'principal', 'id'), account.id)
  assert.equal((await given.send('POST', '/v1/sign-out', { bearer: token })).status, 204)

  assert.equal(await statusOf(given, { bearer: token }), 401)
  assert.equal(await statusOf(given, { bearer: first ?? '' }), 401)
  const next = await given.send('POST', '/oauth/token', refreshForm(at(refreshed.json, 'refresh_token')))
  assert.equal(next.json.error, 'invalid_grant')
})

test('cookies and session tokens work as they do on the embedded database', async (t) => {
  const given = await givenOnPostgres(t)
  if (given === undefined) return
  const byCookie = await signedIn(given, 'cookie')
  const byToken = await signedIn(given, 'session_token')

  const withCookie = await given.send('GET', '/v1/me', { cookie: byCookie.cookie })
  assert.equal(at(withCookie.json, 'credential', 'id'), byCookie.session.id)
  assert.equal(await statusOf(given, { bearer: byToken.session_token ?? '' }), 200)
  const sessions = await given.send('GET', '/v1/me/sessions', { bearer: byToken.session_token ?? '' })
  assert.match(sessions.text, new RegExp(byToken.session.id))
})

test('a key is exchanged, rotated and ended, and its tokens die with it', async (t) => {
  const given = await givenOnPostgres(t)
  if (given === undefined) return
  const made = await keyOf(given, ['things:read'])
  const token = await exchange(given, made.secret)
  assert.equal(await statusOf(given, { bearer: token }), 200)

  const body = { overlap_seconds: 0 }
  const rotated = await given.send('POST', `/v1/api-keys/${made.id}/rotate`, { key: given.adminKey, body })
  const secret = at(rotated.json, 'secret')
  assert.equal(await statusOf(given, { key: made.secret }), 401)
  assert.equal(await statusOf(given, { bearer: token }), 401)
  const later = await exchange(given, secret)
  await given.send('DELETE', `/v1/api-keys/${made.id}`, { key: given.adminKey })

  assert.equal(await statusOf(given, { key: secret }), 401)
  assert.equal(await statusOf(given, { bearer: later }), 401)
})

test('every kind of node is revoked with all that stands under it', async (t) => {
  const given = await givenOnPostgres(t)
  if (given === undefined) return
  const { adminKey: key, authority } = given
  const revoke = async (target: Record<string, string>): Promise<void> => {
    const answer = await given.send('POST', '/v1/revocations', { key, body: { target } })
    assert.equal(answer.status, 200, answer.text)
  }
  const session = await signedIn(given, 'jwt')
  const account = await signedIn(given, 'jwt')
  const program = await keyOf(given, ['things:read'])
  const ofRole = await keyOf(given, ['others:read'])
  const ofClient = await signedIn(given, 'jwt')
  const ofKey = await exchange(given, (await keyOf(given, ['things:write'])).secret)
  const signer = await given.send('GET', '/v1/signing-keys', { key })

  await revoke({ kind: 'session', id: session.session.id })
  assert.equal(await statusOf(given, { bearer: session.access_token ?? '' }), 401)
  await revoke({ kind: 'account', id: account.account.id })
  assert.equal(await statusOf(given, { bearer: account.access_token ?? '' }), 401)
  await revoke({ kind: 'service_account', id: program.owner })
  assert.equal(await statusOf(given, { key: program.secret }), 401)
  const read = await given.send('GET', `/v1/service-accounts/${ofRole.owner}`, { key })
  await revoke({ kind: 'role', id: firstRole(read.json) })
  assert.equal(await statusOf(given, { key: ofRole.secret }), 401)
  await revoke({ kind: 'signing_key', id: firstId(signer.json) })
  assert.equal(await statusOf(given, { bearer: ofKey }), 401)
  assert.equal(await statusOf(given, { bearer: await exchange(given, (await keyOf(given, [])).secret) }), 200)
  await revoke({ kind: 'client', id: 'first-party' })
  const refreshed = await given.send('POST', '/oauth/token', refreshForm(ofClient.refresh_token))
  assert.equal(refreshed.json.error, 'invalid_grant')
  await revoke({ kind: 'issuer', id: authority.config.issuer })
  assert.equal(await statusOf(given, { key }), 401)
})

function firstRole(json: unknown): string {
  const found = /"roles":\["([^"]+)"/.exec(JSON.stringify(json))?.[1]
  assert.ok(found !== undefined)
  return found
}

function firstId(json: unknown): string {
  const found = /"id":"(sig_[^"]+)"/.exec(JSON.stringify(json))?.[1]
  assert.ok(found !== undefined)
  return found
}

test('the audit chain grows to hold every event, and is right when it is recomputed', async (t) => {
  const given = await givenOnPostgres(t)
  if (given === undefined) return
  await signedIn(given, 'jwt')
  await keyOf(given, ['things:read'])
  // Closing links what is committed; the next life reads it back.
  await given.restart()

  const report = await given.send('GET', '/v1/audit/chain', { key: given.adminKey })

  assert.equal(report.json.intact, true, report.text)
  assert.ok(Number(report.json.length) > 5)
})

test('of two nodes that finish the set-up at once with the newest link, one makes the administrator', async (t) => {
  const url = await requireTestDatabase(t)
  if (url === undefined) return
  const settings = { COUNTERSIGN_DATABASE: url, COUNTERSIGN_SECRETS: newSecrets() }
  const config = nodeConfig(settings)
  const nodes = [
    await createAuthority(config, createTestClock()),
    await createAuthority(config, createTestClock()),
  ]
  t.after(() => Promise.all(nodes.map((node) => node.close())))
  const tickets = nodes.map((node) => node.setupLink?.split('#')[1] ?? '')

  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) => setUp(nodes[index % 2], tickets, index)),
  )

  const created = answers.filter(({ status }) => status === 201)
  const refused = answers.filter(({ status }) => status === 403)
  assert.equal(created.length, 1)
  assert.equal(refused.length, 7)
})

async function setUp(
  node: Awaited<ReturnType<typeof createAuthority>> | undefined,
  tickets: readonly string[],
  index: number,
): Promise<Response> {
  assert.ok(node !== undefined)
  const body = JSON.stringify({
    email: `admin-${index}@example.com`,
    password: PASSWORD,
    // Six come with the link that counts, two with the one that the second node's start made void.
    ticket: tickets[index < 6 ? 1 : 0],
  })
  const headers = { 'content-type': 'application/json' }
  return node.fetch(new Request('http://localhost:4000/v1/setup', { method: 'POST', headers, body }), {
    remoteAddress: '127.0.0.1',
  })
}
