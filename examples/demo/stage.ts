/** How the demo shows itself: calmly drawn on a terminal, plain lines elsewhere, one object as JSON. */
import { closingTable, slowest } from './closing.ts'
import { createPaint, type Paint, tellMs, wrap } from './words.ts'

/** How one revocation went. */
export interface Revocation {
  readonly what: string
  readonly confirmed: boolean
  /** From asking for it to the answer that it is confirmed. */
  readonly confirmedMs: number
  readonly verifiers: number
  readonly acknowledged: number
  readonly lapsed: number
  readonly refused: readonly Refusal[]
}

export interface Refusal {
  readonly where: Place
  readonly status: number
  readonly code: string
  /** From asking for the revocation to the beginning of the first request that was refused. */
  readonly fromMs: number
}

export type Place = 'gym' | 'pool' | 'authority'

export interface Step {
  readonly chapter: string
  readonly text: string
  readonly detail: string
  readonly ms: number
  readonly revocation?: Revocation
}

/** What came of a step, and the time that matters where it is not that of the whole step. */
export interface Told {
  readonly detail: string
  readonly ms: number
}

export interface Stage {
  /** `words` say in a sentence or two what is about to happen. */
  chapter(title: string, words?: string): void
  /** Does something, and shows that it was done; `tell` adds what came of it. */
  step<T>(text: string, action: () => Promise<T>, tell?: (result: T) => string | Told): Promise<T>
  /** A step that was measured beside another one. */
  told(text: string, ms: number, detail: string): void
  /** A step that takes something back. */
  revocation(text: string, action: () => Promise<Revocation>): Promise<Revocation>
  /** The end, good or bad. */
  end(problem: string | null): void
}

export interface StageOptions {
  readonly mode: 'drawn' | 'plain' | 'json'
  readonly colour: boolean
  /** Columns of the terminal. */
  readonly columns: number
  readonly write: (line: string) => void
}

/** Lines of this width are still read with ease, and narrower ones say nothing. */
const WIDTHS = { min: 60, max: 100 } as const
const INDENT = 4

export function createStage(options: StageOptions): Stage {
  const { mode, write } = options
  const paint = createPaint(options.colour)
  const width = Math.max(WIDTHS.min, Math.min(options.columns, WIDTHS.max))
  const drawn = mode === 'drawn'
  const steps: Step[] = []
  let title = ''
  let chapters = 0

  const done = (step: Step): void => {
    steps.push(step)
    if (mode === 'json') return
    const mark = drawn ? paint('green', '✓') : '-'
    for (const line of layOut(step, width - INDENT, paint).map(
      (text, at) => (at === 0 ? mark : ' ') + text,
    )) {
      write(`  ${line}`.trimEnd())
    }
  }

  return {
    chapter: (name, words) => {
      title = name
      chapters += 1
      if (mode === 'json') return
      const rule = drawn ? paint('cyan', ` ${'─'.repeat(Math.max(3, width - name.length - 6))}`) : ''
      write(`\n${paint('cyan', `${chapters}`.padStart(2))}  ${paint('bold', name)}${rule}`)
      for (const line of wrap(words ?? '', width - INDENT)) write(`    ${paint('dim', line)}`)
    },
    step: async (text, action, tell) => {
      const started = performance.now()
      const result = await action()
      const ms = performance.now() - started
      const told = tell?.(result) ?? ''
      done({ chapter: title, text, ...(typeof told === 'string' ? { detail: told, ms } : told) })
      return result
    },
    told: (text, ms, detail) => done({ chapter: title, text, detail, ms }),
    revocation: async (text, action) => {
      const revocation = await action()
      const detail = tellRevocation(revocation)
      done({ chapter: title, text, detail, ms: revocation.confirmedMs, revocation })
      return revocation
    },
    end: (problem) => {
      if (mode === 'json') write(JSON.stringify({ ok: problem === null, problem, steps: steps.map(rounded) }))
      else if (problem !== null) write(`\n  ${paint('red', drawn ? '✗' : 'failed')} ${problem}\n`)
      else {
        const revocations = steps.flatMap(({ revocation }) => (revocation === undefined ? [] : [revocation]))
        for (const line of closingTable(revocations, drawn, paint)) write(line)
      }
    },
  }
}

/** The text with the time at its right edge; the detail behind it where it fits, on lines of its own where it does not. */
function layOut({ text, detail, ms }: Step, width: number, paint: Paint): string[] {
  const time = tellMs(ms)
  const room = width - time.length - 2
  const [first = '', ...others] = wrap(text, room)
  const fits = others.length === 0 && first.length + 2 + detail.length <= room
  const beside = fits && detail !== '' ? `  ${paint('dim', detail)}` : ''
  const used = first.length + (beside === '' ? 0 : detail.length + 2)
  const below = fits ? [] : wrap(detail, width - 2).map((line) => `  ${paint('dim', line)}`)
  return [
    ` ${first}${beside}${' '.repeat(Math.max(2, width - used - time.length - 1))}${paint('dim', time)}`,
    ...[...others, ...below].map((line) => ` ${line}`),
  ]
}

function tellRevocation({ confirmed, verifiers, acknowledged, lapsed, refused }: Revocation): string {
  const who = `${acknowledged} of ${verifiers} verifiers have it${lapsed > 0 ? `, ${lapsed} lapsed` : ''}`
  const places = slowest(refused).map(
    ({ where, status, fromMs }) => `${where} ${status} from ${tellMs(fromMs)}`,
  )
  return `${confirmed ? 'confirmed' : 'not confirmed'}: ${who}; ${places.join(', ')}`
}

const toTenth = (ms: number): number => Math.round(ms * 10) / 10

const rounded = (step: Step): Step => ({
  ...step,
  ms: toTenth(step.ms),
  ...(step.revocation !== undefined && {
    revocation: {
      ...step.revocation,
      confirmedMs: toTenth(step.revocation.confirmedMs),
      refused: step.revocation.refused.map((one) => ({ ...one, fromMs: toTenth(one.fromMs) })),
    },
  }),
})
