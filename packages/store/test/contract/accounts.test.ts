/** People: what is refused, what happens twice at once, and what a change ends. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Bench, onEachDatabase } from '../bench.ts'
import {
  change,
  DAY,
  givenAccount,
  givenApiKey,
  givenRole,
  givenServiceAccount,
  givenSession,
  makeAccount,
  makeEvent,
  makeId,
  makeSession,
  NOW,
} from '../given.ts'
import { entriesAfter, isSessionAlive } from '../looks.ts'

onEachDatabase((bench) => {
  test('an address that is taken creates nothing and gives no role', async () => {
    const { store, rows } = bench()
    const first = await givenAccount(bench())
    const account = makeAccount({ email: first.email })

    const answer = await store.createAccount({ account, passwordHash: null, roles: ['member'], audit: makeEvent() })

    assert.equal(answer, 'address_taken')
    assert.equal(await store.readAccount(account.id), null)
    assert.deepEqual(await rows('select * from principal_roles where principal_id = $1', account.id), [])
  })

  test('of many sign-ups with one address at once exactly one gets it', async () => {
    const { store } = bench()
    const email = makeAccount().email
    const roles = [(await givenRole(bench())).id, 'member']

    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        store.createAccount({ account: makeAccount({ email }), passwordHash: 'h', roles, audit: makeEvent() }),
      ),
    )

    assert.equal(answers.filter((answer) => answer === 'created').length, 1)
    assert.equal((await store.listAccounts({ limit: 10, after: null, email })).length, 1)
  })

  test('an account is never created with a role that does not exist', async () => {
    const { store } = bench()
    const account = makeAccount()

    const creating = store.createAccount({ account, passwordHash: null, roles: ['nobody'], audit: makeEvent() })

    await assert.rejects(creating, /no such role/)
    assert.equal(await store.readAccount(account.id), null)
  })

  test('an account is read as it was written, with its roles in order', async () => {
    const { store } = bench()
    const role = await givenRole(bench())
    const account = makeAccount({ name: null, emailVerifiedAtMs: NOW - 1 })
    const roles = [role.id, 'member', role.id]

    await store.createAccount({ account, passwordHash: 'hash', roles, audit: makeEvent() })

    const read = await store.readAccount(account.id)
    assert.deepEqual(read, { ...account, roles: ['member', role.id] })
    const { head, ...signingIn } = await store.readAccountByEmail(account.email)
    assert.deepEqual(signingIn, { account, passwordHash: 'hash' })
    assert.deepEqual(head, await store.readHead())
  })

  test('an unknown address is answered with the head and nobody', async () => {
    const { store } = bench()

    const answer = await store.readAccountByEmail('nobody@example.com')

    assert.deepEqual(answer, { head: await store.readHead(), account: null, passwordHash: null })
  })

  test('accounts are listed newest first, page after page, without those that have ended', async (t) => {
    const { store, ...rest } = await bench().fresh(t)
    const all = []
    for (let count = 0; count < 5; count += 1) all.push(await givenAccount({ store, ...rest }))
    const ended = all[1]
    assert.ok(ended)
    await store.endAccount({ id: ended.id, ...change() })

    const first = await store.listAccounts({ limit: 2, after: null, email: null })
    const second = await store.listAccounts({ limit: 9, after: first.at(-1)?.id ?? null, email: null })

    const expected = [all[4], all[3], all[2], all[0]].map((account) => account?.id)
    assert.deepEqual(
      [...first, ...second].map((account) => account.id),
      expected,
    )
    assert.ok([...first, ...second].every((account) => account.roles.join() === 'member'))
  })

  test('a password hash is replaced only while it is the one that was checked', async () => {
    const { store } = bench()
    const { id, email } = await givenAccount(bench())

    const answers = await Promise.all([
      store.replacePasswordHash(id, 'hash', 'left'),
      store.replacePasswordHash(id, 'hash', 'right'),
      store.replacePasswordHash(id, 'older', 'wrong'),
    ])

    assert.equal(answers.filter(Boolean).length, 1)
    const { passwordHash } = await store.readAccountByEmail(email)
    assert.equal(passwordHash, answers[0] ? 'left' : 'right')
  })
})

onEachDatabase((bench) => {
  test('changing an account that is unknown or has ended is answered not_found', async () => {
    const { store } = bench()
    const { id } = await givenAccount(bench())
    await store.endAccount({ id, ...change() })
    const before = await store.readHead()

    assert.equal(await store.changeAccount({ id, name: 'x', ...change() }), 'not_found')
    assert.equal(await store.changeAccount({ id: makeId('acc'), name: 'x', ...change() }), 'not_found')
    assert.equal(await store.endAccount({ id, ...change() }), 'not_found')

    assert.deepEqual(await store.readHead(), before)
  })

  test('an unknown role changes nothing, not even the name beside it', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const audit = makeEvent()

    const answer = await store.changeAccount({
      id: account.id,
      name: 'New',
      roles: ['member', 'nobody'],
      ...change(),
      audit,
    })

    assert.equal(answer, 'unknown_role')
    assert.deepEqual(await store.readAccount(account.id), { ...account, roles: ['member'] })
    assert.deepEqual(await bench().rows('select id from audit_events where id = $1', audit.id), [])
  })

  test('a new name or new roles are a rule for the account, and its sessions live on', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const session = await givenSession(bench(), account)
    const role = await givenRole(bench(), ['notes:write'])
    const { position } = await store.readHead()

    await store.changeAccount({ id: account.id, name: 'New', roles: [role.id], ...change() })

    const entries = await entriesAfter(bench(), position)
    assert.deepEqual(entries, [{ kind: 'account', id: account.id, effect: 'rule' }])
    assert.equal(await isSessionAlive(bench(), session.id), true)
    const { found } = await store.readSessionForVerdict(session.id)
    assert.equal(found?.principal.name, 'New')
    assert.deepEqual(found?.principal.rights.permissions, ['notes:write'])
  })

  test('what changes no verdict appends nothing', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const { position } = await store.readHead()
    const audit = makeEvent()

    const same = { id: account.id, name: account.name, roles: ['member'], disabledAtMs: null }
    assert.equal(await store.changeAccount({ ...same, ...change(), audit }), 'changed')

    assert.deepEqual(await entriesAfter(bench(), position), [])
    assert.equal((await bench().rows('select id from audit_events where id = $1', audit.id)).length, 1)
  })

  test('disabling ends everything issued before, for good', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const session = await givenSession(bench(), account)
    const key = await givenApiKey(bench(), account.id)
    const { position } = await store.readHead()

    await store.changeAccount({ id: account.id, disabledAtMs: NOW, ...change() })
    const during = await store.readSessionForVerdict(session.id)
    await store.changeAccount({ id: account.id, disabledAtMs: null, ...change() })
    const after = await store.readSessionForVerdict(session.id)

    assert.equal(during.found?.principal.rights.disabledAtMs, NOW)
    assert.equal(after.found?.principal.rights.disabledAtMs, null)
    assert.ok((after.found?.principal.rights.floor ?? 0) > session.issuedPosition)
    assert.equal(await isSessionAlive(bench(), session.id), false)
    assert.equal(await store.readApiKey(key.id), null)
    assert.equal((await entriesAfter(bench(), position)).length, 2)
    const reopened = await givenSession(bench(), account)
    assert.equal(await isSessionAlive(bench(), reopened.id), true)
  })

  test('a disabled account is given no session and no key', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    await store.changeAccount({ id: account.id, disabledAtMs: NOW, ...change() })

    await assert.rejects(givenSession(bench(), account), /account_gone/)
    await assert.rejects(givenApiKey(bench(), account.id), /owner_gone/)
  })

  test('an ended account gives its address back and keeps nothing that names the person', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const session = await givenSession(bench(), account)

    assert.equal(await store.endAccount({ id: account.id, ...change() }), 'ended')

    assert.equal(await store.readAccount(account.id), null)
    const [row] = await bench().rows(
      'select email, name, password_hash, email_verified_at from accounts where id = $1',
      account.id,
    )
    assert.deepEqual({ ...row }, { email: null, name: null, password_hash: null, email_verified_at: null })
    const { found } = await store.readSessionForVerdict(session.id)
    assert.deepEqual(found?.principal.rights.roles, [])
    assert.equal(found?.principal.rights.disabledAtMs, NOW)
    const again = makeAccount({ email: account.email })
    const answer = await store.createAccount({ account: again, passwordHash: null, roles: [], audit: makeEvent() })
    assert.equal(answer, 'created')
  })
})

onEachDatabase((bench) => {
  test('taking a role away does not revive what a revocation of the role had ended', async () => {
    const { store } = bench()
    const role = await givenRole(bench())
    const account = await givenAccount(bench(), [role.id])
    const session = await givenSession(bench(), account)
    await store.revoke({ id: makeId('rev'), node: { kind: 'role', id: role.id }, ...change() })
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
    await store.revoke({ id: makeId('rev'), node: { kind: 'role', id: role.id }, ...change() })

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
      const revoke = () => store.revoke({ id: makeId('rev'), node: { kind: 'role', id: role.id }, ...change() })

      const before = await store.readHead()
      await Promise.all(round % 2 === 0 ? [take(), revoke()] : [revoke(), take()])

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
  test('the last enabled administrator is neither demoted, disabled nor ended', async (t) => {
    const fresh = await bench().fresh(t)
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

  test('of administrators who are demoted, disabled and ended at once, one stays', async (t) => {
    const fresh = await bench().fresh(t)
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

  test('a service account that administers does not count as the last administrator', async (t) => {
    const fresh = await bench().fresh(t)
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
