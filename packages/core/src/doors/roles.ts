/** Roles: named sets of permissions. Changing one reaches every token made under it. */
import { permissions as own, type Permission, type RoleId } from '@countersign/protocol'
import { type Caller, may, toActor } from '../caller.ts'
import { type Context, entryExpiry, type RequestFacts } from '../context.ts'
import { makeAudit } from '../make.ts'
import { type Outcome, refuse } from '../outcome.ts'
import type { Role } from '../roles/role.ts'
import { mayGive } from './principals.ts'

export async function createRole(
  context: Context,
  caller: Caller,
  input: { id: RoleId; description: string | null; permissions: readonly Permission[] },
  facts: RequestFacts,
): Promise<Outcome<{ role: Role }>> {
  if (!may(caller, own.rolesWrite)) return refuse('permission_denied')
  if (!mayGive(caller, input.permissions)) return refuse('permission_exceeds_own')
  const role: Role = { ...input, builtIn: false, createdAtMs: facts.nowMs }
  const audit = makeAudit(context, facts, {
    type: 'role.created',
    actor: toActor(caller),
    target: { kind: 'role', id: role.id },
    details: { permissions: role.permissions.join(' ') },
  })
  const created = await context.store.createRole(role, audit)
  return created === 'created' ? { ok: true, role } : refuse('conflict')
}

export async function changeRole(
  context: Context,
  caller: Caller,
  id: RoleId,
  change: { description?: string | null; permissions?: readonly Permission[] },
  facts: RequestFacts,
): Promise<Outcome<{ role: Role }>> {
  const allowed = await mayTouch(context, caller, id, change.permissions ?? [])
  if (!allowed.ok) return allowed
  const answer = await context.store.changeRole({
    id,
    ...change,
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'role.changed',
      actor: toActor(caller),
      target: { kind: 'role', id },
      details: { ...(change.permissions && { permissions: change.permissions.join(' ') }) },
    }),
  })
  if (answer === 'not_found') return refuse('not_found')
  if (answer === 'built_in') return refuse('conflict')
  await context.feed.catchUp()
  const role = (await context.store.listRoles()).find((one) => one.id === id)
  return role === undefined ? refuse('not_found') : { ok: true, role }
}

/** Nobody changes a role that holds, or would hold, more than they do. */
async function mayTouch(
  context: Context,
  caller: Caller,
  id: RoleId,
  permissions: readonly Permission[],
): Promise<Outcome<object>> {
  if (!may(caller, own.rolesWrite)) return refuse('permission_denied')
  const role = (await context.store.listRoles()).find((one) => one.id === id)
  if (role === undefined) return refuse('not_found')
  return mayGive(caller, [...role.permissions, ...permissions])
    ? { ok: true }
    : refuse('permission_exceeds_own')
}

export async function endRole(
  context: Context,
  caller: Caller,
  id: RoleId,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const allowed = await mayTouch(context, caller, id, [])
  if (!allowed.ok) return allowed
  const answer = await context.store.endRole({
    id,
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'role.ended',
      actor: toActor(caller),
      target: { kind: 'role', id },
    }),
  })
  if (answer === 'not_found') return refuse('not_found')
  if (answer === 'built_in') return refuse('conflict')
  await context.feed.catchUp()
  return { ok: true }
}
