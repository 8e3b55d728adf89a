/** What doors ask about the principal behind a caller. */
import { type AccountId, allowsAll, isAccountId, type Permission, type RoleId } from '@countersign/protocol'
import type { AuditDetails } from '../audit/event.ts'
import { type Caller, may } from '../caller.ts'
import type { Context } from '../context.ts'
import { type Outcome, refuse, refuseField } from '../outcome.ts'

export function accountOf(caller: Caller): AccountId | null {
  return isAccountId(caller.principal.id) ? caller.principal.id : null
}

/** Nobody gives away what they do not hold (ASVS 8.2.1): checked for keys, roles and their holders alike. */
export function mayGive(caller: Caller, permissions: readonly Permission[]): boolean {
  return allowsAll(caller.verdict.permissions, permissions)
}

/** The roles exist and hold nothing that the caller does not hold. */
export async function checkRolesToGive(
  context: Context,
  caller: Caller,
  roles: readonly RoleId[],
): Promise<Outcome<object>> {
  const known = await context.store.listRoles()
  const wanted = known.filter((role) => roles.includes(role.id))
  if (wanted.length < new Set(roles).size) return refuseField('roles', 'There is no such role.')
  const permissions = wanted.flatMap((role) => role.permissions)
  return mayGive(caller, permissions) ? { ok: true } : refuse('permission_exceeds_own')
}

/**
 * The caller may change such principals, and holds at least what this one holds: otherwise someone who may
 * write accounts could lock out or take over an administrator.
 */
export async function mayChange(
  context: Context,
  caller: Caller,
  found: { readonly roles: readonly RoleId[] } | null,
  newRoles: readonly RoleId[] | undefined,
  permission: string,
): Promise<Outcome<object>> {
  if (!may(caller, permission)) return refuse('permission_denied')
  if (found === null) return refuse('not_found')
  return checkRolesToGive(context, caller, [...new Set([...found.roles, ...(newRoles ?? [])])])
}

/** For the audit log: which fields a change named, and the roles it gave. */
export function changeDetails(change: { readonly roles?: readonly RoleId[] }): AuditDetails {
  return {
    fields: Object.keys(change).join(' '),
    ...(change.roles && { roles: change.roles.join(' ') }),
  }
}
