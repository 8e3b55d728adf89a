/** Refusals and credentials explained: who may ask, what they are told check by check, and what nobody is told. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import {
  type CheckShape,
  type CredentialStyle,
  parseOpaqueCredential,
  toOpaqueCredential,
} from '@countersign/protocol'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { stored } from './walk.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { send, adminKey, clock, authority } = shared.given

const reader = (await given.keyOf(shared.given, ['decisions:read'])).secret

const explain = (credential: string, more: object = {}): Promise<given.Answer> =>
  send('POST', '/v1/explanations', { key: reader, body: { credential, ...more } })

interface Told {
  readonly good: boolean
  readonly kind: string
  readonly code: string | null
  readonly reason: string | null
  readonly position: number
  readonly lease_ms: number
  readonly checks: readonly CheckShape[]
  readonly mend: string | null
}

async function told(credential: string, more: object = {}): Promise<Told> {
  const answer = await explain(credential, more)
  assert.equal(answer.status, 200, answer.text)
  for (const secret of secretsOf(credential)) assert.ok(!answer.text.includes(secret))
  return answer.json.explanation as Told
}

/** What nobody may read in an answer: the secret of an opaque credential, the signature of a token. */
function secretsOf(credential: string): readonly string[] {
  const signature = credential.split('.')[2]
  const opaque = /_([0-9A-Za-z]{20,})$/.exec(credential)?.[1]
  return [signature, opaque].filter((one) => one !== undefined && one.length >= 12) as string[]
}

const failedOf = ({ checks }: Told): readonly string[] =>
  checks.filter(({ verdict }) => verdict === 'failed').map(({ check }) => check)

const decisionOf = async (id: string): Promise<Told> => {
  const answer = await send('GET', `/v1/decisions/${id}`, { key: reader })
  assert.equal(answer.status, 200, answer.text)
  return answer.json.decision as Told
}

const asSession = async (): Promise<{ id: string; token: string; account: string }> => {
  const { session, session_token: token = '', account } = await given.signedIn(shared.given, 'session_token')
  return { id: session.id, token, account: account.id }
}

test('401 and 403 for whoever may not ask; an owner learns nothing about their own credential either', async () => {
  const { token } = await asSession()
  const { secret } = await given.keyOf(shared.given, ['credentials:verify'])

  assertProblem(
    await send('POST', '/v1/explanations', { body: { credential: token } }),
    'credential_required',
  )
  for (const asker of [{ key: secret }, { bearer: token }]) {
    const answer = await send('POST', '/v1/explanations', { ...asker, body: { credential: token } })
    assertProblem(answer, 'permission_denied')
  }
  assertProblem(await explain('x', { address: 'somewhere' }), 'invalid_request')
  assertProblem(await explain('x', { more: 1 }), 'invalid_request')
})

test('nothing is told about a session or key whose secret was not the right one', async () => {
  const { token, id } = await asSession()
  const other = await asSession()
  const mixed = recombine(token, other.token)

  const explained = await told(mixed)

  assert.equal(explained.reason, 'wrong_secret')
  assert.deepEqual(failedOf(explained), ['secret'])
  const seen = explained.checks.map(({ saw }) => saw).filter((saw) => saw !== null)
  assert.deepEqual(seen, ['kind=session environment=live', `id=${id}`])
})

test('a good credential passes every check, with what each saw, the position and the lease', async () => {
  const { token, account } = await asSession()

  const explained = await told(token, { permissions: ['docs:read'], address: '192.0.2.1' })
  const bare = await told(token)

  assert.equal(bare.good, true)
  assert.equal(bare.mend, null)
  assert.ok(bare.checks.every(({ verdict }) => verdict === 'passed'))
  assert.ok(
    bare.position >= 0 && bare.lease_ms > 0 && bare.lease_ms <= 5000,
    `${bare.position} ${bare.lease_ms}`,
  )
  assert.equal(bare.checks.find(({ check }) => check === 'owner')?.saw, `${account} disabled_at=never`)
  assert.equal(explained.code, 'permission_denied')
  assert.deepEqual(failedOf(explained), ['permission'])
})

test('each state of a session fails the one check that /v1/verify refuses it for', async () => {
  const verifier = (await given.keyOf(shared.given, ['credentials:verify'])).secret
  const ended = await asSession()
  await send('POST', '/v1/sign-out', { bearer: ended.token })
  const disabled = await asSession()
  await send('PATCH', `/v1/accounts/${disabled.account}`, { key: adminKey, body: { disabled: true } })
  const revoked = await asSession()
  await send('POST', '/v1/revocations', {
    key: adminKey,
    body: { target: { kind: 'account', id: revoked.account } },
  })
  const idle = await asSession()
  clock.advance(3601)
  const { refresh_token: refresh = '' } = await given.signedIn(shared.given, 'jwt')
  const cases = [
    ['nonsense', 'malformed', 'form'],
    [refresh, 'wrong_type', 'kind'],
    [ended.token, 'ended', 'ended'],
    [disabled.token, 'ended', 'ended'],
    [revoked.token, 'ended', 'ended'],
    [idle.token, 'idle', 'idle'],
  ] as const

  for (const [credential, reason, check] of cases) {
    const explained = await told(credential)
    const verified = await send('POST', '/v1/verify', { key: verifier, body: { credential } })
    const decision = await decisionOf(given.at(verified.json, 'decision_id'))

    assert.equal(decision.reason, explained.reason)
    if (reason === 'ended')
      assert.match(String(explained.reason), /^(?:ended|revoked|principal_disabled|idle)$/)
    else assert.deepEqual([explained.reason, failedOf(explained)], [reason, [check]])
    assert.equal(failedOf(explained).length, 1)
    assert.ok(explained.mend !== null && explained.mend.length > 20)
    assertOrdered(explained.checks)
    assertOrdered(decision.checks)
  }
})

test('each state of a key fails the one check that refuses it, and its use is judged too', async () => {
  const more = { allow_addresses: ['10.0.0.0/8'], audiences: ['https://pool.example'] }
  const { secret, id } = await given.keyOf(shared.given, ['docs:read'], more)
  const rotated = await send('POST', `/v1/api-keys/${id}/rotate`, {
    key: adminKey,
    body: { overlap_seconds: 10 },
  })

  assert.deepEqual(failedOf(await told(secret, { address: '192.0.2.1' })), ['address'])
  assert.deepEqual(failedOf(await told(secret, { address: '10.1.2.3' })), [])
  assert.deepEqual(failedOf(await told(secret, { audience: 'https://gym.example' })), ['audience'])
  clock.advance(11)
  assert.deepEqual(failedOf(await told(secret)), ['overlap'])
  const next = given.at(rotated.json, 'secret')
  await send('PATCH', `/v1/api-keys/${id}`, { key: adminKey, body: { suspended: true } })
  assert.deepEqual(failedOf(await told(next)), ['suspended'])
  await send('DELETE', `/v1/api-keys/${id}`, { key: adminKey })
  assert.deepEqual(failedOf(await told(next)), ['ended'])
})

test('an access token fails at its first wrong part, and what it says of itself is one plain line', async () => {
  const { access_token: token = '' } = await given.signedIn(shared.given, 'jwt')
  const [header = '', payload = '', signature = ''] = token.split('.')
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const named = { ...JSON.parse(Buffer.from(header, 'base64url').toString()) }
  const forged = encode({
    ...JSON.parse(Buffer.from(payload, 'base64url').toString()),
    iss: 'x\nlog line\u001b[31m',
  })

  assert.equal((await told(token)).good, true)
  assert.deepEqual(failedOf(await told(`${encode({ ...named, typ: 'JWT' })}.${payload}.${signature}`)), [
    'kind',
  ])
  assert.deepEqual(failedOf(await told(`${encode({ ...named, kid: 'other' })}.${payload}.${signature}`)), [
    'signing_key',
  ])
  assert.deepEqual(failedOf(await told(`${encode({ ...named, alg: 'HS256' })}.${payload}.${signature}`)), [
    'algorithm',
  ])
  const tampered = await told(`${header}.${forged}.${signature}`)
  assert.deepEqual(failedOf(tampered), ['signature'])
  assert.equal(tampered.checks.find(({ check }) => check === 'issuer')?.saw, 'iss=x?log line?[31m')
  await send('POST', '/v1/sign-out', { bearer: token })
  assert.deepEqual(failedOf(await told(token)), ['revocations'])
})

test('a refusal tells its checks in order, the position, the lease and the permission that was missing', async () => {
  const { secret } = await given.keyOf(shared.given, ['docs:read'])
  const refused = await send('GET', '/v1/accounts', { key: secret })

  const decision = await decisionOf(given.at(refused.json, 'decision_id'))

  assert.deepEqual(failedOf(decision), ['permission'])
  assert.equal(decision.checks.find(({ check }) => check === 'permission')?.saw, 'needed=accounts:read')
  assert.ok(decision.position > 0 && decision.lease_ms > 0)
  assertOrdered(decision.checks)
})

test('where a browser kept its cookie back, or a foreign page asked, the decision says so and the caller is not told', async () => {
  const { cookie } = await given.signedIn(shared.given, 'cookie')
  const crossSite = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }

  const kept = await send('GET', '/v1/me', { headers: { 'sec-fetch-site': 'cross-site' } })
  const foreign = await send('POST', '/v1/sign-out', { cookie, headers: crossSite })

  assertProblem(kept, 'credential_required')
  assertProblem(foreign, 'csrf_refused')
  assert.equal((await decisionOf(given.at(kept.json, 'decision_id'))).reason, 'none_cross_site')
  const decision = await decisionOf(given.at(foreign.json, 'decision_id'))
  assert.equal(decision.reason, 'foreign_origin_cross_site')
  assert.deepEqual(failedOf(decision), ['origin'])
})

test('what was pasted leaves no row, and nothing of it stands in a decision', async () => {
  const { token } = await asSession()
  const other = await asSession()
  const mixed = recombine(token, other.token)

  const before = stored(authority.config)

  const answers = [await explain(mixed), await explain(`${token}x`), await explain('x'.repeat(9000))]

  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 422],
  )
  assert.deepEqual(stored(authority.config), before)
  const refused = given.at(answers[2]?.json, 'decision_id')
  assert.ok(!JSON.stringify(await decisionOf(refused)).includes('xxx'))
})

/** Passed, then failed, then not reached; and nothing comes back after it. */
function assertOrdered(checks: readonly CheckShape[]): void {
  const verdicts = checks.map(({ verdict }) => verdict).join(' ')
  assert.match(verdicts, /^(?:passed ?)*(?:failed)?(?: not_reached)*$/)
}

/** The id of one and the secret of another, with a checksum that holds. */
function recombine(one: string, other: string): string {
  const style: CredentialStyle = { prefix: 'cs', environment: 'live' }
  const [first, second] = [parseOpaqueCredential(one, style), parseOpaqueCredential(other, style)]
  assert.ok(first?.kind === 'session' && second?.kind === 'session')
  return toOpaqueCredential(style, 'session', first.id, second.secret).reveal()
}
