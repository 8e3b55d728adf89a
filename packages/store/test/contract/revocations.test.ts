/** Revoking every kind of node: what it ends, what it counts, and what it leaves alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type NodeKind, nodeKinds, type PathNode } from '@countersign/protocol'
import { present, revoke } from '../acts.ts'
import { type Bench, onEachDatabase } from '../bench.ts'
import {
  change,
  ENTRY_EXPIRES,
  type Family,
  givenAccount,
  givenApiKey,
  givenGrant,
  givenRole,
  givenServiceAccount,
  givenSession,
  HOUR,
  makeEvent,
  makeId,
  makeSigningKey,
  NOW,
} from '../given.ts'
import { entriesAfter, isApiKeyAlive, isSessionAlive } from '../looks.ts'

const ISSUER = 'https://issuer.example.com'

/** One of everything, under one account with a role, and a program with a key. */
async function givenTree(bench: Bench) {
  const role = await givenRole(bench)
  const account = await givenAccount(bench, [role.id])
  const session = await givenSession(bench, account)
  const family = await givenGrant(bench, account)
  const key = await givenApiKey(bench, account.id)
  const program = await givenServiceAccount(bench, [role.id])
  const programKey = await givenApiKey(bench, program.id)
  return { role, account, session, family, key, program, programKey }
}
type Tree = Awaited<ReturnType<typeof givenTree>>

const isFamilyAlive = async (bench: Bench, family: Family): Promise<boolean> =>
  (await present(bench, family, 1)).kind === 'rotated'

async function aliveIn(bench: Bench, tree: Tree): Promise<readonly string[]> {
  const alive = {
    session: await isSessionAlive(bench, tree.session.id),
    familySession: await isSessionAlive(bench, tree.family.session.id),
    key: await isApiKeyAlive(bench, tree.key.id),
    programKey: await isApiKeyAlive(bench, tree.programKey.id),
    family: await isFamilyAlive(bench, tree.family),
  }
  return Object.entries(alive).flatMap(([name, is]) => (is ? [name] : []))
}

interface Case {
  readonly node: (tree: Tree) => PathNode
  readonly effect: 'kill' | 'rule'
  readonly ended: { sessions: number; grants: number; apiKeys: number }
  readonly alive: readonly string[]
}

const all = ['session', 'familySession', 'key', 'programKey', 'family']
const allBut = (...names: string[]): readonly string[] => all.filter((name) => !names.includes(name))

// What lives under each kind of node, and what of the tree is left after it was revoked.
const cases: Partial<Record<NodeKind, Case>> = {
  session: {
    node: ({ session }) => ({ kind: 'session', id: session.id }),
    effect: 'kill',
    ended: { sessions: 1, grants: 0, apiKeys: 0 },
    alive: allBut('session'),
  },
  grant: {
    node: ({ family }) => ({ kind: 'grant', id: family.grant.id }),
    effect: 'kill',
    ended: { sessions: 0, grants: 1, apiKeys: 0 },
    alive: allBut('family'),
  },
  api_key: {
    node: ({ key }) => ({ kind: 'api_key', id: key.id }),
    effect: 'kill',
    ended: { sessions: 0, grants: 0, apiKeys: 1 },
    alive: allBut('key'),
  },
  access_token: {
    node: () => ({ kind: 'access_token', id: makeId('jwt') }),
    effect: 'kill',
    ended: { sessions: 0, grants: 0, apiKeys: 0 },
    alive: all,
  },
  account: {
    node: ({ account }) => ({ kind: 'account', id: account.id }),
    effect: 'rule',
    ended: { sessions: 2, grants: 1, apiKeys: 1 },
    alive: ['programKey'],
  },
  service_account: {
    node: ({ program }) => ({ kind: 'service_account', id: program.id }),
    effect: 'rule',
    ended: { sessions: 0, grants: 0, apiKeys: 1 },
    alive: allBut('programKey'),
  },
  role: {
    node: ({ role }) => ({ kind: 'role', id: role.id }),
    effect: 'rule',
    ended: { sessions: 2, grants: 1, apiKeys: 2 },
    alive: [],
  },
  client: {
    node: () => ({ kind: 'client', id: 'first-party' }),
    effect: 'rule',
    ended: { sessions: 0, grants: 1, apiKeys: 0 },
    alive: allBut('family'),
  },
  issuer: {
    node: () => ({ kind: 'issuer', id: ISSUER }),
    effect: 'rule',
    ended: { sessions: 2, grants: 1, apiKeys: 2 },
    alive: [],
  },
}

onEachDatabase((bench) => {
  test('a node that was never there is not found, and nothing is written', async () => {
    const { store, rows } = bench()
    const before = await store.readHead()
    const audit = makeEvent()
    const ids: Partial<Record<NodeKind, string>> = {
      account: makeId('acc'),
      service_account: makeId('svc'),
      session: makeId('ses'),
      grant: makeId('gra'),
      api_key: makeId('key'),
      client: 'nobody',
      role: 'nobody',
      signing_key: makeId('sig'),
    }

    for (const kind of nodeKinds) {
      const id = ids[kind]
      if (id === undefined) continue
      const answer = await store.revoke({ id: makeId('rev'), node: { kind, id }, ...change(), audit })
      assert.deepEqual(answer, { kind: 'not_found' }, kind)
      assert.equal(await store.readOwner({ kind, id }), null, kind)
      assert.equal(await store.countUnder({ kind, id }, NOW, NOW), null, kind)
    }

    assert.deepEqual(await store.readHead(), before)
    assert.deepEqual(await rows('select id from audit_events where id = $1', audit.id), [])
  })

  for (const [kind, { node, effect, ended, alive }] of Object.entries(cases)) {
    test(`revoking ${kind} is a ${effect} that ends what is under it and nothing else`, async () => {
      const fresh = await bench().fresh()
      const { store } = fresh
      const tree = await givenTree(fresh)
      const target = node(tree)
      const preview = await store.countUnder(target, NOW, NOW + 1)
      const { position } = await store.readHead()
      const id = makeId('rev')

      const answer = await store.revoke({ id, node: target, ...change() })

      assert.deepEqual(answer, { kind: 'revoked', position: position + 1, ended })
      assert.deepEqual(preview, { ended, used: { sessions: 0, grants: 0, apiKeys: 0 } })
      assert.deepEqual(await entriesAfter(fresh, position), [{ ...target, effect }])
      assert.deepEqual(await store.readRevocation(id), {
        id,
        position: position + 1,
        node: target,
        atMs: NOW,
      })
      assert.deepEqual(await aliveIn(fresh, tree), alive)
    })

    test(`revoking ${kind} again is answered alike, and counts nothing twice`, async () => {
      const fresh = await bench().fresh()
      const { store } = fresh
      const target = node(await givenTree(fresh))

      const answers = await Promise.all([revoke(fresh, target), revoke(fresh, target, NOW + 1)])
      const third = await revoke(fresh, target)

      assert.ok(answers.every((answer) => answer.kind === 'revoked'))
      const none = { sessions: 0, grants: 0, apiKeys: 0 }
      assert.deepEqual(third, { kind: 'revoked', position: 3, ended: none })
      assert.deepEqual((await store.countUnder(target, NOW, 0))?.ended, none)
    })

    if (effect === 'rule') {
      test(`what is issued after a rule for ${kind} lives`, async () => {
        const fresh = await bench().fresh()
        const tree = await givenTree(fresh)
        await revoke(fresh, node(tree))

        const session = await givenSession(fresh, tree.account)
        const family = await givenGrant(fresh, tree.account)
        const key = await givenApiKey(fresh, tree.program.id)

        assert.equal(await isSessionAlive(fresh, session.id), true)
        assert.equal(await isApiKeyAlive(fresh, key.id), true)
        assert.equal(await isFamilyAlive(fresh, family), true)
      })
    }
  }

  test('ending a session ends its grant with it, and counts both', async () => {
    const { store } = bench()
    const family = await givenGrant(bench(), await givenAccount(bench()))

    const answer = await revoke(bench(), { kind: 'session', id: family.session.id })

    assert.deepEqual(answer.kind === 'revoked' && answer.ended, { sessions: 1, grants: 1, apiKeys: 0 })
    assert.equal(await isFamilyAlive(bench(), family), false)
    assert.deepEqual(
      (await store.countUnder({ kind: 'grant', id: family.grant.id }, NOW, 0))?.ended.grants,
      0,
    )
  })

  test('a second revocation does not move the time of the end', async () => {
    const { store } = bench()
    const session = await givenSession(bench(), await givenAccount(bench()))
    await revoke(bench(), { kind: 'session', id: session.id })

    await revoke(bench(), { kind: 'session', id: session.id }, NOW + HOUR)

    assert.equal((await store.readSessionForVerdict(session.id)).found?.session.endedAtMs, NOW)
  })

  test('an account that has ended may still be revoked, and stays ended', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    await store.endAccount({ id: account.id, ...change() })

    assert.equal((await revoke(bench(), { kind: 'account', id: account.id })).kind, 'revoked')

    assert.equal(await store.readAccount(account.id), null)
  })

  test('a signing key is removed, whatever state it was in', async () => {
    const { store } = bench()
    const key = makeSigningKey({ state: 'previous', retiredAtMs: null })
    await store.addSigningKey(key, [], makeEvent())
    const { position } = await store.readHead()

    const answer = await revoke(bench(), { kind: 'signing_key', id: key.id })

    const none = { sessions: 0, grants: 0, apiKeys: 0 }
    assert.deepEqual(answer, { kind: 'revoked', position: position + 1, ended: none })
    const removed = (await store.listSigningKeys()).find(({ id }) => id === key.id)
    assert.deepEqual(removed, { ...key, state: 'removed', retiredAtMs: NOW, publishedPosition: position })
    assert.deepEqual(await entriesAfter(bench(), position), [
      { kind: 'signing_key', id: key.id, effect: 'kill' },
    ])
  })

  test('counts stop at ten thousand, and know what was used', async () => {
    const fresh = await bench().fresh()
    const { store, tamper } = fresh
    const account = await givenAccount(fresh)
    const session = await givenSession(fresh, account)
    const family = await givenGrant(fresh, account)
    const key = await givenApiKey(fresh, account.id)
    const uses = {
      sessions: [{ id: session.id, atMs: NOW + 5, address: null }],
      apiKeys: [{ id: key.id, atMs: NOW + 5, address: null, count: 1 }],
    }
    await store.recordUse(uses)
    await tamper('update refresh_tokens set created_at = $1', NOW + 5)
    const digits =
      '(select 0 as n union all select 1 union all select 2 union all select 3 union all select 4)'
    const many = Array.from({ length: 6 }, (_, index) => `${digits} as d${index}`).join(' cross join ')
    const number = Array.from({ length: 6 }, (_, index) => `d${index}.n`).join(` || '-' || `)
    // 5^6 copies of the session, used when the original was opened.
    await tamper(
      `insert into sessions (id, account_id, digest, created_at, expires_at, idle_seconds, idle_expires_at,
        last_seen_at, issued_position, auth_time, amr, delivery)
      select 'ses_' || ${number}, account_id, digest, created_at, expires_at, idle_seconds, idle_expires_at,
        created_at, issued_position, auth_time, amr, delivery from sessions cross join ${many}
      where sessions.id = $1`,
      session.id,
    )

    const counted = await store.countUnder({ kind: 'issuer', id: ISSUER }, NOW, NOW + 5)

    assert.deepEqual(counted, {
      ended: { sessions: 10_000, grants: 1, apiKeys: 1 },
      used: { sessions: 1, grants: 1, apiKeys: 1 },
    })
    assert.equal(await isFamilyAlive(fresh, family), true)
  })

  test('a node belongs to its principal, to itself, or to nobody', async () => {
    const { store } = bench()
    const { account, session, family, key, program, role } = await givenTree(bench())
    const signingKey = makeSigningKey()
    await store.addSigningKey(signingKey, [], makeEvent())
    const owners: [PathNode, string | null][] = [
      [{ kind: 'session', id: session.id }, account.id],
      [{ kind: 'grant', id: family.grant.id }, account.id],
      [{ kind: 'api_key', id: key.id }, account.id],
      [{ kind: 'account', id: account.id }, account.id],
      [{ kind: 'service_account', id: program.id }, program.id],
      [{ kind: 'role', id: role.id }, null],
      [{ kind: 'client', id: 'first-party' }, null],
      [{ kind: 'signing_key', id: signingKey.id }, null],
      [{ kind: 'access_token', id: makeId('jwt') }, null],
      [{ kind: 'issuer', id: ISSUER }, null],
    ]

    for (const [node, owner] of owners) assert.deepEqual(await store.readOwner(node), { owner }, node.kind)
    assert.equal(owners.length, nodeKinds.length)
  })

  test('an id of another kind finds nothing', async () => {
    const { store } = bench()
    const { account, session } = await givenTree(bench())

    assert.equal(await store.readOwner({ kind: 'service_account', id: account.id }), null)
    assert.deepEqual(await revoke(bench(), { kind: 'grant', id: session.id }), { kind: 'not_found' })
  })

  test('an unknown revocation is null', async () => {
    assert.equal(await bench().store.readRevocation(makeId('rev')), null)
  })

  test('entries carry their own time and end', async () => {
    const { store } = bench()
    const session = await givenSession(bench(), await givenAccount(bench()))

    const answer = await revoke(bench(), { kind: 'session', id: session.id })

    const position = answer.kind === 'revoked' ? answer.position : 0
    const { entries } = await store.readEntries(position - 1, 1)
    assert.deepEqual(entries, [{ position, kind: 'session', id: session.id, expiresAtMs: ENTRY_EXPIRES }])
  })
})
