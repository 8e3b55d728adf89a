/** Registering OAuth clients: what is refused, what is kept, and what nobody gives away that they do not hold. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { assertOAuthError, assertProblem } from './contract.ts'
import * as given from './given.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { adminKey, send } = shared.given

let counted = 0
const body = (more: object = {}): Record<string, unknown> => {
  counted += 1
  return {
    id: `client-${counted}`,
    name: 'A client',
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code'],
    redirect_uris: ['https://app.example.com/callback'],
    scopes: ['openid', 'docs:read'],
    ...more,
  }
}
const create = (more: object = {}, key = adminKey): Promise<given.Answer> =>
  send('POST', '/v1/clients', { key, body: body(more) })

const publicKey = {
  kty: 'OKP',
  crv: 'Ed25519',
  alg: 'EdDSA',
  kid: 'one',
  x: 'O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik',
}
const service = async (roles: readonly string[] = []): Promise<string> => {
  const answer = await send('POST', '/v1/service-accounts', {
    key: adminKey,
    body: { name: 'a program', roles },
  })
  return given.at(answer.json, 'service_account', 'id')
}

const mistakes: readonly [string, object, string][] = [
  ['an id with capitals', { id: 'Client' }, 'id'],
  ['an id that looks like a person', { id: `acc_${'0'.repeat(26)}` }, 'id'],
  ['an implicit grant', { grant_types: ['implicit'] }, 'grant_types.0'],
  ['a password grant', { grant_types: ['password'] }, 'grant_types.0'],
  ['a redirect URI over plain http', { redirect_uris: ['http://app.example.com/'] }, 'redirect_uris.0'],
  ['a redirect URI with a wildcard', { redirect_uris: ['https://*.example.com/'] }, 'redirect_uris.0'],
  ['a redirect URI that is a script', { redirect_uris: ['javascript:alert(1)'] }, 'redirect_uris.0'],
  ['no redirect URI for people', { redirect_uris: [] }, 'redirect_uris'],
  ['redirect URIs and nobody to send', { grant_types: [] }, 'redirect_uris'],
  ['refresh tokens without a code', { grant_types: ['refresh_token'], redirect_uris: [] }, 'grant_types'],
  ['a scope that is none', { scopes: ['everything please'] }, 'scopes.0'],
  [
    'client_credentials for nobody',
    { grant_types: ['authorization_code', 'client_credentials'] },
    'service_account_id',
  ],
  ['a service account that is none', { service_account_id: 'acc_x' }, 'service_account_id'],
  ['keys without the method for them', { jwks: { keys: [publicKey] } }, 'jwks'],
  ['the method without keys', { token_endpoint_auth_method: 'private_key_jwt' }, 'jwks'],
  [
    'a way back after signing out that is no https',
    { post_logout_redirect_uris: ['http://app.example.com/bye'] },
    'post_logout_redirect_uris.0',
  ],
  [
    'a place to tell of ended sessions that is no https',
    { backchannel_logout_uri: 'http://app.example.com/logout' },
    'backchannel_logout_uri',
  ],
  ['a logo over plain http', { logo_uri: 'http://app.example.com/logo.png' }, 'logo_uri'],
  ['a policy that is a script', { policy_uri: 'javascript:alert(1)' }, 'policy_uri'],
  ['a profile that is none', { profile: 'fapi2-message-signing' }, 'profile'],
]
for (const [what, more, path] of mistakes) {
  test(`${what} is refused by name`, async () => {
    const answer = await create(more)

    assertProblem(answer, 'invalid_request')
    assert.equal(given.at(answer.json, 'errors', '0', 'path'), path, answer.text)
  })
}

test('keys that are private, shared, weak or doubled are not registered', async () => {
  const sets = [
    [{ ...publicKey, d: 'AAAA' }],
    [{ kty: 'oct', k: 'A'.repeat(43), alg: 'HS256', kid: 'one' }],
    [{ ...publicKey, alg: 'none' }],
    [{ ...publicKey, alg: 'ES256' }],
    [{ ...publicKey, kid: '' }],
    [{ kty: 'RSA', n: 'AQAB', e: 'AQAB', alg: 'RS256', kid: 'one' }],
    [publicKey, publicKey],
  ]
  for (const keys of sets) {
    const answer = await create({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys } })

    assertProblem(answer, 'invalid_request')
    assert.match(given.at(answer.json, 'errors', '0', 'path'), /^jwks\.keys\.\d$/)
  }
  const good = await create({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [publicKey] } })
  assert.equal(good.status, 201, good.text)
  assert.equal(good.json.client_secret, null)
})

test('a public client cannot speak for a service account', async () => {
  const answer = await create({
    token_endpoint_auth_method: 'none',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    service_account_id: await service(),
  })

  assertProblem(answer, 'invalid_request')
})

test('an id that is taken, or was, is refused, and so is the first party’s', async () => {
  const made = await create()
  const id = given.at(made.json, 'client', 'id')

  assertProblem(await create({ id }), 'conflict')
  assert.equal((await send('DELETE', `/v1/clients/${id}`, { key: adminKey })).status, 204)
  assertProblem(await create({ id }), 'conflict')
  assertProblem(await send('GET', `/v1/clients/${id}`, { key: adminKey }), 'not_found')
  assertProblem(await create({ id: 'first-party' }), 'conflict')
})

test('the first party’s client is read, and neither changed nor ended nor given a secret', async () => {
  const path = '/v1/clients/first-party'

  assert.equal((await send('GET', path, { key: adminKey })).status, 200)
  assertProblem(await send('PATCH', path, { key: adminKey, body: { name: 'x' } }), 'conflict')
  assertProblem(await send('POST', `${path}/rotate-secret`, { key: adminKey }), 'conflict')
  assertProblem(await send('DELETE', path, { key: adminKey }), 'conflict')
})

test('nobody registers or touches a client that may be given more than they hold', async () => {
  const { secret: key } = await given.keyOf(shared.given, ['clients:write', 'docs:read'])
  const made = await create({ scopes: ['docs:write'] })
  const path = `/v1/clients/${given.at(made.json, 'client', 'id')}`
  const own = await create({}, key)

  for (const scopes of [['docs:write'], ['docs:*'], ['*']]) {
    assertProblem(await create({ scopes }, key), 'permission_exceeds_own')
    const change = { key, body: { scopes } }
    const ownPath = `/v1/clients/${given.at(own.json, 'client', 'id')}`
    assertProblem(await send('PATCH', ownPath, change), 'permission_exceeds_own')
  }
  assertProblem(await send('PATCH', path, { key, body: { scopes: [] } }), 'permission_exceeds_own')
  assertProblem(await send('POST', `${path}/rotate-secret`, { key }), 'permission_exceeds_own')
  assertProblem(await send('DELETE', path, { key }), 'permission_exceeds_own')
})

test('a client speaks for a service account only where its maker may write those', async () => {
  const { secret: key } = await given.keyOf(shared.given, ['clients:write', 'docs:read'])
  const service_account_id = await service()
  const speaking = { grant_types: ['client_credentials'], redirect_uris: [], service_account_id }
  const made = await create(speaking)
  const path = `/v1/clients/${given.at(made.json, 'client', 'id')}`

  assertProblem(await create(speaking, key), 'permission_denied')
  assertProblem(await send('POST', `${path}/rotate-secret`, { key }), 'permission_denied')
  assertProblem(await send('PATCH', path, { key, body: { service_account_id } }), 'permission_denied')
})

test('the secret stands in the first answer and in no other', async () => {
  const made = await create()
  const secret = given.at(made.json, 'client_secret')
  const path = `/v1/clients/${given.at(made.json, 'client', 'id')}`

  assert.match(secret, /^cs_seclive_[0-9A-Za-z]{49}$/)
  const answers = [
    await send('GET', path, { key: adminKey }),
    await send('GET', '/v1/clients?limit=200', { key: adminKey }),
    await send('PATCH', path, { key: adminKey, body: { name: 'Other' } }),
    await send('GET', '/v1/audit?type=client.created', { key: adminKey }),
  ]
  for (const { text } of answers) assert.ok(!text.includes(secret) && !text.includes(secret.slice(11, 54)))
})

test('a client without a secret is given none, also not by rotation', async () => {
  const made = await create({ token_endpoint_auth_method: 'none' })
  const path = `/v1/clients/${given.at(made.json, 'client', 'id')}`

  assert.equal(made.json.client_secret, null)
  assertProblem(await send('POST', `${path}/rotate-secret`, { key: adminKey }), 'conflict')
})

test('what was registered is read as it was written', async () => {
  const wanted = body({
    token_endpoint_auth_method: 'none',
    profile: 'oidc-basic',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: ['com.example.app:/callback', 'http://127.0.0.1/callback'],
    post_logout_redirect_uris: ['https://app.example.com/bye'],
    backchannel_logout_uri: 'https://app.example.com/logout',
    audiences: ['https://api.example.com'],
    logo_uri: 'https://app.example.com/logo.png',
  })
  await send('POST', '/v1/clients', { key: adminKey, body: wanted })

  const { json } = await send('GET', `/v1/clients/${wanted.id}`, { key: adminKey })

  const { created_at: _, ...rest } = Object(json.client)
  assert.deepEqual(rest, {
    ...wanted,
    type: 'public',
    service_account_id: null,
    jwks: null,
    dpop_bound_access_tokens: false,
    jwks_uri: null,
    policy_uri: null,
    tos_uri: null,
    assurance: null,
    id_token_signed_response_alg: null,
    subject_type: 'public',
    sector_identifier_uri: null,
    registration: 'administrator',
    first_used_at: null,
    disabled_at: null,
  })
})

test('a change that would break the rules as a whole is refused, whatever it names', async () => {
  const made = await create()
  const path = `/v1/clients/${given.at(made.json, 'client', 'id')}`

  for (const change of [
    { redirect_uris: [] },
    { token_endpoint_auth_method: 'private_key_jwt' },
    { grant_types: ['client_credentials'] },
    { grant_types: [] },
  ]) {
    assertProblem(await send('PATCH', path, { key: adminKey, body: change }), 'invalid_request')
  }
})

test('what another client was given does not speak with the whole voice of whom it speaks for', async () => {
  const role = 'speaks-through-a-client'
  await send('POST', '/v1/roles', { key: adminKey, body: { id: role, permissions: ['docs:read'] } })
  const service_account_id = await service([role])
  const made = await create({
    grant_types: ['client_credentials'],
    redirect_uris: [],
    scopes: ['docs:read'],
    service_account_id,
  })
  const form = {
    grant_type: 'client_credentials',
    client_id: given.at(made.json, 'client', 'id'),
    client_secret: given.at(made.json, 'client_secret'),
  }
  assertOAuthError(await send('POST', '/oauth/token', { form }), 'invalid_client')
  const headers = { authorization: `Basic ${btoa(`${form.client_id}:${form.client_secret}`)}` }
  const issued = await send('POST', '/oauth/token', { form: { grant_type: 'client_credentials' }, headers })
  const bearer = given.at(issued.json, 'access_token')

  assert.equal((await send('GET', '/v1/me', { bearer })).status, 200)
  const key = { name: 'mine', permissions: [] }
  assertProblem(await send('POST', '/v1/api-keys', { bearer, body: key }), 'permission_denied')
  assertProblem(await send('GET', '/v1/api-keys', { bearer }), 'permission_denied')
  const target = { kind: 'service_account', id: service_account_id }
  assertProblem(await send('POST', '/v1/revocations', { bearer, body: { target } }), 'permission_denied')
})
