/** What verifiers report: what they may speak about, what it moves, who reads it; and why something was refused. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'

const VERIFIER = ['credentials:verify']
/** After how many seconds without use a session ends. */
const IDLE = 3600
const DECISION = 'dec_00000000000000000000000001'

interface Used {
  readonly kind: 'session' | 'api_key'
  readonly id: string
}

const timeOf = (to: given.Given, seconds = 0): string =>
  new Date(to.clock.nowMs() + seconds * 1000).toISOString()

const useOf = (to: given.Given, credential: Used, over: object = {}): object => ({
  credential,
  route: 'read_note',
  count: 1,
  refused: 0,
  first: timeOf(to),
  last: timeOf(to),
  address: '198.51.100.7',
  ...over,
})

const refusalOf = (to: given.Given, over: object = {}): object => ({
  decision_id: DECISION,
  at: timeOf(to),
  code: 'invalid_credential',
  reason: 'revoked',
  route: 'read_note',
  credential_id: null,
  address: '198.51.100.7',
  ...over,
})

const report = (
  to: given.Given,
  key: string,
  uses: readonly object[],
  refusals: readonly object[] = [],
): Promise<given.Answer> => to.send('POST', '/v1/usage', { key, body: { uses, refusals } })

async function usageOf(to: given.Given, id: string, query = ''): Promise<readonly Record<string, unknown>[]> {
  const answer = await to.send('GET', `/v1/api-keys/${id}/usage${query}`, { key: to.adminKey })
  assert.equal(answer.status, 200, answer.text)
  return answer.json.items as Record<string, unknown>[]
}

/** A verifier whose service account is bound to an audience of its own. */
async function verifierOf(
  to: given.Given,
  audiences: readonly string[],
): Promise<{ key: string; id: string }> {
  const made = await given.keyOf(to, VERIFIER)
  const path = `/v1/service-accounts/${made.owner}`
  const changed = await to.send('PATCH', path, { key: to.adminKey, body: { audiences } })
  assert.equal(changed.status, 200, changed.text)
  // The change ends what the program held; its key is asked about anew.
  const key = await to.send('POST', '/v1/api-keys', {
    key: to.adminKey,
    body: { name: 'again', permissions: VERIFIER, service_account_id: made.owner },
  })
  return { key: given.at(key.json, 'secret'), id: made.owner }
}

test('a report that is no report is refused, and nothing of it is taken', async (t) => {
  const to = await given.authority(t)
  const { id } = await given.keyOf(to, [])
  const { secret } = await given.keyOf(to, VERIFIER)
  const used: Used = { kind: 'api_key', id }
  const bad: readonly object[] = [
    useOf(to, { kind: 'access_token', id } as never),
    useOf(to, used, { route: 'with space' }),
    useOf(to, used, { route: 'x'.repeat(101) }),
    useOf(to, used, { route: 'line\nbreak' }),
    useOf(to, used, { count: -1 }),
    useOf(to, used, { refused: 0.5 }),
    useOf(to, used, { count: 1e12 }),
    useOf(to, used, { last: 'yesterday' }),
    useOf(to, used, { address: 'somewhere' }),
    useOf(to, used, { secret: 'x' }),
  ]

  for (const use of bad) assertProblem(await report(to, secret, [useOf(to, used), use]), 'invalid_request')
  for (const over of [
    { decision_id: 'dec_1' },
    { code: 'made_up' },
    { reason: 'cs_live_ses_01kf0rdqg06p1nem1shv2ssrmr' },
    { credential_id: 'cs_live_ses_01kf0rdqg06p1nem1shv2ssrmr' },
    { address: 'x' },
  ]) {
    assertProblem(await report(to, secret, [], [refusalOf(to, over)]), 'invalid_request')
  }
  const many = Array.from({ length: 1001 }, () => useOf(to, used))
  assertProblem(await report(to, secret, many), 'invalid_request')
  const manyRefusals = Array.from({ length: 201 }, () => refusalOf(to))
  assertProblem(await report(to, secret, [], manyRefusals), 'invalid_request')

  assert.deepEqual(await usageOf(to, id), [])
})

test('what a key did can be read after its end, by those who could read it before and by nobody else', async (t) => {
  const to = await given.authority(t)
  const { id } = await given.keyOf(to, [])
  const { secret } = await given.keyOf(to, VERIFIER)
  const stranger = await given.signedIn(to, 'session_token')
  await report(to, secret, [useOf(to, { kind: 'api_key', id })])
  const ended = await to.send('DELETE', `/v1/api-keys/${id}`, { key: to.adminKey })
  assert.equal(ended.status, 204)

  const path = `/v1/api-keys/${id}/usage`
  const asked = await to.send('GET', path, { bearer: `${stranger.session_token}` })
  assertProblem(asked, 'not_found')
  assert.deepEqual(
    (await usageOf(to, id)).map(({ route }) => route),
    ['read_note'],
  )
})

test('a verifier says nothing about keys and sessions that are for audiences of others', async (t) => {
  const to = await given.authority(t)
  const pool = await verifierOf(to, ['https://pool.example.com'])
  const gym = await given.keyOf(to, [], { audiences: ['https://gym.example.com'] })
  const firstParty = await given.keyOf(to, [])
  const both = await given.keyOf(to, [], {
    audiences: ['https://gym.example.com', 'https://pool.example.com'],
  })
  const { session, session_token: bearer = '' } = await given.signedIn(to, 'session_token')
  to.clock.advance(IDLE - 100)

  const answer = await report(to, pool.key, [
    useOf(to, { kind: 'api_key', id: gym.id }),
    useOf(to, { kind: 'api_key', id: firstParty.id }),
    useOf(to, { kind: 'api_key', id: both.id }),
    useOf(to, { kind: 'api_key', id: 'key_01kf0rdqg06p1nem1shv2ssrmr' }),
    useOf(to, { kind: 'session', id: session.id }),
    useOf(to, { kind: 'session', id: both.id }),
  ])

  assert.equal(answer.status, 204)
  assert.deepEqual(await usageOf(to, gym.id), [])
  assert.deepEqual(await usageOf(to, firstParty.id), [])
  assert.equal((await usageOf(to, both.id)).length, 1)
  to.clock.advance(101)
  assertProblem(await to.send('GET', '/v1/me', { bearer }), 'invalid_credential')
})

test('a use keeps a session alive, and one that is said to be in the future no longer than one of now', async (t) => {
  const to = await given.authority(t)
  const { secret } = await given.keyOf(to, VERIFIER)
  const { session, session_token: bearer = '' } = await given.signedIn(to, 'session_token')
  const used: Used = { kind: 'session', id: session.id }

  to.clock.advance(IDLE - 10)
  await report(to, secret, [useOf(to, used, { last: timeOf(to, 86_400) })])
  to.clock.advance(IDLE - 1)
  assert.equal((await to.send('GET', '/v1/me/sessions', { bearer })).status, 200)
  to.clock.advance(IDLE - 1)
  await report(to, secret, [useOf(to, used, { last: timeOf(to, 86_400), count: 0, refused: 5 })])
  to.clock.advance(2)

  assertProblem(await to.send('GET', '/v1/me', { bearer }), 'invalid_credential')
})

test('a session that has ended stays so, whatever is reported about it', async (t) => {
  const to = await given.authority(t)
  const { secret } = await given.keyOf(to, VERIFIER)
  const { session, session_token: bearer = '' } = await given.signedIn(to, 'session_token')
  await to.send('POST', '/v1/sign-out', { bearer })

  await report(to, secret, [useOf(to, { kind: 'session', id: session.id })])
  await to.restart()

  assertProblem(await to.send('GET', '/v1/me', { bearer }), 'invalid_credential')
})

test('a report that arrives late adds to the counts and moves the last use of a key not back', async (t) => {
  const to = await given.authority(t)
  const verifier = await given.keyOf(to, VERIFIER)
  const { id } = await given.keyOf(to, [])
  const used: Used = { kind: 'api_key', id }
  const now = timeOf(to)

  await report(to, verifier.secret, [useOf(to, used, { count: 5 })])
  const late = { count: 2, refused: 3, last: timeOf(to, -60), address: '198.51.100.1' }
  await report(to, verifier.secret, [useOf(to, used, late)])
  const ancient = { count: 99, last: timeOf(to, -90_000) }
  await report(to, verifier.secret, [useOf(to, used, ancient)])

  const hours = await usageOf(to, id)
  const counts = { route: 'read_note', reported_by: verifier.owner, last_address: '198.51.100.7' }
  assert.deepEqual(
    hours.map(({ hour: _, last_at: __, ...rest }) => rest),
    [
      { ...counts, count: 5, refused: 0 },
      { ...counts, count: 2, refused: 3, last_address: '198.51.100.1' },
    ],
  )
  const key = await to.send('GET', `/v1/api-keys/${id}`, { key: to.adminKey })
  assert.equal(given.at(key.json, 'api_key', 'last_used_at'), now)
})

test('what the authority itself serves is counted by route, also what it refuses to a good key', async (t) => {
  const to = await given.authority(t)
  const { id, secret } = await given.keyOf(to, [])
  for (let count = 0; count < 3; count += 1) await to.send('GET', '/v1/me', { key: secret })
  await to.send('GET', '/v1/accounts', { key: secret })

  const hours = await usageOf(to, id)

  const rows = hours.map(({ route, count, refused, reported_by }) => ({ route, count, refused, reported_by }))
  assert.deepEqual(rows, [
    { route: 'me', count: 3, refused: 0, reported_by: null },
    { route: 'list_accounts', count: 0, refused: 1, reported_by: null },
  ])
  await to.restart()
  assert.deepEqual(await usageOf(to, id), hours)
})

test('the usage of a key is read by its owner and by readers of keys, page by page, and by nobody else', async (t) => {
  const to = await given.authority(t)
  const { email } = await given.person(to)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', email)
  const made = await to.send('POST', '/v1/api-keys', { bearer, body: { name: 'mine', permissions: [] } })
  const id = given.at(made.json, 'api_key', 'id')
  const path = `/v1/api-keys/${id}/usage`
  const stranger = await given.signedIn(to, 'session_token')
  const reader = await given.keyOf(to, ['api-keys:read'])
  const verifier = await given.keyOf(to, VERIFIER)
  const routes = ['a', 'b', 'c', 'd', 'e']
  const used: Used = { kind: 'api_key', id }
  await report(
    to,
    verifier.secret,
    routes.map((route) => useOf(to, used, { route })),
  )

  assertProblem(await to.send('GET', path, { bearer: stranger.session_token ?? '' }), 'not_found')
  assertProblem(await to.send('GET', path, { key: verifier.secret }), 'not_found')
  for (const cursor of ['x', Buffer.from('[1]').toString('base64url')]) {
    assertProblem(await to.send('GET', `${path}?cursor=${cursor}`, { bearer }), 'not_found')
  }

  assert.equal((await to.send('GET', path, { key: reader.secret })).status, 200)
  const found: unknown[] = []
  for (let cursor: unknown = ''; cursor !== null; ) {
    const next = cursor === '' ? '' : `&cursor=${cursor}`
    const page = await to.send('GET', `${path}?limit=2${next}`, { bearer })
    found.push(...(page.json.items as { route: string }[]).map(({ route }) => route))
    cursor = page.json.next_cursor
  }
  assert.deepEqual(found.toSorted(), routes)
})

test('why a request was refused is told to readers of decisions, and to nobody else', async (t) => {
  const to = await given.authority(t)
  const { secret } = await given.keyOf(to, ['decisions:read'])
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token')
  await to.send('POST', '/v1/sign-out', { bearer })
  const refused = await to.send('GET', '/v1/me', { bearer, address: '127.0.0.9' })
  const path = `/v1/decisions/${given.at(refused.json, 'decision_id')}`

  assertProblem(await to.send('GET', `/v1/decisions/${DECISION}`, { key: secret }), 'not_found')
  const answer = await to.send('GET', path, { key: secret })

  const { reason, code, route, address, reported_by } = Object(answer.json.decision)
  assert.deepEqual(
    { reason, code, route, address, reported_by },
    { reason: 'revoked', code: 'invalid_credential', route: 'me', address: '127.0.0.9', reported_by: null },
  )
  assert.doesNotMatch(answer.text, new RegExp(bearer.slice(-20)))
})

test('a decision of /v1/verify is found with its reason, which the asker is not told', async (t) => {
  const to = await given.authority(t)
  const verifier = await given.keyOf(to, VERIFIER)
  const { session_token: credential = '' } = await given.signedIn(to, 'session_token')
  await to.send('POST', '/v1/sign-out', { bearer: credential })

  const asked = await to.send('POST', '/v1/verify', { key: verifier.secret, body: { credential } })

  assert.equal(asked.json.reason, undefined)
  const path = `/v1/decisions/${given.at(asked.json, 'decision_id')}`
  const answer = await to.send('GET', path, { key: to.adminKey })
  assert.equal(given.at(answer.json, 'decision', 'reason'), 'ended')
})

test('a refusal that a verifier reports is found, and nobody explains away what another has refused', async (t) => {
  const to = await given.authority(t)
  const [first, second] = [await given.keyOf(to, VERIFIER), await given.keyOf(to, VERIFIER)]
  const own = await to.send('GET', '/v1/me')
  const ownId = given.at(own.json, 'decision_id')

  await report(to, first.secret, [], [refusalOf(to), refusalOf(to, { decision_id: ownId })])
  await report(to, second.secret, [], [refusalOf(to, { reason: null })])

  const found = await to.send('GET', `/v1/decisions/${DECISION}`, { key: to.adminKey })
  const { reason, reported_by } = Object(found.json.decision)
  assert.deepEqual({ reason, reported_by }, { reason: 'revoked', reported_by: first.owner })
  const kept = await to.send('GET', `/v1/decisions/${ownId}`, { key: to.adminKey })
  assert.equal(given.at(kept.json, 'decision', 'code'), 'credential_required')
})
