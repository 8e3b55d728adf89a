/** The risk policy: who may set which, what a replay says about the past, and what is listed as unusual. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { asStranger, getUsedTo, signInFrom } from './given-risk.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { send, adminKey } = shared.given

const PATH = '/v1/risk/policy'

interface Policy {
  readonly weights: Readonly<Record<string, number>>
  readonly notify_at: number
  readonly step_up_at: number
  readonly block_at: number
}

async function policyOf(to: Pick<given.Given, 'send' | 'adminKey'>): Promise<Policy> {
  const answer = await to.send('GET', PATH, { key: to.adminKey })
  assert.equal(answer.status, 200, answer.text)
  return answer.json.policy as Policy
}

const countsOf = (answer: given.Answer): Readonly<Record<string, Readonly<Record<string, number>>>> =>
  answer.json.replay as Readonly<Record<string, Readonly<Record<string, number>>>>

test('400 for a policy with a rule that is missing, unknown, too heavy, or thresholds out of order', async () => {
  const policy = await policyOf(shared.given)
  const { new_device: _, ...fewer } = policy.weights

  for (const body of [
    { ...policy, weights: fewer },
    { ...policy, weights: { ...policy.weights, new_moon: 5 } },
    { ...policy, weights: { ...policy.weights, new_device: 101 } },
    { ...policy, weights: { ...policy.weights, new_device: 1.5 } },
    { ...policy, step_up_at: policy.notify_at - 1 },
    { ...policy, block_at: policy.step_up_at - 1 },
    { ...policy, without_factor: 'allow' },
    { ...policy, notify_at: 0 },
    {},
  ]) {
    assertProblem(await send('PUT', PATH, { key: adminKey, body }), 'invalid_request')
    assertProblem(
      await send('POST', `${PATH}/replay`, { key: adminKey, body: { policy: body } }),
      'invalid_request',
    )
  }
  assert.deepEqual(await policyOf(shared.given), policy)
})

test('403 for whoever may only read it, and 400 for a replay of more than ninety days', async () => {
  const { secret } = await given.keyOf(shared.given, ['risk:read'])
  const body = await policyOf(shared.given)

  assertProblem(await send('PUT', PATH, { key: secret, body }), 'permission_denied')
  assertProblem(await send('POST', `${PATH}/replay`, { key: secret, body: { days: 91 } }), 'invalid_request')
  assert.equal((await send('POST', `${PATH}/replay`, { key: secret, body: {} })).status, 200)
})

test('a policy that is set is in force from the next sign-in on, and is in the audit log', async (t) => {
  const to = await given.authority(t, given.UNLIMITED)
  const { email } = await given.person(to)
  await getUsedTo(to, email)
  const policy = await policyOf(to)
  const blocking = { ...policy, notify_at: 20, step_up_at: 30, block_at: 30 }

  const set = await to.send('PUT', PATH, { key: to.adminKey, body: blocking })
  const stranger = await asStranger(to, email)
  const owner = await signInFrom(to, email)

  assert.deepEqual([set.status, set.json.policy], [200, blocking])
  assertProblem(stranger, 'invalid_credentials')
  assert.equal(owner.status, 200)
  const events = await to.send('GET', '/v1/audit?type=risk.policy_changed', { key: to.adminKey })
  const [event] = events.json.items as { details: Record<string, unknown> }[]
  assert.equal(event?.details.block_at, 30)
})

test('a replay counts what another policy would have done, and changes nothing', async (t) => {
  const to = await given.authority(t, given.UNLIMITED)
  const { email } = await given.person(to)
  await getUsedTo(to, email)
  await asStranger(to, email)
  const policy = await policyOf(to)
  const replay = (body: object): Promise<given.Answer> =>
    to.send('POST', `${PATH}/replay`, { key: to.adminKey, body })

  const same = countsOf(await replay({}))
  const strict = countsOf(
    await replay({ policy: { ...policy, notify_at: 20, step_up_at: 30, block_at: 30 } }),
  )
  const weights = Object.fromEntries(Object.keys(policy.weights).map((rule) => [rule, 0]))
  const silent = countsOf(await replay({ policy: { ...policy, weights } }))
  const recent = countsOf(await replay({ days: 1 }))

  assert.equal(same.sign_ins as unknown, 21)
  // Nobody had a factor, so that the policy in force told of it instead.
  assert.deepEqual(same.would, { allow: 20, notify: 0, step_up: 1, block: 0 })
  assert.deepEqual(same.did, { allow: 20, notify: 1, step_up: 0, block: 0 })
  assert.deepEqual(strict.would, { allow: 20, notify: 0, step_up: 0, block: 1 })
  assert.deepEqual(silent.would, { allow: 21, notify: 0, step_up: 0, block: 0 })
  assert.equal(recent.sign_ins as unknown, 2)
  assert.deepEqual(await policyOf(to), policy)
})

test('what was unusual is listed with what each rule saw, of one account where asked for', async (t) => {
  const to = await given.authority(t, given.UNLIMITED)
  const [one, other] = [await given.person(to), await given.person(to)]
  for (const { email } of [one, other]) {
    await getUsedTo(to, email)
    await asStranger(to, email)
  }

  const all = await to.send('GET', '/v1/anomalies', { key: to.adminKey })
  const own = await to.send('GET', `/v1/anomalies?target=${one.id}`, { key: to.adminKey })

  assert.equal((all.json.items as unknown[]).length, 2)
  const [anomaly, ...rest] = own.json.items as {
    target: unknown
    score: number
    action: string
    findings: { rule: string; points: number; saw: string }[]
  }[]
  assert.deepEqual(rest, [])
  assert.deepEqual(anomaly?.target, { kind: 'account', id: one.id })
  assert.equal(anomaly?.action, 'notify')
  assert.deepEqual(
    anomaly?.findings.map(({ rule }) => rule),
    ['new_network', 'new_device', 'little_history'],
  )
  const sum = anomaly?.findings.reduce((total, { points }) => total + points, 0)
  assert.equal(anomaly?.score, sum)
})

test('401 for a policy from a session whose sign-in is not fresh, until it is proved anew', async (t) => {
  const to = await given.authority(t)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', 'admin@example.com')
  const body = await policyOf(to)
  to.clock.advance(901)

  assertProblem(await to.send('PUT', PATH, { bearer, body }), 'insufficient_user_authentication')
  assert.equal((await to.send('POST', `${PATH}/replay`, { bearer, body: {} })).status, 200)
  const { session_token: fresh = '' } = await given.signedIn(to, 'session_token', 'admin@example.com')
  assert.equal((await to.send('PUT', PATH, { bearer: fresh, body })).status, 200)
})

test('a replay tells how the sums lie, and the sums add up to what would have followed', async (t) => {
  const to = await given.authority(t, given.UNLIMITED)
  const { email } = await given.person(to)
  await getUsedTo(to, email)
  await asStranger(to, email)

  const answer = await to.send('POST', `${PATH}/replay`, { key: to.adminKey, body: { days: 90 } })

  const { scores, sign_ins, would } = answer.json.replay as {
    scores: number[]
    sign_ins: number
    would: Record<string, number>
  }
  const policy = await policyOf(to)
  const sum = (from: number, below: number): number =>
    scores.reduce((all, count, step) => (step * 5 >= from && step * 5 < below ? all + count : all), 0)
  assert.equal(scores.length, 41)
  assert.equal(sum(0, 1000), sign_ins)
  assert.equal(sum(policy.step_up_at, policy.block_at), would.step_up)
})

test('anomalies are found by rule and by what followed, page by page', async (t) => {
  const to = await given.authority(t, given.UNLIMITED)
  const people = [await given.person(to), await given.person(to), await given.person(to)]
  for (const { email } of people) {
    await getUsedTo(to, email, 12)
    await asStranger(to, email)
    await signInFrom(to, email, { agent: 'curl/8.9', address: '127.3.3.3' })
  }
  const list = async (query: string): Promise<given.Answer> =>
    to.send('GET', `/v1/anomalies?${query}`, { key: to.adminKey })
  const found: string[] = []
  for (let cursor = ''; ; ) {
    const { json } = await list(`rule=automation&limit=2${cursor}`)
    found.push(...(json.items as { target: { id: string } }[]).map(({ target }) => target.id))
    if (json.next_cursor === null) break
    cursor = `&cursor=${json.next_cursor}`
  }

  assert.deepEqual(found, people.map(({ id }) => id).reverse())
  assert.deepEqual((await list('rule=burst')).json, { items: [], next_cursor: null })
  assert.deepEqual((await list('action=block')).json.items, [])
  assertProblem(await list('rule=new_moon'), 'invalid_request')
  assertProblem(await list('action=allow'), 'invalid_request')
})
