/**
 * API keys: create, list, change, rotate with overlap. A key never holds a permission that its maker does
 * not hold; ending one is a revocation like any other.
 */
import {
  type ApiKeyId,
  isServiceAccountId,
  permissions as own,
  type PrincipalId,
  type Secret,
  type ServiceAccountId,
  toOpaqueCredential,
} from '@countersign/protocol'
import type { ApiKey, ApiKeyChange, RateLimit } from '../api-keys/api-key.ts'
import { type Caller, may, speaksForPrincipal, toActor } from '../caller.ts'
import { type Context, entryExpiry, type RequestFacts } from '../context.ts'
import { makeAudit, makeId, makeSecret } from '../make.ts'
import { type Outcome, refuse } from '../outcome.ts'
import type { PageRequest } from '../store-port.ts'
import { mayGive } from './principals.ts'
import { sessionOf } from './sessions.ts'

/** The newest secret and those in overlap: more would make "which one leaked?" unanswerable. */
export const API_KEY_SECRETS_MAX = 4

export interface CreateApiKeyInput {
  readonly name: string
  readonly permissions: readonly string[]
  readonly resources: readonly string[]
  readonly audiences: readonly string[]
  readonly serviceAccountId: ServiceAccountId | null
  readonly expiresInSeconds: number | null
  readonly allowAddresses: readonly string[]
  readonly rateLimit: RateLimit | null
}

export interface KeyWithSecret {
  readonly key: ApiKey
  readonly secret: Secret
}

export async function createApiKey(
  context: Context,
  caller: Caller,
  input: CreateApiKeyInput,
  facts: RequestFacts,
): Promise<Outcome<KeyWithSecret>> {
  const ownerId = input.serviceAccountId ?? caller.principal.id
  if (!mayManage(caller, ownerId, own.apiKeysWrite)) return refuse('permission_denied')
  if (!mayHold(caller, input)) return refuse('permission_exceeds_own')
  const { position } = await context.store.readHead()
  const key = newKey(context, caller, ownerId, input, position, facts)
  const secret = makeSecret(context.random)
  const created = await context.store.createApiKey({
    madeIn: sessionOf(caller),
    key,
    digest: context.secrets.digest(secret),
    keysMax: context.policy.apiKeysPerOwnerMax,
    audit: makeAudit(context, facts, {
      type: 'api_key.created',
      actor: toActor(caller),
      target: { kind: 'api_key', id: key.id },
      details: { owner: ownerId, name: input.name },
    }),
  })
  if (created === 'owner_gone') return refuse('not_found')
  if (created === 'limit_reached') return refuse('limit_reached')
  return { ok: true, key, secret: spell(context, key.id, secret) }
}

/**
 * One's own keys are managed by the person itself, or by a key that holds the permission; service accounts'
 * keys by whoever may write service accounts.
 */
function mayManage(caller: Caller, ownerId: PrincipalId, permission: string): boolean {
  if (ownerId === caller.principal.id) return speaksForPrincipal(caller) || may(caller, permission)
  if (!may(caller, permission)) return false
  return (
    !isServiceAccountId(ownerId) || may(caller, own.serviceAccountsWrite) || permission === own.apiKeysRead
  )
}

type Holding = Partial<Pick<ApiKey, 'permissions' | 'resources' | 'allowAddresses'>>

/**
 * Nothing in a key goes beyond its caller. One that is bound to resources or addresses binds what it makes to
 * the same or to fewer: otherwise a key for one document could make itself one for all. Address blocks are
 * compared as they are spelled, so a smaller block within a larger one is refused: the safe side.
 */
function mayHold(caller: Caller, { permissions = [], resources, allowAddresses }: Holding): boolean {
  const { verdict } = caller
  return (
    mayGive(caller, permissions) &&
    isWithin(verdict.resources, resources) &&
    isWithin(verdict.allowAddresses, allowAddresses)
  )
}

/** An empty list is no fence at all; one that is not named is not moved. */
function isWithin(own: readonly string[], given: readonly string[] | undefined): boolean {
  if (own.length === 0 || given === undefined) return true
  return given.length > 0 && given.every((one) => own.includes(one))
}

function newKey(
  context: Context,
  caller: Caller,
  ownerId: PrincipalId,
  input: CreateApiKeyInput,
  issuedPosition: number,
  facts: RequestFacts,
): ApiKey {
  return {
    id: makeId(context, 'key', facts.nowMs),
    ownerId,
    name: input.name,
    permissions: input.permissions,
    resources: input.resources,
    audiences: input.audiences,
    allowAddresses: input.allowAddresses,
    rateLimit: input.rateLimit,
    createdAtMs: facts.nowMs,
    createdBy: caller.principal.id,
    expiresAtMs: input.expiresInSeconds === null ? null : facts.nowMs + input.expiresInSeconds * 1000,
    endedAtMs: null,
    lastUsedAtMs: null,
    lastAddress: null,
    overlapEndsAtMs: null,
    issuedPosition,
    suspendedAtMs: null,
  }
}

function spell(context: Context, id: ApiKeyId, secret: Secret): Secret {
  return toOpaqueCredential(context.policy.credentialStyle, 'api_key', id, secret)
}

/** `owner` null lists everybody's, for those who may. */
export async function listApiKeys(
  context: Context,
  caller: Caller,
  owner: PrincipalId | null,
  page: PageRequest,
): Promise<Outcome<{ keys: readonly ApiKey[] }>> {
  const allowed = owner === null ? may(caller, own.apiKeysRead) : mayManage(caller, owner, own.apiKeysRead)
  if (!allowed) return refuse('permission_denied')
  return { ok: true, keys: await context.store.listApiKeys(owner, page) }
}

/** Not one's own and not allowed is answered like not there (ASVS 8.2.2). */
export async function readApiKey(
  context: Context,
  caller: Caller,
  id: ApiKeyId,
  permission: string = own.apiKeysRead,
): Promise<Outcome<{ key: ApiKey }>> {
  const key = await context.store.readApiKey(id)
  if (key === null) return refuse('not_found')
  const isAllowed =
    permission === own.apiKeysRead
      ? mayReadApiKey(caller, id, key.ownerId)
      : mayManage(caller, key.ownerId, permission)
  return isAllowed ? { ok: true, key } : refuse('not_found')
}

/** A key that may manage nothing else may still read about itself. */
export function mayReadApiKey(caller: Caller, id: ApiKeyId, ownerId: PrincipalId): boolean {
  return caller.verdict.credential.id === id || mayManage(caller, ownerId, own.apiKeysRead)
}

export async function changeApiKey(
  context: Context,
  caller: Caller,
  id: ApiKeyId,
  change: ApiKeyChange,
  facts: RequestFacts,
): Promise<Outcome<{ key: ApiKey }>> {
  const read = await readApiKey(context, caller, id, own.apiKeysWrite)
  if (!read.ok) return read
  // Who holds less could lock a program out; owners narrow their own keys, whatever they have lost since.
  if (!(isOwn(caller, read.key) || mayHold(caller, read.key)) || !mayHold(caller, change))
    return refuse('permission_exceeds_own')
  // Whoever holds two stolen keys of one owner must not let the one work again by the other.
  const isReleased = change.suspendedAtMs === null
  if (isReleased && read.key.ownerId === caller.principal.id && !speaksForPrincipal(caller)) {
    return refuse('permission_denied')
  }
  const key = await context.store.changeApiKey({
    id,
    change,
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'api_key.changed',
      actor: toActor(caller),
      target: { kind: 'api_key', id },
      details: { fields: Object.keys(change).join(' ') },
    }),
  })
  if (key === null) return refuse('not_found')
  await context.feed.catchUp()
  return { ok: true, key }
}

/** The key of the person who asks, or the very key that asks. */
function isOwn(caller: Caller, key: ApiKey): boolean {
  if (caller.verdict.credential.id === key.id) return true
  return key.ownerId === caller.principal.id && speaksForPrincipal(caller)
}

/** The old secret works until the overlap ends; 0 ends it at once. */
export async function rotateApiKey(
  context: Context,
  caller: Caller,
  id: ApiKeyId,
  overlapSeconds: number,
  facts: RequestFacts,
): Promise<Outcome<KeyWithSecret>> {
  const read = await readApiKey(context, caller, id, own.apiKeysWrite)
  if (!read.ok) return read
  // With the new secret one speaks in the owner's name: nobody gets that about another person.
  if (!isServiceAccountId(read.key.ownerId) && read.key.ownerId !== caller.principal.id) {
    return refuse('permission_denied')
  }
  // The new secret carries what the key holds: whoever receives it must be allowed to hold that.
  if (!mayHold(caller, read.key)) return refuse('permission_exceeds_own')
  const secret = makeSecret(context.random)
  const rotated = await context.store.rotateApiKey({
    madeIn: sessionOf(caller),
    id,
    digest: context.secrets.digest(secret),
    overlapEndsAtMs: facts.nowMs + overlapSeconds * 1000,
    secretsMax: API_KEY_SECRETS_MAX,
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'api_key.rotated',
      actor: toActor(caller),
      target: { kind: 'api_key', id },
      details: { overlap_seconds: overlapSeconds },
    }),
  })
  if (rotated.kind !== 'rotated') return refuse(rotated.kind)
  await context.feed.catchUp()
  return { ok: true, key: rotated.key, secret: spell(context, id, secret) }
}
