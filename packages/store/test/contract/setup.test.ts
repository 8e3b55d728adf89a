/** The first administrator, and the ticket that makes one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Bench, onEachDatabase } from '../bench.ts'
import {
  change,
  givenAccount,
  MINUTE,
  makeAccount,
  makeApiKey,
  makeEvent,
  makeServiceAccount,
  NOW,
} from '../given.ts'
import { isApiKeyAlive } from '../looks.ts'

function create(
  { store }: Bench,
  ticketDigests: readonly string[] | null,
  over: { email?: string; nowMs?: number } = {},
) {
  const account = makeAccount(over.email === undefined ? {} : { email: over.email })
  return store.createFirstAdministrator({
    account,
    passwordHash: 'hash',
    service: null,
    ticketDigests,
    audit: makeEvent({ atMs: over.nowMs ?? NOW }),
  })
}

onEachDatabase((bench) => {
  test('an unknown, replaced or expired ticket makes nobody', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    await store.offerSetupTicket('replaced', NOW + MINUTE)
    await store.offerSetupTicket('right', NOW + MINUTE)

    const answers = [
      await create(fresh, ['guessed']),
      await create(fresh, []),
      await create(fresh, ['replaced']),
      await create(fresh, ['right'], { nowMs: NOW + MINUTE }),
    ]

    assert.deepEqual(answers, Array(4).fill('closed'))
    assert.deepEqual(await store.listAccounts({ limit: 9, after: null, email: null }), [])
    assert.equal(await create(fresh, ['other pepper', 'right']), 'created')
  })

  test('a ticket is used once, even by many at once, and no new one is offered', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    await store.offerSetupTicket('ticket', NOW + MINUTE)

    const answers = await Promise.all(Array.from({ length: 8 }, () => create(fresh, ['ticket'])))

    assert.equal(answers.filter((answer) => answer === 'created').length, 1)
    assert.equal(answers.filter((answer) => answer === 'closed').length, 7)
    assert.equal(await store.offerSetupTicket('another', NOW + MINUTE), 'closed')
    assert.equal(await create(fresh, ['ticket']), 'closed')
    const [admin, ...others] = await store.listAccounts({ limit: 9, after: null, email: null })
    assert.deepEqual([admin?.roles, others], [['administrator'], []])
  })

  test('an address that is taken leaves the ticket good', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const { email } = await givenAccount(fresh)
    await store.offerSetupTicket('ticket', NOW + MINUTE)

    assert.equal(await create(fresh, ['ticket'], { email }), 'address_taken')
    assert.equal(await create(fresh, ['ticket']), 'created')
  })

  test('set-up stays closed when the only administrator is disabled', async () => {
    const fresh = await bench().fresh()
    const { store, tamper } = fresh
    const admin = await givenAccount(fresh, ['administrator'])
    await tamper('update accounts set disabled_at = $1 where id = $2', NOW, admin.id)

    assert.equal(await create(fresh, null), 'closed')
    assert.equal(await store.offerSetupTicket('ticket', NOW + MINUTE), 'closed')
  })

  test('of many first administrators at once, without tickets too, one is made', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh

    const answers = await Promise.all([
      ...Array.from({ length: 5 }, () => create(fresh, null)),
      store.offerSetupTicket('ticket', NOW + MINUTE),
    ])

    assert.equal(answers.filter((answer) => answer === 'created').length, 1)
    const rows = await fresh.rows(
      'select principal_id from principal_roles where role_id = $1',
      'administrator',
    )
    assert.equal(rows.length, 1)
    assert.equal(await create(fresh, ['ticket']), 'closed')
  })

  test('the service account beside it administers by its key', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const account = makeServiceAccount({ name: 'bootstrap', audiences: [] })
    const key = makeApiKey(account.id, { permissions: ['*'] })

    const answer = await store.createFirstAdministrator({
      account: makeAccount(),
      passwordHash: 'hash',
      service: { account, key, digest: 'digest' },
      ticketDigests: null,
      audit: makeEvent(),
    })

    assert.equal(answer, 'created')
    const { found } = await store.readApiKeyForVerdict(key.id)
    assert.deepEqual(found?.secrets, [{ digest: 'digest', expiresAtMs: null }])
    assert.deepEqual(found?.principal.rights.permissions, ['*'])
    assert.equal(await isApiKeyAlive(fresh, key.id), true)
    const { id } = account
    assert.equal(await store.changeServiceAccount({ id, roles: [], ...change() }), 'changed')
  })
})
