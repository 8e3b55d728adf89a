/** Holds a history of real processes against what the protocol promises, on the clock that they share. */
import { isHit, type RealCheck, type RealHistory, type RealRevocation } from './people.ts'
import { LEASE_SECONDS, MEND_MS, type Stage, type Trouble } from './stage.ts'

const LAPSE_MS = LEASE_SECONDS * 1010 + 50
const CONFIRMED_MS_MAX = LAPSE_MS + 3_000

export function judge(history: RealHistory, stage: Stage): readonly string[] {
  return [
    ...history.checks.flatMap((check) => judgeCheck(history, stage, check)),
    ...history.revocations.flatMap((revocation) => judgeRevocation(stage, revocation)),
  ]
}

const isCalm = (troubles: readonly Trouble[], fromMs: number, untilMs: number): boolean =>
  troubles.every((one) => untilMs < one.fromMs || fromMs > one.untilMs + one.mendMs)

function judgeCheck({ revocations }: RealHistory, stage: Stage, check: RealCheck): readonly string[] {
  const { credential, beganAtMs, endedAtMs, outcome } = check
  const of = `${check.at}, ${credential.name}, at ${beganAtMs.toFixed(1)} ms`
  const hits = revocations.filter((revocation) => isHit(credential, revocation))
  if (outcome === 'accepted') {
    return hits.flatMap((revocation) => {
      const due = dueOf(revocation)
      const lateMs = due === null ? Number.NEGATIVE_INFINITY : beganAtMs - due.atMs
      return lateMs > 0
        ? [`accepted ${lateMs.toFixed(1)} ms after ${due?.what} of ${revocation.node}: ${of}`]
        : []
    })
  }
  if (outcome === 'verifier_unavailable') {
    return isCalm(stage.troubles, beganAtMs, endedAtMs) ? [`not served though all was well: ${of}`] : []
  }
  const mayBeRefused = revocations.some(
    ({ node, sentAtMs }) => credential.nodes.includes(node) && sentAtMs <= endedAtMs,
  )
  return mayBeRefused ? [] : [`refused (${outcome}) though nothing was wrong with it: ${of}`]
}

/** From when on nobody may accept what it hits. */
function dueOf({ answeredAtMs, confirmed }: RealRevocation): { atMs: number; what: string } | null {
  if (answeredAtMs === null) return null
  return confirmed
    ? { atMs: answeredAtMs, what: 'the confirmation' }
    : { atMs: answeredAtMs + LAPSE_MS, what: 'the lease after the commit' }
}

function judgeRevocation(
  stage: Stage,
  { node, waits, sentAtMs, answeredAtMs, confirmed }: RealRevocation,
): string[] {
  // A call that is lost and made again keeps no revocation from being confirmed in time.
  const lasting = stage.troubles.filter(({ mendMs }) => mendMs >= MEND_MS)
  if (!waits || !isCalm(lasting, sentAtMs, sentAtMs + CONFIRMED_MS_MAX)) return []
  const tookMs = answeredAtMs === null ? Number.POSITIVE_INFINITY : answeredAtMs - sentAtMs
  return confirmed && tookMs < CONFIRMED_MS_MAX ? [] : [`${node} was not confirmed in time: ${tookMs} ms`]
}
