/** Programs that call the API under their own name. */
import { listed, type Statement } from '../script.ts'
import { aboveRules } from './alive.ts'

const columns = 'id, name, audiences, created_at, disabled_at'

export const insertServiceAccount: Statement = {
  name: 'insert_service_account',
  text: `insert into service_accounts (id, name, audiences, created_at, disabled_at, revoked_before)
    values ($1, $2, $3, $4, $5, 0)`,
}

export const selectServiceAccount: Statement = {
  name: 'select_service_account',
  text: `select ${columns} from service_accounts where id = $1 and ended_at is null`,
}

export const listServiceAccounts: Statement = {
  name: 'list_service_accounts',
  text: `select ${columns} from service_accounts where ended_at is null and id < $1
    order by id desc limit $2`,
}

export const listServiceAccountNames: Statement = {
  name: 'list_service_account_names',
  text: `select id, name from service_accounts where ended_at is null and id in (${listed})`,
}

/** Locks the row, so that what is read here still holds when it is written. */
export const lockServiceAccount: Statement = {
  name: 'lock_service_account',
  text: `update service_accounts set id = id where id = $1 and ended_at is null
    returning ${columns}, revoked_before`,
}

/** The same for revoking, which also takes a service account that has ended. */
export const lockAnyServiceAccount: Statement = {
  name: 'lock_any_service_account',
  text: 'update service_accounts set id = id where id = $1 returning id',
}

/** Locks a service account that may still be given an API key at that position. */
export const lockServiceAccountToIssue: Statement = {
  name: 'lock_service_account_to_issue',
  text: `update service_accounts set id = id
    where id = $1 and disabled_at is null and ended_at is null and revoked_before <= $2
      and ${aboveRules('$2', 'service_accounts.id')}
    returning id`,
}

export const changeServiceAccount: Statement = {
  name: 'change_service_account',
  text: `update service_accounts set name = $2, audiences = $3, disabled_at = $4, revoked_before = $5
    where id = $1`,
}

export const endServiceAccount: Statement = {
  name: 'end_service_account',
  text: 'update service_accounts set ended_at = $2, revoked_before = $3 where id = $1',
}

export const revokeServiceAccount: Statement = {
  name: 'revoke_service_account',
  text: 'update service_accounts set revoked_before = $2 where id = $1',
}

/** Programs are their own owners; also those that have ended. */
export const selectServiceAccountOwner: Statement = {
  name: 'select_service_account_owner',
  text: 'select id as owner from service_accounts where id = $1',
}
