/** OAuth clients: what is kept of them, who comes first, and what ends with them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientId } from '@countersign/protocol'
import { present, revoke } from '../acts.ts'
import { onEachDatabase } from '../bench.ts'
import { change, DAY, givenAccount, givenGrant, HOUR, makeEvent, NOW } from '../given.ts'
import { givenClient, givenSpeaker, makeClient, rotate, secretDigestOf } from '../given-clients.ts'
import { entriesAfter } from '../looks.ts'

const DOCUMENT = 'https://app.example.com/client.json'

onEachDatabase((bench) => {
  test('a client that is not there, or has ended, is read by nobody who would change it', async () => {
    const { store } = bench()
    const { id } = await givenClient(bench())
    await store.endClient({ id, ...change() })

    for (const name of [id, 'nobody', '', `x' or '1'='1`]) {
      assert.equal(await store.readClient(name), null)
      assert.equal(
        await store.changeClient({ id: name, change: { name: 'Other' }, ...change() }),
        'not_found',
      )
      assert.equal(await store.endClient({ id: name, ...change() }), 'not_found')
      assert.equal(await rotate(bench(), makeClient({ id: name }), 'd'), 'not_found')
    }
  })

  test('an id that was taken once stays taken, also after the client has ended', async () => {
    const { store } = bench()
    const client = await givenClient(bench())
    const again = () =>
      store.createClient({ client, secretDigest: 'other', sealedSecret: null, audit: makeEvent() })

    assert.equal(await again(), 'exists')
    await store.endClient({ id: client.id, ...change() })
    assert.equal(await again(), 'exists')

    const { found } = await store.readClientToIssue(client.id)
    assert.deepEqual([found?.client.endedAtMs, found?.secrets], [NOW, []])
  })

  test('of two that take one id at once, one gets it', async () => {
    const { store } = bench()
    const { id } = makeClient()
    const take = (name: string) =>
      store.createClient({
        client: makeClient({ id, name }),
        secretDigest: name,
        sealedSecret: null,
        audit: makeEvent(),
      })

    const answers = await Promise.all([take('one'), take('other')])

    assert.deepEqual(answers.toSorted(), ['created', 'exists'])
    const { found } = await store.readClientToIssue(id)
    assert.deepEqual(
      found?.secrets.map(({ digest }) => digest),
      [found?.client.name],
    )
  })

  test('what a document says is kept once, changed in place, and no more once the client has ended', async () => {
    const { store } = bench()
    const { id, ...said } = makeClient({
      id: DOCUMENT,
      registration: 'document',
      authMethod: 'none',
      kind: 'public',
    })
    const keep = (more: object = {}) =>
      store.keepDocumentClient({ client: { ...said, id, ...more }, ...change() })

    assert.deepEqual(await Promise.all([keep(), keep()]), ['kept', 'kept'])
    assert.deepEqual(await store.readClient(id), { ...said, id })
    const position = await store.readHead()
    assert.equal(await keep({ name: 'Renamed' }), 'kept')
    assert.deepEqual(await entriesAfter(bench(), position.position), [])
    assert.equal(await keep({ name: 'Renamed', scopes: ['openid'] }), 'kept')
    assert.deepEqual(
      (await entriesAfter(bench(), position.position)).map(({ kind, id: of }) => [kind, of]),
      [['client', id]],
    )
    await store.changeClient({ id, change: {}, disabledAtMs: NOW, ...change() })
    assert.equal(await keep(), 'kept')
    const disabled = await store.readClient(id)
    assert.deepEqual([disabled?.name, disabled?.disabledAtMs], ['A client', NOW])
    assert.notEqual(disabled?.revokedBefore, 0)

    await store.endClient({ id, ...change() })
    assert.equal(await keep(), 'client_gone')
    assert.equal(await store.readClient(id), null)
  })

  test('a client keeps all that it was registered with', async () => {
    const { store } = bench()
    const client = makeClient({
      profile: 'oidc-basic',
      authMethod: 'private_key_jwt',
      scopes: ['openid', 'offline_access', 'notes:*'],
      audiences: ['https://api.example.com'],
      jwks: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid: 'one', alg: 'ES256' }],
      logoUri: 'https://app.example.com/logo.png',
      policyUri: 'https://app.example.com/policy',
      tosUri: 'https://app.example.com/terms',
      assurance: 'aal2',
      postLogoutRedirectUris: ['https://app.example.com/bye'],
      backchannelLogoutUri: 'https://app.example.com/logout',
    })
    await store.createClient({ client, secretDigest: null, sealedSecret: null, audit: makeEvent() })

    assert.deepEqual(await store.readClient(client.id), client)
  })

  test('a service account that is gone is spoken for by no client, old or new', async () => {
    const { store } = bench()
    const { client, serviceAccountId } = await givenSpeaker(bench())
    await store.endServiceAccount({ id: serviceAccountId, ...change() })

    const created = store.createClient({
      client: makeClient({ serviceAccountId }),
      secretDigest: null,
      sealedSecret: null,
      audit: makeEvent(),
    })
    const changed = store.changeClient({ id: client.id, change: { serviceAccountId }, ...change() })

    assert.equal(await created, 'service_account_gone')
    assert.equal(await changed, 'service_account_gone')
    const { found } = await store.readClientToIssue(client.id)
    assert.notEqual(found?.principal?.rights.disabledAtMs, null)
  })

  test('the head that is read with a client is no later than the client', async () => {
    const { store } = bench()
    const { client } = await givenSpeaker(bench())
    const before = await store.readHead()

    await store.changeClient({ id: client.id, change: { scopes: [] }, ...change() })
    const { head, found } = await store.readClientToIssue(client.id)

    assert.equal(head.position, before.position + 1)
    assert.deepEqual(found?.client.scopes, [])
  })

  for (const [what, input] of [
    ['is disabled', { change: {}, disabledAtMs: NOW }],
    ['has other scopes', { change: { scopes: ['notes:write'] } }],
    ['has other audiences', { change: { audiences: ['https://other.example.com'] } }],
  ] as const) {
    test(`a client that ${what} reaches its tokens by a rule, and one that is renamed does not`, async () => {
      const { store } = bench()
      const client = await givenClient(bench())
      const { position } = await store.readHead()

      await store.changeClient({ id: client.id, change: { name: 'Other' }, ...change() })
      await store.changeClient({ id: client.id, ...input, ...change() })

      const entries = await entriesAfter(bench(), position)
      assert.deepEqual(entries, [{ kind: 'client', id: client.id, effect: 'rule' }])
    })
  }

  test('the families of a client end when it is disabled, and do not come back with it', async () => {
    const { store } = bench()
    const client = await givenClient(bench())
    const account = await givenAccount(bench())
    const family = await givenGrant(bench(), account, { grant: { clientId: client.id } })
    const other = await givenGrant(bench(), account)
    const { id } = client

    await store.changeClient({ id, change: {}, disabledAtMs: NOW, ...change() })

    assert.equal((await present(bench(), family, 1)).kind, 'gone')
    await store.changeClient({ id, change: {}, disabledAtMs: null, ...change() })
    assert.equal((await present(bench(), family, 1)).kind, 'gone')
    assert.equal((await present(bench(), other, 1)).kind, 'rotated')
  })

  test('the families of a client end with it', async () => {
    const { store } = bench()
    const client = await givenClient(bench())
    const family = await givenGrant(bench(), await givenAccount(bench()), { grant: { clientId: client.id } })

    await store.endClient({ id: client.id, ...change() })

    assert.equal((await present(bench(), family, 1)).kind, 'gone')
    assert.equal((await revoke(bench(), { kind: 'client', id: client.id })).kind, 'revoked')
  })

  test('a secret works beside its successor until the overlap ends, and an overlap only gets shorter', async () => {
    const { store } = bench()
    const client = await givenClient(bench())

    await rotate(bench(), client, 'second', { overlapEndsAtMs: NOW + HOUR })
    await rotate(bench(), client, 'third', { overlapEndsAtMs: NOW + DAY })

    const { found } = await store.readClientToIssue(client.id)
    const ends = new Map(found?.secrets.map(({ digest, expiresAtMs }) => [digest, expiresAtMs]))
    assert.equal(ends.get(secretDigestOf(client)), NOW + HOUR)
    assert.equal(ends.get('second'), NOW + DAY)
    assert.equal(ends.get('third'), null)
  })

  test('an overlap of nothing ends the older secrets at once', async () => {
    const { store } = bench()
    const client = await givenClient(bench())

    await rotate(bench(), client, 'second', { overlapEndsAtMs: NOW })

    const { found } = await store.readClientToIssue(client.id)
    assert.deepEqual(found?.secrets, [{ digest: 'second', sealed: null, expiresAtMs: null }])
  })

  test('two rotations at once do not pass the limit together', async () => {
    const client = await givenClient(bench())
    await rotate(bench(), client, 'second')

    const answers = await Promise.all(
      ['third', 'fourth'].map((digest) => rotate(bench(), client, digest, { secretsMax: 3 })),
    )

    assert.deepEqual(answers.toSorted(), ['limit_reached', 'rotated'])
  })

  test('secrets go with the way of authenticating that they were for', async () => {
    const { store } = bench()
    const { id } = await givenClient(bench())

    await store.changeClient({ id, change: { authMethod: 'none' }, ...change() })
    assert.equal(await rotate(bench(), makeClient({ id }), 'd'), 'not_found')
    await store.changeClient({ id, change: { authMethod: 'client_secret_post' }, ...change() })

    assert.deepEqual((await store.readClientToIssue(id)).found?.secrets, [])
  })

  test('of many that present one thing at once, one is the first, and it stays used until it is swept', async () => {
    const { store } = bench()
    const use = (key = 'assertion pool one') => store.useOnce({ key, expiresAtMs: NOW })

    const answers = await Promise.all(Array.from({ length: 8 }, () => use()))

    assert.deepEqual(answers.toSorted(), [...Array(7).fill(false), true])
    assert.equal(await use('assertion pool two'), true)
    assert.equal(await store.sweepUsed(NOW, 100), 0)
    assert.equal(await use(), false)
    assert.equal(await store.sweepUsed(NOW + 1, 1), 1)
    assert.equal(await store.sweepUsed(NOW + 1, 100), 1)
    assert.equal(await use(), true)
  })

  test('a list goes on after the last id of the page before', async () => {
    const fresh = await bench().fresh()
    for (const id of ['b-two', 'zzzzz', 'a-one']) await givenClient(fresh, { id })

    const first = await fresh.store.listClients({ limit: 2, after: null })
    const rest = await fresh.store.listClients({ limit: 5, after: first.at(-1)?.id ?? null })

    assert.deepEqual(
      [...first, ...rest].map(({ id }) => id),
      ['a-one', 'b-two', 'first-party', 'zzzzz'],
    )
  })

  test('a search finds a part of an id or of a name, takes its signs for themselves, and goes on', async () => {
    const fresh = await bench().fresh()
    for (const id of ['a-pool', 'b-pool', 'c-gym']) await givenClient(fresh, { id, name: `The ${id} 100%` })
    const find = async (search: string, after: ClientId | null = null): Promise<readonly string[]> =>
      (await fresh.store.listClients({ limit: 1, after, search })).map(({ id }) => id)

    assert.deepEqual(await find('POOL'), ['a-pool'])
    assert.deepEqual(await find('pool', 'a-pool'), ['b-pool'])
    assert.deepEqual(await find('the c'), ['c-gym'])
    assert.deepEqual(await find('gym 100%'), ['c-gym'])
    assert.deepEqual(await find('%pool%'), [])
    assert.deepEqual(await find('_-gym'), [])
  })

  test('a sealed secret is kept for a client that signs with it, and for no other', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const client = makeClient({ authMethod: 'client_secret_jwt' })
    const plain = await givenClient(fresh)
    const sealedOf = async ({ id }: { id: typeof client.id }): Promise<readonly (string | null)[]> =>
      (await store.readClientToIssue(id)).found?.secrets.map(({ sealed }) => sealed) ?? []
    await store.createClient({ client, secretDigest: 'one', sealedSecret: 'sealed one', audit: makeEvent() })
    await rotate(fresh, client, 'two', { sealed: 'sealed two', nowMs: NOW + 1 })
    await rotate(fresh, plain, 'three', { sealed: 'sealed three' })

    assert.deepEqual(await sealedOf(client), ['sealed two', 'sealed one'])
    assert.deepEqual(await sealedOf(plain), [null, null])
    await store.changeClient({ id: client.id, change: { authMethod: 'client_secret_post' }, ...change() })
    assert.deepEqual(await sealedOf(client), [null, null])
    await store.changeClient({ id: client.id, change: { authMethod: 'client_secret_jwt' }, ...change() })
    assert.deepEqual(await sealedOf(client), [])
  })
})
