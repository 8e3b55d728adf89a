/**
 * Signing in with a password: one path with the same work for known and unknown addresses. Where more is asked
 * for, a ticket is opened and nothing else is given; otherwise one transaction opens the session.
 */
import type { RoleId, Secret } from '@countersign/protocol'
import { type Account, normalizeEmail } from '../accounts/account.ts'
import { ANONYMOUS } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import { demandsFactor, type FactorWay } from '../factors/factor.ts'
import { makeAudit } from '../make.ts'
import { type Outcome, refuse } from '../outcome.ts'
import { normalizePassword } from '../passwords/policy.ts'
import type { LogHead } from '../revocations/revocation.ts'
import type { SessionDelivery } from '../sessions/session.ts'
import type { MintContext } from './mint.ts'
import { deliverSession, type Proven, prepareSession, type SignedIn } from './open-session.ts'
import { type FactorRequired, openTicket } from './tickets.ts'

export interface SignInInput {
  readonly email: string
  readonly password: Secret
  readonly deliver: SessionDelivery
  readonly refresh: 'body' | 'cookie'
}

export async function signIn(
  context: MintContext,
  input: SignInInput,
  facts: RequestFacts,
): Promise<Outcome<SignedIn | FactorRequired>> {
  const checked = await checkPassword(context, input, facts)
  if (!checked.ok) return checked
  const proven = {
    account: checked.account,
    issuedPosition: checked.head.position,
    amr: ['pwd'],
    factor: 'pwd',
  }
  if (checked.ways.length > 0) {
    const next = { purpose: 'sign_in', ways: checked.ways, reason: 'account_has_factor' } as const
    return openTicket(context, proven, input, next, facts)
  }
  if (demandsFactor(context.policy, checked.roles)) {
    const next = { purpose: 'enrol', ways: ['totp'], reason: 'required_by_policy' } as const
    return openTicket(context, proven, input, next, facts)
  }
  return openSession(context, proven, input.deliver, facts)
}

interface Checked {
  readonly account: Account
  readonly head: LogHead
  readonly roles: readonly RoleId[]
  readonly ways: readonly FactorWay[]
}

/** The address and password are right and the account may sign in; or the one refusal that says neither. */
async function checkPassword(
  context: Context,
  input: SignInInput,
  facts: RequestFacts,
): Promise<Outcome<Checked>> {
  const email = normalizeEmail(input.email) ?? ''
  const { head, account, passwordHash, roles, ways } = await context.store.readAccountByEmail(email)
  const password = normalizePassword(input.password)
  // Same work for an unknown account: otherwise the time to answer tells an attacker which accounts exist.
  const { matches, stale } = await context.passwords.verify(password, passwordHash ?? context.passwords.decoy)
  if (account === null || passwordHash === null || !matches || account.disabledAtMs !== null) {
    const reason = account === null ? 'unknown' : !matches ? 'wrong_secret' : 'principal_disabled'
    await auditRefusal(context, account, reason, facts)
    return refuse('invalid_credentials', reason)
  }
  if (stale) await rehash(context, account, password, passwordHash)
  return { ok: true, account, head, roles, ways }
}

/** The address that was tried is not written down: people type passwords into the wrong field. */
async function auditRefusal(
  context: Context,
  account: Account | null,
  reason: string,
  facts: RequestFacts,
): Promise<void> {
  const target = account === null ? null : { kind: 'account', id: account.id }
  const draft = {
    type: 'sign_in.refused',
    outcome: 'refused',
    actor: ANONYMOUS,
    target,
    details: { factor: 'pwd', reason },
  } as const
  await context.store.appendAudit([makeAudit(context, facts, draft)])
}

/** Parameters or pepper have moved on: the password is at hand only now. A full queue leaves it for next time. */
async function rehash(context: Context, account: Account, password: Secret, from: string): Promise<void> {
  const to = await context.passwords.hash(password)
  await context.store.replacePasswordHash(account.id, from, to)
}

async function openSession(
  context: MintContext,
  proven: Proven,
  delivery: SessionDelivery,
  facts: RequestFacts,
): Promise<Outcome<SignedIn>> {
  const prepared = prepareSession(context, proven, delivery, facts)
  const opened = await context.store.openSession(prepared.draft)
  // Disabled or signed out everywhere while the password was being checked.
  if (opened.kind === 'account_gone') return refuse('invalid_credentials', 'revoked')
  return deliverSession(context, proven.account, prepared, opened.endedOverCap, facts)
}
