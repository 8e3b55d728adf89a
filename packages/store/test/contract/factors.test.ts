/** Second factors of an account: offered, confirmed, removed, and gone with the account. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account, Factor } from '@countersign/core'
import { type Bench, onEachDatabase } from '../bench.ts'
import { change, givenAccount, MINUTE, makeEvent, makeId, NOW } from '../given.ts'
import {
  byCode,
  complete,
  confirm,
  FAILURES,
  givenFactor,
  givenTicket,
  HASHES,
  makeFactor,
  offer,
  remove,
  takeTry,
} from '../given-factors.ts'

const factorsOf = async ({ store }: Bench, account: Account): Promise<readonly Factor[]> =>
  (await store.readFactors(account.id, FAILURES))?.factors ?? []

const codesLeft = async ({ store }: Bench, account: Account): Promise<number | undefined> =>
  (await store.readFactors(account.id, FAILURES))?.recoveryCodesLeft

onEachDatabase((bench) => {
  test('an offered factor counts for nothing until it is confirmed', async () => {
    const account = await givenAccount(bench())
    const factor = makeFactor(account)

    assert.equal(await offer(bench(), factor), 'offered')

    assert.deepEqual(await factorsOf(bench(), account), [])
    assert.deepEqual((await bench().store.readAccountByEmail(account.email)).ways, [])
    const waiting = await bench().store.readOffer(account.id, factor.id, NOW)
    assert.deepEqual(waiting, { id: factor.id, sealedSeed: `sealed ${factor.id}`, lastStep: 0 })
  })

  test('the first factor that is confirmed brings the recovery codes, and the second none', async () => {
    const account = await givenAccount(bench())
    const [first, second] = [makeFactor(account), makeFactor(account, { name: null })]
    await offer(bench(), first)
    assert.deepEqual(await confirm(bench(), first), { kind: 'confirmed', factor: first, isFirst: true })
    await offer(bench(), second)

    const answer = await confirm(bench(), second, { recoveryHashes: ['other'] })

    assert.deepEqual(answer, { kind: 'confirmed', factor: second, isFirst: false })
    assert.deepEqual(await factorsOf(bench(), account), [first, second])
    assert.equal(await codesLeft(bench(), account), HASHES.length)
    assert.deepEqual((await bench().store.readAccountByEmail(account.email)).ways, ['totp', 'recovery_code'])
  })

  test('nobody confirms what has expired, was replaced, or is another’s', async () => {
    const account = await givenAccount(bench())
    const other = await givenAccount(bench())
    const [replaced, late] = [makeFactor(account), makeFactor(account)]
    await offer(bench(), replaced)
    await offer(bench(), late)
    const foreign = makeFactor(other)
    await offer(bench(), foreign)

    for (const answer of [
      await confirm(bench(), replaced),
      await confirm(bench(), late, { nowMs: NOW + 10 * MINUTE }),
      await confirm(bench(), foreign, { account: account.id }),
      await confirm(bench(), makeFactor(account)),
    ]) {
      assert.deepEqual(answer, { kind: 'gone' })
    }
    assert.deepEqual(await factorsOf(bench(), account), [])
    assert.equal((await confirm(bench(), late)).kind, 'confirmed')
    assert.deepEqual(await confirm(bench(), late), { kind: 'gone' })
  })

  test('no more factors than an account may have', async () => {
    const account = await givenAccount(bench())
    await givenFactor(bench(), account)
    await givenFactor(bench(), account)

    assert.equal(await offer(bench(), makeFactor(account), { factorsMax: 2 }), 'limit_reached')
    assert.equal(await offer(bench(), makeFactor(account), { factorsMax: 3 }), 'offered')
  })

  test('with a ticket a factor is offered only to enrol, and only where there is none yet', async () => {
    const account = await givenAccount(bench())
    const signIn = await givenTicket(bench(), account)
    const enrol = await givenTicket(bench(), account, { purpose: 'enrol' })
    const foreign = await givenTicket(bench(), await givenAccount(bench()), { purpose: 'enrol' })
    const late = await givenTicket(bench(), account, { purpose: 'enrol', expiresAtMs: NOW })
    for (const ticketDigest of [signIn, foreign, late, 'nobody has this']) {
      assert.equal(await offer(bench(), makeFactor(account), { ticketDigest }), 'ticket_gone')
    }

    assert.equal(await offer(bench(), makeFactor(account), { ticketDigest: enrol }), 'offered')

    await givenFactor(bench(), account)
    assert.equal(await offer(bench(), makeFactor(account), { ticketDigest: enrol }), 'ticket_gone')
  })

  test('the last factor goes with its recovery codes, unless the policy or a role keeps it', async () => {
    const account = await givenAccount(bench(), ['member'])
    const [first, second] = [await givenFactor(bench(), account), await givenFactor(bench(), account)]
    const keep = { mustKeepOne: true }
    assert.equal(await remove(bench(), first, keep), 'removed')
    assert.equal(await remove(bench(), first, keep), 'not_found')
    assert.equal(await remove(bench(), second, keep), 'last_factor')
    assert.equal(await remove(bench(), second, { mustKeepOneRoles: ['member'] }), 'last_factor')
    assert.equal(await codesLeft(bench(), account), HASHES.length)

    assert.equal(await remove(bench(), second, { mustKeepOneRoles: ['administrator'] }), 'removed')

    assert.deepEqual(await factorsOf(bench(), account), [])
    assert.equal(await codesLeft(bench(), account), 0)
  })

  test('of two that remove the last two factors at once, one stays where the policy demands it', async () => {
    for (let round = 0; round < 5; round += 1) {
      const account = await givenAccount(bench())
      const factors = [await givenFactor(bench(), account), await givenFactor(bench(), account)]

      const answers = await Promise.all(factors.map((one) => remove(bench(), one, { mustKeepOne: true })))

      assert.deepEqual(answers.toSorted(), ['last_factor', 'removed'])
      assert.equal((await factorsOf(bench(), account)).length, 1)
    }
  })

  test('another’s factor is neither removed nor found', async () => {
    const account = await givenAccount(bench())
    const factor = await givenFactor(bench(), account)
    const other = await givenAccount(bench())

    assert.equal(await remove(bench(), factor, { account: other.id }), 'not_found')
    assert.equal(await remove(bench(), factor, { account: makeId('acc') }), 'not_found')
    assert.equal(await bench().store.readOffer(other.id, factor.id, NOW), null)
    assert.equal((await factorsOf(bench(), account)).length, 1)
  })

  test('new recovery codes end all earlier ones, and need a factor that they stand in for', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const fresh = { account: account.id, hashes: ['new 0', 'new 1'], nowMs: NOW }
    assert.equal(await store.replaceRecoveryCodes({ ...fresh, audit: makeEvent() }), 'no_factor')
    await givenFactor(bench(), account)

    assert.equal(await store.replaceRecoveryCodes({ ...fresh, audit: makeEvent() }), 'replaced')

    assert.equal(await codesLeft(bench(), account), 2)
    const old = await complete(bench(), account, await givenTicket(bench(), account), byCode(0))
    assert.deepEqual(old, { kind: 'proof_used' })
  })

  test('what an ended account signed in with is erased', async () => {
    const fresh = await bench().fresh()
    const account = await givenAccount(fresh)
    await givenFactor(fresh, account)
    await takeTry(fresh, await givenTicket(fresh, account))

    await fresh.store.endAccount({ id: account.id, ...change() })

    for (const table of ['factors', 'recovery_codes', 'factor_failures', 'tickets']) {
      assert.deepEqual(await fresh.rows(`select * from ${table}`), [], table)
    }
    assert.equal(await fresh.store.readFactors(account.id, FAILURES), null)
    assert.equal(await offer(fresh, makeFactor(account)), 'account_gone')
  })
})
