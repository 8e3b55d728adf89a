/**
 * Every write that changes what a verdict reads appends to the log (design §3). The columns are found, not
 * listed: whatever stands in a table that a verdict reads counts, but for the exemptions below.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { selectAbove } from '../../src/above.ts'
import { readApiKeyForVerdict, readPresented, readSessionForVerdict } from '../../src/reads/credentials.ts'
import type { Row, Script } from '../../src/script.ts'
import { type Bench, onEachDatabase } from '../bench.ts'
import {
  digestOf,
  givenAccount,
  givenApiKey,
  givenGrant,
  givenServiceAccount,
  givenSession,
} from '../given.ts'
import { transactions } from '../transactions.ts'
import { writesOf } from '../writes.ts'

/** What a change of these may do to a verdict: nothing. */
const exempt: Record<string, readonly string[]> = {
  accounts: [
    'signed_in_at',
    'password_hash',
    'password_change_required_at',
    'password_checked_at',
    'password_breached_at',
    'password_position',
    'email_verified_at',
    'created_at',
  ],
  service_accounts: ['created_at'],
  roles: ['description', 'created_at', 'built_in_since'],
  // A later idle deadline is looked at apart: a verifier asks again at the one it knows.
  sessions: ['last_seen_at', 'last_address', 'idle_expires_at'],
  api_keys: ['last_used_at', 'last_address', 'use_count'],
  clients: [
    'name',
    'kind',
    'created_at',
    'profile',
    'auth_method',
    'grant_types',
    'redirect_uris',
    'post_logout_redirect_uris',
    'backchannel_logout_uri',
    'jwks',
    'jwks_uri',
    'logo_uri',
    'policy_uri',
    'tos_uri',
    'id_token_algorithm',
    // How it came to be, which never changes, and that it was used once.
    'registration',
    'used_at',
  ],
  // The head moves with every entry. The others are told to those who follow the log, and no verdict reads them.
  log_head: ['position', 'followed_at', 'pruned_until'],
}

/** Never cached: each use of a refresh token asks the store. */
const uncached = ['refresh_tokens']

/** The rows that belong to one that stood before: a new one changes its verdict. */
const children: Record<string, string> = { principal_roles: 'principal_id', api_key_secrets: 'api_key_id' }

type Dump = ReadonlyMap<string, ReadonlyMap<string, Row>>

/** The tables that the three verdict reads name, by running them and listening. */
async function tablesOfVerdicts(bench: Bench): Promise<readonly string[]> {
  const account = await givenAccount(bench)
  const { session, grant } = await givenGrant(bench, account)
  const key = await givenApiKey(bench, (await givenServiceAccount(bench)).id)
  const tables = new Set<string>()
  const listen = <R>(script: () => Script<R>) =>
    bench.engine.read(function* (): Script<R> {
      const steps = script()
      let step = steps.next()
      while (!step.done) {
        for (const [, table] of step.value.statement.text.matchAll(/\b(?:from|join)\s+(\w+)/g))
          tables.add(table ?? '')
        step = steps.next(yield step.value)
      }
      return step.value
    })
  const session_ = await listen(() => readSessionForVerdict(session.id))
  const token = await listen(() => readPresented(grant.id, [digestOf(grant, 1)]))
  const above = await listen(() => selectAbove(grant.principalId, grant.clientId))
  const apiKey = await listen(() => readApiKeyForVerdict(key.id))
  assert.ok(session_.found && token.found && above.client && above.principal && apiKey.found)
  return [...tables].sort()
}

async function dump(bench: Bench, tables: readonly string[]): Promise<Dump> {
  const found = new Map<string, ReadonlyMap<string, Row>>()
  for (const table of tables) {
    const rows = await bench.rows(`select * from ${table}`)
    found.set(table, new Map(rows.map((row) => [keyOf(table, row), row])))
  }
  return found
}

function keyOf(table: string, row: Row): string {
  if (table === 'principal_roles') return `${row.principal_id} ${row.role_id}`
  if (table === 'api_key_secrets') return `${row.api_key_id} ${row.digest}`
  return String(row.id)
}

/** What a verdict about something that stood before would now read otherwise. */
function differences(before: Dump, after: Dump): readonly string[] {
  const found: string[] = []
  for (const [table, rows] of before) {
    const now = after.get(table) ?? new Map<string, Row>()
    for (const [key, row] of rows) {
      const changed = now.get(key)
      if (changed === undefined) found.push(`${table} lost ${key}`)
      else found.push(...changedColumns(table, row, changed))
    }
    for (const [key, row] of now) {
      if (!rows.has(key) && isChildOfOld(table, row, before)) found.push(`${table} gained ${key}`)
    }
  }
  return found
}

function changedColumns(table: string, before: Row, after: Row): readonly string[] {
  const found = Object.keys(before)
    .filter((column) => !exempt[table]?.includes(column) && before[column] !== after[column])
    .map((column) => `${table}.${column}`)
  const isPulledIn = table === 'sessions' && Number(after.idle_expires_at) < Number(before.idle_expires_at)
  return isPulledIn ? [...found, 'sessions.idle_expires_at'] : found
}

function isChildOfOld(table: string, row: Row, before: Dump): boolean {
  const parent = row[children[table] ?? '']
  return ['accounts', 'service_accounts', 'api_keys'].some((name) => before.get(name)?.has(String(parent)))
}

/** Runs a write and tells what it changed; fails where that is not in the log. */
async function observe(bench: Bench, tables: readonly string[], write: () => Promise<unknown>) {
  const before = await dump(bench, tables)
  const { position } = await bench.store.readHead()
  await write()
  const found = differences(before, await dump(bench, tables))
  const head = await bench.store.readHead()
  const isLogged = head.position > position
  assert.ok(found.length === 0 || isLogged, `changed without an entry: ${found.join(', ')}`)
  return { found, isLogged }
}

/** The transactions that change what a verdict reads; all others may not. */
const changers = [
  'changeAccount',
  'changeApiKey',
  'changeClient',
  'changePassword',
  'changeRole',
  'changeServiceAccount',
  'completeEmailChange',
  'completePasswordChange',
  'completeSignIn',
  'completeStepUp',
  'disownSession',
  'endAccount',
  'endClient',
  'endConsent',
  'endOtherSessions',
  'endRole',
  'endServiceAccount',
  'keepDocumentClient',
  'openSession',
  'redeemAuthorizationCode',
  'requirePasswordChange',
  'resetPassword',
  'revoke',
  'rotateApiKey',
  'rotateRefreshToken',
  'settleLapses',
  'signInWithIdentity',
  'signInWithPasskey',
  'startEpoch',
  'sweepRegistrations',
]

onEachDatabase((bench) => {
  test('verdicts read the tables that this test looks at', async () => {
    const tables = await tablesOfVerdicts(bench())

    assert.deepEqual(tables, [
      'accounts',
      'api_key_secrets',
      'api_keys',
      'clients',
      'grants',
      'log_head',
      'principal_roles',
      'refresh_tokens',
      'roles',
      'service_accounts',
      'sessions',
    ])
  })

  test('no write changes what a verdict reads without an entry in the log', async () => {
    const fresh = await bench().fresh()
    const tables = (await tablesOfVerdicts(fresh)).filter((table) => !uncached.includes(table))
    const writes = await writesOf(fresh)
    const changed = new Set<string>()

    for (const [name, uses] of Object.entries(writes)) {
      for (const [index, use] of uses.entries()) {
        const { found } = await observe(fresh, tables, use).catch((error) => {
          throw new Error(`${name}, use ${index}`, { cause: error })
        })
        if (found.length > 0) changed.add(name)
      }
    }

    assert.deepEqual([...changed].sort(), changers)
    const { tamper: _, ...ours } = transactions
    assert.deepEqual(Object.keys(writes).sort(), Object.keys(ours).sort())
  })

  test('a write that forgets its entry is found out', async () => {
    const fresh = await bench().fresh()
    const account = await givenAccount(fresh)
    await givenSession(fresh, account)
    const tables = (await tablesOfVerdicts(fresh)).filter((table) => !uncached.includes(table))
    const careless = [
      `update accounts set name = 'x'`,
      `insert into principal_roles (principal_id, role_id) values ('${account.id}', 'administrator')`,
      'delete from principal_roles',
      'update sessions set ended_at = 1',
      'update sessions set idle_expires_at = idle_expires_at - 1',
      'update api_key_secrets set expires_at = 1',
      `update roles set permissions = '["*"]'`,
      'update log_head set issuer_revoked_before = 1',
    ]

    for (const text of careless) {
      await assert.rejects(
        observe(fresh, tables, () => fresh.tamper(text)),
        /changed without an entry/,
        text,
      )
    }
    await observe(fresh, tables, () => fresh.tamper('update sessions set last_seen_at = 1'))
  })
})
