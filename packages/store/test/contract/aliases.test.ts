/** Names of people and sessions in sectors: kept once, bounded, and ended by whatever ends what they stand for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { revoke } from '../acts.ts'
import { onEachDatabase } from '../bench.ts'
import { change, DAY, givenAccount, givenApiKey, givenGrant, givenSession, NOW } from '../given.ts'
import { aliasOf, keepAliases, SECTOR } from '../given-aliases.ts'
import { entriesAfter } from '../looks.ts'

const OTHER = 'other.example.com'

onEachDatabase((bench) => {
  test('a sector knows nobody that it was not told of, and no name is one in another sector', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    await keepAliases(bench(), account, { sector: OTHER })
    const name = aliasOf(account.id, OTHER)

    assert.deepEqual(await store.readAliases(SECTOR, [account.id]), new Map())
    assert.deepEqual(await store.resolveAliases([name], SECTOR), new Map())
    assert.deepEqual(await store.resolveAliases([account.id], null), new Map())
    assert.deepEqual(await store.resolveAliases([], null), new Map())

    assert.deepEqual(await store.resolveAliases([name], OTHER), new Map([[name, account.id]]))
    assert.deepEqual(await store.resolveAliases([name], null), new Map([[name, account.id]]))
  })

  test('a name that was kept once stays, whatever it would be made of today', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    await keepAliases(bench(), account)

    const kept = await store.keepAliases({
      sector: SECTOR,
      account: account.id,
      aliases: [{ node: account.id, alias: aliasOf(account.id, OTHER) }],
      sectorsMax: 5,
      nowMs: NOW,
    })

    assert.deepEqual(kept, new Map([[account.id, aliasOf(account.id)]]))
    assert.deepEqual(await store.readAliases(SECTOR, [account.id]), kept)
  })

  test('two who keep the same names at once are answered the same', async () => {
    const account = await givenAccount(bench())
    const session = await givenSession(bench(), account)

    const answers = await Promise.all(
      Array.from({ length: 6 }, () => keepAliases(bench(), account, { nodes: [session.id] })),
    )

    const names = [
      [account.id, aliasOf(account.id)],
      [session.id, aliasOf(session.id)],
    ] as const
    for (const answer of answers) assert.deepEqual(answer, new Map(names))
  })

  test('an account is known in so many sectors and no more, also when the last ones come at once', async () => {
    const account = await givenAccount(bench())
    const keep = (sector: string) => keepAliases(bench(), account, { sector, sectorsMax: 3 })

    const answers = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((sector) => keep(`${sector}.example.com`)),
    )

    assert.equal(answers.filter((answer) => answer === 'full').length, 2)
    const rows = await bench().rows('select sector from aliases where node_id = $1', account.id)
    assert.equal(rows.length, 3)
    // Where it is known already, more of it may be told.
    const session = await givenSession(bench(), account)
    const [known] = rows
    const more = await keepAliases(bench(), account, {
      sector: String(known?.sector),
      nodes: [session.id],
      sectorsMax: 3,
    })
    assert.notEqual(more, 'full')
  })

  test('a node is ended under each of its names, first, and under its own id last', async () => {
    const fresh = await bench().fresh()
    const account = await givenAccount(fresh)
    const { session, grant } = await givenGrant(fresh, account)
    const key = await givenApiKey(fresh, account.id)
    const nodes = [session.id, grant.id, key.id]
    for (const sector of [SECTOR, OTHER]) await keepAliases(fresh, account, { sector, nodes })
    const stranger = await givenAccount(fresh)
    await keepAliases(fresh, stranger)

    for (const [kind, id, effect] of [
      ['account', account.id, 'rule'],
      ['session', session.id, 'kill'],
      ['grant', grant.id, 'kill'],
      ['api_key', key.id, 'kill'],
    ] as const) {
      const { position } = await fresh.store.readHead()
      const answer = await revoke(fresh, { kind, id })

      const names = [aliasOf(id, SECTOR), aliasOf(id, OTHER)].toSorted()
      const entries = await entriesAfter(fresh, position)
      assert.deepEqual(
        entries,
        [...names, id].map((one) => ({ kind, id: one, effect })),
      )
      assert.equal(answer.kind === 'revoked' && answer.position, position + 3)
    }
  })

  test('a rule on an account stands on its row with the position of its last entry', async () => {
    const fresh = await bench().fresh()
    const account = await givenAccount(fresh)
    await keepAliases(fresh, account)

    const answer = await revoke(fresh, { kind: 'account', id: account.id })

    const [row] = await fresh.rows('select revoked_before from accounts where id = $1', account.id)
    assert.deepEqual([answer.kind === 'revoked' && answer.position, row?.revoked_before], [2, 2])
    const revocation = await fresh.rows('select node_id from revocations where id is not null')
    assert.deepEqual(
      revocation.map((one) => one.node_id),
      [account.id],
    )
  })

  test('many ends in one transaction name all names of each', async () => {
    const fresh = await bench().fresh()
    const account = await givenAccount(fresh)
    const sessions = [await givenSession(fresh, account), await givenSession(fresh, account)]
    const nodes = sessions.map(({ id }) => id)
    await keepAliases(fresh, account, { nodes })

    await fresh.store.endOtherSessions({ account: account.id, keep: null, ...change() })

    const ended = (await entriesAfter(fresh, 0)).map(({ id }) => id)
    assert.deepEqual(ended.toSorted(), [...nodes, ...nodes.map((id) => aliasOf(id))].toSorted())
  })

  test('an end and a new name at the same moment: the end names it, or was there before it was kept', async () => {
    for (let round = 0; round < 12; round += 1) {
      const account = await givenAccount(bench())
      const { position } = await bench().store.readHead()

      const keeping = async () => {
        await keepAliases(bench(), account)
        return bench().store.readHead()
      }
      const [after] = await Promise.all([keeping(), revoke(bench(), { kind: 'account', id: account.id })])

      const { entries } = await bench().store.readEntries(position, 100)
      const isNamed = entries.some(({ id }) => id === aliasOf(account.id))
      const own = entries.find(({ id }) => id === account.id)
      assert.ok(own)
      assert.ok(isNamed || own.position <= after.position, `round ${round}`)
    }
  })

  test('a use that is reported under a name moves the session behind it', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const session = await givenSession(bench(), account)
    const key = await givenApiKey(bench(), account.id)
    await keepAliases(bench(), account, { nodes: [session.id, key.id] })
    const use = { atMs: NOW + 60_000, address: '192.0.2.7' }

    await store.recordUse({
      sessions: [{ id: aliasOf(session.id) as typeof session.id, ...use }],
      apiKeys: [{ id: aliasOf(key.id) as typeof key.id, ...use, count: 2 }],
    })

    const { found } = await store.readSessionForVerdict(session.id)
    assert.equal(found?.session.lastSeenAtMs, use.atMs)
    assert.equal((await store.readApiKeyForVerdict(key.id)).found?.key.lastUsedAtMs, use.atMs)
  })

  test('names are swept with what they stand for, before it, and those of the account stay', async () => {
    const fresh = await bench().fresh()
    const account = await givenAccount(fresh)
    const { session, grant } = await givenGrant(fresh, account)
    const key = await givenApiKey(fresh, account.id)
    const nodes = [session.id, grant.id, key.id]
    for (const sector of [SECTOR, OTHER]) await keepAliases(fresh, account, { sector, nodes })
    assert.equal(await fresh.store.sweep(NOW + DAY, 100), 0)
    await revoke(fresh, { kind: 'session', id: session.id })
    await revoke(fresh, { kind: 'api_key', id: key.id })

    for (let swept = 1; swept > 0; ) {
      swept = await fresh.store.sweep(NOW + DAY, 1)
      const orphans = await fresh.rows(`select node_id from aliases where node_id not in (
        select id from sessions union all select id from grants union all select id from api_keys
        union all select id from accounts)`)
      assert.deepEqual(orphans, [])
    }

    const left = await fresh.rows('select node_id from aliases')
    assert.deepEqual(
      left.map((row) => row.node_id),
      [account.id, account.id],
    )
    assert.deepEqual(await fresh.rows('select id from sessions'), [])
  })
})
