/**
 * Signing in with an account elsewhere. The provider's word is one factor: whatever else the account, a role or the app
 * demands is asked for after it, as after a password. An address makes nobody the owner of an account here: whoever has
 * one already signs in to it once and connects the provider there.
 */
import { type AssuranceLevel, MEMBER } from '@countersign/protocol'
import { type Account, newAccount, normalizeEmail } from '../accounts/account.ts'
import type { Context, RequestFacts } from '../context.ts'
import { levelFor, waysAt } from '../factors/assurance.ts'
import { demandsFactor } from '../factors/factor.ts'
import { FEDERATED, isKeepable, newIdentity, type ProvedIdentity } from '../identities/identity.ts'
import type { FoundIdentity } from '../identities-port.ts'
import { makeAudit, makeId } from '../make.ts'
import { type Outcome, type Refusal, refuse } from '../outcome.ts'
import type { LogHead } from '../revocations/revocation.ts'
import type { SessionDelivery } from '../sessions/session.ts'
import { deviceDigests, isForBrowser, judgedDevice, type PreparedDevice, prepareDevice } from './devices.ts'
import { isFactorSpared, makeSignInEvent, refuseJudged, withJudgement } from './first-proof.ts'
import type { MintContext } from './mint.ts'
import { deliverSession, type Proven, prepareSession, type SignedIn } from './open-session.ts'
import { type Judged, judgeSignIn } from './risk.ts'
import { nextEnrolment, openTicket, type StepRequired } from './tickets.ts'

export interface ProviderSignInInput {
  readonly proved: ProvedIdentity
  readonly deliver: SessionDelivery
  /** What the application demands that it is for. */
  readonly level?: AssuranceLevel | null
}

/**
 * Refuses with `address_taken` where somebody has an account with that address, `address_unverified` where an address
 * has to be verified and the provider's is not, and `sign_up_closed` where no account begins by itself.
 */
export async function signInWithProvider(
  context: MintContext,
  input: ProviderSignInInput,
  facts: RequestFacts,
): Promise<Outcome<SignedIn | StepRequired>> {
  const { proved, deliver } = input
  const device = prepareDevice(context, isForBrowser(deliver, 'body'), facts)
  const read = await findOrCreate(context, proved, facts)
  if (!read.ok) return refuseIdentity(context, proved, null, read, facts)
  const { found, head } = read
  const { account, roles, ways } = found
  if (account.disabledAtMs !== null) {
    return refuseIdentity(
      context,
      proved,
      account,
      refuse('invalid_credentials', 'principal_disabled'),
      facts,
    )
  }
  const judged = await judge(context, found, device, facts)
  if (judged.action === 'block')
    return refuseJudged(context, account, { factor: factorOf(proved), judged }, facts)
  const level = levelFor(context.policy.assurance, roles, input.level ?? null)
  const proven: Proven = {
    account,
    issuedPosition: head.position,
    amr: [FEDERATED],
    factor: factorOf(proved),
    judged,
    level,
    provedAtMs: proved.authTimeMs,
  }
  const asked = { deliver, refresh: 'body' } as const
  const proof = { roles, judged, trustedUntilMs: found.device?.trustedUntilMs ?? null }
  if (ways.length > 0 && !isFactorSpared(context, proof, level, facts.nowMs)) {
    const reason = judged.action === 'step_up' ? 'risk' : 'account_has_factor'
    return openTicket(
      context,
      proven,
      asked,
      { purpose: 'sign_in', ways: waysAt(level, ways), reason },
      facts,
    )
  }
  if (demandsFactor(context.policy, roles, level)) {
    return openTicket(context, proven, asked, nextEnrolment(level), facts)
  }
  const trusted = ways.length > 0 ? (found.device?.id ?? null) : null
  return openSession(context, found, { ...proven, trusted }, device, deliver, facts)
}

/** For the record: which provider it was. */
const factorOf = ({ provider }: ProvedIdentity): string => `provider:${provider}`

type Read = Outcome<{ readonly found: FoundIdentity; readonly head: LogHead }>

async function findOrCreate(context: Context, proved: ProvedIdentity, facts: RequestFacts): Promise<Read> {
  if (!isKeepable(proved)) return refuse('invalid_credentials', 'malformed')
  const known = await readIdentity(context, proved, facts)
  if (known.ok) return known
  const created = await createAccount(context, proved, facts)
  // Of two answers at once the second finds what the first has made, whichever of its rows it came upon.
  const made = await readIdentity(context, proved, facts)
  return made.ok || created.ok ? made : created
}

async function readIdentity(
  context: Context,
  { issuer, subject }: ProvedIdentity,
  facts: RequestFacts,
): Promise<Read> {
  const digests = deviceDigests(context, facts)
  const { head, found } = await context.store.readIdentityToSignIn({
    issuer,
    subject,
    deviceDigests: digests,
  })
  return found === null ? refuse('invalid_credentials', 'unknown') : { ok: true, found, head }
}

async function createAccount(
  context: Context,
  proved: ProvedIdentity,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const { policy } = context
  if (policy.signUp === 'closed') return refuse('sign_up_closed')
  const email = proved.email === null ? null : normalizeEmail(proved.email)
  const isVerified = proved.isEmailVerified && email !== null
  if (email === null || (policy.emailVerification === 'required' && !isVerified)) {
    return refuse('address_unverified')
  }
  const account = toAccount(context, proved, { email, isVerified }, facts)
  const { id } = account
  const identity = newIdentity(proved, {
    id: makeId(context, 'idn', facts.nowMs),
    accountId: id,
    createdAtMs: facts.nowMs,
    madeIn: null,
  })
  const audit = makeAudit(context, facts, {
    type: 'account.created',
    actor: { kind: 'account', id, credential: null },
    target: { kind: 'account', id },
    details: { provider: proved.provider, identity: identity.id, verified: isVerified },
  })
  const created = await context.store.createAccountByIdentity({ account, identity, roles: [MEMBER], audit })
  if (created === 'known') return refuse('conflict')
  return created === 'created' ? { ok: true } : refuse(created)
}

/** No password: one comes by a link to its mail, for whoever wants one. */
function toAccount(
  context: Context,
  { name }: ProvedIdentity,
  { email, isVerified }: { readonly email: string; readonly isVerified: boolean },
  { nowMs }: RequestFacts,
): Account {
  return newAccount({
    id: makeId(context, 'acc', nowMs),
    email,
    name: name?.trim().slice(0, NAME_CHARACTERS_MAX) || null,
    emailVerifiedAtMs: isVerified ? nowMs : null,
    createdAtMs: nowMs,
  })
}

const NAME_CHARACTERS_MAX = 100

function judge(
  context: Context,
  { account, device: known, ways }: FoundIdentity,
  device: PreparedDevice,
  facts: RequestFacts,
): Promise<Judged> {
  const judging = {
    account: account.id,
    subject: account.id,
    deviceId: judgedDevice(known?.id ?? null, device),
    hasFactor: ways.length > 0,
    isPasswordBreached: false,
  }
  return judgeSignIn(context, judging, facts)
}

async function openSession(
  context: MintContext,
  { identity }: FoundIdentity,
  proven: Proven,
  device: PreparedDevice,
  delivery: SessionDelivery,
  facts: RequestFacts,
): Promise<Outcome<SignedIn>> {
  const prepared = prepareSession(context, proven, device, delivery, facts)
  const draft = withJudgement(context, prepared.draft, proven, facts)
  const opened = await context.store.signInWithIdentity({ ...draft, identity: identity.id })
  // Disabled, signed out everywhere or disconnected while it was on its way.
  if (opened.kind !== 'opened') return refuse('invalid_credentials', 'revoked')
  return deliverSession(context, proven.account, prepared, opened, facts)
}

const REFUSED = 'sign_in.refused'

async function refuseIdentity(
  context: Context,
  proved: ProvedIdentity,
  account: Account | null,
  refusal: Refusal,
  facts: RequestFacts,
): Promise<Refusal> {
  const details = { factor: factorOf(proved), reason: refusal.reason ?? refusal.code }
  await context.store.appendAudit([makeSignInEvent(context, account, { type: REFUSED, details }, facts)])
  return refusal
}

/** A provider's answer that does not hold, whoever gave it. */
export async function auditProviderRefusal(
  context: Context,
  refused: { readonly provider: string; readonly reason: string },
  facts: RequestFacts,
): Promise<void> {
  const details = { factor: `provider:${refused.provider}`, reason: refused.reason }
  await context.store.appendAudit([makeSignInEvent(context, null, { type: REFUSED, details }, facts)])
}
