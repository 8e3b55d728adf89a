/** Invitations: one for an address, one use of each link, and nothing that whoever invited may not give any more. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PrincipalId } from '@countersign/protocol'
import { revoke } from '../acts.ts'
import { onEachDatabase } from '../bench.ts'
import {
  change,
  givenAccount,
  givenRole,
  givenServiceAccount,
  givenSession,
  HOUR,
  makeEvent,
  NOW,
} from '../given.ts'
import {
  acceptInvitation,
  createInvitation,
  givenInvitation,
  makeInvitation,
  renewInvitation,
} from '../given-invitations.ts'
import { disown } from '../given-not-me.ts'

onEachDatabase((bench) => {
  test('an invitation that is late, revoked or made up makes no account', async () => {
    const late = await givenInvitation(bench(), { expiresAtMs: NOW })
    const revoked = await givenInvitation(bench())
    const { id } = revoked.invitation
    assert.equal(await bench().store.endInvitation({ id, audit: makeEvent() }), 'ended')

    for (const one of [late, revoked, { ...late, digest: 'nobody has this' }]) {
      assert.equal(await bench().store.findInvitation([one.digest], NOW), null)
      assert.equal(await acceptInvitation(bench(), one), 'gone')
      assert.equal((await bench().store.readAccountByEmail(one.invitation.email)).account, null)
    }
    assert.equal(await bench().store.endInvitation({ id, audit: makeEvent() }), 'gone')
  })

  test('accepting makes an account with the roles, uses the invitation, and lists it no more', async () => {
    const role = await givenRole(bench())
    const waiting = await givenInvitation(bench(), { roles: ['member', role.id] })
    assert.deepEqual(await bench().store.findInvitation(['other', waiting.digest], NOW), waiting)
    assert.deepEqual(await bench().store.readInvitation(waiting.invitation.id), waiting.invitation)

    assert.equal(await acceptInvitation(bench(), waiting), 'created')

    const { account, roles } = await bench().store.readAccountByEmail(waiting.invitation.email)
    assert.equal(account?.emailVerifiedAtMs, NOW)
    assert.deepEqual([...roles].sort(), ['member', role.id].sort())
    assert.equal(await acceptInvitation(bench(), waiting), 'gone')
    const listed = await bench().store.listInvitations({ limit: 100, after: null })
    assert.ok(listed.every(({ id }) => id !== waiting.invitation.id))
  })

  test('of any number who accept one invitation at once exactly one has the account', async () => {
    const waiting = await givenInvitation(bench())

    const answers = await Promise.all(Array.from({ length: 6 }, () => acceptInvitation(bench(), waiting)))

    assert.equal(answers.filter((one) => one === 'created').length, 1, answers.join())
    assert.equal(answers.filter((one) => one === 'gone').length, 5, answers.join())
  })

  test('of several invitations of one address at once one is kept, until it is late', async () => {
    const first = await makeInvitation(bench())
    const { email } = first.invitation
    const others = [await makeInvitation(bench(), { email }), await makeInvitation(bench(), { email })]

    const answers = await Promise.all([first, ...others].map((one) => createInvitation(bench(), one)))

    assert.deepEqual(answers.toSorted(), ['created', 'exists', 'exists'])
    const later = NOW + 2 * HOUR
    const again = await makeInvitation(bench(), { email, createdAtMs: later, expiresAtMs: later + HOUR })
    assert.equal(await createInvitation(bench(), again), 'created')
  })

  test('of any number at once no more are kept than may wait, for one sender and for all', async () => {
    const fresh = await bench().fresh()
    const { id: invitedBy } = await givenAccount(fresh, ['administrator'])
    await createInvitation(fresh, await makeInvitation(fresh, { invitedBy }))
    const { id: other } = await givenAccount(fresh, ['administrator'])
    const six = async (sender: PrincipalId) =>
      Promise.all(Array.from({ length: 6 }, () => makeInvitation(fresh, { invitedBy: sender })))
    const send = (made: Awaited<ReturnType<typeof six>>) =>
      Promise.all(made.map((one) => createInvitation(fresh, one, { perSenderMax: 3, allMax: 4 })))

    const mine = await send(await six(invitedBy))
    const theirs = await send(await six(other))

    assert.equal(mine.filter((one) => one === 'created').length, 2, mine.join())
    assert.equal(mine.filter((one) => one === 'too_many').length, 4, mine.join())
    assert.equal(theirs.filter((one) => one === 'created').length, 1, theirs.join())
    assert.deepEqual(await fresh.store.countInvitations(invitedBy, NOW), { ofSender: 3, all: 4 })
    assert.deepEqual(await fresh.store.countInvitations(other, NOW), { ofSender: 1, all: 4 })
  })

  test('what is late, accepted or taken back makes room, and sending again counts for who sends it', async () => {
    const fresh = await bench().fresh()
    const { id: invitedBy } = await givenAccount(fresh, ['administrator'])
    const full = { perSenderMax: 1, allMax: 2 }
    const late = await givenInvitation(fresh, { invitedBy, expiresAtMs: NOW })
    const accepted = await givenInvitation(fresh, { invitedBy })
    const next = await makeInvitation(fresh, { invitedBy })
    assert.equal(await createInvitation(fresh, next, full), 'too_many')
    const revived = { ...late, invitation: { ...late.invitation, expiresAtMs: NOW + HOUR } }
    assert.equal(await renewInvitation(fresh, revived, full), 'too_many')
    assert.equal(await renewInvitation(fresh, { ...accepted, digest: 'again' }, full), 'renewed')
    assert.equal(await acceptInvitation(fresh, { ...accepted, digest: 'again' }), 'created')

    assert.equal(await createInvitation(fresh, next, full), 'created')

    await fresh.store.endInvitation({ id: next.invitation.id, audit: makeEvent() })
    const { id: other } = await givenAccount(fresh, ['administrator'])
    const taken = { ...revived, invitation: { ...revived.invitation, invitedBy: other } }
    assert.equal(await renewInvitation(fresh, taken, full), 'renewed')
    assert.deepEqual(await fresh.store.countInvitations(other, NOW), { ofSender: 1, all: 1 })
  })

  test('an address that is somebody’s is neither invited, nor given away by an older invitation', async () => {
    const { email } = await givenAccount(bench())
    const waiting = await givenInvitation(bench())
    await bench().store.createAccount({
      account: {
        ...(await givenAccount(bench())),
        id: 'acc_00000000000000000000000001',
        email: waiting.invitation.email,
      },
      passwordHash: 'own',
      roles: ['member'],
      audit: makeEvent(),
    })

    assert.equal(await createInvitation(bench(), await makeInvitation(bench(), { email })), 'address_taken')
    assert.equal(await renewInvitation(bench(), { ...waiting, digest: 'next' }), 'address_taken')
    assert.equal(await acceptInvitation(bench(), waiting), 'address_taken')
    assert.equal((await bench().store.readAccountByEmail(waiting.invitation.email)).passwordHash, 'own')
  })

  test('another link takes the place of the one before, and one that was accepted gets none', async () => {
    const waiting = await givenInvitation(bench())
    const next = { ...waiting, digest: `next ${waiting.digest}` }

    assert.equal(await renewInvitation(bench(), next), 'renewed')

    assert.equal(await acceptInvitation(bench(), waiting), 'gone')
    assert.equal(await acceptInvitation(bench(), next), 'created')
    assert.equal(await renewInvitation(bench(), { ...waiting, digest: 'third' }), 'address_taken')
    const { id } = (await givenInvitation(bench())).invitation
    await bench().store.endInvitation({ id, audit: makeEvent() })
    const gone = await makeInvitation(bench(), { id })
    assert.equal(await renewInvitation(bench(), gone), 'gone')
  })

  test('whoever has lost the right to give a role, or to invite, gives nothing', async () => {
    const weak = await givenRole(bench(), ['accounts:write'])
    const wide = await givenRole(bench(), ['docs:*'])
    const both = [weak.id, wide.id]
    const invite = async (invitedBy: string & (`acc_${string}` | `svc_${string}`)) =>
      givenInvitation(bench(), { invitedBy, roles: [wide.id] })
    const narrowed = await givenAccount(bench(), both)
    const disabled = await givenAccount(bench(), both)
    const ended = await givenAccount(bench(), both)
    const revoked = await givenServiceAccount(bench(), both)
    const kept = await givenServiceAccount(bench(), both)
    const waiting = []
    for (const { id } of [narrowed, disabled, ended, revoked]) waiting.push(await invite(id))
    const good = await invite(kept.id)
    await bench().store.changeAccount({ id: narrowed.id, roles: [weak.id], ...change() })
    await bench().store.changeAccount({ id: disabled.id, disabledAtMs: NOW, ...change() })
    // What was sent before does not come back with the account.
    await bench().store.changeAccount({ id: disabled.id, disabledAtMs: null, ...change() })
    await bench().store.endAccount({ id: ended.id, ...change() })
    await revoke(bench(), { kind: 'service_account', id: revoked.id })

    for (const one of waiting) {
      assert.equal(await acceptInvitation(bench(), one), 'not_stood_for')
      assert.equal((await bench().store.readAccountByEmail(one.invitation.email)).account, null)
      assert.notEqual(await bench().store.readInvitation(one.invitation.id), null)
    }
    assert.equal(await acceptInvitation(bench(), good), 'created')
  })

  test('a role that has grown since is given only by whoever holds all of it, and one that has ended by nobody', async () => {
    const held = await givenRole(bench(), ['accounts:write', 'docs:read'])
    const grown = await givenRole(bench(), ['docs:read'])
    const gone = await givenRole(bench(), ['docs:read'])
    const inviter = await givenAccount(bench(), [held.id])
    const larger = await givenInvitation(bench(), { invitedBy: inviter.id, roles: [grown.id] })
    const missing = await givenInvitation(bench(), { invitedBy: inviter.id, roles: [gone.id] })
    await bench().store.changeRole({ id: grown.id, permissions: ['docs:*'], ...change() })
    await bench().store.endRole({ id: gone.id, ...change() })

    assert.equal(await acceptInvitation(bench(), larger), 'not_stood_for')
    assert.equal(await acceptInvitation(bench(), missing), 'not_stood_for')
    await bench().store.changeRole({ id: held.id, permissions: ['accounts:*', 'docs:*'], ...change() })
    assert.equal(await acceptInvitation(bench(), larger), 'created')
  })

  test('accepting while whoever invited loses the role makes an account with it, or none', async () => {
    const role = await givenRole(bench(), ['accounts:write'])
    for (let round = 0; round < 4; round += 1) {
      const inviter = await givenAccount(bench(), [role.id])
      const waiting = await givenInvitation(bench(), { invitedBy: inviter.id, roles: [role.id] })
      const lose = () => bench().store.changeAccount({ id: inviter.id, roles: [], ...change() })
      const accept = () => acceptInvitation(bench(), waiting)

      const answers = await Promise.all(round % 2 === 0 ? [lose(), accept()] : [accept(), lose()])

      const { roles } = await bench().store.readAccountByEmail(waiting.invitation.email)
      assert.deepEqual([...roles], answers.includes('created') ? [role.id] : [])
      assert.ok(answers.includes('created') || answers.includes('not_stood_for'), answers.join())
    }
  })

  test('what a stranger has sent from a session goes with the session', async () => {
    const inviter = await givenAccount(bench(), ['administrator'])
    const { id } = await givenSession(bench(), inviter)
    const waiting = await givenInvitation(bench(), { invitedBy: inviter.id, madeIn: id })
    const own = await givenInvitation(bench(), { invitedBy: inviter.id })

    await disown(bench(), inviter, id)

    assert.equal(await bench().store.readInvitation(waiting.invitation.id), null)
    assert.equal(await acceptInvitation(bench(), waiting), 'gone')
    assert.notEqual(await bench().store.readInvitation(own.invitation.id), null)
  })

  test('what nobody accepted is swept once it is late', async () => {
    const fresh = await bench().fresh()
    const late = await givenInvitation(fresh, { expiresAtMs: NOW - 1 })
    const kept = await givenInvitation(fresh)

    await fresh.store.sweep(NOW, 100)

    assert.equal(await fresh.store.readInvitation(late.invitation.id), null)
    assert.notEqual(await fresh.store.readInvitation(kept.invitation.id), null)
  })
})
