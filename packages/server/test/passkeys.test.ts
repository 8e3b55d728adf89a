/** A person’s own passkeys, and those of others: who may add, see, rename and remove them. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { enrolTotp, nextStep, presentRecovery, ticketOf } from './authenticator.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import {
  addPasskey,
  askToAdd,
  personWithPasskey,
  signedInByPasskey,
  tryToAdd,
  tryToSignIn,
} from './passkeys.ts'
import { makePasskey } from './soft-authenticator.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const to = shared.given
const { send, clock, adminKey } = to

async function eventsOf(account: string, type: string): Promise<Record<string, unknown>[]> {
  const path = `/v1/audit?limit=50&type=${type}&target=${account}`
  const { json } = await send('GET', path, { key: adminKey })
  const items = json.items as { details: Record<string, unknown> }[]
  return items.map(({ details }) => details)
}

test('adding asks for the strongest factor of the last ten minutes, the options as well as the rest', async () => {
  const who = await personWithPasskey(to)
  const paths = [
    ['POST', '/v1/me/passkeys/options', {}],
    ['PATCH', `/v1/me/passkeys/${who.id}`, { body: { name: 'mine' } }],
    ['DELETE', `/v1/me/passkeys/${who.id}`, {}],
  ] as const

  for (const [method, path, more] of paths) {
    // The session is recent, but the account has a stronger factor by now.
    const answer = await send(method, path, { bearer: who.bearer, ...more })
    assertProblem(answer, 'insufficient_user_authentication')
  }
  const bearer = await signedInByPasskey(to, who.key)
  clock.advance(601)
  for (const [method, path, more] of paths) {
    const answer = await send(method, path, { bearer, ...more })
    assertProblem(answer, 'insufficient_user_authentication')
  }
})

test('what one session began, no other one finishes: of the same person, or of another', async () => {
  const who = await personWithPasskey(to)
  const [mine, other] = [await signedInByPasskey(to, who.key), await signedInByPasskey(to, who.key)]
  const { session_token: stranger = '' } = await given.signedIn(to, 'session_token')
  const { credential } = makePasskey(await askToAdd(to, mine))

  for (const bearer of [other, stranger]) {
    assertProblem(await send('POST', '/v1/me/passkeys', { bearer, body: { credential } }), 'invalid_passkey')
  }

  assert.equal((await send('POST', '/v1/me/passkeys', { bearer: mine, body: { credential } })).status, 201)
  assertProblem(
    await send('POST', '/v1/me/passkeys', { bearer: mine, body: { credential } }),
    'invalid_passkey',
  )
})

test('§7.1 step 26: a credential that somebody has already is refused, whoever brings it', async () => {
  const credentialId = Buffer.alloc(32, 9)
  const who = await personWithPasskey(to, { credentialId })
  const bearer = await signedInByPasskey(to, who.key)
  const { session_token: stranger = '' } = await given.signedIn(to, 'session_token')

  for (const holder of [bearer, stranger]) {
    assertProblem((await tryToAdd(to, holder, { credentialId })).answer, 'conflict')
  }

  const listed = await send('GET', '/v1/me/factors', { bearer: stranger })
  assert.deepEqual([listed.json.items, listed.json.recovery_codes_left], [[], 0])
})

test('no key and no token of a key adds a passkey, and no other person sees or touches one', async () => {
  const who = await personWithPasskey(to)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token')

  assertProblem(await send('POST', '/v1/me/passkeys/options', { key: adminKey }), 'permission_denied')
  assertProblem(await send('GET', '/v1/me/passkeys', { key: adminKey }), 'permission_denied')
  assert.deepEqual((await send('GET', '/v1/me/passkeys', { bearer })).json.items, [])
  const path = `/v1/me/passkeys/${who.id}`
  assertProblem(await send('DELETE', path, { bearer }), 'not_found')
  assertProblem(await send('PATCH', path, { bearer, body: { name: 'x' } }), 'not_found')
})

test('the first passkey comes with recovery codes, which get in where the passkey is lost', async () => {
  const who = await personWithPasskey(to)
  const { recoveryCodes } = await addPasskey(to, await signedInByPasskey(to, who.key))

  assert.equal(who.recoveryCodes.length, 10)
  assert.deepEqual(recoveryCodes, [])
  const ticket = await ticketOf(to, who.email)
  assert.equal((await presentRecovery(to, ticket, who.recoveryCodes[0] ?? '')).status, 200)
})

test('the user’s handle is random, the same for all passkeys of a person, and no word about them', async () => {
  const who = await personWithPasskey(to)
  const other = await personWithPasskey(to)

  const options = await askToAdd(to, await signedInByPasskey(to, who.key))

  assert.equal(options.user.id, who.key.userHandle)
  assert.notEqual(options.user.id, other.key.userHandle)
  const handle = Buffer.from(options.user.id, 'base64url')
  assert.equal(handle.length, 32)
  assert.ok(!handle.includes(who.account.slice(4)) && !handle.includes(who.email))
  assert.deepEqual(
    options.excludeCredentials.map(({ id, transports }) => [id, transports]),
    [[who.key.id, ['internal']]],
  )
})

test('several are listed, renamed and removed; removed ones open nothing', async () => {
  const who = await personWithPasskey(to)
  const bearer = await signedInByPasskey(to, who.key)
  clock.advance(1)
  const second = await addPasskey(to, bearer, { synced: true, algorithm: -8 }, 'a phone')
  clock.advance(1)
  await enrolTotp(to, bearer)

  const renamed = await send('PATCH', `/v1/me/passkeys/${who.id}`, { bearer, body: { name: 'a key' } })
  const listed = await send('GET', '/v1/me/passkeys', { bearer })
  const removed = await send('DELETE', `/v1/me/passkeys/${who.id}`, { bearer })

  assert.equal(renamed.json.name, 'a key')
  const items = listed.json.items as Record<string, unknown>[]
  assert.deepEqual(
    items.map(({ id, name, synced, backed_up, user_verified }) => [
      id,
      name,
      synced,
      backed_up,
      user_verified,
    ]),
    [
      [who.id, 'a key', false, false, true],
      [second.id, 'a phone', true, true, true],
    ],
  )
  assert.equal(removed.status, 204)
  assertProblem(await tryToSignIn(to, who.key), 'invalid_passkey')
  assert.equal((await tryToSignIn(to, second.key)).status, 200)
  const factors = await send('GET', '/v1/me/factors', { bearer })
  assert.deepEqual(
    (factors.json.items as Record<string, unknown>[]).map(({ kind }) => kind),
    ['passkey', 'totp'],
  )
  const totp = (factors.json.items as { id: string }[])[1]?.id
  assertProblem(await send('DELETE', `/v1/me/passkeys/${totp}`, { bearer }), 'not_found')
})

test('ten factors are the most: the eleventh is not even asked for', async () => {
  const who = await personWithPasskey(to)
  const bearer = await signedInByPasskey(to, who.key)
  const eleventh = await askToAdd(to, bearer)
  for (let count = 0; count < 9; count += 1) await addPasskey(to, bearer)

  assertProblem(await send('POST', '/v1/me/passkeys/options', { bearer }), 'limit_reached')
  const { credential } = makePasskey(eleventh)
  assertProblem(await send('POST', '/v1/me/passkeys', { bearer, body: { credential } }), 'limit_reached')
})

test('administrators see and remove passkeys of others, and the last one takes the codes with it', async () => {
  const who = await personWithPasskey(to)

  const listed = await send('GET', `/v1/accounts/${who.account}/factors`, { key: adminKey })
  const removed = await send('DELETE', `/v1/accounts/${who.account}/factors/${who.id}`, { key: adminKey })

  assert.deepEqual(
    (listed.json.items as Record<string, unknown>[]).map(({ id, kind }) => [id, kind]),
    [[who.id, 'passkey']],
  )
  assert.equal(removed.status, 204)
  assertProblem(await tryToSignIn(to, who.key), 'invalid_passkey')
  const after = await send('GET', `/v1/accounts/${who.account}/factors`, { key: adminKey })
  assert.deepEqual([after.json.items, after.json.recovery_codes_left], [[], 0])
})

test('what happens to passkeys is in the audit log, without challenges and keys', async () => {
  const who = await personWithPasskey(to)
  await tryToSignIn(to, who.key, { flags: { uv: false } })
  nextStep(clock)

  const added = await eventsOf(who.account, 'factor.added')
  const refused = await eventsOf(who.account, 'sign_in.refused')

  assert.deepEqual(added, [
    { factor: who.id, kind: 'passkey', synced: false, aaguid: '00000000-0000-0000-0000-000000000000' },
  ])
  assert.deepEqual(refused, [{ factor: 'passkey', reason: 'user_verification', passkey: who.id }])
})
