/** The one table worth remembering: what was taken back, who had it confirmed, and how soon each place refused it. */
import type { Place, Refusal, Revocation } from './stage.ts'
import { type Paint, tellMs } from './words.ts'

const TITLES = ['revoked', 'confirmed after', 'verifiers', 'gym refuses from', 'pool refuses from'] as const
const LAST_WORDS = 'Every process of the demo has ended, and nothing of it is left on this machine.'

export function closingTable(revocations: readonly Revocation[], drawn: boolean, paint: Paint): string[] {
  const rows = revocations.map(cellsOf)
  const widths = TITLES.map((title, index) =>
    Math.max(title.length, ...rows.map((row) => (row[index] ?? '').length)),
  )
  const pad = (cells: readonly string[]): string[] =>
    cells.map((cell, index) =>
      index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0),
    )
  if (!drawn) {
    return ['', ...[TITLES, ...rows].map((cells) => `  ${pad(cells).join('  ')}`), '', `  ${LAST_WORDS}`]
  }
  const rule = (left: string, middle: string, right: string): string =>
    paint('cyan', `  ${left}${widths.map((width) => '─'.repeat(width + 2)).join(middle)}${right}`)
  const bar = paint('cyan', '│')
  const boxed = (cells: readonly string[]): string => `  ${bar} ${cells.join(` ${bar} `)} ${bar}`
  return [
    '',
    rule('╭', '┬', '╮'),
    boxed(pad(TITLES).map((title) => paint('bold', title))),
    rule('├', '┼', '┤'),
    ...rows.map((row) => boxed(pad(row))),
    rule('╰', '┴', '╯'),
    '',
    `  ${LAST_WORDS}`,
    '',
  ]
}

function cellsOf({
  what,
  confirmed,
  confirmedMs,
  verifiers,
  acknowledged,
  lapsed,
  refused,
}: Revocation): string[] {
  return [
    what,
    confirmed ? tellMs(confirmedMs) : 'no',
    `${acknowledged} of ${verifiers}${lapsed > 0 ? `, ${lapsed} lapsed` : ''}`,
    slowest(refused, 'gym'),
    slowest(refused, 'pool'),
  ]
}

/** Where several credentials died in one place, the last of them. */
function slowest(refused: readonly Refusal[], place: Place): string {
  const times = refused.filter(({ where }) => where === place).map(({ fromMs }) => fromMs)
  return times.length === 0 ? '–' : tellMs(Math.max(...times))
}
