/**
 * Giving roles and taking them away. Locks are taken in one order everywhere, or two transactions could wait
 * for each other: the lock `administrators`, then roles by id, then the principal, then the log.
 */
import type { PrincipalId, RoleId } from '@countersign/protocol'
import { integer, text } from '../columns.ts'
import { all, one, run, type Script } from '../script.ts'
import {
  deletePrincipalRole,
  insertPrincipalRole,
  lockEndableRole,
  lockRole,
  selectBuiltInRole,
  selectRolesOfPrincipal,
  takeLock,
} from '../statements/roles.ts'

/**
 * Whoever changes who holds which role, or who may administer, runs alone: the last administrator must still
 * be the last when the change commits, and roles read here are those that the change replaces.
 */
export function* holdAdministrators(): Script<void> {
  yield* run(takeLock, 'administrators')
}

export function* readRoles(principal: PrincipalId | ''): Script<readonly RoleId[]> {
  return (yield* all(selectRolesOfPrincipal, principal)).map((row) => text(row, 'role_id'))
}

/** Gives roles to a new principal; false where one of them does not exist. */
export function* giveRoles(principal: PrincipalId, roles: readonly RoleId[]): Script<boolean> {
  for (const role of inOrder(roles)) {
    const isKnown = (yield* one(lockEndableRole, role)) ?? (yield* one(selectBuiltInRole, role))
    if (isKnown === null) return false
    yield* run(insertPrincipalRole, principal, role)
  }
  return true
}

const inOrder = (roles: readonly RoleId[]): RoleId[] => [...new Set(roles)].sort()

export interface RoleChange {
  readonly added: readonly RoleId[]
  readonly removed: readonly RoleId[]
  /** The highest `revoked_before` of the removed ones: it must pass to the principal. */
  readonly revokedBefore: number
}

/**
 * Locks the roles that a principal would gain or lose, and says what differs; null where one does not exist.
 * A role being lost is locked too: a revocation of it that is about to commit would otherwise be forgotten.
 */
export function* planRoles(
  principal: PrincipalId,
  wanted: readonly RoleId[] | undefined,
): Script<RoleChange | null> {
  if (wanted === undefined) return { added: [], removed: [], revokedBefore: 0 }
  const current = yield* readRoles(principal)
  const added = inOrder(wanted).filter((role) => !current.includes(role))
  const removed = current.filter((role) => !wanted.includes(role))
  let revokedBefore = 0
  for (const role of inOrder([...added, ...removed])) {
    const row = yield* one(lockRole, role)
    if (row === null) return null
    if (removed.includes(role)) revokedBefore = Math.max(revokedBefore, integer(row, 'revoked_before'))
  }
  return { added, removed, revokedBefore }
}

export function* writeRoles(principal: PrincipalId, change: RoleChange): Script<void> {
  for (const role of change.removed) yield* run(deletePrincipalRole, principal, role)
  for (const role of change.added) yield* run(insertPrincipalRole, principal, role)
}
