/** Grants and their refresh tokens. */
import { type Part, toPart } from '../columns.ts'
import type { Statement } from '../script.ts'
import { grantIsAlive } from './alive.ts'
import { headColumns } from './log.ts'
import { heldPart } from './sessions.ts'

const columns =
  'id, principal_id, client_id, session_id, scope, identity_scopes, audiences, created_at, expires_at, ended_at, issued_position, jkt'

export const insertGrant: Statement = {
  name: 'insert_grant',
  text: `insert into grants (${columns}, opened_in)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
}

export const selectGrant: Statement = {
  name: 'select_grant',
  text: `select ${columns} from grants where id = $1`,
}

/** Live grants of a principal, the newest first. */
export const listGrants: Statement = {
  name: 'list_grants',
  text: `select ${columns} from grants as mine
    where principal_id = $1 and ${grantIsAlive('mine', '$2')}
    order by id desc limit $3`,
}

/** Those that outlive their session as well; with it end those that stand under it. */
export const selectGrantsOfSession: Statement = {
  name: 'select_grants_of_session',
  text: 'select id from grants where opened_in = $1 and ended_at is null order by id',
}

export const insertRefreshToken: Statement = {
  name: 'insert_refresh_token',
  text: `insert into refresh_tokens (grant_id, generation, digest, created_at, expires_at)
    values ($1, $2, $3, $4, $5)`,
}

export const familyPart: Part = toPart('family', columns)
export const tokenPart: Part = toPart('token', 'generation, digest, used_at')

/**
 * A refresh token with the log's head, its family and its session, in one question: each one more costs a round trip on
 * Postgres. What stands above them changes seldom and is read apart. The token is looked for from the newest generation back,
 * since what is presented is nearly always the newest.
 */
export const selectPresented: Statement = {
  name: 'select_presented_refresh_token',
  text: `select ${headColumns},
      ${familyPart.columns}, ${tokenPart.columns}, ${heldPart.columns}
    from log_head as head
    left join grants as family on family.id = $1
    left join refresh_tokens as token on token.grant_id = family.id and token.generation = (
      select generation from refresh_tokens where grant_id = $1 and digest = $2 order by generation desc limit 1
    )
    left join sessions as held on held.id = family.session_id`,
}

/**
 * The one statement that decides who consumed a refresh token (RFC 9700 §4.14.2). Of two that arrive together
 * the second waits for the first one's row, and then finds it used.
 */
export const consumeRefreshToken: Statement = {
  name: 'consume_refresh_token',
  text: `update refresh_tokens set used_at = $4
    where grant_id = $1 and generation = $2 and digest = $3 and used_at is null and expires_at > $4
      and (
        select count(*) from grants as family where family.id = $1 and ${grantIsAlive('family', '$4')}
      ) = 1`,
}

/** The same for one that is used again and again: its end moves, and nothing else. */
export const keepRefreshToken: Statement = {
  name: 'keep_refresh_token',
  text: `update refresh_tokens set expires_at = $5
    where grant_id = $1 and generation = $2 and digest = $3 and used_at is null and expires_at > $4
      and (
        select count(*) from grants as family where family.id = $1 and ${grantIsAlive('family', '$4')}
      ) = 1`,
}

/** What became of a refresh token that could not be consumed, if its grant lives. */
export const selectRefused: Statement = {
  name: 'select_refused',
  text: `select presented.used_at, successor.digest as successor_digest
    from refresh_tokens as presented
    join grants as family on family.id = presented.grant_id
    left join refresh_tokens as successor on successor.grant_id = presented.grant_id
      and successor.generation = presented.generation + 1 and successor.used_at is null
    where presented.grant_id = $1 and presented.generation = $2 and presented.digest = $3
      and ${grantIsAlive('family', '$4')}`,
}

export const endGrant: Statement = {
  name: 'end_grant',
  text: 'update grants set ended_at = $2 where id = $1 and ended_at is null',
}

/** For revoking, which answers the same for a grant that had ended before. */
export const endGrantAgain: Statement = {
  name: 'end_grant_again',
  text: 'update grants set ended_at = coalesce(ended_at, $2) where id = $1 returning id',
}

export const selectGrantOwner: Statement = {
  name: 'select_grant_owner',
  text: 'select principal_id as owner from grants where id = $1',
}
