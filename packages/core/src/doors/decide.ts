/**
 * Deciding about an opaque credential: the one place where a session token or API key is compared with what
 * is stored. The verdict carries the log position that was read before the rows (lease protocol, rule 5).
 */
import {
  FIRST_PARTY_CLIENT,
  narrow,
  type OpaqueCredential,
  type PathNode,
  parseOpaqueCredential,
  type RefusalReason,
} from '@countersign/protocol'
import type { Verdict } from '@countersign/verifier'
import type { ApiKey } from '../api-keys/api-key.ts'
import type { Context } from '../context.ts'
import type { LogHead } from '../revocations/revocation.ts'
import type { Session } from '../sessions/session.ts'
import type { PrincipalView } from '../store-port.ts'
import { holdSession, principalDeath } from './held-session.ts'

export type Decision =
  | { readonly ok: true; readonly verdict: Verdict; readonly facts: DecidedFacts }
  | { readonly ok: false; readonly reason: RefusalReason; readonly position: number }

/** What stood in the store when it was decided: for those who go on to issue something under it. */
export interface DecidedFacts {
  readonly head: LogHead
  readonly principal: PrincipalView
  readonly session: Session | null
  readonly apiKey: ApiKey | null
}

/** Decides about a session token or API key. Access tokens are checked by the verifier itself. */
export function decide(context: Context, credential: string, nowMs: number): Promise<Decision> {
  const parsed = parseOpaqueCredential(credential, context.policy.credentialStyle)
  if (parsed === null) return Promise.resolve({ ok: false, reason: 'malformed', position: 0 })
  switch (parsed.kind) {
    case 'session':
      return decideSession(context, parsed, nowMs)
    case 'api_key':
      return decideApiKey(context, parsed, nowMs)
    case 'refresh':
      // A refresh token opens nothing but the token endpoint (ASVS 9.2.2).
      return Promise.resolve({ ok: false, reason: 'wrong_type', position: 0 })
  }
}

async function decideSession(
  context: Context,
  parsed: Extract<OpaqueCredential, { kind: 'session' }>,
  nowMs: number,
): Promise<Decision> {
  const { head, found } = await context.store.readSessionForVerdict(parsed.id)
  const refuse = (reason: RefusalReason): Decision => ({ ok: false, reason, position: head.position })
  if (found === null) return refuse('unknown')
  const { session, principal } = found
  if (!context.secrets.matches(parsed.secret, found.digest)) return refuse('wrong_secret')
  // A session whose refresh tokens and JWTs were delivered instead has no session token of its own.
  if (session.delivery === 'jwt') return refuse('wrong_type')
  const held = holdSession(context, session, principal, nowMs)
  if (!held.ok) return refuse(held.reason)
  const verdict = sessionVerdict(context, head, held.session, principal, nowMs)
  return { ok: true, verdict, facts: { head, principal, session: held.session, apiKey: null } }
}

function sessionVerdict(
  context: Context,
  head: LogHead,
  session: Session,
  principal: PrincipalView,
  nowMs: number,
): Verdict {
  return {
    position: head.position,
    principal: toPrincipal(principal),
    credential: {
      kind: 'session',
      id: session.id,
      path: [...principalNodes(context, principal), { kind: 'session', id: session.id }],
      expiresAtMs: session.idleExpiresAtMs,
      amr: session.amr,
      acr: session.acr,
      authTimeMs: session.authTimeMs,
    },
    permissions: principal.rights.permissions,
    resources: [],
    audiences: context.policy.audiences,
    allowAddresses: [],
    rateLimit: null,
    // At the cached idle deadline the verifier asks again: another server may have seen the session used.
    usableUntilMs: Math.min(nowMs + context.policy.verdictSeconds * 1000, session.idleExpiresAtMs),
  }
}

async function decideApiKey(
  context: Context,
  parsed: Extract<OpaqueCredential, { kind: 'api_key' }>,
  nowMs: number,
): Promise<Decision> {
  const { head, found } = await context.store.readApiKeyForVerdict(parsed.id)
  const refuse = (reason: RefusalReason): Decision => ({ ok: false, reason, position: head.position })
  if (found === null) return refuse('unknown')
  const { key, principal } = found
  const secret = found.secrets.find((candidate) => context.secrets.matches(parsed.secret, candidate.digest))
  if (secret === undefined) return refuse('wrong_secret')
  if (secret.expiresAtMs !== null && secret.expiresAtMs <= nowMs) return refuse('overlap_ended')
  if (key.endedAtMs !== null) return refuse('ended')
  if (key.suspendedAtMs !== null) return refuse('suspended')
  if (key.expiresAtMs !== null && key.expiresAtMs <= nowMs) return refuse('expired')
  const dead = principalDeath(principal, key.issuedPosition)
  if (dead !== null) return refuse(dead)
  const verdict = apiKeyVerdict(context, head, key, secret.expiresAtMs, principal, nowMs)
  return { ok: true, verdict, facts: { head, principal, session: null, apiKey: key } }
}

function apiKeyVerdict(
  context: Context,
  head: LogHead,
  key: ApiKey,
  overlapEndsAtMs: number | null,
  principal: PrincipalView,
  nowMs: number,
): Verdict {
  const ends = [overlapEndsAtMs, key.expiresAtMs].filter((end) => end !== null)
  return {
    position: head.position,
    principal: toPrincipal(principal),
    credential: {
      kind: 'api_key',
      id: key.id,
      path: [...principalNodes(context, principal), { kind: 'api_key', id: key.id }],
      expiresAtMs: ends.length > 0 ? Math.min(...ends) : null,
      amr: [],
      acr: null,
      authTimeMs: null,
    },
    // A key never holds more than its owner does now, whatever it was made with.
    permissions: narrow(key.permissions, principal.rights.permissions),
    resources: key.resources,
    audiences: key.audiences.length > 0 ? key.audiences : context.policy.audiences,
    allowAddresses: key.allowAddresses,
    rateLimit: key.rateLimit,
    usableUntilMs: Math.min(nowMs + context.policy.verdictSeconds * 1000, ...ends),
  }
}

function toPrincipal(principal: PrincipalView): Verdict['principal'] {
  return { kind: principal.kind, id: principal.id, name: principal.name, email: principal.email }
}

/** The nodes above every credential of a principal: the issuer, the principal, its roles, our own client. */
function principalNodes(context: Context, principal: PrincipalView): PathNode[] {
  return [
    { kind: 'issuer', id: context.policy.issuer },
    { kind: 'client', id: FIRST_PARTY_CLIENT },
    { kind: principal.kind, id: principal.id },
    ...principal.rights.roles.map((id): PathNode => ({ kind: 'role', id })),
  ]
}
