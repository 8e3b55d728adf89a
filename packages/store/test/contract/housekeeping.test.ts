/** Sweeping leaves everything alive alone and revives nothing; foreign secrets are told apart. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { present, revoke } from '../acts.ts'
import { type Bench, onEachDatabase } from '../bench.ts'
import {
  change,
  DAY,
  type Family,
  givenAccount,
  givenApiKey,
  givenGrant,
  givenSession,
  HOUR,
  NOW,
} from '../given.ts'
import { isApiKeyAlive, isSessionAlive } from '../looks.ts'

const tables = [
  'sessions',
  'grants',
  'refresh_tokens',
  'api_keys',
  'api_key_secrets',
  'setup_tickets',
] as const

async function countRows({ rows }: Bench): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of tables) {
    const [row] = await rows(`select count(*) as rows from ${table}`)
    counts[table] = Number(row?.rows)
  }
  return counts
}

const refresh = (bench: Bench, family: Family, generation: number, nowMs: number) =>
  present(bench, family, generation, { nowMs, graceMs: 0 })

onEachDatabase((bench) => {
  test('nothing alive is swept, and nothing that died after the time asked for', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const account = await givenAccount(fresh)
    const session = await givenSession(fresh, account)
    const family = await givenGrant(fresh, account)
    const key = await givenApiKey(fresh, account.id)
    await store.rotateApiKey({
      id: key.id,
      digest: 'new',
      overlapEndsAtMs: NOW + HOUR,
      secretsMax: 3,
      ...change(),
    })
    const ended = await givenSession(fresh, account)
    await revoke(fresh, { kind: 'session', id: ended.id })
    await store.offerSetupTicket('ticket', NOW + HOUR)
    const before = await countRows(fresh)

    assert.equal(await store.sweep(NOW, 1000), 0)

    assert.deepEqual(await countRows(fresh), before)
    assert.equal(await isSessionAlive(fresh, session.id), true)
    assert.equal(await isApiKeyAlive(fresh, key.id), true)
    assert.deepEqual(await refresh(fresh, family, 1, NOW), { kind: 'rotated' })
  })

  test('everything dead is swept in the end, with its children, and stays dead', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const account = await givenAccount(fresh)
    const families = []
    for (let count = 0; count < 4; count += 1) {
      const family = await givenGrant(fresh, account)
      await refresh(fresh, family, 1, NOW)
      families.push(family)
    }
    const [byGrant, bySession, byReuse, live] = families
    assert.ok(byGrant && bySession && byReuse && live)
    await revoke(fresh, { kind: 'grant', id: byGrant.grant.id })
    await revoke(fresh, { kind: 'session', id: bySession.session.id })
    await refresh(fresh, byReuse, 1, NOW)
    await givenSession(fresh, account, { expiresAtMs: NOW })
    const key = await givenApiKey(fresh, account.id)
    await revoke(fresh, { kind: 'api_key', id: key.id })
    await givenApiKey(fresh, account.id, { expiresAtMs: NOW })
    const rotated = await givenApiKey(fresh, account.id)
    await store.rotateApiKey({
      id: rotated.id,
      digest: 'new',
      overlapEndsAtMs: NOW + 1,
      secretsMax: 3,
      ...change(),
    })
    await store.offerSetupTicket('ticket', NOW)

    const swept = await store.sweep(NOW + 2, 1000)

    // Of the families ended by a grant, the session lives on; so does the one family that nobody ended.
    assert.deepEqual(await countRows(fresh), {
      sessions: 3,
      grants: 1,
      refresh_tokens: 2,
      api_keys: 1,
      api_key_secrets: 1,
      setup_tickets: 0,
    })
    assert.equal(swept, 6 + 3 + 2 + 3 + 2 + 1)
    for (const family of [byGrant, bySession, byReuse]) {
      assert.deepEqual(await refresh(fresh, family, 2, NOW), { kind: 'gone' })
      assert.deepEqual(await refresh(fresh, family, 1, NOW), { kind: 'gone' })
    }
    assert.equal(await isApiKeyAlive(fresh, key.id), false)
    assert.deepEqual(await refresh(fresh, live, 2, NOW), { kind: 'rotated' })
  })

  test('a sweep takes no more than its limit of each kind, children first, until nothing is left', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const account = await givenAccount(fresh)
    const session = { expiresAtMs: NOW + DAY, idleSeconds: 86_400, idleExpiresAtMs: NOW + DAY }
    const families = []
    for (let count = 0; count < 3; count += 1) {
      const family = await givenGrant(fresh, account, { session })
      for (let generation = 1; generation <= 4; generation += 1) await refresh(fresh, family, generation, NOW)
      families.push(family)
    }

    let rounds = 0
    for (let swept = 1; swept > 0; rounds += 1) {
      swept = await store.sweep(NOW + DAY + 1, 2)
      assert.ok(swept <= 2 * tables.length)
      const orphans = await fresh.rows(
        `select count(*) as orphans from refresh_tokens where grant_id not in (select id from grants)`,
      )
      assert.equal(orphans[0]?.orphans, 0)
      const homeless = await fresh.rows(
        `select count(*) as homeless from grants where session_id not in (select id from sessions)`,
      )
      assert.equal(homeless[0]?.homeless, 0)
      for (const family of families) {
        assert.deepEqual(await refresh(fresh, family, 5, NOW + DAY + 1), { kind: 'gone' })
      }
    }

    assert.ok(rounds > 5)
    assert.ok(Object.values(await countRows(fresh)).every((count) => count === 0))
  })

  test('readiness is answered', async () => {
    await bench().store.ping()
  })
})

onEachDatabase((bench) => {
  const one = (version: string, fingerprint: string) => ({ version, fingerprint })
  const check = ({ engine }: Bench, list: readonly ReturnType<typeof one>[]) =>
    engine.write('checkFingerprints', { list, nowMs: NOW })

  test('a node with other secrets is foreign, and leaves nothing behind', async () => {
    const fresh = await bench().fresh()
    await check(fresh, [one('pepper 1', 'a')])

    assert.equal(await check(fresh, [one('pepper 1', 'b')]), 'foreign')
    assert.equal(await check(fresh, [one('pepper 2', 'a')]), 'foreign')
    assert.equal(await check(fresh, [one('pepper 1', 'b'), one('pepper 2', 'c')]), 'foreign')
    assert.equal(await check(fresh, []), 'foreign')

    const rows = await fresh.rows('select version, fingerprint from secret_fingerprints')
    assert.deepEqual(
      rows.map((row) => ({ ...row })),
      [one('pepper 1', 'a')],
    )
  })

  test('a new version is taken in beside a known one, and then known by itself', async () => {
    const fresh = await bench().fresh()

    assert.equal(await check(fresh, []), 'ok')
    assert.equal(await check(fresh, [one('pepper 1', 'a')]), 'ok')
    assert.equal(await check(fresh, [one('pepper 2', 'b'), one('pepper 1', 'a')]), 'ok')
    assert.equal(await check(fresh, [one('pepper 2', 'b')]), 'ok')
    assert.equal(await check(fresh, [one('pepper 1', 'a'), one('pepper 2', 'c')]), 'foreign')
  })

  test('of two nodes that meet an empty database at once with different secrets, one is foreign', async () => {
    const fresh = await bench().fresh()

    const answers = await Promise.all([
      check(fresh, [one('pepper 1', 'a')]),
      check(fresh, [one('pepper 1', 'b')]),
      check(fresh, [one('pepper 2', 'c')]),
    ])

    assert.deepEqual(answers.sort(), ['foreign', 'foreign', 'ok'])
  })
})
