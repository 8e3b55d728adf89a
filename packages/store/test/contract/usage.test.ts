/** Hourly counts of API keys: added up, bounded, listed from the newest, swept. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type HourOfUse, OTHER_ROUTE, ROUTES_PER_HOUR_MAX } from '@countersign/core'
import type { ApiKeyId } from '@countersign/protocol'
import { type Bench, onEachDatabase } from '../bench.ts'
import { givenAccount, givenApiKey, HOUR, makeHour, makeId, NOW } from '../given.ts'

const record = ({ store }: Bench, id: ApiKeyId, ...hours: readonly Partial<HourOfUse>[]): Promise<void> =>
  store.recordUse({ sessions: [], apiKeys: [], hours: hours.map((over) => ({ id, ...makeHour(over) })) })

const list = ({ store }: Bench, id: ApiKeyId): Promise<readonly HourOfUse[]> =>
  store.listApiKeyUsage(id, null, 1000)

onEachDatabase((bench) => {
  test('a report that arrives late adds to the counts and does not move the last use back', async () => {
    const id = makeId('key')

    await record(bench(), id, { count: 2, lastAtMs: NOW + 9, lastAddress: '192.0.2.9' })
    await record(bench(), id, { count: 3, refused: 1, lastAtMs: NOW + 5, lastAddress: '192.0.2.5' })
    await record(bench(), id, { count: 0, refused: 4, lastAtMs: NOW + 10, lastAddress: null })

    const summed = { count: 5, refused: 5, lastAtMs: NOW + 10, lastAddress: '192.0.2.9' }
    assert.deepEqual(await list(bench(), id), [makeHour(summed)])
  })

  test('keys, hours, routes and reporters are counted apart, and the newest hour is listed first', async () => {
    const [id, other] = [makeId('key'), makeId('key')]
    const verifier = makeId('svc')

    await record(bench(), id, {}, { route: 'other' }, { hourMs: NOW + HOUR }, { reportedBy: verifier })
    await record(bench(), other, { count: 7 })

    const places = (await list(bench(), id)).map(({ hourMs, reportedBy, route }) => [
      hourMs,
      reportedBy,
      route,
    ])
    assert.deepEqual(places, [
      [NOW + HOUR, null, 'read_note'],
      [NOW, verifier, 'read_note'],
      [NOW, null, 'read_note'],
      [NOW, null, 'other'],
    ])
    assert.deepEqual(await list(bench(), other), [makeHour({ count: 7 })])
  })

  test('pages follow one another without a gap or a repetition', async () => {
    const id = makeId('key')
    for (let hour = 0; hour < 4; hour += 1)
      await record(bench(), id, ...['a', 'b', 'c'].map((route) => ({ route, hourMs: NOW + hour * HOUR })))

    const found: HourOfUse[] = []
    for (;;) {
      const page = await bench().store.listApiKeyUsage(id, found.at(-1) ?? null, 5)
      if (page.length === 0) break
      found.push(...page)
    }

    assert.deepEqual(found, await list(bench(), id))
    assert.equal(found.length, 12)
  })

  test('routes beyond the bound of one hour are counted together, and no count is lost', async () => {
    const id = makeId('key')
    const routes = Array.from({ length: ROUTES_PER_HOUR_MAX + 20 }, (_, index) => ({
      route: `route-${index}`,
    }))

    await record(bench(), id, ...routes)
    await record(bench(), id, ...routes)

    const hours = await list(bench(), id)
    assert.equal(hours.length, ROUTES_PER_HOUR_MAX + 1)
    assert.equal(hours.find(({ route }) => route === OTHER_ROUTE)?.count, 40)
    assert.equal(
      hours.reduce((sum, { count }) => sum + count, 0),
      routes.length * 2,
    )
  })

  test('reports at once add up, in whatever order they name the same rows', async () => {
    const ids = Array.from({ length: 5 }, () => makeId('key'))
    const hours = ids.map((id) => ({ id, ...makeHour() }))

    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        bench().store.recordUse({
          sessions: [],
          apiKeys: [],
          hours: index % 2 === 0 ? hours : hours.toReversed(),
        }),
      ),
    )

    for (const id of ids) assert.deepEqual(await list(bench(), id), [makeHour({ count: 20 })])
  })

  test('old hours are swept, so many at a time, and the others stay', async () => {
    const fresh = await bench().fresh()
    const id = makeId('key')
    for (let hour = 0; hour < 6; hour += 1) await record(fresh, id, { hourMs: NOW + hour * HOUR })

    assert.equal(await fresh.store.sweepUsage(NOW, 10), 0)
    assert.equal(await fresh.store.sweepUsage(NOW + 5 * HOUR, 3), 3)
    assert.equal(await fresh.store.sweepUsage(NOW + 5 * HOUR, 3), 2)

    assert.deepEqual(await list(fresh, id), [makeHour({ hourMs: NOW + 5 * HOUR })])
  })

  test('audiences are read of many keys at once, and not of keys that nobody has', async () => {
    const account = await givenAccount(bench())
    const wanted = new Map<ApiKeyId, readonly string[]>()
    for (let count = 0; count < 53; count += 1) {
      const audiences = count % 2 === 0 ? [] : [`https://api-${count}.example.com`]
      wanted.set((await givenApiKey(bench(), account.id, { audiences })).id, audiences)
    }

    const found = await bench().store.readApiKeyAudiences([...wanted.keys(), makeId('key')])

    assert.deepEqual(found, wanted)
    assert.equal((await bench().store.readApiKeyAudiences([])).size, 0)
  })
})
