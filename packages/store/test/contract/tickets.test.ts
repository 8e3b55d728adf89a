/** Tickets and the proofs that are spent with them: each once, however many come at the same moment. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account, Factor } from '@countersign/core'
import fc from 'fast-check'
import { revoke } from '../acts.ts'
import { type Bench, onEachDatabase } from '../bench.ts'
import { change, givenAccount, givenSession, MINUTE, makeEvent, makeSession, NOW } from '../given.ts'
import {
  byCode,
  byTotp,
  complete,
  confirm,
  FAILURES,
  givenFactor,
  givenTicket,
  HASHES,
  makeDraft,
  makeFactor,
  offer,
  raise,
  remove,
  TRIES,
  takeTry,
} from '../given-factors.ts'
import { entriesAfter } from '../looks.ts'

async function givenPerson(bench: Bench): Promise<{ account: Account; factor: Factor }> {
  const account = await givenAccount(bench)
  return { account, factor: await givenFactor(bench, account) }
}

const kindsOf = (answers: readonly { kind: string }[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { kind } of answers) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)))

onEachDatabase((bench) => {
  test('a try brings what the code is compared with, under whichever pepper the ticket was written', async () => {
    const { account, factor } = await givenPerson(bench())
    const digest = await givenTicket(bench(), account)

    const answer = await takeTry(bench(), digest, { way: 'recovery_code', recoveryNumber: 4 })

    assert.ok(answer.kind === 'taken')
    const { ticket, ...rest } = answer.taken
    assert.equal(ticket.accountId, account.id)
    assert.deepEqual(rest, {
      digest,
      account,
      passwordHash: 'hash',
      totps: [{ id: factor.id, sealedSeed: `sealed ${factor.id}`, lastStep: 1 }],
      passkeys: [],
      recoveryHash: HASHES[4],
      failures: 1,
    })
  })

  test('no try for a ticket that is unknown, expired, used, bound to a session or of a disabled account', async () => {
    const { store } = bench()
    const { account, factor } = await givenPerson(bench())
    const session = await givenSession(bench(), account)
    const expired = await givenTicket(bench(), account, { expiresAtMs: NOW })
    const bound = await givenTicket(bench(), account, { purpose: 'step_up', sessionId: session.id })
    const unbound = await givenTicket(bench(), account)
    const used = await givenTicket(bench(), account)
    await complete(bench(), account, used, byTotp(factor, 2))
    const left = await givenTicket(bench(), account)

    for (const answer of [
      await takeTry(bench(), 'nobody has this'),
      await takeTry(bench(), expired),
      await takeTry(bench(), bound),
      await takeTry(bench(), bound, { session: (await givenSession(bench(), account)).id }),
      await takeTry(bench(), unbound, { session: session.id }),
      await takeTry(bench(), used),
    ]) {
      assert.deepEqual(answer, { kind: 'gone' })
    }
    await store.changeAccount({ id: account.id, disabledAtMs: NOW, ...change() })
    assert.deepEqual(await takeTry(bench(), left), { kind: 'gone' })
  })

  test('of twenty tries at once a ticket gives five', async () => {
    const { account } = await givenPerson(bench())
    const digest = await givenTicket(bench(), account)

    const answers = await times(20, () => takeTry(bench(), digest))

    assert.deepEqual(kindsOf(answers), { taken: TRIES, gone: 20 - TRIES })
  })

  test('a factor is closed after its failures in a row, over all tickets, and one success ends the row', async () => {
    const { account, factor } = await givenPerson(bench())
    const failuresMax = 7
    const tickets = await times(3, () => givenTicket(bench(), account))
    const first = await takeTry(bench(), tickets[0] ?? '', { failuresMax })
    assert.equal(first.kind, 'taken')
    await complete(bench(), account, tickets[0] ?? '', byTotp(factor, 2))

    const answers = await times(10, (index) =>
      takeTry(bench(), tickets[1 + (index % 2)] ?? '', { failuresMax }),
    )

    assert.deepEqual(kindsOf(answers), { taken: failuresMax, closed: 3 })
    assert.deepEqual((await bench().store.readFactors(account.id, failuresMax))?.closed, ['totp'])
    const other = await takeTry(bench(), await givenTicket(bench(), account), {
      failuresMax,
      way: 'recovery_code',
    })
    assert.equal(other.kind, 'taken')
  })

  test('a recovery code opens what guessing has closed, and so does an administrator', async () => {
    const { store } = bench()
    for (const reopen of [
      async (account: Account) => complete(bench(), account, await givenTicket(bench(), account), byCode(1)),
      (account: Account) => store.reopenFactors(account.id, makeEvent()),
    ]) {
      const { account } = await givenPerson(bench())
      await takeTry(bench(), await givenTicket(bench(), account), { failuresMax: 1 })
      assert.deepEqual((await store.readFactors(account.id, 1))?.closed, ['totp'])

      await reopen(account)

      assert.deepEqual((await store.readFactors(account.id, 1))?.closed, [])
    }
  })

  test('a proof that was spent takes everything back: no session, and the ticket can still be used', async () => {
    const { account, factor } = await givenPerson(bench())
    const ticket = await givenTicket(bench(), account)

    for (const proof of [
      byTotp(factor, 1),
      byTotp(makeFactor(account), 9),
      { ...byCode(0), hash: 'other' } as const,
    ]) {
      assert.deepEqual(await complete(bench(), account, ticket, proof), { kind: 'proof_used' })
    }

    assert.deepEqual(await bench().store.listSessions(account.id, NOW), [])
    assert.equal((await complete(bench(), account, ticket, byTotp(factor, 2))).kind, 'opened')
  })

  test('another account’s ticket or factor opens nothing', async () => {
    const alice = await givenPerson(bench())
    const bob = await givenPerson(bench())
    const ticket = await givenTicket(bench(), bob.account)

    const byTicket = await complete(bench(), alice.account, ticket, byTotp(alice.factor, 5))
    const own = await givenTicket(bench(), alice.account)
    const byFactor = await complete(bench(), alice.account, own, byTotp(bob.factor, 5))

    assert.deepEqual(byTicket, { kind: 'ticket_gone' })
    assert.deepEqual(byFactor, { kind: 'proof_used' })
  })

  test('a sign-out everywhere after the password ends the sign-in before its second step', async () => {
    const { account, factor } = await givenPerson(bench())
    const before = await bench().store.readHead()
    const ticket = await givenTicket(bench(), account)
    await revoke(bench(), { kind: 'account', id: account.id })
    const draft = makeDraft(makeSession(account, { issuedPosition: before.position }))

    const answer = await bench().store.completeSignIn({
      ...draft,
      ticketDigest: ticket,
      enrolment: null,
      proof: byTotp(factor, 2),
    })

    assert.deepEqual(answer, { kind: 'account_gone' })
  })

  test('the first factor is confirmed with the sign-in, unless another was meanwhile', async () => {
    const account = await givenAccount(bench())
    const [enrolling, other] = [makeFactor(account), makeFactor(account)]
    const ticket = await givenTicket(bench(), account, { purpose: 'enrol' })
    await offer(bench(), enrolling, { ticketDigest: ticket })
    const tried = await takeTry(bench(), ticket)
    assert.ok(tried.kind === 'taken')
    assert.deepEqual(
      tried.taken.totps.map(({ id }) => id),
      [enrolling.id],
    )
    const proof = { kind: 'enrolment', id: enrolling.id, step: 3, recoveryHashes: HASHES } as const

    assert.equal((await complete(bench(), account, ticket, proof)).kind, 'opened')

    const view = await bench().store.readFactors(account.id, FAILURES)
    assert.deepEqual(
      view?.factors.map(({ id }) => id),
      [enrolling.id],
    )
    assert.equal(view?.recoveryCodesLeft, HASHES.length)
    await offer(bench(), other)
    const second = await givenTicket(bench(), account, { purpose: 'enrol', factorId: other.id })
    const late = await complete(bench(), account, second, { ...proof, id: other.id })
    assert.deepEqual(late, { kind: 'proof_used' })
    assert.equal((await confirm(bench(), other)).kind, 'confirmed')
  })

  test('stepping up gives the session another secret, level and time, and one rule in the log', async () => {
    const { store } = bench()
    const { account, factor } = await givenPerson(bench())
    const session = await givenSession(bench(), account)
    const ticket = await givenTicket(bench(), account, { purpose: 'step_up', sessionId: session.id })
    const { position } = await store.readHead()

    assert.equal(await raise(bench(), session, ticket, byTotp(factor, 2)), 'raised')

    const { found } = await store.readSessionForVerdict(session.id)
    assert.equal(found?.digest, 'a new digest')
    assert.deepEqual(found?.session, {
      ...session,
      amr: ['pwd', 'otp', 'mfa'],
      acr: 'urn:countersign:acr:aal2',
      authTimeMs: NOW + 1,
    })
    assert.deepEqual(await entriesAfter(bench(), position), [
      { kind: 'session', id: session.id, effect: 'rule' },
    ])
    assert.equal(await raise(bench(), session, ticket, byTotp(factor, 3)), 'ticket_gone')
  })

  test('an ended session is not stepped up, and neither proof nor ticket is spent on it', async () => {
    const { account, factor } = await givenPerson(bench())
    const session = await givenSession(bench(), account)
    const ticket = await givenTicket(bench(), account, { purpose: 'step_up', sessionId: session.id })
    await revoke(bench(), { kind: 'session', id: session.id })
    const { position } = await bench().store.readHead()

    assert.equal(await raise(bench(), session, ticket, byTotp(factor, 2)), 'session_gone')

    assert.deepEqual(await entriesAfter(bench(), position), [])
    const signIn = await givenTicket(bench(), account)
    assert.equal((await complete(bench(), account, signIn, byTotp(factor, 2))).kind, 'opened')
  })

  test('of any number who come with one ticket, one code or one step at once, exactly one gets in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('ticket', 'step', 'code'),
        fc.integer({ min: 2, max: 8 }),
        async (what, count) => {
          const { account, factor } = await givenPerson(bench())
          const shared = await givenTicket(bench(), account)
          const answers = await times(count, async (index) => {
            const ticket = what === 'ticket' ? shared : await givenTicket(bench(), account)
            const proof = what === 'code' ? byCode(6) : byTotp(factor, what === 'ticket' ? 2 + index : 2)
            return complete(bench(), account, ticket, proof)
          })

          const counts = kindsOf(answers)
          assert.equal(counts.opened, 1, JSON.stringify(counts))
          assert.equal((await bench().store.listSessions(account.id, NOW)).length, 1)
        },
      ),
      { numRuns: 15 },
    )
  })

  test('steps and codes in any order: a step is taken only after all that were used, a code only once', async () => {
    const moves = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('step' as const), value: fc.integer({ min: 1, max: 12 }) }),
        fc.record({ kind: fc.constant('code' as const), value: fc.integer({ min: 0, max: 9 }) }),
      ),
      { minLength: 1, maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(moves, async (list) => {
        const { account, factor } = await givenPerson(bench())
        let last = 1
        const used = new Set<number>()
        for (const { kind, value } of list) {
          const isGood = kind === 'step' ? value > last : !used.has(value)
          const proof = kind === 'step' ? byTotp(factor, value) : byCode(value)

          const answer = await complete(bench(), account, await givenTicket(bench(), account), proof)

          assert.equal(answer.kind, isGood ? 'opened' : 'proof_used')
          if (kind === 'step') last = Math.max(last, value)
          else used.add(value)
        }
        const view = await bench().store.readFactors(account.id, FAILURES)
        assert.equal(view?.recoveryCodesLeft, HASHES.length - used.size)
      }),
      { numRuns: 10 },
    )
  })

  test('dead tickets and offers are swept, live ones and confirmed factors are not', async () => {
    const fresh = await bench().fresh()
    const { account, factor } = await givenPerson(fresh)
    const other = await givenAccount(fresh)
    await offer(fresh, makeFactor(other), { offeredUntilMs: NOW - 1 })
    await givenTicket(fresh, account, { expiresAtMs: NOW - 1 })
    const live = await givenTicket(fresh, account)

    assert.equal(await fresh.store.sweep(NOW, 100), 2)

    assert.equal((await takeTry(fresh, live)).kind, 'taken')
    assert.equal(await remove(fresh, factor), 'removed')
    assert.equal(await fresh.store.sweep(NOW + 11 * MINUTE, 100), 1)
  })
})
