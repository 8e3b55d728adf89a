/** The vectors on a real authority about being cut off from it, and about what ends everything at once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { throughout, until } from '../until.ts'
import { claimsOf, idOf, type On } from './real-credentials.ts'

export function describeOutages(on: On): void {
  test('cut off: served for a while, then 503; what was ended meanwhile is never served again', async () => {
    const { session, token } = await on().person()
    const other = await on().person()
    const all = [session, token, other.session]
    for (const bearer of all) assert.equal(await on().decided({ bearer }), 200)
    const statuses = (): Promise<number[]> => Promise.all(all.map((bearer) => on().status({ bearer })))

    on().line.cut()
    await until('nothing is served', async () => (await statuses()).every((one) => one === 503))
    await on().revoke({ kind: 'session', id: idOf(session) })
    on().line.mend()

    const isUnserved = async (): Promise<boolean> => (await on().status({ bearer: session })) !== 200
    await until('the other one is served', async () => {
      assert.ok(await isUnserved())
      return (await on().status({ bearer: other.session })) === 200
    })
    assert.equal(await on().decided({ bearer: session }), 401)
    assert.equal(await on().decided({ bearer: token }), 200)
  })

  test('the authority is restarted: what was ended before stays refused, the rest is served', async () => {
    const { session, token } = await on().person()
    assert.equal(await on().decided({ bearer: token }), 200)
    await on().revoke({ kind: 'session', id: String(claimsOf(token).sid) })

    await on().restart()

    await until('it is served', async () => (await on().status({ bearer: session })) === 200)
    assert.equal(await on().decided({ bearer: token }), 401)
    const { session: later } = await on().person()
    assert.equal(await on().decided({ bearer: later }), 200)
    await on().revoke({ kind: 'session', id: idOf(later) })
    assert.equal(await on().decided({ bearer: later }), 401)
  })
}

/** Each ends the program's own key too, so that it is started anew with another. */
export function describeEnds(on: On): void {
  const renew = async (): Promise<void> => {
    await on().renewAdministrator()
    await on().startProgram()
  }

  test('its own key is ended: nothing is served any more', async () => {
    const { session, token } = await on().person()
    const all = [session, token]
    for (const bearer of all) assert.equal(await on().decided({ bearer }), 200)
    const statuses = (): Promise<number[]> => Promise.all(all.map((bearer) => on().status({ bearer })))

    await on().revoke({ kind: 'api_key', id: on().feedKey?.keyId ?? '' })

    await until('nothing is served', async () => (await statuses()).every((one) => one === 503))
    await on().startProgram()
    await until('it is served', async () => (await on().status({ bearer: session })) === 200)
  })

  const ends: readonly (readonly [what: string, end: () => Promise<void>])[] = [
    ['the issuer is revoked', () => on().revoke({ kind: 'issuer', id: on().url })],
    ['a new epoch begins', () => on().beginEpoch()],
  ]
  for (const [what, end] of ends) {
    test(`${what}: what was issued before is refused, and what is issued after it is accepted`, async () => {
      const { email, session, token } = await on().person()
      const { key } = await on().keyHolder()
      const all = [{ bearer: session }, { bearer: token }, { key }]
      for (const one of all) assert.equal(await on().decided(one), 200)
      const areUnserved = async (): Promise<boolean> =>
        (await Promise.all(all.map((one) => on().status(one)))).every((status) => status !== 200)

      await end()

      await until('nothing is served', areUnserved)
      await renew()
      const fresh = await on().signIn(email)
      await until('what is new is served', async () => (await on().status({ bearer: fresh })) === 200)
      for (const one of all) assert.equal(await on().decided(one), 401)
      await throughout(300, 'the old ones are refused', areUnserved)
    })
  }
}
