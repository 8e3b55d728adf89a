/** People, and the set-up ticket of the first administrator. */
import { listed, type Statement } from '../script.ts'
import { aboveRules } from './alive.ts'

/** All that an account is read from, also where it is joined under this name. */
export const accountColumns = `accounts.id, accounts.email, accounts.name, accounts.email_verified_at,
  accounts.created_at, accounts.disabled_at, accounts.password_change_required_at, accounts.password_breached_at`

export const insertAccount: Statement = {
  name: 'insert_account',
  text: `insert into accounts
      (id, email, name, email_verified_at, password_hash, created_at, disabled_at, password_change_required_at,
        revoked_before)
    values ($1, $2, $3, $4, $5, $6, $7, $8, 0)
    on conflict (email) do nothing returning id`,
}

export const selectAccount: Statement = {
  name: 'select_account',
  text: `select ${accountColumns} from accounts where id = $1 and ended_at is null`,
}

export const selectAccountByEmail: Statement = {
  name: 'select_account_by_email',
  text: `select ${accountColumns}, password_hash, password_checked_at from accounts
    where email = $1 and ended_at is null`,
}

/** The account and its password, for proving once more who one is; not while it is disabled. */
export const selectAccountToProve: Statement = {
  name: 'select_account_to_prove',
  text: `select ${accountColumns}, password_hash from accounts
    where id = $1 and ended_at is null and disabled_at is null`,
}

export const listAccounts: Statement = {
  name: 'list_accounts',
  text: `select ${accountColumns} from accounts where ended_at is null and id < $1 order by id desc limit $2`,
}

export const listAccountsByEmail: Statement = {
  name: 'list_accounts_by_email',
  text: `select ${accountColumns} from accounts where ended_at is null and id < $1 and email = $3
    order by id desc limit $2`,
}

/**
 * Accounts with a text in their address or name; `$3` is a pattern of `like`, in lower case. It reads accounts from
 * the newest on until the page is full, and all of them where few match.
 */
export const searchAccounts: Statement = {
  name: 'search_accounts',
  text: `select ${accountColumns} from accounts
    where ended_at is null and id < $1
      and (email like $3 escape '!' or lower(coalesce(name, '')) like $3 escape '!')
    order by id desc limit $2`,
}

export const replacePasswordHash: Statement = {
  name: 'replace_password_hash',
  text: 'update accounts set password_hash = $3 where id = $1 and password_hash = $2 and ended_at is null',
}

/** Locks the row, so that what is read here still holds when it is written. */
export const lockAccount: Statement = {
  name: 'lock_account',
  text: `update accounts set id = id where id = $1 and ended_at is null
    returning ${accountColumns}, revoked_before`,
}

/** The same for revoking, which also takes an account that has ended. */
export const lockAnyAccount: Statement = {
  name: 'lock_any_account',
  text: 'update accounts set id = id where id = $1 returning id',
}

export const changeAccount: Statement = {
  name: 'change_account',
  text: 'update accounts set name = $2, disabled_at = $3, revoked_before = $4 where id = $1',
}

/**
 * Takes an address by a row that is there for the length of the transaction: whoever inserts it meanwhile waits, and
 * of two the second finds it taken. An update could only fail.
 */
export const claimEmail: Statement = {
  name: 'claim_email',
  text: `insert into accounts (id, email, created_at, ended_at, revoked_before) values ($1, $2, 0, 0, 0)
    on conflict (email) do nothing returning id`,
}

export const releaseClaim: Statement = { name: 'release_claim', text: 'delete from accounts where id = $1' }

export const setEmail: Statement = {
  name: 'set_email',
  text: 'update accounts set email = $2, email_verified_at = $3 where id = $1',
}

/** Erases what names the person. The id stays, so that it is never given to another. */
export const endAccount: Statement = {
  name: 'end_account',
  text: `update accounts set email = null, name = null, email_verified_at = null, password_hash = null,
      signed_in_at = null, ended_at = $2, revoked_before = $3
    where id = $1`,
}

export const revokeAccount: Statement = {
  name: 'revoke_account',
  text: 'update accounts set revoked_before = $2 where id = $1',
}

// The row's own columns are compared directly, not in a subquery: on Postgres a row that was waited for is
// compared again as it stands after the wait, a subquery is not.
const mayBeGiven = (position: string): string => `disabled_at is null and ended_at is null
      and revoked_before <= ${position} and ${aboveRules(position, 'accounts.id')}`

/** Locks an account that may still be given a session at that position. */
export const signInAccount: Statement = {
  name: 'sign_in_account',
  text: `update accounts set signed_in_at = $2
    where id = $1 and ${mayBeGiven('$3')} returning id`,
}

/**
 * The same for a session that was opened with a password: not while it has to be changed, and not with one that
 * was changed since it was proved.
 */
export const signInAccountByPassword: Statement = {
  name: 'sign_in_account_by_password',
  text: `update accounts set signed_in_at = $2
    where id = $1 and password_change_required_at is null and password_position <= $3
      and ${mayBeGiven('$3')} returning id`,
}

/** Locks an account whose password, as it was at that position, may be replaced on the way in. */
export const lockAccountToSetPassword: Statement = {
  name: 'lock_account_to_set_password',
  text: `update accounts set id = id
    where id = $1 and password_position <= $2 and ${mayBeGiven('$2')} returning id`,
}

/** The same for an API key. */
export const lockAccountToIssue: Statement = {
  name: 'lock_account_to_issue',
  text: `update accounts set id = id
    where id = $1 and ${mayBeGiven('$2')} returning id`,
}

/** Whether someone else could still administer, were this account gone. */
export const selectOtherAdministrator: Statement = {
  name: 'select_other_administrator',
  text: `select account.id from principal_roles as held
    join accounts as account on account.id = held.principal_id
    where held.role_id = $1 and account.id <> $2
      and account.disabled_at is null and account.ended_at is null
    limit 1`,
}

/** What people are called whose ids are known. */
export const listAccountNames: Statement = {
  name: 'list_account_names',
  text: `select id, coalesce(name, email) as name from accounts where ended_at is null and id in (${listed})`,
}

/** All who could administer now, up to a bound. */
export const listEnabledAdministrators: Statement = {
  name: 'list_enabled_administrators',
  text: `select account.id from principal_roles as held
    join accounts as account on account.id = held.principal_id
    where held.role_id = $1 and account.disabled_at is null and account.ended_at is null
    limit $2`,
}

/** Disabled ones count: set-up must not open again because the administrators are locked out. */
export const selectAnyAdministrator: Statement = {
  name: 'select_any_administrator',
  text: `select account.id from principal_roles as held
    join accounts as account on account.id = held.principal_id
    where held.role_id = $1 and account.ended_at is null
    limit 1`,
}

export const insertSetupTicket: Statement = {
  name: 'insert_setup_ticket',
  text: 'insert into setup_tickets (digest, expires_at) values ($1, $2)',
}

/** One-time use in one statement: whoever deletes it has used it. */
export const useSetupTicket: Statement = {
  name: 'use_setup_ticket',
  text: 'delete from setup_tickets where digest = $1 and expires_at > $2',
}

export const deleteSetupTickets: Statement = {
  name: 'delete_setup_tickets',
  text: 'delete from setup_tickets',
}

/** People are their own owners; also those that have ended. */
export const selectAccountOwner: Statement = {
  name: 'select_account_owner',
  text: 'select id as owner from accounts where id = $1',
}
