/** Links that are sent by mail. */
import type { Statement } from '../script.ts'
import { accountColumns } from './accounts.ts'

/** Nothing is kept for an account that is gone, disabled, or has another address by now. */
export const insertLink: Statement = {
  name: 'insert_link',
  text: `insert into mail_links (digest, purpose, account_id, email, created_at, expires_at, new_email)
    select $1, $2, id, email, $5, $6, $7 from accounts
    where id = $3 and email = $4 and disabled_at is null and ended_at is null`,
}

export const selectLink: Statement = {
  name: 'select_link',
  text: `select link.digest, link.new_email, ${accountColumns}, accounts.password_hash
    from mail_links as link join accounts on accounts.id = link.account_id
    where link.digest = $1 and link.purpose = $2 and link.used_at is null and link.expires_at > $3
      and accounts.email = link.email and accounts.disabled_at is null and accounts.ended_at is null`,
}

/** One use in one statement. */
export const useLink: Statement = {
  name: 'use_link',
  text: `update mail_links set used_at = $4
    where digest = $1 and purpose = $2 and account_id = $3 and used_at is null and expires_at > $4
    returning email`,
}

/**
 * Used ones stay until they are swept, so that using one twice is told apart from making one up. Those by which an
 * owner says that it was not them open nothing, and stay: whoever resets the password may be somebody else.
 */
export const deleteOpeningLinks: Statement = {
  name: 'delete_opening_links',
  text: `delete from mail_links where account_id = $1 and used_at is null and purpose <> 'not_me'`,
}

/** The newest is the one that counts. */
export const deleteLinksOfPurpose: Statement = {
  name: 'delete_links_of_purpose',
  text: 'delete from mail_links where account_id = $1 and purpose = $2 and used_at is null',
}

export const deleteLinksOfAccount: Statement = {
  name: 'delete_links_of_account',
  text: 'delete from mail_links where account_id = $1 and used_at is null',
}

export const verifyEmail: Statement = {
  name: 'verify_email',
  text: `update accounts set email_verified_at = coalesce(email_verified_at, $3)
    where id = $1 and email = $2`,
}
