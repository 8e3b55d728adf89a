/** An address is changed by one use of one link, belongs to one account, and can be put back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Bench, onEachDatabase } from '../bench.ts'
import { change, givenAccount, makeAccount, makeEvent, NOW } from '../given.ts'
import { beginEmailChange, completeEmailChange, verifyEmail } from '../given-emails.ts'
import { givenLink, makeLink } from '../given-links.ts'
import { makeMail } from '../given-mails.ts'
import { disown } from '../given-not-me.ts'
import { entriesAfter } from '../looks.ts'

const waiting = async ({ rows }: Bench): Promise<readonly string[]> =>
  (await rows('select kind from mails order by kind')).map(({ kind }) => String(kind))

const holderOf = async ({ store }: Bench, email: string): Promise<string | null> =>
  (await store.readAccountByEmail(email)).account?.id ?? null

onEachDatabase((bench) => {
  test('a free address is sent the link, a taken one is told, and the account’s own in both cases', async () => {
    for (const isTaken of [false, true]) {
      const fresh = await bench().fresh()
      const [account, other] = [await givenAccount(fresh), await givenAccount(fresh)]

      await beginEmailChange(fresh, account, isTaken ? other.email : 'free@example.com')

      const told = isTaken ? 'email_taken' : 'change_email'
      assert.deepEqual(await waiting(fresh), ['email_change_asked', told].toSorted())
    }
  })

  test('the newest link is the one that counts', async () => {
    const account = await givenAccount(bench())
    const [first, second] = [
      await beginEmailChange(bench(), account),
      await beginEmailChange(bench(), account),
    ]

    assert.equal(await bench().store.readLink([first], 'change_email', NOW), null)
    assert.equal(await completeEmailChange(bench(), account, first), 'link_gone')
    assert.notEqual(await bench().store.readLink([second], 'change_email', NOW), null)
    assert.equal(await bench().store.readLink([second], 'reset_password', NOW), null)
    assert.equal(await completeEmailChange(bench(), account, second), 'changed')
  })

  test('the new address counts as verified, the old one is free, and links of before open nothing', async () => {
    const fresh = await bench().fresh()
    const account = await givenAccount(fresh)
    const reset = await givenLink(fresh, account)
    const link = await beginEmailChange(fresh, account)
    const { position } = await fresh.store.readHead()

    assert.equal(await completeEmailChange(fresh, account, link, 'new@example.com'), 'changed')

    const now = await fresh.store.readAccount(account.id)
    assert.deepEqual([now?.email, now?.emailVerifiedAtMs], ['new@example.com', NOW])
    assert.equal(await holderOf(fresh, account.email), null)
    assert.equal(await fresh.store.readLink([reset], 'reset_password', NOW), null)
    assert.deepEqual(
      (await entriesAfter(fresh, position)).map(({ kind, effect }) => `${kind} ${effect}`),
      ['account rule'],
    )
    const again = { account: { ...makeAccount(), email: account.email }, passwordHash: null, roles: [] }
    assert.equal(await fresh.store.createAccount({ ...again, audit: makeEvent() }), 'created')
  })

  test('an address that somebody has got meanwhile stays theirs, and the link stays good', async () => {
    const [account, other] = [await givenAccount(bench()), await givenAccount(bench())]
    const link = await beginEmailChange(bench(), account)

    assert.equal(await completeEmailChange(bench(), account, link, other.email), 'address_taken')

    assert.equal((await bench().store.readAccount(account.id))?.email, account.email)
    assert.equal(await holderOf(bench(), other.email), other.id)
    assert.equal(await completeEmailChange(bench(), account, link), 'changed')
  })

  test('of several who take one address at once exactly one has it, and nothing fails', async () => {
    for (let round = 0; round < 4; round += 1) {
      const email = `wanted-${round}@example.com`
      const people = await Promise.all([1, 2, 3].map(() => givenAccount(bench())))
      const links = await Promise.all(people.map((one) => beginEmailChange(bench(), one)))
      const created = { account: makeAccount({ email }), passwordHash: null, roles: [], audit: makeEvent() }

      const answers = await Promise.all([
        bench().store.createAccount(created),
        ...people.map((one, index) => completeEmailChange(bench(), one, links[index] ?? '', email)),
      ])

      const wins = answers.filter((answer) => answer === 'created' || answer === 'changed')
      assert.equal(wins.length, 1, answers.join())
      assert.notEqual(await holderOf(bench(), email), null)
    }
  })

  test('an administrator changes it at once: not verified, both told, never to one that is taken', async () => {
    const fresh = await bench().fresh()
    const [account, other] = [await givenAccount(fresh), await givenAccount(fresh)]
    const move = (email: string) =>
      fresh.store.changeAccount({
        id: account.id,
        moved: { email, mails: [makeMail(account, { kind: 'email_changed' })] },
        ...change(),
      })

    assert.equal(await move(other.email), 'address_taken')
    assert.deepEqual(await waiting(fresh), [])
    assert.equal(await move('given@example.com'), 'changed')

    const now = await fresh.store.readAccount(account.id)
    assert.deepEqual([now?.email, now?.emailVerifiedAtMs], ['given@example.com', null])
    assert.deepEqual(await waiting(fresh), ['email_changed'])
  })

  test('a link that verifies works once, and only for the address that it was sent to', async () => {
    const account = await givenAccount(bench())
    const [link, late] = [
      await givenLink(bench(), account, { purpose: 'verify_email' }),
      await givenLink(bench(), account, { purpose: 'verify_email', expiresAtMs: NOW }),
    ]

    assert.equal(await verifyEmail(bench(), account, late), false)
    assert.equal(await verifyEmail(bench(), account, link), true)
    assert.equal(await verifyEmail(bench(), account, link), false)
    assert.equal((await bench().store.readAccount(account.id))?.emailVerifiedAtMs, NOW)
  })

  test('whoever takes a change back has the old address again, unless another account has it', async () => {
    for (const isTaken of [false, true]) {
      const fresh = await bench().fresh()
      const account = await givenAccount(fresh)
      const linkDigest = `undo ${account.id}`
      const newEmail = 'new@example.com'
      const undo = makeLink(account, { digest: linkDigest, purpose: 'not_me', sessionId: null, newEmail })
      const mails = [makeMail(account, { kind: 'email_changed', link: undo })]
      const link = await beginEmailChange(fresh, account)
      await completeEmailChange(fresh, account, link, newEmail, mails)
      if (isTaken) {
        const taker = makeAccount({ email: account.email })
        await fresh.store.createAccount({ account: taker, passwordHash: null, roles: [], audit: makeEvent() })
      }

      const found = await fresh.store.readNotMeLink([linkDigest], NOW)
      const disowned = await disown(fresh, account, null, { linkDigest, restore: account.email })

      assert.equal(found?.restores, true)
      assert.equal(disowned.kind, 'disowned')
      const now = await fresh.store.readAccount(account.id)
      assert.equal(now?.email, isTaken ? 'new@example.com' : account.email)
    }
  })
})
