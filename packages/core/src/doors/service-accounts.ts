/** What administrators do with programs: create, change, disable, end. */
import { permissions as own, type RoleId, type ServiceAccountId } from '@countersign/protocol'
import { type Caller, may, toActor } from '../caller.ts'
import { type Context, entryExpiry, type RequestFacts } from '../context.ts'
import { makeAudit, makeId } from '../make.ts'
import { type Outcome, refuse, refuseField } from '../outcome.ts'
import type { ServiceAccount } from '../service-accounts/service-account.ts'
import { changeDetails, checkRolesToGive, mayChange } from './principals.ts'

export type ServiceAccountWithRoles = ServiceAccount & { readonly roles: readonly RoleId[] }

export async function createServiceAccount(
  context: Context,
  caller: Caller,
  input: { name: string; roles: readonly RoleId[]; audiences: readonly string[] },
  facts: RequestFacts,
): Promise<Outcome<{ account: ServiceAccountWithRoles }>> {
  if (!may(caller, own.serviceAccountsWrite)) return refuse('permission_denied')
  const given = await checkRolesToGive(context, caller, input.roles)
  if (!given.ok) return given
  const account: ServiceAccount = {
    id: makeId(context, 'svc', facts.nowMs),
    name: input.name,
    audiences: input.audiences,
    createdAtMs: facts.nowMs,
    disabledAtMs: null,
  }
  const audit = makeAudit(context, facts, {
    type: 'service_account.created',
    actor: toActor(caller),
    target: { kind: 'service_account', id: account.id },
    details: { name: input.name },
  })
  const created = await context.store.createServiceAccount({ account, roles: input.roles, audit })
  if (created === 'unknown_role') return refuseField('roles', 'There is no such role.')
  return { ok: true, account: { ...account, roles: input.roles } }
}

export async function changeServiceAccount(
  context: Context,
  caller: Caller,
  id: ServiceAccountId,
  change: { name?: string; roles?: readonly RoleId[]; audiences?: readonly string[]; disabled?: boolean },
  facts: RequestFacts,
): Promise<Outcome<{ account: ServiceAccountWithRoles }>> {
  const found = await context.store.readServiceAccount(id)
  const allowed = await mayChange(context, caller, found, change.roles, own.serviceAccountsWrite)
  if (!allowed.ok) return allowed
  const { disabled, ...rest } = change
  const answer = await context.store.changeServiceAccount({
    id,
    ...rest,
    ...(disabled !== undefined && { disabledAtMs: disabled ? facts.nowMs : null }),
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'service_account.changed',
      actor: toActor(caller),
      target: { kind: 'service_account', id },
      details: changeDetails(change),
    }),
  })
  if (answer === 'unknown_role') return refuseField('roles', 'There is no such role.')
  if (answer !== 'changed') return refuse(answer)
  await context.feed.catchUp()
  const account = await context.store.readServiceAccount(id)
  return account === null ? refuse('not_found') : { ok: true, account }
}

export async function endServiceAccount(
  context: Context,
  caller: Caller,
  id: ServiceAccountId,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const found = await context.store.readServiceAccount(id)
  const allowed = await mayChange(context, caller, found, undefined, own.serviceAccountsWrite)
  if (!allowed.ok) return allowed
  const answer = await context.store.endServiceAccount({
    id,
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'service_account.ended',
      actor: toActor(caller),
      target: { kind: 'service_account', id },
    }),
  })
  if (answer !== 'ended') return refuse(answer)
  await context.feed.catchUp()
  return { ok: true }
}
