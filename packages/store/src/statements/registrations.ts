/** Clients that register themselves, and the tokens that let them. */
import type { Statement } from '../script.ts'

const columns = 'id, name, uses, uses_max, created_by, created_at, expires_at, last_used_at'

export const insertInitialAccessToken: Statement = {
  name: 'insert_initial_access_token',
  text: `insert into initial_access_tokens (${columns}, digest) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
}

export const deleteInitialAccessToken: Statement = {
  name: 'delete_initial_access_token',
  text: 'delete from initial_access_tokens where id = $1',
}

export const findInitialAccessToken: Statement = {
  name: 'find_initial_access_token',
  text: `select digest, ${columns} from initial_access_tokens
    where digest = $1 and uses < uses_max and expires_at > $2`,
}

/** One use in one statement: of two that arrive together the second waits for the first, and counts it. */
export const useInitialAccessToken: Statement = {
  name: 'use_initial_access_token',
  text: `update initial_access_tokens set uses = uses + 1, last_used_at = $2
    where digest = $1 and uses < uses_max and expires_at > $2 returning id`,
}

export const listInitialAccessTokens: Statement = {
  name: 'list_initial_access_tokens',
  text: `select ${columns} from initial_access_tokens where id < $1 order by id desc limit $2`,
}

export const sweepInitialAccessTokens: Statement = {
  name: 'sweep_initial_access_tokens',
  text: `delete from initial_access_tokens where id in (
      select id from initial_access_tokens as expired where expires_at < $1 limit $2
    )`,
}

/** The one after which there is no place left, where so many wait: `$1` is one less than they may be. */
export const selectLastPlace: Statement = {
  name: 'select_last_place',
  text: `select id from clients
    where registration <> 'administrator' and used_at is null and ended_at is null and created_at >= 0
    order by created_at limit 1 offset $1`,
}

/** Nothing where the client has been swept or ended meanwhile. */
export const noteFirstUse: Statement = {
  name: 'note_first_use',
  text: `update clients set used_at = coalesce(used_at, $2) where id = $1 and ended_at is null returning id`,
}

export const selectUnusedClients: Statement = {
  name: 'select_unused_clients',
  text: `select id from clients
    where registration <> 'administrator' and used_at is null and ended_at is null and created_at < $1
    order by created_at limit $2`,
}

/** Asked again: somebody may have used it since. */
export const deleteUnusedClient: Statement = {
  name: 'delete_unused_client',
  text: `delete from clients
    where id = $1 and registration <> 'administrator' and used_at is null and ended_at is null`,
}
