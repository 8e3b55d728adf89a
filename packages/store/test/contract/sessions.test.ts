/** Sessions: the cap, use and idle time, ending the others, and what a verdict reads. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account, Session } from '@countersign/core'
import { revoke } from '../acts.ts'
import { type Bench, onEachDatabase } from '../bench.ts'
import {
  change,
  DAY,
  ENTRY_EXPIRES,
  givenAccount,
  givenApiKey,
  givenGrant,
  givenRole,
  givenSession,
  MINUTE,
  makeEvent,
  makeId,
  makeSession,
  NOW,
} from '../given.ts'
import { entriesAfter, isSessionAlive } from '../looks.ts'

function open({ store }: Bench, session: Session, sessionsMax: number) {
  return store.openSession({
    session,
    digest: `digest of ${session.id}`,
    grant: null,
    sessionsMax,
    entryExpiresAtMs: ENTRY_EXPIRES,
    audit: makeEvent(),
  })
}

/** Sessions used one minute after another, the first one longest ago. */
async function givenUsed(bench: Bench, account: Account, count: number): Promise<readonly Session[]> {
  const sessions: Session[] = []
  for (let index = 0; index < count; index += 1) {
    const session = await givenSession(bench, account)
    sessions.push(session)
  }
  const uses = sessions.map(({ id }, index) => ({ id, atMs: NOW + (index + 1) * MINUTE, address: null }))
  await bench.store.recordUse({ sessions: uses, apiKeys: [] })
  return sessions
}

onEachDatabase((bench) => {
  test('no session is opened at a position that a rule has passed', async () => {
    const { store } = bench()
    const role = await givenRole(bench())
    const targets = [
      (account: Account) => ({ kind: 'account', id: account.id }) as const,
      () => ({ kind: 'role', id: role.id }) as const,
    ]
    for (const toNode of targets) {
      const account = await givenAccount(bench(), [role.id])
      const { position } = await store.readHead()
      const session = makeSession(account, { issuedPosition: position })
      await revoke(bench(), toNode(account))

      assert.deepEqual(await open(bench(), session, 5), { kind: 'account_gone' })

      assert.equal((await store.readSessionForVerdict(session.id)).found, null)
    }
  })

  test('nor for an account that is unknown, or has ended', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    await store.endAccount({ id: account.id, ...change() })
    const { position } = await store.readHead()
    const audit = makeEvent()

    const answer = await store.openSession({
      session: makeSession(account, { issuedPosition: position }),
      digest: 'd',
      grant: null,
      sessionsMax: 5,
      entryExpiresAtMs: ENTRY_EXPIRES,
      audit,
    })

    assert.deepEqual(answer, { kind: 'account_gone' })
    assert.deepEqual(await bench().rows('select id from audit_events where id = $1', audit.id), [])
  })

  test('an unknown session is answered with the head and nothing', async () => {
    const answer = await bench().store.readSessionForVerdict(makeId('ses'))

    assert.deepEqual(answer, { head: await bench().store.readHead(), found: null })
  })

  test('a session is read for a verdict as it was written, with all that its account may do', async () => {
    const { store } = bench()
    const role = await givenRole(bench(), ['notes:read', 'notes:write'])
    const other = await givenRole(bench(), ['notes:write', 'notes:*'])
    const account = await givenAccount(bench(), [role.id, other.id])
    const session = await givenSession(bench(), account, { acr: 'x', amr: ['pwd', 'otp'], place: 'Bern' })

    const { head, found } = await store.readSessionForVerdict(session.id)

    assert.deepEqual(head, await store.readHead())
    assert.deepEqual(found, {
      session,
      digest: `digest of ${session.id}`,
      principal: {
        kind: 'account',
        id: account.id,
        name: account.name,
        email: account.email,
        audiences: [],
        rights: {
          roles: [role.id, other.id],
          permissions: ['notes:read', 'notes:write', 'notes:*'],
          floor: 0,
          disabledAtMs: null,
        },
      },
    })
  })

  test('a session beyond the cap ends the least recently used one, with a kill', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const sessions = await givenUsed(bench(), account, 3)
    const { position } = await store.readHead()
    const newest = makeSession(account, { issuedPosition: position, createdAtMs: NOW + 5 * MINUTE })

    const answer = await open(bench(), newest, 3)

    const [oldest] = sessions
    assert.deepEqual(answer, { kind: 'opened', endedOverCap: [oldest?.id], device: null })
    assert.deepEqual(await entriesAfter(bench(), position), [
      { kind: 'session', id: oldest?.id, effect: 'kill' },
    ])
    const live = await store.listSessions(account.id, NOW + 5 * MINUTE)
    assert.deepEqual(
      live.map((session) => session.id),
      [newest.id, sessions[2]?.id, sessions[1]?.id],
    )
  })

  test('a cap that was lowered ends all that are too many, and never the new one', async () => {
    const account = await givenAccount(bench())
    const sessions = await givenUsed(bench(), account, 4)
    const newest = makeSession(account, {
      lastSeenAtMs: 0,
      issuedPosition: (await bench().store.readHead()).position,
    })

    const answer = await open(bench(), newest, 1)

    const ids = sessions.map((session) => session.id).sort()
    assert.deepEqual(answer, { kind: 'opened', endedOverCap: ids, device: null })
    assert.equal(await isSessionAlive(bench(), newest.id), true)
  })

  test('sessions that are dead already take no room under the cap', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const { position } = await store.readHead()
    await givenSession(bench(), account, { expiresAtMs: NOW + 1 })
    await givenSession(bench(), account, { idleExpiresAtMs: NOW + 1 })
    const ended = await givenSession(bench(), account)
    await revoke(bench(), { kind: 'session', id: ended.id })
    const revoked = await givenSession(bench(), account, { issuedPosition: position })
    await revoke(bench(), { kind: 'account', id: account.id })
    const live = await givenSession(bench(), account)
    const head = await store.readHead()

    const session = makeSession(account, { issuedPosition: head.position, createdAtMs: NOW + 1 })
    const answer = await open(bench(), session, 2)

    assert.deepEqual(answer, { kind: 'opened', endedOverCap: [], device: null })
    assert.equal(await isSessionAlive(bench(), live.id), true)
    assert.equal(await isSessionAlive(bench(), revoked.id), false)
  })

  test('many sign-ins at once leave no more sessions than the cap', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())

    const answers = await Promise.all(
      Array.from({ length: 12 }, async () =>
        open(bench(), makeSession(account, { issuedPosition: (await store.readHead()).position }), 3),
      ),
    )

    const ended = answers.flatMap((answer) => (answer.kind === 'opened' ? answer.endedOverCap : []))
    assert.equal((await store.listSessions(account.id, NOW)).length, 3)
    assert.equal(new Set(ended).size, 9)
    assert.equal(ended.length, 9)
  })
})

onEachDatabase((bench) => {
  test('use never revives: not what ended, expired, or lay idle too long', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const ended = await givenSession(bench(), account)
    await revoke(bench(), { kind: 'session', id: ended.id })
    const idle = await givenSession(bench(), account)
    const expired = await givenSession(bench(), account, {
      expiresAtMs: NOW + MINUTE,
      idleExpiresAtMs: NOW + MINUTE,
    })
    const before = await Promise.all([ended, idle, expired].map(({ id }) => store.readSessionForVerdict(id)))

    const uses = [
      { id: ended.id, atMs: NOW + 1, address: '198.51.100.7' },
      { id: idle.id, atMs: idle.idleExpiresAtMs, address: '198.51.100.7' },
      { id: expired.id, atMs: NOW + MINUTE, address: '198.51.100.7' },
      { id: makeId('ses'), atMs: NOW + 1, address: '198.51.100.7' },
    ]
    await store.recordUse({ sessions: uses, apiKeys: [] })

    const after = await Promise.all([ended, idle, expired].map(({ id }) => store.readSessionForVerdict(id)))
    assert.deepEqual(
      after.map(({ found }) => found?.session),
      before.map(({ found }) => found?.session),
    )
  })

  test('use moves the idle deadline forward, never back, never past the absolute end', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const session = await givenSession(bench(), account, { expiresAtMs: NOW + 50 * MINUTE })
    const use = (atMs: number, address: string | null) =>
      store.recordUse({ sessions: [{ id: session.id, atMs, address }], apiKeys: [] })
    const read = async () => {
      const { found } = await store.readSessionForVerdict(session.id)
      return [found?.session.lastSeenAtMs, found?.session.idleExpiresAtMs, found?.session.lastAddress]
    }

    await use(NOW + 10 * MINUTE, '198.51.100.7')
    assert.deepEqual(await read(), [NOW + 10 * MINUTE, NOW + 40 * MINUTE, '198.51.100.7'])
    await use(NOW + 5 * MINUTE, '203.0.113.9')
    assert.deepEqual(await read(), [NOW + 10 * MINUTE, NOW + 40 * MINUTE, '198.51.100.7'])
    await use(NOW + 30 * MINUTE, null)
    assert.deepEqual(await read(), [NOW + 30 * MINUTE, NOW + 50 * MINUTE, '198.51.100.7'])
  })

  test('an idle deadline that was set further than its seconds is not pulled in by use', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const session = await givenSession(bench(), account, { idleSeconds: 60, idleExpiresAtMs: NOW + DAY })

    await store.recordUse({ sessions: [{ id: session.id, atMs: NOW + 1, address: null }], apiKeys: [] })

    const { found } = await store.readSessionForVerdict(session.id)
    assert.equal(found?.session.idleExpiresAtMs, NOW + DAY)
  })

  test('use of an API key is counted, and the latest use is shown', async () => {
    const { store, rows } = bench()
    const account = await givenAccount(bench())
    const { id } = await givenApiKey(bench(), account.id)

    await store.recordUse({ sessions: [], apiKeys: [{ id, atMs: NOW + 9, address: '192.0.2.9', count: 3 }] })
    await store.recordUse({ sessions: [], apiKeys: [{ id, atMs: NOW + 5, address: '192.0.2.5', count: 4 }] })

    const key = await store.readApiKey(id)
    assert.deepEqual([key?.lastUsedAtMs, key?.lastAddress], [NOW + 9, '192.0.2.9'])
    const [row] = await rows('select use_count from api_keys where id = $1', id)
    assert.equal(row?.use_count, 7)
  })

  test('reports that name the same rows in another order do not collide', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const sessions = await givenUsed(bench(), account, 20)
    const uses = sessions.map(({ id }) => ({ id, atMs: NOW + 25 * MINUTE, address: null }))

    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        store.recordUse({ sessions: index % 2 === 0 ? uses : uses.toReversed(), apiKeys: [] }),
      ),
    )

    const live = await store.listSessions(account.id, NOW + 26 * MINUTE)
    assert.ok(live.every((session) => session.lastSeenAtMs === NOW + 25 * MINUTE))
  })

  test('ending the others keeps one, and kills each of the rest once', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const stranger = await givenSession(bench(), await givenAccount(bench()))
    const sessions = await givenUsed(bench(), account, 4)
    const [keep, ...others] = sessions
    const { position } = await store.readHead()
    assert.ok(keep)

    const end = () => store.endOtherSessions({ account: account.id, keep: keep.id, ...change() })
    const answers = await Promise.all([end(), end(), end()])

    const ended = answers.flatMap((answer) => answer.ended).sort()
    assert.deepEqual(ended, others.map((session) => session.id).sort())
    assert.deepEqual((await entriesAfter(bench(), position)).map((entry) => entry.id).sort(), ended)
    assert.equal(await isSessionAlive(bench(), keep.id), true)
    assert.equal(await isSessionAlive(bench(), stranger.id), true)
  })

  test('it also ends a session that looks idle, which a report on its way could still move', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const idle = await givenSession(bench(), account)
    const later = { ...change(), nowMs: NOW + 40 * MINUTE }

    await store.endOtherSessions({ account: account.id, keep: null, ...later })
    await store.recordUse({
      sessions: [{ id: idle.id, atMs: NOW + 29 * MINUTE, address: null }],
      apiKeys: [],
    })

    assert.equal(await isSessionAlive(bench(), idle.id, NOW + 41 * MINUTE), false)
  })

  test('a list shows only what is alive', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const { position } = await store.readHead()
    await givenSession(bench(), account, { expiresAtMs: NOW + 1 })
    await givenSession(bench(), account, { idleExpiresAtMs: NOW + 1 })
    const [ended] = await givenUsed(bench(), account, 1)
    assert.ok(ended)
    await revoke(bench(), { kind: 'session', id: ended.id })
    await givenSession(bench(), account, { issuedPosition: position })
    await revoke(bench(), { kind: 'account', id: account.id })
    const { session } = await givenGrant(bench(), account)

    const listed = await store.listSessions(account.id, NOW + 1)

    assert.deepEqual(listed, [session])
  })
})
