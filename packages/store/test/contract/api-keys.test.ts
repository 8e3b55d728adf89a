/** API keys: limits, changes, rotation with overlap. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApiKey } from '@countersign/core'
import type { PrincipalId } from '@countersign/protocol'
import { revoke } from '../acts.ts'
import { type Bench, onEachDatabase } from '../bench.ts'
import {
  change,
  givenAccount,
  givenApiKey,
  givenRole,
  givenServiceAccount,
  HOUR,
  MINUTE,
  makeAccount,
  makeApiKey,
  makeEvent,
  makeId,
  makeText,
  NOW,
} from '../given.ts'
import { entriesAfter, isApiKeyAlive } from '../looks.ts'

async function create({ store }: Bench, ownerId: PrincipalId, keysMax: number, over: Partial<ApiKey> = {}) {
  const { position } = await store.readHead()
  const key = makeApiKey(ownerId, { issuedPosition: position, ...over })
  return store.createApiKey({ key, digest: makeText('digest'), keysMax, audit: makeEvent() })
}

onEachDatabase((bench) => {
  test('no key is made for an owner who is unknown, disabled, ended, or revoked since', async () => {
    const { store } = bench()
    const disabled = await givenServiceAccount(bench())
    await store.changeServiceAccount({ id: disabled.id, disabledAtMs: NOW, ...change() })
    const ended = await givenServiceAccount(bench())
    await store.endServiceAccount({ id: ended.id, ...change() })
    const revoked = await givenAccount(bench())
    const { position } = await store.readHead()
    await revoke(bench(), { kind: 'account', id: revoked.id })

    const answers = [
      await create(bench(), makeId('svc'), 5),
      await create(bench(), makeAccount().id, 5),
      await create(bench(), disabled.id, 5),
      await create(bench(), ended.id, 5),
      await create(bench(), revoked.id, 5, { issuedPosition: position }),
    ]

    assert.deepEqual(answers, Array(5).fill('owner_gone'))
    assert.equal(await create(bench(), revoked.id, 5), 'created')
  })

  test('an owner has no more live keys than the limit, however many are asked for at once', async () => {
    for (const owner of [await givenAccount(bench()), await givenServiceAccount(bench())]) {
      const answers = await Promise.all(Array.from({ length: 8 }, () => create(bench(), owner.id, 3)))

      assert.equal(answers.filter((answer) => answer === 'created').length, 3)
      assert.equal(answers.filter((answer) => answer === 'limit_reached').length, 5)
    }
  })

  test('keys that have ended or expired take no room', async () => {
    const owner = await givenAccount(bench())
    const ended = await givenApiKey(bench(), owner.id)
    await revoke(bench(), { kind: 'api_key', id: ended.id })
    await givenApiKey(bench(), owner.id, { expiresAtMs: NOW })

    assert.equal(await create(bench(), owner.id, 1), 'created')
    assert.equal(await create(bench(), owner.id, 1), 'limit_reached')
  })

  test('a key is read as it was written, and for a verdict with its secrets and its owner', async () => {
    const { store } = bench()
    const role = await givenRole(bench(), ['notes:*'])
    const owner = await givenServiceAccount(bench(), [role.id])
    const key = await givenApiKey(bench(), owner.id, {
      permissions: ['notes:read', 'notes:write'],
      resources: ['note/1'],
      audiences: ['https://other.example.com'],
      allowAddresses: ['192.0.2.0/24', '2001:db8::/32'],
      rateLimit: { requests: 10, perSeconds: 60 },
      expiresAtMs: NOW + HOUR,
    })

    assert.deepEqual(await store.readApiKey(key.id), key)
    const { head, found } = await store.readApiKeyForVerdict(key.id)
    assert.deepEqual(head, await store.readHead())
    assert.deepEqual(found, {
      key,
      secrets: [{ digest: `digest of ${key.id}`, expiresAtMs: null }],
      principal: {
        kind: 'service_account',
        id: owner.id,
        name: owner.name,
        email: null,
        audiences: owner.audiences,
        rights: { roles: [role.id], permissions: ['notes:*'], floor: 0, disabledAtMs: null },
      },
    })
    assert.equal((await store.readApiKeyForVerdict(makeId('key'))).found, null)
  })

  test('lists show what has not ended, newest first, of one owner or of all', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const [mine, other] = [await givenAccount(fresh), await givenServiceAccount(fresh)]
    const gone = await givenAccount(fresh)
    const keys = []
    for (const owner of [mine, other, gone, mine, mine]) keys.push(await givenApiKey(fresh, owner.id))
    const [first, second, ofGone, third, ended] = keys
    assert.ok(first && second && ofGone && third && ended)
    await revoke(fresh, { kind: 'api_key', id: ended.id })
    await store.endAccount({ id: gone.id, ...change() })

    const page = await store.listApiKeys(null, { limit: 2, after: null })
    const rest = await store.listApiKeys(null, { limit: 2, after: page.at(-1)?.id ?? null })

    assert.deepEqual([...page, ...rest], [third, second, first])
    assert.deepEqual(await store.listApiKeys(mine.id, { limit: 9, after: null }), [third, first])
    assert.equal(await store.readApiKey(ended.id), null)
    assert.equal(await store.readApiKey(ofGone.id), null)
    assert.equal((await store.readApiKeyForVerdict(ended.id)).found?.key.endedAtMs, NOW)
  })
})

onEachDatabase((bench) => {
  test('only a live key is changed or rotated', async () => {
    const { store } = bench()
    const owner = await givenAccount(bench())
    const ended = await givenApiKey(bench(), owner.id)
    await revoke(bench(), { kind: 'api_key', id: ended.id })
    const expired = await givenApiKey(bench(), owner.id, { expiresAtMs: NOW })
    const revoked = await givenApiKey(bench(), owner.id)
    await revoke(bench(), { kind: 'account', id: owner.id })
    const { position } = await store.readHead()

    for (const id of [ended.id, expired.id, revoked.id, makeId('key')]) {
      assert.equal(await store.changeApiKey({ id, change: { name: 'x' }, ...change() }), null)
      assert.deepEqual(await rotate(bench(), id, NOW), { kind: 'not_found' })
    }

    assert.deepEqual(await entriesAfter(bench(), position), [])
  })

  test('a change writes what is given, keeps the rest, and is a rule for the key', async () => {
    const { store } = bench()
    const key = await givenApiKey(bench(), (await givenAccount(bench())).id, {
      rateLimit: { requests: 1, perSeconds: 1 },
      resources: ['note/1'],
    })
    const { position } = await store.readHead()

    const wanted = { permissions: [], allowAddresses: ['192.0.2.1/32'], rateLimit: null }
    const changed = await store.changeApiKey({ id: key.id, change: wanted, ...change() })

    assert.deepEqual(changed, { ...key, ...wanted })
    assert.deepEqual(await store.readApiKey(key.id), changed)
    assert.deepEqual(await entriesAfter(bench(), position), [{ kind: 'api_key', id: key.id, effect: 'rule' }])
    assert.equal(await isApiKeyAlive(bench(), key.id), true)
  })

  test('changes at once to different fields are all kept', async () => {
    const { store } = bench()
    const { id } = await givenApiKey(bench(), (await givenAccount(bench())).id)

    await Promise.all([
      store.changeApiKey({ id, change: { name: 'New' }, ...change() }),
      store.changeApiKey({ id, change: { resources: ['note/2'] }, ...change() }),
      store.changeApiKey({ id, change: { allowAddresses: ['192.0.2.1/32'] }, ...change() }),
    ])

    const key = await store.readApiKey(id)
    assert.deepEqual([key?.name, key?.resources, key?.allowAddresses], ['New', ['note/2'], ['192.0.2.1/32']])
  })

  test('a rotation ends the older secrets at the end of the overlap, and is a rule for the key', async () => {
    const { store } = bench()
    const key = await givenApiKey(bench(), (await givenAccount(bench())).id)
    const { position } = await store.readHead()

    const rotated = await rotate(bench(), key.id, NOW + HOUR, 'second')

    assert.deepEqual(rotated, { kind: 'rotated', key: { ...key, overlapEndsAtMs: NOW + HOUR } })
    assert.deepEqual(await secretsOf(bench(), key), [
      ['second', null],
      [`digest of ${key.id}`, NOW + HOUR],
    ])
    assert.deepEqual(await entriesAfter(bench(), position), [{ kind: 'api_key', id: key.id, effect: 'rule' }])
  })

  test('an overlap only ever gets shorter, and 0 ends it at once', async () => {
    const key = await givenApiKey(bench(), (await givenAccount(bench())).id)
    const first = `digest of ${key.id}`

    await rotate(bench(), key.id, NOW + MINUTE, 'second')
    await rotate(bench(), key.id, NOW + HOUR, 'third')
    const ends = new Map(await secretsOf(bench(), key))
    const last = await rotate(bench(), key.id, NOW, 'fourth')

    assert.deepEqual(Object.fromEntries(ends), { [first]: NOW + MINUTE, second: NOW + HOUR, third: null })
    assert.equal(last.kind === 'rotated' && last.key.overlapEndsAtMs, null)
    assert.deepEqual(await secretsOf(bench(), key), [['fourth', null]])
  })

  test('a key has no more live secrets than allowed, however many rotations come at once', async () => {
    const key = await givenApiKey(bench(), (await givenAccount(bench())).id)

    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => rotate(bench(), key.id, NOW + HOUR, `new ${index}`)),
    )

    assert.equal(answers.filter((answer) => answer.kind === 'rotated').length, 2)
    assert.equal(answers.filter((answer) => answer.kind === 'limit_reached').length, 4)
    assert.equal((await secretsOf(bench(), key)).length, 3)
    // Those whose overlap has ended take no room.
    const later = await rotate(bench(), key.id, NOW + 2 * HOUR, 'later', NOW + HOUR)
    assert.equal(later.kind, 'rotated')
    assert.equal((await secretsOf(bench(), key)).length, 2)
  })
})

function rotate(
  { store }: Bench,
  id: ApiKey['id'],
  overlapEndsAtMs: number,
  digest: string = makeText('digest'),
  nowMs: number = NOW,
) {
  return store.rotateApiKey({ id, digest, overlapEndsAtMs, secretsMax: 3, ...change(), nowMs })
}

async function secretsOf({ store }: Bench, { id }: ApiKey): Promise<readonly [string, number | null][]> {
  const { found } = await store.readApiKeyForVerdict(id)
  const secrets = found?.secrets ?? []
  // The newest has no end; among the others the order is of no account.
  return secrets
    .map((secret): [string, number | null] => [secret.digest, secret.expiresAtMs])
    .sort((left, right) => (right[1] ?? Infinity) - (left[1] ?? Infinity))
}
