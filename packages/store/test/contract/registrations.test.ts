/** Clients that register themselves: each use of a token once, no place given twice, and nothing swept that was used. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Bench, onEachDatabase } from '../bench.ts'
import { change, DAY, givenAccount, givenSession, makeEvent, NOW } from '../given.ts'
import { codeDigestOf, makeCode, makeConsent } from '../given-authorizations.ts'
import { makeClient } from '../given-clients.ts'
import { givenInitialAccessToken, register, sweepBefore } from '../given-registrations.ts'

const makeSelf = (createdAtMs = NOW) => makeClient({ registration: 'self', createdAtMs })

/** Somebody allows it something. */
async function use(bench: Bench, clientId: string) {
  const session = await givenSession(bench, await givenAccount(bench))
  const code = makeCode(session, { clientId })
  const consent = makeConsent(code)
  const issued = await bench.store.issueAuthorizationCode({
    code,
    digest: codeDigestOf(code),
    consent,
    isFirstUse: true,
    audit: makeEvent(),
  })
  return { issued, code, account: session.accountId }
}

onEachDatabase((bench) => {
  test('a token that is late, used up, taken back or made up registers nothing', async () => {
    const late = await givenInitialAccessToken(bench(), { expiresAtMs: NOW })
    const used = await givenInitialAccessToken(bench(), { uses: 1 })
    const ended = await givenInitialAccessToken(bench())
    const { id } = ended.token
    assert.equal(await bench().store.endInitialAccessToken({ id, audit: makeEvent() }), 'ended')

    for (const tokenDigest of [late.digest, used.digest, ended.digest, 'nobody has this']) {
      const client = makeSelf()
      assert.equal(await bench().store.findInitialAccessToken([tokenDigest], NOW), null)
      assert.equal(await register(bench(), client, { tokenDigest }), 'token_gone')
      assert.equal(await bench().store.readClient(client.id), null)
    }
    assert.equal(await bench().store.endInitialAccessToken({ id, audit: makeEvent() }), 'gone')
  })

  test('of any number who use a token at once exactly as many as it lets are registered', async () => {
    const { digest, token } = await givenInitialAccessToken(bench(), { usesMax: 2 })

    const answers = await Promise.all(
      Array.from({ length: 6 }, () => register(bench(), makeSelf(), { tokenDigest: digest })),
    )

    assert.equal(answers.filter((answer) => answer === 'registered').length, 2)
    const listed = await bench().store.listInitialAccessTokens({ limit: 100, after: null })
    const found = listed.find(({ id }) => id === token.id)
    assert.equal(found?.uses, 2)
    assert.equal(found.lastUsedAtMs, NOW)
  })

  test('a registration that finds no place uses no token up', async () => {
    const { digest } = await givenInitialAccessToken(bench())

    await register(bench())

    assert.equal(await register(bench(), makeSelf(), { tokenDigest: digest, unusedMax: 1 }), 'full')
    const kept = await bench().store.findInitialAccessToken([digest], NOW)
    assert.deepEqual([kept?.token.uses, kept?.token.lastUsedAtMs], [0, null])
  })

  test('what was never used is swept in time with its secret; what was used, and what is not due, stays', async () => {
    const old = NOW - DAY
    const [unused, used, ended, young] = [makeSelf(old), makeSelf(old), makeSelf(old), makeSelf()]
    const registered = makeClient({ createdAtMs: old })
    for (const client of [unused, used, ended, young]) await register(bench(), client)
    await bench().store.createClient({
      client: registered,
      secretDigest: 'd',
      sealedSecret: null,
      audit: makeEvent(),
    })
    assert.equal((await use(bench(), used.id)).issued, 'issued')
    await bench().store.endClient({ id: ended.id, ...change() })

    assert.equal(await sweepBefore(bench(), NOW), 1)

    assert.equal(await bench().store.readClient(unused.id), null)
    assert.equal((await bench().store.readClientToIssue(unused.id)).found, null)
    for (const { id } of [used, young, registered]) {
      assert.equal((await bench().store.readClientToIssue(id)).found?.secrets.length, 1)
    }
    assert.notEqual((await bench().store.readClientToIssue(ended.id)).found, null, 'Its id stays taken.')
    assert.equal((await bench().store.readClient(used.id))?.usedAtMs, NOW)
  })

  test('who is first, the sweep or somebody who allows it, leaves nothing behind of the other', async () => {
    for (let index = 0; index < 5; index += 1) {
      const client = makeSelf(NOW - DAY)
      await register(bench(), client)

      const [{ issued, account }] = await Promise.all([use(bench(), client.id), sweepBefore(bench(), NOW)])

      const row = await bench().store.readClient(client.id)
      const consent = await bench().store.readConsent(account, client.id)
      assert.equal(row !== null, issued === 'issued')
      assert.equal(consent !== null, issued === 'issued')
    }
  })

  test('a client that is gone is given no code, and nobody has allowed it anything', async () => {
    const { issued, code, account } = await use(bench(), makeSelf().id)

    assert.equal(issued, 'client_gone')
    assert.equal((await bench().store.readAuthorizationCode([codeDigestOf(code)])).found, null)
    assert.equal(await bench().store.readConsent(account, code.clientId), null)
  })
})
