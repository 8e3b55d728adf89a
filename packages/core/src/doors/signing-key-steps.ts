/**
 * The single steps of a signing key's life, in one line of keys: made, published, and promoted once everybody who follows
 * the log has seen it (lease protocol, rule 8).
 */
import { ID_TOKENS_ONLY, KEY_PURPOSE_MEMBER, type SigningKeyId } from '@countersign/protocol'
import type { AuditActor } from '../audit/event.ts'
import { SYSTEM } from '../caller.ts'
import type { Context, EntryPolicy, Policy, RequestFacts } from '../context.ts'
import { makeAudit, makeId } from '../make.ts'
import type { Secrets } from '../ports.ts'
import { LEASE_SECONDS_MAX } from '../revocations/revocation.ts'
import { type KeyRing, sealContext } from '../signing-keys/key-ring.ts'
import type {
  SigningKey,
  SigningKeyDraft,
  SigningKeyLine,
  SigningKeyState,
} from '../signing-keys/signing-key.ts'
import type { RevocationStore } from '../store-port.ts'
import type { SigningKeyStore } from '../upkeep-port.ts'

/** Named part by part, so that it is plain what the keys depend on. */
export interface KeyContext extends Pick<Context, 'random' | 'feed' | 'keyMaker'> {
  readonly keys: KeyRing
  readonly store: SigningKeyStore & Pick<RevocationStore, 'revoke'>
  readonly secrets: Pick<Secrets, 'seal'>
  readonly policy: EntryPolicy & Pick<Policy, 'signingAlgorithm' | 'keyPublishSeconds' | 'keyRotationSeconds'>
}

export function findKey(
  context: KeyContext,
  line: SigningKeyLine,
  state: SigningKeyState,
): SigningKey | undefined {
  return context.keys.all().find((key) => key.line === line && key.state === state)
}

/** What the keys of a line are to be for now. */
export const algorithmOf = ({ policy }: KeyContext, line: SigningKeyLine): SigningKey['algorithm'] =>
  line === 'main' ? policy.signingAlgorithm : line

/** `unless`: states that no key of the line may be in. */
export async function addKey(
  context: KeyContext,
  line: SigningKeyLine,
  state: 'current' | 'next',
  unless: readonly SigningKeyState[],
  actor: AuditActor,
  facts: RequestFacts,
): Promise<boolean> {
  const key = await makeKey(context, line, state, facts.nowMs)
  const audit = makeAudit(context, facts, {
    type: state === 'next' ? 'signing_key.published' : 'signing_key.created',
    actor,
    target: { kind: 'signing_key', id: key.id },
    details: { algorithm: key.algorithm, purpose: purposeOf(key) },
  })
  const added = await context.store.addSigningKey(key, unless, audit)
  await context.keys.reload()
  return added
}

export const purposeOf = ({ line }: Pick<SigningKey, 'line'>): 'all' | 'id_token' =>
  line === 'main' ? 'all' : 'id_token'

async function makeKey(
  context: KeyContext,
  line: SigningKeyLine,
  state: 'current' | 'next',
  nowMs: number,
): Promise<SigningKeyDraft> {
  const id: SigningKeyId = makeId(context, 'sig', nowMs)
  const algorithm = algorithmOf(context, line)
  const pair = await context.keyMaker.generate(algorithm)
  const purpose = line === 'main' ? {} : { [KEY_PURPOSE_MEMBER]: ID_TOKENS_ONLY }
  return {
    id,
    line,
    algorithm,
    state,
    publicJwk: pair.publicJwk && { ...pair.publicJwk, ...purpose, kid: id },
    sealedPrivateKey: context.secrets.seal(pair.privateKey.reveal(), sealContext(id)),
    createdAtMs: nowMs,
    promotedAtMs: state === 'current' ? nowMs : null,
    demotedAtMs: null,
    retiredAtMs: null,
  }
}

export async function publishNext(
  context: KeyContext,
  line: SigningKeyLine,
  unless: readonly SigningKeyState[],
  actor: AuditActor,
  facts: RequestFacts,
): Promise<SigningKey | undefined> {
  await context.keys.reload()
  if (findKey(context, line, 'next') === undefined) {
    await addKey(context, line, 'next', unless, actor, facts)
  }
  return findKey(context, line, 'next')
}

/**
 * A key signs only after every verifier that may hold a lease has seen its announcement (lease protocol, rule
 * 8), and after caches of the JWKS have run out: else the first tokens it signs are refused somewhere.
 */
export function isReady(context: KeyContext, next: SigningKey, nowMs: number): boolean {
  // Asked first, since its clock may start with the question.
  const isSeen = isSeenByAll(context, next)
  return isSeen && nowMs - next.createdAtMs >= context.policy.keyPublishSeconds * 1000
}

export const isSeenByAll = (context: KeyContext, key: SigningKey): boolean =>
  context.feed.isConfirmed(announcementOf(context, key))

/** A node of an earlier version notes no position; the log as it is now is later than its announcement. */
const announcementOf = (context: KeyContext, key: SigningKey): number =>
  key.publishedPosition ?? context.feed.position()

/** The longest that a confirmation takes: the longest lease, its drift and margin, and a second for the timer. */
const CONFIRM_MS_MAX = LEASE_SECONDS_MAX * 1010 + 1050

export const awaitSeen = (context: KeyContext, key: SigningKey): Promise<boolean> =>
  context.feed.awaitConfirmed(announcementOf(context, key), CONFIRM_MS_MAX)

export async function promoteKey(
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

/**
 * Where a line has no current key the next one steps in, published now if there is none. It too signs only when
 * everybody who follows the log has seen it (rule 8); until then nothing is issued: milliseconds as a rule, a
 * lease at most. The end of the server cuts that short, since without a current key nothing would be issued
 * after it either.
 */
export async function fillIn(
  context: KeyContext,
  line: SigningKeyLine,
  actor: AuditActor,
  facts: RequestFacts,
): Promise<void> {
  const next = await publishNext(context, line, ['next', 'current'], actor, facts)
  if (next === undefined) return
  await awaitSeen(context, next)
  await promoteKey(context, next, actor, facts)
}

export async function retireOld(context: KeyContext, facts: RequestFacts): Promise<void> {
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
