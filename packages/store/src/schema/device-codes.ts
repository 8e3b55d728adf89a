/** Authorizations that begin on a device without a browser (RFC 8628). See `migrations.ts`. */

/** `session_id`: the one that has typed the user code first. `next_poll_at`: before it the device asks too early. */
export const deviceCodes: readonly string[] = [
  `create table device_codes (
    digest text not null primary key,
    user_digest text not null,
    grant_id text not null,
    client_id text not null,
    scope text not null,
    identity_scopes text not null,
    audiences text not null,
    address text,
    created_at bigint not null,
    expires_at bigint not null,
    poll_ms bigint not null,
    next_poll_at bigint not null,
    session_id text,
    account_id text,
    decision text,
    issued_position bigint,
    used_at bigint
  ) /*clustered*/`,
  'create unique index device_codes_by_user on device_codes (user_digest)',
  'create index device_codes_by_expiry on device_codes (expires_at)',
  'create index device_codes_by_account on device_codes (account_id, client_id) where account_id is not null',
]
