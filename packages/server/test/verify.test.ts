/** A resource server asks about what was presented to it: what it is told, and about whom it is told nothing. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { send, adminKey } = shared.given

const POOL = 'https://pool.example'

/** A verifier that is bound to these audiences; none means the first party's. */
async function verifierOf(audiences: readonly string[]): Promise<string> {
  const { secret, owner } = await given.keyOf(shared.given, ['credentials:verify'])
  await send('PATCH', `/v1/service-accounts/${owner}`, { key: adminKey, body: { audiences } })
  return secret
}

const ask = (key: string, credential: string, more: object = {}): Promise<given.Answer> =>
  send('POST', '/v1/verify', { key, body: { credential, ...more } })

async function exchange(key: string, more: Record<string, string> = {}): Promise<string> {
  const answer = await send('POST', '/oauth/token', {
    form: {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:countersign:params:oauth:token-type:api-key',
      subject_token: key,
      ...more,
    },
  })
  return given.at(answer.json, 'access_token')
}

const own = await verifierOf([])
const pool = await verifierOf([POOL])

test('401 and 403 for whoever may not ask, whatever is asked about', async () => {
  const { session_token: credential = '' } = await given.signedIn(shared.given, 'session_token')
  const { secret } = await given.keyOf(shared.given, ['accounts:read'])

  assertProblem(await send('POST', '/v1/verify', { body: { credential } }), 'credential_required')
  assertProblem(await ask(secret, credential), 'permission_denied')
  assertProblem(
    await send('POST', '/v1/verify', { bearer: credential, body: { credential } }),
    'permission_denied',
  )
})

test('one answer for whatever is not good: unknown, ended, of another kind or for another audience', async () => {
  const ended = await given.signedIn(shared.given, 'session_token')
  await send('POST', '/v1/sign-out', { bearer: ended.session_token ?? '' })
  const jwt = await given.signedIn(shared.given, 'jwt')
  const poolKey = (await given.keyOf(shared.given, [], { audiences: [POOL] })).secret
  const looks = new Set<string>()

  for (const credential of [
    'nonsense',
    'a.b.c',
    ended.session_token ?? '',
    jwt.refresh_token ?? '',
    jwt.session.id,
    poolKey,
    await exchange(poolKey),
    adminKey.slice(0, -1),
  ]) {
    const answer = await ask(own, credential)
    assert.match(given.at(answer.json, 'decision_id'), /^dec_/)
    looks.add(JSON.stringify({ ...answer.json, decision_id: '' }))
  }

  assert.deepEqual([...looks], ['{"active":false,"code":"invalid_credential","decision_id":""}'])
})

test('a verifier is told of its own audience alone, and names no other by asking', async () => {
  const { session_token: session = '' } = await given.signedIn(shared.given, 'session_token')
  const key = (await given.keyOf(shared.given, ['pool:enter'], { audiences: [POOL, 'https://gym.example'] }))
    .secret

  assert.equal((await ask(own, session)).json.active, true)
  assert.equal((await ask(pool, session)).json.active, false)
  assert.equal((await ask(pool, key)).json.active, true)
  assert.equal((await ask(pool, key, { audience: POOL })).json.active, true)
  assert.equal((await ask(own, key)).json.active, false)
  for (const audience of ['https://gym.example', given.ISSUER]) {
    assert.equal((await ask(pool, key, { audience })).json.active, false)
    assert.equal((await ask(pool, session, { audience })).json.active, false)
  }
  const gymOnly = await exchange(key, { audience: 'https://gym.example' })
  assert.equal((await ask(pool, gymOnly)).json.active, false)
})

test('a permission that is lacking is told as such, and only after the credential was good', async () => {
  const { secret: key } = await given.keyOf(shared.given, ['pool:enter'])

  assert.equal((await ask(own, key, { permissions: ['pool:enter'] })).json.active, true)
  assert.equal(
    (await ask(own, key, { permissions: ['pool:enter', 'pool:clean'] })).json.code,
    'permission_denied',
  )
  assert.equal((await ask(own, key, { permissions: ['*'] })).json.code, 'permission_denied')
  assert.equal((await ask(own, 'nonsense', { permissions: ['*'] })).json.code, 'invalid_credential')
})

test('the answer holds what a verifier needs to go on by itself, and nothing about the person', async () => {
  const { email } = await given.person(shared.given)
  const { session_token: session = '', account } = await given.signedIn(shared.given, 'session_token', email)
  const fenced = await given.keyOf(shared.given, ['pool:enter'], {
    resources: ['lane-1'],
    allow_addresses: ['192.0.2.0/24'],
    rate_limit: { requests: 5, per_seconds: 60 },
  })

  const ofSession = await ask(own, session)
  const ofKey = await ask(own, fenced.secret)

  assert.deepEqual(ofSession.json.principal, { kind: 'account', id: account.id })
  assert.ok(!ofSession.text.includes(email))
  assert.equal(ofSession.json.cache_seconds, 60)
  assert.deepEqual(ofSession.json.audiences, [given.ISSUER])
  assert.deepEqual(ofKey.json.resources, ['lane-1'])
  assert.deepEqual(ofKey.json.allow_addresses, ['192.0.2.0/24'])
  assert.deepEqual(ofKey.json.rate_limit, { requests: 5, per_seconds: 60 })
})

test('what is revoked is inactive in the very next answer, and the position tells how new an answer is', async () => {
  const { session_token: session = '', session: row } = await given.signedIn(shared.given, 'session_token')
  const before = await ask(own, session)
  const revoked = await send('POST', '/v1/revocations', {
    key: adminKey,
    body: { target: { kind: 'session', id: row.id } },
  })

  assert.equal((await ask(own, session)).json.active, false)
  assert.ok(Number(before.json.position) < Number(revoked.json.position))
  const other = await given.signedIn(shared.given, 'session_token')
  const later = await ask(own, other.session_token ?? '')
  assert.ok(Number(later.json.position) >= Number(revoked.json.position))
})

test('a verdict is not to be kept past the end of what it is about', async (t) => {
  const to = await given.authority(t)
  const { secret } = await given.keyOf(to, [], { expires_in: 100 })
  const verifier = (await given.keyOf(to, ['credentials:verify'])).secret
  const cacheSeconds = async (): Promise<unknown> =>
    (await to.send('POST', '/v1/verify', { key: verifier, body: { credential: secret } })).json.cache_seconds
  assert.equal(await cacheSeconds(), 60)

  to.clock.advance(70)

  assert.equal(await cacheSeconds(), 30)
})

test('a session token that was presented at a server of another audience is refused, however that server asks', async () => {
  const { session_token: session = '' } = await given.signedIn(shared.given, 'session_token')
  const introspect = (key: string): Promise<given.Answer> =>
    send('POST', '/oauth/introspect', { key, form: { token: session } })

  assert.equal((await ask(own, session)).json.active, true)
  for (const more of [{}, { audience: POOL }, { audience: given.ISSUER }, { permissions: [] }]) {
    assert.equal((await ask(pool, session, more)).json.code, 'invalid_credential')
  }
  assert.deepEqual((await introspect(pool)).json, { active: false })
  assert.equal((await introspect(own)).json.active, true)
})

test('a verifier whose audiences are changed is answered by the new ones at once', async () => {
  const { secret, owner } = await given.keyOf(shared.given, ['credentials:verify'])
  const { session_token: session = '' } = await given.signedIn(shared.given, 'session_token')
  const poolKey = (await given.keyOf(shared.given, [], { audiences: [POOL] })).secret
  const bind = (audiences: readonly string[]): Promise<given.Answer> =>
    send('PATCH', `/v1/service-accounts/${owner}`, { key: adminKey, body: { audiences } })
  const both = async (): Promise<unknown[]> => [
    (await ask(secret, session)).json.active,
    (await ask(secret, poolKey)).json.active,
  ]

  assert.deepEqual(await both(), [true, false])
  await bind([POOL])
  assert.deepEqual(await both(), [false, true])
  await bind([POOL, given.ISSUER])
  assert.deepEqual(await both(), [true, true])
})

test('what a key or its owner’s role is narrowed to reaches the tokens of before, and the next token is narrower', async () => {
  const permissions = ['pool:enter', 'pool:clean']
  const key = await given.keyOf(shared.given, permissions, { audiences: [POOL] })
  const { json: program } = await send('GET', `/v1/service-accounts/${key.owner}`, { key: adminKey })
  const role = given.at(program, 'service_account', 'roles', '0')
  const narrow = (path: string, to: readonly string[]): Promise<given.Answer> =>
    send('PATCH', path, { key: adminKey, body: { permissions: to } })
  const first = await exchange(key.secret)
  assert.equal((await ask(pool, first)).json.active, true)

  assert.equal((await narrow(`/v1/api-keys/${key.id}`, ['pool:enter'])).status, 200)
  assert.equal((await ask(pool, first)).json.active, false)
  const second = await exchange(key.secret)
  assert.deepEqual((await ask(pool, second)).json.permissions, ['pool:enter'])

  assert.equal((await narrow(`/v1/roles/${role}`, ['pool:clean'])).status, 200)
  assert.equal((await ask(pool, second)).json.active, false)
  const third = await exchange(key.secret)
  assert.deepEqual((await ask(pool, third)).json.permissions, [])
  assert.deepEqual((await ask(pool, key.secret)).json.permissions, [])
})
