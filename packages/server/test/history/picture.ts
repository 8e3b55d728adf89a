/** A history as people read it: one line for everything that happened around a violation. */
import type { Check, Credential, History, Revocation, Violation } from './record.ts'
import type { Trouble } from './troubles.ts'

/** How much of what came before a violation is shown, in milliseconds. */
const BEFORE_MS = 8_000
const AFTER_MS = 2_000
const LINES_MAX = 150

interface Line {
  readonly atMs: number
  readonly text: string
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(4)} s`
const nodeName = ({ kind, id }: { kind: string; id: string }): string =>
  `${kind} ${id.length > 14 ? `…${id.slice(-6)}` : id}`

export const describeCredential = ({ number, kind, id, epoch, position }: Credential): string =>
  `#${number} (${kind} …${id.slice(-6)}, ${epoch}:${position})`

export function describeViolation(violation: Violation): string {
  const { rule, atMs, text, check, revocation } = violation
  const where = check === undefined ? '' : ` at ${check.at}: ${describeCredential(check.credential)}`
  const by =
    revocation === undefined ? '' : `, revocation R${revocation.number} of ${nodeName(revocation.node)}`
  return `${rule} (${seconds(atMs)})${where} ${text}${by}`
}

export function paint(history: History, troubles: readonly Trouble[], violation: Violation): string {
  const { check, revocation } = violation
  const fromMs = Math.min(violation.atMs, revocation?.committedAtMs ?? violation.atMs) - BEFORE_MS
  const untilMs = violation.atMs + AFTER_MS
  const lines: Line[] = [
    ...history.notes.filter(({ isFault }) => !isFault),
    ...troubles.flatMap(({ place, what, fromMs: atMs, untilMs: endMs }) => [
      { atMs, text: `trouble at ${place}: ${what}` },
      ...(endMs > atMs && Number.isFinite(endMs) ? [{ atMs: endMs, text: `over at ${place}: ${what}` }] : []),
    ]),
    ...history.revocations.flatMap(revocationLines),
    ...history.checks.filter((one) => isRelevant(one, violation)).flatMap(checkLines),
    ...(check === undefined ? [] : [issueLine(check.credential)]),
  ]
  const shown = lines
    .filter(({ atMs, text }) => (atMs >= fromMs && atMs <= untilMs) || text.startsWith('issued'))
    .sort((left, right) => left.atMs - right.atMs)
  const last = shown.slice(-LINES_MAX)
  const cut = shown.length - last.length
  const faults = history.notes.filter(({ isFault, atMs }) => isFault && atMs <= untilMs)
  return [
    describeViolation(violation),
    ...faults.map(toText),
    '  …',
    ...(cut > 0 ? [`  … ${cut} lines before`] : []),
    ...last.map(toText),
  ].join('\n')
}

const toText = ({ atMs, text }: Line): string => `  ${seconds(atMs).padStart(12)}  ${text}`

/** Everything about the credential; of others only what was served in the same place at about the same time. */
function isRelevant(check: Check, { check: bad, atMs }: Violation): boolean {
  if (bad === undefined) return false
  return (
    check.credential === bad.credential || (check.at === bad.at && Math.abs(check.beganAtMs - atMs) < 300)
  )
}

const issueLine = (credential: Credential): Line => ({
  atMs: credential.allowedAtMs,
  text: `issued ${describeCredential(credential)} under ${credential.path.map(nodeName).join(', ')}`,
})

function revocationLines(revocation: Revocation): Line[] {
  const { number, by, node, effect, epoch, position, committedAtMs, confirmedAtMs, endedAtMs, waitMs } =
    revocation
  const name = `R${number} (${effect} ${nodeName(node)})`
  const lines: Line[] = []
  if (committedAtMs !== null) {
    lines.push({
      atMs: committedAtMs,
      text: `${by} commits ${name} at ${epoch}:${position}, waits ${waitMs} ms`,
    })
  }
  if (confirmedAtMs !== null) lines.push({ atMs: confirmedAtMs, text: `${by} says CONFIRMED ${name}` })
  else if (endedAtMs !== null && effect !== 'epoch')
    lines.push({ atMs: endedAtMs, text: `${by} ends ${name} unconfirmed` })
  return lines
}

function checkLines({ number, at, credential, freshness, beganAtMs, endedAtMs, outcome }: Check): Line[] {
  const what = `check ${number} of ${describeCredential(credential)} at ${at}${freshness === 'lease' ? '' : `, ${freshness}`}`
  const word =
    outcome === null ? 'never ends' : outcome.kind === 'refused' ? `refused: ${outcome.code}` : outcome.kind
  if (endedAtMs === beganAtMs) return [{ atMs: beganAtMs, text: `${what}: ${word}` }]
  return [
    { atMs: beganAtMs, text: `${what} begins` },
    ...(endedAtMs === null ? [] : [{ atMs: endedAtMs, text: `${what}: ${word}` }]),
  ]
}
