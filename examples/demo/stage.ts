/** How the demo shows itself: calmly drawn on a terminal, plain lines elsewhere, one object as JSON. */
import { styleText } from 'node:util'

/** How one credential died. */
export interface Refusal {
  readonly credential: string
  readonly confirmed: boolean
  readonly code: string
  /** From asking for the revocation to holding the refusal. */
  readonly ms: number
}

export interface Step {
  readonly chapter: string
  readonly text: string
  readonly ms: number
  readonly refusal?: Refusal
}

export interface Stage {
  chapter(title: string): void
  /** Does something, and shows that it was done; `tell` adds what came of it. */
  step<T>(text: string, action: () => Promise<T>, tell?: (result: T) => string): Promise<T>
  /** A step that ends in a refusal. */
  refusal(text: string, action: () => Promise<Refusal>): Promise<void>
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

const WIDTH_MAX = 110
const TEXT_WIDTH = 66

export function createStage(options: StageOptions): Stage {
  const { mode, write } = options
  const paint = painter(options.colour)
  const width = Math.min(options.columns, WIDTH_MAX)
  const steps: Step[] = []
  let title = ''
  let chapters = 0

  const done = (step: Step, more: string): void => {
    steps.push(step)
    if (mode === 'json') return
    const mark = mode === 'drawn' ? paint('green', '✓') : 'ok'
    const took = paint('dim', `${step.ms.toFixed(1)} ms`.padStart(10))
    write(`  ${mark} ${step.text.padEnd(TEXT_WIDTH)}${took}  ${paint('dim', more)}`.trimEnd())
  }

  return {
    chapter: (name) => {
      title = name
      chapters += 1
      if (mode === 'plain') write(`\n${chapters}. ${name}`)
      if (mode === 'drawn')
        write(
          `\n${paint('cyan', `── ${chapters} ·`)} ${paint('bold', name)} ${paint('cyan', '─'.repeat(Math.max(3, width - name.length - 8)))}`,
        )
    },
    step: async (text, action, tell) => {
      const started = performance.now()
      const result = await action()
      done({ chapter: title, text, ms: performance.now() - started }, tell?.(result) ?? '')
      return result
    },
    refusal: async (text, action) => {
      const refusal = await action()
      const confirmed = refusal.confirmed ? 'confirmed' : 'not confirmed'
      done({ chapter: title, text, ms: refusal.ms, refusal }, `${confirmed} → ${refusal.code}`)
    },
    end: (problem) => {
      if (mode === 'json') write(JSON.stringify({ ok: problem === null, problem, steps: steps.map(rounded) }))
      else if (problem !== null) write(`\n  ${paint('red', mode === 'drawn' ? '✗' : 'failed')} ${problem}\n`)
      else write(closing(mode === 'drawn', steps, paint))
    },
  }
}

type Paint = (format: 'bold' | 'dim' | 'red' | 'green' | 'cyan', text: string) => string

function painter(colour: boolean): Paint {
  return (format, text) => (colour ? styleText(format, text, { validateStream: false }) : text)
}

const rounded = (step: Step): Step => ({ ...step, ms: Math.round(step.ms * 10) / 10 })

/** The one table worth remembering: what was revoked, and how soon it was refused. */
function closing(drawn: boolean, steps: readonly Step[], paint: Paint): string {
  const rows = steps.flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal])).map(cellsOf)
  const titles = ['revoked', 'confirmed', 'refused with', 'after'] as const
  const widths = titles.map((title, index) =>
    Math.max(title.length, ...rows.map((row) => (row[index] ?? '').length)),
  )
  const line = (cells: readonly string[], divider: string): string =>
    cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(divider)
  if (!drawn)
    return ['', line(titles, '  '), ...rows.map((row) => line(row, '  ')), '', LAST_WORDS].join('\n')
  const rule = (left: string, middle: string, right: string): string =>
    paint('cyan', `  ${left}─${widths.map((width) => '─'.repeat(width)).join(`─${middle}─`)}─${right}`)
  const bar = paint('cyan', '│')
  const boxed = (text: string): string => `  ${bar} ${text} ${bar}`
  return [
    '',
    rule('╭', '┬', '╮'),
    boxed(titles.map((title, index) => paint('bold', title.padEnd(widths[index] ?? 0))).join(` ${bar} `)),
    rule('├', '┼', '┤'),
    ...rows.map((row) => boxed(line(row, ` ${bar} `))),
    rule('╰', '┴', '╯'),
    `\n  ${LAST_WORDS}\n`,
  ].join('\n')
}

const LAST_WORDS =
  'Every credential was checked by the authority itself, and nothing of it is left on this machine.'

function cellsOf({ credential, confirmed, code, ms }: Refusal): string[] {
  return [credential, confirmed ? 'yes' : 'no', code, `${ms.toFixed(1)} ms`.padStart(8)]
}
