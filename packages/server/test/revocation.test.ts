import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import type { NodeKind } from '@countersign/protocol'
import { spoil } from '@countersign/tools/spoil'
import {
  type Answer,
  at,
  authority,
  type Given,
  ISSUER,
  keyOf,
  person,
  signedIn,
  UNLIMITED,
} from './given.ts'

const EXCHANGE = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token_type: 'urn:countersign:params:oauth:token-type:api-key',
}

/** One person and one program with every kind of credential, each alive. */
interface World {
  readonly person: { readonly id: string; readonly email: string }
  readonly program: { readonly id: string; readonly keyId: string }
  readonly credentials: Readonly<Record<CredentialName, () => Promise<Answer>>>
  readonly ids: Readonly<Record<string, string>>
}

type CredentialName = 'cookie' | 'session' | 'jwt' | 'refresh' | 'key' | 'exchanged'
const ALL: readonly CredentialName[] = ['cookie', 'session', 'jwt', 'refresh', 'key', 'exchanged']

async function world(given: Given): Promise<World> {
  const who = await person(given)
  const byCookie = await signedIn(given, 'cookie', who.email)
  const bySession = await signedIn(given, 'session_token', who.email)
  const byJwt = await signedIn(given, 'jwt', who.email)
  const key = await keyOf(given, ['gym:enter'])
  const exchanged = await given.send('POST', '/oauth/token', {
    form: { ...EXCHANGE, subject_token: key.secret },
  })
  const exchangedToken = at(exchanged.json, 'access_token')
  const me = (options: Parameters<Given['send']>[2]): Promise<Answer> => given.send('GET', '/v1/me', options)
  const form = {
    grant_type: 'refresh_token',
    client_id: 'first-party',
    refresh_token: byJwt.refresh_token ?? '',
  }
  return {
    person: who,
    program: { id: key.owner, keyId: key.id },
    credentials: {
      cookie: () => me({ cookie: byCookie.cookie }),
      session: () => me({ bearer: bySession.session_token ?? '' }),
      jwt: () => me({ bearer: byJwt.access_token ?? '' }),
      refresh: () => given.send('POST', '/oauth/token', { form }),
      key: () => me({ key: key.secret }),
      exchanged: () => me({ bearer: exchangedToken }),
    },
    ids: {
      account: who.id,
      service_account: key.owner,
      cookieSession: byCookie.session.id,
      session: byJwt.session.id,
      grant: claimOf(byJwt.access_token ?? '', 'gid'),
      access_token: claimOf(byJwt.access_token ?? '', 'jti'),
      exchanged_token: claimOf(exchangedToken, 'jti'),
      api_key: key.id,
      role: at({ role: claimsOf(exchangedToken).roles }, 'role', '0'),
      signing_key: headerOf(byJwt.access_token ?? ''),
    },
  }
}

function claimsOf(accessToken: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString())
}
const claimOf = (accessToken: string, name: string): string => String(claimsOf(accessToken)[name])
const headerOf = (accessToken: string): string =>
  at(JSON.parse(Buffer.from(accessToken.split('.')[0] ?? '', 'base64url').toString()), 'kid')

async function revoke(given: Given, kind: NodeKind, id: string): Promise<Answer> {
  const more = kind === 'access_token' ? { expires_at: '2026-01-15T13:00:00Z' } : {}
  const answer = await given.send('POST', '/v1/revocations', {
    key: given.adminKey,
    body: { target: { kind, id, ...more } },
  })
  assert.equal(answer.status, 200, answer.text)
  return answer
}

/** Exactly these are refused now, and all others still work. */
async function assertDead(world: World, dead: readonly CredentialName[]): Promise<void> {
  for (const name of ALL) {
    const answer = await world.credentials[name]()
    const refusedStatus = name === 'refresh' ? 400 : 401
    assert.equal(answer.status, dead.includes(name) ? refusedStatus : 200, `${name}: ${answer.text}`)
  }
}

async function start(t: TestContext): Promise<{ given: Given; world: World }> {
  const given = await authority(t, UNLIMITED)
  const all = await world(given)
  await assertDead(all, [])
  return { given, world: all }
}

const CASES: readonly [target: string, kind: NodeKind, dead: readonly CredentialName[]][] = [
  ['cookieSession', 'session', ['cookie']],
  ['session', 'session', ['jwt', 'refresh']],
  ['grant', 'grant', ['jwt', 'refresh']],
  ['access_token', 'access_token', ['jwt']],
  ['exchanged_token', 'access_token', ['exchanged']],
  ['api_key', 'api_key', ['key', 'exchanged']],
  ['account', 'account', ['cookie', 'session', 'jwt', 'refresh']],
  ['service_account', 'service_account', ['key', 'exchanged']],
  ['role', 'role', ['key', 'exchanged']],
  ['signing_key', 'signing_key', ['jwt', 'exchanged']],
]

for (const [target, kind, dead] of CASES) {
  test(`revoking the ${target} ends ${dead.join(', ')} at once, and nothing else`, async (t) => {
    const { given, world: all } = await start(t)
    const answer = await revoke(given, kind, all.ids[target] ?? '')

    await assertDead(all, dead)
    assert.equal(answer.json.confirmed, true)
    // What was ended stays so in a process that remembers nothing.
    await given.restart()
    await assertDead(all, dead)
  })
}

test('revoking our own client ends what stands under it, and new sign-ins work', async (t) => {
  const { given, world: all } = await start(t)
  await revoke(given, 'client', 'first-party')

  for (const name of ['jwt', 'refresh', 'exchanged'] as const) {
    assert.notEqual((await all.credentials[name]()).status, 200, name)
  }
  await signedIn(given, 'jwt', all.person.email)
})

test('revoking the issuer ends everything that was ever issued, the key that did it included', async (t) => {
  const { given, world: all } = await start(t)
  await revoke(given, 'issuer', ISSUER)

  await assertDead(all, ALL)
  assert.equal((await given.send('GET', '/v1/me', { key: given.adminKey })).status, 401)
  await signedIn(given, 'session_token', all.person.email)
})

test('after "sign out everywhere" the person signs in again at once', async (t) => {
  const { given, world: all } = await start(t)
  const session = await signedIn(given, 'session_token', all.person.email)
  const target = { kind: 'account', id: all.person.id }
  const answer = await given.send('POST', '/v1/revocations', {
    bearer: session.session_token ?? '',
    body: { target },
  })
  assert.equal(answer.status, 200, answer.text)

  await assertDead(all, ['cookie', 'session', 'jwt', 'refresh'])
  const again = await signedIn(given, 'session_token', all.person.email)
  assert.equal((await given.send('GET', '/v1/me', { bearer: again.session_token ?? '' })).status, 200)
})

test('a leaked key is ended with the key itself, and with it alone', async (t) => {
  const { given, world: all } = await start(t)
  const leaked = await keyOf(given, [])
  const target = { kind: 'credential', credential: leaked.secret }
  const guessed = { kind: 'credential', credential: spoil(leaked.secret) }
  const other = await signedIn(given, 'session_token')

  const guess = await given.send('POST', '/v1/revocations', {
    bearer: other.session_token ?? '',
    body: { target: guessed },
  })
  assert.equal(guess.status, 422)
  assert.equal((await given.send('GET', '/v1/me', { key: leaked.secret })).status, 200)
  const answer = await given.send('POST', '/v1/revocations', { key: leaked.secret, body: { target } })
  assert.equal(answer.status, 200, answer.text)
  assert.equal((await given.send('GET', '/v1/me', { key: leaked.secret })).status, 401)
  await assertDead(all, [])
})

test('what is not one’s own cannot be revoked, and is answered like nothing', async (t) => {
  const { given, world: all } = await start(t)
  const stranger = await signedIn(given, 'session_token')
  const by = { bearer: stranger.session_token ?? '' }
  for (const [kind, id] of [
    ['session', all.ids.session],
    ['grant', all.ids.grant],
    ['api_key', all.ids.api_key],
    ['session', 'ses_00000000000000000000000000'],
    ['session', 'nonsense'],
  ]) {
    const answer = await given.send('POST', '/v1/revocations', { ...by, body: { target: { kind, id } } })
    assert.equal(answer.status, 404, `${kind} ${id}: ${answer.text}`)
  }
  for (const [kind, id] of [
    ['issuer', ISSUER],
    ['account', all.person.id],
  ]) {
    const answer = await given.send('POST', '/v1/revocations', { ...by, body: { target: { kind, id } } })
    assert.equal(answer.status, 403, `${kind}: ${answer.text}`)
  }
  await assertDead(all, [])
})

test('a dry run says what would end and ends nothing', async (t) => {
  const { given, world: all } = await start(t)
  const target = { kind: 'account', id: all.person.id }
  const answer = await given.send('POST', '/v1/revocations', {
    key: given.adminKey,
    body: { target, dry_run: true },
  })

  assert.deepEqual(answer.json.ended, { sessions: 3, grants: 1, api_keys: 0 })
  await assertDead(all, [])
})

test('an account that was disabled and enabled again has none of its old credentials back', async (t) => {
  const { given, world: all } = await start(t)
  const change = (disabled: boolean): Promise<Answer> =>
    given.send('PATCH', `/v1/accounts/${all.person.id}`, { key: given.adminKey, body: { disabled } })

  assert.equal((await change(true)).status, 200)
  await assertDead(all, ['cookie', 'session', 'jwt', 'refresh'])
  assert.equal((await change(false)).status, 200)
  await assertDead(all, ['cookie', 'session', 'jwt', 'refresh'])
  await signedIn(given, 'session_token', all.person.email)
})

test('a narrowed role reaches the tokens made under it, and keys lose the permission at once', async (t) => {
  const { given, world: all } = await start(t)
  const role = all.ids.role ?? ''
  const body = { permissions: [] }
  assert.equal((await given.send('PATCH', `/v1/roles/${role}`, { key: given.adminKey, body })).status, 200)

  await assertDead(all, ['exchanged'])
  const key = await all.credentials.key()
  assert.deepEqual(key.json.permissions, [])
})

test('a role that was revoked and then taken away leaves nothing to revive', async (t) => {
  const { given, world: all } = await start(t)
  await revoke(given, 'role', all.ids.role ?? '')
  const body = { roles: [] }
  const path = `/v1/service-accounts/${all.program.id}`
  assert.equal((await given.send('PATCH', path, { key: given.adminKey, body })).status, 200)

  await assertDead(all, ['key', 'exchanged'])
})

test('a revocation is found again by its id, and an unknown one is not', async (t) => {
  const { given, world: all } = await start(t)
  const done = await revoke(given, 'session', all.ids.session ?? '')
  const found = await given.send('GET', `/v1/revocations/${at(done.json, 'id')}`, { key: given.adminKey })

  assert.equal(found.json.confirmed, true)
  assert.equal(found.json.position, done.json.position)
  const unknown = await given.send('GET', '/v1/revocations/rev_00000000000000000000000000', {
    key: given.adminKey,
  })
  assert.equal(unknown.status, 404)
})

test('an end that no access token can have is refused, and the entry outlives every end that one can', async (t) => {
  const { given, world: all } = await start(t)
  const id = all.ids.access_token ?? ''
  const end = (seconds: number): string => new Date(given.clock.nowMs() + seconds * 1000).toISOString()
  const send = (expires_at: unknown, more: object = {}): Promise<Answer> =>
    given.send('POST', '/v1/revocations', {
      key: given.adminKey,
      body: {
        target: { kind: 'access_token', id, ...(expires_at !== undefined && { expires_at }) },
        ...more,
      },
    })
  const longest = 3600 + 30

  for (const wrong of [undefined, 'never', 1, '9999-12-31T23:59:59Z', end(longest + 1)]) {
    const answer = await send(wrong)
    assert.equal(answer.status, 422, answer.text)
    assert.match(answer.text, /"path":"target/)
  }
  assert.equal((await send(end(longest + 1), { dry_run: true })).status, 422)
  await assertDead(all, [])

  // An end that is wrong on the early side does not bring the token back while it lives.
  assert.equal((await send(end(-3600))).status, 200)
  await assertDead(all, ['jwt'])
  const feed = '/v1/revocations?verifier=0123456789abcdef&hold_ms=0'
  const answer = await given.send('GET', feed, { key: given.adminKey })
  const entries = answer.json.entries as { kind: string; id: string; expires_at: string }[]
  const entry = entries.find((one) => one.kind === 'access_token' && one.id === id)
  assert.ok(Date.parse(entry?.expires_at ?? '') >= Date.parse(end(longest)))
  assert.equal((await send(end(longest))).status, 200)
})
