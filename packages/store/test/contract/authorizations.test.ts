/** Authorization codes and consents: who comes first, what a used code ends, and what ends on the way. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { relaxedTransactions } from '../../src/store.ts'
import { present, revoke } from '../acts.ts'
import { onEachDatabase } from '../bench.ts'
import { change, DAY, MINUTE, makeEvent, NOW } from '../given.ts'
import {
  authorizationWritesOf,
  codeDigestOf,
  givenCode,
  grantOf,
  makeConsent,
  redeem,
} from '../given-authorizations.ts'
import { entriesAfter } from '../looks.ts'

onEachDatabase((bench) => {
  test('a code that nobody was given opens nothing', async () => {
    const { code } = await givenCode(bench())

    const answer = await bench().store.redeemAuthorizationCode({
      digest: 'another digest',
      grant: grantOf(code),
      refreshDigest: null,
      signIn: null,
      refreshExpiresAtMs: NOW + DAY,
      ...change(),
      auditReuse: makeEvent(),
    })

    assert.equal(answer, 'gone')
    assert.equal(await bench().store.readLiveGrant(code.grantId, NOW), null)
  })

  test('a code is read with all that it was allowed for, by any of its digests, also when it was used', async () => {
    const { session, code } = await givenCode(bench())
    await redeem(bench(), code)

    const { found } = await bench().store.readAuthorizationCode(['x', codeDigestOf(code)])

    assert.deepEqual(found?.code, code)
    assert.equal(found?.session.id, session.id)
    assert.equal(found?.principal.id, code.accountId)
    assert.equal((await bench().store.readAuthorizationCode(['x'])).found, null)
  })

  test('of many who redeem one code, one opens its grant, and the others have ended it', async () => {
    const { code } = await givenCode(bench())

    const answers = await Promise.all(Array.from({ length: 6 }, () => redeem(bench(), code)))

    assert.equal(answers.filter((answer) => answer === 'opened').length, 1)
    assert.equal(answers.filter((answer) => answer === 'reused').length, 1)
    assert.equal(await bench().store.readLiveGrant(code.grantId, NOW), null)
  })

  test('a used code that returns ends its grant by one kill, and the next time there is nothing left', async () => {
    const { code } = await givenCode(bench())
    assert.equal(await redeem(bench(), code), 'opened')
    const { position } = await bench().store.readHead()

    assert.equal(await redeem(bench(), code), 'reused')
    assert.equal(await redeem(bench(), code), 'gone')

    const entries = await entriesAfter(bench(), position)
    assert.deepEqual(entries, [{ kind: 'grant', id: code.grantId, effect: 'kill' }])
  })

  test('a code that has expired opens nothing, and one that was used before ends what it gave all the same', async () => {
    const { code } = await givenCode(bench())
    const { code: used } = await givenCode(bench())
    await redeem(bench(), used)

    assert.equal(await redeem(bench(), code, { nowMs: NOW + MINUTE }), 'gone')
    assert.equal(await redeem(bench(), used, { nowMs: NOW + MINUTE }), 'reused')
  })

  for (const [what, end] of [
    ['the session', (code) => ({ kind: 'session', id: code.sessionId })],
    ['the account', (code) => ({ kind: 'account', id: code.accountId })],
    ['the client', (code) => ({ kind: 'client', id: code.clientId })],
    ['the issuer', () => ({ kind: 'issuer', id: 'x' })],
  ] as const satisfies readonly (readonly [
    string,
    (code: Parameters<typeof grantOf>[0]) => Parameters<typeof revoke>[1],
  ])[]) {
    test(`a code opens nothing once ${what} was ended, and leaves nothing behind`, async () => {
      const fresh = await bench().fresh()
      const { code } = await givenCode(fresh)
      await revoke(fresh, end(code))

      assert.equal(await redeem(fresh, code), 'gone')

      const [row] = await fresh.rows('select count(*) as n from grants where id = $1', code.grantId)
      assert.equal(Number(row?.n), 0)
    })
  }

  test('a grant that hangs under nobody’s session outlives the one it was allowed in', async () => {
    const { code } = await givenCode(bench())
    await redeem(bench(), code, { grant: { sessionId: null } })

    await revoke(bench(), { kind: 'session', id: code.sessionId })

    const live = await bench().store.readLiveGrant(code.grantId, NOW)
    assert.deepEqual(live?.grant.identityScopes, ['openid', 'email'])
    assert.equal((await present(bench(), { grant: grantOf(code) }, 1)).kind, 'rotated')
  })

  test('without a refresh token there is none to present', async () => {
    const { code } = await givenCode(bench())

    assert.equal(await redeem(bench(), code, { refreshDigest: null }), 'opened')

    assert.equal((await present(bench(), { grant: grantOf(code) }, 1)).kind, 'gone')
  })

  test('a consent that is taken back takes its grants and its codes along, and no other client’s', async () => {
    const { store } = bench()
    const { code } = await givenCode(bench())
    await redeem(bench(), code)
    const { code: onItsWay } = await givenCode(bench(), {
      accountId: code.accountId,
      clientId: code.clientId,
    })
    const { code: other } = await givenCode(bench(), { accountId: code.accountId })
    const end = () => store.endConsent({ account: code.accountId, client: code.clientId, ...change() })
    const { position } = await store.readHead()

    assert.equal(await end(), 'ended')
    assert.equal(await end(), 'not_found')

    const entries = await entriesAfter(bench(), position)
    assert.deepEqual(entries, [{ kind: 'grant', id: code.grantId, effect: 'kill' }])
    assert.equal(await redeem(bench(), onItsWay), 'gone')
    assert.equal(await store.readConsent(code.accountId, code.clientId), null)
    assert.notEqual(await store.readConsent(code.accountId, other.clientId), null)
  })

  test('what need not be on the disk at once appends nothing to the log and uses nothing up', async () => {
    const writes = await authorizationWritesOf(bench())
    const { position } = await bench().store.readHead()
    assert.ok(relaxedTransactions.length > 0)

    for (const name of relaxedTransactions) {
      assert.ok(writes[name] !== undefined, `${name} is not known here.`)
      for (const write of writes[name]) await write()
    }

    assert.deepEqual(await entriesAfter(bench(), position), [])
  })

  test('a code for what was allowed before is written without a consent, and redeemed once like any other', async () => {
    const { code } = await givenCode(bench(), {}, null)

    assert.equal(await bench().store.readConsent(code.accountId, code.clientId), null)
    assert.equal(await redeem(bench(), code), 'opened')
    assert.equal(await redeem(bench(), code), 'reused')
  })

  test('a consent is written once for each client, and the newest counts', async () => {
    const { store } = bench()
    const { code } = await givenCode(bench())
    const consent = { ...makeConsent(code), scopes: ['openid'], createdAtMs: NOW + 1, updatedAtMs: NOW + 1 }
    await store.issueAuthorizationCode({
      code,
      digest: 'second',
      consent,
      isFirstUse: false,
      audit: makeEvent(),
    })

    const read = await store.readConsent(code.accountId, code.clientId)

    assert.deepEqual(read, { ...consent, createdAtMs: NOW })
    assert.deepEqual(
      (await store.listConsents(code.accountId)).map(({ clientName }) => clientName),
      ['A client'],
    )
  })

  test('with the account go its consents', async () => {
    const { code } = await givenCode(bench())

    await bench().store.endAccount({ id: code.accountId, ...change() })

    assert.deepEqual(await bench().store.listConsents(code.accountId), [])
  })
})
