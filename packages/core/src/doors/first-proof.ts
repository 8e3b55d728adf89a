/** What follows a first proof, whichever it was: a password, or the word of another service. */
import type { AssuranceLevel, RoleId } from '@countersign/protocol'
import type { Account } from '../accounts/account.ts'
import type { AuditDetails, AuditEvent } from '../audit/event.ts'
import { ANONYMOUS } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import { demandsFactor } from '../factors/factor.ts'
import type { SessionDraft } from '../factors-port.ts'
import { makeAudit } from '../make.ts'
import { makeNotice } from '../make-mail.ts'
import { type Refusal, refuse } from '../outcome.ts'
import type { Proven } from './open-session.ts'
import { type Judged, toJudgedDraft } from './risk.ts'

export interface FirstProof {
  readonly roles: readonly RoleId[]
  readonly judged: Judged
  /** Until when the browser is spared the second factor, where the account trusts it. */
  readonly trustedUntilMs: number | null
}

/**
 * In a browser that its owner trusts, one proof is enough, for a session that says so. Not where somebody demands more,
 * nor where this sign-in stands out.
 */
export function isFactorSpared(
  { policy }: Context,
  { roles, judged, trustedUntilMs }: FirstProof,
  level: AssuranceLevel | null,
  nowMs: number,
): boolean {
  const isTrusted = trustedUntilMs !== null && nowMs < trustedUntilMs
  if (!isTrusted || policy.trustedDeviceSeconds === 0 || demandsFactor(policy, roles, level)) return false
  return judged.action === 'allow'
}

/** The draft of a session with what was judged of its sign-in, and word to the owner where that was unusual. */
export function withJudgement(
  context: Context,
  draft: SessionDraft,
  { account, judged }: Proven,
  facts: RequestFacts,
): SessionDraft {
  if (judged == null) return { ...draft, judged: null }
  const kept = toJudgedDraft(context, judged, account.id, draft.audit, facts)
  const cause = { session: draft.session.id }
  const mails =
    judged.action === 'allow' ? [] : makeNotice(context, 'new_sign_in', account, 'owner', facts, cause)
  return { ...draft, judged: { ...kept, mails } }
}

/** As a wrong proof is refused, to the caller; the log tells both apart. */
export async function refuseJudged(
  context: Context,
  account: Account,
  { factor, judged }: { readonly factor: string; readonly judged: Judged },
  facts: RequestFacts,
): Promise<Refusal> {
  const details = { factor, reason: 'risk' }
  const audit = makeSignInEvent(context, account, { type: 'sign_in.refused', details }, facts)
  const draft = toJudgedDraft(context, judged, account.id, audit, facts)
  await context.store.refuseJudged({ judged: draft, audit })
  return refuse('invalid_credentials', 'risk')
}

/** A refusal, by nobody who is known yet; `account` is whose sign-in it would have been. */
export function makeSignInEvent(
  context: Context,
  account: Account | null,
  { type, details }: { readonly type: string; readonly details: AuditDetails },
  facts: RequestFacts,
): AuditEvent {
  const target = account === null ? null : { kind: 'account', id: account.id }
  return makeAudit(context, facts, { type, outcome: 'refused', actor: ANONYMOUS, target, details })
}
