/** Text is bound, never spliced: whatever stands in it is kept as it is or finds nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account, ApiKey, Role, ServiceAccount, Session } from '@countersign/core'
import type {
  AccountId,
  ApiKeyId,
  GrantId,
  RevocationId,
  SessionId,
  SigningKeyId,
} from '@countersign/protocol'
import { type Bench, onEachDatabase } from '../bench.ts'
import {
  change,
  DAY,
  digestOf,
  ENTRY_EXPIRES,
  givenAccount,
  givenApiKey,
  givenGrant,
  givenRole,
  givenServiceAccount,
  MINUTE,
  makeAccount,
  makeApiKey,
  makeEvent,
  makeGrant,
  makeId,
  makeServiceAccount,
  makeSession,
  makeSigningKey,
  NOW,
} from '../given.ts'

const attacks = [
  `'; drop table accounts; --`,
  `' or '1'='1`,
  `') or 1=1 --`,
  `" or ""="`,
  `\\'; delete from sessions; --`,
  `$1`,
  `$2; select 1`,
  `?`,
  `%`,
  `_`,
  `*`,
  `/* */ -- \n ;`,
  `null`,
  ``,
  `Zoë \u{1F511} \u202E`,
]

const tables = [
  'accounts',
  'service_accounts',
  'roles',
  'sessions',
  'grants',
  'api_keys',
  'revocations',
  'audit_events',
]

async function countRows({ rows }: Bench): Promise<Record<string, unknown>> {
  const counts: Record<string, unknown> = {}
  for (const table of tables) counts[table] = (await rows(`select count(*) as n from ${table}`))[0]?.n
  return counts
}

/** What a route would never let through: the store must hold all the same. */
const asId = <T extends string>(text: string): T => text as T

onEachDatabase((bench) => {
  test('no text finds what it does not name, and none changes anything', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const { grant } = await givenGrant(bench(), account)
    await givenApiKey(bench(), account.id)
    await givenServiceAccount(bench(), [(await givenRole(bench())).id])
    const before = await countRows(bench())

    for (const text of attacks) {
      const page = { limit: 10, after: null }
      const nothing = [
        await store.readAccount(asId<AccountId>(text)),
        (await store.readAccountByEmail(text)).account,
        await store.readServiceAccount(asId(text)),
        (await store.readSessionForVerdict(asId<SessionId>(text))).found,
        (await store.readApiKeyForVerdict(asId<ApiKeyId>(text))).found,
        await store.readApiKey(asId<ApiKeyId>(text)),
        (await store.readRefreshToken(grant.id, [text])).found,
        (await store.readRefreshToken(asId<GrantId>(text), [digestOf(grant, 1)])).found,
        await store.readClient(text),
        await store.readRevocation(asId<RevocationId>(text)),
        await store.readOwner({ kind: 'session', id: text }),
        await store.readOwner({ kind: 'role', id: text }),
        await store.countUnder({ kind: 'account', id: text }, NOW, NOW),
        await store.changeApiKey({ id: asId<ApiKeyId>(text), change: { name: 'x' }, ...change() }),
      ]
      assert.deepEqual(nothing, Array(nothing.length).fill(null), text)
      const empty = [
        await store.listAccounts({ ...page, email: text }),
        await store.listAccounts({ ...page, email: null, search: `${text} of nobody` }),
        await store.listClients({ ...page, search: `${text} of nobody` }),
        await store.listGrants(asId<AccountId>(text), NOW, 10),
        await store.listApiKeys(asId<AccountId>(text), page),
        await store.listSessions(asId<AccountId>(text), NOW),
        await store.listAudit({
          ...page,
          type: text,
          actorId: text,
          targetId: text,
          sinceMs: null,
          untilMs: null,
        }),
      ]
      assert.deepEqual(empty, Array(empty.length).fill([]), text)
      const id = asId<AccountId>(text)
      const answers = [
        await store.changeAccount({ id, name: 'x', ...change() }),
        await store.changeAccount({ id: account.id, roles: [text], ...change() }),
        await store.endAccount({ id, ...change() }),
        await store.changeServiceAccount({ id: asId(text), name: 'x', ...change() }),
        await store.changeRole({ id: text, permissions: [], ...change() }),
        await store.endRole({ id: text, ...change() }),
        (await store.revoke({ id: makeId('rev'), node: { kind: 'grant', id: text }, ...change() })).kind,
        await store.promoteSigningKey({ id: asId<SigningKeyId>(text), nowMs: NOW, audit: makeEvent() }),
        await store.replacePasswordHash(account.id, text, 'x'),
      ]
      const refused = [
        'not_found',
        'unknown_role',
        'not_found',
        'not_found',
        'not_found',
        'not_found',
        'not_found',
        false,
        false,
      ]
      assert.deepEqual(answers, refused, text)
      await store.recordUse({
        sessions: [{ id: asId<SessionId>(text), atMs: NOW, address: text }],
        apiKeys: [{ id: asId<ApiKeyId>(text), atMs: NOW, address: text, count: 1 }],
      })
    }

    assert.deepEqual(await countRows(bench()), before)
  })

  test('people and programs keep any text as it is', async () => {
    const { store } = bench()
    for (const [index, text] of attacks.entries()) {
      const account: Account = makeAccount({ name: text, email: `${text}${index}` })
      await store.createAccount({ account, passwordHash: text, roles: [], audit: makeEvent() })
      const { head: _, ...read } = await store.readAccountByEmail(account.email)
      assert.deepEqual(read, { account, passwordHash: text, passwordCheckedAtMs: null, roles: [], ways: [] })
      await store.changeAccount({ id: account.id, name: `${text}!`, ...change() })
      assert.equal((await store.readAccount(account.id))?.name, `${text}!`)

      const program: ServiceAccount = makeServiceAccount({ name: text, audiences: [text] })
      await store.createServiceAccount({ account: program, roles: [], audit: makeEvent() })
      assert.deepEqual(await store.readServiceAccount(program.id), { ...program, roles: [] })

      const role: Role = { ...(await givenRole(bench())), id: `injected-${index}`, description: text }
      await store.createRole(role, makeEvent())
      assert.deepEqual(
        (await store.listRoles()).find(({ id }) => id === role.id),
        role,
      )
    }
  })

  test('credentials keep any text as it is', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    for (const text of attacks) {
      const issuedPosition = (await store.readHead()).position
      const session: Session = makeSession(account, {
        issuedPosition,
        amr: [text],
        acr: text,
        device: text,
        userAgent: text,
        address: text,
        place: text,
        lastAddress: text,
      })
      const grant = makeGrant(session, { audiences: [text] })
      await store.openSession({
        session,
        digest: text,
        grant: { grant, refreshDigest: text },
        sessionsMax: 99,
        entryExpiresAtMs: ENTRY_EXPIRES,
        audit: makeEvent(),
      })
      const read = await store.readSessionForVerdict(session.id)
      assert.deepEqual([read.found?.session, read.found?.digest], [session, text])
      const token = await store.readRefreshToken(grant.id, [text])
      assert.deepEqual([token.found?.grant, token.found?.digest], [grant, text])
      const rotation = {
        grant: grant.id,
        digest: text,
        generation: 1,
        successorDigest: `${text}+`,
        graceMs: MINUTE,
      }
      const rotate = () =>
        store.rotateRefreshToken({
          ...rotation,
          expiresAtMs: NOW + DAY,
          ...change(),
          auditReuse: makeEvent(),
        })
      assert.deepEqual(await rotate(), { kind: 'rotated' })
      assert.deepEqual(await rotate(), { kind: 'retry', successorDigest: `${text}+` })

      const key: ApiKey = makeApiKey(account.id, {
        issuedPosition,
        name: text,
        resources: [text],
        audiences: [text],
        allowAddresses: [text],
      })
      await store.createApiKey({ key, digest: text, keysMax: 99, audit: makeEvent() })
      const found = (await store.readApiKeyForVerdict(key.id)).found
      assert.deepEqual([found?.key, found?.secrets[0]?.digest], [key, text])
    }
  })

  test('records keep any text as it is', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    for (const [index, text] of attacks.entries()) {
      const event = makeEvent({
        type: text,
        actor: { kind: 'anonymous', id: text, credential: text },
        target: { kind: text, id: text },
        address: text,
        requestId: text,
        details: { [text]: text },
      })
      await store.appendAudit([event])
      const query = {
        limit: 9,
        after: null,
        type: text,
        actorId: text,
        targetId: text,
        sinceMs: null,
        untilMs: null,
      }
      assert.deepEqual(await store.listAudit(query), [{ event, chain: null }])

      const key = makeSigningKey({ sealedPrivateKey: text, publicJwk: { kty: text } })
      await store.addSigningKey(key, [], makeEvent())
      const { publishedPosition: _, ...listed } = (await store.listSigningKeys()).at(-1) ?? {}
      assert.deepEqual(listed, key)

      const { position } = await store.readHead()
      const node = { kind: 'access_token', id: text } as const
      await store.revoke({ id: makeId('rev'), node, ...change() })
      assert.equal((await store.readEntries(position, 1)).entries[0]?.id, text)

      assert.equal(await store.offerSetupTicket(text, NOW + 1), 'offered')
      assert.equal(await store.takeChainLease(text, NOW + 2 * index, NOW + 2 * index + 1), true)
      const list = [
        { version: `${index}`, fingerprint: text },
        { version: 'shared', fingerprint: 'x' },
      ]
      assert.equal(await fresh.engine.write('checkFingerprints', { list, nowMs: 1 }), 'ok')
    }
  })

  test('text with a zero character is kept whole or refused, never cut', async () => {
    const { store } = bench()
    const email = makeAccount().email
    const account = makeAccount({ email: `${email}\u0000tail`, name: 'a\u0000b' })

    const created = await store
      .createAccount({ account, passwordHash: null, roles: [], audit: makeEvent() })
      .catch(() => 'refused')

    const { account: cut } = await store.readAccountByEmail(email)
    assert.equal(cut, null)
    const read = await store.readAccount(account.id)
    assert.deepEqual(read, created === 'created' ? { ...account, roles: [] } : null)
  })
})
