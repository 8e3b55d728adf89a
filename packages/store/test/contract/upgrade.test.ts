/**
 * A database as each earlier version left it, with data in it, is brought up to this one without losing any;
 * and a node of that version, which is still running, goes on writing into it.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Store } from '@countersign/core'
import { requireTestDatabase } from '@countersign/tools/postgres'
import { migratePostgres, migrateSqlite } from '../../src/migrate.ts'
import { migrations } from '../../src/migrations.ts'
import { openPostgresStore, openSqliteStore } from '../../src/open.ts'
import { openPostgresEngine } from '../../src/postgres/engine.ts'
import { openSqliteEngine } from '../../src/sqlite/engine.ts'
import { makeId, NOW } from '../given.ts'
import { createFolder } from '../given-sqlite.ts'
import { type TestTransactions, transactions } from '../transactions.ts'

interface Old {
  /** Runs SQL as the old version wrote it. */
  write(text: string): Promise<void>
  upgrade(): Promise<Store>
}

const upTo = (id: number) => migrations.slice(0, id)

async function openSqlite(t: TestContext, version: number): Promise<Old> {
  const file = join(createFolder(t), 'data.db')
  await migrateSqlite(file, upTo(version), 0)
  const transactionsModule = new URL('../transactions.ts', import.meta.url)
  const engine = await openSqliteEngine<TestTransactions>({ file, transactionsModule })
  t.after(() => engine.close())
  return toOld(engine, async () => {
    const store = await openSqliteStore({ file, epoch: 'unused', nowMs: NOW })
    t.after(() => store.close())
    return store
  })
}

async function openPostgres(t: TestContext, version: number): Promise<Old | null> {
  const url = await requireTestDatabase(t)
  if (url === undefined) return null
  await migratePostgres(url, upTo(version), 0)
  const engine = await openPostgresEngine<TestTransactions>({ url }, transactions)
  t.after(() => engine.close())
  return toOld(engine, async () => {
    const store = await openPostgresStore({ url, epoch: 'unused', nowMs: NOW })
    t.after(() => store.close())
    return store
  })
}

type OldEngine = Awaited<ReturnType<typeof openSqliteEngine<TestTransactions>>>

function toOld(engine: OldEngine, upgrade: () => Promise<Store>): Old {
  let count = 0
  return {
    write: async (text) => {
      count += 1
      await engine.write('tamper', { name: `old_${count}`, text, values: [] })
    },
    upgrade,
  }
}

for (const [name, open] of [
  ['SQLite', openSqlite],
  ['Postgres', openPostgres],
] as const) {
  test(`${name}: a database of version 1 keeps its log, its sessions and its signing keys`, async (t) => {
    const old = await open(t, 1)
    if (old === null) return
    const ids = makeIds()
    for (const text of dataOfVersion1(ids)) await old.write(text)

    const store = await old.upgrade()

    const page = await store.readEntries(0, 10)
    assert.deepEqual(page, {
      head: { epoch: 'old-epoch', position: 2 },
      followedAtMs: null,
      prunedUntilMs: null,
      entries: [
        { position: 1, kind: 'session', id: ids.dead, expiresAtMs: NOW },
        { position: 2, kind: 'account', id: ids.account, issuedBeforePosition: 2, expiresAtMs: NOW + 1 },
      ],
    })
    const { found } = await store.readSessionForVerdict(ids.session)
    assert.equal(found?.session.id, ids.session)
    assert.equal(found?.principal.rights.floor, 2)
    assert.deepEqual(
      (await store.listSigningKeys()).map(({ id, publishedPosition }) => ({ id, publishedPosition })),
      [{ id: ids.key, publishedPosition: 2 }],
    )
  })

  test(`${name}: a node of version 1 that is still running appends, and it is read by the new one`, async (t) => {
    const old = await open(t, 1)
    if (old === null) return
    const ids = makeIds()
    for (const text of dataOfVersion1(ids)) await old.write(text)
    const store = await old.upgrade()
    await store.markFollowed(NOW)

    await old.write('update log_head set position = position + 1')
    await old.write(`insert into revocations (position, id, kind, node_id, issued_before_position, at, expires_at)
      values (3, null, 'session', '${ids.session}', null, ${NOW}, ${NOW + 2})`)

    await old.write(`insert into signing_keys (id, algorithm, state, sealed_private_key, created_at)
      values ('${ids.next}', 'HS256', 'next', 'sealed', ${NOW})`)

    const page = await store.readEntries(2, 10)
    assert.equal(page.followedAtMs, NOW)
    assert.deepEqual(page.head, { epoch: 'old-epoch', position: 3 })
    assert.deepEqual(page.entries, [{ position: 3, kind: 'session', id: ids.session, expiresAtMs: NOW + 2 }])
  })
}

const makeIds = () => ({
  account: makeId('acc'),
  session: makeId('ses'),
  dead: makeId('ses'),
  key: makeId('sig'),
  next: makeId('sig'),
})
type OldIds = ReturnType<typeof makeIds>

/** Rows as version 1 wrote them. */
const dataOfVersion1 = ({ account, session, dead, key }: OldIds): readonly string[] => [
  `update log_head set epoch = 'old-epoch', position = 2`,
  `insert into accounts (id, email, name, created_at, revoked_before)
    values ('${account}', 'ada@example.com', 'Ada', ${NOW}, 2)`,
  `insert into principal_roles (principal_id, role_id) values ('${account}', 'member')`,
  ...[session, dead].map(
    (
      id,
    ) => `insert into sessions (id, account_id, digest, created_at, expires_at, idle_seconds, idle_expires_at,
      last_seen_at, ended_at, issued_position, auth_time, amr, delivery) values ('${id}', '${account}', 'digest',
      ${NOW}, ${NOW + 9}, 9, ${NOW + 9}, ${NOW}, ${id === dead ? NOW : 'null'}, 2, ${NOW}, '["pwd"]', 'cookie')`,
  ),
  `insert into revocations (position, id, kind, node_id, issued_before_position, at, expires_at) values
    (1, '${makeId('rev')}', 'session', '${dead}', null, ${NOW}, ${NOW}),
    (2, '${makeId('rev')}', 'account', '${account}', 2, ${NOW}, ${NOW + 1})`,
  `insert into signing_keys (id, algorithm, state, public_jwk, sealed_private_key, created_at, promoted_at)
    values ('${key}', 'ES256', 'current', '{"kty":"EC"}', 'sealed', ${NOW}, ${NOW})`,
]
