/** Opening a store: what is made, what is checked, and what is refused. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { StoreUnavailable } from '@countersign/core'
import { requireTestDatabase } from '@countersign/tools/postgres'
import { migratePostgres, migrateSqlite } from './migrate.ts'
import { migrations } from './migrations.ts'
import { type OpenSettings, type OpenStore, openPostgresStore, openSqliteStore } from './open.ts'

const settings: OpenSettings = { epoch: 'first', nowMs: 1_800_000_000_000 }
const future = { id: migrations.length + 1, name: 'future', statements: ['create table future (id text)'] }

interface Place {
  open(over?: Partial<OpenSettings>): Promise<OpenStore>
  /** A database without tables. */
  makeEmpty(): Promise<void>
  /** Brings the database to a later version's schema. */
  outgrow(): Promise<unknown>
}

const places: Record<string, (t: TestContext) => Promise<Place | undefined>> = {
  sqlite: async (t) => {
    const file = makeFile(t)
    return {
      open: (over) => openSqliteStore({ ...settings, ...over, file }),
      makeEmpty: async () => writeFileSync(file, ''),
      outgrow: () => migrateSqlite(file, [...migrations, future], 0),
    }
  },
  postgres: async (t) => {
    const url = await requireTestDatabase(t)
    if (url === undefined) return undefined
    return {
      open: (over) => openPostgresStore({ ...settings, ...over, url }),
      makeEmpty: async () => {},
      outgrow: () => migratePostgres(url, [...migrations, future], 0),
    }
  },
}

function makeFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-open-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'countersign.db')
}

test('a file that is missing is not made by a check', async (t) => {
  const file = makeFile(t)

  await assert.rejects(openSqliteStore({ ...settings, file, schema: 'check' }), /no database .*: migrate/)

  assert.equal(existsSync(file), false)
})

for (const [kind, toPlace] of Object.entries(places)) {
  describe(kind, () => {
    test('a check refuses an empty database and changes nothing', async (t) => {
      const place = await toPlace(t)
      if (place === undefined) return
      await place.makeEmpty()

      await assert.rejects(place.open({ schema: 'check' }), /no tables of Countersign yet/)
      await assert.rejects(place.open({ schema: 'check' }), /no tables of Countersign yet/)

      const store = await place.open()
      await store.close()
      const checked = await place.open({ schema: 'check', epoch: 'second' })
      t.after(() => checked.close())

      assert.deepEqual(await checked.readHead(), { epoch: 'first', position: 0 })
    })

    test('a database of a later version is refused, by a check and without', async (t) => {
      const place = await toPlace(t)
      if (place === undefined) return
      await place.outgrow()

      await assert.rejects(place.open({ schema: 'check' }), /stands at migration .* future/)
      await assert.rejects(place.open(), /does not know/)
    })

    test('whoever opens a database first gives the log its epoch', async (t) => {
      const place = await toPlace(t)
      if (place === undefined) return

      const first = await place.open()
      const second = await place.open({ epoch: 'second' })
      t.after(() => Promise.all([first.close(), second.close()]))

      assert.deepEqual(await second.readHead(), { epoch: 'first', position: 0 })
    })

    test('a store that is closed answers nobody, and what it wrote is there when it is opened again', async (t) => {
      const place = await toPlace(t)
      if (place === undefined) return
      const store = await place.open()
      await store.offerSetupTicket('digest', settings.nowMs + 1)
      assert.equal(await store.checkFingerprints([{ version: '1', fingerprint: 'a' }], 1), 'ok')
      await store.close()

      await assert.rejects(store.readHead(), StoreUnavailable)
      await assert.rejects(store.offerSetupTicket('other', settings.nowMs + 1), StoreUnavailable)

      const again = await place.open()
      t.after(() => again.close())
      assert.equal(await again.checkFingerprints([{ version: '1', fingerprint: 'b' }], 2), 'foreign')
    })
  })
}

test('a database that cannot be reached is an outage', async () => {
  const url = 'postgres://nobody@127.0.0.1:1/nothing'

  await assert.rejects(openPostgresStore({ ...settings, url }), StoreUnavailable)
  await assert.rejects(openPostgresStore({ ...settings, url, schema: 'check' }), StoreUnavailable)
})
