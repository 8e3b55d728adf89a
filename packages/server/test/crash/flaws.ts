/**
 * Half-made states, looked for in the database itself: each question finds rows that no transaction leaves
 * behind when it is done as a whole or not at all.
 */
import assert from 'node:assert/strict'
import type { Query } from './promises.ts'

/** An entry of the log that ended something by its id, for the row `one`. */
const killed = (kind: string): string => `exists (select 1 from revocations as entry
  where entry.kind = '${kind}' and entry.node_id = one.id and entry.issued_before_position is null)`

/** An event about the row `one` at the very moment of the change. */
const noted = (
  types: string,
  target: string,
  at: string,
): string => `exists (select 1 from audit_events as event
  where event.type in (${types}) and event.target_id = ${target} and event.at = ${at})`

const ended = (table: string, kind: string): Record<string, string> => ({
  [`a row of ${table} that ended without an entry`]: `select id from ${table} as one
    where ended_at is not null and not ${killed(kind)}`,
  [`an entry that ended no row of ${table}`]: `select node_id from revocations as entry
    where kind = '${kind}' and issued_before_position is null
      and not exists (select 1 from ${table} as one where one.id = entry.node_id and ended_at is not null)`,
})

const ruled = (table: string, kind: string): Record<string, string> => ({
  [`a rule on a row of ${table} without its entry`]: `select id from ${table} as one
    where revoked_before > 0 and not exists (select 1 from revocations as entry
      where entry.position = one.revoked_before and entry.issued_before_position = entry.position)`,
  [`a revocation that left no rule on a row of ${table}`]: `select node_id from revocations as entry
    where kind = '${kind}' and entry.id is not null and not exists (
      select 1 from ${table} as one where one.id = entry.node_id and one.revoked_before >= entry.position)`,
})

const credentials: Readonly<Record<string, string>> = {
  'an API key without exactly one open-ended secret': `select id from api_keys as one where 1 <> (
    select count(*) from api_key_secrets as secret where secret.api_key_id = one.id and expires_at is null)`,
  'a secret without an API key': `select digest from api_key_secrets as secret
    where not exists (select 1 from api_keys as one where one.id = secret.api_key_id)`,
  'a session of tokens without exactly one grant, or another with one': `select id from sessions as one
    where (case when delivery = 'jwt' then 1 else 0 end) <>
      (select count(*) from grants as family where family.session_id = one.id)`,
  'a grant without its session': `select id from grants as one
    where not exists (select 1 from sessions as above where above.id = one.session_id)`,
  'a family whose generations have a gap': `select id from grants as one
    where (select count(*) from refresh_tokens as token where token.grant_id = one.id) <> coalesce(
      (select max(generation) from refresh_tokens as token where token.grant_id = one.id), -1)`,
  'a family without exactly one unused refresh token': `select id from grants as one
    where 1 <> (select count(*) from refresh_tokens as token
      where token.grant_id = one.id and token.used_at is null)`,
  'a used refresh token without its successor of that moment': `select grant_id from refresh_tokens as token
    where used_at is not null and not exists (select 1 from refresh_tokens as next
      where next.grant_id = token.grant_id and next.generation = token.generation + 1
        and next.created_at = token.used_at)`,
  ...ended('sessions', 'session'),
  ...ended('grants', 'grant'),
  ...ended('api_keys', 'api_key'),
  ...ruled('accounts', 'account'),
  ...ruled('service_accounts', 'service_account'),
  ...ruled('roles', 'role'),
}

const log: Readonly<Record<string, string>> = {
  'positions that are not dense up to the head': `select position from log_head where position <>
    (select count(*) from revocations) or position <> (select coalesce(max(position), 0) from revocations)`,
  'a rule with another position than its own': `select position from revocations
    where issued_before_position <> position`,
  'a revocation without its event': `select id from revocations as one where id is not null
    and not exists (select 1 from audit_events as event where event.type = 'revocation.committed'
      and event.target_id = one.node_id and event.details like '%' || one.id || '%')`,
  'an event of a revocation that is not there': `select id from audit_events where type = 'revocation.committed'
    and (select count(*) from audit_events where type = 'revocation.committed') <>
      (select count(*) from revocations where id is not null)`,
  'a rule without the event of its change': `select position from revocations as one
    where id is null and issued_before_position is not null and kind <> 'signing_key' and not ${noted(
      `'api_key.rotated', 'api_key.changed', 'role.changed', 'service_account.changed', 'account.changed'`,
      'one.node_id',
      'one.at',
    )}`,
  'an event of a changed key without its rule': `select id from audit_events as event
    where type in ('api_key.rotated', 'api_key.changed') and not exists (select 1 from revocations as entry
      where entry.kind = 'api_key' and entry.node_id = event.target_id and entry.at = event.at)`,
}

const created = (table: string, types: string, condition = '1 = 1'): Record<string, string> => ({
  [`a row of ${table} without its event`]: `select id from ${table} as one
    where ${condition} and not ${noted(types, 'one.id', 'one.created_at')}`,
  [`an event of a row of ${table} that is not there`]: `select id from audit_events as event
    where type in (${types}) and not exists (select 1 from ${table} as one where one.id = event.target_id)`,
})

const audit: Readonly<Record<string, string>> = {
  ...created('sessions', `'session.opened'`),
  // The first administrator's program and key are made with the account, under one event.
  ...created('api_keys', `'api_key.created'`, `name <> 'bootstrap'`),
  ...created('service_accounts', `'service_account.created'`, `name <> 'bootstrap'`),
  ...created('accounts', `'account.created', 'setup.completed'`),
  ...created('signing_keys', `'signing_key.created', 'signing_key.published'`),
  'a family with more or fewer refreshes than events': `select id from grants as one where
    (select count(*) from refresh_tokens as token where token.grant_id = one.id and used_at is not null) <>
    (select count(*) from audit_events as event
      where event.type = 'grant.refreshed' and event.target_id = one.id)`,
  'a chain that is not dense up to its end': `select position from chain_lease where position <>
    (select count(*) from audit_events where chain_position is not null) or position <>
    (select coalesce(max(chain_position), 0) from audit_events)`,
}

/** Fails with every kind of half-made state that is there. */
export async function assertNoFlaws(query: Query): Promise<void> {
  const found: string[] = []
  for (const [flaw, text] of Object.entries({ ...credentials, ...log, ...audit })) {
    const rows = await query(text)
    if (rows.length > 0) found.push(`${flaw}: ${JSON.stringify(rows.slice(0, 3))}`)
  }
  assert.deepEqual(found, [])
}
