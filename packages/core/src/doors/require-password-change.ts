/**
 * An administrator has somebody choose another password at the next sign-in, and ends what was opened with the
 * one that there is. They never set or see one (ASVS 6.4.6).
 */
import { type AccountId, permissions as own } from '@countersign/protocol'
import { type Caller, toActor } from '../caller.ts'
import { type Context, entryExpiry, type RequestFacts } from '../context.ts'
import { makeAudit } from '../make.ts'
import { type Outcome, refuse } from '../outcome.ts'
import { mayChange } from './principals.ts'

export async function requirePasswordChange(
  context: Context,
  caller: Caller,
  input: { readonly account: AccountId; readonly keepSessions: boolean },
  facts: RequestFacts,
): Promise<Outcome<{ ended: number }>> {
  const { account, keepSessions } = input
  const found = await context.store.readAccount(account)
  const allowed = await mayChange(context, caller, found, undefined, own.accountsWrite)
  if (!allowed.ok) return allowed
  const required = await context.store.requirePasswordChange({
    account,
    keepSessions,
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'password.change_required',
      actor: toActor(caller),
      target: { kind: 'account', id: account },
      details: { kept_sessions: keepSessions },
    }),
  })
  if (required.kind !== 'required') return refuse(required.kind)
  await context.feed.catchUp()
  return { ok: true, ended: required.ended.length }
}
