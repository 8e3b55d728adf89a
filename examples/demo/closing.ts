/** The one table worth remembering: what was taken back, who had it confirmed, and how soon each place refused it. */
import type { Place, Refusal, Revocation } from './stage.ts'
import { type Paint, tellMs } from './words.ts'

const TITLES = ['revoked', 'confirmed', 'verifiers', 'gym refuses', 'pool refuses'] as const
const WORDS = [
  'Times count from the asking: to the answer that it is confirmed, and to the',
  'beginning of the first request that was refused. Every process of the demo has',
  'ended, and nothing of it is left on this machine.',
]

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
    return ['', ...[TITLES, ...rows].map((cells) => `  ${pad(cells).join('  ')}`), '', ...WORDS.map(indented)]
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
    ...WORDS.map(indented),
    '',
  ]
}

const indented = (line: string): string => `  ${line}`

function cellsOf({ what, confirmed, confirmedMs, verifiers, acknowledged, refused }: Revocation): string[] {
  const fromOf = (place: Place): string => {
    const found = slowest(refused).find(({ where }) => where === place)
    return found === undefined ? '–' : tellMs(found.fromMs)
  }
  return [
    what,
    confirmed ? tellMs(confirmedMs) : 'no',
    `${acknowledged} of ${verifiers}`,
    fromOf('gym'),
    fromOf('pool'),
  ]
}

/** Where several credentials died in one place, the last of them. */
export function slowest(refused: readonly Refusal[]): readonly Refusal[] {
  const byPlace = new Map<Place, Refusal>()
  for (const refusal of refused) {
    const known = byPlace.get(refusal.where)
    if (known === undefined || known.fromMs < refusal.fromMs) byPlace.set(refusal.where, refusal)
  }
  return [...byPlace.values()]
}
