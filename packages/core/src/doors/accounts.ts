/** What administrators do with people: create, change, disable, end. */
import { type AccountId, permissions as own, type RoleId } from '@countersign/protocol'
import type { Account } from '../accounts/account.ts'
import { type Caller, may, toActor } from '../caller.ts'
import { type Context, entryExpiry, type RequestFacts } from '../context.ts'
import { makeAudit } from '../make.ts'
import { type Outcome, refuse, refuseField } from '../outcome.ts'
import { breachDetails } from './new-password.ts'
import { changeDetails, checkRolesToGive, mayChange } from './principals.ts'
import { prepareAccount, type SignUpInput } from './sign-up.ts'

export type AccountWithRoles = Account & { readonly roles: readonly RoleId[] }

export interface PrincipalChange {
  readonly name?: string | null
  readonly roles?: readonly RoleId[]
  readonly disabled?: boolean
}

/**
 * An administrator creates an account. They know its first password, so it opens nothing but the way to another
 * one, unless they say that it stays (ASVS 6.4.1).
 */
export async function createAccount(
  context: Context,
  caller: Caller,
  input: SignUpInput & { roles: readonly RoleId[]; requirePasswordChange: boolean },
  facts: RequestFacts,
): Promise<Outcome<{ account: AccountWithRoles }>> {
  if (!may(caller, own.accountsWrite)) return refuse('permission_denied')
  const given = await checkRolesToGive(context, caller, input.roles)
  if (!given.ok) return given
  const prepared = await prepareAccount(context, input, facts)
  if (!prepared.ok) return prepared
  const { passwordHash, accepted } = prepared
  const passwordChangeRequiredAtMs = input.requirePasswordChange ? facts.nowMs : null
  const account: Account = { ...prepared.account, passwordChangeRequiredAtMs }
  const audit = makeAudit(context, facts, {
    type: 'account.created',
    actor: toActor(caller),
    target: { kind: 'account', id: account.id },
    details: breachDetails(accepted),
  })
  const created = await context.store.createAccount({ account, passwordHash, roles: input.roles, audit })
  return created === 'created' ? { ok: true, account: { ...account, roles: input.roles } } : refuse(created)
}

export async function changeAccount(
  context: Context,
  caller: Caller,
  id: AccountId,
  change: PrincipalChange,
  facts: RequestFacts,
): Promise<Outcome<{ account: AccountWithRoles }>> {
  const allowed = await mayChange(
    context,
    caller,
    await context.store.readAccount(id),
    change.roles,
    own.accountsWrite,
  )
  if (!allowed.ok) return allowed
  const { disabled, ...rest } = change
  const answer = await context.store.changeAccount({
    id,
    ...rest,
    ...(disabled !== undefined && { disabledAtMs: disabled ? facts.nowMs : null }),
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: disabled === undefined ? 'account.changed' : disabled ? 'account.disabled' : 'account.enabled',
      actor: toActor(caller),
      target: { kind: 'account', id },
      details: changeDetails(change),
    }),
  })
  if (answer === 'unknown_role') return refuseField('roles', 'There is no such role.')
  if (answer !== 'changed') return refuse(answer)
  await context.feed.catchUp()
  const account = await context.store.readAccount(id)
  return account === null ? refuse('not_found') : { ok: true, account }
}

export async function endAccount(
  context: Context,
  caller: Caller,
  id: AccountId,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const allowed = await mayChange(
    context,
    caller,
    await context.store.readAccount(id),
    undefined,
    own.accountsWrite,
  )
  if (!allowed.ok) return allowed
  const answer = await context.store.endAccount({
    id,
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'account.ended',
      actor: toActor(caller),
      target: { kind: 'account', id },
    }),
  })
  if (answer !== 'ended') return refuse(answer)
  await context.feed.catchUp()
  return { ok: true }
}
