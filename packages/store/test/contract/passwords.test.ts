/** Changing a password: what was opened with the old one ends, and what it has half opened leads nowhere. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { revoke } from '../acts.ts'
import { onEachDatabase } from '../bench.ts'
import { change, givenAccount, givenApiKey, givenSession, makeSession, NOW } from '../given.ts'
import {
  byTotp,
  complete,
  FAILURES,
  givenFactor,
  givenTicket,
  makeDraft,
  raise,
  takeTry,
} from '../given-factors.ts'
import { changePassword, HASH, openAt, passwordOf } from '../given-passwords.ts'
import { entriesAfter, isApiKeyAlive, isSessionAlive } from '../looks.ts'

onEachDatabase((bench) => {
  test('nothing is written where another password stands there by now, or the account is disabled or ended', async () => {
    const { store } = bench()
    const [other, disabled, ended] = [
      await givenAccount(bench()),
      await givenAccount(bench()),
      await givenAccount(bench()),
    ]
    const session = await givenSession(bench(), other)
    const ticket = await givenTicket(bench(), other)
    await store.changeAccount({ id: disabled.id, disabledAtMs: NOW, ...change() })
    await store.endAccount({ id: ended.id, ...change() })
    const { position } = await store.readHead()

    for (const answer of [
      await changePassword(bench(), other, { from: 'not this one' }),
      await changePassword(bench(), other, { from: null }),
      await changePassword(bench(), disabled),
      await changePassword(bench(), ended),
      await changePassword(bench(), ended, { from: null }),
    ]) {
      assert.deepEqual(answer, { kind: 'password_gone' })
    }

    assert.deepEqual(await entriesAfter(bench(), position), [])
    assert.equal((await passwordOf(bench(), other)).hash, HASH)
    assert.equal((await passwordOf(bench(), ended)).hash, null)
    assert.ok(await isSessionAlive(bench(), session.id))
    assert.equal((await takeTry(bench(), ticket)).kind, 'taken')
  })

  test('a session that has ended meanwhile changes nothing: not by itself, not by a rule, not by another’s', async () => {
    const { store } = bench()
    for (const end of ['itself', 'its account', 'another account'] as const) {
      const account = await givenAccount(bench())
      const own = await givenSession(bench(), account)
      const other = await givenSession(
        bench(),
        end === 'another account' ? await givenAccount(bench()) : account,
      )
      const session = end === 'another account' ? other : own
      if (end === 'itself') await revoke(bench(), { kind: 'session', id: own.id })
      if (end === 'its account') await revoke(bench(), { kind: 'account', id: account.id })
      const { position } = await store.readHead()

      const answer = await changePassword(bench(), account, { renewed: { session: session.id, digest: 'd' } })

      assert.deepEqual(answer, { kind: 'session_gone' }, end)
      assert.equal((await passwordOf(bench(), account)).hash, HASH)
      assert.deepEqual(await entriesAfter(bench(), position), [])
    }
  })

  test('a change ends every other session by a kill, gives its own another secret, and says so to verifiers', async () => {
    const { store, tamper } = bench()
    const account = await givenAccount(bench())
    const own = await givenSession(bench(), account)
    const others = [await givenSession(bench(), account), await givenSession(bench(), account)]
    const stranger = await givenSession(bench(), await givenAccount(bench()))
    const key = await givenApiKey(bench(), account.id)
    await tamper(
      'update accounts set password_change_required_at = 1, password_breached_at = 1 where id = $1',
      account.id,
    )
    const { position } = await store.readHead()

    const answer = await changePassword(bench(), account, {
      renewed: { session: own.id, digest: 'renewed' },
      checkedAtMs: NOW,
    })

    const ids = others.map(({ id }) => id)
    assert.deepEqual(answer, { kind: 'changed', ended: ids })
    assert.deepEqual(await entriesAfter(bench(), position), [
      ...ids.map((id) => ({ kind: 'session', id, effect: 'kill' })),
      { kind: 'account', id: account.id, effect: 'rule' },
    ])
    assert.deepEqual(await passwordOf(bench(), account), {
      hash: 'another hash',
      checkedAt: NOW,
      breachedAt: null,
      requiredAt: null,
    })
    for (const id of ids) assert.ok(!(await isSessionAlive(bench(), id)))
    const { found } = await store.readSessionForVerdict(own.id)
    assert.equal(found?.digest, 'renewed')
    assert.deepEqual(
      [found.session.authTimeMs, found.session.acr, found.session.amr],
      [own.authTimeMs, own.acr, own.amr],
    )
    for (const id of [own.id, stranger.id]) assert.ok(await isSessionAlive(bench(), id))
    assert.ok(await isApiKeyAlive(bench(), key.id), 'Keys are no sessions.')
  })

  test('the others stay where they are asked to, and no session needs to be there at all', async () => {
    const account = await givenAccount(bench())
    const other = await givenSession(bench(), account)

    const kept = await changePassword(bench(), account, { keepOthers: true })
    assert.deepEqual(kept, { kind: 'changed', ended: [] })
    assert.ok(await isSessionAlive(bench(), other.id))
    const ended = await changePassword(bench(), account, { from: 'another hash', to: 'third' })

    assert.deepEqual(ended, { kind: 'changed', ended: [other.id] })
  })

  test('of ten changes at once of one password, one is made', async () => {
    const account = await givenAccount(bench())

    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => changePassword(bench(), account, { to: `hash ${index}` })),
    )

    const made = answers.flatMap(({ kind }, index) => (kind === 'changed' ? [`hash ${index}`] : []))
    assert.equal(made.length, 1)
    assert.equal((await passwordOf(bench(), account)).hash, made[0])
  })

  test('a sign-in that read the old password opens nothing after the change; one without a password does', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const before = (await store.readHead()).position
    await changePassword(bench(), account, { keepOthers: true })
    const after = (await store.readHead()).position

    assert.deepEqual(await openAt(bench(), account, before), { kind: 'account_gone' })
    assert.deepEqual(await openAt(bench(), account, before, ['pwd', 'otp', 'mfa']), { kind: 'account_gone' })
    assert.equal((await openAt(bench(), account, before, ['hwk', 'user'])).kind, 'opened')
    assert.equal((await openAt(bench(), account, after)).kind, 'opened')
  })

  test('no session is opened with a password that has to be changed', async () => {
    const { store, tamper } = bench()
    const account = await givenAccount(bench())
    await tamper('update accounts set password_change_required_at = 1 where id = $1', account.id)
    const { position } = await store.readHead()

    assert.deepEqual(await openAt(bench(), account, position), { kind: 'account_gone' })
    assert.equal((await openAt(bench(), account, position, ['hwk', 'user'])).kind, 'opened')
    await changePassword(bench(), account)
    const head = await store.readHead()
    assert.equal((await openAt(bench(), account, head.position)).kind, 'opened')
  })

  test('tickets of the old password are gone, and those that arrive late open nothing', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const factor = await givenFactor(bench(), account)
    const session = await givenSession(bench(), account)
    const signIn = await givenTicket(bench(), account)
    const stepUp = await givenTicket(bench(), account, { purpose: 'step_up', sessionId: session.id })
    const { position } = await store.readHead()

    await changePassword(bench(), account, { keepOthers: true })
    const late = await givenTicket(bench(), account, { issuedPosition: position })

    assert.deepEqual(await takeTry(bench(), signIn), { kind: 'gone' })
    assert.equal(await raise(bench(), session, stepUp, byTotp(factor, 2)), 'ticket_gone')
    assert.deepEqual(await complete(bench(), account, signIn, byTotp(factor, 2)), { kind: 'ticket_gone' })
    const begun = makeSession(account, { issuedPosition: position, amr: ['pwd', 'otp', 'mfa'] })
    const opened = await store.completeSignIn({
      ...makeDraft(begun),
      ticketDigest: late,
      proof: byTotp(factor, 2),
      enrolment: null,
    })
    assert.deepEqual(opened, { kind: 'account_gone' })
  })

  test('tries are counted before the comparison and end at the limit, and a change begins the row anew', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const take = () => store.takePasswordTry({ account: account.id, failuresMax: 5 })

    const answers = await Promise.all(Array.from({ length: 8 }, take))

    const taken = answers.filter(({ kind }) => kind === 'taken')
    assert.equal(taken.length, 5)
    assert.deepEqual(taken.map((one) => one.kind === 'taken' && one.failures).sort(), [1, 2, 3, 4, 5])
    assert.deepEqual(await take(), { kind: 'closed' })
    await changePassword(bench(), account)
    assert.deepEqual(await take(), { kind: 'taken', passwordHash: 'another hash', failures: 1 })
    assert.deepEqual((await store.readFactors(account.id, FAILURES))?.closed, [])
    await store.changeAccount({ id: account.id, disabledAtMs: NOW, ...change() })
    assert.deepEqual(await take(), { kind: 'gone' })
  })
})
