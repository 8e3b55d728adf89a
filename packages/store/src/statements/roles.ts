/** Roles and who holds them, and the rows that keep transactions apart. */
import type { Statement } from '../script.ts'
import { clientPart } from './clients.ts'
import { headColumns } from './log.ts'

export const insertRole: Statement = {
  name: 'insert_role',
  text: `insert into roles (id, description, permissions, built_in_since, created_at, revoked_before)
    values ($1, $2, $3, $4, $5, 0)
    on conflict (id) do nothing returning id`,
}

const columns = 'id, description, permissions, built_in_since, created_at'

export const listRoles: Statement = {
  name: 'list_roles',
  text: `select ${columns} from roles order by id`,
}

export const selectRole: Statement = {
  name: 'select_role',
  text: 'select id from roles where id = $1',
}

/** Locks the row, so that the role neither ends nor is revoked until the transaction has. */
export const lockRole: Statement = {
  name: 'lock_role',
  text: `update roles set id = id where id = $1 returning ${columns}, revoked_before`,
}

/** The same for revoking. */
export const lockAnyRole: Statement = {
  name: 'lock_any_role',
  text: 'update roles set id = id where id = $1 returning id',
}

/** The same for roles that can end; the built-in ones stay free, since every new account is given one. */
export const lockEndableRole: Statement = {
  name: 'lock_endable_role',
  text: 'update roles set id = id where id = $1 and built_in_since is null returning id',
}

export const selectBuiltInRole: Statement = {
  name: 'select_built_in_role',
  text: 'select id from roles where id = $1 and built_in_since is not null',
}

export const changeRole: Statement = {
  name: 'change_role',
  text: 'update roles set description = $2, permissions = $3 where id = $1',
}

export const revokeRole: Statement = {
  name: 'revoke_role',
  text: 'update roles set revoked_before = $2 where id = $1',
}

export const deleteRole: Statement = {
  name: 'delete_role',
  text: 'delete from roles where id = $1',
}

/** What the role had ended stays ended for its holders after they have lost it. */
export const raiseAccountsOfRole: Statement = {
  name: 'raise_accounts_of_role',
  text: `update accounts set revoked_before = $2
    where revoked_before < $2 and id in (select principal_id from principal_roles where role_id = $1)`,
}

export const raiseServiceAccountsOfRole: Statement = {
  name: 'raise_service_accounts_of_role',
  text: `update service_accounts set revoked_before = $2
    where revoked_before < $2 and id in (select principal_id from principal_roles where role_id = $1)`,
}

export const deleteHoldersOfRole: Statement = {
  name: 'delete_holders_of_role',
  text: 'delete from principal_roles where role_id = $1',
}

export const insertPrincipalRole: Statement = {
  name: 'insert_principal_role',
  text: 'insert into principal_roles (principal_id, role_id) values ($1, $2)',
}

export const deletePrincipalRole: Statement = {
  name: 'delete_principal_role',
  text: 'delete from principal_roles where principal_id = $1 and role_id = $2',
}

export const deleteRolesOfPrincipal: Statement = {
  name: 'delete_roles_of_principal',
  text: 'delete from principal_roles where principal_id = $1',
}

export const selectRolesOfPrincipal: Statement = {
  name: 'select_roles_of_principal',
  text: 'select role_id from principal_roles where principal_id = $1 order by role_id',
}

const principalColumns = {
  accounts: `principal.name, principal.email, '[]' as audiences`,
  service_accounts: 'principal.name, null as email, principal.audiences',
}
type PrincipalTable = keyof typeof principalColumns

const rightsColumns = (table: PrincipalTable): string => `principal.id, ${principalColumns[table]},
    principal.disabled_at, principal.ended_at, principal.revoked_before,
    role.id as role_id, role.permissions as role_permissions, role.revoked_before as role_revoked_before`

const rolesHeld = `left join principal_roles as held on held.principal_id = principal.id
  left join roles as role on role.id = held.role_id`

/** The principal with one row for each role it holds, and one without a role if it holds none. */
const rights = (table: PrincipalTable): string => `
  select ${rightsColumns(table)}
  from ${table} as principal ${rolesHeld}
  where principal.id = $1 order by role.id`

export const selectAccountRights: Statement = {
  name: 'select_account_rights',
  text: rights('accounts'),
}

export const selectServiceAccountRights: Statement = {
  name: 'select_service_account_rights',
  text: rights('service_accounts'),
}

/** The same with the log's head and a client, in one question. Where there is no such principal, its columns are null. */
const above = (table: PrincipalTable): string => `
  select ${headColumns}, ${clientPart.columns}, ${rightsColumns(table)}
  from log_head as head
  left join clients as client on client.id = $2
  left join ${table} as principal on principal.id = $1 ${rolesHeld}
  order by role.id`

export const selectAccountAbove: Statement = {
  name: 'select_account_above',
  text: above('accounts'),
}

export const selectServiceAccountAbove: Statement = {
  name: 'select_service_account_above',
  text: above('service_accounts'),
}

/** The roles of one page of `listAccounts`, so that a page is two statements and not a hundred. */
export const listRolesOfAccounts: Statement = {
  name: 'list_roles_of_accounts',
  text: `select principal_id, role_id from principal_roles
    where principal_id in (
      select id from accounts where ended_at is null and id < $1 order by id desc limit $2
    )
    order by principal_id, role_id`,
}

export const listRolesOfServiceAccounts: Statement = {
  name: 'list_roles_of_service_accounts',
  text: `select principal_id, role_id from principal_roles
    where principal_id in (
      select id from service_accounts where ended_at is null and id < $1 order by id desc limit $2
    )
    order by principal_id, role_id`,
}

/** Taken before any other row: whoever holds the name runs alone among those that take it. */
export const takeLock: Statement = {
  name: 'take_lock',
  text: 'update locks set name = name where name = $1',
}
