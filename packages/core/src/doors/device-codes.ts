/**
 * What a device does (RFC 8628): it asks for a pair of codes, shows one of them, and asks with the other until somebody
 * has decided. The grant that it gets hangs under the person alone: the device is not where they signed in.
 */
import {
  allows,
  type IdentityScope,
  isIdentityScope,
  isPermission,
  narrow,
  PERMISSIONS_MAX,
  Secret,
  toOpaqueCredential,
} from '@countersign/protocol'
import { type Client, permissionsOf } from '../clients/client.ts'
import type { RequestFacts } from '../context.ts'
import {
  DEVICE_CODE_SECONDS,
  type DeviceCode,
  type DeviceDecision,
  makeUserCode,
  POLL_SECONDS,
} from '../device-codes/device-code.ts'
import type { Grant } from '../grants/grant.ts'
import { makeAudit, makeId, makeSecret } from '../make.ts'
import type { Session } from '../sessions/session.ts'
import type { PrincipalView, WithHead } from '../store-port.ts'
import type { KnownClient } from './client-authentication.ts'
import { audiencesFor } from './client-credentials.ts'
import { holdInClient } from './held-session.ts'
import { idTokenKeyOf, mintIdToken } from './id-token.ts'
import { type MintContext, type MintedToken, mintAccessToken } from './mint.ts'
import { type Naming, readNamed } from './subjects.ts'

export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

export interface BeginDeviceInput {
  readonly scope: string | null
  /** `resource` parameters; empty leaves it to the client's registration. */
  readonly audiences: readonly string[]
}

export type DeviceBegun =
  | { readonly ok: true; readonly deviceCode: Secret; readonly userCode: string }
  | { readonly ok: false; readonly error: 'unauthorized_client' | 'invalid_scope' | 'invalid_target' }

export async function beginDevice(
  context: MintContext,
  { client }: KnownClient,
  input: BeginDeviceInput,
  facts: RequestFacts,
): Promise<DeviceBegun> {
  if (!client.grantTypes.includes(DEVICE_CODE_GRANT)) return { ok: false, error: 'unauthorized_client' }
  const words = input.scope === null ? [] : [...new Set(input.scope.split(' '))]
  if (words.length > PERMISSIONS_MAX || !words.every((word) => mayAskFor(context, client, word))) {
    return { ok: false, error: 'invalid_scope' }
  }
  const audiences = audiencesFor(context, client, input.audiences)
  if (audiences === null) return { ok: false, error: 'invalid_target' }
  const secret = makeSecret(context.random)
  const code: DeviceCode = {
    grantId: makeId(context, 'gra', facts.nowMs),
    clientId: client.id,
    permissions: words.filter(isPermission),
    identityScopes: words.filter(isIdentityScope),
    audiences,
    address: facts.address,
    createdAtMs: facts.nowMs,
    expiresAtMs: facts.nowMs + DEVICE_CODE_SECONDS * 1000,
  }
  return { ok: true, deviceCode: secret, userCode: await write(context, code, secret) }
}

/** With a key that is shared by configuration there are no ID tokens. */
function mayAskFor({ policy }: MintContext, { scopes }: Client, word: string): boolean {
  if (word === 'openid' && policy.signingAlgorithm === 'HS256') return false
  return isIdentityScope(word) ? scopes.includes(word) : isPermission(word) && allows(scopes, word)
}

/** Two living codes with one user code would let one person decide about another one's device. */
const TRIES = 5
const BYTES = 32

async function write(context: MintContext, code: DeviceCode, secret: Secret): Promise<string> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const userCode = makeUserCode(context.random.bytes(BYTES))
    if (userCode === null) continue
    const digest = context.secrets.digest(secret)
    const userDigest = context.secrets.digest(new Secret(userCode))
    const input = { code, digest, userDigest, pollMs: POLL_SECONDS * 1000 }
    if ((await context.store.beginDeviceCode(input)) === 'begun') return userCode
  }
  throw new Error('No user code was free.')
}

export type DeviceAnswer =
  | {
      readonly ok: true
      readonly access: MintedToken
      readonly identityScopes: readonly IdentityScope[]
      readonly refreshToken: Secret | null
      readonly idToken: string | null
    }
  | {
      readonly ok: false
      readonly error:
        | 'unauthorized_client'
        | 'invalid_dpop_proof'
        | 'invalid_grant'
        | 'authorization_pending'
        | 'slow_down'
        | 'access_denied'
        | 'expired_token'
    }

const SLOWER_MS = 5000

export async function askWithDeviceCode(
  context: MintContext,
  { client }: KnownClient,
  { deviceCode, jkt }: { readonly deviceCode: string; readonly jkt: string | null },
  facts: RequestFacts,
): Promise<DeviceAnswer> {
  if (!client.grantTypes.includes(DEVICE_CODE_GRANT)) return refuse('unauthorized_client')
  // RFC 9449 §5.2.
  if (client.dpopBound && jkt === null) return refuse('invalid_dpop_proof')
  const read = await context.store.readDeviceCode(context.secrets.digests(new Secret(deviceCode)))
  const { found } = read
  // Another client's attempt changes nothing, not even the pace.
  if (found === null || found.code.clientId !== client.id || found.usedAtMs !== null) {
    return refuse('invalid_grant')
  }
  const { digest, code, decision, session, principal } = found
  if (code.expiresAtMs <= facts.nowMs) return refuse('expired_token')
  const pace = await context.store.pollDeviceCode({ digest, nowMs: facts.nowMs, slowerMs: SLOWER_MS })
  if (pace === 'too_early') return refuse('slow_down')
  if (decision === null) return refuse('authorization_pending')
  if (decision.kind === 'denied') return refuse('access_denied')
  // Only while the session lives in which it was allowed, as for every code.
  if (session === null || principal === null) return refuse('invalid_grant')
  const held = holdInClient(context, { session, principal, client }, facts.nowMs, facts.nowMs)
  if (!held.ok) return refuse('invalid_grant')
  const first = { ...read, client, digest, code, decision, session: held.session, principal, jkt }
  const named = await readNamed(
    context,
    client,
    first,
    { nodes: [session.accountId], again: () => findAgain(context, first, deviceCode, facts.nowMs) },
    facts.nowMs,
  )
  return named === null
    ? refuse('invalid_grant')
    : redeem(context, { ...named.found, naming: named.naming }, facts)
}

/** After the pace was kept and the answer known: whoever gave it and their session as they are now. */
async function findAgain(
  context: MintContext,
  before: Asking,
  deviceCode: string,
  nowMs: number,
): Promise<Asking | null> {
  const { head, found } = await context.store.readDeviceCode(context.secrets.digests(new Secret(deviceCode)))
  if (found === null || found.session === null || found.principal === null) return null
  const { session, principal } = found
  const held = holdInClient(context, { session, principal, client: before.client }, nowMs, nowMs)
  return held.ok ? { ...before, head, session: held.session, principal } : null
}

const refuse = (error: Extract<DeviceAnswer, { ok: false }>['error']): DeviceAnswer => ({ ok: false, error })

type Redeeming = Asking & { readonly naming: Naming }

type Asking = WithHead<{
  readonly client: Client
  readonly digest: string
  readonly code: DeviceCode
  readonly decision: DeviceDecision
  readonly session: Session
  readonly principal: PrincipalView
  readonly jkt: string | null
}>

async function redeem(context: MintContext, order: Redeeming, facts: RequestFacts): Promise<DeviceAnswer> {
  const { client, code, session, principal, head, naming } = order
  const key = code.identityScopes.includes('openid') ? await idTokenKeyOf(context, client) : null
  const grant = toGrant(context, order, facts.nowMs)
  const refresh = client.grantTypes.includes('refresh_token') ? makeSecret(context.random) : null
  const opened = await context.store.redeemDeviceCode({
    digest: order.digest,
    grant,
    refreshDigest: refresh && context.secrets.digest(refresh),
    refreshExpiresAtMs: Math.min(facts.nowMs + context.policy.refreshIdleSeconds * 1000, grant.expiresAtMs),
    nowMs: facts.nowMs,
    audit: makeAudit(context, facts, {
      type: 'grant.opened',
      actor: { kind: 'account', id: grant.principalId, credential: grant.id },
      target: { kind: 'grant', id: grant.id },
      details: { client: client.id },
    }),
  })
  if (opened === 'gone') return refuse('invalid_grant')
  const permissions = narrow(narrow(code.permissions, permissionsOf(client)), principal.rights.permissions)
  const parents = { session: null, grant, apiKey: null, jkt: order.jkt }
  const access = mintAccessToken(
    context,
    { head, principal, clientId: client.id, naming, permissions, audiences: code.audiences, ...parents },
    facts.nowMs,
  )
  if (access === null) return refuse('invalid_grant')
  const idOrder = { clientId: client.id, naming, session, nonce: null, accessToken: access.accessToken }
  return {
    ok: true,
    access,
    identityScopes: code.identityScopes,
    refreshToken: refresh && toOpaqueCredential(context.policy.credentialStyle, 'refresh', grant.id, refresh),
    idToken: key && mintIdToken(context, { ...idOrder, key, isElsewhere: true }, facts.nowMs),
  }
}

function toGrant(context: MintContext, { code, decision, client, jkt }: Redeeming, nowMs: number): Grant {
  return {
    id: code.grantId,
    principalId: decision.accountId,
    clientId: code.clientId,
    sessionId: null,
    scope: code.permissions,
    identityScopes: code.identityScopes,
    audiences: code.audiences,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + context.policy.refreshLifetimeSeconds * 1000,
    endedAtMs: null,
    issuedPosition: decision.issuedPosition,
    // RFC 9449 §5: a public client’s refresh token is bound to its key.
    jkt: client.kind === 'public' ? jkt : null,
  }
}
