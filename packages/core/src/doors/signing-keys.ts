/**
 * The life of signing keys: made, published for a while, promoted, demoted, retired; or removed at once when
 * compromised. Runs by itself, and on demand, in each line of keys alike.
 */
import { type IdTokenAlgorithm, permissions as own, type SigningKeyId } from '@countersign/protocol'
import { type Caller, may, SYSTEM, toActor } from '../caller.ts'
import type { RequestFacts } from '../context.ts'
import { type Outcome, refuse } from '../outcome.ts'
import type { SigningKey, SigningKeyLine } from '../signing-keys/signing-key.ts'
import { revokeNode } from './revoke.ts'
import {
  addKey,
  algorithmOf,
  awaitSeen,
  fillIn,
  findKey,
  isReady,
  isSeenByAll,
  type KeyContext,
  promoteKey,
  publishNext,
  retireOld,
} from './signing-key-steps.ts'

/**
 * Brings the keys to where they should be now: a current one always, a next one published before it is
 * needed, promotion when the current one is old or of another algorithm, retirement when nothing it signed
 * can be valid. Any number of processes may run it; each step is conditional.
 */
export async function tendSigningKeys(context: KeyContext, facts: RequestFacts): Promise<void> {
  await context.keys.reload()
  // At the first start nobody follows the log yet. Later, a removal was cut off before its end.
  if (context.keys.all().length === 0) await addKey(context, 'main', 'current', ['current'], SYSTEM, facts)
  else if (findKey(context, 'main', 'current') === undefined) await fillIn(context, 'main', SYSTEM, facts)
  if (findKey(context, 'main', 'current') === undefined) return
  // Before the main line, whose key may be the one of such an algorithm until its own successor takes over.
  for (const line of await furtherLines(context)) await tendFurtherLine(context, line, facts)
  await tendLine(context, 'main', facts)
  await retireOld(context, facts)
}

/** The lines that there are, and those that a client needs, apart from what the main line signs by anyway. */
async function furtherLines(context: KeyContext): Promise<readonly IdTokenAlgorithm[]> {
  const main = findKey(context, 'main', 'current')?.algorithm
  const isMain = (line: IdTokenAlgorithm): boolean => main === line && algorithmOf(context, 'main') === line
  const wanted = (await context.store.listIdTokenAlgorithms()).filter((line) => !isMain(line))
  return [...new Set([...wanted, ...existingLines(context)])]
}

function existingLines(context: KeyContext): readonly IdTokenAlgorithm[] {
  const isInUse = ({ state }: SigningKey): boolean => state === 'next' || state === 'current'
  return context.keys.all().flatMap((key) => (key.line !== 'main' && isInUse(key) ? [key.line] : []))
}

/**
 * A first key waits for those who follow the log and not for caches of the JWKS: nobody's cache can hold another key of
 * this line. Nothing waits for it here, so that the server starts without.
 */
async function tendFurtherLine(
  context: KeyContext,
  line: IdTokenAlgorithm,
  facts: RequestFacts,
): Promise<void> {
  if (findKey(context, line, 'current') !== undefined) return tendLine(context, line, facts)
  const next = await publishNext(context, line, ['next', 'current'], SYSTEM, facts)
  if (next !== undefined && isSeenByAll(context, next)) await promoteKey(context, next, SYSTEM, facts)
}

async function tendLine(context: KeyContext, line: SigningKeyLine, facts: RequestFacts): Promise<void> {
  const current = findKey(context, line, 'current')
  if (current === undefined) return
  if (isDueForNext(context, current, facts.nowMs)) {
    await addKey(context, line, 'next', ['next'], SYSTEM, facts)
  }
  await promoteIfDue(context, current, facts)
}

function isDueForNext(context: KeyContext, current: SigningKey, nowMs: number): boolean {
  if (findKey(context, current.line, 'next') !== undefined) return false
  if (current.algorithm !== algorithmOf(context, current.line)) return true
  const { keyRotationSeconds, keyPublishSeconds } = context.policy
  return ageSeconds(current, nowMs) >= keyRotationSeconds - keyPublishSeconds
}

const ageSeconds = (key: SigningKey, nowMs: number): number =>
  (nowMs - (key.promotedAtMs ?? key.createdAtMs)) / 1000

async function promoteIfDue(context: KeyContext, current: SigningKey, facts: RequestFacts): Promise<void> {
  const next = findKey(context, current.line, 'next')
  if (next === undefined) return
  if (!isReady(context, next, facts.nowMs)) return
  const isWanted =
    next.algorithm === algorithmOf(context, current.line) && current.algorithm !== next.algorithm
  if (isWanted || ageSeconds(current, facts.nowMs) >= context.policy.keyRotationSeconds) {
    await promoteKey(context, next, SYSTEM, facts)
  }
}

/**
 * Rotates now, in every line: publishes a next key if there is none, and promotes it if it has been published long
 * enough. With `immediately` only those who follow the log are waited for, a lease at most: none of them refuses a
 * token, while readers that merely cache the JWKS may, until they read it again.
 */
export async function rotateSigningKeys(
  context: KeyContext,
  caller: Caller,
  immediately: boolean,
  facts: RequestFacts,
): Promise<Outcome<{ keys: readonly SigningKey[] }>> {
  if (!may(caller, own.signingKeysWrite)) return refuse('permission_denied')
  await context.keys.reload()
  for (const line of ['main', ...new Set(existingLines(context))] as const) {
    const rotated = await rotateLine(context, line, caller, immediately, facts)
    if (!rotated.ok) return rotated
  }
  return { ok: true, keys: context.keys.all() }
}

async function rotateLine(
  context: KeyContext,
  line: SigningKeyLine,
  caller: Caller,
  immediately: boolean,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const next = await publishNext(context, line, ['next'], toActor(caller), facts)
  if (next === undefined) return refuse('conflict')
  // Only the end of the server cuts this wait short.
  if (immediately && !(await awaitSeen(context, next))) return refuse('shutting_down')
  const isDue = immediately || isReady(context, next, facts.nowMs)
  if (isDue && !(await promoteKey(context, next, toActor(caller), facts))) return refuse('conflict')
  return { ok: true }
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

/** After a key was removed: where it was the current one of its line, another takes its place. */
export async function replaceRemovedKey(
  context: KeyContext,
  caller: Caller,
  facts: RequestFacts,
): Promise<void> {
  await context.keys.reload()
  if (findKey(context, 'main', 'current') === undefined) {
    await fillIn(context, 'main', toActor(caller), facts)
  }
  for (const line of await furtherLines(context)) await fillInIfNone(context, line, caller, facts)
}

async function fillInIfNone(
  context: KeyContext,
  line: IdTokenAlgorithm,
  caller: Caller,
  facts: RequestFacts,
): Promise<void> {
  if (findKey(context, line, 'current') === undefined) await fillIn(context, line, toActor(caller), facts)
}

/** Sees to it that there is a key for the ID tokens of a client before the client counts on them. */
export async function provideIdTokenKey(
  context: KeyContext,
  algorithm: IdTokenAlgorithm | null,
  caller: Caller,
  facts: RequestFacts,
): Promise<void> {
  if (algorithm === null || context.keys.currentFor(algorithm) !== null) return
  // Another node may have made one a moment ago.
  await context.keys.reload()
  if (context.keys.currentFor(algorithm) === null) await fillInIfNone(context, algorithm, caller, facts)
}
