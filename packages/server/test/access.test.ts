/** Who may call what: every protected route without a credential, without its permission, and with just that. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { permissions as own } from '@countersign/protocol'
import type { AnyRoute } from '../src/http/route.ts'
import { routes } from '../src/routes/table.ts'
import { assertOAuthError, assertProblem } from './contract.ts'
import * as given from './given.ts'
import { goodRequest, makeIds, pathOf, queryOf, samples, settle, stored } from './walk.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { authority, adminKey, send } = shared.given

const guarded = routes.filter((route) => route.access !== 'public')
const permitted = guarded.flatMap((route) =>
  typeof route.access === 'object' ? [{ route, permission: route.access.permission }] : [],
)

/** OAuth routes know one word for a caller that may not ask (RFC 6749 §5.2). */
function assertDenied(route: AnyRoute, answer: given.Answer, code: 'permission_denied'): void {
  if (route.errorForm === 'oauth') assertOAuthError(answer, 'invalid_client')
  else assertProblem(answer, code)
}

for (const route of guarded) {
  test(`401 for ${route.name} without a credential, and with one that is none`, async () => {
    const ids = await makeIds(shared.given)
    const good = goodRequest(route, '')
    const { key: _, ...anonymous } = good
    const before = stored(authority.config)

    const attempts = [
      anonymous,
      { ...anonymous, key: 'x' },
      { ...anonymous, key: adminKey.slice(0, -1) },
      { ...anonymous, bearer: adminKey },
      { ...anonymous, bearer: 'a.b.c' },
      { ...anonymous, cookie: `__Host-countersign_session=${adminKey}` },
    ]
    for (const attempt of attempts) {
      const answer = await send(route.method, pathOf(route, ids), attempt)
      assert.equal(answer.status, 401, answer.text)
      assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer realm="countersign"/)
    }

    assert.deepEqual(stored(authority.config), before)
  })
}

for (const { route, permission } of permitted) {
  test(`${route.name} is refused to whoever may do everything but ${permission}`, async () => {
    const ids = await makeIds(shared.given)
    const others = [...new Set(Object.values(own))].filter((one) => one !== permission)
    const { secret } = await given.keyOf(shared.given, [...others, 'docs:read'])
    const before = stored(authority.config)

    const answer = await send(route.method, pathOf(route, ids), goodRequest(route, secret))

    assertDenied(route, answer, 'permission_denied')
    assert.deepEqual(stored(authority.config), before)
  })

  test(`${route.name} is open to whoever holds ${permission}, and nothing else of ours`, async () => {
    const ids = await makeIds(shared.given, route)
    // An application's permission beside it: what stands in the bodies of the walk may be given away.
    const { secret } = await given.keyOf(shared.given, [permission, 'docs:read'])

    const answer = await send(
      route.method,
      `${pathOf(route, ids)}${queryOf(route)}`,
      goodRequest(route, secret),
    )

    assert.ok(answer.status < 300, answer.text)
  })
}

test('the routes that ask for no permission are those whose doors are tested here', () => {
  const names = guarded.filter(({ access }) => access === 'credential').map(({ name }) => name)

  assert.deepEqual(names.toSorted(), [
    'add_own_passkey',
    'begin_step_up',
    'change_api_key',
    'change_own_account',
    'change_own_email',
    'change_own_password',
    'complete_step_up',
    'confirm_own_factor',
    'connect_own_identity',
    'create_api_key',
    'disown_own_session',
    'end_api_key',
    'end_other_sessions',
    'end_own_account',
    'end_own_consent',
    'end_own_session',
    'enrol_own_totp',
    'export_own_data',
    'forget_own_device',
    'forget_own_devices',
    'list_api_key_usage',
    'list_api_keys',
    'list_own_activity',
    'list_own_consents',
    'list_own_devices',
    'list_own_factors',
    'list_own_identities',
    'list_own_passkeys',
    'list_own_sessions',
    'list_principal_names',
    'make_recovery_codes',
    'me',
    'own_passkey_options',
    'read_api_key',
    'read_own_account',
    'remove_own_factor',
    'remove_own_identity',
    'remove_own_passkey',
    'rename_own_passkey',
    'revoke',
    'rotate_api_key',
    'sign_out',
    'step_up_passkey_options',
    'verify_own_email',
  ])
})

async function personWithKey(): Promise<{ id: string; token: string; session: string; keyId: string }> {
  const { email, id } = await given.person(shared.given)
  const { session, session_token: token = '' } = await given.signedIn(shared.given, 'session_token', email)
  const made = await send('POST', '/v1/api-keys', { bearer: token, body: { name: 'mine', permissions: [] } })
  return { id, token, session: session.id, keyId: given.at(made.json, 'api_key', 'id') }
}

const NOBODY = '00000000000000000000000000'

test('404 for what belongs to another person, and the very answer of what nobody has', async () => {
  const alice = await personWithKey()
  const bob = await personWithKey()
  const before = stored(authority.config)
  const target = (kind: string, id: string): object => ({ body: { target: { kind, id } } })
  const attempts: readonly [string, (key: string, session: string) => [string, object]][] = [
    ['GET', (key) => [`/v1/api-keys/${key}`, {}]],
    ['PATCH', (key) => [`/v1/api-keys/${key}`, { body: { name: 'stolen' } }]],
    ['DELETE', (key) => [`/v1/api-keys/${key}`, {}]],
    ['POST', (key) => [`/v1/api-keys/${key}/rotate`, {}]],
    ['DELETE', (_, session) => [`/v1/me/sessions/${session}`, {}]],
    ['POST', (key) => ['/v1/revocations', target('api_key', key)]],
    ['POST', (_, session) => ['/v1/revocations', target('session', session)]],
  ]

  for (const [method, make] of attempts) {
    const [path, options] = make(bob.keyId, bob.session)
    const [nowhere, nothing] = make(`key_${NOBODY}`, `ses_${NOBODY}`)
    const foreign = await send(method, path, { ...options, bearer: alice.token })
    const unknown = await send(method, nowhere, { ...nothing, bearer: alice.token })

    assertProblem(foreign, 'not_found')
    assert.deepEqual(
      { ...foreign.json, decision_id: '' },
      { ...unknown.json, decision_id: '' },
      `${method} ${path}`,
    )
  }

  assert.deepEqual(stored(authority.config), before)
  assert.equal((await send('GET', '/v1/me', { bearer: bob.token })).status, 200)
})

test('another person is neither listed nor ended, nor counted in a dry run', async () => {
  const alice = await personWithKey()
  const bob = await personWithKey()

  for (const dry_run of [false, true]) {
    for (const target of [
      { kind: 'account', id: bob.id },
      { kind: 'issuer', id: given.ISSUER },
    ]) {
      const answer = await send('POST', '/v1/revocations', { bearer: alice.token, body: { target, dry_run } })
      assertProblem(answer, 'permission_denied')
    }
    for (const [kind, id] of [
      ['role', 'member'],
      ['client', 'first-party'],
      ['session', bob.session],
    ]) {
      const body = { target: { kind, id }, dry_run }
      assertProblem(await send('POST', '/v1/revocations', { bearer: alice.token, body }), 'not_found')
    }
  }
  for (const owner of [bob.id, 'all']) {
    const answer = await send('GET', `/v1/api-keys?owner=${owner}`, { bearer: alice.token })
    assertProblem(answer, 'permission_denied')
  }
})

/** A person whose key and whose exchanged token try what only the person may. */
async function voices(): Promise<{
  owner: string
  session: string
  other: string
  tries: given.SendOptions[]
}> {
  const { id, token, session, keyId: other } = await personWithKey()
  const made = await send('POST', '/v1/api-keys', { bearer: token, body: { name: 'voice', permissions: [] } })
  const secret = given.at(made.json, 'secret')
  const exchanged = await send('POST', '/oauth/token', {
    form: {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: secret,
      subject_token_type: 'urn:countersign:params:oauth:token-type:api-key',
    },
  })
  const bearer = given.at(exchanged.json, 'access_token')
  await settle(shared.given)
  return { owner: id, session, other, tries: [{ key: secret }, { bearer }] }
}

const passkeyAttempts: readonly [string, string, object, string][] = [
  ['GET', '/v1/me/passkeys', {}, 'permission_denied'],
  ['POST', '/v1/me/passkeys/options', {}, 'permission_denied'],
  ['POST', '/v1/me/passkeys', { body: samples.add_own_passkey }, 'permission_denied'],
  ['PATCH', `/v1/me/passkeys/fac_${NOBODY}`, { body: { name: 'x' } }, 'permission_denied'],
  ['DELETE', `/v1/me/passkeys/fac_${NOBODY}`, {}, 'permission_denied'],
  ['POST', '/v1/me/step-up/passkey/options', { body: { ticket: 'x' } }, 'permission_denied'],
]

const factorAttempts: readonly [string, string, object, string][] = [
  ['DELETE', '/v1/me', {}, 'permission_denied'],
  ['GET', '/v1/me/factors', {}, 'permission_denied'],
  ['POST', '/v1/me/factors/totp', {}, 'permission_denied'],
  ['POST', `/v1/me/factors/fac_${NOBODY}/confirm`, { body: { code: '123456' } }, 'permission_denied'],
  ['DELETE', `/v1/me/factors/fac_${NOBODY}`, {}, 'permission_denied'],
  ['POST', '/v1/me/recovery-codes', {}, 'permission_denied'],
  ['POST', '/v1/me/step-up', {}, 'permission_denied'],
  [
    'POST',
    '/v1/me/step-up/factor',
    { body: { ticket: 'x', factor: 'password', code: 'x' } },
    'permission_denied',
  ],
]

const identityAttempts: readonly [string, string, object, string][] = [
  ['GET', '/v1/me/identities', {}, 'permission_denied'],
  ['POST', '/v1/me/identities', { body: samples.connect_own_identity }, 'permission_denied'],
  ['DELETE', `/v1/me/identities/idn_${NOBODY}`, {}, 'permission_denied'],
]

test('an API key and its tokens do not speak with the whole voice of their owner', async () => {
  const { owner, session, other, tries } = await voices()
  const revoke = (kind: string, id: string): [string, string, object, string] => [
    'POST',
    '/v1/revocations',
    { body: { target: { kind, id } } },
    kind === 'account' ? 'permission_denied' : 'not_found',
  ]
  const refused: readonly [string, string, object, string][] = [
    ['POST', '/v1/sign-out', {}, 'permission_denied'],
    ['GET', '/v1/me/sessions', {}, 'permission_denied'],
    ['DELETE', `/v1/me/sessions/${session}`, {}, 'permission_denied'],
    ['POST', '/v1/me/sessions/revoke-others', {}, 'permission_denied'],
    ['GET', '/v1/me/devices', {}, 'permission_denied'],
    ['DELETE', '/v1/me/devices', {}, 'permission_denied'],
    ['DELETE', `/v1/me/devices/dev_${NOBODY}`, {}, 'permission_denied'],
    ...factorAttempts,
    ...passkeyAttempts,
    ...identityAttempts,
    ['GET', '/v1/api-keys', {}, 'permission_denied'],
    ['POST', '/v1/api-keys', { body: { name: 'x', permissions: [] } }, 'permission_denied'],
    ['GET', `/v1/api-keys/${other}`, {}, 'not_found'],
    ['GET', `/v1/api-keys/${other}/usage`, {}, 'not_found'],
    ['PATCH', `/v1/api-keys/${other}`, { body: { name: 'x' } }, 'not_found'],
    ['POST', `/v1/api-keys/${other}/rotate`, {}, 'not_found'],
    ['DELETE', `/v1/api-keys/${other}`, {}, 'not_found'],
    revoke('account', owner),
    revoke('session', session),
    revoke('api_key', other),
  ]
  const before = stored(authority.config)

  for (const credential of tries) {
    for (const [method, path, options, code] of refused) {
      const answer = await send(method, path, { ...options, ...credential })
      assert.equal(answer.json.code, code, `${method} ${path}: ${answer.text}`)
    }
  }

  assert.deepEqual(stored(authority.config), before)
})

test('a key may read about itself and end itself, which ends its tokens, and nothing else of its owner', async () => {
  const { session, tries } = await voices()
  const [byKey = {}, byToken = {}] = tries
  const me = await send('GET', '/v1/me', byKey)
  const path = `/v1/api-keys/${given.at(me.json, 'credential', 'id')}`
  assert.equal((await send('GET', path, byKey)).status, 200)
  assertProblem(await send('PATCH', path, { ...byKey, body: { name: 'x' } }), 'not_found')

  assert.equal((await send('DELETE', path, byKey)).status, 204)

  assert.equal((await send('GET', '/v1/me', byKey)).status, 401)
  assert.equal((await send('GET', '/v1/me', byToken)).status, 401)
  const target = { kind: 'session', id: session }
  const dry = await send('POST', '/v1/revocations', { key: adminKey, body: { target, dry_run: true } })
  assert.deepEqual(dry.json.ended, { sessions: 1, grants: 0, api_keys: 0 })
})
