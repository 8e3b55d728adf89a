/** People: what is refused, what happens twice at once, and what a change ends. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onEachDatabase } from '../bench.ts'
import {
  change,
  givenAccount,
  givenApiKey,
  givenRole,
  givenSession,
  makeAccount,
  makeEvent,
  makeId,
  NOW,
} from '../given.ts'
import { entriesAfter, isSessionAlive } from '../looks.ts'

onEachDatabase((bench) => {
  test('an address that is taken creates nothing and gives no role', async () => {
    const { store, rows } = bench()
    const first = await givenAccount(bench())
    const account = makeAccount({ email: first.email })

    const answer = await store.createAccount({
      account,
      passwordHash: null,
      roles: ['member'],
      audit: makeEvent(),
    })

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
        store.createAccount({
          account: makeAccount({ email }),
          passwordHash: 'h',
          roles,
          audit: makeEvent(),
        }),
      ),
    )

    assert.equal(answers.filter((answer) => answer === 'created').length, 1)
    assert.equal((await store.listAccounts({ limit: 10, after: null, email })).length, 1)
  })

  test('an account is never created with a role that does not exist', async () => {
    const { store } = bench()
    const account = makeAccount()

    const creating = store.createAccount({
      account,
      passwordHash: null,
      roles: ['nobody'],
      audit: makeEvent(),
    })

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
    assert.deepEqual(signingIn, {
      account,
      passwordHash: 'hash',
      passwordCheckedAtMs: null,
      roles: ['member', role.id],
      ways: [],
    })
    assert.deepEqual(head, await store.readHead())
  })

  test('an unknown address is answered with the head and nobody', async () => {
    const { store } = bench()

    const answer = await store.readAccountByEmail('nobody@example.com')

    assert.deepEqual(answer, {
      head: await store.readHead(),
      account: null,
      passwordHash: null,
      passwordCheckedAtMs: null,
      roles: [],
      ways: [],
    })
  })

  test('accounts are listed newest first, page after page, without those that have ended', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const all = []
    for (let count = 0; count < 5; count += 1) all.push(await givenAccount(fresh))
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
    const answer = await store.createAccount({
      account: again,
      passwordHash: null,
      roles: [],
      audit: makeEvent(),
    })
    assert.equal(answer, 'created')
  })
})
