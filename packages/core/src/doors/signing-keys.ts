/**
 * The life of signing keys: made, published for a while, promoted, demoted, retired; or removed at once when
 * compromised. Runs by itself, and on demand.
 */
import { permissions as own, type SigningKeyId } from '@countersign/protocol'
import type { AuditActor } from '../audit/event.ts'
import { type Caller, may, SYSTEM, toActor } from '../caller.ts'
import type { Context, EntryPolicy, Policy, RequestFacts } from '../context.ts'
import { makeAudit, makeId } from '../make.ts'
import { type Outcome, refuse } from '../outcome.ts'
import type { Secrets } from '../ports.ts'
import { LEASE_SECONDS_MAX } from '../revocations/revocation.ts'
import { type KeyRing, sealContext } from '../signing-keys/key-ring.ts'
import type { SigningKey, SigningKeyDraft, SigningKeyState } from '../signing-keys/signing-key.ts'
import type { RevocationStore } from '../store-port.ts'
import type { SigningKeyStore } from '../upkeep-port.ts'
import { revokeNode } from './revoke.ts'

/** Named part by part, so that it is plain what the keys depend on. */
export interface KeyContext extends Pick<Context, 'random' | 'feed' | 'keyMaker'> {
  readonly keys: KeyRing
  readonly store: SigningKeyStore & Pick<RevocationStore, 'revoke'>
  readonly secrets: Pick<Secrets, 'seal'>
  readonly policy: EntryPolicy & Pick<Policy, 'signingAlgorithm' | 'keyPublishSeconds' | 'keyRotationSeconds'>
}

/**
 * Brings the keys to where they should be now: a current one always, a next one published before it is
 * needed, promotion when the current one is old or of another algorithm, retirement when nothing it signed
 * can be valid. Any number of processes may run it; each step is conditional.
 */
export async function tendSigningKeys(context: KeyContext, facts: RequestFacts): Promise<void> {
  await context.keys.reload()
  // At the first start nobody follows the log yet. Later, a removal was cut off before its end.
  if (context.keys.all().length === 0) await add(context, 'current', SYSTEM, facts)
  else if (find(context, 'current') === undefined) await fillIn(context, SYSTEM, facts)
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

async function makeKey(
  context: KeyContext,
  state: 'current' | 'next',
  nowMs: number,
): Promise<SigningKeyDraft> {
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
  if (!isReady(context, next, facts.nowMs)) return
  const isWanted = next.algorithm === context.policy.signingAlgorithm && current.algorithm !== next.algorithm
  if (isWanted || ageSeconds(current, facts.nowMs) >= context.policy.keyRotationSeconds) {
    await promote(context, next, SYSTEM, facts)
  }
}

/**
 * A key signs only after every verifier that may hold a lease has seen its announcement (lease protocol, rule
 * 8), and after caches of the JWKS have run out: else the first tokens it signs are refused somewhere.
 */
function isReady(context: KeyContext, next: SigningKey, nowMs: number): boolean {
  // Asked first, since its clock may start with the question.
  const isSeen = context.feed.isConfirmed(announcementOf(context, next))
  return isSeen && nowMs - next.createdAtMs >= context.policy.keyPublishSeconds * 1000
}

/** A node of an earlier version notes no position; the log as it is now is later than its announcement. */
const announcementOf = (context: KeyContext, key: SigningKey): number =>
  key.publishedPosition ?? context.feed.position()

/** The longest that a confirmation takes: the longest lease, its drift and margin, and a second for the timer. */
const CONFIRM_MS_MAX = LEASE_SECONDS_MAX * 1010 + 1050

const awaitSeen = (context: KeyContext, key: SigningKey): Promise<boolean> =>
  context.feed.awaitConfirmed(announcementOf(context, key), CONFIRM_MS_MAX)

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
 * Rotates now: publishes a next key if there is none, and promotes it if it has been published long enough.
 * With `immediately` only those who follow the log are waited for, a lease at most: none of them refuses a
 * token, while readers that merely cache the JWKS may, until they read it again.
 */
export async function rotateSigningKeys(
  context: KeyContext,
  caller: Caller,
  immediately: boolean,
  facts: RequestFacts,
): Promise<Outcome<{ keys: readonly SigningKey[] }>> {
  if (!may(caller, own.signingKeysWrite)) return refuse('permission_denied')
  const next = await publishNext(context, toActor(caller), facts)
  if (next === undefined) return refuse('conflict')
  // Only the end of the server cuts this wait short.
  if (immediately && !(await awaitSeen(context, next))) return refuse('shutting_down')
  const isDue = immediately || isReady(context, next, facts.nowMs)
  if (isDue && !(await promote(context, next, toActor(caller), facts))) return refuse('conflict')
  return { ok: true, keys: context.keys.all() }
}

async function publishNext(
  context: KeyContext,
  actor: AuditActor,
  facts: RequestFacts,
): Promise<SigningKey | undefined> {
  await context.keys.reload()
  if (find(context, 'next') === undefined) await add(context, 'next', actor, facts)
  return find(context, 'next')
}

/** Removes a compromised key: everything it signed dies now, and a new key signs from then on. */
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

/** After a key was removed: where it was the current one, another takes its place. */
export async function replaceRemovedKey(
  context: KeyContext,
  caller: Caller,
  facts: RequestFacts,
): Promise<void> {
  await context.keys.reload()
  if (find(context, 'current') === undefined) await fillIn(context, toActor(caller), facts)
}

/**
 * Where there is no current key the next one steps in, published now if there is none. It too signs only when
 * everybody who follows the log has seen it (rule 8); until then nothing is issued: milliseconds as a rule, a
 * lease at most. The end of the server cuts that short, since without a current key nothing would be issued
 * after it either.
 */
async function fillIn(context: KeyContext, actor: AuditActor, facts: RequestFacts): Promise<void> {
  const next = await publishNext(context, actor, facts)
  if (next === undefined) return
  await awaitSeen(context, next)
  await promote(context, next, actor, facts)
}
