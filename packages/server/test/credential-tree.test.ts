/** The tree of a principal as administrators see it, the search for people, and who follows the log. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'

const VERIFIER = 'a-verifier-in-some-test'

test('404 for a tree of nobody, and of the other kind of principal', async (t) => {
  const to = await given.authority(t)
  const { owner } = await given.keyOf(to, ['docs:read'])
  const paths = [
    '/v1/accounts/acc_01kf0rdqg06p1nem1shv2ssrmr/tree',
    `/v1/accounts/${owner}/tree`,
    `/v1/service-accounts/${to.adminAccount}/tree`,
    '/v1/accounts/..%2f/tree',
  ]
  for (const path of paths) {
    assertProblem(await to.send('GET', path, { key: to.adminKey }), 'not_found')
  }
})

test('403 for one’s own tree without the permission', async (t) => {
  const to = await given.authority(t)
  const { email, id } = await given.person(to)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', email)

  assertProblem(await to.send('GET', `/v1/accounts/${id}/tree`, { bearer }), 'permission_denied')
  assertProblem(await to.send('GET', '/v1/verifiers', { bearer }), 'permission_denied')
})

test('the tree holds what is alive: an ended session and its grant are gone from it', async (t) => {
  const to = await given.authority(t)
  const { email, id } = await given.person(to)
  const first = await given.signedIn(to, 'session_token', email)
  to.clock.advance(1)
  const second = await given.signedIn(to, 'jwt', email)
  const read = (): Promise<given.Answer> => to.send('GET', `/v1/accounts/${id}/tree`, { key: to.adminKey })

  const before = await read()
  const target = { kind: 'session', id: second.session.id }
  await to.send('POST', '/v1/revocations', { key: to.adminKey, body: { target } })
  const after = await read()

  assert.deepEqual(idsOf(before.json.sessions), [second.session.id, first.session.id])
  assert.equal(given.at(before.json, 'grants', '0', 'session_id'), second.session.id)
  assert.equal(given.at(before.json, 'grants', '0', 'client_id'), 'first-party')
  assert.equal(before.json.grants_complete, true)
  assert.deepEqual(idsOf(after.json.sessions), [first.session.id])
  assert.deepEqual(after.json.grants, [])
  assert.doesNotMatch(before.text, /digest|secret/)
})

test('access tokens are counted under what they end with, while one of them can be alive', async (t) => {
  const to = await given.authority(t)
  const { email, id } = await given.person(to)
  const read = async (path: string): Promise<unknown> =>
    (await to.send('GET', `${path}/tree`, { key: to.adminKey })).json.access_tokens
  const { session } = await given.signedIn(to, 'jwt', email)
  await given.signedIn(to, 'session_token', email)
  const { owner, id: key, secret } = await given.keyOf(to, ['docs:read'])
  assert.deepEqual(await read(`/v1/service-accounts/${owner}`), [])

  for (let count = 0; count < 2; count += 1) await exchangeKey(to, secret)

  const at = new Date(to.clock.nowMs())
  const times = { latest_at: at.toISOString(), ends_by: new Date(at.getTime() + 900_000).toISOString() }
  const under = { kind: 'session', id: session.id }
  assert.deepEqual(await read(`/v1/accounts/${id}`), [{ under, count: 1, ...times }])
  assert.deepEqual(await read(`/v1/service-accounts/${owner}`), [
    { under: { kind: 'api_key', id: key }, count: 2, ...times },
  ])
  to.clock.advance(901)
  assert.deepEqual(await read(`/v1/accounts/${id}`), [])
  assert.deepEqual(await read(`/v1/service-accounts/${owner}`), [])
})

test('tokens of a grant are counted under it with each refresh, and those of a client under its program', async (t) => {
  const to = await given.authority(t)
  const { email, id } = await given.person(to)
  const { refresh_token: token = '' } = await given.signedIn(to, 'jwt', email)
  const form = { grant_type: 'refresh_token', refresh_token: token, client_id: 'first-party' }
  assert.equal((await to.send('POST', '/oauth/token', { form })).status, 200)
  const { owner } = await given.keyOf(to, ['docs:read'])
  const client = await to.send('POST', '/v1/clients', {
    key: to.adminKey,
    body: {
      id: 'a-robot',
      name: 'A robot',
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['client_credentials'],
      scopes: ['docs:read'],
      service_account_id: owner,
    },
  })
  const basic = btoa(`a-robot:${given.at(client.json, 'client_secret')}`)
  const issued = await to.send('POST', '/oauth/token', {
    form: { grant_type: 'client_credentials' },
    headers: { authorization: `Basic ${basic}` },
  })
  assert.equal(issued.status, 200, issued.text)

  const person = await to.send('GET', `/v1/accounts/${id}/tree`, { key: to.adminKey })
  const program = await to.send('GET', `/v1/service-accounts/${owner}/tree`, { key: to.adminKey })

  assert.deepEqual(kindsOf(person).toSorted(), ['grant 1', 'session 1'])
  assert.deepEqual(kindsOf(program), ['service_account 1'])
})

test('a search finds parts of addresses and names, and takes its signs for themselves', async (t) => {
  const to = await given.authority(t)
  const people = [
    { email: 'mara.jade@example.com', name: 'Mara' },
    { email: 'luke@example.com', name: 'Luke 100%_sure!' },
    { email: 'leia@example.org', name: null },
  ]
  for (const { email, name } of people) {
    const body = { email, password: given.PASSWORD, ...(name !== null && { name }) }
    assert.equal((await to.send('POST', '/v1/accounts', { key: to.adminKey, body })).status, 201)
  }
  const find = async (search: string): Promise<readonly string[]> => {
    const path = `/v1/accounts?search=${encodeURIComponent(search)}`
    const { json } = await to.send('GET', path, { key: to.adminKey })
    assert.ok(Array.isArray(json.items))
    return json.items.map(({ email }) => String(email))
  }

  assert.deepEqual(await find('MARA'), ['mara.jade@example.com'])
  assert.deepEqual(await find('example.org'), ['leia@example.org'])
  assert.deepEqual(await find('100%_'), ['luke@example.com'])
  assert.deepEqual(await find('sure!'), ['luke@example.com'])
  assert.deepEqual(await find('%'), ['luke@example.com'])
  assert.deepEqual(await find('_ara'), [])
  assert.deepEqual(await find(`' or 1=1 --`), [])
})

test('a search goes on where its page ended', async (t) => {
  const to = await given.authority(t)
  for (const name of ['one', 'two', 'three']) {
    const body = { email: `${name}@paged.example`, password: given.PASSWORD }
    await to.send('POST', '/v1/accounts', { key: to.adminKey, body })
    to.clock.advance(1)
  }
  const path = '/v1/accounts?search=paged.example&limit=2'

  const first = await to.send('GET', path, { key: to.adminKey })
  const cursor = String(first.json.next_cursor)
  const second = await to.send('GET', `${path}&cursor=${cursor}`, { key: to.adminKey })

  assert.equal(given.at(first.json, 'items', '0', 'email'), 'three@paged.example')
  assert.equal(given.at(first.json, 'items', '1', 'email'), 'two@paged.example')
  assert.equal(given.at(second.json, 'items', '0', 'email'), 'one@paged.example')
  assert.equal(second.json.next_cursor, null)
})

test('a verifier is listed while it may hold a lease, by a part of its name that opens nothing', async (t) => {
  const to = await given.authority(t)
  const list = (): Promise<given.Answer> => to.send('GET', '/v1/verifiers', { key: to.adminKey })
  const alone = await list()

  const { owner, secret: key } = await given.keyOf(to, ['revocations:read'])
  await to.send('GET', `/v1/revocations?verifier=${VERIFIER}`, { key })
  const body = { id: 'walkers', permissions: ['docs:read'] }
  await to.send('POST', '/v1/roles', { key: to.adminKey, body })
  await to.send('POST', '/v1/revocations', {
    key: to.adminKey,
    body: { target: { kind: 'role', id: 'walkers' } },
  })
  const followed = await list()
  to.clock.advance(6)
  const later = await list()

  assert.deepEqual(labelsOf(alone), ['own'])
  assert.deepEqual(labelsOf(followed), [VERIFIER.slice(0, 8), 'own'])
  assert.doesNotMatch(followed.text, new RegExp(VERIFIER))
  const [remote = 0, own] = behindOf(followed)
  assert.ok(remote > 0)
  assert.equal(own, 0)
  assert.equal(followed.json.count, 2)
  assert.deepEqual(principalsOf(followed), [{ kind: 'service_account', id: owner }, null])
  assert.equal(followed.json.lease_ms, 5_000)
  assert.deepEqual(labelsOf(later).includes(VERIFIER.slice(0, 8)), false)
})

function idsOf(items: unknown): readonly string[] {
  assert.ok(Array.isArray(items))
  return items.map(({ id }) => String(id))
}

function labelsOf({ json }: given.Answer): readonly string[] {
  assert.ok(Array.isArray(json.items))
  return json.items.map(({ label }) => String(label))
}

function principalsOf({ json }: given.Answer): readonly unknown[] {
  assert.ok(Array.isArray(json.items))
  return json.items.map(({ principal }) => principal)
}

function behindOf({ json }: given.Answer): readonly number[] {
  assert.ok(Array.isArray(json.items))
  return json.items.map(({ behind }) => Number(behind))
}

function kindsOf({ json }: given.Answer): readonly string[] {
  assert.ok(Array.isArray(json.access_tokens))
  return json.access_tokens.map(({ under, count }) => `${under.kind} ${count}`)
}

async function exchangeKey(to: given.Given, secret: string): Promise<void> {
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: secret,
    subject_token_type: 'urn:countersign:params:oauth:token-type:api-key',
  }
  const answer = await to.send('POST', '/oauth/token', { form })
  assert.equal(answer.status, 200, answer.text)
}
