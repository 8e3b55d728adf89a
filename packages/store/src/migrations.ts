/**
 * The schema, as one ordered list that only grows. Types need no translation: ids and digests are text, times
 * are bigint milliseconds, a flag is a time that may be null, lists are JSON as text. Ids are time-ordered and
 * rows are stored by them, so that inserts land next to one another.
 */
import type { Migration } from './migrate.ts'
import { links, mails, signUps } from './migrations-account-life.ts'

// There are few foreign keys: the statements keep rows together, and a sweep of a million rows should not ask
// a million times whether anybody still points at them. A row whose parent is missing is dead on every read.
const principals: readonly string[] = [
  `create table accounts (
    id text not null primary key,
    email text unique,
    name text,
    email_verified_at bigint,
    password_hash text,
    created_at bigint not null,
    disabled_at bigint,
    ended_at bigint,
    revoked_before bigint not null,
    signed_in_at bigint
  ) /*clustered*/`,
  `create table service_accounts (
    id text not null primary key,
    name text not null,
    audiences text not null,
    created_at bigint not null,
    disabled_at bigint,
    ended_at bigint,
    revoked_before bigint not null
  ) /*clustered*/`,
  `create table roles (
    id text not null primary key,
    description text,
    permissions text not null,
    built_in_since bigint,
    created_at bigint not null,
    revoked_before bigint not null
  ) /*clustered*/`,
  `create table principal_roles (
    principal_id text not null,
    role_id text not null,
    primary key (principal_id, role_id)
  ) /*clustered*/`,
  'create index principal_roles_by_role on principal_roles (role_id, principal_id)',
  `insert into roles (id, description, permissions, built_in_since, created_at, revoked_before) values
    ('administrator', 'May do everything.', '["*"]', 0, 0, 0),
    ('member', 'May manage what is its own.', '[]', 0, 0, 0)`,
]

// Partial indexes leave out what has ended: it is counted never and swept by the indexes on its end.
const credentials: readonly string[] = [
  `create table clients (
    id text not null primary key,
    name text not null,
    kind text not null,
    created_at bigint not null,
    revoked_before bigint not null
  ) /*clustered*/`,
  `insert into clients (id, name, kind, created_at, revoked_before)
    values ('first-party', 'First-party applications', 'public', 0, 0)`,
  `create table sessions (
    id text not null primary key,
    account_id text not null,
    digest text not null,
    created_at bigint not null,
    expires_at bigint not null,
    idle_seconds bigint not null,
    idle_expires_at bigint not null,
    last_seen_at bigint not null,
    last_address text,
    ended_at bigint,
    issued_position bigint not null,
    auth_time bigint not null,
    amr text not null,
    acr text,
    delivery text not null,
    device text,
    user_agent text,
    address text,
    place text
  ) /*clustered*/`,
  'create index sessions_by_account on sessions (account_id, issued_position) where ended_at is null',
  'create index sessions_by_position on sessions (issued_position) where ended_at is null',
  'create index sessions_by_end on sessions (ended_at) where ended_at is not null',
  'create index sessions_by_expiry on sessions (expires_at)',
  `create table grants (
    id text not null primary key,
    principal_id text not null,
    client_id text not null,
    session_id text,
    scope text not null,
    audiences text not null,
    created_at bigint not null,
    expires_at bigint not null,
    ended_at bigint,
    issued_position bigint not null
  ) /*clustered*/`,
  'create index grants_by_principal on grants (principal_id, issued_position) where ended_at is null',
  'create index grants_by_client on grants (client_id, issued_position) where ended_at is null',
  'create index grants_by_session on grants (session_id) where session_id is not null',
  'create index grants_by_position on grants (issued_position) where ended_at is null',
  'create index grants_by_end on grants (ended_at) where ended_at is not null',
  'create index grants_by_expiry on grants (expires_at)',
  `create table refresh_tokens (
    grant_id text not null,
    generation bigint not null,
    digest text not null,
    created_at bigint not null,
    used_at bigint,
    expires_at bigint not null,
    primary key (grant_id, generation)
  ) /*clustered*/`,
  `create table api_keys (
    id text not null primary key,
    owner_id text not null,
    name text not null,
    permissions text not null,
    resources text not null,
    audiences text not null,
    allow_addresses text not null,
    rate_limit text,
    created_at bigint not null,
    created_by text not null,
    expires_at bigint,
    ended_at bigint,
    last_used_at bigint,
    last_address text,
    use_count bigint not null,
    overlap_ends_at bigint,
    issued_position bigint not null
  ) /*clustered*/`,
  'create index api_keys_by_owner on api_keys (owner_id, id)',
  'create index api_keys_by_position on api_keys (issued_position) where ended_at is null',
  'create index api_keys_by_end on api_keys (ended_at) where ended_at is not null',
  'create index api_keys_by_expiry on api_keys (expires_at) where expires_at is not null',
  `create table api_key_secrets (
    api_key_id text not null,
    digest text not null,
    created_at bigint not null,
    expires_at bigint,
    primary key (api_key_id, digest)
  ) /*clustered*/`,
  'create index api_key_secrets_by_expiry on api_key_secrets (expires_at) where expires_at is not null',
  `create table signing_keys (
    id text not null primary key,
    algorithm text not null,
    state text not null,
    public_jwk text,
    sealed_private_key text not null,
    created_at bigint not null,
    promoted_at bigint,
    demoted_at bigint,
    retired_at bigint
  ) /*clustered*/`,
]

// The head's one row is the lock that makes positions dense and orders them by commit.
const log: readonly string[] = [
  `create table log_head (
    id bigint not null primary key check (id = 1),
    epoch text not null,
    position bigint not null,
    issuer_revoked_before bigint not null
  )`,
  `insert into log_head (id, epoch, position, issuer_revoked_before) values (1, '', 0, 0)`,
  `create table revocations (
    position bigint not null primary key,
    id text unique,
    kind text not null,
    node_id text not null,
    issued_before_position bigint,
    at bigint not null,
    expires_at bigint not null
  ) /*clustered*/`,
]

// `chain_lease` also holds the chain's end: links cut off the end of the events are missed by it.
const records: readonly string[] = [
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
const household: readonly string[] = [
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

// `followed_at`: when the first verifier of another process followed the log. `pruned_until`: the greatest
// `expires_at` of an entry that was deleted; whatever expired by then may have been hit by an entry that is gone.
const followers: readonly string[] = [
  'alter table log_head add column followed_at bigint',
  'alter table log_head add column pruned_until bigint',
]

// Where the log announced a key. Those that stand here already were published before all that follows.
const announcements: readonly string[] = [
  'alter table signing_keys add column published_position bigint',
  'update signing_keys set published_position = (select position from log_head)',
]

// Which key made which requests. `reported_by` is the verifier's service account, empty for the authority.
const usage: readonly string[] = [
  `create table usage_hours (
    api_key_id text not null,
    hour bigint not null,
    reported_by text not null,
    route text not null,
    uses bigint not null,
    refused bigint not null,
    last_at bigint not null,
    last_address text,
    primary key (api_key_id, hour, reported_by, route)
  ) /*clustered*/`,
  'create index usage_hours_by_hour on usage_hours (hour)',
]

// `offered_until` is null once a factor was confirmed by a first code. `last_step`: TOTP codes up to it are spent.
const factors: readonly string[] = [
  `create table factors (
    id text not null primary key,
    account_id text not null,
    kind text not null,
    name text,
    sealed_seed text not null,
    created_at bigint not null,
    offered_until bigint,
    last_step bigint not null,
    last_used_at bigint
  ) /*clustered*/`,
  'create index factors_by_account on factors (account_id, id)',
  'create index factors_by_offer on factors (offered_until) where offered_until is not null',
  `create table recovery_codes (
    account_id text not null,
    number bigint not null,
    hash text not null,
    created_at bigint not null,
    used_at bigint,
    primary key (account_id, number)
  ) /*clustered*/`,
  `create table factor_failures (
    account_id text not null,
    way text not null,
    failures bigint not null,
    primary key (account_id, way)
  ) /*clustered*/`,
  `create table tickets (
    digest text not null primary key,
    account_id text not null,
    purpose text not null,
    session_id text,
    amr text not null,
    delivery text not null,
    refresh text not null,
    issued_position bigint not null,
    factor_id text,
    created_at bigint not null,
    expires_at bigint not null,
    tries bigint not null,
    used_at bigint
  ) /*clustered*/`,
  'create index tickets_by_account on tickets (account_id)',
  'create index tickets_by_expiry on tickets (expires_at)',
]

// Flags and times of a password. `password_position`: where the log stood when it was last changed.
const passwords: readonly string[] = [
  'alter table accounts add column password_change_required_at bigint',
  'alter table accounts add column password_checked_at bigint',
  'alter table accounts add column password_breached_at bigint',
  'alter table accounts add column password_position bigint not null default 0',
]

// What a client is registered as. Lists are JSON; the authority's own client may do what it always could.
const clients: readonly string[] = [
  `alter table clients add column profile text not null default 'oauth2.1'`,
  `alter table clients add column auth_method text not null default 'none'`,
  `alter table clients add column grant_types text not null default '[]'`,
  `alter table clients add column redirect_uris text not null default '[]'`,
  `alter table clients add column scopes text not null default '[]'`,
  `alter table clients add column audiences text not null default '[]'`,
  'alter table clients add column service_account_id text',
  'alter table clients add column jwks text',
  'alter table clients add column logo_uri text',
  'alter table clients add column policy_uri text',
  'alter table clients add column tos_uri text',
  'alter table clients add column disabled_at bigint',
  'alter table clients add column ended_at bigint',
  `update clients set grant_types = '["refresh_token"]', scopes = '["*"]' where id = 'first-party'`,
  `create table client_secrets (
    client_id text not null,
    digest text not null,
    created_at bigint not null,
    expires_at bigint,
    primary key (client_id, digest)
  ) /*clustered*/`,
  'create index client_secrets_by_expiry on client_secrets (expires_at) where expires_at is not null',
  `create table used_once (
    key text not null primary key,
    expires_at bigint not null
  ) /*clustered*/`,
  'create index used_once_by_expiry on used_once (expires_at)',
]

// A passkey is a factor, with an empty seed there: a node that knows only TOTP asks for what it cannot open, and
// refuses. Flags are times. `bound_to`: a session, the digest of a ticket, or nothing.
const passkeys: readonly string[] = [
  `create table passkeys (
    id text not null primary key,
    account_id text not null,
    credential_id text not null,
    user_handle text not null,
    public_key text not null,
    sign_count bigint not null,
    transports text not null,
    aaguid text not null,
    backup_eligible_at bigint,
    backed_up_at bigint,
    user_verified_at bigint
  ) /*clustered*/`,
  'create unique index passkeys_by_credential on passkeys (credential_id)',
  'create index passkeys_by_account on passkeys (account_id, id)',
  `create table passkey_challenges (
    digest text not null primary key,
    purpose text not null,
    account_id text,
    bound_to text not null,
    user_handle text,
    expires_at bigint not null
  ) /*clustered*/`,
  'create index passkey_challenges_by_account on passkey_challenges (account_id) where account_id is not null',
  'create index passkey_challenges_by_expiry on passkey_challenges (expires_at)',
]

/** Grades and profiles are JSON; rows expire by themselves, and go with their account. */
const risk: readonly string[] = [
  `create table risk_profiles (
    account_id text not null primary key,
    sign_ins bigint not null,
    profile text not null,
    expires_at bigint not null
  ) /*clustered*/`,
  'create index risk_profiles_by_expiry on risk_profiles (expires_at)',
  `create table judged_attempts (
    id text not null primary key,
    account_id text not null,
    at bigint not null,
    action text not null,
    grades text not null,
    expires_at bigint not null
  ) /*clustered*/`,
  'create index judged_attempts_by_account on judged_attempts (account_id)',
  'create index judged_attempts_by_expiry on judged_attempts (expires_at)',
  `create table risk_policies (
    name text not null primary key,
    policy text not null,
    changed_at bigint not null
  ) /*clustered*/`,
]

// What was allowed to whom, on its way to a client and as it is remembered.
const authorizations: readonly string[] = [
  `alter table grants add column identity_scopes text not null default '[]'`,
  `create table authorization_codes (
    digest text not null primary key,
    grant_id text not null,
    client_id text not null,
    account_id text not null,
    session_id text not null,
    redirect_uri text not null,
    code_challenge text,
    scope text not null,
    identity_scopes text not null,
    audiences text not null,
    nonce text,
    issued_position bigint not null,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint
  ) /*clustered*/`,
  'create index authorization_codes_by_expiry on authorization_codes (expires_at)',
  'create index authorization_codes_by_account on authorization_codes (account_id, client_id) where used_at is null',
  `create table consents (
    account_id text not null,
    client_id text not null,
    scopes text not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (account_id, client_id)
  ) /*clustered*/`,
]

// Browsers that an account was signed in to in. Wrong passwords in a row are counted for each, and with an empty
// `device` for all others; `subject` is an account, or what stands for an address that nobody has.
const devices: readonly string[] = [
  `create table devices (
    id text not null primary key,
    account_id text not null,
    digest text not null,
    name text,
    created_at bigint not null,
    last_seen_at bigint not null
  ) /*clustered*/`,
  'create unique index devices_by_account on devices (account_id, digest)',
  'create index devices_by_last_seen on devices (last_seen_at)',
  `create table password_failures (
    subject text not null,
    device text not null,
    failures bigint not null,
    tried_at bigint not null,
    wait_ms bigint not null,
    primary key (subject, device)
  ) /*clustered*/`,
  'create index password_failures_by_time on password_failures (tried_at)',
]

export const migrations: readonly Migration[] = [
  {
    id: 1,
    name: 'beginning',
    statements: [...principals, ...credentials, ...log, ...records, ...household],
  },
  { id: 2, name: 'followers', statements: followers },
  { id: 3, name: 'announcements', statements: announcements },
  { id: 4, name: 'usage', statements: usage },
  { id: 5, name: 'factors', statements: factors },
  { id: 6, name: 'passwords', statements: passwords },
  { id: 7, name: 'mails', statements: mails },
  { id: 8, name: 'clients', statements: clients },
  { id: 9, name: 'passkeys', statements: passkeys },
  { id: 10, name: 'risk', statements: risk },
  { id: 11, name: 'links', statements: links },
  { id: 12, name: 'authorizations', statements: authorizations },
  { id: 13, name: 'sign_ups', statements: signUps },
  { id: 14, name: 'devices', statements: devices },
]
