/** Links that are sent by mail: each works once, for its account, its address and its purpose, and then everything ends. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Bench, onEachDatabase } from '../bench.ts'
import { change, DAY, givenAccount, givenSession, MINUTE, makeAccount, NOW } from '../given.ts'
import { givenFactor, givenTicket, takeTry } from '../given-factors.ts'
import { givenLink, makeLink, openLink, resetPassword } from '../given-links.ts'
import { entriesAfter, isSessionAlive } from '../looks.ts'

const read = ({ store }: Bench, digest: string, nowMs = NOW) =>
  store.readLink(['another pepper', digest], 'reset_password', nowMs)

const passwordOf = async ({ store }: Bench, email: string): Promise<string | null> =>
  (await store.readAccountByEmail(email)).passwordHash

const waiting = async ({ rows }: Bench, kind: string): Promise<number> =>
  Number((await rows('select count(*) as n from mails where kind = $1', kind))[0]?.n)

onEachDatabase((bench) => {
  test('no link and no message for an account that is gone, disabled, nobody’s, or has another address', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const [gone, disabled, moved] = [
      await givenAccount(fresh),
      await givenAccount(fresh),
      await givenAccount(fresh),
    ]
    await store.endAccount({ id: gone.id, ...change() })
    await store.changeAccount({ id: disabled.id, disabledAtMs: NOW, ...change() })

    const answers = [
      await openLink(fresh, gone),
      await openLink(fresh, disabled),
      await openLink(fresh, makeAccount()),
      await openLink(fresh, moved, makeLink(moved, { accountId: null })),
      await openLink(fresh, moved, makeLink(moved, { email: 'other@example.com' })),
    ]

    assert.deepEqual(answers, [false, false, false, false, false])
    assert.equal(await waiting(fresh, 'reset_password'), 0)
    assert.deepEqual(await fresh.rows('select digest from mail_links'), [])
  })

  test('a link is read while it can be used, and reading uses nothing up', async () => {
    const account = await givenAccount(bench())
    const digest = await givenLink(bench(), account)

    const first = await read(bench(), digest)
    const second = await read(bench(), digest)

    assert.deepEqual(first, { digest, account, newEmail: null, passwordHash: 'hash' })
    assert.deepEqual(second, first)
    assert.equal(await read(bench(), digest, NOW + 30 * MINUTE), null)
    assert.equal(await read(bench(), 'nobody has this'), null)
    await bench().store.changeAccount({ id: account.id, disabledAtMs: NOW, ...change() })
    assert.equal(await read(bench(), digest), null)
  })

  test('a reset sets the password, ends every session, ticket and other link, and verifies the address', async () => {
    const fresh = await bench().fresh()
    const account = await givenAccount(fresh)
    await givenFactor(fresh, account)
    const sessions = [await givenSession(fresh, account), await givenSession(fresh, account)]
    const ticket = await givenTicket(fresh, account)
    const other = await givenLink(fresh, account)
    const digest = await givenLink(fresh, account)
    const { position } = await fresh.store.readHead()

    const reset = await resetPassword(fresh, account, digest)

    assert.ok(reset.kind === 'reset')
    assert.deepEqual(reset.ended.toSorted(), sessions.map(({ id }) => id).toSorted())
    for (const { id } of sessions) assert.equal(await isSessionAlive(fresh, id), false)
    assert.deepEqual(
      (await entriesAfter(fresh, position)).map(({ kind, effect }) => `${kind} ${effect}`),
      ['session kill', 'session kill', 'account rule'],
    )
    assert.deepEqual(await takeTry(fresh, ticket), { kind: 'gone' })
    assert.equal(await read(fresh, other), null)
    assert.equal(await read(fresh, digest), null)
    assert.equal(await passwordOf(fresh, account.email), 'new hash')
    assert.equal((await fresh.store.readAccount(account.id))?.emailVerifiedAtMs, NOW)
    assert.equal((await fresh.store.readFactors(account.id, 100))?.factors.length, 1)
    assert.equal(await waiting(fresh, 'password_changed'), 1)
  })

  test('a link that is used, late, another’s or made up sets nothing, and tells nobody', async () => {
    const fresh = await bench().fresh()
    const [account, other] = [await givenAccount(fresh), await givenAccount(fresh)]
    const session = await givenSession(fresh, account)
    const late = await givenLink(fresh, account, { expiresAtMs: NOW })
    const foreign = await givenLink(fresh, other)

    for (const digest of [late, foreign, 'nobody has this']) {
      assert.deepEqual(await resetPassword(fresh, account, digest), { kind: 'link_gone' })
    }

    assert.equal(await passwordOf(fresh, account.email), 'hash')
    assert.equal(await isSessionAlive(fresh, session.id), true)
    assert.equal(await waiting(fresh, 'password_changed'), 0)
    const digest = await givenLink(fresh, account)
    await resetPassword(fresh, account, digest)
    const again = await resetPassword(fresh, account, digest, { from: 'new hash', to: 'third' })
    assert.deepEqual(again, { kind: 'link_gone' })
  })

  test('where the password was changed in between the link stays good', async () => {
    const account = await givenAccount(bench())
    const digest = await givenLink(bench(), account)

    assert.deepEqual(await resetPassword(bench(), account, digest, { from: 'other' }), {
      kind: 'password_gone',
    })

    assert.notEqual(await read(bench(), digest), null)
    assert.equal((await resetPassword(bench(), account, digest)).kind, 'reset')
  })

  test('of any number who use one link at once exactly one sets the password', async () => {
    for (const count of [2, 5, 8]) {
      const account = await givenAccount(bench())
      const digest = await givenLink(bench(), account)

      const answers = await Promise.all(
        Array.from({ length: count }, (_, index) =>
          resetPassword(bench(), account, digest, { to: `hash of ${index}` }),
        ),
      )

      const winners = answers.flatMap(({ kind }, index) => (kind === 'reset' ? [index] : []))
      assert.equal(winners.length, 1)
      assert.equal(await passwordOf(bench(), account.email), `hash of ${winners[0]}`)
    }
  })

  test('links go with their account, and are swept when they have been dead for a while', async () => {
    const fresh = await bench().fresh()
    const [leaving, staying] = [await givenAccount(fresh), await givenAccount(fresh)]
    await givenLink(fresh, leaving)
    const kept = await givenLink(fresh, staying)
    await fresh.store.endAccount({ id: leaving.id, ...change() })

    assert.deepEqual(
      (await fresh.rows('select digest from mail_links')).map(({ digest }) => digest),
      [kept],
    )
    assert.equal(await fresh.store.sweep(NOW + DAY, 100), 1)
  })
})
