/**
 * Minting access tokens (RFC 9068). The token carries the log's epoch and head as they were read from the
 * store before the rows that allowed it, so that one racing a revocation ends on the refusing side.
 */
import {
  type AccessTokenClaims,
  type ClientId,
  FIRST_PARTY_CLIENT,
  type Permission,
} from '@countersign/protocol'
import type { ApiKey } from '../api-keys/api-key.ts'
import type { Context } from '../context.ts'
import type { Grant } from '../grants/grant.ts'
import { toScope } from '../grants/scope.ts'
import { makeId } from '../make.ts'
import type { LogHead } from '../revocations/revocation.ts'
import type { Session } from '../sessions/session.ts'
import type { KeyRing } from '../signing-keys/key-ring.ts'
import type { PrincipalView } from '../store-port.ts'
import { asTheyAre, type Naming } from './subjects.ts'

export interface MintContext extends Context {
  readonly keys: KeyRing
}

export interface MintOrder {
  /** Read before everything else here. */
  readonly head: LogHead
  readonly principal: PrincipalView
  readonly clientId: ClientId
  /** What the client is told for ids. */
  readonly naming: Naming
  readonly permissions: readonly Permission[]
  readonly audiences: readonly string[]
  /** The key that the token is bound to (RFC 9449 §6.1); null for a bearer token. */
  readonly jkt: string | null
  /** What the token stands under; it never outlives them. */
  readonly session: Session | null
  readonly grant: Grant | null
  readonly apiKey: ApiKey | null
}

export interface MintedToken {
  readonly accessToken: string
  /** Whether it is bound to a key, and so of the type `DPoP`. */
  readonly isBound: boolean
  readonly expiresInSeconds: number
  readonly scope: string
}

/** Mints a token, or null where a parent ends before a token could be of use. */
export function mintAccessToken(context: MintContext, order: MintOrder, nowMs: number): MintedToken | null {
  const nowSeconds = Math.floor(nowMs / 1000)
  const expiresAt = Math.min(nowSeconds + context.policy.accessTokenLifetimeSeconds, ...parentEnds(order))
  if (expiresAt <= nowSeconds) return null
  return signClaims(context, toClaims(context, order, nowSeconds, expiresAt))
}

/** What whoever asked is told of a token with these claims. */
export function signClaims(context: MintContext, claims: AccessTokenClaims): MintedToken {
  return {
    accessToken: context.signer.sign(context.keys.current(), claims),
    isBound: claims.cnf !== undefined,
    expiresInSeconds: claims.exp - claims.iat,
    scope: claims.scope,
  }
}

/** One audience is written as a text (RFC 7519 §4.1.3). */
export function toAud(audiences: readonly string[]): AccessTokenClaims['aud'] {
  const [onlyAudience, ...others] = audiences
  return onlyAudience !== undefined && others.length === 0 ? onlyAudience : audiences
}

/** In whole seconds, rounded down: a token must not outlive its session by the rest of a second. */
function parentEnds(order: MintOrder): number[] {
  const ends = [
    order.session?.idleExpiresAtMs,
    order.session?.expiresAtMs,
    order.grant?.expiresAtMs,
    order.apiKey?.expiresAtMs,
  ]
  return ends.filter((end) => end !== undefined && end !== null).map((end) => Math.floor(end / 1000))
}

function toClaims(context: MintContext, order: MintOrder, iat: number, exp: number): AccessTokenClaims {
  const { principal, session, grant, apiKey, audiences, naming } = order
  return {
    iss: context.policy.issuer,
    sub: naming(principal.id),
    aud: toAud(audiences),
    exp,
    iat,
    jti: makeId(context, 'jwt', iat * 1000),
    client_id: order.clientId,
    scope: toScope(order.permissions),
    epoch: order.head.epoch,
    pos: order.head.position,
    ...(principal.rights.roles.length > 0 && { roles: principal.rights.roles }),
    ...(session && {
      sid: naming(session.id),
      auth_time: Math.floor(session.authTimeMs / 1000),
      amr: session.amr,
    }),
    ...(session?.acr && { acr: session.acr }),
    ...(order.jkt !== null && { cnf: { jkt: order.jkt } }),
    // A grant is one client's own, and no other is told its id: it stands in the refresh token as well.
    ...(grant && { gid: grant.id }),
    ...(apiKey && { akid: apiKey.id }),
    ...(apiKey && narrowings(apiKey)),
  }
}

/** A child is narrowed by whatever its parent is narrowed by (design §3). */
export function narrowings({
  allowAddresses,
  resources,
  rateLimit,
}: Pick<ApiKey, 'allowAddresses' | 'resources' | 'rateLimit'>): Partial<AccessTokenClaims> {
  return {
    ...(allowAddresses.length > 0 && { addrs: allowAddresses }),
    ...(resources.length > 0 && { resources }),
    ...(rateLimit && { rate: [rateLimit.requests, rateLimit.perSeconds] as const }),
  }
}

/** The order for what a first-party session may do everywhere that is ours. */
export function firstPartyOrder(
  context: Context,
  parts: Pick<MintOrder, 'head' | 'principal' | 'session' | 'grant'>,
): MintOrder {
  return {
    ...parts,
    clientId: FIRST_PARTY_CLIENT,
    naming: asTheyAre,
    permissions: parts.principal.rights.permissions,
    audiences: context.policy.audiences,
    jkt: null,
    apiKey: null,
  }
}
