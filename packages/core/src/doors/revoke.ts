/**
 * Revoking: one door for every node of the credential tree and every rule. The state change, the log entry
 * and the audit event are one transaction; the answer leaves after this process has applied the entry.
 */
import {
  type ClientId,
  FIRST_PARTY_CLIENT,
  isAccessTokenId,
  isAccountId,
  isApiKeyId,
  isClientId,
  isGrantId,
  isPrincipalId,
  isRoleId,
  isServiceAccountId,
  isSessionId,
  isSigningKeyId,
  type NodeKind,
  permissions as own,
  type PathNode,
  type PrincipalId,
  parseOpaqueCredential,
} from '@countersign/protocol'
import { isAliasedId } from '../aliases/alias.ts'
import type { AuditActor } from '../audit/event.ts'
import { type Caller, may, speaksForPrincipal, toActor } from '../caller.ts'
import { type Context, type EntryPolicy, entryExpiry, type RequestFacts } from '../context.ts'
import { makeAudit, makeId } from '../make.ts'
import { type Outcome, refuse, refuseField } from '../outcome.ts'
import type { EndedCounts, RevocationRecord } from '../revocations/revocation.ts'
import { decide } from './decide.ts'
import type { VerifyContext } from './verify.ts'

export type Target =
  | { readonly kind: NodeKind; readonly id: string; readonly expiresAtMs?: number }
  /** Whoever holds a credential may end it: a leaked key can be revoked with the key itself. */
  | { readonly kind: 'credential'; readonly credential: string }

export interface Revoked {
  readonly revocation: RevocationRecord
  readonly ended: EndedCounts
}

export async function revoke(
  context: VerifyContext,
  caller: Caller,
  target: Target,
  reason: string | null,
  facts: RequestFacts,
): Promise<Outcome<Revoked>> {
  const node = await findNode(context, caller, target, facts.nowMs)
  if (!node.ok) return node
  return revokeNode(context, node.node, { actor: toActor(caller), reason }, facts)
}

/** What `revoke` would end, and what of it was used within the last hour. Writes nothing. */
export async function previewRevocation(
  context: VerifyContext,
  caller: Caller,
  target: Target,
  facts: RequestFacts,
): Promise<Outcome<{ ended: EndedCounts; used: EndedCounts }>> {
  const node = await findNode(context, caller, target, facts.nowMs)
  if (!node.ok) return node
  const counted = await context.store.countUnder(node.node, facts.nowMs, facts.nowMs - 3_600_000)
  return counted === null ? refuse('not_found') : { ok: true, ...counted }
}

interface RevokeContext extends Pick<Context, 'random' | 'feed'> {
  readonly store: Pick<Context['store'], 'revoke'>
  readonly policy: EntryPolicy
}

/** Writes the revocation; who may do it has been decided. */
export async function revokeNode(
  context: RevokeContext,
  node: PathNode,
  by: { actor: AuditActor; reason: string | null },
  facts: RequestFacts,
): Promise<Outcome<Revoked>> {
  const id = makeId(context, 'rev', facts.nowMs)
  const answer = await context.store.revoke({
    id,
    node,
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'revocation.committed',
      actor: by.actor,
      target: node,
      details: { revocation: id, ...(by.reason !== null && { reason: by.reason }) },
    }),
  })
  if (answer.kind === 'not_found') return refuse('not_found')
  await context.feed.catchUp()
  return {
    ok: true,
    revocation: { id, position: answer.position, node, atMs: facts.nowMs },
    ended: answer.ended,
  }
}

type Found = Outcome<{ node: PathNode }>

async function findNode(
  context: VerifyContext,
  caller: Caller,
  target: Target,
  nowMs: number,
): Promise<Found> {
  if ('credential' in target) return nodeOfCredential(context, target.credential, nowMs)
  if (!isIdOf(context, target.kind, target.id)) return refuse('not_found')
  if (target.expiresAtMs !== undefined && isBeyondAll(context, target.expiresAtMs, nowMs)) {
    return refuseField('target.expires_at', 'No access token of this authority lives that long.')
  }
  return mayRevoke(context, caller, await nodeNamed(context, caller, target))
}

/** An API that knows somebody by the name of a client's sector has no other to tell. For whoever may end anything at all. */
async function nodeNamed(
  { store }: Context,
  caller: Caller,
  { kind, id }: { readonly kind: NodeKind; readonly id: string },
): Promise<PathNode> {
  if (!isAliasedId(id) || !may(caller, own.revocationsWrite)) return { kind, id }
  return { kind, id: (await store.resolveAliases([id], null)).get(id) ?? id }
}

/**
 * Nothing is stored of an access token, so its caller says until when it could be used. Every entry outlives
 * the longest-lived token that could exist now, and verifiers refuse those that claim to live longer (rule 7);
 * so a later end is a mistake, and an earlier one does not shorten the entry: were it wrong, the token would
 * come back.
 */
function isBeyondAll({ policy }: Context, expiresAtMs: number, nowMs: number): boolean {
  return expiresAtMs > nowMs + (policy.accessTokenLifetimeSecondsMax + policy.leewaySeconds) * 1000
}

const idChecks: Record<Exclude<NodeKind, 'issuer'>, (text: string) => boolean> = {
  account: isAccountId,
  service_account: isServiceAccountId,
  session: isSessionId,
  grant: isGrantId,
  api_key: isApiKeyId,
  access_token: isAccessTokenId,
  client: isClientId,
  role: isRoleId,
  signing_key: isSigningKeyId,
}

function isIdOf(context: Context, kind: NodeKind, id: string): boolean {
  return kind === 'issuer' ? id === context.policy.issuer : idChecks[kind](id)
}

/** One's own: the holder. Others': `revocations:write`. The issuer, which ends everything: an administrator. */
async function mayRevoke(context: Context, caller: Caller, node: PathNode): Promise<Found> {
  if (node.kind === 'issuer') return may(caller, '*') ? { ok: true, node } : refuse('permission_denied')
  if (may(caller, own.revocationsWrite)) return { ok: true, node }
  const isOwnCredential = caller.verdict.credential.path.some(
    (one) => one.kind === node.kind && one.id === node.id,
  )
  if (caller.verdict.credential.id === node.id || (isOwnCredential && isCredentialKind(caller, node.kind))) {
    return { ok: true, node }
  }
  const owned = await context.store.readOwner(node)
  if (!owns(caller, owned?.owner ?? null))
    return isPrincipalId(node.id) ? refuse('permission_denied') : refuse('not_found')
  return { ok: true, node }
}

/**
 * Roles, clients and signing keys stand on everybody's path; holding a credential under one is no right to end it.
 * A session is its person's: another client that was given a token under it ends its own grant and no more.
 */
function isCredentialKind(caller: Caller, kind: NodeKind): boolean {
  if (kind === 'session') return speaksForPrincipal(caller)
  return kind === 'grant' || kind === 'api_key' || kind === 'access_token'
}

function owns(caller: Caller, owner: PrincipalId | null): boolean {
  return owner !== null && owner === caller.principal.id && speaksForPrincipal(caller)
}

type FoundCredential = Outcome<{ node: PathNode; clientId: ClientId }>

/** The node that a presented credential stands for and the client that it was given to, if it is whole and right. */
export async function nodeOfCredential(
  context: VerifyContext,
  credential: string,
  nowMs: number,
): Promise<FoundCredential> {
  if (credential.includes('.')) {
    const checked = await context.checkAccessToken(credential)
    if (!checked.ok) return refuse('not_found')
    const { id, path } = checked.verdict.credential
    const clientId = path.find((node) => node.kind === 'client')?.id ?? FIRST_PARTY_CLIENT
    return { ok: true, node: { kind: 'access_token', id }, clientId }
  }
  const parsed = parseOpaqueCredential(credential, context.policy.credentialStyle)
  if (parsed === null) return refuseField('target.credential', 'This is not a credential of this authority.')
  if (parsed.kind === 'refresh') {
    const { found } = await context.store.readRefreshToken(parsed.id, context.secrets.digests(parsed.secret))
    if (found === null) return refuse('not_found')
    return { ok: true, node: { kind: 'grant', id: parsed.id }, clientId: found.client.id }
  }
  const decision = await decide(context, credential, nowMs)
  // A credential that has ended already may be ended again; a guessed one may not.
  const known = decision.ok || !['unknown', 'wrong_secret', 'malformed'].includes(decision.reason)
  const node = { kind: parsed.kind, id: parsed.id }
  return known ? { ok: true, node, clientId: FIRST_PARTY_CLIENT } : refuse('not_found')
}
