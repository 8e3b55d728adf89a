/** Whom to tell of ended sessions: found from the log, told by one at a time, and nobody missed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { revoke } from '../acts.ts'
import { type Bench, onEachDatabase } from '../bench.ts'
import { change, DAY, givenRole, makeEvent, makeId, NOW } from '../given.ts'
import { givenCode, redeem } from '../given-authorizations.ts'
import { claim, givenSignIn, LEASE, mark, type SignedIn, settle } from '../given-logouts.ts'

const markAll = async (bench: Bench, limit?: number): Promise<void> => {
  while (await mark(bench, limit));
}

async function sessionsToTell(bench: Bench): Promise<readonly string[]> {
  await markAll(bench)
  return (await claim(bench)).map(({ sessionId }) => sessionId).toSorted()
}

const sorted = (...list: readonly SignedIn[]): readonly string[] =>
  list.map(({ session }) => session.id).toSorted()

onEachDatabase((bench) => {
  test('nobody is told while the session lives, nor because its grant ended, or a rule narrowed something', async () => {
    const fresh = await bench().fresh()
    const { signIn } = await givenSignIn(fresh)
    const role = await givenRole(fresh)
    const { accountId: id, clientId } = signIn
    await fresh.store.changeAccount({ id, roles: [role.id], ...change() })
    await fresh.store.changeRole({ id: role.id, permissions: ['docs:read'], ...change() })
    await fresh.store.endConsent({ account: id, client: clientId, ...change() })

    assert.deepEqual(await sessionsToTell(fresh), [])
  })

  for (const [what, end] of [
    ['the session', (bench, { session }) => revoke(bench, { kind: 'session', id: session.id })],
    ['the account', (bench, { signIn }) => revoke(bench, { kind: 'account', id: signIn.accountId })],
    [
      'the account, by being disabled',
      ({ store }, { signIn: { accountId: id } }) =>
        store.changeAccount({ id, disabledAtMs: NOW, ...change() }),
    ],
    [
      'the account, for good',
      ({ store }, { signIn: { accountId: id } }) => store.endAccount({ id, ...change() }),
    ],
    ['the issuer', (bench) => revoke(bench, { kind: 'issuer', id: 'x' })],
    ['the epoch', ({ store }) => store.startEpoch('another', makeEvent())],
    [
      'a role of the account',
      async (bench, { signIn: { accountId: id } }) => {
        const role = await givenRole(bench)
        await bench.store.changeAccount({ id, roles: [role.id], ...change() })
        await revoke(bench, { kind: 'role', id: role.id })
      },
    ],
    [
      'a role that was ended before the account was given it',
      async (bench, { signIn: { accountId: id } }) => {
        const role = await givenRole(bench)
        await revoke(bench, { kind: 'role', id: role.id })
        await bench.store.changeAccount({ id, roles: [role.id], ...change() })
      },
    ],
    [
      'the other sessions',
      ({ store }, { signIn: { accountId: account } }) =>
        store.endOtherSessions({ account, keep: null, ...change() }),
    ],
  ] as const satisfies readonly (readonly [string, (bench: Bench, one: SignedIn) => Promise<unknown>])[]) {
    test(`whoever was signed in under ${what} is told of once it was ended, once`, async () => {
      const fresh = await bench().fresh()
      const one = await givenSignIn(fresh)
      await markAll(fresh)

      await end(fresh, one)

      assert.deepEqual(await sessionsToTell(fresh), sorted(one))
      assert.deepEqual(await sessionsToTell(fresh), [])
    })
  }

  test('the end of one person’s session is no matter of others', async () => {
    const fresh = await bench().fresh()
    const [one, other] = [await givenSignIn(fresh), await givenSignIn(fresh)]

    await revoke(fresh, { kind: 'account', id: one.signIn.accountId })

    assert.deepEqual(await sessionsToTell(fresh), sorted(one))
    await revoke(fresh, { kind: 'session', id: other.session.id })
    assert.deepEqual(await sessionsToTell(fresh), sorted(other))
  })

  test('after the end of everything they are marked in rounds, and none is left out', async () => {
    const fresh = await bench().fresh()
    const all = []
    for (let count = 0; count < 7; count += 1) all.push(await givenSignIn(fresh))
    await revoke(fresh, { kind: 'issuer', id: 'x' })

    await markAll(fresh, 2)

    assert.deepEqual(await sessionsToTell(fresh), sorted(...all))
  })

  test('many who mark at once mark each of them once', async () => {
    const fresh = await bench().fresh()
    const all = []
    for (let count = 0; count < 5; count += 1) all.push(await givenSignIn(fresh))
    for (const { session } of all) await revoke(fresh, { kind: 'session', id: session.id })

    await Promise.all(Array.from({ length: 6 }, () => mark(fresh)))

    const claimed = await claim(fresh)
    assert.deepEqual(claimed.map(({ sessionId }) => sessionId).toSorted(), sorted(...all))
    assert.ok(claimed.every(({ attempt, expiresAtMs }) => attempt === 1 && expiresAtMs === NOW + DAY))
  })

  test('a code signs nobody in whose session has ended, also where its grant would have lived on', async () => {
    const fresh = await bench().fresh()
    const { session, code } = await givenCode(fresh)
    await revoke(fresh, { kind: 'session', id: session.id })
    await markAll(fresh)
    const signIn = {
      sessionId: session.id,
      clientId: code.clientId,
      accountId: code.accountId,
      told: null,
      createdAtMs: NOW,
      expiresAtMs: session.expiresAtMs,
    }

    assert.equal(await redeem(fresh, code, { signIn, grant: { sessionId: null } }), 'gone')
    assert.equal(await fresh.store.readLiveGrant(code.grantId, NOW), null)
    assert.equal(await redeem(fresh, code, { grant: { sessionId: null } }), 'opened')
  })

  test('sign-ins, ends and whoever looks for them at the same moment: each end is told of or left no sign-in', async () => {
    const fresh = await bench().fresh()
    const codes = []
    for (let count = 0; count < 8; count += 1) codes.push(await givenCode(fresh))

    const outcomes = await Promise.all(
      codes.flatMap(({ session, code }) => {
        const signIn = {
          sessionId: session.id,
          clientId: code.clientId,
          accountId: code.accountId,
          told: null,
          createdAtMs: NOW,
          expiresAtMs: session.expiresAtMs,
        }
        return [
          redeem(fresh, code, { signIn, grant: { sessionId: null } }),
          revoke(fresh, { kind: 'account', id: code.accountId }),
          mark(fresh),
        ] as const
      }),
    )

    const opened = codes.filter((_, index) => outcomes[index * 3] === 'opened')
    assert.deepEqual(await sessionsToTell(fresh), opened.map(({ session }) => session.id).toSorted())
  })

  test('a client that was told names at the beginning is told the same at the end', async () => {
    const fresh = await bench().fresh()
    const told = { subject: makeId('acc'), sid: makeId('ses') }
    const { session } = await givenSignIn(fresh, { told })
    await revoke(fresh, { kind: 'session', id: session.id })
    await markAll(fresh)

    const [claimed] = await claim(fresh)

    assert.deepEqual([claimed?.sessionId, claimed?.told], [session.id, told])
  })

  test('what was claimed is nobody else’s until its lease ends, and then it is given again', async () => {
    const fresh = await bench().fresh()
    const { session, signIn } = await givenSignIn(fresh)
    await revoke(fresh, { kind: 'session', id: session.id })
    await markAll(fresh)

    const [first] = await claim(fresh)

    const { sessionId, clientId, accountId } = signIn
    const whom = { sessionId, clientId, accountId, told: null }
    assert.deepEqual(first, { ...whom, expiresAtMs: NOW + DAY, attempt: 1 })
    assert.deepEqual(await claim(fresh, NOW + LEASE - 1), [])
    const [second] = await claim(fresh, NOW + LEASE)
    assert.equal(second?.attempt, 2)
    // Whose lease has passed changes nothing any more.
    assert.ok(first)
    assert.equal(await settle(fresh, first, { kind: 'told' }), false)
    assert.ok(second)
    assert.equal(await settle(fresh, second, { kind: 'told' }), true)
    assert.deepEqual(await claim(fresh, NOW + DAY), [])
  })

  test('a client that is away is asked once: what else is due of it waits as long, and no other client’s', async () => {
    const fresh = await bench().fresh()
    const [one, other] = [await givenSignIn(fresh), await givenSignIn(fresh)]
    const again = await givenCode(fresh, { clientId: one.signIn.clientId })
    const { session } = again
    const signIn = { ...one.signIn, sessionId: session.id, accountId: session.accountId }
    await redeem(fresh, again.code, { signIn })
    for (const { id } of [one.session, other.session, session]) await revoke(fresh, { kind: 'session', id })
    await markAll(fresh)
    const [claimed] = (await claim(fresh)).filter(({ sessionId }) => sessionId === one.session.id)
    assert.ok(claimed)

    const later = NOW + LEASE + 500
    const settled = await settle(
      fresh,
      claimed,
      { kind: 'later', atMs: later, reason: 'timed_out' },
      NOW + LEASE,
    )

    assert.ok(settled)
    const due = await claim(fresh, NOW + LEASE)
    assert.deepEqual(
      due.map(({ sessionId }) => sessionId),
      [other.session.id],
    )
    assert.equal((await claim(fresh, later)).length, 2)
  })

  test('what failed for good is gone, and stands in the audit log', async () => {
    const fresh = await bench().fresh()
    const { session } = await givenSignIn(fresh)
    await revoke(fresh, { kind: 'session', id: session.id })
    await markAll(fresh)
    const [claimed] = await claim(fresh)
    assert.ok(claimed)
    const audit = makeEvent({ type: 'client.logout_failed' })

    assert.ok(await settle(fresh, claimed, { kind: 'failed', reason: 'status_400', audit }))

    assert.deepEqual(await claim(fresh, NOW + DAY), [])
    const [row] = await fresh.rows('select count(*) as n from audit_events where id = $1', audit.id)
    assert.equal(Number(row?.n), 1)
  })

  test('a sign-in whose session ended by itself is swept, and told to nobody', async () => {
    const fresh = await bench().fresh()
    const { session } = await givenSignIn(fresh)

    await fresh.store.sweep(session.expiresAtMs + 1, 100)

    const [row] = await fresh.rows('select count(*) as n from client_sign_ins')
    assert.equal(Number(row?.n), 0)
  })
})
