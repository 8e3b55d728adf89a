/** The revocation log: dense positions in the order of commits, and no change seen without its entry. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { Account } from '@countersign/core'
import type { RevocationEntry } from '@countersign/protocol'
import fc from 'fast-check'
import { readHeadAndIssuer } from '../../src/reads/log.ts'
import { all, type Row, type Script } from '../../src/script.ts'
import { present, revoke } from '../acts.ts'
import { type Bench, EPOCH, onEachDatabase } from '../bench.ts'
import {
  change,
  DAY,
  givenAccount,
  givenApiKey,
  givenGrant,
  givenRole,
  givenSession,
  HOUR,
  MINUTE,
  makeEvent,
  makeId,
  NOW,
} from '../given.ts'
import { entriesAfter, isApiKeyAlive, isSessionAlive } from '../looks.ts'

onEachDatabase((bench) => {
  test('an empty log stands at position 0 of its epoch', async () => {
    const { store } = await bench().fresh()

    assert.deepEqual(await store.readHead(), { epoch: EPOCH, position: 0 })
    assert.deepEqual(await store.readEntries(0, 10), {
      head: { epoch: EPOCH, position: 0 },
      followedAtMs: null,
      prunedUntilMs: null,
      entries: [],
    })
  })

  test('a log without an epoch answers nobody', async () => {
    const { store, tamper } = await bench().fresh()
    await tamper(`update log_head set epoch = ''`)

    await assert.rejects(store.readHead(), /epoch/)
    await assert.rejects(store.readEntries(0, 1), /epoch/)
  })

  test('the first epoch stays', async () => {
    const { store, engine } = await bench().fresh()

    await engine.write('beginEpoch', { epoch: 'later' })

    assert.equal((await store.readHead()).epoch, EPOCH)
  })

  test('entries are read after a position, in order, and no more than asked for', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const account = await givenAccount(fresh)
    const ids = []
    for (let count = 0; count < 3; count += 1) ids.push((await givenSession(fresh, account)).id)
    for (const id of ids) await revoke(fresh, { kind: 'session', id })
    await revoke(fresh, { kind: 'account', id: account.id })

    const { head, entries } = await store.readEntries(1, 2)
    const rest = await store.readEntries(3, 2)

    const expiresAtMs = NOW + HOUR
    assert.deepEqual(head, { epoch: EPOCH, position: 4 })
    assert.deepEqual(entries, [
      { position: 2, kind: 'session', id: ids[1], expiresAtMs },
      { position: 3, kind: 'session', id: ids[2], expiresAtMs },
    ])
    const rule = { position: 4, kind: 'account', id: account.id, issuedBeforePosition: 4, expiresAtMs }
    assert.deepEqual(rest.entries, [rule])
    assert.deepEqual((await store.readEntries(99, 2)).entries, [])
  })

  test('nothing is pruned before it has been expired for as long as the longest lease', async () => {
    const fresh = await bench().fresh()
    await givenEntries(fresh, [NOW, NOW + HOUR])

    assert.equal(await fresh.store.pruneLog(NOW + MINUTE - 1, 0), 0)

    const { prunedUntilMs, entries } = await fresh.store.readEntries(0, 10)
    assert.equal(prunedUntilMs, null)
    assert.equal(entries.length, 2)
  })

  test('pruning keeps what has not expired, and the newest positions', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    await givenEntries(fresh, [NOW, NOW + HOUR, NOW + 1, NOW, NOW])

    const pruned = await store.pruneLog(NOW + MINUTE, 1)

    assert.equal(pruned, 2)
    const { head, entries } = await store.readEntries(0, 10)
    assert.equal(head.position, 5)
    assert.deepEqual(
      entries.map((entry) => entry.position),
      [2, 3, 5],
    )
  })

  test('the latest end of what was pruned is kept with the head and never goes back', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const prunedUntil = async () => (await store.readEntries(0, 10)).prunedUntilMs
    await givenEntries(fresh, [NOW + 5, NOW + 9, NOW + 7])

    await store.pruneLog(NOW + MINUTE + 8, 0)
    assert.equal(await prunedUntil(), NOW + 7)
    await store.pruneLog(NOW + MINUTE + 9, 0)
    assert.equal(await prunedUntil(), NOW + 9)
    await givenEntries(fresh, [NOW + 3])
    assert.equal(await store.pruneLog(NOW + DAY, 0), 1)
    assert.equal(await store.pruneLog(NOW + DAY, 0), 0)

    assert.equal(await prunedUntil(), NOW + 9)
    await store.startEpoch('second-epoch', makeEvent())
    assert.equal(await prunedUntil(), NOW + 9)
  })

  test('the first time that somebody followed the log stays', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh

    await Promise.all([store.markFollowed(NOW), store.markFollowed(NOW)])
    await store.markFollowed(NOW + 1)

    assert.equal((await store.readEntries(0, 1)).followedAtMs, NOW)
    assert.deepEqual(await store.readHead(), { epoch: EPOCH, position: 0 })
  })

  test('a new epoch ends everything issued before it, and nothing issued after', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const account = await givenAccount(fresh)
    const session = await givenSession(fresh, account)
    const key = await givenApiKey(fresh, account.id)
    const audit = makeEvent()

    const head = await store.startEpoch('second-epoch', audit)

    assert.deepEqual(head, { epoch: 'second-epoch', position: 1 })
    assert.deepEqual(await store.readHead(), head)
    assert.equal((await entriesAfter(fresh, 0)).length, 1)
    assert.equal(await isSessionAlive(fresh, session.id), false)
    assert.equal(await isApiKeyAlive(fresh, key.id), false)
    assert.equal(await isSessionAlive(fresh, (await givenSession(fresh, account)).id), true)
    assert.equal(
      (await store.listAudit(allEvents)).some(({ event }) => event.id === audit.id),
      true,
    )
  })
})

/** Entries with these ends, one position each. */
async function givenEntries({ store }: Bench, ends: readonly number[]): Promise<void> {
  const node = { kind: 'access_token', id: makeId('jwt') } as const
  for (const entryExpiresAtMs of ends) {
    await store.revoke({ id: makeId('rev'), node, ...change(), entryExpiresAtMs })
  }
}

const allEvents = {
  limit: 100,
  after: null,
  type: null,
  actorId: null,
  targetId: null,
  sinceMs: null,
  untilMs: null,
}

interface Snapshot {
  readonly epoch: string
  readonly position: number
  readonly entries: readonly Row[]
  readonly ended: readonly Row[]
  readonly raised: readonly Row[]
  readonly changed: readonly Row[]
}

const looks = {
  entries: {
    name: 'test_entries',
    text: 'select position, kind, node_id from revocations order by position',
  },
  ended: { name: 'test_ended', text: 'select id from sessions where ended_at is not null' },
  raised: {
    name: 'test_raised',
    text: `select 'account' as kind, id, revoked_before from accounts where revoked_before > 0
      union all select 'role' as kind, id, revoked_before from roles where revoked_before > 0`,
  },
  changed: { name: 'test_changed', text: `select id from accounts where name = 'Changed'` },
}

/** The state and the log as one snapshot shows them. */
function* takeSnapshot(): Script<Snapshot> {
  const { head } = yield* readHeadAndIssuer()
  // State first, as if to give a change the time to slip in between the two.
  const ended = yield* all(looks.ended)
  const raised = yield* all(looks.raised)
  const changed = yield* all(looks.changed)
  const entries = yield* all(looks.entries)
  return { ...head, entries, ended, raised, changed }
}

function check(snapshot: Snapshot, before: Snapshot | undefined): void {
  const { entries, position } = snapshot
  assert.equal(entries.length, position)
  assert.ok(entries.every((entry, index) => entry.position === index + 1))
  const keys = new Set(entries.map((entry) => `${entry.kind} ${entry.node_id}`))
  const atPosition = new Set(entries.map((entry) => `${entry.kind} ${entry.node_id} ${entry.position}`))
  for (const { id } of snapshot.ended) assert.ok(keys.has(`session ${id}`), 'ended without a kill')
  for (const { id } of snapshot.changed) assert.ok(keys.has(`account ${id}`), 'changed without a rule')
  for (const { kind, id, revoked_before } of snapshot.raised) {
    assert.ok(atPosition.has(`${kind} ${id} ${revoked_before}`), 'revoked without a rule')
  }
  // What was seen stays, and nothing appears below a head that was seen.
  if (before !== undefined) assert.deepEqual(entries.slice(0, before.position), before.entries)
}

const operations = [
  'revokeSession',
  'revokeAccount',
  'revokeRole',
  'rename',
  'endOthers',
  'token',
  'reuse',
] as const

async function prepare(
  bench: Bench,
  operation: (typeof operations)[number],
): Promise<() => Promise<unknown>> {
  const { store } = bench
  const role = await givenRole(bench)
  const account = await givenAccount(bench, [role.id])
  const session = await givenSession(bench, account)
  switch (operation) {
    case 'revokeSession':
      return () => revoke(bench, { kind: 'session', id: session.id })
    case 'revokeAccount':
      return () => revoke(bench, { kind: 'account', id: account.id })
    case 'revokeRole':
      return () => revoke(bench, { kind: 'role', id: role.id })
    case 'rename':
      return () => store.changeAccount({ id: account.id, name: 'Changed', ...change() })
    case 'endOthers':
      await givenSession(bench, account)
      return () => store.endOtherSessions({ account: account.id, keep: null, ...change() })
    case 'token':
      return () => revoke(bench, { kind: 'access_token', id: makeId('jwt') })
    case 'reuse':
      return prepareReuse(bench, account)
  }
}

async function prepareReuse(bench: Bench, account: Account) {
  const family = await givenGrant(bench, account)
  await present(bench, family, 1)
  return () => present(bench, family, 1, { graceMs: 0 })
}

onEachDatabase((bench) => {
  test('positions are dense and in the order of commits, and no snapshot sees a change without its entry', async () => {
    const fresh = await bench().fresh()
    const plans = fc.array(fc.constantFrom(...operations), { minLength: 2, maxLength: 16 })
    let before: Snapshot | undefined
    const look = async () => {
      const snapshot = await fresh.engine.read(takeSnapshot)
      check(snapshot, before)
      before = snapshot
    }
    const property = fc.asyncProperty(plans, async (plan) => {
      const writes: (() => Promise<unknown>)[] = []
      for (const operation of plan) writes.push(await prepare(fresh, operation))
      let running = true
      const writing = Promise.all(writes.map((write) => write())).finally(() => {
        running = false
      })
      while (running) {
        await look()
        // SQLite answers reads without a turn of the event loop, in which writes are sent.
        await setImmediate()
      }
      await writing
      await look()
    })

    await fc.assert(property, { numRuns: 25 })

    assert.ok((before?.position ?? 0) > 25)
  })

  test('an entry that was acknowledged is in every later answer', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())

    const positions = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const answer = await revoke(bench(), { kind: 'account', id: account.id })
        assert.equal(answer.kind, 'revoked')
        const position = answer.kind === 'revoked' ? answer.position : 0
        const { entries } = await store.readEntries(position - 1, 1)
        assert.equal(entries[0]?.position, position)
        return position
      }),
    )

    assert.equal(new Set(positions).size, 20)
    const last: RevocationEntry | undefined = (await store.readEntries(Math.max(...positions) - 1, 1))
      .entries[0]
    const { found } = await store.readSessionForVerdict((await givenSession(bench(), account)).id)
    assert.equal(found?.principal.rights.floor, last?.position)
  })
})
