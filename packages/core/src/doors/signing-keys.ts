/**
 * The life of signing keys: made, published for a while, promoted, demoted, retired; or removed at once when
 * compromised. Runs by itself, and on demand.
 */
import { permissions as own, type SigningKeyId } from '@countersign/protocol'
import type { AuditActor } from '../audit/event.ts'
import { type Caller, may, SYSTEM, toActor } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import { makeAudit, makeId } from '../make.ts'
import { type Outcome, refuse } from '../outcome.ts'
import { type KeyRing, sealContext } from '../signing-keys/key-ring.ts'
import type { SigningKey, SigningKeyState } from '../signing-keys/signing-key.ts'
import { revokeNode } from './revoke.ts'

type KeyContext = Context & { readonly keys: KeyRing }

/**
 * Brings the keys to where they should be now: a current one always, a next one published before it is
 * needed, promotion when the current one is old or of another algorithm, retirement when nothing it signed
 * can be valid. Any number of processes may run it; each step is conditional.
 */
export async function tendSigningKeys(context: KeyContext, facts: RequestFacts): Promise<void> {
  await context.keys.reload()
  if (find(context, 'current') === undefined) await add(context, 'current', SYSTEM, facts)
  const current = find(context, 'current')
  if (current === undefined) return
  if (isDueForNext(context, current, facts.nowMs)) await add(context, 'next', SYSTEM, facts)
  await promoteIfDue(context, current, facts)
  await retireOld(context, facts)
}

function find(context: KeyContext, state: SigningKeyState): SigningKey | undefined {
  return context.keys.all().find((key) => key.state === state)
}

async function add(
  context: KeyContext,
  state: 'current' | 'next',
  actor: AuditActor,
  facts: RequestFacts,
): Promise<boolean> {
  const key = await makeKey(context, state, facts.nowMs)
  const audit = makeAudit(context, facts, {
    type: state === 'next' ? 'signing_key.published' : 'signing_key.created',
    actor,
    target: { kind: 'signing_key', id: key.id },
    details: { algorithm: key.algorithm },
  })
  const added = await context.store.addSigningKey(key, state, audit)
  await context.keys.reload()
  return added
}

async function makeKey(context: Context, state: 'current' | 'next', nowMs: number): Promise<SigningKey> {
  const id: SigningKeyId = makeId(context, 'sig', nowMs)
  const algorithm = context.policy.signingAlgorithm
  const pair = await context.keyMaker.generate(algorithm)
  return {
    id,
    algorithm,
    state,
    publicJwk: pair.publicJwk && { ...pair.publicJwk, kid: id },
    sealedPrivateKey: context.secrets.seal(pair.privateKey.reveal(), sealContext(id)),
    createdAtMs: nowMs,
    promotedAtMs: state === 'current' ? nowMs : null,
    demotedAtMs: null,
    retiredAtMs: null,
  }
}

function isDueForNext(context: KeyContext, current: SigningKey, nowMs: number): boolean {
  if (find(context, 'next') !== undefined) return false
  if (current.algorithm !== context.policy.signingAlgorithm) return true
  const { keyRotationSeconds, keyPublishSeconds } = context.policy
  return ageSeconds(current, nowMs) >= keyRotationSeconds - keyPublishSeconds
}

const ageSeconds = (key: SigningKey, nowMs: number): number =>
  (nowMs - (key.promotedAtMs ?? key.createdAtMs)) / 1000

async function promoteIfDue(context: KeyContext, current: SigningKey, facts: RequestFacts): Promise<void> {
  const next = find(context, 'next')
  if (next === undefined) return
  const publishedSeconds = (facts.nowMs - next.createdAtMs) / 1000
  // Caches of JWKS must have seen it, or the first tokens it signs are refused somewhere.
  if (publishedSeconds < context.policy.keyPublishSeconds) return
  const isWanted = next.algorithm === context.policy.signingAlgorithm && current.algorithm !== next.algorithm
  if (isWanted || ageSeconds(current, facts.nowMs) >= context.policy.keyRotationSeconds) {
    await promote(context, next, SYSTEM, facts)
  }
}

async function promote(
  context: KeyContext,
  next: SigningKey,
  actor: AuditActor,
  facts: RequestFacts,
): Promise<boolean> {
  const audit = makeAudit(context, facts, {
    type: 'signing_key.promoted',
    actor,
    target: { kind: 'signing_key', id: next.id },
  })
  const promoted = await context.store.promoteSigningKey({ id: next.id, nowMs: facts.nowMs, audit })
  await context.keys.reload()
  return promoted
}

async function retireOld(context: KeyContext, facts: RequestFacts): Promise<void> {
  const { accessTokenLifetimeSecondsMax, leewaySeconds } = context.policy
  const graceMs = (accessTokenLifetimeSecondsMax + leewaySeconds) * 1000
  for (const key of context.keys.all()) {
    if (key.state !== 'previous' || key.demotedAtMs === null || key.demotedAtMs + graceMs > facts.nowMs)
      continue
    const target = { kind: 'signing_key', id: key.id }
    const audit = makeAudit(context, facts, { type: 'signing_key.retired', actor: SYSTEM, target })
    await context.store.retireSigningKey({ id: key.id, nowMs: facts.nowMs, audit })
  }
  await context.keys.reload()
}

/**
 * Rotates now: publishes a next key if there is none, and promotes it if it has been published long enough
 * or `immediately` is asked for, which lets verifiers with a cached JWKS refuse tokens for a while.
 */
export async function rotateSigningKeys(
  context: KeyContext,
  caller: Caller,
  immediately: boolean,
  facts: RequestFacts,
): Promise<Outcome<{ keys: readonly SigningKey[] }>> {
  if (!may(caller, own.signingKeysWrite)) return refuse('permission_denied')
  await context.keys.reload()
  if (find(context, 'next') === undefined) await add(context, 'next', toActor(caller), facts)
  const next = find(context, 'next')
  if (next === undefined) return refuse('conflict')
  const isPublished = facts.nowMs - next.createdAtMs >= context.policy.keyPublishSeconds * 1000
  if ((isPublished || immediately) && !(await promote(context, next, toActor(caller), facts)))
    return refuse('conflict')
  return { ok: true, keys: context.keys.all() }
}

/** Removes a compromised key: everything it signed dies now, and a new key signs from now on. */
export async function removeSigningKey(
  context: KeyContext,
  caller: Caller,
  id: SigningKeyId,
  facts: RequestFacts,
): Promise<Outcome<{ keys: readonly SigningKey[] }>> {
  if (!may(caller, own.signingKeysWrite)) return refuse('permission_denied')
  const removed = await revokeNode(
    context,
    { kind: 'signing_key', id },
    { actor: toActor(caller), reason: null },
    facts,
  )
  if (!removed.ok) return removed
  await replaceRemovedKey(context, caller, facts)
  return { ok: true, keys: context.keys.all() }
}

/**
 * After a key was removed: where it was the current one, a published next key steps in, since caches know it;
 * else a new one is made. Without a current key nothing could be issued.
 */
export async function replaceRemovedKey(
  context: KeyContext,
  caller: Caller,
  facts: RequestFacts,
): Promise<void> {
  await context.keys.reload()
  if (find(context, 'current') !== undefined) return
  const actor = toActor(caller)
  const next = find(context, 'next')
  if (next !== undefined && (await promote(context, next, actor, facts))) return
  await add(context, 'current', actor, facts)
}
