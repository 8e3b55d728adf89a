/** Tickets between a password and a session, or between a session and a stronger one. */
import type { Statement } from '../script.ts'

const columns = `account_id, purpose, session_id, amr, delivery, refresh, issued_position, factor_id,
  level, created_at, expires_at`

export const insertTicket: Statement = {
  name: 'insert_ticket',
  text: `insert into tickets (digest, tries, ${columns})
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
}

export const selectTicket: Statement = {
  name: 'select_ticket',
  text: `select ${columns} from tickets where digest = $1 and used_at is null and expires_at > $2`,
}

/** Takes a try before anything is compared. `$2` is the session that the ticket must be bound to, or empty. */
export const takeTry: Statement = {
  name: 'take_ticket_try',
  text: `update tickets set tries = tries + 1
    where digest = $1 and coalesce(session_id, '') = $2 and purpose <> 'password'
      and used_at is null and expires_at > $3 and tries < $4
    returning ${columns}`,
}

/** The same for a ticket that leads to another password, which no factor has anything to do with. */
export const takePasswordTry: Statement = {
  name: 'take_password_ticket_try',
  text: `update tickets set tries = tries + 1
    where digest = $1 and purpose = 'password' and used_at is null and expires_at > $2 and tries < $3
    returning ${columns}`,
}

/** One use in one statement. */
export const useTicket: Statement = {
  name: 'use_ticket',
  text: `update tickets set used_at = $2
    where digest = $1 and used_at is null and expires_at > $2 and account_id = $3`,
}

export const offerWithTicket: Statement = {
  name: 'offer_with_ticket',
  text: `update tickets set factor_id = $2
    where digest = $1 and account_id = $3 and purpose = 'enrol' and used_at is null and expires_at > $4`,
}

export const deleteTicketsOfAccount: Statement = {
  name: 'delete_tickets_of_account',
  text: 'delete from tickets where account_id = $1',
}
