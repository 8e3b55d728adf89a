/** What credentials hang under is read apart from them: the head that is answered is never newer than a row of either. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreUnavailable } from '@countersign/core/records'
import { readRefreshToken } from '../../src/above.ts'
import type { Script } from '../../src/script.ts'
import { type Bench, onEachDatabase } from '../bench.ts'
import { change, digestOf, type Family, givenAccount, givenGrant, givenRole, makeEvent } from '../given.ts'

type Reading = Parameters<typeof readRefreshToken>[0]

onEachDatabase((bench) => {
  const given = async () => {
    const role = await givenRole(bench(), ['things:read', 'things:write'])
    const account = await givenAccount(bench(), [role.id])
    const family = await givenGrant(bench(), account)
    const narrowRole = () =>
      bench().store.changeRole({ ...change(), id: role.id, permissions: ['things:read'] })
    return { family, narrowRole }
  }

  test('rights that are narrowed between the two reads come with the head from before', async () => {
    const { family, narrowRole } = await given()
    const before = await bench().store.readHead()
    const engine = between(bench(), narrowRole)

    const { head, found } = await read(engine, family)

    assert.deepEqual(found?.principal.rights.permissions, ['things:read'])
    assert.deepEqual(head, before)
    assert.ok((await bench().store.readHead()).position > before.position)
  })

  test('rights from before come with the head from before, however new the token’s own rows are', async () => {
    const { family, narrowRole } = await given()
    const before = await bench().store.readHead()
    const remembering = await rememberingEngine(bench(), family)
    await narrowRole()

    const { head, found } = await read(remembering, family)

    assert.deepEqual(found?.principal.rights.permissions, ['things:read', 'things:write'])
    assert.deepEqual(head, before)
  })

  test('whoever was told that rights were narrowed reads the narrowed ones', async () => {
    const { family, narrowRole } = await given()
    await read(bench().engine, family)
    await narrowRole()

    const { head, found } = await read(bench().engine, family)

    assert.deepEqual(found?.principal.rights.permissions, ['things:read'])
    assert.deepEqual(head, await bench().store.readHead())
  })

  test('where a new epoch comes between the two reads, nobody is told which of them holds', async () => {
    const { family } = await given()
    const engine = between(bench(), () => bench().store.startEpoch('second-epoch', makeEvent()))

    await assert.rejects(read(engine, family), StoreUnavailable)
    assert.notEqual((await read(bench().engine, family)).found, null)
  })
})

const read = (engine: Reading, { grant }: Family) => readRefreshToken(engine, grant.id, [digestOf(grant, 1)])

/** The engine, with something that happens after the first read. */
const between = ({ engine }: Bench, happens: () => Promise<unknown>): Reading => ({
  read: async (script) => {
    const answer = await engine.read(script)
    await happens()
    return answer
  },
  recall: (key, script) => engine.recall(key, script),
})

/** The engine in the moment in which a commit is done and what was remembered is not forgotten yet. */
async function rememberingEngine({ engine }: Bench, family: Family): Promise<Reading> {
  const kept = new Map<string, Promise<unknown>>()
  const remembering: Reading = {
    read: (script) => engine.read(script),
    recall<R>(key: string, script: () => Script<R>) {
      const answer = kept.get(key) ?? engine.read(script)
      kept.set(key, answer)
      return answer as Promise<R>
    },
  }
  await read(remembering, family)
  return remembering
}
