/**
 * Signing in with a password: one path with the same work for known and unknown addresses. Where more is asked
 * for, a ticket is opened and nothing else is given; otherwise one transaction opens the session.
 */
import { type AssuranceLevel, type RoleId, Secret } from '@countersign/protocol'
import { type Account, normalizeEmail } from '../accounts/account.ts'
import type { AuditDetails, AuditEvent } from '../audit/event.ts'
import type { Context, RequestFacts } from '../context.ts'
import type { SignInTry } from '../devices-port.ts'
import { levelFor, waysAt } from '../factors/assurance.ts'
import { demandsFactor, type FactorWay } from '../factors/factor.ts'
import { type Outcome, type Refusal, refuse } from '../outcome.ts'
import { normalizePassword } from '../passwords/policy.ts'
import { NETWORK_WAITS, PASSWORD_WAITS, waitLeftMs } from '../passwords/waits.ts'
import type { LogHead } from '../revocations/revocation.ts'
import type { SessionDelivery } from '../sessions/session.ts'
import { isForBrowser, judgedDevice, type PreparedDevice, prepareDevice } from './devices.ts'
import { isFactorSpared, makeSignInEvent, refuseJudged, withJudgement } from './first-proof.ts'
import type { MintContext } from './mint.ts'
import { deliverSession, type Proven, prepareSession, type SignedIn } from './open-session.ts'
import { recheckPassword } from './recheck-password.ts'
import { type Judged, judgeAsLeaked, judgeSignIn } from './risk.ts'
import { nextEnrolment, nextPassword, openTicket, type StepRequired } from './tickets.ts'
import { triedNetwork } from './tried-network.ts'

export interface SignInInput {
  readonly email: string
  readonly password: Secret
  readonly deliver: SessionDelivery
  readonly refresh: 'body' | 'cookie'
  /** What the application demands that it is for. */
  readonly level?: AssuranceLevel | null
}

export async function signIn(
  context: MintContext,
  input: SignInInput,
  facts: RequestFacts,
): Promise<Outcome<SignedIn | StepRequired>> {
  const device = prepareDevice(context, isForBrowser(input.deliver, input.refresh), facts)
  const checked = await checkPassword(context, input, device, facts)
  if (!checked.ok) return checked
  const { account, judged, tried: proved, roles } = checked
  const level = levelFor(context.policy.assurance, roles, input.level ?? null)
  const proven = {
    account,
    issuedPosition: checked.head.position,
    amr: ['pwd'],
    factor: 'pwd',
    judged,
    proved,
    level,
  }
  // Whoever has to replace the password proves the factor first.
  const isSpared =
    account.passwordChangeRequiredAtMs === null && isFactorSpared(context, checked, level, facts.nowMs)
  if (checked.ways.length > 0 && !isSpared) {
    const reason = judged.action === 'step_up' ? 'risk' : 'account_has_factor'
    const next = { purpose: 'sign_in', ways: waysAt(level, checked.ways), reason } as const
    return openTicket(context, proven, input, next, facts)
  }
  // Only after the factor, where there is one: whoever has the password alone is not to replace it.
  if (account.passwordChangeRequiredAtMs !== null) {
    return openTicket(context, proven, input, nextPassword(account), facts)
  }
  if (demandsFactor(context.policy, roles, level)) {
    return openTicket(context, proven, input, nextEnrolment(level), facts)
  }
  const trusted = checked.ways.length > 0 ? checked.tried.device : null
  return openSession(context, { ...proven, trusted }, device, input.deliver, facts)
}

interface Checked {
  readonly account: Account
  readonly head: LogHead
  readonly roles: readonly RoleId[]
  readonly ways: readonly FactorWay[]
  readonly judged: Judged
  readonly tried: SignInTry
  readonly trustedUntilMs: number | null
}

/**
 * The address and password are right and the account may sign in; or the one refusal that says neither. Whoever
 * has to wait is told so before anything is compared, also where nobody has the address.
 */
async function checkPassword(
  context: Context,
  input: SignInInput,
  device: PreparedDevice,
  facts: RequestFacts,
): Promise<Outcome<Checked>> {
  const email = normalizeEmail(input.email)
  const found = await context.store.readSignIn({
    email: email ?? '',
    nobody: nobodyOf(context, email ?? input.email),
    deviceDigests: device.draft.presented,
    network: triedNetwork(context, facts),
  })
  const { head, account, passwordHash, roles, ways, tried, failures, networkFailures } = found
  const { trustedUntilMs } = found
  const { strangersWaitSeconds = null } = facts
  if (strangersWaitSeconds !== null && tried.device === null) {
    return { ...refuse('rate_limited'), retryAfterSeconds: strangersWaitSeconds }
  }
  const leftMs =
    waitLeftMs(failures, PASSWORD_WAITS, facts.nowMs) ??
    waitLeftMs(networkFailures, NETWORK_WAITS, facts.nowMs)
  if (leftMs !== null) return refuseToWait(leftMs)
  const { nowMs } = facts
  const taken = await context.store.takeSignInTry({ ...tried, nowMs, rules: PASSWORD_WAITS })
  if (taken.kind !== 'taken') return refuseToWait(taken.retryAfterMs)
  const password = normalizePassword(input.password)
  // Same work for an unknown account: otherwise the time to answer tells an attacker which accounts exist.
  const stored = passwordHash ?? context.passwords.decoy
  // A flood of strangers must not stand before whoever is known here.
  const turn = tried.device === null ? 'stranger' : 'known'
  const { matches, stale } = await context.passwords.verify(password, stored, turn)
  const judging = {
    account: account?.id ?? null,
    subject: tried.subject,
    deviceId: judgedDevice(tried.device, device),
    // Found out at an earlier sign-in, or in the list that every server has with it.
    isPasswordBreached: isKnownToLeak(account) || context.commonPasswords.has(password.reveal()),
  }
  const judged = await judgeSignIn(context, { ...judging, hasFactor: ways.length > 0 }, facts)
  if (account === null || passwordHash === null || !matches || account.disabledAtMs !== null) {
    const reason = account === null ? 'unknown' : !matches ? 'wrong_secret' : 'principal_disabled'
    await auditRefusal(context, account, { reason, tried, taken }, facts)
    return refuse('invalid_credentials', reason)
  }
  // Before anything that only a right password has done for it: the answer must not tell that this one was.
  if (judged.action === 'block') return refuseJudged(context, account, { factor: 'pwd', judged }, facts)
  const checkable = { account, passwordHash, checkedAtMs: found.passwordCheckedAtMs }
  const checked = await recheckPassword(context, checkable, password, facts)
  if (stale) await rehash(context, account, password, passwordHash)
  const isNewlyLeaked = isKnownToLeak(checked) && !isKnownToLeak(account)
  const rejudged = isNewlyLeaked ? judgeAsLeaked(judged) : judged
  return { ok: true, account: checked, head, roles, ways, judged: rejudged, tried, trustedUntilMs }
}

/** One that has to be changed opens nothing anyway: its owner is not to be kept from changing it. */
const isKnownToLeak = (account: Account | null): boolean =>
  account !== null && account.passwordBreachedAtMs !== null && account.passwordChangeRequiredAtMs === null

/** Failures for an address that nobody has are counted as well, for a digest of it. */
function nobodyOf({ secrets }: Context, address: string): string {
  return secrets.digest(new Secret(`sign-in ${address.trim().normalize('NFKC').toLowerCase()}`))
}

function refuseToWait(leftMs: number): Refusal {
  const retryAfterSeconds = Math.max(1, Math.ceil(leftMs / 1000))
  return { ...refuse('too_many_failures'), retryAfterSeconds }
}

interface RefusedTry {
  readonly reason: string
  readonly tried: SignInTry
  readonly taken: { readonly failures: number; readonly networkFailures?: number }
}

/**
 * The address that was tried is not written down: people type passwords into the wrong field. Attempts that have
 * to wait leave no event, or an attacker could fill the log for nothing; where waiting begins and where it ends do.
 */
async function auditRefusal(
  context: Context,
  account: Account | null,
  { reason, tried, taken }: RefusedTry,
  facts: RequestFacts,
): Promise<void> {
  const make = (type: string, details: AuditDetails): AuditEvent =>
    makeSignInEvent(context, account, { type, details }, facts)
  const device = tried.device === null ? {} : { device: tried.device }
  const { failures, networkFailures } = taken
  const events = [make('sign_in.refused', { factor: 'pwd', reason, ...device })]
  if (failures === PASSWORD_WAITS.freeFailures) events.push(make('sign_in.slowed', { failures, ...device }))
  if (networkFailures === context.policy.signInNetworkFailures) {
    const details = { accounts: networkFailures }
    events.push(makeSignInEvent(context, null, { type: 'network.slowed', details }, facts))
  }
  if (failures === PASSWORD_WAITS.failuresMax)
    events.push(make('factor.closed', { factor: 'pwd', ...device }))
  await context.store.appendAudit(events)
}

/** Parameters or pepper have moved on: the password is at hand only now. A full queue leaves it for next time. */
async function rehash(context: Context, account: Account, password: Secret, from: string): Promise<void> {
  const to = await context.passwords.hash(password)
  await context.store.replacePasswordHash(account.id, from, to)
}

async function openSession(
  context: MintContext,
  proven: Proven,
  device: PreparedDevice,
  delivery: SessionDelivery,
  facts: RequestFacts,
): Promise<Outcome<SignedIn>> {
  const prepared = prepareSession(context, proven, device, delivery, facts)
  const opened = await context.store.openSession(withJudgement(context, prepared.draft, proven, facts))
  // Disabled or signed out everywhere while the password was being checked.
  if (opened.kind === 'account_gone') return refuse('invalid_credentials', 'revoked')
  return deliverSession(context, proven.account, prepared, opened, facts)
}
