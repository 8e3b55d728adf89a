/** One thing done to many: who may, what a dry run says, what becomes of each, and what a second try finds. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { BulkItemShape } from '@countersign/protocol'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { send, adminKey, adminAccount, clock } = shared.given

type Asked = Pick<given.SendOptions, 'key' | 'bearer'>

const bulk = (noun: string, body: object, asked: Asked = { key: adminKey }): Promise<given.Answer> =>
  send('POST', `/v1/${noun}/bulk`, { ...asked, body })

async function done(noun: string, body: object, asked?: Asked): Promise<readonly BulkItemShape[]> {
  const answer = await bulk(noun, body, asked)
  assert.equal(answer.status, 200, answer.text)
  return answer.json.items as BulkItemShape[]
}

const outcomes = (items: readonly BulkItemShape[]): readonly string[] =>
  items.map(({ outcome, code }) => (code === null ? outcome : `${outcome} ${code}`))

async function eventsOf(target: string): Promise<readonly string[]> {
  const answer = await send('GET', `/v1/audit?target=${target}&limit=200`, { key: adminKey })
  return (answer.json.items as { type: string }[]).map(({ type }) => type)
}

const status = async (id: string): Promise<number> =>
  (await send('GET', `/v1/accounts/${id}`, { key: adminKey })).status

test('a list that is none, or longer than a hundred, is refused whole', async () => {
  const { id } = await given.person(shared.given)

  for (const body of [
    { action: 'end', ids: [] },
    { action: 'end', ids: Array.from({ length: 101 }, () => id) },
    { action: 'burn', ids: [id] },
    { action: 'end' },
    { action: 'end', ids: [id, 'nonsense'] },
  ]) {
    assertProblem(await bulk('accounts', body), 'invalid_request')
  }
  assert.equal(await status(id), 200)
})

test('a session needs a fresh proof to do it, and none to look', async () => {
  await send('POST', '/v1/roles', { key: adminKey, body: { id: 'bulk', permissions: ['*'] } })
  const boss = await given.person(shared.given)
  await send('PATCH', `/v1/accounts/${boss.id}`, { key: adminKey, body: { roles: ['bulk'] } })
  const { session_token: bearer = '' } = await given.signedIn(shared.given, 'session_token', boss.email)
  const { id } = await given.person(shared.given)
  clock.advance(3000)

  const looked = await done('accounts', { action: 'end', ids: [id], dry_run: true }, { bearer })
  const refused = await bulk('accounts', { action: 'end', ids: [id] }, { bearer })

  assert.deepEqual(outcomes(looked), ['ready'])
  assertProblem(refused, 'insufficient_user_authentication')
  assert.equal(await status(id), 200)
})

test('a dry run counts what would end and changes nothing', async () => {
  const owner = await given.signedIn(shared.given, 'session_token')
  await given.signedIn(shared.given, 'session_token', owner.account.email)
  const { id } = owner.account
  const before = await eventsOf(id)

  const [item] = await done('accounts', { action: 'end', ids: [id], dry_run: true })

  assert.deepEqual(item, {
    id,
    outcome: 'ready',
    code: null,
    ends: { sessions: 2, grants: 0, api_keys: 0 },
  })
  assert.deepEqual(await eventsOf(id), before)
  assert.equal((await send('GET', '/v1/me', { bearer: owner.session_token ?? '' })).status, 200)
})

test('nobody does to many what they could not do to one, and nobody ends what they stand on', async () => {
  const { secret, owner, id } = await given.keyOf(shared.given, [
    'accounts:write',
    'service-accounts:write',
    'api-keys:write',
  ])
  const weak = await given.person(shared.given)
  await send('PATCH', `/v1/accounts/${weak.id}`, { key: adminKey, body: { roles: [] } })
  const asked = { key: secret }

  const people = await done('accounts', { action: 'disable', ids: [adminAccount, weak.id] }, asked)
  const programs = await done('service-accounts', { action: 'end', ids: [owner] }, asked)
  const keys = await done('api-keys', { action: 'end', ids: [id] }, asked)
  const last = await done('accounts', { action: 'end', ids: [adminAccount] })

  assert.deepEqual(outcomes(people), ['refused permission_exceeds_own', 'done'])
  assert.deepEqual(outcomes(programs), ['own'])
  assert.deepEqual(outcomes(keys), ['own'])
  assert.deepEqual(outcomes(last), ['refused last_administrator'])
  assert.equal((await send('GET', '/v1/me', asked)).status, 200)
})

test('a dry run foresees that the last administrator stays, and takes those before in its list for gone', async () => {
  const other = await given.person(shared.given)
  await send('PATCH', `/v1/accounts/${other.id}`, { key: adminKey, body: { roles: ['administrator'] } })
  const ids = [other.id, adminAccount]
  const ask = (action: string, dry_run: boolean, some = ids) =>
    done('accounts', { action, ids: some, dry_run }).then(outcomes)

  const looked = [await ask('end', true), await ask('disable', true), await ask('end', true, [adminAccount])]
  const disabled = await ask('disable', false)
  const alone = await ask('end', true, [adminAccount])
  const back = await ask('enable', true)
  await ask('end', false, [other.id])

  const stays = ['ready', 'refused last_administrator']
  assert.deepEqual(looked, [stays, stays, ['ready']])
  assert.deepEqual(disabled, ['done', 'refused last_administrator'])
  assert.deepEqual(alone, ['refused last_administrator'])
  assert.deepEqual(back, ['ready', 'unchanged'])
})

test('each is done by itself, with one event; sent again nothing happens twice', async () => {
  const people = await Promise.all([1, 2, 3].map(() => given.signedIn(shared.given, 'session_token')))
  const ids = people.map(({ account }) => account.id)
  const unknown = 'acc_01kf0rdqg06p1nem1shv2ssrmr'

  const first = await done('accounts', { action: 'disable', ids: [...ids, unknown] })
  const again = await done('accounts', { action: 'disable', ids })

  assert.deepEqual(outcomes(first), ['done', 'done', 'done', 'refused not_found'])
  assert.deepEqual(outcomes(again), ['unchanged', 'unchanged', 'unchanged'])
  for (const [index, id] of ids.entries()) {
    assert.equal((await eventsOf(id)).filter((type) => type === 'account.disabled').length, 1)
    const token = people[index]?.session_token ?? ''
    assert.equal((await send('GET', '/v1/me', { bearer: token })).status, 401)
  }
  assert.deepEqual(outcomes(await done('accounts', { action: 'enable', ids })), ['done', 'done', 'done'])
  assert.deepEqual(outcomes(await done('accounts', { action: 'end', ids })), ['done', 'done', 'done'])
  assert.deepEqual(outcomes(await done('accounts', { action: 'end', ids })), [
    'unchanged',
    'unchanged',
    'unchanged',
  ])
})

test('keys are suspended, resumed and ended; clients and programs disabled and ended', async () => {
  const one = await given.keyOf(shared.given, ['docs:read'])
  const { owner: program } = await given.keyOf(shared.given, [])
  const works = async (): Promise<number> => (await send('GET', '/v1/me', { key: one.secret })).status
  const client = {
    id: 'bulk-client',
    name: 'A client',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    redirect_uris: ['https://app.example.com/callback'],
    scopes: ['openid'],
  }
  assert.equal((await send('POST', '/v1/clients', { key: adminKey, body: client })).status, 201)
  const steps = ['disable', 'enable', 'end', 'end'] as const
  const expected = ['done', 'done', 'done', 'unchanged']
  const seen: number[] = []

  for (const [index, action] of steps.entries()) {
    assert.deepEqual(outcomes(await done('api-keys', { action, ids: [one.id] })), [expected[index]])
    // What was refused a moment ago is refused from memory.
    clock.advance(10)
    seen.push(await works())
    assert.deepEqual(outcomes(await done('clients', { action, ids: ['bulk-client'] })), [expected[index]])
    assert.deepEqual(outcomes(await done('service-accounts', { action, ids: [program] })), [expected[index]])
  }

  assert.deepEqual(seen, [401, 200, 401, 401])
  assert.deepEqual(outcomes(await done('clients', { action: 'end', ids: ['first-party'] })), ['own'])
})

test('two batches at once over the same accounts do each thing once', async () => {
  const ids = (await Promise.all([1, 2, 3, 4].map(() => given.person(shared.given)))).map(({ id }) => id)

  const both = await Promise.all([
    done('accounts', { action: 'end', ids }),
    done('accounts', { action: 'end', ids: ids.toReversed() }),
  ])

  for (const id of ids) {
    assert.equal((await eventsOf(id)).filter((type) => type === 'account.ended').length, 1)
    assert.ok(both.some((items) => items.some((item) => item.id === id && item.outcome === 'done')))
  }
})
