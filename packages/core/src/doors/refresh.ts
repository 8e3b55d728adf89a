/**
 * Refreshing (RFC 6749 §6, RFC 9700 §4.14.2): the presented refresh token is consumed by one conditional
 * update and followed by the next generation. A retry inside the grace gets the same successor again; any
 * other second use ends exactly this family.
 */
import {
  allowsAll,
  type ClientId,
  type GrantId,
  type IdentityScope,
  isAccountId,
  narrow,
  type Permission,
  parseOpaqueCredential,
  type RefusalReason,
  type Secret,
  toOpaqueCredential,
} from '@countersign/protocol'
import type { AuditActor } from '../audit/event.ts'
import { isLive, permissionsOf, rotates } from '../clients/client.ts'
import { type Context, entryExpiry, type RequestFacts } from '../context.ts'
import type { GrantStore } from '../grants-port.ts'
import { makeAudit } from '../make.ts'
import { idleDeadline, type Session } from '../sessions/session.ts'
import type { WithHead } from '../store-port.ts'
import { type HeldSession, holdInClient, principalDeath } from './held-session.ts'
import { type MintContext, type MintedToken, mintAccessToken } from './mint.ts'
import { asTheyAre, type Named, type Naming, readNamed } from './subjects.ts'

export interface RefreshInput {
  readonly refreshToken: string
  readonly clientId: ClientId
  /** Narrows this one access token; null asks for all that was granted (RFC 6749 §6). */
  readonly scope: readonly Permission[] | null
  /** The key that was proven with the request; null for none. */
  readonly jkt: string | null
}

export type Refreshed =
  | {
      readonly ok: true
      readonly access: MintedToken
      readonly refreshToken: Secret
      readonly identityScopes: readonly IdentityScope[]
      /** When the whole family ends, however often it is refreshed. */
      readonly familyExpiresAtMs: number
    }
  | {
      readonly ok: false
      readonly error: 'invalid_grant' | 'invalid_scope' | 'invalid_dpop_proof'
      readonly reason: RefusalReason
    }

type Found = NonNullable<Awaited<ReturnType<Context['store']['readRefreshToken']>>['found']>

export async function refresh(
  context: MintContext,
  input: RefreshInput,
  facts: RequestFacts,
): Promise<Refreshed> {
  const parsed = parseOpaqueCredential(input.refreshToken, context.policy.credentialStyle)
  if (parsed?.kind !== 'refresh') return refuseGrant('malformed')
  const again = () => find(context, parsed.id, parsed.secret)
  const first = await again()
  if (first === null) return refuseGrant('unknown')
  const refused = refusalBefore(first.found, input)
  if (refused !== null) return refused
  const named = await readInNames(context, first, again, facts.nowMs)
  if (named === null) return refuseGrant('unknown')
  const { naming } = named
  const { found } = named.found
  // What was raised since the session was opened stands in no row, so the store cannot decide it: before the token is
  // used up, since a refusal must not cost the family of somebody who is let in again tomorrow.
  const held = holdAbove(context, found, facts.nowMs)
  if (held !== null && !held.ok) return refuseGrant(held.reason)
  // A child follows its parents: neither more than the client may ask for now, nor than the person may do.
  const permissions = narrow(
    narrow(found.grant.scope, permissionsOf(found.client)),
    found.principal.rights.permissions,
  )
  const scope = input.scope ?? permissions
  if (!allowsAll(permissions, scope)) {
    return { ok: false, error: 'invalid_scope', reason: 'bad_claims' }
  }
  const use = rotates(found.client) ? rotate : keep
  const rotated = await use(context, parsed.id, parsed.secret, found, facts)
  if (!rotated.ok) return rotated
  const under = { ...found, session: held === null ? null : held.session }
  const access = mintUnder(
    context,
    { ...named.found, found: under },
    { scope, jkt: input.jkt, naming },
    facts.nowMs,
  )
  if (access === null) return refuseGrant('expired')
  return {
    ok: true,
    access,
    refreshToken: rotated.refreshToken,
    identityScopes: found.grant.identityScopes,
    familyExpiresAtMs: found.grant.expiresAtMs,
  }
}

type Read = WithHead<{ readonly found: Found }>

async function find(context: Context, id: GrantId, presented: Secret): Promise<Read | null> {
  const { head, found } = await context.store.readRefreshToken(id, context.secrets.digests(presented))
  return found === null ? null : { head, found }
}

/** What is wrong without anything being used up. */
function refusalBefore(
  { client, grant }: Found,
  { clientId, jkt }: RefreshInput,
): Extract<Refreshed, { ok: false }> | null {
  // RFC 6749 §10.4: bound to the client it was given to. Another client's attempt changes nothing.
  if (client.id !== clientId) return refuseGrant('wrong_audience')
  // RFC 9449 §5: of a public client the refresh token is worth nothing without its key. Before it is used up, so that
  // whoever has only the token cannot end the family.
  const isUnproven = client.dpopBound && jkt === null
  return isUnproven || (grant.jkt !== null && grant.jkt !== jkt)
    ? { ok: false, error: 'invalid_dpop_proof', reason: 'unproven' }
    : null
}

/** A service account's refresh token has no names. */
async function readInNames(
  context: Context,
  first: Read,
  again: () => Promise<Read | null>,
  nowMs: number,
): Promise<Named<Read> | null> {
  const { client, principal, session } = first.found
  if (!isAccountId(principal.id)) return { found: first, naming: asTheyAre }
  const nodes = [principal.id, ...(session === null ? [] : [session.id])] as const
  return readNamed(context, client, first, { nodes, again }, nowMs)
}

function holdAbove(context: Context, found: Found, nowMs: number): HeldSession | null {
  const { session, principal, client, grant } = found
  if (session === null) return null
  return holdInClient(context, { session, principal, client }, grant.createdAtMs, nowMs)
}

function refuseGrant(reason: RefusalReason): Extract<Refreshed, { ok: false }> {
  return { ok: false, error: 'invalid_grant', reason }
}

type Rotated = { ok: true; refreshToken: Secret } | Extract<Refreshed, { ok: false }>

/** The store alone decides who consumed the token; what was read before only prepares the successor. */
async function rotate(
  context: Context,
  grantId: GrantId,
  presented: Secret,
  found: Found,
  facts: RequestFacts,
): Promise<Rotated> {
  const successors = context.secrets.successors(grantId, found.generation, presented)
  const [newest] = successors
  if (newest === undefined) throw new Error('There is no key to derive refresh tokens with.')
  const answer = await context.store.rotateRefreshToken({
    ...toUse(context, grantId, found, facts),
    successorDigest: context.secrets.digest(newest),
    graceMs: context.policy.refreshGraceSeconds * 1000,
  })
  switch (answer.kind) {
    case 'rotated':
      return { ok: true, refreshToken: spell(context, grantId, newest) }
    case 'retry': {
      // The key may have been rotated since the first use: take the successor that was really written.
      const same = successors.find((candidate) => context.secrets.matches(candidate, answer.successorDigest))
      return same === undefined
        ? refuseGrant('unknown')
        : { ok: true, refreshToken: spell(context, grantId, same) }
    }
    case 'reused':
      await context.feed.catchUp()
      return refuseGrant('revoked')
    case 'gone':
      return refuseGrant(deathOf(context, found, facts.nowMs))
  }
}

/** The same refresh token again: nobody but the client can use it, and what it gives is bound to a key. */
async function keep(
  context: Context,
  grantId: GrantId,
  presented: Secret,
  found: Found,
  facts: RequestFacts,
): Promise<Rotated> {
  const answer = await context.store.keepRefreshToken(toUse(context, grantId, found, facts))
  if (answer === 'kept') return { ok: true, refreshToken: spell(context, grantId, presented) }
  if (answer === 'reused') await context.feed.catchUp()
  return refuseGrant(answer === 'reused' ? 'revoked' : deathOf(context, found, facts.nowMs))
}

/** What both ways of using one say to the store, with the event of either outcome. */
function toUse(
  context: Context,
  grantId: GrantId,
  found: Found,
  facts: RequestFacts,
): Parameters<GrantStore['keepRefreshToken']>[0] {
  const actor: AuditActor = { kind: found.principal.kind, id: found.principal.id, credential: grantId }
  const target = { kind: 'grant', id: grantId }
  const details = { client: found.client.id, generation: found.generation }
  const reuse = { type: 'grant.reuse_detected', outcome: 'refused', actor, target, details } as const
  return {
    grant: grantId,
    digest: found.digest,
    generation: found.generation,
    expiresAtMs: tokenExpiry(context, found, facts.nowMs),
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, { type: 'grant.refreshed', actor, target, details }),
    auditReuse: makeAudit(context, facts, reuse),
  }
}

/** A session's idle deadline stands over its refresh tokens; one without a session has to have its own. */
function tokenExpiry({ policy }: Context, { grant, session }: Found, nowMs: number): number {
  if (session !== null) return grant.expiresAtMs
  return Math.min(nowMs + policy.refreshIdleSeconds * 1000, grant.expiresAtMs)
}

function spell(context: Context, grantId: GrantId, secret: Secret): Secret {
  return toOpaqueCredential(context.policy.credentialStyle, 'refresh', grantId, secret)
}

/** For the record only: the decision was the store's. */
function deathOf(context: Context, found: Found, nowMs: number): RefusalReason {
  if (found.grant.endedAtMs !== null) return 'ended'
  if (found.grant.expiresAtMs <= nowMs) return 'expired'
  if (!isLive(found.client) || found.grant.issuedPosition < found.client.revokedBefore) return 'revoked'
  const held = holdAbove(context, found, nowMs)
  if (held !== null && !held.ok) return held.reason
  return principalDeath(found.principal, found.grant.issuedPosition) ?? 'ended'
}

function mintUnder(
  context: MintContext,
  { head, found }: WithHead<{ found: Found }>,
  {
    scope,
    jkt,
    naming,
  }: { readonly scope: readonly Permission[]; readonly jkt: string | null; readonly naming: Naming },
  nowMs: number,
): MintedToken | null {
  const { grant, principal, client } = found
  // This very use has moved the session's idle deadline; the row that was read before still shows the old one.
  const session = found.session === null ? null : afterUse(found.session, nowMs)
  if (audiencesNow(found).length === 0) return null
  const order = {
    head,
    principal,
    clientId: client.id,
    naming,
    permissions: scope,
    jkt,
    audiences: audiencesNow(found),
    session,
    grant,
    apiKey: null,
  }
  return mintAccessToken(context, order, nowMs)
}

/** A client whose audiences were narrowed since gets no more tokens for the others. */
function audiencesNow({ grant, client }: Found): readonly string[] {
  if (client.audiences.length === 0) return grant.audiences
  return grant.audiences.filter((audience) => client.audiences.includes(audience))
}

function afterUse(session: Session, nowMs: number): Session {
  return { ...session, idleExpiresAtMs: Math.max(session.idleExpiresAtMs, idleDeadline(session, nowMs)) }
}
