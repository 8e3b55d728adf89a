/** Authorization codes and consents. */
import { type Part, toPart } from '../columns.ts'
import type { Statement } from '../script.ts'
import { grantIsAlive } from './alive.ts'
import { headColumns } from './log.ts'
import { heldPart } from './sessions.ts'

const codeColumns = `grant_id, client_id, account_id, session_id, redirect_uri, code_challenge, scope,
  identity_scopes, audiences, nonce, issued_position, created_at, expires_at, dpop_jkt`

export const insertCode: Statement = {
  name: 'insert_authorization_code',
  text: `insert into authorization_codes (digest, ${codeColumns})
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
}

export const codePart: Part = toPart('code', `digest, ${codeColumns}`)

/** A code with the log's head and the session that it was given in. */
export const selectCode: Statement = {
  name: 'select_authorization_code',
  text: `select ${headColumns}, ${codePart.columns}, ${heldPart.columns}
    from log_head as head
    left join authorization_codes as code on code.digest = $1
    left join sessions as held on held.id = code.session_id`,
}

/**
 * The one statement that decides who redeemed a code (OAuth 2.1 §4.1.3). Of two that arrive together the second
 * waits for the first one's row, and then finds it used.
 */
export const useCode: Statement = {
  name: 'use_authorization_code',
  text: `update authorization_codes set used_at = $2
    where digest = $1 and used_at is null and expires_at > $2 returning session_id`,
}

export const selectUsedCode: Statement = {
  name: 'select_used_code',
  text: 'select grant_id from authorization_codes where digest = $1 and used_at is not null',
}

export const selectLiveGrant: Statement = {
  name: 'select_live_grant',
  text: `select id, principal_id, client_id, session_id, scope, identity_scopes, audiences, created_at,
      expires_at, ended_at, issued_position, jkt
    from grants as family where id = $1 and ${grantIsAlive('family', '$2')}`,
}

export const selectConsent: Statement = {
  name: 'select_consent',
  text: `select account_id, client_id, scopes, created_at, updated_at from consents
    where account_id = $1 and client_id = $2`,
}

export const listConsents: Statement = {
  name: 'list_consents',
  text: `select given.account_id, given.client_id, given.scopes, given.created_at, given.updated_at,
      client.name as client_name
    from consents as given join clients as client on client.id = given.client_id
    where given.account_id = $1 and client.ended_at is null
    order by given.client_id`,
}

export const writeConsent: Statement = {
  name: 'write_consent',
  text: `insert into consents (account_id, client_id, scopes, created_at, updated_at)
    values ($1, $2, $3, $4, $5)
    on conflict (account_id, client_id) do update set scopes = $3, updated_at = $5`,
}

export const deleteConsent: Statement = {
  name: 'delete_consent',
  text: 'delete from consents where account_id = $1 and client_id = $2',
}

export const deleteConsentsOfAccount: Statement = {
  name: 'delete_consents_of_account',
  text: 'delete from consents where account_id = $1',
}

/** In the order of their ids, as every transaction does that locks several of them. */
export const selectGrantsOfClient: Statement = {
  name: 'select_grants_of_client',
  text: `select id from grants where principal_id = $1 and client_id = $2 and ended_at is null order by id`,
}

export const deleteUnusedCodesOfSession: Statement = {
  name: 'delete_unused_codes_of_session',
  text: 'delete from authorization_codes where account_id = $1 and session_id = $2 and used_at is null',
}

/** Of the clients that were let in from that session: they ask once more. */
export const deleteConsentsOfSession: Statement = {
  name: 'delete_consents_of_session',
  text: `delete from consents where account_id = $1
      and client_id in (select client_id from grants where opened_in = $2)`,
}

export const deleteUnusedCodes: Statement = {
  name: 'delete_unused_codes',
  text: `delete from authorization_codes where account_id = $1 and client_id = $2 and used_at is null`,
}
