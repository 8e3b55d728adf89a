/** Refreshing: one use, one successor, the grace, and what reuse ends. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PathNode } from '@countersign/protocol'
import { GRACE, keep, present, revoke } from '../acts.ts'
import { type Bench, onEachDatabase } from '../bench.ts'
import {
  change,
  DAY,
  digestOf,
  type Family,
  givenAccount,
  givenGrant,
  givenRole,
  MINUTE,
  makeId,
  NOW,
  SECOND,
} from '../given.ts'
import { entriesAfter, familyOf, isSessionAlive } from '../looks.ts'

const generations = async (bench: Bench, { grant }: Family): Promise<readonly (number | null)[]> =>
  (await familyOf(bench, grant.id)).map((token) => token.usedAt)

onEachDatabase((bench) => {
  test('an unknown digest, generation or grant is gone, and changes nothing', async () => {
    const family = await givenGrant(bench(), await givenAccount(bench()))
    const { position } = await bench().store.readHead()

    const answers = [
      await present(bench(), family, 1, { digest: 'guessed' }),
      await present(bench(), family, 2, { digest: digestOf(family.grant, 1) }),
      await present(bench(), { ...family, grant: { ...family.grant, id: makeId('gra') } }, 1),
    ]

    assert.deepEqual(answers, [{ kind: 'gone' }, { kind: 'gone' }, { kind: 'gone' }])
    assert.deepEqual(await generations(bench(), family), [null])
    assert.deepEqual(await entriesAfter(bench(), position), [])
  })

  test('grants are listed for their principal while they live, the newest first, to the limit', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const [first, second, third] = [
      await givenGrant(bench(), account),
      await givenGrant(bench(), account),
      await givenGrant(bench(), account),
    ]
    await givenGrant(bench(), await givenAccount(bench()))
    const list = async (nowMs: number, limit: number): Promise<readonly string[]> =>
      (await store.listGrants(account.id, nowMs, limit)).map(({ id }) => id)

    assert.deepEqual(await list(NOW, 10), [third.grant.id, second.grant.id, first.grant.id])
    assert.deepEqual(await list(NOW, 2), [third.grant.id, second.grant.id])
    await revoke(bench(), { kind: 'session', id: second.session.id })
    await revoke(bench(), { kind: 'grant', id: third.grant.id })
    assert.deepEqual(await list(NOW, 10), [first.grant.id])
    assert.deepEqual(await list(first.grant.expiresAtMs, 10), [])
  })

  test('a refresh token that has expired unused is gone', async () => {
    const family = await givenGrant(bench(), await givenAccount(bench()))
    await present(bench(), family, 1, { expiresAtMs: NOW + MINUTE })

    assert.deepEqual(await present(bench(), family, 2, { nowMs: NOW + MINUTE }), { kind: 'gone' })

    assert.deepEqual(await generations(bench(), family), [NOW, null])
  })

  test('nothing is given when the grant has expired, although its session lives', async () => {
    const account = await givenAccount(bench())
    const family = await givenGrant(bench(), account, { grant: { expiresAtMs: NOW + MINUTE } })
    await present(bench(), family, 1)

    assert.deepEqual(await present(bench(), family, 2, { nowMs: NOW + MINUTE }), { kind: 'gone' })
    assert.deepEqual(await present(bench(), family, 1, { nowMs: NOW + MINUTE, graceMs: DAY }), {
      kind: 'gone',
    })

    assert.equal(await isSessionAlive(bench(), family.session.id, NOW + MINUTE), true)
  })

  // Each end makes the whole family dead, used tokens and unused ones alike.
  const ends: Record<string, (bench: Bench, family: Family) => Promise<unknown> | number> = {
    'its grant was revoked': (b, { grant }) => revoke(b, { kind: 'grant', id: grant.id }),
    'its session was revoked': (b, { session }) => revoke(b, { kind: 'session', id: session.id }),
    'its account was revoked': (b, { grant }) => revoke(b, { kind: 'account', id: grant.principalId }),
    'its account was disabled': (b, { session }) =>
      b.store.changeAccount({ id: session.accountId, disabledAtMs: NOW, ...change() }),
    'its account has ended': (b, { session }) => b.store.endAccount({ id: session.accountId, ...change() }),
    'its account carries nothing but the flag of being disabled': (b, { session }) =>
      b.tamper('update accounts set disabled_at = 1 where id = $1', session.accountId),
    'its account carries nothing but the time of its end': (b, { session }) =>
      b.tamper('update accounts set ended_at = 1 where id = $1', session.accountId),
    'its account is missing': (b, { session }) =>
      b.tamper('delete from accounts where id = $1', session.accountId),
    'its client is missing': (b, { grant }) =>
      b.tamper(`update grants set client_id = 'nobody' where id = $1`, grant.id),
    'its session is missing': (b, { session }) => b.tamper('delete from sessions where id = $1', session.id),
    'its session has ended otherwise': (b, { session }) =>
      b.store.endOtherSessions({ account: session.accountId, keep: null, ...change() }),
    'its session lay idle': (_, { session }) => session.idleExpiresAtMs,
  }
  for (const [title, end] of Object.entries(ends)) {
    test(`nothing is given when ${title}`, async () => {
      const family = await givenGrant(bench(), await givenAccount(bench()), {
        session: { idleSeconds: 3600, idleExpiresAtMs: NOW + 60 * MINUTE },
      })
      await present(bench(), family, 1)
      const ended = await end(bench(), family)
      const nowMs = typeof ended === 'number' && ended > NOW ? ended : NOW + 1
      const { position } = await bench().store.readHead()

      assert.deepEqual(await present(bench(), family, 2, { nowMs }), { kind: 'gone' })
      // Not even inside the grace, and a second use of what is dead ends nothing more.
      assert.deepEqual(await present(bench(), family, 1, { nowMs, graceMs: 2 * DAY }), { kind: 'gone' })
      assert.deepEqual(await present(bench(), family, 1, { nowMs, graceMs: 0 }), { kind: 'gone' })
      assert.deepEqual(await entriesAfter(bench(), position), [])
      assert.deepEqual(await generations(bench(), family), [NOW, null])
    })
  }

  test('a rule for a role, the client or the issuer ends the families before it', async () => {
    const fresh = await bench().fresh()
    const role = await givenRole(fresh)
    const account = await givenAccount(fresh, [role.id])
    const nodes: PathNode[] = [
      { kind: 'role', id: role.id },
      { kind: 'client', id: 'first-party' },
      { kind: 'issuer', id: 'https://issuer.example.com' },
    ]
    for (const node of nodes) {
      const family = await givenGrant(fresh, account)
      await revoke(fresh, node)

      assert.deepEqual(await present(fresh, family, 1), { kind: 'gone' }, node.kind)

      const later = await givenGrant(fresh, account)
      assert.deepEqual(await present(fresh, later, 1), { kind: 'rotated' }, node.kind)
    }
  })
})

onEachDatabase((bench) => {
  test('a use writes the successor, moves the session and appends nothing', async () => {
    const { store } = bench()
    const family = await givenGrant(bench(), await givenAccount(bench()))
    const { position } = await store.readHead()

    const answer = await present(bench(), family, 1, { nowMs: NOW + 10 * MINUTE })

    assert.deepEqual(answer, { kind: 'rotated' })
    const tokens = await familyOf(bench(), family.grant.id)
    assert.deepEqual(tokens, [
      { generation: 1, digest: digestOf(family.grant, 1), usedAt: NOW + 10 * MINUTE },
      { generation: 2, digest: digestOf(family.grant, 2), usedAt: null },
    ])
    const { found } = await store.readSessionForVerdict(family.session.id)
    assert.equal(found?.session.lastSeenAtMs, NOW + 10 * MINUTE)
    assert.equal(found?.session.idleExpiresAtMs, NOW + 40 * MINUTE)
    assert.deepEqual(await entriesAfter(bench(), position), [])
  })

  test('a retry inside the grace gets the same successor, as often as it asks', async () => {
    const family = await givenGrant(bench(), await givenAccount(bench()))
    await present(bench(), family, 1)

    const same = { kind: 'retry', successorDigest: digestOf(family.grant, 2) }
    assert.deepEqual(await present(bench(), family, 1, { nowMs: NOW + GRACE - 1 }), same)
    assert.deepEqual(await present(bench(), family, 1, { nowMs: NOW + 1 }), same)
    // Another server's clock may be behind the one that wrote the time of use.
    assert.deepEqual(await present(bench(), family, 1, { nowMs: NOW - SECOND }), same)
    assert.deepEqual(await present(bench(), family, 2, { nowMs: NOW + 2 }), { kind: 'rotated' })
  })

  const reuses: Record<string, { nowMs: number; graceMs: number; advance: boolean }> = {
    'after the grace': { nowMs: NOW + GRACE, graceMs: GRACE, advance: false },
    'inside the grace, once the successor was used': { nowMs: NOW + 2, graceMs: GRACE, advance: true },
    'at the same moment, without a grace': { nowMs: NOW, graceMs: 0, advance: false },
    'by a clock that is behind, without a grace': { nowMs: NOW - SECOND, graceMs: 0, advance: false },
  }
  for (const [title, { advance, ...at }] of Object.entries(reuses)) {
    test(`a second use ${title} ends exactly this family`, async () => {
      const { store } = bench()
      const account = await givenAccount(bench())
      const family = await givenGrant(bench(), account)
      const other = await givenGrant(bench(), account)
      await present(bench(), family, 1)
      if (advance) await present(bench(), family, 2, { nowMs: NOW + 1 })
      const { position } = await store.readHead()

      assert.deepEqual(await present(bench(), family, 1, at), { kind: 'reused' })

      const entry = { kind: 'grant', id: family.grant.id, effect: 'kill' }
      assert.deepEqual(await entriesAfter(bench(), position), [entry])
      const newest = (await familyOf(bench(), family.grant.id)).length
      assert.deepEqual(await present(bench(), family, newest, { nowMs: NOW + 3 }), { kind: 'gone' })
      // A thief who comes again appends nothing more.
      assert.deepEqual(await present(bench(), family, 1, at), { kind: 'gone' })
      assert.equal((await entriesAfter(bench(), position)).length, 1)
      assert.equal(await isSessionAlive(bench(), family.session.id), true)
      assert.deepEqual(await present(bench(), other, 1), { kind: 'rotated' })
    })
  }

  test('of many uses at once exactly one consumes, and all others get its successor', async () => {
    for (let round = 0; round < 5; round += 1) {
      const family = await givenGrant(bench(), await givenAccount(bench()))
      const { position } = await bench().store.readHead()

      const answers = await Promise.all(Array.from({ length: 10 }, () => present(bench(), family, 1)))

      const kinds = answers.map((answer) => answer.kind)
      assert.equal(kinds.filter((kind) => kind === 'rotated').length, 1, kinds.join())
      assert.equal(kinds.filter((kind) => kind === 'retry').length, 9, kinds.join())
      assert.deepEqual(await generations(bench(), family), [NOW, null])
      assert.deepEqual(await entriesAfter(bench(), position), [])
    }
  })

  test('without a grace, of many uses at once one consumes and one ends the family', async () => {
    const family = await givenGrant(bench(), await givenAccount(bench()))
    const { position } = await bench().store.readHead()

    const answers = await Promise.all(
      Array.from({ length: 10 }, () => present(bench(), family, 1, { graceMs: 0 })),
    )

    const kinds = answers.map((answer) => answer.kind).sort()
    assert.deepEqual(kinds, [...Array(8).fill('gone'), 'reused', 'rotated'])
    assert.equal((await entriesAfter(bench(), position)).length, 1)
    assert.deepEqual(await present(bench(), family, 2), { kind: 'gone' })
  })

  test('a refresh that races the end of its session leaves nothing alive', async () => {
    for (let round = 0; round < 10; round += 1) {
      const family = await givenGrant(bench(), await givenAccount(bench()))
      const node = round % 2 === 0 ? 'session' : 'grant'
      const id = node === 'session' ? family.session.id : family.grant.id

      await Promise.all([present(bench(), family, 1), revoke(bench(), { kind: node, id })])

      const newest = (await familyOf(bench(), family.grant.id)).length
      assert.deepEqual(await present(bench(), family, newest), { kind: 'gone' })
    }
  })

  test('what is read of a refresh token is what a refresh needs', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const family = await givenGrant(bench(), account)
    await present(bench(), family, 1)
    const read = (...digests: string[]) => store.readRefreshToken(family.grant.id, digests)

    const { head, found } = await read('other pepper', digestOf(family.grant, 1))

    assert.deepEqual(head, await store.readHead())
    assert.deepEqual(found?.grant, family.grant)
    assert.deepEqual(found?.session, family.session)
    assert.equal(found?.client.id, 'first-party')
    assert.equal(found?.principal.id, account.id)
    assert.deepEqual([found?.digest, found?.generation, found?.usedAtMs], [digestOf(family.grant, 1), 1, NOW])
    const second = await read(digestOf(family.grant, 2))
    assert.deepEqual([second.found?.generation, second.found?.usedAtMs], [2, null])
    assert.deepEqual(await read('guessed'), { head, found: null })
    assert.deepEqual(await read(), { head, found: null })
  })

  test('a grant whose session is missing is not there', async () => {
    const family = await givenGrant(bench(), await givenAccount(bench()))
    await bench().tamper('delete from sessions where id = $1', family.session.id)

    const { found } = await bench().store.readRefreshToken(family.grant.id, [digestOf(family.grant, 1)])

    assert.equal(found, null)
  })

  test('a client that was never made is not there', async () => {
    assert.equal(await bench().store.readClient('nobody'), null)
    assert.equal((await bench().store.readClient('first-party'))?.kind, 'public')
  })

  test('a token that does not rotate is kept for as long as it is used, by two at once as well', async () => {
    const family = await givenGrant(bench(), await givenAccount(bench()), {
      grant: { expiresAtMs: NOW + 9 * DAY },
    })

    assert.equal(await keep(bench(), family, 1, { digest: 'guessed' }), 'gone')
    assert.equal(await keep(bench(), family, 2), 'gone')
    const answers = await Promise.all(
      [1, 2].map(() => keep(bench(), family, 1, { expiresAtMs: NOW + MINUTE })),
    )
    assert.deepEqual(answers, ['kept', 'kept'])
    assert.deepEqual(await generations(bench(), family), [null])
    assert.equal(await keep(bench(), family, 1, { nowMs: NOW + MINUTE }), 'gone')
  })

  test('a token that does not rotate ends with its grant, and a used one that comes back ends it', async () => {
    const ended = await givenGrant(bench(), await givenAccount(bench()))
    await revoke(bench(), { kind: 'session', id: ended.session.id })
    const family = await givenGrant(bench(), await givenAccount(bench()))
    await present(bench(), family, 1)
    const { position } = await bench().store.readHead()

    assert.equal(await keep(bench(), ended, 1), 'gone')
    assert.equal(await keep(bench(), family, 2), 'kept')
    assert.equal(await keep(bench(), family, 1), 'reused')

    assert.equal(await keep(bench(), family, 2), 'gone')
    const [entry, ...others] = await entriesAfter(bench(), position)
    assert.deepEqual([entry?.kind, entry?.id, others.length], ['grant', family.grant.id, 0])
  })
})
