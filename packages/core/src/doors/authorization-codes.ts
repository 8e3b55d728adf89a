/**
 * Redeeming an authorization code (OAuth 2.1 §4.1.3): by the client that it was given to, for the redirect URI that it
 * went through, with the verifier of its challenge, once. A code that returns with all of that right has been stolen
 * by somebody who has everything, and ends what it gave (OAuth 2.1 §7.5.2); with anything wrong it changes nothing.
 */
import { type IdentityScope, narrow, Secret, toOpaqueCredential } from '@countersign/protocol'
import type { AuthorizationCode } from '../authorizations/code.ts'
import { type Client, permissionsOf } from '../clients/client.ts'
import { entryExpiry, type RequestFacts } from '../context.ts'
import type { Grant } from '../grants/grant.ts'
import { endOf } from '../logouts/lapse.ts'
import type { ClientSignIn } from '../logouts/logout.ts'
import { makeAudit, makeSecret } from '../make.ts'
import type { LogHead } from '../revocations/revocation.ts'
import type { Session } from '../sessions/session.ts'
import type { PrincipalView } from '../store-port.ts'
import type { KnownClient } from './client-authentication.ts'
import { holdInClient } from './held-session.ts'
import { idTokenKeyOf, mintIdToken } from './id-token.ts'
import { type MintContext, type MintedToken, mintAccessToken } from './mint.ts'
import { asTheyAre, type Naming, readNamed } from './subjects.ts'

export interface RedeemInput {
  readonly code: string
  readonly redirectUri: string | null
  readonly codeVerifier: string | null
  /** The key that was proven with the request; null for none. */
  readonly jkt: string | null
}

export type Redeemed =
  | {
      readonly ok: true
      readonly access: MintedToken
      readonly identityScopes: readonly IdentityScope[]
      readonly refreshToken: Secret | null
      readonly idToken: string | null
    }
  | { readonly ok: false; readonly error: 'unauthorized_client' | 'invalid_grant' | 'invalid_dpop_proof' }

export async function redeemCode(
  context: MintContext,
  { client }: KnownClient,
  input: RedeemInput,
  facts: RequestFacts,
): Promise<Redeemed> {
  if (!client.grantTypes.includes('authorization_code')) return { ok: false, error: 'unauthorized_client' }
  // RFC 9449 §5.2.
  if (client.dpopBound && input.jkt === null) return { ok: false, error: 'invalid_dpop_proof' }
  const again = () => find(context, client, input, facts.nowMs)
  const first = await again()
  if (first === null) return refused
  const nodes = [first.code.accountId, first.session.id] as const
  const named = await readNamed(context, client, first, { nodes, again }, facts.nowMs)
  if (named === null) return refused
  const { naming } = named
  const { head, digest, code, principal, session } = named.found
  const idTokenKey = code.identityScopes.includes('openid') ? await idTokenKeyOf(context, client) : null
  const jkt = client.kind === 'public' ? input.jkt : null
  const grant = { ...toGrant(context, code, session, facts.nowMs), jkt }
  const refresh = client.grantTypes.includes('refresh_token') ? makeSecret(context.random) : null
  const opened = await open(context, { digest, grant, refresh, client, session, naming }, facts)
  if (opened !== 'opened') {
    if (opened === 'reused') await context.feed.catchUp()
    return refused
  }
  const permissions = narrow(narrow(code.permissions, permissionsOf(client)), principal.rights.permissions)
  const whose = { head, principal, clientId: client.id, naming }
  const order = { ...whose, permissions, audiences: code.audiences }
  const parents = { session, grant, apiKey: null, jkt: input.jkt }
  const access = mintAccessToken(context, { ...order, ...parents }, facts.nowMs)
  if (access === null) return refused
  const { nonce } = code
  const idOrder = { clientId: client.id, naming, session, nonce, accessToken: access.accessToken }
  return {
    ok: true,
    access,
    identityScopes: code.identityScopes,
    refreshToken: refresh && toOpaqueCredential(context.policy.credentialStyle, 'refresh', grant.id, refresh),
    idToken: idTokenKey && mintIdToken(context, { ...idOrder, key: idTokenKey }, facts.nowMs),
  }
}

const refused: Redeemed = { ok: false, error: 'invalid_grant' }

interface FoundCode {
  readonly head: LogHead
  readonly digest: string
  readonly code: AuthorizationCode
  readonly principal: PrincipalView
  readonly session: Session
}

/** Null for a code that does not hold, for whatever reason. */
async function find(
  context: MintContext,
  client: Client,
  input: RedeemInput,
  nowMs: number,
): Promise<FoundCode | null> {
  const digests = context.secrets.digests(new Secret(input.code))
  const { head, found } = await context.store.readAuthorizationCode(digests)
  if (found === null || !isFor(context, found.code, client, input)) return null
  const { digest, code, principal } = found
  // The code itself is a use, a moment ago.
  const held = holdInClient(context, { session: found.session, principal, client }, nowMs, nowMs)
  return held.ok ? { head, digest, code, principal, session: held.session } : null
}

/** RFC 7636 §4.1. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/

function isFor(context: MintContext, code: AuthorizationCode, client: Client, input: RedeemInput): boolean {
  if (code.clientId !== client.id || code.redirectUri !== input.redirectUri) return false
  // RFC 9449 §10: whoever has caught the code has not caught the key.
  if (code.dpopJkt !== null && code.dpopJkt !== input.jkt) return false
  const { codeVerifier: verifier } = input
  // A verifier without a challenge: somebody has taken the challenge out of the request (RFC 9700 §4.8.2).
  if (code.codeChallenge === null) return verifier === null
  return (
    verifier !== null && VERIFIER.test(verifier) && context.hashes.sha256(verifier) === code.codeChallenge
  )
}

/** With offline_access the grant hangs under the person alone and outlives the sign-in; else it ends with it. */
function toGrant(
  context: MintContext,
  code: AuthorizationCode,
  session: Session,
  nowMs: number,
): Omit<Grant, 'jkt'> {
  const isOffline = code.identityScopes.includes('offline_access')
  return {
    id: code.grantId,
    principalId: code.accountId,
    clientId: code.clientId,
    sessionId: isOffline ? null : code.sessionId,
    scope: code.permissions,
    identityScopes: code.identityScopes,
    audiences: code.audiences,
    createdAtMs: nowMs,
    expiresAtMs: isOffline ? nowMs + context.policy.refreshLifetimeSeconds * 1000 : session.expiresAtMs,
    endedAtMs: null,
    issuedPosition: code.issuedPosition,
  }
}

interface Opening {
  readonly digest: string
  readonly grant: Grant
  readonly refresh: Secret | null
  readonly client: Client
  readonly session: Session
  readonly naming: Naming
}

function open(
  context: MintContext,
  { digest, grant, refresh, client, session, naming }: Opening,
  facts: RequestFacts,
): Promise<'opened' | 'gone' | 'reused'> {
  const target = { kind: 'grant', id: grant.id }
  const actor = { kind: 'account', id: grant.principalId, credential: grant.id } as const
  const details = { client: client.id }
  const idleMs = context.policy.refreshIdleSeconds * 1000
  return context.store.redeemAuthorizationCode({
    digest,
    grant,
    refreshDigest: refresh && context.secrets.digest(refresh),
    signIn: toSignIn(grant, client, { session, naming }, facts.nowMs),
    refreshExpiresAtMs:
      grant.sessionId === null ? Math.min(facts.nowMs + idleMs, grant.expiresAtMs) : grant.expiresAtMs,
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, { type: 'grant.opened', actor, target, details }),
    auditReuse: makeAudit(context, facts, {
      type: 'authorization_code.reuse_detected',
      outcome: 'refused',
      actor,
      target,
      details,
    }),
  })
}

/** Back-Channel Logout is about who signed in by an ID token, whatever else was given. */
function toSignIn(
  grant: Grant,
  client: Client,
  { session, naming }: Pick<Opening, 'session' | 'naming'>,
  nowMs: number,
): ClientSignIn | null {
  if (client.backchannelLogoutUri === null || !grant.identityScopes.includes('openid')) return null
  return {
    sessionId: session.id,
    clientId: client.id,
    accountId: session.accountId,
    told: naming === asTheyAre ? null : { subject: naming(session.accountId), sid: naming(session.id) },
    createdAtMs: nowMs,
    expiresAtMs: endOf(session),
  }
}
