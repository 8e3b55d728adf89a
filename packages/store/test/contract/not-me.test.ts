/** A sign-in that was not its owner's is taken back whole: the session, what it left behind, and the password. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account, Session } from '@countersign/core'
import type { PrincipalId, SessionId } from '@countersign/protocol'
import { type Bench, onEachDatabase } from '../bench.ts'
import {
  change,
  DAY,
  givenAccount,
  givenApiKey,
  givenServiceAccount,
  givenSession,
  makeAccount,
  makeApiKey,
  makeEvent,
  makeId,
  NOW,
} from '../given.ts'
import { grantOf, makeCode, makeConsent, redeem } from '../given-authorizations.ts'
import { givenClient } from '../given-clients.ts'
import { makeDevice, signInOn } from '../given-devices.ts'
import { givenTicket, makeDraft, takeTry } from '../given-factors.ts'
import { givenLink, makeLink, resetPassword } from '../given-links.ts'
import { makeMail } from '../given-mails.ts'
import { disown, givenNotMeLink } from '../given-not-me.ts'
import { makeLearned } from '../given-risk.ts'
import { entriesAfter, isApiKeyAlive, isSessionAlive } from '../looks.ts'

const passwordOf = async ({ store }: Bench, email: string): Promise<string | null> =>
  (await store.readAccountByEmail(email)).passwordHash

async function keyMadeIn({ store }: Bench, session: Session, ownerId: PrincipalId = session.accountId) {
  const { position } = await store.readHead()
  const key = makeApiKey(ownerId, { issuedPosition: position })
  await store.createApiKey({ key, digest: 'd', keysMax: 100, madeIn: session.id, audit: makeEvent() })
  return key
}

/** Somebody lets a client in for good, in that session. */
async function offlineGrantOf(bench: Bench, session: Session) {
  const { id: clientId } = await givenClient(bench)
  const code = makeCode(session, { clientId })
  const consent = makeConsent(code)
  await bench.store.issueAuthorizationCode({
    code,
    digest: `code of ${code.grantId}`,
    consent,
    isFirstUse: false,
    audit: makeEvent(),
  })
  const grant = { sessionId: null }
  assert.equal(await redeem(bench, code, { grant }), 'opened')
  return grantOf(code, grant)
}

async function profileOf({ store }: Bench, { id }: Account): Promise<string | null> {
  return (await store.readRisk(id, 0)).profile
}

onEachDatabase((bench) => {
  test('the link of another account, a used, late or made-up one takes nothing back', async () => {
    const fresh = await bench().fresh()
    const [account, other] = [await givenAccount(fresh), await givenAccount(fresh)]
    const session = await givenSession(fresh, account)
    const foreign = await givenNotMeLink(fresh, other, null)
    const late = await givenNotMeLink(fresh, account, session.id, { expiresAtMs: NOW })
    const reset = await givenLink(fresh, account)

    for (const linkDigest of [foreign, late, reset, 'nobody has this']) {
      assert.deepEqual(await disown(fresh, account, session.id, { linkDigest }), { kind: 'link_gone' })
    }

    assert.equal(await isSessionAlive(fresh, session.id), true)
    assert.equal(await passwordOf(fresh, account.email), 'hash')
    assert.equal(await fresh.store.readNotMeLink([late, reset, 'nobody has this'], NOW), null)
    assert.deepEqual(await disown(fresh, makeAccount(), session.id), { kind: 'not_found' })
  })

  test('the session ends with the keys and grants that came of it, those of others stay', async () => {
    const fresh = await bench().fresh()
    const account = await givenAccount(fresh)
    const program = await givenServiceAccount(fresh)
    const [stolen, own] = [await givenSession(fresh, account), await givenSession(fresh, account)]
    const keys = [await keyMadeIn(fresh, stolen), await keyMadeIn(fresh, stolen, program.id)]
    const kept = [await keyMadeIn(fresh, own), await givenApiKey(fresh, account.id)]
    const [grant, keptGrant] = [await offlineGrantOf(fresh, stolen), await offlineGrantOf(fresh, own)]
    const { position } = await fresh.store.readHead()

    const disowned = await disown(fresh, account, stolen.id)

    assert.deepEqual(disowned, { kind: 'disowned', ended: { sessions: 1, grants: 1, apiKeys: 2 } })
    assert.deepEqual(
      [await isSessionAlive(fresh, stolen.id), await isSessionAlive(fresh, own.id)],
      [false, true],
    )
    for (const { id } of keys) assert.equal(await isApiKeyAlive(fresh, id), false)
    for (const { id } of kept) assert.equal(await isApiKeyAlive(fresh, id), true)
    assert.equal(await fresh.store.readLiveGrant(grant.id, NOW), null)
    assert.notEqual(await fresh.store.readLiveGrant(keptGrant.id, NOW), null)
    assert.equal(await fresh.store.readConsent(account.id, grant.clientId), null)
    assert.notEqual(await fresh.store.readConsent(account.id, keptGrant.clientId), null)
    assert.deepEqual(
      (await entriesAfter(fresh, position)).map(({ kind, effect }) => `${kind} ${effect}`),
      ['session kill', 'grant kill', 'api_key kill', 'api_key kill', 'account rule'],
    )
  })

  test('a key whose secret was renewed in the session ends, one that its owner has renewed since does not', async () => {
    const fresh = await bench().fresh()
    const account = await givenAccount(fresh)
    const [stolen, own] = [await givenSession(fresh, account), await givenSession(fresh, account)]
    const [renewed, rescued] = [await givenApiKey(fresh, account.id), await keyMadeIn(fresh, stolen)]
    const rotate = (id: typeof renewed.id, madeIn: Session) =>
      fresh.store.rotateApiKey({
        id,
        digest: `by ${madeIn.id}`,
        overlapEndsAtMs: NOW,
        secretsMax: 4,
        madeIn: madeIn.id,
        ...change(),
      })
    await rotate(renewed.id, stolen)
    await rotate(rescued.id, own)

    await disown(fresh, account, stolen.id)

    assert.equal(await isApiKeyAlive(fresh, renewed.id), false)
    assert.equal(await isApiKeyAlive(fresh, rescued.id), true)
  })

  test('the password is gone, and what was half-way with it opens nothing', async () => {
    const fresh = await bench().fresh()
    const account = await givenAccount(fresh)
    const session = await givenSession(fresh, account)
    const ticket = await givenTicket(fresh, account)
    const before = await fresh.store.readHead()

    await disown(fresh, account, session.id)

    assert.equal(await passwordOf(fresh, account.email), null)
    assert.equal((await fresh.store.readAccount(account.id))?.passwordChangeRequiredAtMs, NOW)
    assert.deepEqual(await takeTry(fresh, ticket), { kind: 'gone' })
    const late = { ...session, id: makeId('ses'), issuedPosition: before.position }
    assert.deepEqual(await fresh.store.openSession(makeDraft(late)), { kind: 'account_gone' })
    // The link that is sent with it sets the next one.
    const link = await givenLink(fresh, account)
    assert.equal((await resetPassword(fresh, account, link, { from: null })).kind, 'reset')
    assert.equal((await fresh.store.readAccount(account.id))?.passwordChangeRequiredAtMs, null)
  })

  test('where no mail can be sent the password has to be changed, and is there still', async () => {
    const account = await givenAccount(bench())
    const session = await givenSession(bench(), account)

    await disown(bench(), account, session.id, { password: 'require_change' })

    assert.equal(await passwordOf(bench(), account.email), 'hash')
    assert.equal((await bench().store.readAccount(account.id))?.passwordChangeRequiredAtMs, NOW)
  })

  test('device and profile are forgotten, unless more was learned meanwhile', async () => {
    const fresh = await bench().fresh()
    const account = await givenAccount(fresh)
    const device = makeDevice()
    await signInOn(fresh, account, device)
    const session = await givenSession(fresh, account)
    const row = await fresh.rows('select id from sessions where device_id = $1', device.id)
    const stolen = String(row[0]?.id) as SessionId
    await fresh.store.openSession({
      ...makeDraft({ ...session, id: makeId('ses') }),
      learned: makeLearned(account, { profile: '{"version":1,"count":1}' }),
    })

    const origin = await fresh.store.readOrigin(account.id, stolen)
    await disown(fresh, account, stolen, { unlearned: { profile: '{"version":1}', signIns: 7 } })

    assert.equal(origin?.device, device.id)
    assert.deepEqual(await fresh.store.listDevices(account.id), [])
    assert.equal(await profileOf(fresh, account), '{"version":1,"count":1}')
    await disown(fresh, account, stolen, { unlearned: { profile: '{"version":1}', signIns: 1 } })
    assert.equal(await profileOf(fresh, account), '{"version":1}')
    assert.equal(await fresh.store.readOrigin((await givenAccount(fresh)).id, stolen), null)
  })

  test('without a session every session of the account is taken back', async () => {
    const fresh = await bench().fresh()
    const account = await givenAccount(fresh)
    const sessions = [await givenSession(fresh, account), await givenSession(fresh, account)]
    const key = await keyMadeIn(fresh, sessions[0] as Session)
    const linkDigest = await givenNotMeLink(fresh, account, null)

    const disowned = await disown(fresh, account, null, { linkDigest })

    assert.deepEqual(disowned, { kind: 'disowned', ended: { sessions: 2, grants: 0, apiKeys: 1 } })
    for (const { id } of sessions) assert.equal(await isSessionAlive(fresh, id), false)
    assert.equal(await isApiKeyAlive(fresh, key.id), false)
  })

  test('a link works once, also for five at once, and survives that the password is reset', async () => {
    for (const count of [2, 5]) {
      const account = await givenAccount(bench())
      const session = await givenSession(bench(), account)
      const linkDigest = await givenNotMeLink(bench(), account, session.id)
      await resetPassword(bench(), account, await givenLink(bench(), account))

      const found = await bench().store.readNotMeLink(['another pepper', linkDigest], NOW)
      const answers = await Promise.all(
        Array.from({ length: count }, () => disown(bench(), account, session.id, { linkDigest })),
      )

      assert.equal(found?.session, session.id)
      assert.equal(found?.sentTo, account.email)
      assert.equal(answers.filter(({ kind }) => kind === 'disowned').length, 1)
      assert.equal(answers.filter(({ kind }) => kind === 'link_gone').length, count - 1)
    }
  })

  test('a link and its message are kept together, and go with the account', async () => {
    const fresh = await bench().fresh()
    const account = await givenAccount(fresh)
    const digest = await givenNotMeLink(fresh, account, null)
    const nobodys = makeMail(account, { link: makeLink(account, { email: 'other@example.com' }) })
    await disown(fresh, account, null, { mails: [nobodys] })

    assert.notEqual(await fresh.store.readNotMeLink([digest], NOW + 7 * DAY - 1), null)
    assert.equal(await fresh.store.readNotMeLink([digest], NOW + 7 * DAY), null)
    assert.deepEqual(await fresh.rows('select id from mails where id = $1', nobodys.id), [])
    await fresh.store.endAccount({ id: account.id, ...change() })
    assert.equal(await fresh.store.readNotMeLink([digest], NOW), null)
  })
})
