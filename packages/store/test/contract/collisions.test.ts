/**
 * Everything at once on the same few rows: no two transactions wait for each other in a circle, and what is
 * left stands in order. Postgres counts the circles that it had to break.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeKind } from '@countersign/protocol'
import fc from 'fast-check'
import { present, revoke } from '../acts.ts'
import { type Bench, onDatabases, onEachDatabase } from '../bench.ts'
import {
  change,
  ENTRY_EXPIRES,
  givenAccount,
  givenApiKey,
  givenGrant,
  givenRole,
  givenServiceAccount,
  givenSession,
  makeAccount,
  makeApiKey,
  makeEvent,
  makeSession,
  makeSigningKey,
  NOW,
} from '../given.ts'
import { changePassword, requireChange } from '../given-passwords.ts'
import { entriesAfter } from '../looks.ts'

/** Writes that touch the same account, role, sessions, family and key, in many ways. */
async function givenWrites(bench: Bench): Promise<readonly (() => Promise<unknown>)[]> {
  const { store } = bench
  await givenAccount(bench, ['administrator'])
  const [role, other] = [await givenRole(bench), await givenRole(bench)]
  const account = await givenAccount(bench, [role.id, 'administrator'])
  const program = await givenServiceAccount(bench, [role.id, other.id])
  const sessions = []
  for (let count = 0; count < 3; count += 1) sessions.push(await givenSession(bench, account))
  const family = await givenGrant(bench, account)
  const { grant, session } = family
  const key = await givenApiKey(bench, account.id)
  const { position } = await store.readHead()
  const { id } = account
  const uses = [...sessions, session].map((one) => ({ id: one.id, atMs: NOW + 5, address: null }))
  const apiKeys = [{ id: key.id, atMs: NOW + 5, address: null, count: 1 }]
  const revoking = (kind: NodeKind, of: string) => () => revoke(bench, { kind, id: of })
  return [
    () => store.changeAccount({ id, roles: [other.id], ...change() }),
    () => store.changeAccount({ id, roles: [role.id, 'member'], ...change() }),
    () => store.changeAccount({ id, name: 'Other', ...change() }),
    () => store.changeServiceAccount({ id: program.id, roles: [role.id], audiences: [], ...change() }),
    () => store.endRole({ id: role.id, ...change() }),
    () => store.endRole({ id: other.id, ...change() }),
    () => store.changeRole({ id: role.id, permissions: ['notes:write'], ...change() }),
    () =>
      store.createAccount({
        account: makeAccount(),
        passwordHash: null,
        roles: ['member'],
        audit: makeEvent(),
      }),
    () =>
      store.openSession({
        session: makeSession(account, { issuedPosition: position }),
        digest: 'd',
        grant: null,
        sessionsMax: 2,
        entryExpiresAtMs: ENTRY_EXPIRES,
        audit: makeEvent(),
      }),
    () => store.recordUse({ sessions: uses, apiKeys }),
    () => store.recordUse({ sessions: uses.toReversed(), apiKeys }),
    () => changePassword(bench, account, { renewed: { session: session.id, digest: 'd' } }),
    () => requireChange(bench, account),
    () => store.endOtherSessions({ account: id, keep: session.id, ...change() }),
    () => present(bench, family, 1, { graceMs: 0 }),
    () =>
      store.createApiKey({
        key: makeApiKey(id, { issuedPosition: position }),
        digest: 'd',
        keysMax: 9,
        audit: makeEvent(),
      }),
    () => store.changeApiKey({ id: key.id, change: { name: 'Other' }, ...change() }),
    () => store.addSigningKey(makeSigningKey(), [], makeEvent()),
    revoking('account', id),
    revoking('role', role.id),
    revoking('session', session.id),
    revoking('grant', grant.id),
    revoking('api_key', key.id),
    revoking('issuer', 'x'),
    () => store.sweep(NOW + 1, 10),
    () => store.endAccount({ id, ...change() }),
  ]
}

async function collide(bench: Bench, picks: readonly number[]): Promise<void> {
  const writes = await givenWrites(bench)
  const { position } = await bench.store.readHead()

  const answers = await Promise.allSettled(picks.map((pick) => writes[pick % writes.length]?.()))

  const failed = answers.filter((answer) => answer.status === 'rejected')
  assert.deepEqual(failed, [])
  await entriesAfter(bench, position)
  const strays = await bench.rows(
    'select role_id from principal_roles where role_id not in (select id from roles)',
  )
  assert.deepEqual(strays, [])
}

const picks = fc.array(fc.nat({ max: 25 }), { minLength: 4, maxLength: 24 })

onEachDatabase((bench) => {
  test('any writes at once all end, and leave the log dense and no role without its row', async () => {
    const fresh = await bench().fresh()

    await fc.assert(
      fc.asyncProperty(picks, (plan) => collide(fresh, plan)),
      { numRuns: 30 },
    )
  })
})

onDatabases(['postgres'], (bench) => {
  test('no two transactions ever wait for each other', async () => {
    const everyOrder = fc.shuffledSubarray([...Array(26).keys(), ...Array(26).keys()], { minLength: 52 })
    await fc.assert(
      fc.asyncProperty(everyOrder, (plan) => collide(bench(), plan)),
      { numRuns: 10 },
    )

    const [row] = await bench().rows(
      'select deadlocks from pg_stat_database where datname = current_database() limit 1',
    )
    assert.equal(row?.deadlocks, 0)
  })
})
