/** What is unlike an API key or a service account: told once, mailed once, and where the policy says so suspended. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { judgeProgram } from '@countersign/core'
import { systemFacts } from '../src/chores.ts'
import { createProgramWatch } from '../src/program-watch.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { type Inside, inside } from './inside.ts'

const HOME = '198.51.100.7'
const ELSEWHERE = '203.0.113.9'
const HOUR = 3600

interface Event {
  readonly type: string
  readonly address: string | null
  readonly target: { readonly kind: string; readonly id: string }
  readonly details: Readonly<Record<string, unknown>>
}

async function eventsOf(to: Inside, query: string): Promise<readonly Event[]> {
  const answer = await to.send('GET', `/v1/audit?limit=200&${query}`, { key: to.adminKey })
  return answer.json.items as readonly Event[]
}

const anomaliesOf = (to: Inside, id: string): Promise<readonly Event[]> =>
  eventsOf(to, `type=risk.anomaly&target=${id}`)

const judge = (to: Inside): Promise<void> => to.services.programs.judge(systemFacts(to.clock.nowMs()))

interface Reported {
  readonly address?: string | null
  readonly agent?: string | null
  readonly count?: number
  readonly refused?: number
}

async function report(to: Inside, verifier: string, id: string, over: Reported = {}): Promise<void> {
  const at = new Date(to.clock.nowMs()).toISOString()
  const use = { route: 'open_door', count: 10, refused: 0, first: at, last: at, address: HOME, ...over }
  const credential = { kind: 'api_key', id }
  const body = { uses: [{ credential, agent: 'gym-worker', ...use }], refusals: [] }
  const answer = await to.send('POST', '/v1/usage', { key: verifier, body })
  assert.equal(answer.status, 204, answer.text)
}

/** A key with a week of even work behind it. */
async function used(t: TestContext): Promise<{
  to: Inside
  key: { id: string; secret: string; owner: string }
  say: (over?: Reported) => Promise<void>
}> {
  const to = await inside(t, given.UNLIMITED)
  const verifier = await given.keyOf(to, ['credentials:verify'])
  const key = await given.keyOf(to, ['docs:read'])
  const say = async (over: Reported = {}): Promise<void> => {
    await report(to, verifier.secret, key.id, over)
    await judge(to)
  }
  for (let hour = 0; hour < 168; hour += 1) {
    await say()
    to.clock.advance(HOUR)
  }
  return { to, key, say }
}

async function setPolicy(to: Inside, machines: Readonly<Record<string, number>>): Promise<void> {
  const { json } = await to.send('GET', '/v1/risk/policy', { key: to.adminKey })
  const policy = json.policy as { machines: object }
  const body = { ...policy, machines: { ...policy.machines, ...machines } }
  const answer = await to.send('PUT', '/v1/risk/policy', { key: to.adminKey, body })
  assert.equal(answer.status, 200, answer.text)
}

test('400 for a program that is no plain name, and for a key that is to be suspended before it is told of', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { secret, id } = await given.keyOf(to, ['credentials:verify'])
  const at = new Date(to.clock.nowMs()).toISOString()
  const use = { credential: { kind: 'api_key', id }, route: 'x', count: 1, refused: 0, first: at, last: at }

  for (const agent of [
    'Curl',
    'curl/8.9',
    'x'.repeat(33),
    'two words',
    '',
    'cs_live_key_01kf0rdqg06p1nem1shv2s\n',
  ]) {
    const body = { uses: [{ ...use, address: HOME, agent }], refusals: [] }
    assertProblem(await to.send('POST', '/v1/usage', { key: secret, body }), 'invalid_request')
  }
  const { json } = await to.send('GET', '/v1/risk/policy', { key: to.adminKey })
  const policy = json.policy as { machines: { notify_at: number } }
  const machines = { ...policy.machines, suspend_at: policy.machines.notify_at - 1 }
  const body = { ...policy, machines }
  assertProblem(await to.send('PUT', '/v1/risk/policy', { key: to.adminKey, body }), 'invalid_request')
})

test('the usual work, an upgrade, and what was only refused are nothing to tell', async (t) => {
  const { to, key, say } = await used(t)

  await say({ count: 12 })
  await say({ count: 0, refused: 40, address: ELSEWHERE, agent: 'curl' })

  assert.deepEqual(await anomaliesOf(to, key.id), [])
})

test('another network, another program and a burst are told, each with its sentence, and the key works on', async (t) => {
  const { to, key, say } = await used(t)

  await say({ address: ELSEWHERE, agent: 'curl' })
  to.clock.advance(HOUR)
  await say({ count: 100_000 })

  const [burst, stranger] = await anomaliesOf(to, key.id)
  assert.deepEqual(stranger?.target, { kind: 'api_key', id: key.id })
  assert.equal(stranger.address, ELSEWHERE)
  const { details } = stranger
  assert.equal(details.action, 'notify')
  assert.equal(details.program, 'curl')
  assert.match(String(details.new_network), /^The network 203\.0\.113\.0\/24 is new to it\.$/)
  assert.match(String(details.new_agent), /not used with it before: curl\.$/)
  assert.match(String(burst?.details.burst), /far more requests/)
  assert.equal((await to.send('GET', '/v1/me', { key: key.secret })).status, 200)
  const listed = await to.send('GET', `/v1/anomalies?target=${key.id}`, { key: to.adminKey })
  const items = listed.json.items as readonly { findings: readonly { rule: string }[] }[]
  assert.deepEqual(
    items.map(({ findings }) => findings.map(({ rule }) => rule)),
    [['burst'], ['new_network', 'new_agent']],
  )
})

test('what goes on is told once: a network is learned, and a burst that lasts is told of once a day', async (t) => {
  const { to, key, say } = await used(t)

  for (let turn = 0; turn < 5; turn += 1) await say({ address: ELSEWHERE })
  for (let turn = 0; turn < 5; turn += 1) await say({ count: 50_000 })

  assert.equal((await anomaliesOf(to, key.id)).length, 2)
})

test('what could not be judged while the database was away is judged when it is back', async (t) => {
  const { to, key } = await used(t)
  const verifier = await given.keyOf(to, ['credentials:verify'])
  await report(to, verifier.secret, key.id)
  const { core } = to.services
  const watch = createProgramWatch((id, uses, facts) => judgeProgram(core, id, uses, facts))
  const atMs = to.clock.nowMs()
  watch.note(key.id as `key_${string}`, { atMs, address: ELSEWHERE, agent: 'gym-worker', count: 1 })
  to.breakCalls(new Error('away'))
  await assert.rejects(watch.judge(systemFacts(atMs)), /away/)
  to.breakCalls(null)

  await watch.judge(systemFacts(atMs))

  assert.equal((await anomaliesOf(to, key.id)).length, 1)
})

test('by default no key is suspended, whatever it does', async (t) => {
  const { to, key, say } = await used(t)

  await say({ address: ELSEWHERE, agent: 'curl', count: 1_000_000 })

  const [anomaly] = await anomaliesOf(to, key.id)
  assert.equal(anomaly?.details.action, 'notify')
  assert.equal((await to.send('GET', '/v1/me', { key: key.secret })).status, 200)
})

test('where the policy says so a key is suspended, learns nothing by it, and works again once it is let', async (t) => {
  const { to, key, say } = await used(t)
  await setPolicy(to, { suspend_at: 50 })

  await say({ address: ELSEWHERE, agent: 'curl' })

  const refused = await to.send('GET', '/v1/me', { key: key.secret })
  assertProblem(refused, 'invalid_credential')
  const [anomaly] = await anomaliesOf(to, key.id)
  assert.equal(anomaly?.details.action, 'suspend')
  assert.equal((await eventsOf(to, `type=api_key.suspended&target=${key.id}`)).length, 1)
  const path = `/v1/api-keys/${key.id}`
  const shown = await to.send('GET', path, { key: to.adminKey })
  assert.notEqual(given.at(shown.json, 'api_key', 'suspended_at'), '')
  const released = await to.send('PATCH', path, { key: to.adminKey, body: { suspended: false } })
  assert.equal(released.status, 200, released.text)
  // Refusals are remembered for a moment.
  to.clock.advance(60)
  assert.equal((await to.send('GET', '/v1/me', { key: key.secret })).status, 200)
  // The network was not learned: the next use from there suspends it again.
  await say({ address: ELSEWHERE, agent: 'curl' })
  assertProblem(await to.send('GET', '/v1/me', { key: key.secret }), 'invalid_credential')
})

test('tokens that were exchanged for a key end when it is suspended, and no more are given', async (t) => {
  const { to, key, say } = await used(t)
  await setPolicy(to, { suspend_at: 50 })
  const exchange = (): Promise<given.Answer> =>
    to.send('POST', '/oauth/token', {
      form: {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        client_id: 'first-party',
        subject_token: key.secret,
        subject_token_type: 'urn:countersign:params:oauth:token-type:api-key',
      },
    })
  const made = await exchange()
  assert.equal(made.status, 200, made.text)
  const bearer = given.at(made.json, 'access_token')
  assert.equal((await to.send('GET', '/v1/me', { bearer })).status, 200)

  await say({ address: ELSEWHERE, agent: 'curl' })

  assertProblem(await to.send('GET', '/v1/me', { bearer }), 'invalid_credential')
  assert.notEqual((await exchange()).status, 200)
})

test('403 for a second key of the same owner that would let a suspended one work again', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { adminKey } = to
  const one = await given.keyOf(to, ['api-keys:write'])
  const other = await to.send('POST', '/v1/api-keys', {
    key: adminKey,
    body: { name: 'other', permissions: ['api-keys:write'], service_account_id: one.owner },
  })
  const path = `/v1/api-keys/${one.id}`
  const suspended = await to.send('PATCH', path, { key: one.secret, body: { suspended: true } })
  assert.equal(suspended.status, 200, suspended.text)
  assertProblem(await to.send('GET', '/v1/me', { key: one.secret }), 'invalid_credential')
  const body = { suspended: false }

  const released = await to.send('PATCH', path, { key: given.at(other.json, 'secret'), body })

  assertProblem(released, 'permission_denied')
  assert.equal((await to.send('PATCH', path, { key: adminKey, body })).status, 200)
})

test('a mail goes to the owner of a key, and to administrators for a program’s, once a day', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  assert.ok(to.services.mailer)
  const { email, session_token: bearer = '', account } = await signedInWithAddress(to)
  const made = await to.send('POST', '/v1/api-keys', { bearer, body: { name: 'night job', permissions: [] } })
  const id = given.at(made.json, 'api_key', 'id')
  const verifier = await given.keyOf(to, ['credentials:verify'])
  for (let hour = 0; hour < 100; hour += 1) {
    await report(to, verifier.secret, id)
    await judge(to)
    to.clock.advance(HOUR)
  }
  await report(to, verifier.secret, id, { address: ELSEWHERE })
  await judge(to)
  to.clock.advance(HOUR)
  await report(to, verifier.secret, id, { address: '192.0.2.200' })
  await judge(to)

  const waiting = await to.services.core.store.claimMails({
    nowMs: to.clock.nowMs(),
    leasedUntilMs: to.clock.nowMs() + 1000,
    limit: 50,
  })

  const told = waiting.filter(({ kind }) => kind === 'program_unusual')
  assert.deepEqual(
    told.map(({ accountId }) => accountId),
    [account.id],
  )
  assert.equal((await anomaliesOf(to, id)).length, 2)
  assert.ok(email.length > 0)
})

async function signedInWithAddress(to: Inside) {
  const { email } = await given.person(to)
  return { email, ...(await given.signedIn(to, 'session_token', email)) }
}

test('two nodes that judge the same key at once tell of both strangers, and forget neither', async (t) => {
  const { to, key } = await used(t)
  const { core } = to.services
  const nodes = [1, 2].map(() => createProgramWatch((id, uses, facts) => judgeProgram(core, id, uses, facts)))
  const id = key.id as `key_${string}`
  const atMs = to.clock.nowMs()
  for (const [turn, node] of nodes.entries()) {
    node.note(id, { atMs, address: turn === 0 ? ELSEWHERE : '192.0.2.200', agent: 'gym-worker', count: 1 })
  }

  await Promise.all(nodes.map((node) => node.judge(systemFacts(atMs))))

  const addresses = (await anomaliesOf(to, key.id)).map(({ address }) => address)
  assert.deepEqual(addresses.toSorted(), ['192.0.2.200', ELSEWHERE])
  for (const node of nodes) node.note(id, { atMs, address: ELSEWHERE, agent: 'gym-worker', count: 1 })
  await Promise.all(nodes.map((node) => node.judge(systemFacts(atMs))))
  assert.equal((await anomaliesOf(to, key.id)).length, 2)
})
