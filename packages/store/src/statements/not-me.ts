/** What an owner says was not them: the links by which they say so, and what is taken back with it. */
import type { Statement } from '../script.ts'
import { accountColumns } from './accounts.ts'

/**
 * Kept whatever becomes of the account's address: whoever takes an account over changes that first, and the mail
 * went to its owner.
 */
export const insertNotMeLink: Statement = {
  name: 'insert_not_me_link',
  text: `insert into mail_links (digest, purpose, account_id, email, created_at, expires_at, new_email, session_id)
    values ($1, 'not_me', $2, $3, $4, $5, $6, $7)`,
}

export const selectNotMeLink: Statement = {
  name: 'select_not_me_link',
  text: `select link.digest, link.email as sent_to, link.session_id, link.new_email, ${accountColumns}
    from mail_links as link join accounts on accounts.id = link.account_id
    where link.digest = $1 and link.purpose = 'not_me' and link.used_at is null and link.expires_at > $2
      and accounts.ended_at is null`,
}

/** One use in one statement. */
export const useNotMeLink: Statement = {
  name: 'use_not_me_link',
  text: `update mail_links set used_at = $3
    where digest = $1 and account_id = $2 and purpose = 'not_me' and used_at is null and expires_at > $3`,
}

export const selectOrigin: Statement = {
  name: 'select_origin',
  text: 'select device_id from sessions where id = $1 and account_id = $2',
}

/** What an attacker knows is no password any more: another one comes by a link to the owner's mail, and by nothing else. */
export const erasePassword: Statement = {
  name: 'erase_password',
  text: `update accounts set password_hash = null, password_checked_at = null, password_breached_at = null,
      password_change_required_at = coalesce(password_change_required_at, $2)
    where id = $1`,
}

/** Only where no sign-in has been learned from since it was read. */
export const replaceProfile: Statement = {
  name: 'replace_risk_profile',
  text: 'update risk_profiles set profile = $3 where account_id = $1 and sign_ins = $2',
}
