/** Opening a session once everything that was asked for has been proved, and what is delivered for it. */
import {
  type AssuranceLevel,
  type DeviceId,
  FIRST_PARTY_CLIENT,
  type Secret,
  toOpaqueCredential,
} from '@countersign/protocol'
import type { Account } from '../accounts/account.ts'
import type { AuditDetails } from '../audit/event.ts'
import { type Context, entryExpiry, type Policy, type RequestFacts } from '../context.ts'
import type { SignInTry } from '../devices-port.ts'
import { acrAt, type SessionTimes, within } from '../factors/assurance.ts'
import type { OpenedSession, SessionDraft } from '../factors-port.ts'
import type { Grant } from '../grants/grant.ts'
import type { GrantDraft } from '../grants-port.ts'
import { makeAudit, makeId, makeSecret } from '../make.ts'
import { type Outcome, refuse } from '../outcome.ts'
import { toPlaceName } from '../risk/attempt.ts'
import type { LearnedDraft } from '../risk-port.ts'
import type { Session, SessionDelivery } from '../sessions/session.ts'
import { keptSecrets, type PreparedDevice } from './devices.ts'
import { holdSession } from './held-session.ts'
import { firstPartyOrder, type MintContext, type MintedToken, mintAccessToken } from './mint.ts'
import type { Judged } from './risk.ts'

export interface SignedIn {
  readonly kind: 'signed_in'
  readonly account: Account
  readonly session: Session
  /** For `cookie` and `session_token`. */
  readonly sessionToken: Secret | null
  /** For `jwt`. */
  readonly tokens: { readonly access: MintedToken; readonly refreshToken: Secret } | null
  /** Where a first factor was enrolled on the way. */
  readonly recoveryCodes: readonly string[]
  /** What the browser is known by from now on, for the device cookie; none where there is no browser. */
  readonly deviceSecrets: readonly Secret[]
}

/** Who signs in, how it was proved, and at which position of the log the proof began. */
export interface Proven {
  readonly account: Account
  readonly issuedPosition: number
  readonly amr: readonly string[]
  /** The last factor, for the record. */
  readonly factor: string
  /** What has to be reached, and by which the session lives. */
  readonly level?: AssuranceLevel | null
  /** How it was held against what is usual. */
  readonly judged?: Judged | null
  /** Where nothing had to be judged any more. */
  readonly learned?: LearnedDraft | null
  /** The row of wrong passwords that the right one has ended. */
  readonly proved?: SignInTry
  /** When it was proved, where that was before now: what somebody else has told may be old. */
  readonly provedAtMs?: number | null
  /** The device on which a second factor was spared. */
  readonly trusted?: DeviceId | null
}

/** A session that is ready to be written, with the secrets that only its holder will ever see. */
export interface PreparedSession {
  readonly draft: SessionDraft
  readonly sessionToken: Secret
  readonly refresh: NewGrant | null
  readonly device: PreparedDevice
}

export function prepareSession(
  context: Context,
  proven: Proven,
  device: PreparedDevice,
  delivery: SessionDelivery,
  facts: RequestFacts,
): PreparedSession {
  const session = newSession(context, proven, delivery, facts)
  const secret = makeSecret(context.random)
  const refresh = delivery === 'jwt' ? newGrant(context, session) : null
  const draft: SessionDraft = {
    session,
    digest: context.secrets.digest(secret),
    grant: refresh?.draft ?? null,
    sessionsMax: context.policy.sessionsPerAccountMax,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'session.opened',
      actor: { kind: 'account', id: proven.account.id, credential: session.id },
      target: { kind: 'session', id: session.id },
      details: {
        factor: proven.factor,
        delivery,
        device: facts.device,
        ...(proven.trusted != null && { spared_on: proven.trusted }),
        ...toRiskDetails(proven),
      },
    }),
    learned: proven.learned ?? proven.judged?.learned ?? null,
    device: device.draft,
    ...(proven.proved && { proved: proven.proved }),
    ...(proven.trusted != null && { trusted: proven.trusted }),
  }
  const sessionToken = toOpaqueCredential(context.policy.credentialStyle, 'session', session.id, secret)
  return { draft, sessionToken, refresh, device }
}

/** What the holder of a session that was just written is given. */
export async function deliverSession(
  context: MintContext,
  account: Account,
  prepared: PreparedSession,
  opened: OpenedSession,
  facts: RequestFacts,
): Promise<Outcome<SignedIn>> {
  if (opened.endedOverCap.length > 0) await context.feed.catchUp()
  const { session } = prepared.draft
  const deviceSecrets = keptSecrets(prepared.device, opened.device, facts)
  const signedIn = {
    ok: true,
    kind: 'signed_in',
    account,
    session,
    recoveryCodes: [],
    deviceSecrets,
  } as const
  if (prepared.refresh === null) return { ...signedIn, sessionToken: prepared.sessionToken, tokens: null }
  const access = await mintFirst(context, session, prepared.refresh, facts)
  if (!access.ok) return access
  const tokens = { access: access.minted, refreshToken: prepared.refresh.refreshToken }
  return { ...signedIn, sessionToken: null, tokens }
}

function toRiskDetails({ judged }: Proven): AuditDetails {
  return judged == null ? {} : { risk: judged.action, risk_score: judged.assessment.score }
}

function newSession(
  context: Context,
  { account, issuedPosition, amr, level = null, provedAtMs = null }: Proven,
  delivery: SessionDelivery,
  facts: RequestFacts,
): Session {
  const { idleSeconds, lifetimeSeconds } = within(level, sessionTimes(context.policy, delivery))
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
    issuedPosition,
    authTimeMs: Math.min(provedAtMs ?? facts.nowMs, facts.nowMs),
    amr,
    acr: acrAt(level, amr),
    delivery,
    device: facts.device,
    userAgent: facts.userAgent,
    address: facts.address,
    place: toPlaceName(context.places.find(facts.address)),
  }
}

/** A session behind a refresh token is an app that stays signed in for weeks; the others are browsers. */
function sessionTimes(policy: Policy, delivery: SessionDelivery): SessionTimes {
  return delivery === 'jwt'
    ? { idleSeconds: policy.refreshIdleSeconds, lifetimeSeconds: policy.refreshLifetimeSeconds }
    : { idleSeconds: policy.sessionIdleSeconds, lifetimeSeconds: policy.sessionLifetimeSeconds }
}

interface NewGrant {
  readonly grant: Grant
  readonly draft: GrantDraft
  readonly refreshToken: Secret
}

function newGrant(context: Context, session: Session): NewGrant {
  const secret = makeSecret(context.random)
  const grant: Grant = {
    id: makeId(context, 'gra', session.createdAtMs),
    principalId: session.accountId,
    clientId: FIRST_PARTY_CLIENT,
    sessionId: session.id,
    scope: ['*'],
    identityScopes: [],
    jkt: null,
    audiences: context.policy.audiences,
    createdAtMs: session.createdAtMs,
    expiresAtMs: session.expiresAtMs,
    endedAtMs: null,
    issuedPosition: session.issuedPosition,
  }
  const refreshToken = toOpaqueCredential(context.policy.credentialStyle, 'refresh', grant.id, secret)
  return { grant, draft: { grant, refreshDigest: context.secrets.digest(secret) }, refreshToken }
}

/** Roles are read again with a fresh head: the sign-in's own read knew only the account. */
async function mintFirst(
  context: MintContext,
  session: Session,
  { grant }: NewGrant,
  facts: RequestFacts,
): Promise<Outcome<{ minted: MintedToken }>> {
  const { head, found } = await context.store.readSessionForVerdict(session.id)
  const held = found && holdSession(context, found.session, found.principal, facts.nowMs)
  if (found === null || !held?.ok) return refuse('invalid_credentials', 'revoked')
  const order = firstPartyOrder(context, { head, principal: found.principal, session: held.session, grant })
  const minted = mintAccessToken(context, order, facts.nowMs)
  return minted === null ? refuse('invalid_credentials', 'expired') : { ok: true, minted }
}
