/** Nobody gives away, takes over or locks out more than they hold (ASVS 8.2.1). */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { settle, stored } from './walk.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { authority, adminKey, adminAccount, send } = shared.given

/** Everything that writes principals, roles and keys, and nothing of what administrators read. */
const WRITER = ['accounts:write', 'service-accounts:write', 'roles:write', 'api-keys:write', 'api-keys:read']
const writer = await given.keyOf(shared.given, [...WRITER, 'docs:read'])

type Try = readonly [method: string, path: string, body?: object]

async function assertAllRefused(tries: readonly Try[], credential: given.SendOptions): Promise<void> {
  const before = stored(authority.config)
  for (const [method, path, body] of tries) {
    const answer = await send(method, path, { ...credential, ...(body && { body }) })
    assert.equal(
      answer.json.code,
      'permission_exceeds_own',
      `${method} ${path} ${JSON.stringify(body)}: ${answer.text}`,
    )
  }
  assert.deepEqual(stored(authority.config), before)
}

/** Permissions that the writer does not hold, spelled in every way that would cover one. */
const MORE: readonly (readonly string[])[] = [
  ['*'],
  ['accounts:*'],
  ['audit:read'],
  ['docs:read', 'docs:write'],
  ['docs:*'],
]

test('a role is not made or changed to hold more than its maker', async () => {
  await send('POST', '/v1/roles', { key: adminKey, body: { id: 'readers', permissions: ['docs:read'] } })
  const tries = MORE.flatMap((permissions, index): Try[] => [
    ['POST', '/v1/roles', { id: `more-${index}`, permissions }],
    ['PATCH', '/v1/roles/readers', { permissions }],
  ])

  await assertAllRefused(tries, { key: writer.secret })
})

test('a role that holds more is not changed, ended or given by who holds less', async () => {
  const { id } = await given.person(shared.given)
  const body = { id: 'auditors', permissions: ['audit:read'] }
  await send('POST', '/v1/roles', { key: adminKey, body })
  const tries = ['auditors', 'administrator'].flatMap((role): Try[] => [
    ['PATCH', `/v1/roles/${role}`, { description: 'Harmless.' }],
    ['PATCH', `/v1/roles/${role}`, { permissions: [] }],
    ['DELETE', `/v1/roles/${role}`],
    ['PATCH', `/v1/accounts/${id}`, { roles: [role] }],
    ['PATCH', `/v1/service-accounts/${writer.owner}`, { roles: ['member', role] }],
    ['POST', '/v1/accounts', { email: 'puppet@example.com', password: given.PASSWORD, roles: [role] }],
    ['POST', '/v1/service-accounts', { name: 'puppet', roles: ['member', role] }],
  ])

  await assertAllRefused(tries, { key: writer.secret })
})

test('an administrator is not renamed, demoted, disabled, enabled or ended by who holds less', async () => {
  const { credential, principal } = (await send('GET', '/v1/me', { key: adminKey })).json
  const tries = [`/v1/accounts/${adminAccount}`, `/v1/service-accounts/${given.at(principal, 'id')}`].flatMap(
    (path): Try[] => [
      ['PATCH', path, { name: 'Mallory' }],
      ['PATCH', path, { roles: [] }],
      ['PATCH', path, { disabled: true }],
      ['PATCH', path, { disabled: false }],
      ['DELETE', path],
    ],
  )
  const rotate: Try = ['POST', `/v1/api-keys/${given.at(credential, 'id')}/rotate`]

  await assertAllRefused([...tries, rotate], { key: writer.secret })
})

test('a key is not made, widened or rotated to more than its caller holds', async () => {
  const wide = await given.keyOf(shared.given, ['docs:read', 'docs:write'])
  const tries = MORE.flatMap((permissions): Try[] => [
    ['POST', '/v1/api-keys', { name: 'x', permissions }],
    ['POST', '/v1/api-keys', { name: 'x', permissions, service_account_id: wide.owner }],
    ['PATCH', `/v1/api-keys/${writer.id}`, { permissions }],
    ['PATCH', `/v1/api-keys/${wide.id}`, { permissions }],
  ])

  await assertAllRefused([...tries, ['POST', `/v1/api-keys/${wide.id}/rotate`]], { key: writer.secret })
})

test('a key that holds more is not changed at all by who holds less', async () => {
  const wide = await given.keyOf(shared.given, ['docs:read', 'docs:write'])
  const { credential } = (await send('GET', '/v1/me', { key: adminKey })).json
  const tries = [wide.id, given.at(credential, 'id')].flatMap((id): Try[] => [
    ['PATCH', `/v1/api-keys/${id}`, { name: 'x' }],
    ['PATCH', `/v1/api-keys/${id}`, { permissions: [] }],
    ['PATCH', `/v1/api-keys/${id}`, { allow_addresses: ['192.0.2.1'] }],
    ['PATCH', `/v1/api-keys/${id}`, { rate_limit: { requests: 1, per_seconds: 86_400 } }],
  ])

  await assertAllRefused(tries, { key: writer.secret })
})

test('a person who has lost a permission may still narrow a key that names it, and not widen it', async () => {
  const body = { id: 'drafters', permissions: ['docs:read', 'docs:write'] }
  await send('POST', '/v1/roles', { key: adminKey, body })
  const { id, email } = await given.person(shared.given)
  const setRoles = (roles: readonly string[]): Promise<given.Answer> =>
    send('PATCH', `/v1/accounts/${id}`, { key: adminKey, body: { roles } })
  await setRoles(['drafters'])
  const { session_token: bearer = '' } = await given.signedIn(shared.given, 'session_token', email)
  const made = await send('POST', '/v1/api-keys', {
    bearer,
    body: { name: 'mine', permissions: ['docs:read', 'docs:write'] },
  })
  const path = `/v1/api-keys/${given.at(made.json, 'api_key', 'id')}`
  await setRoles(['member'])

  assert.equal((await send('PATCH', path, { bearer, body: { name: 'yours' } })).status, 200)
  const kept = await send('PATCH', path, { bearer, body: { permissions: ['docs:read'] } })
  assertProblem(kept, 'permission_exceeds_own')
  assert.equal((await send('PATCH', path, { bearer, body: { permissions: [] } })).status, 200)
})

const FENCES = { resources: ['doc-1', 'doc-2'], allow_addresses: ['127.0.0.0/8', '10.0.0.0/8'] }

test('a key that is fenced in, and its token, makes, changes and rotates no key beyond its own fences', async () => {
  const permissions = ['api-keys:write', 'service-accounts:write', 'docs:read']
  const fenced = await given.keyOf(shared.given, permissions, FENCES)
  const free = await given.keyOf(shared.given, ['docs:read'])
  const exchanged = await send('POST', '/oauth/token', {
    form: {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: fenced.secret,
      subject_token_type: 'urn:countersign:params:oauth:token-type:api-key',
    },
  })
  await settle(shared.given)
  const beyond = [
    { ...FENCES, resources: [] },
    { ...FENCES, resources: ['doc-1', 'doc-3'] },
    { ...FENCES, allow_addresses: [] },
    { ...FENCES, allow_addresses: ['0.0.0.0/0'] },
  ]
  const tries = beyond.flatMap((fences): Try[] => [
    ['POST', '/v1/api-keys', { name: 'x', permissions: [], ...fences }],
    ['PATCH', `/v1/api-keys/${fenced.id}`, fences],
    ['PATCH', `/v1/api-keys/${free.id}`, fences],
  ])

  const all: readonly Try[] = [
    ...tries,
    ['POST', '/v1/api-keys', { name: 'x', permissions: [] }],
    ['POST', `/v1/api-keys/${free.id}/rotate`],
  ]

  await assertAllRefused(all, { key: fenced.secret })
  await assertAllRefused(all, { bearer: given.at(exchanged.json, 'access_token') })
})

test('a key within the fences of its maker is made, changed and rotated', async () => {
  const fenced = await given.keyOf(shared.given, ['api-keys:write', 'docs:read'], FENCES)
  const body = { name: 'x', permissions: ['docs:read'], ...FENCES, resources: ['doc-2'] }

  const made = await send('POST', '/v1/api-keys', { key: fenced.secret, body })
  const path = `/v1/api-keys/${given.at(made.json, 'api_key', 'id')}`
  const named = await send('PATCH', path, { key: fenced.secret, body: { name: 'y' } })
  const rotated = await send('POST', `${path}/rotate`, { key: fenced.secret })

  assert.deepEqual([made.status, named.status, rotated.status], [201, 200, 200])
})

test('409 for the role administrator, even by an administrator', async () => {
  for (const [method, body] of [
    ['PATCH', { permissions: ['docs:read'] }],
    ['PATCH', { description: 'Nobody.' }],
    ['DELETE', undefined],
  ] as const) {
    const answer = await send(method, '/v1/roles/administrator', { key: adminKey, ...(body && { body }) })
    assertProblem(answer, 'conflict')
  }
})

test('409 for the last administrator: not demoted, not disabled, not ended, not even by themselves', async () => {
  const { session_token: bearer = '' } = await given.signedIn(
    shared.given,
    'session_token',
    'admin@example.com',
  )
  const path = `/v1/accounts/${adminAccount}`
  for (const caller of [{ key: adminKey }, { bearer }]) {
    for (const [method, body] of [
      ['PATCH', { roles: ['member'] }],
      ['PATCH', { disabled: true }],
      ['DELETE', undefined],
    ] as const) {
      const answer = await send(method, path, { ...caller, ...(body && { body }) })
      assertProblem(answer, 'last_administrator')
    }
  }
  assert.equal((await send('GET', '/v1/me', { bearer })).status, 200)
})

test('revoking does not get around it: ending the issuer takes an administrator', async () => {
  const { secret } = await given.keyOf(shared.given, ['revocations:write', 'revocations:read'])

  const body = { target: { kind: 'issuer', id: given.ISSUER } }
  assertProblem(await send('POST', '/v1/revocations', { key: secret, body }), 'permission_denied')
})
