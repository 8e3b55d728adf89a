/** A password that has to be changed: the demand, the ticket that leads to another one, and what is opened with it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account, Ticket } from '@countersign/core'
import { revoke } from '../acts.ts'
import { type Bench, onEachDatabase } from '../bench.ts'
import { change, givenAccount, givenSession, makeEvent, makeId, NOW } from '../given.ts'
import { byTotp, complete, givenFactor, givenTicket, makeTicket, takeTry } from '../given-factors.ts'
import {
  changePassword,
  completeChange,
  givenPasswordTicket,
  HASH,
  openAt,
  passwordOf,
  requireChange,
} from '../given-passwords.ts'
import { entriesAfter, isSessionAlive } from '../looks.ts'

const MFA = ['pwd', 'otp', 'mfa']

const take = ({ store }: Bench, digest: string, triesMax = 20, nowMs = NOW) =>
  store.takePasswordTicket({ digests: ['another pepper', digest], triesMax, nowMs })

onEachDatabase((bench) => {
  test('nobody is asked for another password who is not there, has ended, or has none', async () => {
    const { store, tamper } = bench()
    const [ended, without] = [await givenAccount(bench()), await givenAccount(bench())]
    await store.endAccount({ id: ended.id, ...change() })
    await tamper('update accounts set password_hash = null where id = $1', without.id)
    const { position } = await store.readHead()

    for (const account of [ended, without, { ...ended, id: makeId('acc') }]) {
      assert.deepEqual(await requireChange(bench(), account), { kind: 'not_found' })
    }
    assert.deepEqual(await entriesAfter(bench(), position), [])
  })

  test('the demand kills every session, drops the tickets, and no password opens one any more', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const sessions = [await givenSession(bench(), account), await givenSession(bench(), account)]
    const ids = sessions.map(({ id }) => id)
    const ticket = await givenTicket(bench(), account)
    const { position } = await store.readHead()

    assert.deepEqual(await requireChange(bench(), account), { kind: 'required', ended: ids })

    assert.deepEqual(
      await entriesAfter(bench(), position),
      ids.map((id) => ({ kind: 'session', id, effect: 'kill' })),
    )
    assert.deepEqual(await takeTry(bench(), ticket), { kind: 'gone' })
    assert.deepEqual(await openAt(bench(), account, (await store.readHead()).position), {
      kind: 'account_gone',
    })
    assert.equal((await store.readAccount(account.id))?.passwordChangeRequiredAtMs, NOW)
    const kept = await givenAccount(bench())
    const session = await givenSession(bench(), kept)
    assert.deepEqual(await requireChange(bench(), kept, true), { kind: 'required', ended: [] })
    assert.ok(await isSessionAlive(bench(), session.id))
  })

  test('a ticket for another password gives as many tries as it has, and no factor tries any', async () => {
    const account = await givenAccount(bench())
    const { digest, ticket } = await givenPasswordTicket(bench(), account)
    const other = await givenTicket(bench(), account)

    const answers = await Promise.all(Array.from({ length: 9 }, () => take(bench(), digest, 4)))

    const taken = answers.filter((answer) => answer !== null)
    assert.equal(taken.length, 4)
    const [first] = taken
    const roles = ['member']
    assert.deepEqual(first, { digest, ticket, account, passwordHash: HASH, roles, hasFactor: false })
    const fresh = await givenPasswordTicket(bench(), account)
    assert.deepEqual(await takeTry(bench(), fresh.digest), { kind: 'gone' })
    assert.equal(await take(bench(), other), null)
    assert.equal(await take(bench(), fresh.digest, 20, NOW + 3_600_000), null)
    assert.equal((await takeTry(bench(), other)).kind, 'taken')
    await bench().store.changeAccount({ id: account.id, disabledAtMs: NOW, ...change() })
    assert.equal(await take(bench(), fresh.digest), null)
  })

  test('another password and the session for it are one step: what was there before has ended', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const before = await givenSession(bench(), account)
    await requireChange(bench(), account, true)
    const due = await givenPasswordTicket(bench(), account)
    const other = await givenPasswordTicket(bench(), account)
    const { position } = await store.readHead()

    assert.equal(await completeChange(bench(), account, due), 'changed')

    assert.deepEqual(await entriesAfter(bench(), position), [
      { kind: 'session', id: before.id, effect: 'kill' },
      { kind: 'account', id: account.id, effect: 'rule' },
    ])
    const [opened, ...more] = await store.listSessions(account.id, NOW)
    assert.ok(opened !== undefined && more.length === 0)
    assert.ok(await isSessionAlive(bench(), opened.id))
    const { hash, requiredAt } = await passwordOf(bench(), account)
    assert.deepEqual([hash, requiredAt], ['another hash', null])
    assert.equal(await completeChange(bench(), account, other, { from: 'another hash' }), 'account_gone')
    assert.equal(await take(bench(), other.digest), null)
  })

  test('of ten who spend one ticket one does, and the others change nothing', async () => {
    const account = await givenAccount(bench())
    const due = await givenPasswordTicket(bench(), account)

    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        completeChange(bench(), account, due, { to: `hash ${index}` }),
      ),
    )

    const made = answers.flatMap((answer, index) => (answer === 'changed' ? [`hash ${index}`] : []))
    assert.equal(made.length, 1)
    assert.equal((await passwordOf(bench(), account)).hash, made[0])
    assert.equal((await bench().store.listSessions(account.id, NOW)).length, 1)
  })

  test('nothing is changed by a ticket of another, an old one, a disabled account, or without its factor', async () => {
    const { store } = bench()
    const [account, other] = [await givenAccount(bench()), await givenAccount(bench())]
    const revoked = await givenAccount(bench())
    const late = await givenAccount(bench())
    const ofRevoked = await givenPasswordTicket(bench(), revoked)
    const ofLate = await givenPasswordTicket(bench(), late)
    await revoke(bench(), { kind: 'account', id: revoked.id })
    await changePassword(bench(), late, { to: HASH })
    const withFactor = await givenAccount(bench())
    const unproven = await givenPasswordTicket(bench(), withFactor)
    await givenFactor(bench(), withFactor)
    const proven = await givenPasswordTicket(bench(), withFactor, { amr: MFA })

    const foreign = await givenPasswordTicket(bench(), other)
    const own = await givenPasswordTicket(bench(), account)
    assert.equal(await completeChange(bench(), account, foreign), 'ticket_gone')
    assert.equal(await completeChange(bench(), account, own, { from: 'not this one' }), 'ticket_gone')
    assert.equal(await completeChange(bench(), revoked, ofRevoked), 'account_gone')
    assert.equal(await completeChange(bench(), late, ofLate), 'account_gone')
    assert.equal(await completeChange(bench(), withFactor, unproven), 'ticket_gone')

    for (const one of [account, other, revoked, withFactor]) {
      assert.equal((await passwordOf(bench(), one)).hash, HASH)
      assert.deepEqual(await store.listSessions(one.id, NOW), [])
    }
    assert.equal(await completeChange(bench(), account, own), 'changed')
    assert.equal(await completeChange(bench(), withFactor, proven), 'changed')
  })

  test('the ticket that follows the new password is as young as the password', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const due = await givenPasswordTicket(bench(), account)
    const draft = {
      digest: makeId('evt'),
      ticket: makeTicket(account, { purpose: 'enrol' }),
      audit: makeEvent(),
    }

    assert.equal(await completeChange(bench(), account, due, { next: { kind: 'ticket', draft } }), 'changed')

    const { position } = await store.readHead()
    assert.equal((await store.readTicket([draft.digest], NOW))?.ticket.issuedPosition, position)
    assert.deepEqual(await store.listSessions(account.id, NOW), [])
  })

  test('a ticket is exchanged once, with a proof that is spent, or nothing is', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const factor = await givenFactor(bench(), account)
    const { position } = await store.readHead()
    const ticket = makeTicket(account, { issuedPosition: position })
    const digest = await givenTicket(bench(), account, ticket)
    const exchange = (over: { proof?: ReturnType<typeof byTotp>; ticket?: Ticket; of?: Account }) => {
      const next = makeTicket(over.of ?? account, { purpose: 'password', amr: MFA, issuedPosition: position })
      return store.exchangeTicket({
        ticketDigest: digest,
        ticket: over.ticket ?? ticket,
        proof: over.proof ?? byTotp(factor, 5),
        next: { digest: `next of ${digest}`, ticket: next, audit: makeEvent() },
        nowMs: NOW,
      })
    }

    assert.equal(await exchange({ proof: byTotp(factor, 1) }), 'proof_used')
    const stranger = await givenAccount(bench())
    assert.equal(await exchange({ ticket: { ...ticket, accountId: stranger.id } }), 'ticket_gone')
    assert.equal(await take(bench(), `next of ${digest}`), null)
    assert.equal(await exchange({}), 'exchanged')
    assert.equal(await exchange({ proof: byTotp(factor, 6) }), 'ticket_gone')
    assert.deepEqual((await take(bench(), `next of ${digest}`))?.ticket.amr, MFA)
    const used = await givenTicket(bench(), account)
    assert.deepEqual(await complete(bench(), account, used, byTotp(factor, 5)), { kind: 'proof_used' })
    await store.changeAccount({ id: account.id, disabledAtMs: NOW, ...change() })
    assert.equal(await exchange({ proof: byTotp(factor, 9) }), 'account_gone')
  })

  test('what became of looking a password up is noted while it is still that one', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const record = (found: 'clear' | 'breached', requireChange: boolean, passwordHash = HASH, nowMs = NOW) =>
      store.recordPasswordCheck({
        account: account.id,
        passwordHash,
        found,
        requireChange,
        nowMs,
        audit: makeEvent(),
      })
    const row = async () => passwordOf(bench(), account)

    assert.equal(await record('breached', true, 'not this one'), false)
    assert.deepEqual(await row(), { hash: HASH, checkedAt: null, breachedAt: null, requiredAt: null })
    assert.equal(await record('breached', false), true)
    assert.deepEqual(await row(), { hash: HASH, checkedAt: NOW, breachedAt: NOW, requiredAt: null })
    assert.equal(await record('clear', false, HASH, NOW + 1), true)
    assert.deepEqual(await row(), { hash: HASH, checkedAt: NOW + 1, breachedAt: null, requiredAt: null })
    await record('breached', true, HASH, NOW + 2)
    await record('breached', true, HASH, NOW + 3)
    assert.deepEqual(await row(), {
      hash: HASH,
      checkedAt: NOW + 3,
      breachedAt: NOW + 2,
      requiredAt: NOW + 2,
    })
    const { position } = await store.readHead()
    assert.deepEqual(await openAt(bench(), account, position), { kind: 'account_gone' })
    await changePassword(bench(), account)
    assert.deepEqual(await row(), {
      hash: 'another hash',
      checkedAt: null,
      breachedAt: null,
      requiredAt: null,
    })
  })
})
