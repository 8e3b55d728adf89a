/** The first version’s records: audit, signing keys and what keeps the house. See `migrations.ts`. */

// `chain_lease` also holds the chain's end: links cut off the end of the events are missed by it.
export const records: readonly string[] = [
  `create table audit_events (
    id text not null primary key,
    at bigint not null,
    type text not null,
    outcome text not null,
    actor_kind text not null,
    actor_id text,
    actor_credential text,
    target_kind text,
    target_id text,
    address text,
    request_id text,
    details text not null,
    chain_position bigint,
    chain_hash text
  ) /*clustered*/`,
  'create index audit_events_unchained on audit_events (id) where chain_position is null',
  `create unique index audit_events_by_chain on audit_events (chain_position)
    where chain_position is not null`,
  'create index audit_events_by_actor on audit_events (actor_id, id) where actor_id is not null',
  'create index audit_events_by_target on audit_events (target_id, id) where target_id is not null',
  'create index audit_events_by_type on audit_events (type, id)',
  `create table chain_lease (
    id bigint not null primary key check (id = 1),
    holder text,
    until bigint not null,
    position bigint not null,
    hash text not null
  )`,
  `insert into chain_lease (id, holder, until, position, hash) values (1, null, 0, 0, '')`,
]

// A row of `locks` is updated by transactions that must not run side by side on Postgres.
export const household: readonly string[] = [
  `create table locks (
    name text not null primary key
  ) /*clustered*/`,
  `insert into locks (name) values ('administrators'), ('signing_keys'), ('secrets')`,
  `create table setup_tickets (
    digest text not null primary key,
    expires_at bigint not null
  ) /*clustered*/`,
  `create table secret_fingerprints (
    version text not null primary key,
    fingerprint text not null
  ) /*clustered*/`,
]

/** Since when this database knows a version of the secrets; null for those it knew before it kept that. */
export const secretAges: readonly string[] = ['alter table secret_fingerprints add column seen_at bigint']
