/** What administrators do with people: create, change, disable, end. */
import { type AccountId, permissions as own, type RoleId } from '@countersign/protocol'
import { type Account, normalizeEmail } from '../accounts/account.ts'
import type { AuditActor } from '../audit/event.ts'
import { type Caller, may, toActor } from '../caller.ts'
import { type Context, entryExpiry, type RequestFacts } from '../context.ts'
import { makeAudit } from '../make.ts'
import { makeNotice } from '../make-mail.ts'
import { type Outcome, refuse, refuseField } from '../outcome.ts'
import { breachDetails } from './new-password.ts'
import { changeDetails, checkRolesToGive, mayChange } from './principals.ts'
import { prepareAccount, type SignUpInput } from './sign-up.ts'
import { requireStrongest } from './step-up.ts'

export type AccountWithRoles = Account & { readonly roles: readonly RoleId[] }

export interface PrincipalChange {
  readonly name?: string | null
  readonly roles?: readonly RoleId[]
  readonly disabled?: boolean
  readonly email?: string
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
  const found = await context.store.readAccount(id)
  const allowed = await mayChange(context, caller, found, change.roles, own.accountsWrite)
  if (!allowed.ok) return allowed
  if (found === null) return refuse('not_found')
  const { disabled, email: address, ...rest } = change
  const email = address === undefined ? found.email : normalizeEmail(address)
  if (email === null) return refuseField('email', 'This is not an e-mail address.')
  const answer = await context.store.changeAccount({
    id,
    ...rest,
    ...(disabled !== undefined && { disabledAtMs: disabled ? facts.nowMs : null }),
    moved: email === found.email ? null : { email, mails: tellBoth(context, found, email, facts) },
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: disabled === undefined ? 'account.changed' : disabled ? 'account.disabled' : 'account.enabled',
      actor: toActor(caller),
      target: { kind: 'account', id },
      details: changeDetails(change),
    }),
    mails: disabled === true ? makeNotice(context, 'account_disabled', found, 'other', facts) : [],
  })
  if (answer === 'unknown_role') return refuseField('roles', 'There is no such role.')
  if (answer !== 'changed') return refuse(answer)
  await context.feed.catchUp()
  const account = await context.store.readAccount(id)
  return account === null ? refuse('not_found') : { ok: true, account }
}

/** The old address and the new one. Only an owner takes back what an owner did: there is no link in these. */
function tellBoth(context: Context, found: Account, email: string, facts: RequestFacts) {
  return [found, { id: found.id, email }].flatMap((recipient) =>
    makeNotice(context, 'email_changed', recipient, 'other', facts),
  )
}

export async function endAccount(
  context: Context,
  caller: Caller,
  id: AccountId,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const found = await context.store.readAccount(id)
  const allowed = await mayChange(context, caller, found, undefined, own.accountsWrite)
  if (!allowed.ok) return allowed
  if (found === null) return refuse('not_found')
  return end(context, found, toActor(caller), 'other', facts)
}

/** One's own account, for good: with a proof of who it is that is recent, and as strong as the account has any. */
export async function endOwnAccount(
  context: Context,
  caller: Caller,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const own = await requireStrongest(context, caller, facts)
  if (!own.ok) return own
  const owner = { id: own.account, email: own.view.email }
  return end(context, owner, toActor(caller), 'owner', facts)
}

async function end(
  context: Context,
  account: { readonly id: AccountId; readonly email: string },
  actor: AuditActor,
  asker: 'owner' | 'other',
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const { id } = account
  const answer = await context.store.endAccount({
    id,
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'account.ended',
      actor,
      target: { kind: 'account', id },
    }),
    mails: makeNotice(context, 'account_deleted', account, asker, facts),
  })
  if (answer !== 'ended') return refuse(answer)
  await context.feed.catchUp()
  return { ok: true }
}
