/** The part of the schema that is about how accounts begin, are recovered, and end. See `migrations.ts`. */

/** `email`: where the link was sent; it is worth nothing once the account has another address. */
export const links: readonly string[] = [
  `create table mail_links (
    digest text not null primary key,
    purpose text not null,
    account_id text not null,
    email text not null,
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint
  ) /*clustered*/`,
  'create index mail_links_by_account on mail_links (account_id)',
  'create index mail_links_by_expiry on mail_links (expires_at)',
]

/**
 * What a sign-in leaves behind, by the session that it opened: the browser that is known since, the secrets of keys
 * that it saw, the grants that outlive it, and the links by which its owner says that it was not them.
 */
export const origins: readonly string[] = [
  'alter table sessions add column device_id text',
  'alter table api_key_secrets add column made_in text',
  'create index api_key_secrets_by_session on api_key_secrets (made_in) where made_in is not null',
  'alter table grants add column opened_in text',
  'create index grants_by_origin on grants (opened_in) where opened_in is not null',
  'alter table mail_links add column session_id text',
]

/** Where a change of the address leads, or, on a link by which its owner takes it back, where it has led. */
export const emailChanges: readonly string[] = ['alter table mail_links add column new_email text']

/**
 * Messages on their way out. `sealed` holds whom it goes to and what it says, and is emptied when it has ended;
 * `next_attempt_at` is also the end of the lease of whoever is sending it.
 */
export const mails: readonly string[] = [
  `create table mails (
    id text not null primary key,
    kind text not null,
    account_id text,
    sealed text,
    created_at bigint not null,
    expires_at bigint not null,
    attempts bigint not null,
    next_attempt_at bigint,
    reason text,
    sent_at bigint,
    failed_at bigint,
    ended_at bigint
  ) /*clustered*/`,
  'create index mails_by_attempt on mails (next_attempt_at) where next_attempt_at is not null',
  'create index mails_by_account on mails (account_id) where account_id is not null',
  'create index mails_by_end on mails (ended_at) where ended_at is not null',
]

/** No account yet. `password_hash`: of the password that the link has to be used with. */
export const signUps: readonly string[] = [
  `create table sign_ups (
    digest text not null primary key,
    email text not null,
    name text,
    password_hash text not null,
    created_at bigint not null,
    expires_at bigint not null
  ) /*clustered*/`,
  'create index sign_ups_by_email on sign_ups (email)',
  'create index sign_ups_by_expiry on sign_ups (expires_at)',
]

/**
 * One for an address at a time. `digest`: of what its link ends with. `issued_position` and `made_in`: what ends the
 * credentials of whoever invites ends what they have given away, too.
 */
export const invitations: readonly string[] = [
  `create table invitations (
    id text not null primary key,
    digest text not null unique,
    email text not null unique,
    roles text not null,
    invited_by text not null,
    made_in text,
    issued_position bigint not null,
    created_at bigint not null,
    expires_at bigint not null
  ) /*clustered*/`,
  'create index invitations_by_session on invitations (made_in) where made_in is not null',
  'create index invitations_by_expiry on invitations (expires_at)',
]
