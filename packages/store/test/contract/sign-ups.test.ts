/** Sign-ups that wait: no account before the link is used, one account for each address, and one use of each link. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Bench, onEachDatabase } from '../bench.ts'
import { change, givenAccount, HOUR, NOW } from '../given.ts'
import { completeSignUp, givenSignUp } from '../given-sign-ups.ts'

const read = ({ store }: Bench, digest: string, nowMs = NOW) =>
  store.readSignUp(['another pepper', digest], nowMs)

const kindsOf = async ({ rows }: Bench): Promise<readonly unknown[]> =>
  (await rows('select kind from mails order by kind')).map(({ kind }) => kind)

onEachDatabase((bench) => {
  test('no account exists until the link is used, and then one with a verified address', async () => {
    const fresh = await bench().fresh()
    const signUp = await givenSignUp(fresh)

    assert.deepEqual(await read(fresh, signUp.digest), signUp)
    assert.equal((await fresh.store.readAccountByEmail(signUp.email)).account, null)
    assert.equal(await completeSignUp(fresh, signUp), 'created')

    const { account, passwordHash, roles } = await fresh.store.readAccountByEmail(signUp.email)
    assert.deepEqual([account?.emailVerifiedAtMs, passwordHash, roles], [NOW, 'hash', ['member']])
    assert.deepEqual(await kindsOf(fresh), ['confirm_sign_up'])
    assert.equal(await completeSignUp(fresh, signUp), 'gone')
  })

  test('a link that is late or made up makes nothing', async () => {
    const late = await givenSignUp(bench(), { expiresAtMs: NOW })

    assert.equal(await read(bench(), late.digest), null)
    assert.equal(await completeSignUp(bench(), late), 'gone')
    assert.equal(await completeSignUp(bench(), { ...late, digest: 'nobody has this' }), 'gone')
    assert.equal((await bench().store.readAccountByEmail(late.email)).account, null)
  })

  test('for a known address the other message is written, and its link makes no second account', async () => {
    const fresh = await bench().fresh()
    const { email } = await givenAccount(fresh)
    const disabled = await givenAccount(fresh)
    await fresh.store.changeAccount({ id: disabled.id, disabledAtMs: NOW, ...change() })

    const signUps = [await givenSignUp(fresh, { email }), await givenSignUp(fresh, { email: disabled.email })]

    assert.deepEqual(await kindsOf(fresh), ['sign_up_repeated', 'sign_up_repeated'])
    for (const signUp of signUps) assert.equal(await completeSignUp(fresh, signUp), 'address_taken')
    assert.notEqual(await read(fresh, signUps[0]?.digest ?? ''), null)
  })

  test('of two sign-ups for one address, used at once or one after the other, one becomes the account', async () => {
    const fresh = await bench().fresh()
    const first = await givenSignUp(fresh)
    const second = await givenSignUp(fresh, { email: first.email, passwordHash: 'other' })
    const third = await givenSignUp(fresh, { email: first.email, passwordHash: 'third' })

    const answers = await Promise.all([completeSignUp(fresh, first), completeSignUp(fresh, second)])

    assert.equal(answers.filter((one) => one === 'created').length, 1, answers.join())
    const { passwordHash } = await fresh.store.readAccountByEmail(first.email)
    assert.equal(passwordHash, answers[0] === 'created' ? 'hash' : 'other')
    assert.equal(await completeSignUp(fresh, third), 'gone')
  })

  test('of any number who use one link at once exactly one makes an account', async () => {
    const signUp = await givenSignUp(bench())

    const answers = await Promise.all(Array.from({ length: 6 }, () => completeSignUp(bench(), signUp)))

    assert.equal(answers.filter((one) => one === 'created').length, 1, answers.join())
  })

  test('what nobody confirmed is forgotten by later sign-ups', async () => {
    const fresh = await bench().fresh()
    await givenSignUp(fresh, { expiresAtMs: NOW - 1 })
    const kept = await givenSignUp(fresh)

    const rows = await fresh.rows('select digest from sign_ups')
    assert.deepEqual(
      rows.map(({ digest }) => digest),
      [kept.digest],
    )
    assert.ok((await fresh.store.sweep(NOW + 2 * HOUR, 100)) >= 1)
  })
})
