/** Codes of devices: whose they are, who decides, who redeems, and what ends them on the way. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { present, revoke } from '../acts.ts'
import { onEachDatabase } from '../bench.ts'
import { change, DAY, MINUTE, NOW } from '../given.ts'
import {
  claimBy,
  decideBy,
  givenDeviceCode,
  givenPersonAt,
  grantOfDevice,
  redeemDevice,
} from '../given-device-codes.ts'

onEachDatabase((bench) => {
  test('two living codes never have one user code, and it is free again when the first is over', async () => {
    const first = await givenDeviceCode(bench())
    const { userDigest } = first

    const second = await givenDeviceCode(bench(), { userDigest })
    const later = { ...second.code, createdAtMs: NOW + 10 * MINUTE, expiresAtMs: NOW + 20 * MINUTE }

    assert.equal(second.answer, 'taken')
    assert.equal((await givenDeviceCode(bench(), { userDigest, code: later })).answer, 'begun')
    assert.equal((await bench().store.readDeviceCode([first.digest])).found, null)
  })

  test('of many sessions that type one code at once, one has it, and keeps it', async () => {
    const begun = await givenDeviceCode(bench())
    const sessions = []
    for (let count = 0; count < 6; count += 1) sessions.push(await givenPersonAt(bench()))

    const claims = await Promise.all(sessions.map((session) => claimBy(bench(), begun, session)))

    const winners = sessions.filter((_, index) => claims[index] !== null)
    const [winner] = winners
    assert.ok(winner)
    assert.equal(winners.length, 1)
    for (const session of sessions) {
      const isWinner: boolean = session.id === winner.id
      assert.deepEqual(await claimBy(bench(), begun, session), isWinner ? begun.code : null)
      if (!isWinner) assert.equal(await decideBy(bench(), begun, session), 'gone')
    }
    assert.equal(await decideBy(bench(), begun, winner), 'decided')
  })

  test('what nobody has claimed, or is over, is not decided; what is decided is not decided again', async () => {
    const [begun, overdue] = [await givenDeviceCode(bench()), await givenDeviceCode(bench())]
    const session = await givenPersonAt(bench())

    assert.equal(await decideBy(bench(), begun, session), 'gone')
    assert.equal(await claimBy(bench(), overdue, session, NOW + 10 * MINUTE), null)
    await claimBy(bench(), overdue, session)
    assert.equal(await decideBy(bench(), overdue, session, 'allowed', NOW + 10 * MINUTE), 'gone')
    await claimBy(bench(), begun, session)
    assert.equal(await decideBy(bench(), begun, session, 'denied'), 'decided')
    assert.equal(await decideBy(bench(), begun, session), 'gone')
    assert.equal(await claimBy(bench(), begun, session), null)
    assert.equal(await redeemDevice(bench(), begun, session), 'gone')
    assert.equal(await bench().store.readConsent(session.accountId, begun.code.clientId), null)
  })

  test('of many who redeem one allowed code, one opens its grant, with its refresh token', async () => {
    const begun = await givenDeviceCode(bench())
    const session = await givenPersonAt(bench())
    assert.equal(await redeemDevice(bench(), begun, session), 'gone')
    await claimBy(bench(), begun, session)
    await decideBy(bench(), begun, session)
    assert.equal(await redeemDevice(bench(), begun, session, NOW + 10 * MINUTE), 'gone')

    const answers = await Promise.all(Array.from({ length: 6 }, () => redeemDevice(bench(), begun, session)))

    assert.equal(answers.filter((answer) => answer === 'opened').length, 1)
    const { found } = await bench().store.readDeviceCode([begun.digest])
    assert.equal(found?.usedAtMs, NOW)
    assert.equal(found?.decision?.sessionId, session.id)
    const grant = grantOfDevice(begun, session)
    assert.equal((await present(bench(), { grant }, 1)).kind, 'rotated')
  })

  test('an allowed code opens nothing once its session, account, client, consent or the issuer has ended', async () => {
    const fresh = await bench().fresh()
    for (const kind of ['session', 'account', 'client', 'consent', 'issuer'] as const) {
      const begun = await givenDeviceCode(fresh)
      const session = await givenPersonAt(fresh)
      await claimBy(fresh, begun, session)
      await decideBy(fresh, begun, session)
      const { accountId } = session
      const { clientId } = begun.code

      if (kind === 'consent')
        await fresh.store.endConsent({ account: accountId, client: clientId, ...change() })
      else {
        const id = { session: session.id, account: accountId, client: clientId, issuer: 'x' }[kind]
        await revoke(fresh, { kind, id })
      }

      assert.equal(await redeemDevice(fresh, begun, session), 'gone', kind)
      assert.equal(await fresh.store.readLiveGrant(begun.code.grantId, NOW), null)
    }
  })

  test('a poll that comes too early makes the pause longer, and the next one is measured by it', async () => {
    const { digest } = await givenDeviceCode(bench())
    const poll = (nowMs: number) => bench().store.pollDeviceCode({ digest, nowMs, slowerMs: 5000 })

    assert.equal(await poll(NOW), 'on_time')
    assert.equal(await poll(NOW + 5000), 'on_time')
    assert.equal(await poll(NOW + 9999), 'too_early')
    assert.equal(await poll(NOW + 9999 + 9999), 'too_early')
    assert.equal(await poll(NOW + 9999 + 9999 + 15_000), 'on_time')
  })

  test('codes that are over are swept with what was used once', async () => {
    const fresh = await bench().fresh()
    await givenDeviceCode(fresh)

    assert.equal(await fresh.store.sweepUsed(NOW, 100), 0)
    assert.equal(await fresh.store.sweepUsed(NOW + DAY, 100), 1)
  })
})
