/** Programs, roles and clients: what is refused, and what a change tells the verifiers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Role } from '@countersign/core'
import { onEachDatabase } from '../bench.ts'
import {
  change,
  givenAccount,
  givenApiKey,
  givenRole,
  givenServiceAccount,
  makeEvent,
  makeId,
  makeServiceAccount,
  makeText,
  NOW,
} from '../given.ts'
import { entriesAfter, isApiKeyAlive } from '../looks.ts'

onEachDatabase((bench) => {
  test('a service account with an unknown role is not made', async () => {
    const { store, rows } = bench()
    const account = makeServiceAccount()
    const role = await givenRole(bench())

    const answer = await store.createServiceAccount({
      account,
      roles: [role.id, 'nobody'],
      audit: makeEvent(),
    })

    assert.equal(answer, 'unknown_role')
    assert.equal(await store.readServiceAccount(account.id), null)
    assert.deepEqual(await rows('select * from principal_roles where principal_id = $1', account.id), [])
  })

  test('service accounts are read and listed as they were written, newest first', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const role = await givenRole(fresh)
    const first = await givenServiceAccount(fresh, [role.id, 'member'])
    const second = await givenServiceAccount(fresh)
    const ended = await givenServiceAccount(fresh)
    await store.endServiceAccount({ id: ended.id, ...change() })

    assert.deepEqual(await store.readServiceAccount(first.id), { ...first, roles: ['member', role.id] })
    assert.equal(await store.readServiceAccount(ended.id), null)
    const page = await store.listServiceAccounts({ limit: 1, after: null })
    const rest = await store.listServiceAccounts({ limit: 9, after: second.id })
    assert.deepEqual(page, [{ ...second, roles: [] }])
    assert.deepEqual(rest, [{ ...first, roles: ['member', role.id] }])
  })

  test('principals are named by their ids, more than one statement takes, and those that have ended are not', async () => {
    const { store } = bench()
    const people = await Promise.all(Array.from({ length: 27 }, () => givenAccount(bench())))
    const program = await givenServiceAccount(bench())
    const ended = await givenServiceAccount(bench())
    await store.endServiceAccount({ id: ended.id, ...change() })

    const ids = [...people, program, ended, { id: makeId('acc') }].map(({ id }) => id)
    const found = await store.readPrincipalNames(ids)

    const expected = [...people.map(({ id, name, email }) => [id, name ?? email]), [program.id, program.name]]
    assert.deepEqual(
      new Map(found.map(({ id, name }) => [id, name])),
      new Map(expected as [(typeof ids)[0], string][]),
    )
    assert.equal(found.length, 28)
    assert.deepEqual(await store.readPrincipalNames([]), [])
  })

  test('changing one that is unknown, has ended, or to an unknown role changes nothing', async () => {
    const { store } = bench()
    const account = await givenServiceAccount(bench())
    const ended = await givenServiceAccount(bench())
    await store.endServiceAccount({ id: ended.id, ...change() })
    const { position } = await store.readHead()

    const answers = [
      await store.changeServiceAccount({ id: makeId('svc'), name: 'x', ...change() }),
      await store.changeServiceAccount({ id: ended.id, name: 'x', ...change() }),
      await store.changeServiceAccount({ id: account.id, name: 'x', roles: ['nobody'], ...change() }),
      await store.endServiceAccount({ id: ended.id, ...change() }),
    ]

    assert.deepEqual(answers, ['not_found', 'not_found', 'unknown_role', 'not_found'])
    assert.deepEqual(await entriesAfter(bench(), position), [])
    assert.deepEqual(await store.readServiceAccount(account.id), { ...account, roles: [] })
  })

  test('name, roles and audiences are a rule, and its keys live on; disabling ends them for good', async () => {
    const { store } = bench()
    const account = await givenServiceAccount(bench())
    const key = await givenApiKey(bench(), account.id)
    const role = await givenRole(bench())
    const { position } = await store.readHead()
    const { id } = account

    for (const wanted of [{ name: 'New' }, { roles: [role.id] }, { audiences: [] }]) {
      assert.equal(await store.changeServiceAccount({ id, ...wanted, ...change() }), 'changed')
    }
    const isAliveAfterChanges = await isApiKeyAlive(bench(), key.id)
    await store.changeServiceAccount({ id, disabledAtMs: NOW, ...change() })
    await store.changeServiceAccount({ id, disabledAtMs: null, ...change() })

    const rule = { kind: 'service_account', id, effect: 'rule' }
    assert.deepEqual(await entriesAfter(bench(), position), Array(5).fill(rule))
    assert.equal(isAliveAfterChanges, true)
    assert.equal(await isApiKeyAlive(bench(), key.id), false)
    const read = await store.readServiceAccount(id)
    assert.deepEqual(read, { ...account, name: 'New', audiences: [], roles: [role.id] })
    assert.equal(await isApiKeyAlive(bench(), (await givenApiKey(bench(), id)).id), true)
  })

  test('what changes no verdict appends nothing', async () => {
    const { store } = bench()
    const account = await givenServiceAccount(bench(), ['member'])
    const { position } = await store.readHead()
    const { id, name, audiences } = account

    const same = { id, name, audiences, roles: ['member'], disabledAtMs: null }
    assert.equal(await store.changeServiceAccount({ ...same, ...change() }), 'changed')

    assert.deepEqual(await entriesAfter(bench(), position), [])
  })

  test('a service account that has ended holds nothing and may be given nothing', async () => {
    const { store } = bench()
    const role = await givenRole(bench())
    const account = await givenServiceAccount(bench(), [role.id])
    const key = await givenApiKey(bench(), account.id)
    const { position } = await store.readHead()

    assert.equal(await store.endServiceAccount({ id: account.id, ...change() }), 'ended')

    const { found } = await store.readApiKeyForVerdict(key.id)
    assert.deepEqual(found?.principal.rights.roles, [])
    assert.equal(found?.principal.rights.disabledAtMs, NOW)
    const rule = { kind: 'service_account', id: account.id, effect: 'rule' }
    assert.deepEqual(await entriesAfter(bench(), position), [rule])
    await assert.rejects(givenApiKey(bench(), account.id), /owner_gone/)
  })
})

onEachDatabase((bench) => {
  test('the built-in roles are there and are never ended; administrators may do everything for good', async () => {
    const { store } = bench()
    const { position } = await store.readHead()

    assert.equal(await store.changeRole({ id: 'administrator', permissions: [], ...change() }), 'built_in')
    for (const id of ['administrator', 'member']) {
      assert.equal(await store.endRole({ id, ...change() }), 'built_in')
    }

    const roles = (await store.listRoles()).filter((role) => role.builtIn)
    assert.deepEqual(
      roles.map((role) => [role.id, role.permissions]),
      [
        ['administrator', ['*']],
        ['member', []],
      ],
    )
    assert.deepEqual(await entriesAfter(bench(), position), [])
  })

  test('what members may do is changed like any other role', async () => {
    const { store } = bench()

    assert.equal(await store.changeRole({ id: 'member', permissions: ['gym:enter'], ...change() }), 'changed')

    const member = (await store.listRoles()).find((role) => role.id === 'member')
    assert.deepEqual(member?.permissions, ['gym:enter'])
    await store.changeRole({ id: 'member', permissions: [], ...change() })
  })

  test('a name that is taken makes no role, and of many at once exactly one is made', async () => {
    const { store } = bench()
    const role = (permissions: string[]): Role => ({
      id: 'taken',
      description: null,
      permissions,
      builtIn: false,
      createdAtMs: NOW,
    })

    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => store.createRole(role([`notes:read${index}`]), makeEvent())),
    )

    assert.equal(answers.filter((answer) => answer === 'created').length, 1)
    const winner = answers.indexOf('created')
    assert.deepEqual(
      (await store.listRoles()).find(({ id }) => id === 'taken'),
      role([`notes:read${winner}`]),
    )
    assert.equal(await store.createRole({ ...role(['*']), id: 'administrator' }, makeEvent()), 'exists')
  })

  test('an unknown role is not found', async () => {
    const { store } = bench()

    assert.equal(await store.changeRole({ id: 'nobody', permissions: [], ...change() }), 'not_found')
    assert.equal(await store.endRole({ id: 'nobody', ...change() }), 'not_found')
  })

  test('new permissions are a rule for the role; a new description alone is nobody’s business', async () => {
    const { store } = bench()
    const role = await givenRole(bench())
    const { position } = await store.readHead()

    await store.changeRole({ id: role.id, description: 'Reads', ...change() })
    const quiet = await entriesAfter(bench(), position)
    await store.changeRole({ id: role.id, permissions: ['notes:write'], ...change() })

    assert.deepEqual(quiet, [])
    assert.deepEqual(await entriesAfter(bench(), position), [{ kind: 'role', id: role.id, effect: 'rule' }])
    const read = (await store.listRoles()).find(({ id }) => id === role.id)
    assert.deepEqual(read, { ...role, description: 'Reads', permissions: ['notes:write'] })
  })

  test('a role that ends is taken from people and programs, by one rule, and its name starts anew', async () => {
    const { store } = bench()
    const role = await givenRole(bench(), ['notes:read'])
    const person = await givenAccount(bench(), [role.id, 'member'])
    const program = await givenServiceAccount(bench(), [role.id])
    const key = await givenApiKey(bench(), program.id)
    const { position } = await store.readHead()

    assert.equal(await store.endRole({ id: role.id, ...change() }), 'ended')
    await store.createRole({ ...role, permissions: ['*'] }, makeEvent())

    assert.deepEqual(await entriesAfter(bench(), position), [{ kind: 'role', id: role.id, effect: 'rule' }])
    assert.deepEqual((await store.readAccount(person.id))?.roles, ['member'])
    const { found } = await store.readApiKeyForVerdict(key.id)
    assert.deepEqual(found?.principal.rights.permissions, [])
    assert.equal(await isApiKeyAlive(bench(), key.id), true)
  })

  test('a role that ends while it is being given is held by nobody', async () => {
    const { store, rows } = bench()
    for (let round = 0; round < 10; round += 1) {
      const role = await givenRole(bench())
      const account = await givenAccount(bench())
      const other = makeServiceAccount({ name: makeText('program') })

      const answers = await Promise.allSettled([
        store.changeAccount({ id: account.id, roles: [role.id], ...change() }),
        store.createServiceAccount({ account: other, roles: [role.id], audit: makeEvent() }),
        store.endRole({ id: role.id, ...change() }),
      ])

      assert.ok(answers.every((answer) => answer.status === 'fulfilled'))
      assert.deepEqual(await rows('select * from principal_roles where role_id = $1', role.id), [])
    }
  })
})
