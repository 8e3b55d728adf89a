/** Losing roles: nothing that a role had ended revives, and the last administrator stays. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { revoke } from '../acts.ts'
import { type Bench, onEachDatabase } from '../bench.ts'
import {
  change,
  DAY,
  givenAccount,
  givenRole,
  givenServiceAccount,
  givenSession,
  makeSession,
  NOW,
} from '../given.ts'
import { entriesAfter, isSessionAlive } from '../looks.ts'

onEachDatabase((bench) => {
  test('taking a role away does not revive what a revocation of the role had ended', async () => {
    const { store } = bench()
    const role = await givenRole(bench())
    const account = await givenAccount(bench(), [role.id])
    const session = await givenSession(bench(), account)
    await revoke(bench(), { kind: 'role', id: role.id })
    assert.equal(await isSessionAlive(bench(), session.id), false)

    await store.changeAccount({ id: account.id, roles: ['member'], ...change() })

    assert.equal(await isSessionAlive(bench(), session.id), false)
    const later = await givenSession(bench(), account)
    assert.equal(await isSessionAlive(bench(), later.id), true)
  })

  test('nor does ending the role', async () => {
    const { store } = bench()
    const role = await givenRole(bench())
    const account = await givenAccount(bench(), [role.id])
    const session = await givenSession(bench(), account)
    await revoke(bench(), { kind: 'role', id: role.id })

    await store.endRole({ id: role.id, ...change() })

    assert.equal(await isSessionAlive(bench(), session.id), false)
    assert.deepEqual((await store.readAccount(account.id))?.roles, [])
  })

  test('revoking a role while it is being taken away leaves nothing alive', async () => {
    const { store } = bench()
    for (let round = 0; round < 10; round += 1) {
      const role = await givenRole(bench())
      const account = await givenAccount(bench(), [role.id])
      const session = await givenSession(bench(), account)
      const take = () => store.changeAccount({ id: account.id, roles: [], ...change() })
      const end = () => revoke(bench(), { kind: 'role', id: role.id })

      const before = await store.readHead()
      await Promise.all(round % 2 === 0 ? [take(), end()] : [end(), take()])

      // Only when the role was lost before it was revoked may the session live.
      const order = (await entriesAfter(bench(), before.position)).map((entry) => entry.kind).join()
      assert.equal(await isSessionAlive(bench(), session.id), order === 'account,role', order)
    }
  })
})

/** Administrators of a database of their own, so that no other test's keeps the last one company. */
async function givenAdministrators(bench: Bench, count: number) {
  const accounts = []
  for (let made = 0; made < count; made += 1) accounts.push(await givenAccount(bench, ['administrator']))
  return accounts
}

onEachDatabase((bench) => {
  test('the last enabled administrator is neither demoted, disabled nor ended', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const [admin, other] = await givenAdministrators(fresh, 2)
    assert.ok(admin && other)
    await store.changeAccount({ id: other.id, disabledAtMs: NOW, ...change() })
    const before = await store.readHead()

    const answers = [
      await store.changeAccount({ id: admin.id, roles: ['member'], ...change() }),
      await store.changeAccount({ id: admin.id, disabledAtMs: NOW, ...change() }),
      await store.endAccount({ id: admin.id, ...change() }),
    ]

    assert.deepEqual(answers, ['last_administrator', 'last_administrator', 'last_administrator'])
    assert.deepEqual(await store.readHead(), before)
    assert.deepEqual((await store.readAccount(admin.id))?.roles, ['administrator'])
    // The disabled one administers nothing, so that it may go.
    assert.equal(await store.changeAccount({ id: other.id, roles: [], ...change() }), 'changed')
  })

  test('of administrators who are demoted, disabled and ended at once, one stays', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const admins = await givenAdministrators(fresh, 6)

    const answers = await Promise.all(
      admins.map(({ id }, index) => {
        if (index % 3 === 0) return store.changeAccount({ id, roles: ['member'], ...change() })
        if (index % 3 === 1) return store.changeAccount({ id, disabledAtMs: NOW, ...change() })
        return store.endAccount({ id, ...change() })
      }),
    )

    assert.equal(answers.filter((answer) => answer === 'last_administrator').length, 1)
    const [row] = await fresh.rows(
      `select count(*) as enabled from accounts join principal_roles on principal_id = accounts.id
       where role_id = 'administrator' and disabled_at is null and ended_at is null`,
    )
    assert.equal(row?.enabled, 1)
  })

  test('who may administer now are the enabled ones, up to the bound', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const [one, two, disabled, ended] = await givenAdministrators(fresh, 4)
    assert.ok(one && two && disabled && ended)
    await givenAccount(fresh)
    await givenServiceAccount(fresh, ['administrator'])
    await store.changeAccount({ id: disabled.id, disabledAtMs: NOW, ...change() })
    await store.endAccount({ id: ended.id, ...change() })

    const all = await store.listEnabledAdministrators(10)

    assert.deepEqual(all.toSorted(), [one.id, two.id].toSorted())
    assert.equal((await store.listEnabledAdministrators(1)).length, 1)
  })

  test('a service account that administers does not count as the last administrator', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const [admin] = await givenAdministrators(fresh, 1)
    assert.ok(admin)
    await givenServiceAccount(fresh, ['administrator'])

    const answer = await store.changeAccount({ id: admin.id, roles: [], ...change() })

    assert.equal(answer, 'last_administrator')
  })

  test('a session that is opened while its account is disabled never lives', async () => {
    const { store } = bench()
    for (let round = 0; round < 10; round += 1) {
      const account = await givenAccount(bench())
      const { position } = await store.readHead()
      const session = makeSession(account, { issuedPosition: position, expiresAtMs: NOW + DAY })

      const disable = () => store.changeAccount({ id: account.id, disabledAtMs: NOW, ...change() })
      const { nowMs: _, ...rest } = change()
      const open = () => store.openSession({ session, digest: 'd', grant: null, sessionsMax: 5, ...rest })
      await Promise.all(round % 2 === 0 ? [open(), disable()] : [disable(), open()])
      await store.changeAccount({ id: account.id, disabledAtMs: null, ...change() })

      assert.equal(await isSessionAlive(bench(), session.id), false)
    }
  })
})
