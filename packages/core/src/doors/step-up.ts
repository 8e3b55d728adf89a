/**
 * Step-up (RFC 9470): proving once more, and more strongly, who holds a session, and asking for that. The
 * session gets a new secret with it, so that whoever had the old one is left behind (ASVS 7.2.4).
 */
import {
  AAL1,
  AAL2,
  type AccountId,
  type Acr,
  reachesAcr,
  type Secret,
  type SessionId,
  toOpaqueCredential,
} from '@countersign/protocol'
import { type Caller, speaksForPrincipal, toActor } from '../caller.ts'
import { type Context, entryExpiry, type RequestFacts } from '../context.ts'
import { acrAt, levelFor, waysAt } from '../factors/assurance.ts'
import { FACTOR_FAILURES_MAX, type FactorWay, waysOf } from '../factors/factor.ts'
import type { FactorsView } from '../factors-port.ts'
import { makeAudit, makeSecret } from '../make.ts'
import { makeNotice } from '../make-mail.ts'
import { type Outcome, type Refusal, refuse, type StepUpNeed } from '../outcome.ts'
import type { SessionDelivery } from '../sessions/session.ts'
import { accountOf } from './principals.ts'
import { sessionOf } from './sessions.ts'
import {
  amrAfter,
  auditRefusal,
  type Evidence,
  openTicket,
  proveFactor,
  refusalOf,
  type StepRequired,
} from './tickets.ts'

/** How long a proof counts as recent before factors may be changed (ASVS 7.5.1). */
export const RECENT_SECONDS = 600

/** Null where the caller's proof is recent and strong enough. */
export function stepUpRefusal(caller: Caller, need: StepUpNeed, nowMs: number): Refusal | null {
  const { acr, authTimeMs } = caller.verdict.credential
  const isRecent = authTimeMs !== null && nowMs - authTimeMs <= need.maxAgeSeconds * 1000
  if (isRecent && reachesAcr(acr, need.acr)) return null
  return { ok: false, code: 'insufficient_user_authentication', stepUp: need }
}

export interface OwnFactors {
  readonly account: AccountId
  readonly session: SessionId
  readonly view: FactorsView
}

/** A person in a session of their own, with what they can prove themselves with. */
export async function readOwnFactors(context: Context, caller: Caller): Promise<Outcome<OwnFactors>> {
  const account = speaksForPrincipal(caller) ? accountOf(caller) : null
  const session = sessionOf(caller)
  if (account === null || session === null) return refuse('permission_denied')
  const view = await context.store.readFactors(account, FACTOR_FAILURES_MAX)
  return view === null ? refuse('permission_denied') : { ok: true, account, session, view }
}

/** The same, once the strongest factor that the account has was proved a short while ago. */
export async function requireStrongest(
  context: Context,
  caller: Caller,
  facts: RequestFacts,
): Promise<Outcome<OwnFactors>> {
  const own = await readOwnFactors(context, caller)
  if (!own.ok) return own
  const acr: Acr = own.view.factors.length > 0 ? AAL2 : AAL1
  const refusal = stepUpRefusal(caller, { acr, maxAgeSeconds: RECENT_SECONDS }, facts.nowMs)
  return refusal ?? own
}

export async function beginStepUp(
  context: Context,
  caller: Caller,
  facts: RequestFacts,
): Promise<Outcome<StepRequired>> {
  const own = await readOwnFactors(context, caller)
  if (!own.ok) return own
  const account = await context.store.readAccount(own.account)
  if (account === null) return refuse('permission_denied')
  const { amr } = caller.verdict.credential
  const level = levelFor(context.policy.assurance, own.view.roles, null)
  const proven = { account, issuedPosition: 0, amr, factor: 'session', level }
  const asked = { deliver: 'session_token', refresh: 'body' } as const
  const session = { id: own.session, actor: toActor(caller) }
  const next = {
    purpose: 'step_up',
    ways: waysAt(level, stepUpWays(own.view)),
    reason: 'step_up',
    session,
  } as const
  return openTicket(context, proven, asked, next, facts)
}

/** None where there is nothing to prove oneself with but signing in anew, by the provider that the account began with. */
function stepUpWays({ factors, recoveryCodesLeft, hasPassword }: FactorsView): readonly FactorWay[] {
  if (factors.length > 0) return waysOf(factors, recoveryCodesLeft)
  return hasPassword ? ['password'] : []
}

export interface SteppedUp {
  readonly session: SessionId
  readonly acr: Acr
  readonly authTimeMs: number
  readonly delivery: SessionDelivery
  readonly expiresAtMs: number
  /** In place of the one before; null for a session whose tokens are refreshed instead. */
  readonly sessionToken: Secret | null
}

export async function completeStepUp(
  context: Context,
  caller: Caller,
  input: { readonly ticket: string; readonly evidence: Evidence },
  facts: RequestFacts,
): Promise<Outcome<SteppedUp>> {
  const account = speaksForPrincipal(caller) ? accountOf(caller) : null
  const id = sessionOf(caller)
  if (account === null || id === null) return refuse('permission_denied')
  const presented = { ...input, session: { id, actor: toActor(caller) } }
  const proven = await proveFactor(context, presented, facts)
  if (!proven.ok) return proven
  const { found } = await context.store.readSessionForVerdict(id)
  if (found === null) return refuse('ticket_ended', 'ended')
  const amr = amrAfter(found.session.amr, proven)
  const level = proven.proof.kind === 'passkey' ? proven.taken.ticket.level : null
  const acr = acrAt(level, amr)
  const secret = makeSecret(context.random)
  const raised = await context.store.completeStepUp({
    ticketDigest: proven.taken.digest,
    proof: proven.proof,
    session: id,
    account,
    digest: context.secrets.digest(secret),
    amr,
    acr,
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'session.stepped_up',
      actor: toActor(caller),
      target: { kind: 'session', id },
      details: { factor: input.evidence.way, acr },
    }),
    mails:
      input.evidence.way === 'recovery_code'
        ? makeNotice(context, 'recovery_code_used', proven.taken.account, 'owner', facts, { session: id })
        : [],
  })
  if (raised === 'proof_used') {
    await auditRefusal(context, presented, account, 'used', facts)
    return refuse(refusalOf(input.evidence.way), 'ended')
  }
  if (raised !== 'raised') return refuse('ticket_ended', 'ended')
  await context.feed.catchUp()
  const { delivery, expiresAtMs } = found.session
  const token = toOpaqueCredential(context.policy.credentialStyle, 'session', id, secret)
  const sessionToken = delivery === 'jwt' ? null : token
  return { ok: true, session: id, acr, authTimeMs: facts.nowMs, delivery, expiresAtMs, sessionToken }
}
