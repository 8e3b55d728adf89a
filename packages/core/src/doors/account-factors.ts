/**
 * What administrators do with the second factors of others: see them, remove one that was lost, open again what
 * guessing has closed. They never see a seed or a code, and never add a factor (ASVS 6.4.4, 6.4.6).
 */
import { AAL1, type AccountId, type FactorId, permissions as own } from '@countersign/protocol'
import { type Caller, may, toActor } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import { demandsFactor, FACTOR_FAILURES_MAX } from '../factors/factor.ts'
import { makeAudit } from '../make.ts'
import { makeNotice, type Recipient } from '../make-mail.ts'
import { type Outcome, refuse } from '../outcome.ts'
import type { FactorsShown } from './factors.ts'
import { mayChange } from './principals.ts'
import { sessionOf } from './sessions.ts'
import { RECENT_SECONDS, stepUpRefusal } from './step-up.ts'

export async function listAccountFactors(
  context: Context,
  caller: Caller,
  account: AccountId,
): Promise<Outcome<FactorsShown>> {
  if (!may(caller, own.accountsRead)) return refuse('permission_denied')
  const view = await context.store.readFactors(account, FACTOR_FAILURES_MAX)
  if (view === null) return refuse('not_found')
  return { ok: true, ...view, required: demandsFactor(context.policy, view.roles) }
}

/** The last one too: at the next sign-in a policy that demands one has the person enrol another. */
export async function removeAccountFactor(
  context: Context,
  caller: Caller,
  account: AccountId,
  id: FactorId,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const allowed = await mayChangeFactors(context, caller, account, facts)
  if (!allowed.ok) return allowed
  const removed = await context.store.removeFactor({
    account,
    id,
    mustKeepOne: false,
    mustKeepOneRoles: [],
    mustKeepDevice: false,
    mustKeepDeviceRoles: [],
    audit: makeAudit(context, facts, {
      type: 'factor.removed',
      actor: toActor(caller),
      target: { kind: 'account', id: account },
      details: { factor: id },
    }),
    mails: makeNotice(context, 'factor_removed', allowed.owner, 'other', facts),
  })
  return removed === 'removed' ? { ok: true } : refuse(removed)
}

export async function reopenAccountFactors(
  context: Context,
  caller: Caller,
  account: AccountId,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const allowed = await mayChangeFactors(context, caller, account, facts)
  if (!allowed.ok) return allowed
  const audit = makeAudit(context, facts, {
    type: 'factor.reopened',
    actor: toActor(caller),
    target: { kind: 'account', id: account },
  })
  const reopened = await context.store.reopenFactors(account, audit)
  return reopened === 'reopened' ? { ok: true } : refuse(reopened)
}

/** Not one's own, which would be a way around the step-up; and by a person only with a recent proof. */
export async function mayChangeFactors(
  context: Context,
  caller: Caller,
  account: AccountId,
  facts: RequestFacts,
): Promise<Outcome<{ owner: Recipient }>> {
  const found = await context.store.readAccount(account)
  const allowed = await mayChange(context, caller, found, undefined, own.accountsWrite)
  if (!allowed.ok) return allowed
  if (found === null) return refuse('not_found')
  if (caller.principal.id === account) return refuse('permission_denied')
  const need = { acr: AAL1, maxAgeSeconds: RECENT_SECONDS }
  const tooOld = sessionOf(caller) === null ? null : stepUpRefusal(caller, need, facts.nowMs)
  return tooOld ?? { ok: true, owner: found }
}
