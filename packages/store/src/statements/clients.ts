/** OAuth clients, their secrets, and what may be presented once. */
import { type Part, toPart } from '../columns.ts'
import type { Statement } from '../script.ts'

const columns = `id, name, kind, profile, auth_method, grant_types, redirect_uris, scopes, audiences,
  service_account_id, jwks, logo_uri, policy_uri, tos_uri, post_logout_redirect_uris,
  backchannel_logout_uri, assurance, sender_constraint, jwks_uri, id_token_algorithm, subject_type,
  sector_identifier_uri, created_at,
  registration, used_at, disabled_at, ended_at, revoked_before`

export const clientPart: Part = toPart('client', columns)

export const insertClient: Statement = {
  name: 'insert_client',
  text: `insert into clients (${columns})
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
      $23, $24, null, null, null, 0)
    on conflict (id) do nothing returning id`,
}

/** Also one that has ended: what hangs under it is judged by it. */
export const selectClient: Statement = {
  name: 'select_client',
  text: `select ${columns} from clients where id = $1`,
}

export const selectLiveClient: Statement = {
  name: 'select_live_client',
  text: `select ${columns} from clients where id = $1 and ended_at is null`,
}

export const listClients: Statement = {
  name: 'list_clients',
  text: `select ${columns} from clients where ended_at is null and id > $1 order by id limit $2`,
}

export const listIdTokenAlgorithms: Statement = {
  name: 'list_id_token_algorithms',
  text: `select distinct id_token_algorithm from clients
    where id_token_algorithm is not null and ended_at is null`,
}

/** Clients with a text in their id or name; `$3` is a pattern of `like`, in lower case. */
export const searchClients: Statement = {
  name: 'search_clients',
  text: `select ${columns} from clients
    where ended_at is null and id > $1 and (id like $3 escape '!' or lower(name) like $3 escape '!')
    order by id limit $2`,
}

/** Locks the row, so that what is read here still holds when it is written. */
export const lockClient: Statement = {
  name: 'lock_client',
  text: `update clients set id = id where id = $1 and ended_at is null returning ${columns}`,
}

/** The same for revoking, which also takes a client that has ended. */
export const lockAnyClient: Statement = {
  name: 'lock_any_client',
  text: 'update clients set id = id where id = $1 returning id',
}

export const changeClient: Statement = {
  name: 'change_client',
  text: `update clients set name = $2, kind = $3, profile = $4, auth_method = $5, grant_types = $6,
      redirect_uris = $7, scopes = $8, audiences = $9, service_account_id = $10, jwks = $11, logo_uri = $12,
      policy_uri = $13, tos_uri = $14, post_logout_redirect_uris = $15, backchannel_logout_uri = $16,
      assurance = $17, sender_constraint = $18, jwks_uri = $19, id_token_algorithm = $20,
      subject_type = $21, sector_identifier_uri = $22, disabled_at = $23, revoked_before = $24
    where id = $1`,
}

export const revokeClient: Statement = {
  name: 'revoke_client',
  text: 'update clients set revoked_before = $2 where id = $1',
}

export const endClient: Statement = {
  name: 'end_client',
  text: 'update clients set ended_at = $2, revoked_before = $3 where id = $1',
}

export const insertClientSecret: Statement = {
  name: 'insert_client_secret',
  text: 'insert into client_secrets (client_id, digest, sealed, created_at) values ($1, $2, $3, $4)',
}

/** Newest first: what is presented is nearly always the newest. */
export const selectClientSecrets: Statement = {
  name: 'select_client_secrets',
  text: `select digest, sealed, expires_at from client_secrets where client_id = $1
    order by created_at desc, digest`,
}

/** What is no longer signed with is no longer kept readable. */
export const forgetSealedSecrets: Statement = {
  name: 'forget_sealed_secrets',
  text: 'update client_secrets set sealed = null where client_id = $1 and sealed is not null',
}

/** An overlap only ever gets shorter. */
export const endClientSecrets: Statement = {
  name: 'end_client_secrets',
  text: `update client_secrets set expires_at = $2
    where client_id = $1 and (expires_at is null or expires_at > $2)`,
}

export const deleteEndedClientSecrets: Statement = {
  name: 'delete_ended_client_secrets',
  text: 'delete from client_secrets where client_id = $1 and expires_at <= $2',
}

export const deleteClientSecrets: Statement = {
  name: 'delete_client_secrets',
  text: 'delete from client_secrets where client_id = $1',
}

/** One use in one statement: of two that arrive together the second waits for the first, and then inserts nothing. */
export const useOnce: Statement = {
  name: 'use_once',
  text: `insert into used_once (key, expires_at) values ($1, $2) on conflict (key) do nothing returning key`,
}

export const selectUsed: Statement = {
  name: 'select_used',
  text: 'select key from used_once where key = $1',
}

export const sweepUsed: Statement = {
  name: 'sweep_used',
  text: `delete from used_once where key in (
      select key from used_once as expired where expires_at < $1 limit $2
    )`,
}
