/** How people prove who they are: passwords, second factors, passkeys, known devices, and what is usual. See `migrations.ts`. */

// `offered_until` is null once a factor was confirmed by a first code. `last_step`: TOTP codes up to it are spent.
export const factors: readonly string[] = [
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
export const passwords: readonly string[] = [
  'alter table accounts add column password_change_required_at bigint',
  'alter table accounts add column password_checked_at bigint',
  'alter table accounts add column password_breached_at bigint',
  'alter table accounts add column password_position bigint not null default 0',
]

// A passkey is a factor, with an empty seed there: a node that knows only TOTP asks for what it cannot open, and
// refuses. Flags are times. `bound_to`: a session, the digest of a ticket, or nothing.
export const passkeys: readonly string[] = [
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

export const risk: readonly string[] = [
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

// Accounts that strangers tried in vain, by network, and how long a network waits. Both networks and addresses that
// nobody has are keyed digests. `since`: when the window began that its failures are counted in.
export const networks: readonly string[] = [
  `create table network_failures (
    network text not null,
    subject text not null,
    expires_at bigint not null,
    primary key (network, subject)
  ) /*clustered*/`,
  'create index network_failures_by_expiry on network_failures (expires_at)',
  `create table network_waits (
    network text not null,
    since bigint not null,
    failures bigint not null,
    tried_at bigint not null,
    wait_ms bigint not null,
    expires_at bigint not null,
    primary key (network, since)
  ) /*clustered*/`,
  'create index network_waits_by_expiry on network_waits (expires_at)',
]

// Until when a known browser is spared the second factor.
export const trustedDevices: readonly string[] = ['alter table devices add column trusted_until bigint']

// Browsers that an account was signed in to in. Wrong passwords in a row are counted for each, and with an empty
// `device` for all others; `subject` is an account, or what stands for an address that nobody has.
export const devices: readonly string[] = [
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

// What API keys and service accounts are used to. `uses` grows with each writing.
export const programs: readonly string[] = [
  `create table program_profiles (
    subject text not null primary key,
    uses bigint not null,
    memory text not null,
    expires_at bigint not null
  ) /*clustered*/`,
  'create index program_profiles_by_expiry on program_profiles (expires_at)',
  'alter table api_keys add column suspended_at bigint',
]

// Accounts elsewhere that people sign in with. One is one account's. `made_in`: the session in which it was connected.
export const identities: readonly string[] = [
  `create table identities (
    id text not null primary key,
    account_id text not null,
    provider text not null,
    issuer text not null,
    subject text not null,
    label text,
    created_at bigint not null,
    last_used_at bigint,
    made_in text
  ) /*clustered*/`,
  'create unique index identities_by_subject on identities (issuer, subject)',
  'create index identities_by_account on identities (account_id, id)',
  'create index identities_by_session on identities (made_in) where made_in is not null',
]
