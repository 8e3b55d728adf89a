/** The outbox: each message is leased to one at a time, settled by whoever holds its lease, and emptied at its end. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account, ClaimedMail, Settlement } from '@countersign/core'
import { type Bench, onEachDatabase } from '../bench.ts'
import { change, DAY, givenAccount, MINUTE, makeEvent, NOW } from '../given.ts'
import { confirm, givenFactor, makeFactor, offer, remove } from '../given-factors.ts'
import { givenMail, makeMail } from '../given-mails.ts'

const LEASE = 3 * MINUTE

const claim = ({ store }: Bench, nowMs = NOW, limit = 10): Promise<readonly ClaimedMail[]> =>
  store.claimMails({ nowMs, leasedUntilMs: nowMs + LEASE, limit })

const settle = (
  { store }: Bench,
  { id, attempt }: ClaimedMail,
  settlement: Settlement,
  nowMs = NOW,
): Promise<boolean> => store.settleMail({ id, attempt, nowMs, settlement })

const failed = (): Settlement => ({
  kind: 'failed',
  reason: 'smtp_550',
  audit: makeEvent({ type: 'mail.failed' }),
})

async function only(bench: Bench, account: Account): Promise<ClaimedMail> {
  const mail = await givenMail(bench, account)
  const claimed = (await claim(bench)).find(({ id }) => id === mail.id)
  assert.ok(claimed)
  return claimed
}

onEachDatabase((bench) => {
  test('what was claimed is nobody else’s until its lease ends, and then it is given again', async () => {
    const fresh = await bench().fresh()
    const mail = await givenMail(fresh, await givenAccount(fresh))

    const [first] = await claim(fresh)

    const { kind, accountId, sealed, createdAtMs, expiresAtMs } = mail
    assert.deepEqual(first, { id: mail.id, kind, accountId, sealed, createdAtMs, expiresAtMs, attempt: 1 })
    assert.deepEqual(await claim(fresh, NOW + LEASE - 1), [])
    const [second] = await claim(fresh, NOW + LEASE)
    assert.equal(second?.attempt, 2)
  })

  test('of any number who claim at once each message goes to exactly one', async () => {
    const fresh = await bench().fresh()
    const account = await givenAccount(fresh)
    const mails = []
    for (let count = 0; count < 12; count += 1) mails.push(await givenMail(fresh, account))

    const rounds = await Promise.all(Array.from({ length: 8 }, () => claim(fresh, NOW, 5)))
    const rest = []
    for (let round = await claim(fresh); round.length > 0; round = await claim(fresh)) rest.push(...round)

    const ids = [...rounds.flat(), ...rest].map(({ id }) => id)
    assert.deepEqual(ids.toSorted(), mails.map(({ id }) => id).toSorted())
    assert.ok(rounds.every((round) => round.length <= 5))
  })

  test('whoever has lost the lease settles nothing', async () => {
    const fresh = await bench().fresh()
    const late = await only(fresh, await givenAccount(fresh))
    const [held] = await claim(fresh, NOW + LEASE)
    assert.ok(held)

    const settlements: readonly Settlement[] = [
      { kind: 'sent' },
      { kind: 'later', atMs: NOW + DAY, reason: 'timeout' },
      failed(),
    ]
    for (const settlement of settlements) assert.equal(await settle(fresh, late, settlement), false)

    assert.deepEqual(await fresh.rows(`select id from audit_events where type = 'mail.failed'`), [])
    assert.equal(await settle(fresh, held, { kind: 'sent' }), true)
    assert.equal(await settle(fresh, held, { kind: 'sent' }), false)
  })

  test('what is to go later comes back then and not before', async () => {
    const fresh = await bench().fresh()
    const claimed = await only(fresh, await givenAccount(fresh))

    await settle(fresh, claimed, { kind: 'later', atMs: NOW + 5, reason: 'timeout' })

    assert.deepEqual(await claim(fresh, NOW + 4), [])
    assert.equal((await claim(fresh, NOW + 5)).length, 1)
  })

  test('a message that was sent or has failed is emptied, is never claimed again, and a failure is an event', async () => {
    for (const [settlement, events] of [
      [{ kind: 'sent' } as const, 0],
      [failed(), 1],
    ] as const) {
      const fresh = await bench().fresh()
      const claimed = await only(fresh, await givenAccount(fresh))

      await settle(fresh, claimed, settlement, NOW + 7)

      const [row] = await fresh.rows('select sealed, sent_at, failed_at, ended_at, reason from mails')
      const isSent = settlement.kind === 'sent'
      assert.deepEqual(
        { ...row },
        {
          sealed: null,
          sent_at: isSent ? NOW + 7 : null,
          failed_at: isSent ? null : NOW + 7,
          ended_at: NOW + 7,
          reason: isSent ? null : 'smtp_550',
        },
      )
      assert.deepEqual(await claim(fresh, NOW + DAY), [])
      assert.equal(
        (await fresh.rows(`select id from audit_events where type = 'mail.failed'`)).length,
        events,
      )
    }
  })

  test('a change that is refused writes no message, one that is made writes its own', async () => {
    const fresh = await bench().fresh()
    const account = await givenAccount(fresh)
    const factor = makeFactor(account)
    const mails = () => [makeMail(account)]

    await confirm(fresh, factor, { mails: mails() })
    assert.deepEqual(await claim(fresh), [])
    await offer(fresh, factor)
    await confirm(fresh, factor, { mails: mails() })
    assert.equal((await claim(fresh)).length, 1)
    await remove(fresh, factor, { mustKeepOne: true, mails: mails() })
    assert.deepEqual(await claim(fresh), [])
    await remove(fresh, factor, { mails: mails() })
    assert.equal((await claim(fresh)).length, 1)
  })

  test('with an account goes what still waits to be sent to it, and nobody else’s', async () => {
    const fresh = await bench().fresh()
    const [leaving, staying] = [await givenAccount(fresh), await givenAccount(fresh)]
    await givenFactor(fresh, leaving)
    await givenMail(fresh, leaving)
    const kept = await givenMail(fresh, staying)

    await fresh.store.endAccount({ id: leaving.id, ...change() })

    assert.deepEqual(
      (await claim(fresh)).map(({ id }) => id),
      [kept.id],
    )
  })

  test('what ended long ago is swept, what waits is not', async () => {
    const fresh = await bench().fresh()
    const account = await givenAccount(fresh)
    await settle(fresh, await only(fresh, account), { kind: 'sent' })
    await givenMail(fresh, account)

    assert.equal(await fresh.store.sweep(NOW, 100), 0)
    assert.equal(await fresh.store.sweep(NOW + 1, 100), 1)
    assert.equal((await claim(fresh)).length, 1)
  })
})
