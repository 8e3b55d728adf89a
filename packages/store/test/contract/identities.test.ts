/** Accounts elsewhere: whose each is, one way in that stays, and nothing of a stranger’s that is left behind. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { revoke } from '../acts.ts'
import { onEachDatabase } from '../bench.ts'
import { change, givenAccount, givenSession, makeAccount, makeEvent, NOW } from '../given.ts'
import {
  addIdentity,
  beginWith,
  enterWith,
  givenIdentity,
  ISSUER,
  makeIdentity,
  removeIdentity,
} from '../given-identities.ts'
import { disown } from '../given-not-me.ts'
import { givenPasskey } from '../given-passkeys.ts'

onEachDatabase((bench) => {
  const read = (subject: string, issuer = ISSUER) =>
    bench().store.readIdentityToSignIn({ issuer, subject, deviceDigests: [] })

  test('an identity that nobody has, or another issuer’s of the same subject, finds nobody', async () => {
    const account = await givenAccount(bench())
    const identity = await givenIdentity(bench(), account)

    assert.equal((await read('nobody')).found, null)
    assert.equal((await read(identity.subject, 'https://other.example')).found, null)
    const { found } = await read(identity.subject)
    assert.deepEqual(found?.identity, identity)
    assert.equal(found?.account.id, account.id)
    assert.deepEqual(found?.roles, ['member'])
  })

  test('one identity is one account’s, also of several that take it at once', async () => {
    const accounts = await Promise.all(Array.from({ length: 5 }, () => givenAccount(bench())))
    const subject = makeIdentity(accounts[0] ?? makeAccount()).subject

    const answers = await Promise.all(
      accounts.map((account) => addIdentity(bench(), makeIdentity(account, { subject }))),
    )

    assert.equal(answers.filter((answer) => answer === 'added').length, 1, answers.join())
    assert.equal(answers.filter((answer) => answer === 'known').length, 4, answers.join())
  })

  test('an account begins with an identity whole or not at all', async () => {
    const begun = beginWith(bench())
    assert.equal(await begun.created, 'created')
    const { found } = await read(begun.identity.subject)
    assert.equal(found?.account.id, begun.identity.accountId)

    const taken = beginWith(bench(), { identity: { subject: begun.identity.subject } })
    assert.equal(await taken.created, 'known')
    assert.equal(await bench().store.readAccount(taken.identity.accountId), null)

    const address = beginWith(bench(), { account: makeAccount({ email: found?.account.email ?? '' }) })
    assert.equal(await address.created, 'address_taken')
    assert.equal((await read(address.identity.subject)).found, null)
  })

  test('of several beginnings with one identity at once one account stays', async () => {
    const { subject } = makeIdentity(makeAccount())
    const begun = Array.from({ length: 5 }, () => beginWith(bench(), { identity: { subject } }))
    const answers = await Promise.all(begun.map(({ created }) => created))

    assert.equal(answers.filter((answer) => answer === 'created').length, 1, answers.join())
    const kept = await Promise.all(begun.map(({ identity }) => bench().store.readAccount(identity.accountId)))
    assert.equal(kept.filter((account) => account !== null).length, 1)
  })

  test('an identity that was taken away opens no session, and neither does another account’s', async () => {
    const account = await givenAccount(bench())
    const identity = await givenIdentity(bench(), account)
    const other = await givenAccount(bench())

    assert.deepEqual(await enterWith(bench(), other, identity), { kind: 'identity_gone' })
    assert.equal(await removeIdentity(bench(), identity, { mustKeepWayIn: false }), 'removed')
    assert.deepEqual(await enterWith(bench(), account, identity), { kind: 'identity_gone' })
    assert.deepEqual(await bench().store.listSessions(account.id, NOW), [])
  })

  test('a sign-in notes the use, and one of an account that was signed out everywhere is late', async () => {
    const account = await givenAccount(bench())
    const identity = await givenIdentity(bench(), account)
    assert.equal((await enterWith(bench(), account, identity)).kind, 'opened')
    const [used] = await bench().store.readIdentities(account.id)
    assert.equal(used?.lastUsedAtMs, NOW)

    await revoke(bench(), { kind: 'account', id: account.id })
    assert.deepEqual(await enterAt(0), { kind: 'account_gone' })

    function enterAt(position: number) {
      const head = async () => ({ ...(await bench().store.readHead()), position })
      const store = { ...bench().store, readHead: head }
      return enterWith({ ...bench(), store }, account, identity)
    }
  })

  test('the last one stays where nothing else opens the account, also of two that are removed at once', async () => {
    const begun = beginWith(bench())
    await begun.created
    const account = (await read(begun.identity.subject)).found?.account
    assert.ok(account !== undefined)
    assert.equal(await removeIdentity(bench(), begun.identity), 'last_way_in')

    const second = await givenIdentity(bench(), account)
    const answers = await Promise.all([
      removeIdentity(bench(), begun.identity),
      removeIdentity(bench(), second),
    ])
    assert.deepEqual(answers.toSorted(), ['last_way_in', 'removed'])

    await givenPasskey(bench(), account)
    const [left] = await bench().store.readIdentities(account.id)
    assert.equal(left && (await removeIdentity(bench(), left)), 'removed')
  })

  test('there is a bound, and nothing is removed of another account', async () => {
    const account = await givenAccount(bench())
    const identity = await givenIdentity(bench(), account)
    assert.equal(await addIdentity(bench(), makeIdentity(account), { identitiesMax: 1 }), 'limit_reached')

    const other = await givenAccount(bench())
    assert.equal(await removeIdentity(bench(), { ...identity, accountId: other.id }), 'not_found')
    assert.equal((await bench().store.readIdentities(account.id)).length, 1)
  })

  test('what was connected in a session that was not its owner’s goes with it, and the rest stays', async () => {
    const account = await givenAccount(bench())
    const session = await givenSession(bench(), account)
    const own = await givenIdentity(bench(), account)
    await givenIdentity(bench(), account, { madeIn: session.id })

    assert.equal((await disown(bench(), account, session.id)).kind, 'disowned')

    const left = await bench().store.readIdentities(account.id)
    assert.deepEqual(left, [own])
  })

  test('with its account an identity is forgotten, and may begin another', async () => {
    const account = await givenAccount(bench())
    const identity = await givenIdentity(bench(), account)
    await bench().store.endAccount({ id: account.id, ...change(), audit: makeEvent() })

    assert.equal((await read(identity.subject)).found, null)
    const again = beginWith(bench(), { identity: { subject: identity.subject } })
    assert.equal(await again.created, 'created')
  })
})
