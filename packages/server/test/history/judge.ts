/**
 * Holds a finished history against what the protocol promises. A check is judged by when it began, since a
 * request that was let in before a revocation was confirmed may run on.
 */
import { isEndedBy, mayBeEndedBy } from './judge-hits.ts'
import { toLineName } from './network.ts'
import type { Plan } from './plan.ts'
import type { Check, Credential, History, Revocation, Violation } from './record.ts'
import { placeOf } from './store-line.ts'
import type { Troubles } from './troubles.ts'

export interface Judged {
  readonly plan: Plan
  readonly history: History
  readonly troubles: Troubles
  readonly nodeNames: readonly string[]
}

const DRIFT = 0.01
const MARGIN_MS = 50
/**
 * After trouble a verifier has a lease again within its longest pause and a few round trips; at its start a poll
 * without an answer is given up after 5 s.
 */
const MEND_MS = 6_500
/** Nobody waits longer for an answer of any kind. */
const ANSWER_MS_MAX = 12_000
/** With nothing wrong: one read of the log, one message between nodes, one poll of each verifier. */
const ACKNOWLEDGED_MS_MAX = 700

export function judge(judged: Judged): readonly Violation[] {
  const { history } = judged
  const { leaseMs } = judged.plan.policy
  const lapseMs = leaseMs * (1 + DRIFT) + MARGIN_MS
  return [
    ...history.mistakes,
    ...history.checks.flatMap((check) => judgeCheck(judged, check, lapseMs)),
    ...history.revocations.flatMap((revocation) => judgeConfirmation(judged, revocation, lapseMs)),
  ].sort((left, right) => left.atMs - right.atMs)
}

function judgeCheck(judged: Judged, check: Check, lapseMs: number): readonly Violation[] {
  switch (check.outcome?.kind) {
    case undefined:
      return judgeSilence(judged, check)
    case 'accepted':
      return [
        ...judgeAccepted(judged, check, check.outcome.permissions, lapseMs),
        ...judgeExpired(judged, check),
        ...judgeBroken(judged, check, lapseMs),
      ]
    case 'refused':
      return judgeRefused(judged, check, lapseMs)
    case 'unavailable':
      return judgeUnavailable(judged, check)
    case 'lost':
      return []
  }
}

/** From when on the revocation must be refused everywhere, and why; null where nothing was promised. */
function dueOf(
  { history }: Judged,
  revocation: Revocation,
  lapseMs: number,
): { readonly atMs: number; readonly rule: string } | null {
  const { committedAtMs, confirmedAtMs } = revocation
  if (committedAtMs === null) return null
  // What a log promised that went backwards is void, and so is what it promises until its epoch is over.
  const isVoid = history.backwards.some(
    ({ fromMs, untilMs }) => committedAtMs >= fromMs && committedAtMs < untilMs,
  )
  if (isVoid) return null
  const byTimeMs = committedAtMs + lapseMs
  return confirmedAtMs !== null && confirmedAtMs < byTimeMs
    ? { atMs: confirmedAtMs, rule: 'accepted after confirmed' }
    : { atMs: byTimeMs, rule: 'accepted after the lease' }
}

function judgeAccepted(
  judged: Judged,
  check: Check,
  permissions: readonly string[],
  lapseMs: number,
): readonly Violation[] {
  const { credential, beganAtMs, endedAtMs } = check
  const violations: Violation[] = []
  for (const revocation of judged.history.revocations) {
    const due = dueOf(judged, revocation, lapseMs)
    if (due === null || beganAtMs <= due.atMs) continue
    if (revocation.lostAtMs !== null && (endedAtMs ?? beganAtMs) >= revocation.lostAtMs) continue
    const isStale = hasStaleRights(credential, revocation, permissions)
    if (!isEndedBy(credential, revocation) && !isStale) continue
    const what = isStale ? 'with rights from before' : 'though revoked'
    const text = `accepted ${what}, ${(beganAtMs - due.atMs).toFixed(3)} ms too late`
    violations.push({ rule: due.rule, atMs: beganAtMs, text, check, revocation })
  }
  return violations
}

function hasStaleRights(
  { path }: Credential,
  { effect, node, version }: Revocation,
  permissions: readonly string[],
): boolean {
  if (effect !== 'narrow' || !path.some(({ kind, id }) => kind === 'role' && id === node.id)) return false
  return permissions.some((permission) => {
    const [role, held] = permission.split(':v')
    return role === node.id && Number(held) < version
  })
}

/** A verifier that has seen the log go backwards lets nobody in any more until there is a new epoch. */
function judgeBroken({ history }: Judged, check: Check, lapseMs: number): readonly Violation[] {
  const { at, beganAtMs } = check
  const isBroken = history.broken.some(
    (one) =>
      one.at === at && beganAtMs > one.fromMs + lapseMs && (check.endedAtMs ?? beganAtMs) < one.untilMs,
  )
  if (!isBroken) return []
  return [
    {
      rule: 'accepted in a broken log',
      atMs: beganAtMs,
      text: 'accepted after the log went backwards',
      check,
    },
  ]
}

/** The authority's time reaches a verifier late by up to a lease; clocks drift a little in between. */
function judgeExpired({ plan, history }: Judged, check: Check): readonly Violation[] {
  const { credential, beganAtMs } = check
  if (credential.expiresAtMs === null || history.authorityClockMovedAtMs <= beganAtMs) return []
  const { leewaySeconds, leaseMs, lifetimeSeconds } = plan.policy
  const lastMs =
    credential.expiresAtMs + leewaySeconds * 1000 + leaseMs + 500 + lifetimeSeconds * 1000 * DRIFT
  if (beganAtMs <= lastMs) return []
  const text = `accepted ${(beganAtMs - lastMs).toFixed(0)} ms after its life and all leeway`
  return [{ rule: 'accepted after expiry', atMs: beganAtMs, text, check }]
}

function judgeRefused(judged: Judged, check: Check, lapseMs: number): readonly Violation[] {
  const { plan, history } = judged
  const { credential, beganAtMs, endedAtMs } = check
  if (endedAtMs === null) return []
  const isHit = history.revocations.some(
    (revocation) =>
      (revocation.committedAtMs ?? Number.POSITIVE_INFINITY) <= endedAtMs &&
      mayBeEndedBy(credential, revocation),
  )
  const drawnMs = plan.policy.lifetimeSeconds * 1000 * DRIFT + 1_500
  const isOld = credential.expiresAtMs !== null && credential.expiresAtMs - drawnMs < endedAtMs
  const isOfOddTime = credential.kind === 'access_token' && history.authorityClockMovedAtMs <= endedAtMs
  const isLost = (credential.lostAtMs ?? Number.POSITIVE_INFINITY) <= endedAtMs
  // A token of an epoch that this verifier has not heard of yet.
  const isForeign = history.revocations.some(
    ({ effect, committedAtMs }) =>
      effect === 'epoch' &&
      credential.kind === 'access_token' &&
      committedAtMs !== null &&
      committedAtMs <= endedAtMs &&
      beganAtMs < committedAtMs + lapseMs + MEND_MS,
  )
  if (isHit || isOld || isOfOddTime || isLost || isForeign || wasLostInBackup(judged, check)) return []
  return [
    { rule: 'refused though good', atMs: beganAtMs, text: 'refused though nothing was wrong with it', check },
  ]
}

/** While a log went backwards in its old epoch, positions that tokens carry mean other things than they did. */
const wasLostInBackup = ({ history }: Judged, { beganAtMs, endedAtMs }: Check): boolean =>
  history.backwards.some(
    ({ fromMs, untilMs }) => (endedAtMs ?? beganAtMs) >= fromMs && beganAtMs <= untilMs + MEND_MS,
  )

function placesOf({ nodeNames }: Judged, at: string): readonly string[] {
  if (nodeNames.includes(at)) return [at, placeOf(at), 'store']
  return [at, 'store', ...nodeNames.flatMap((node) => [node, placeOf(node), toLineName(at, node)])]
}

function judgeUnavailable(judged: Judged, check: Check): readonly Violation[] {
  const { plan, history, troubles } = judged
  const { at, beganAtMs, endedAtMs } = check
  const untilMs = endedAtMs ?? beganAtMs
  const fromMs = beganAtMs - plan.policy.leaseMs - MEND_MS
  if (troubles.find(placesOf(judged, at), fromMs, untilMs) !== null) return []
  if ((history.outcasts.get(at) ?? Number.POSITIVE_INFINITY) <= untilMs) return []
  const text = `not served, though all was well since ${((beganAtMs - fromMs) / 1000).toFixed(1)} s`
  return [{ rule: 'unavailable though well', atMs: beganAtMs, text, check }]
}

function judgeSilence(judged: Judged, check: Check): readonly Violation[] {
  const { plan, troubles } = judged
  const { beganAtMs, at } = check
  if (beganAtMs + ANSWER_MS_MAX > plan.durationMs) return []
  if (troubles.find([at], beganAtMs, beganAtMs + ANSWER_MS_MAX) !== null) return []
  return [{ rule: 'never answered', atMs: beganAtMs, text: 'never answered', check }]
}

function judgeConfirmation(judged: Judged, revocation: Revocation, lapseMs: number): readonly Violation[] {
  const { plan, troubles } = judged
  const { by, waitMs, begunAtMs, committedAtMs, confirmedAtMs, lostAtMs, effect } = revocation
  if (committedAtMs === null || lostAtMs !== null || effect === 'epoch' || waitMs < ANSWER_WAIT_MS_MIN)
    return []
  const tookMs = (confirmedAtMs ?? Number.POSITIVE_INFINITY) - committedAtMs
  const blame = (rule: string): readonly Violation[] => {
    const text = `confirmed ${tookMs === Number.POSITIVE_INFINITY ? 'never' : `after ${tookMs.toFixed(1)} ms`}`
    return [{ rule, atMs: committedAtMs, text, revocation }]
  }
  // Long enough ago that every lease from then has lapsed, and that nodes have heard of each other again.
  const calmFromMs = begunAtMs - 2 * lapseMs - MEND_MS
  const isCalm = calmFromMs >= 0 && committedAtMs + ACKNOWLEDGED_MS_MAX < plan.durationMs
  if (isCalm && tookMs > ACKNOWLEDGED_MS_MAX && revocation.node.kind !== 'signing_key') {
    const untilMs = committedAtMs + ACKNOWLEDGED_MS_MAX
    if (troubles.find('all', calmFromMs, untilMs) === null) return blame('not acknowledged')
  }
  const lastMs = lapseMs * (1 + DRIFT) + ACKNOWLEDGED_MS_MAX
  if (revocation.node.kind === 'signing_key' || waitMs < lastMs || committedAtMs + lastMs >= plan.durationMs)
    return []
  const places = [by, placeOf(by), 'store']
  const isWell = troubles.find(places, begunAtMs, committedAtMs + lastMs) === null
  return tookMs > lastMs && isWell ? blame('not confirmed in time') : []
}

/** Whoever waits for less is told what is known by then. */
const ANSWER_WAIT_MS_MIN = 1_500
