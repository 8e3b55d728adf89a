/** OAuth clients, and what people have allowed them. See `migrations.ts`. */

// What a client is registered as. Lists are JSON; the authority's own client may do what it always could.
export const clients: readonly string[] = [
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

// What was allowed to whom, on its way to a client and as it is remembered.
export const authorizations: readonly string[] = [
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

/** What a sign-in has to reach: for an application, and while it is under way. */
export const assurance: readonly string[] = [
  'alter table clients add column assurance text',
  'alter table tickets add column level text',
]

// Keys that tokens are bound to (RFC 9449): what a client always needs, and what a grant and a code were given to.
export const proofs: readonly string[] = [
  `alter table clients add column sender_constraint text not null default 'none'`,
  'alter table grants add column jkt text',
  'alter table authorization_codes add column dpop_jkt text',
]

// The secret of a client that signs with it, sealed.
export const sealedClientSecrets: readonly string[] = ['alter table client_secrets add column sealed text']

// What the ID tokens of a client are signed with, and the keys for it beside those of the server's own algorithm.
export const idTokenAlgorithms: readonly string[] = [
  'alter table clients add column id_token_algorithm text',
  `create index clients_by_id_token_algorithm on clients (id_token_algorithm)
    where id_token_algorithm is not null and ended_at is null`,
  `alter table signing_keys add column line text not null default 'main'`,
]

// Where a client publishes its keys.
export const publishedKeys: readonly string[] = ['alter table clients add column jwks_uri text']

/** Where people may be sent after they have signed out. */
export const logoutAddresses: readonly string[] = [
  `alter table clients add column post_logout_redirect_uris text not null default '[]'`,
]

// Who is signed in where by which session; a row is also the message that it has ended, from then on until the client
// was told or it is too late. `expires_at` is until then when its session is looked at, since it may have ended by itself,
// and from then on when it is too late. `next_attempt_at` is also the end of the lease of whoever is telling.
export const clientSignIns: readonly string[] = [
  'alter table clients add column backchannel_logout_uri text',
  `create table client_sign_ins (
    session_id text not null,
    client_id text not null,
    account_id text not null,
    created_at bigint not null,
    expires_at bigint not null,
    ended_at bigint,
    attempts bigint not null,
    next_attempt_at bigint,
    primary key (session_id, client_id)
  ) /*clustered*/`,
  'create index client_sign_ins_by_account on client_sign_ins (account_id) where ended_at is null',
  'create index client_sign_ins_by_attempt on client_sign_ins (next_attempt_at) where next_attempt_at is not null',
  'create index client_sign_ins_by_expiry on client_sign_ins (expires_at)',
  `create table logout_cursor (
    id bigint not null primary key check (id = 1),
    position bigint not null
  )`,
  'insert into logout_cursor (id, position) select 1, position from log_head',
]

/**
 * Clients that nobody of this server has looked at, and what lets them register. `used_at`: when somebody first allowed
 * one of them something; those without it are counted, and swept.
 */
export const registrations: readonly string[] = [
  `alter table clients add column registration text not null default 'administrator'`,
  'alter table clients add column used_at bigint',
  `create index clients_unused on clients (created_at)
    where registration <> 'administrator' and used_at is null and ended_at is null`,
  `create table initial_access_tokens (
    id text not null primary key,
    digest text not null unique,
    name text not null,
    uses bigint not null,
    uses_max bigint not null,
    created_by text not null,
    created_at bigint not null,
    expires_at bigint not null
  ) /*clustered*/`,
  'create index initial_access_tokens_by_expiry on initial_access_tokens (expires_at)',
]

export const registrationTimes: readonly string[] = [
  'alter table initial_access_tokens add column last_used_at bigint',
]
