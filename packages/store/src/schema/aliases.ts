/** Names of nodes in sectors of clients. See `migrations.ts`. */

// What a sector was told in place of an id: kept, so that it stays when keys change, and so that the log can name it.
// `subject` and `sid` of a sign-in: what its client knows the person and the session by, where those are no ids of ours.
export const aliases: readonly string[] = [
  `create table aliases (
    node_id text not null,
    sector text not null,
    alias text not null unique,
    created_at bigint not null,
    primary key (node_id, sector)
  ) /*clustered*/`,
  `alter table clients add column subject_type text not null default 'public'`,
  'alter table clients add column sector_identifier_uri text',
  'alter table client_sign_ins add column subject text',
  'alter table client_sign_ins add column sid text',
]
