/** Passkeys and their challenges: one use each, together with what they are for or not at all. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '@countersign/core'
import { type Bench, onEachDatabase } from '../bench.ts'
import { change, givenAccount, givenSession, makeId, NOW } from '../given.ts'
import { complete, FAILURES, givenFactor, givenTicket, raise, remove, takeTry } from '../given-factors.ts'
import {
  add,
  enter,
  givenChallenge,
  givenPasskey,
  givenRegistration,
  makePasskey,
  makeSealed,
  makeUse,
} from '../given-passkeys.ts'

const countOf = async (bench: Bench, table: string): Promise<number> =>
  Number((await bench.rows(`select count(*) as held from ${table}`))[0]?.held)

const handlesOf = async ({ store }: Bench, account: Account): Promise<readonly string[]> =>
  (await store.readPasskeys(account.id)).map(({ userHandle }) => userHandle)

onEachDatabase((bench) => {
  test('a passkey is added with the handle of its challenge, which is spent; the first has recovery codes', async () => {
    const account = await givenAccount(bench())
    const challenge = await givenRegistration(bench(), account, 'handle of the challenge')
    const passkey = makePasskey(account)

    assert.deepEqual(await add(bench(), account, challenge, passkey), { kind: 'added', isFirst: true })
    const again = await add(bench(), account, challenge, makePasskey(account))

    assert.deepEqual(again, { kind: 'challenge_gone' })
    assert.deepEqual(await handlesOf(bench(), account), ['handle of the challenge'])
    const view = await bench().store.readFactors(account.id, FAILURES)
    assert.deepEqual(
      view?.factors.map(({ id, kind, name }) => [id, kind, name]),
      [[passkey.id, 'passkey', 'A key']],
    )
    assert.equal(view?.recoveryCodesLeft, 10)
    const second = await add(
      bench(),
      account,
      await givenRegistration(bench(), account),
      makePasskey(account),
    )
    assert.deepEqual(second, { kind: 'added', isFirst: false })
  })

  test('a challenge of another purpose, session or account adds nothing, and one that is too old', async () => {
    const account = await givenAccount(bench())
    const other = await givenAccount(bench())
    const good = await givenRegistration(bench(), account)
    const challenges = [
      { ...good, purpose: 'factor' as const },
      { ...good, boundTo: 'another session' },
      { ...good, digests: ['nobody has this'] },
      await givenRegistration(bench(), other),
      await givenChallenge(bench(), 'register', {
        accountId: account.id,
        boundTo: 'a session',
        userHandle: 'x',
        expiresAtMs: NOW,
      }),
    ]

    for (const challenge of challenges) {
      assert.deepEqual(await add(bench(), account, challenge, makePasskey(account)), {
        kind: 'challenge_gone',
      })
    }

    assert.deepEqual(await handlesOf(bench(), account), [])
    assert.equal((await add(bench(), account, good, makePasskey(account))).kind, 'added')
  })

  test('a credential that somebody has is not added, and nothing of it stays: the challenge serves again', async () => {
    const fresh = await bench().fresh()
    const [account, other] = [await givenAccount(fresh), await givenAccount(fresh)]
    const { credentialId } = await givenPasskey(fresh, account)
    const challenge = await givenRegistration(fresh, other)
    const before = await countOf(fresh, 'audit_events')

    const answer = await add(fresh, other, challenge, makePasskey(other, { credentialId }))

    assert.deepEqual(answer, { kind: 'known' })
    assert.equal(await countOf(fresh, 'factors'), 1)
    assert.equal(await countOf(fresh, 'audit_events'), before)
    assert.equal((await add(fresh, other, challenge, makePasskey(other))).kind, 'added')
  })

  test('no more than the limit, whatever their kind; and none for an account that has gone', async () => {
    const account = await givenAccount(bench())
    await givenFactor(bench(), account)
    const challenge = await givenRegistration(bench(), account)

    const over = await add(bench(), account, challenge, makePasskey(account), { factorsMax: 1 })
    await bench().store.endAccount({ id: account.id, ...change() })
    const gone = await add(bench(), account, challenge, makePasskey(account))

    assert.deepEqual([over.kind, gone.kind], ['limit_reached', 'account_gone'])
  })

  test('of twelve who add with one challenge, one does', async () => {
    const account = await givenAccount(bench())
    const challenge = await givenRegistration(bench(), account)

    const answers = await Promise.all(
      Array.from({ length: 12 }, () => add(bench(), account, challenge, makePasskey(account))),
    )

    assert.equal(answers.filter(({ kind }) => kind === 'added').length, 1)
    assert.equal((await bench().store.readPasskeys(account.id)).length, 1)
  })

  test('signing in spends the challenge and notes the use; the second with either is refused', async () => {
    const account = await givenAccount(bench())
    const passkey = await givenPasskey(bench(), account)
    const challenge = makeSealed()

    const first = await enter(bench(), account, makeUse(passkey, challenge, 5))
    const sameChallenge = await enter(bench(), account, makeUse(passkey, challenge, 6))
    const another = makeSealed()
    const sameCount = await enter(bench(), account, makeUse(passkey, another, 5))

    assert.deepEqual(
      [first, sameChallenge, sameCount].map(({ kind }) => kind),
      ['opened', 'proof_used', 'proof_used'],
    )
    const [kept] = await bench().store.readPasskeys(account.id)
    assert.equal(kept?.signCount, 5)
    const view = await bench().store.readFactors(account.id, FAILURES)
    assert.equal(view?.factors[0]?.lastUsedAtMs, NOW)
    // What was refused for its count has left the challenge as it was.
    assert.equal((await enter(bench(), account, makeUse(passkey, another, 6))).kind, 'opened')
  })

  test('those that do not count stay at 0, and one that began to count does not go back', async () => {
    const account = await givenAccount(bench())
    const passkey = await givenPasskey(bench(), account, { signCount: 0 })
    const kinds: string[] = []

    for (const count of [0, 0, 3, 0, 2, 4]) {
      const use = makeUse(passkey, makeSealed(), count)
      kinds.push((await enter(bench(), account, use)).kind)
    }

    assert.deepEqual(kinds, ['opened', 'opened', 'opened', 'proof_used', 'proof_used', 'opened'])
  })

  test('of twelve who answer one challenge, and of twelve with one count, one gets in', async () => {
    const account = await givenAccount(bench())
    const passkey = await givenPasskey(bench(), account, { signCount: 0 })
    const challenge = makeSealed()
    const opened = (answers: readonly { kind: string }[]): number =>
      answers.filter(({ kind }) => kind === 'opened').length

    const one = await Promise.all(
      Array.from({ length: 12 }, () => enter(bench(), account, makeUse(passkey, challenge, 0))),
    )
    const challenges = Array.from({ length: 12 }, makeSealed)
    const two = await Promise.all(
      challenges.map((another) => enter(bench(), account, makeUse(passkey, another, 7))),
    )

    assert.deepEqual([opened(one), opened(two)], [1, 1])
  })

  test('an account that is disabled, or signed out everywhere since, opens nothing and spends nothing', async () => {
    const account = await givenAccount(bench())
    const passkey = await givenPasskey(bench(), account)
    const challenge = makeSealed()
    await bench().store.changeAccount({ id: account.id, disabledAtMs: NOW, ...change() })

    const disabled = await enter(bench(), account, makeUse(passkey, challenge, 5))

    assert.equal(disabled.kind, 'account_gone')
    await bench().store.changeAccount({ id: account.id, disabledAtMs: null, ...change() })
    assert.equal((await enter(bench(), account, makeUse(passkey, challenge, 5))).kind, 'opened')
  })

  test('a passkey that was removed, or is another’s, opens nothing', async () => {
    const account = await givenAccount(bench())
    const [passkey, foreign] = [
      await givenPasskey(bench(), account),
      await givenPasskey(bench(), await givenAccount(bench())),
    ]
    const factor = (await bench().store.readFactors(account.id, FAILURES))?.factors[0]
    assert.ok(factor)
    assert.equal(await remove(bench(), factor), 'removed')

    for (const one of [passkey, foreign]) {
      const use = makeUse(one, makeSealed(), 9)
      assert.equal((await enter(bench(), account, use)).kind, 'proof_used')
    }

    assert.deepEqual(await bench().store.readPasskeys(account.id), [])
  })

  test('with a ticket it is spent for the session, bound to that ticket; for a step-up as well', async () => {
    const account = await givenAccount(bench())
    const passkey = await givenPasskey(bench(), account)
    const [ticket, other] = [await givenTicket(bench(), account), await givenTicket(bench(), account)]
    const boundTo = { accountId: account.id, boundTo: ticket }
    const challenge = await givenChallenge(bench(), 'factor', boundTo)
    const proof = { kind: 'passkey', use: makeUse(passkey, challenge, 2) } as const
    const stray = {
      kind: 'passkey',
      use: { ...proof.use, challenge: { ...challenge, boundTo: other } },
    } as const

    assert.equal((await complete(bench(), account, other, stray)).kind, 'proof_used')
    assert.equal((await complete(bench(), account, ticket, proof)).kind, 'opened')
    assert.equal((await complete(bench(), account, other, proof)).kind, 'proof_used')

    const session = await givenSession(bench(), account)
    const stepUp = await givenTicket(bench(), account, { purpose: 'step_up', sessionId: session.id })
    const asked = await givenChallenge(bench(), 'factor', { accountId: account.id, boundTo: stepUp })
    const again = { kind: 'passkey', use: makeUse(passkey, asked, 3) } as const
    assert.equal(await raise(bench(), session, stepUp, again), 'raised')
  })

  test('failures of passkeys are not counted, tries of the ticket are', async () => {
    const account = await givenAccount(bench())
    const passkey = await givenPasskey(bench(), account)
    const ticket = await givenTicket(bench(), account)
    const kinds: string[] = []

    for (let count = 0; count < 6; count += 1) {
      const answer = await takeTry(bench(), ticket, { way: 'passkey', failuresMax: 1 })
      kinds.push(answer.kind)
      if (answer.kind !== 'taken') continue
      assert.deepEqual([answer.taken.failures, answer.taken.totps], [0, []])
      assert.deepEqual(
        answer.taken.passkeys.map(({ id }) => id),
        [passkey.id],
      )
    }

    assert.deepEqual(kinds, ['taken', 'taken', 'taken', 'taken', 'taken', 'gone'])
  })

  test('what can be presented goes by what there is', async () => {
    const account = await givenAccount(bench())
    const ways = async (): Promise<readonly string[]> =>
      (await bench().store.readAccountByEmail(account.email)).ways
    assert.deepEqual(await ways(), [])
    await givenPasskey(bench(), account)
    assert.deepEqual(await ways(), ['passkey', 'recovery_code'])
    await givenFactor(bench(), account)
    assert.deepEqual(await ways(), ['passkey', 'totp', 'recovery_code'])
  })

  test('whoever signs in is found by credential and challenge, or not', async () => {
    const account = await givenAccount(bench())
    const passkey = await givenPasskey(bench(), account)
    const challenge = makeSealed()
    const read = bench().store.readPasskeyToSignIn

    const good = await read(passkey.credentialId, challenge)
    const nobody = await read('nobody has this', challenge)
    await bench().store.spendChallenge(challenge)
    const spent = await read(passkey.credentialId, challenge)

    assert.deepEqual([good.isAnswered, good.found?.account.id], [false, account.id])
    assert.deepEqual([nobody.found, spent.isAnswered], [null, true])
  })

  test('another name is given by its owner alone, and to passkeys alone', async () => {
    const account = await givenAccount(bench())
    const passkey = await givenPasskey(bench(), account)
    const totp = await givenFactor(bench(), account)
    const rename = (input: { account: Account['id']; id: typeof passkey.id }) =>
      bench().store.renamePasskey({ ...input, name: 'another', audit: change().audit })

    assert.equal(await rename({ account: makeId('acc'), id: passkey.id }), null)
    assert.equal(await rename({ account: account.id, id: totp.id }), null)
    assert.equal((await rename({ account: account.id, id: passkey.id }))?.name, 'another')
  })

  test('what is too old is swept, and what an ended account had is erased', async () => {
    const fresh = await bench().fresh()
    const account = await givenAccount(fresh)
    await givenPasskey(fresh, account)
    await givenRegistration(fresh, account)
    await givenChallenge(fresh, 'factor', { expiresAtMs: NOW })
    assert.equal(await countOf(fresh, 'passkey_challenges'), 2)

    await fresh.store.sweep(NOW + 1, 100)

    assert.equal(await countOf(fresh, 'passkey_challenges'), 1)
    await fresh.store.endAccount({ id: account.id, ...change() })
    for (const table of ['factors', 'passkeys', 'passkey_challenges', 'recovery_codes']) {
      assert.equal(await countOf(fresh, table), 0, table)
    }
  })
})
