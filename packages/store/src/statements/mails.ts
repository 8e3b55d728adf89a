/** The outbox: messages that wait, their leases, and what became of them. */
import type { Statement } from '../script.ts'

export const insertMail: Statement = {
  name: 'insert_mail',
  text: `insert into mails (id, kind, account_id, sealed, created_at, expires_at, attempts, next_attempt_at)
    values ($1, $2, $3, $4, $5, $6, 0, $5)`,
}

/**
 * Leases what is due. The row's own column is compared besides the list: on Postgres a row that another node was
 * leasing meanwhile is compared again as it stands then, and is left to that node.
 */
export const claimMails: Statement = {
  name: 'claim_mails',
  text: `update mails set attempts = attempts + 1, next_attempt_at = $2
    where next_attempt_at <= $1
      and id in (select id from mails where next_attempt_at <= $1 order by next_attempt_at limit $3)
    returning id, kind, account_id, sealed, created_at, expires_at, attempts`,
}

/** Only for whoever still holds the lease: a later claim has counted on. */
export const postponeMail: Statement = {
  name: 'postpone_mail',
  text: `update mails set next_attempt_at = $3, reason = $4
    where id = $1 and attempts = $2 and ended_at is null`,
}

/** Nothing that it said, and nobody's address, is kept once it has ended. */
export const endMail: Statement = {
  name: 'end_mail',
  text: `update mails set sealed = null, next_attempt_at = null, ended_at = $3, sent_at = $4, failed_at = $5,
      reason = $6
    where id = $1 and attempts = $2 and ended_at is null`,
}

export const deleteMailsOfAccount: Statement = {
  name: 'delete_mails_of_account',
  text: 'delete from mails where account_id = $1',
}
