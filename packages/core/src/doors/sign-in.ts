/**
 * Signing in with a password: one path with the same work for known and unknown addresses, then one
 * transaction for the session, what is delivered for it, and the audit event.
 */
import { FIRST_PARTY_CLIENT, type Secret, toOpaqueCredential } from '@countersign/protocol'
import { type Account, normalizeEmail } from '../accounts/account.ts'
import { ANONYMOUS } from '../caller.ts'
import { type Context, entryExpiry, type Policy, type RequestFacts } from '../context.ts'
import type { Grant } from '../grants/grant.ts'
import { makeAudit, makeId, makeSecret } from '../make.ts'
import { type Outcome, refuse } from '../outcome.ts'
import { normalizePassword } from '../passwords/policy.ts'
import type { LogHead } from '../revocations/revocation.ts'
import type { Session, SessionDelivery } from '../sessions/session.ts'
import type { GrantDraft } from '../store-port.ts'
import { sessionDeath } from './decide.ts'
import { firstPartyOrder, type MintContext, type MintedToken, mintAccessToken } from './mint.ts'

export interface SignInInput {
  readonly email: string
  readonly password: Secret
  readonly deliver: SessionDelivery
}

export interface SignedIn {
  readonly account: Account
  readonly session: Session
  /** For `cookie` and `session_token`. */
  readonly sessionToken: Secret | null
  /** For `jwt`. */
  readonly tokens: { readonly access: MintedToken; readonly refreshToken: Secret } | null
}

export async function signIn(
  context: MintContext,
  input: SignInInput,
  facts: RequestFacts,
): Promise<Outcome<SignedIn>> {
  const checked = await checkPassword(context, input, facts)
  if (!checked.ok) return checked
  return openSession(context, checked, input.deliver, facts)
}

/** The address and password are right and the account may sign in; or the one refusal that says neither. */
async function checkPassword(
  context: Context,
  input: SignInInput,
  facts: RequestFacts,
): Promise<Outcome<{ account: Account; head: LogHead }>> {
  const email = normalizeEmail(input.email) ?? ''
  const { head, account, passwordHash } = await context.store.readAccountByEmail(email)
  const password = normalizePassword(input.password)
  // Same work for an unknown account: otherwise the time to answer tells an attacker which accounts exist.
  const { matches, stale } = await context.passwords.verify(password, passwordHash ?? context.passwords.decoy)
  if (account === null || passwordHash === null || !matches || account.disabledAtMs !== null) {
    const reason = account === null ? 'unknown' : !matches ? 'wrong_secret' : 'principal_disabled'
    await auditRefusal(context, account, reason, facts)
    return refuse('invalid_credentials', reason)
  }
  if (stale) await rehash(context, account, password, passwordHash)
  return { ok: true, account, head }
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
  checked: { account: Account; head: LogHead },
  delivery: SessionDelivery,
  facts: RequestFacts,
): Promise<Outcome<SignedIn>> {
  const { account, head } = checked
  const session = newSession(context, account, head, delivery, facts)
  const secret = makeSecret(context.random)
  const refresh = delivery === 'jwt' ? newGrant(context, session, head) : null
  const opened = await context.store.openSession({
    session,
    digest: context.secrets.digest(secret),
    grant: refresh?.draft ?? null,
    sessionsMax: context.policy.sessionsPerAccountMax,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'session.opened',
      actor: { kind: 'account', id: account.id, credential: session.id },
      target: { kind: 'session', id: session.id },
      details: { factor: 'pwd', delivery, device: facts.device },
    }),
  })
  // Disabled or signed out everywhere while the password was being checked.
  if (opened.kind === 'account_gone') return refuse('invalid_credentials', 'revoked')
  if (opened.endedOverCap.length > 0) await context.feed.catchUp()
  if (refresh === null) {
    const sessionToken = toOpaqueCredential(context.policy.credentialStyle, 'session', session.id, secret)
    return { ok: true, account, session, sessionToken, tokens: null }
  }
  return mintFirst(context, account, session, refresh, facts)
}

function newSession(
  context: Context,
  account: Account,
  head: LogHead,
  delivery: SessionDelivery,
  facts: RequestFacts,
): Session {
  const { idleSeconds, lifetimeSeconds } = sessionTimes(context.policy, delivery)
  const expiresAtMs = facts.nowMs + lifetimeSeconds * 1000
  return {
    id: makeId(context, 'ses', facts.nowMs),
    accountId: account.id,
    createdAtMs: facts.nowMs,
    expiresAtMs,
    idleSeconds,
    idleExpiresAtMs: Math.min(facts.nowMs + idleSeconds * 1000, expiresAtMs),
    lastSeenAtMs: facts.nowMs,
    lastAddress: facts.address,
    endedAtMs: null,
    issuedPosition: head.position,
    authTimeMs: facts.nowMs,
    amr: ['pwd'],
    acr: null,
    delivery,
    device: facts.device,
    userAgent: facts.userAgent,
    address: facts.address,
    place: null,
  }
}

/** A session behind a refresh token is an app that stays signed in for weeks; the others are browsers. */
function sessionTimes(
  policy: Policy,
  delivery: SessionDelivery,
): { idleSeconds: number; lifetimeSeconds: number } {
  return delivery === 'jwt'
    ? { idleSeconds: policy.refreshIdleSeconds, lifetimeSeconds: policy.refreshLifetimeSeconds }
    : { idleSeconds: policy.sessionIdleSeconds, lifetimeSeconds: policy.sessionLifetimeSeconds }
}

interface NewGrant {
  readonly grant: Grant
  readonly draft: GrantDraft
  readonly refreshToken: Secret
}

function newGrant(context: Context, session: Session, head: LogHead): NewGrant {
  const secret = makeSecret(context.random)
  const grant: Grant = {
    id: makeId(context, 'gra', session.createdAtMs),
    principalId: session.accountId,
    clientId: FIRST_PARTY_CLIENT,
    sessionId: session.id,
    scope: ['*'],
    audiences: context.policy.audiences,
    createdAtMs: session.createdAtMs,
    expiresAtMs: session.expiresAtMs,
    endedAtMs: null,
    issuedPosition: head.position,
  }
  const refreshToken = toOpaqueCredential(context.policy.credentialStyle, 'refresh', grant.id, secret)
  return { grant, draft: { grant, refreshDigest: context.secrets.digest(secret) }, refreshToken }
}

/** Roles are read again with a fresh head: the sign-in's own read knew only the account. */
async function mintFirst(
  context: MintContext,
  account: Account,
  session: Session,
  { grant, refreshToken }: NewGrant,
  facts: RequestFacts,
): Promise<Outcome<SignedIn>> {
  const { head, found } = await context.store.readSessionForVerdict(session.id)
  if (found === null || sessionDeath(found.session, found.principal, facts.nowMs) !== null) {
    return refuse('invalid_credentials', 'revoked')
  }
  const order = firstPartyOrder(context, { head, principal: found.principal, session: found.session, grant })
  const access = mintAccessToken(context, order, facts.nowMs)
  if (access === null) return refuse('invalid_credentials', 'expired')
  return { ok: true, account, session, sessionToken: null, tokens: { access, refreshToken } }
}
