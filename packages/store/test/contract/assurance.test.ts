/** Levels in the store: a ticket keeps its own, a passkey joins other factors by it, and the last one that counts stays. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account, Proof } from '@countersign/core'
import { onEachDatabase } from '../bench.ts'
import { givenAccount } from '../given.ts'
import { recordAssurance } from '../given-assurance.ts'
import { complete, givenFactor, givenTicket, makeFactor, remove, takeTry } from '../given-factors.ts'
import { givenChallenge, givenPasskey, makePasskey } from '../given-passkeys.ts'
import { entriesAfter } from '../looks.ts'

onEachDatabase((bench) => {
  test('levels that are raised are told once, however many nodes start with them at once', async () => {
    const fresh = await bench().fresh()
    const { position } = await fresh.store.readHead()
    assert.equal(await recordAssurance(fresh, null), 'same', 'Nothing was demanded, and nothing is.')

    const answers = await Promise.all(
      Array.from({ length: 4 }, () => recordAssurance(fresh, null, { admin: 'aal2', other: 'aal1' })),
    )

    assert.deepEqual(answers.toSorted(), ['recorded', 'same', 'same', 'same'])
    assert.deepEqual(
      (await entriesAfter(fresh, position)).map(({ kind, id, effect }) => [kind, id, effect]),
      [
        ['role', 'admin', 'rule'],
        ['role', 'other', 'rule'],
      ],
    )
  })

  test('only what was raised is told: for the role, or for everybody', async () => {
    const fresh = await bench().fresh()
    await recordAssurance(fresh, 'aal1', { admin: 'aal2', other: 'aal2' })
    const { position } = await fresh.store.readHead()
    const told = async () => (await entriesAfter(fresh, position)).map(({ kind, id }) => `${kind} ${id}`)

    assert.equal(await recordAssurance(fresh, null, { admin: 'aal3', other: 'aal1' }), 'recorded')
    assert.deepEqual(await told(), ['role admin'])
    assert.equal(await recordAssurance(fresh, null), 'recorded')
    assert.deepEqual(await told(), ['role admin'])
    assert.equal(await recordAssurance(fresh, 'aal2', { admin: 'aal3' }), 'recorded')
    assert.deepEqual(await told(), ['role admin', 'issuer https://auth.example.com'])
    assert.equal(await recordAssurance(fresh, 'aal2', { admin: 'aal3' }), 'same')
  })

  test('a ticket keeps the level that it has to reach, and none where there is none', async () => {
    const account = await givenAccount(bench())
    for (const level of ['aal1', 'aal2', 'aal3', null] as const) {
      const answer = await takeTry(bench(), await givenTicket(bench(), account, { level }))

      assert.equal(answer.kind === 'taken' && answer.taken.ticket.level, level)
    }
  })

  async function enrolment(account: Account, besideOthers: boolean): Promise<Proof> {
    const passkey = makePasskey(account)
    const factor = makeFactor(account, { id: passkey.id, kind: 'passkey' })
    const challenge = await givenChallenge(bench(), 'register', {
      accountId: account.id,
      userHandle: 'a handle',
    })
    return { kind: 'passkey_enrolment', factor, passkey, challenge, besideOthers, recoveryHashes: ['new'] }
  }

  test('a passkey joins other factors only where one of them was presented, and leaves the codes', async () => {
    const account = await givenAccount(bench())
    await givenFactor(bench(), account)
    const { store } = bench()
    const left = async (): Promise<unknown> => (await store.readFactors(account.id, 100))?.recoveryCodesLeft
    const before = await left()
    const ticket = await givenTicket(bench(), account, { purpose: 'enrol', level: 'aal3' })

    const alone = await complete(bench(), account, ticket, await enrolment(account, false))
    const beside = await complete(bench(), account, ticket, await enrolment(account, true))

    assert.deepEqual([alone.kind, beside.kind], ['proof_used', 'opened'])
    assert.equal(await left(), before)
    assert.equal((await store.readFactors(account.id, 100))?.factors.length, 2)
  })

  test('the last passkey that cannot be copied stays, beside an app and one that can', async () => {
    const account = await givenAccount(bench())
    await givenFactor(bench(), account)
    const device = await givenPasskey(bench(), account)
    const copied = await givenPasskey(bench(), account, { isBackupEligible: true })
    const taken = (id: typeof device.id, over: object): Promise<string> =>
      remove(bench(), makeFactor(account, { id }), over)

    assert.equal(await taken(device.id, { mustKeepDevice: true }), 'last_factor')
    assert.equal(await taken(copied.id, { mustKeepDevice: true }), 'removed')
    const second = await givenPasskey(bench(), account)
    assert.equal(await taken(device.id, { mustKeepDevice: true }), 'removed')
    assert.equal(await taken(second.id, { mustKeepDeviceRoles: ['nobody-has-it'] }), 'removed')
  })
})
