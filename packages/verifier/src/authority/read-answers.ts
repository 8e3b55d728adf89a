/**
 * Reads the authority's answers at the border, strictly: types, bounds and times. What cannot be read is an
 * outage, never half an answer.
 */
import {
  type ActClaim,
  FEED_ENTRIES_MAX,
  isClientId,
  isDecisionId,
  isPermission,
  isPrincipalId,
  isThumbprint,
  type NodeKind,
  type PathNode,
  type RevocationEntry,
} from '@countersign/protocol'
import { isAddressBlock } from '../addresses.ts'
import type { Instant } from '../lease.ts'
import type { FeedAnswer } from '../memory.ts'
import type { AskAnswer, Verdict } from '../verdict.ts'

export interface FeedReply {
  readonly answer: FeedAnswer
  /** There are further pages, which are to be asked for at once. */
  readonly more: boolean
}

/** What a poll said it had; null in a process that has nothing yet. */
export interface FeedPlace {
  readonly epoch: string
  readonly position: number
}

/** Reads an answer to the poll that was sent then, after that place. Throws a `TypeError`. */
export function readFeedAnswer(body: unknown, sent: Instant, after: FeedPlace | null): FeedReply {
  const {
    epoch,
    entries,
    position,
    lease_ms: leaseMs,
    snapshot,
    more,
    now,
    pruned_until: pruned,
  } = toRecord(body)
  need(isName(epoch) && isCount(position) && isCount(leaseMs))
  need(typeof snapshot === 'boolean' && typeof more === 'boolean')
  need(Array.isArray(entries) && entries.length <= FEED_ENTRIES_MAX)
  // Only a last page can promise that nothing is missing.
  need(!more || leaseMs === 0)
  // What is no snapshot goes on from where it was asked to.
  need(snapshot || (epoch === after?.epoch && position >= after.position))
  return {
    more,
    answer: {
      epoch,
      entries: entries.map(toEntry),
      position,
      snapshot,
      sentAtMonotonicMs: sent.monotonicMs,
      sentAtWallMs: sent.wallMs,
      leaseMs,
      authorityNowMs: toMs(now),
      prunedUntilMs: pruned === null || pruned === undefined ? null : toMs(pruned),
    },
  }
}

function toEntry(value: unknown): RevocationEntry {
  const { position, kind, id, issued_before_position: before, expires_at: expiresAt } = toRecord(value)
  need(isCount(position) && isName(kind) && isName(id) && (before === undefined || isCount(before)))
  const expiresAtMs = toMs(expiresAt)
  // Kinds that are not known here are kept like the others.
  const entry = { position, kind: kind as NodeKind, id, expiresAtMs }
  return before === undefined ? entry : { ...entry, issuedBeforePosition: before }
}

/** Reads an answer about a credential; `askedAtMs` is the authority's time when it was asked. */
export function readVerifyAnswer(body: unknown, askedAtMs: number): AskAnswer {
  const answer = toRecord(body)
  if (answer.active === false) {
    const { decision_id: decisionId } = answer
    need(isText(decisionId) && isDecisionId(decisionId))
    // The reason is the authority's to tell, under that id.
    return { kind: 'refused', reason: 'unknown', decisionId }
  }
  const { cache_seconds: cacheSeconds, position } = answer
  need(answer.active === true && isCount(position) && isCount(cacheSeconds))
  return {
    kind: 'active',
    verdict: {
      position,
      principal: toPrincipal(answer.principal),
      credential: toCredential(answer.credential),
      permissions: toTexts(answer.permissions, isPermission),
      resources: toTexts(answer.resources),
      audiences: toTexts(answer.audiences),
      allowAddresses: toTexts(answer.allow_addresses ?? [], isAddressBlock),
      rateLimit: toRateLimit(answer.rate_limit),
      // The question was on its way for a while, so this is no later than the authority meant.
      usableUntilMs: askedAtMs + cacheSeconds * 1000,
    },
  }
}

function toPrincipal(value: unknown): Verdict['principal'] {
  const { kind, id } = toRecord(value)
  need((kind === 'account' || kind === 'service_account') && isText(id) && isPrincipalId(id))
  return { kind, id, name: null, email: null }
}

function toCredential(value: unknown): Verdict['credential'] {
  const { kind, id, path, expires_at: expiresAt, amr, acr, auth_time: authTime, jkt, act } = toRecord(value)
  need((kind === 'session' || kind === 'api_key' || kind === 'access_token') && isName(id))
  need(Array.isArray(path) && path.length <= LIST_MAX && (acr === null || isText(acr)))
  need(jkt === undefined || (isText(jkt) && isThumbprint(jkt)))
  return {
    kind,
    id,
    path: path.map(toNode),
    expiresAtMs: expiresAt === null ? null : toMs(expiresAt),
    amr: toTexts(amr),
    acr,
    authTimeMs: authTime === null ? null : toMs(authTime),
    ...(jkt !== undefined && { jkt }),
    ...(act !== undefined && { actor: toActor(act) }),
  }
}

/** RFC 8693 §4.1: who acts, and for whom that one acts in turn. */
function toActor(value: unknown): ActClaim {
  const { sub, client_id: clientId, act } = toRecord(value)
  need(isText(sub) && isPrincipalId(sub) && isText(clientId) && isClientId(clientId))
  return { sub, client_id: clientId, ...(act !== undefined && { act: toActor(act) }) }
}

function toNode(value: unknown): PathNode {
  const { kind, id } = toRecord(value)
  need(isName(kind) && isName(id))
  return { kind: kind as NodeKind, id }
}

function toRateLimit(value: unknown): Verdict['rateLimit'] {
  if (value === undefined || value === null) return null
  const { requests, per_seconds: perSeconds } = toRecord(value)
  need(isCount(requests) && isCount(perSeconds) && perSeconds > 0)
  return { requests, perSeconds }
}

/** The keys of a JWK Set (RFC 7517 §5). */
export function readKeySet(body: unknown): readonly unknown[] {
  const { keys } = toRecord(body)
  need(Array.isArray(keys) && keys.length <= LIST_MAX)
  return keys
}

/** More nodes, permissions or keys than anybody has. */
const LIST_MAX = 1_000
const NAME_CHARACTERS_MAX = 512
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

function need(condition: boolean): asserts condition {
  if (!condition) throw new TypeError('the answer cannot be read')
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  need(typeof value === 'object' && value !== null)
  return value as Readonly<Record<string, unknown>>
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isName = (value: unknown): value is string =>
  isText(value) && value !== '' && value.length <= NAME_CHARACTERS_MAX
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

function toTexts(value: unknown, accepts: (text: string) => boolean = isName): readonly string[] {
  need(
    Array.isArray(value) && value.length <= LIST_MAX && value.every((text) => isText(text) && accepts(text)),
  )
  return value
}

function toMs(value: unknown): number {
  const ms = isText(value) && TIME.test(value) ? Date.parse(value) : Number.NaN
  need(ms >= 0)
  return ms
}
