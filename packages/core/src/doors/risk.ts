/**
 * Holding a sign-in against what is usual for the account. The same work is done for wrong passwords and for
 * addresses that nobody has: how long a refusal takes must not tell that the password was right.
 */
import type { AccountId } from '@countersign/protocol'
import type { AuditDetails, AuditEvent } from '../audit/event.ts'
import type { Context, RequestFacts } from '../context.ts'
import { makeAudit } from '../make.ts'
import { type Attempt, RECENT_MS } from '../risk/attempt.ts'
import { decoyProfile } from '../risk/decoy.ts'
import { type Assessment, evaluate } from '../risk/evaluate.ts'
import { DEFAULT_RISK_POLICY, parseRiskPolicy, type RiskAction, type RiskPolicy } from '../risk/policy.ts'
import { learn, type Profile, parseProfile } from '../risk/profile.ts'
import type { JudgedDraft, LearnedDraft } from '../risk-port.ts'
import { judgedDevice, type PreparedDevice } from './devices.ts'
import { type Digesting, networkDigest } from './tried-network.ts'

export interface Judged {
  /** What follows for this account, with the factors that it has. */
  readonly action: RiskAction
  readonly assessment: Assessment
  /** To be written once the sign-in has gone through. */
  readonly learned: LearnedDraft | null
  /** What it was judged by. */
  readonly evidence: Evidence
}

interface Evidence {
  readonly policy: RiskPolicy
  readonly profile: Profile
  readonly attempt: Attempt
  readonly hasFactor: boolean
}

/** How long judged sign-ins are kept for replays, and an unused profile; the sweep comes a month later. */
const ATTEMPTS_KEPT_MS = 60 * 86_400_000
const PROFILE_KEPT_MS = 280 * 86_400_000

export interface Judging {
  /** Null for an address that nobody has. */
  readonly account: AccountId | null
  /** As tries in vain are counted, to tell it from the others that a network tries to be. */
  readonly subject: string
  readonly deviceId: string | null
  readonly hasFactor: boolean
  readonly isPasswordBreached: boolean
}

export async function judgeSignIn(
  context: Pick<Context, 'store' | 'places'> & Digesting,
  judging: Judging,
  facts: RequestFacts,
): Promise<Judged> {
  const { nowMs, address, userAgent } = facts
  const network = networkDigest(context, address)
  const from = network === null ? null : { network, subject: judging.subject, nowMs }
  const view = await context.store.readRisk(judging.account, nowMs - RECENT_MS, from)
  const policy = toRiskPolicy(view.policy)
  const profile = parseProfile(view.profile)
  const attempt: Attempt = {
    atMs: nowMs,
    address,
    place: context.places.find(address),
    userAgent,
    deviceId: judging.deviceId,
    failures: view.failures,
    networkAccounts: view.networkAccounts,
    isPasswordBreached: judging.isPasswordBreached,
  }
  // Whoever has no profile costs as much as whoever has one: nobody has none.
  if (view.profile === null) evaluate(policy, parseProfile(decoyProfile()), attempt)
  const assessment = evaluate(policy, profile, attempt)
  const next = learn(profile, attempt)
  const learned = judging.account === null ? null : toLearned(judging.account, next, nowMs)
  const { hasFactor } = judging
  const action = actionFor(policy, assessment.action, hasFactor)
  return { action, assessment, learned, evidence: { policy, profile, attempt, hasFactor } }
}

/**
 * Judged once more, for a password of which it turns out only now that it has leaked. It is not refused for that: the
 * work that found it out was done for a right password, and the answer is to tell of that no more than its time does.
 */
export function judgeAsLeaked(judged: Judged): Judged {
  const { policy, profile, attempt, hasFactor } = judged.evidence
  const assessment = evaluate(policy, profile, { ...attempt, isPasswordBreached: true })
  const action = actionFor(policy, assessment.action, hasFactor)
  return action === 'block' ? judged : { ...judged, action, assessment }
}

/** After a second factor or a passkey nothing is decided any more: what has gone through is learned, where it came from by then. */
export async function learnPassed(
  context: Context,
  account: { readonly id: AccountId },
  device: PreparedDevice,
  facts: RequestFacts,
): Promise<LearnedDraft | null> {
  const known = await context.store.readDevice(account.id, device.draft.presented)
  const deviceId = judgedDevice(known?.id ?? null, device)
  const judging = { account: account.id, subject: account.id, deviceId }
  const more = { hasFactor: true, isPasswordBreached: false }
  return (await judgeSignIn(context, { ...judging, ...more }, facts)).learned
}

export function toRiskPolicy(stored: string | null): RiskPolicy {
  return stored === null ? DEFAULT_RISK_POLICY : (parseRiskPolicy(stored) ?? DEFAULT_RISK_POLICY)
}

/** Without a second factor nobody can step up; an attacker would be the one to enrol the first. */
export function actionFor(policy: RiskPolicy, action: RiskAction, hasFactor: boolean): RiskAction {
  return action === 'step_up' && !hasFactor ? policy.withoutFactor : action
}

/** What is kept of the judgement, beside the event that tells how the sign-in went on. */
export function toJudgedDraft(
  context: Pick<Context, 'random'>,
  { action, assessment }: Judged,
  account: AccountId,
  event: AuditEvent,
  facts: RequestFacts,
): JudgedDraft {
  const { nowMs } = facts
  const attempt = {
    id: event.id,
    account,
    atMs: nowMs,
    action,
    grades: JSON.stringify(assessment.grades),
    expiresAtMs: nowMs + ATTEMPTS_KEPT_MS,
  }
  if (action === 'allow') return { attempt, anomaly: null }
  const anomaly = makeAudit(context, facts, {
    type: 'risk.anomaly',
    actor: event.actor,
    target: { kind: 'account', id: account },
    details: { action, event: event.id, ...toDetails(assessment) },
  })
  return { attempt, anomaly }
}

/** For the audit log: the sum, the points of each rule and its sentence. */
function toDetails({ score, findings }: Assessment): AuditDetails {
  const points = findings.map(({ rule, points }) => [`${rule}_points`, points] as const)
  const sentences = findings.map(({ rule, saw }) => [rule, saw] as const)
  return { score, ...Object.fromEntries([...points, ...sentences]) }
}

function toLearned(account: AccountId, profile: Profile, nowMs: number): LearnedDraft {
  const expiresAtMs = nowMs + PROFILE_KEPT_MS
  return { account, profile: JSON.stringify(profile), signIns: profile.count, expiresAtMs }
}
