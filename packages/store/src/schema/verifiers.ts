/** What the authority remembers about verifiers and what they report. See `migrations.ts`. */

// `followed_at`: when the first verifier of another process followed the log. `pruned_until`: the greatest
// `expires_at` of an entry that was deleted; whatever expired by then may have been hit by an entry that is gone.
export const followers: readonly string[] = [
  'alter table log_head add column followed_at bigint',
  'alter table log_head add column pruned_until bigint',
]

// Where the log announced a key. Those that stand here already were published before all that follows.
export const announcements: readonly string[] = [
  'alter table signing_keys add column published_position bigint',
  'update signing_keys set published_position = (select position from log_head)',
]

// Which key made which requests. `reported_by` is the verifier's service account, empty for the authority.
export const usage: readonly string[] = [
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
