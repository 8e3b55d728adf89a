/** The first version’s principals, the credentials under them, and the log of revocations. See `migrations.ts`. */

// There are few foreign keys: the statements keep rows together, and a sweep of a million rows should not ask
// a million times whether anybody still points at them. A row whose parent is missing is dead on every read.
export const principals: readonly string[] = [
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
export const credentials: readonly string[] = [
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
export const log: readonly string[] = [
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
