/** Help, made from the commands themselves. */
import { type Command, commonOptions, connectionOptions, EXIT_CODES, type Option } from './command.ts'
import type { Style } from './terminal.ts'

/** What the catalogue says about each word that can follow `countersign`. */
export type Summaries = readonly (readonly [name: string, summary: string])[]

const WIDTH = 100

export function renderOverview(summaries: Summaries, style: Style): string {
  return [
    `${style.bold('countersign')}: issues, verifies and revokes session tokens, JWTs and API keys.`,
    '',
    'Usage: countersign <command> [options]',
    '',
    ...section('Commands', summaries, style),
    'countersign <command> --help explains one. In a checkout: npm exec countersign -- <command>',
    '',
    EXIT_CODES,
  ].join('\n')
}

export function renderGroup(noun: string, commands: readonly Command[], style: Style): string {
  const rows = commands.map(
    (command) => [usageOf(command).slice('countersign '.length), `${command.summary}.`] as const,
  )
  return [
    `Usage: countersign ${noun} <command> [options]`,
    '',
    ...section('Commands', rows, style),
    `countersign ${noun} <command> --help explains one.`,
  ].join('\n')
}

export function renderCommand(command: Command, style: Style): string {
  const { name, summary, positionals = [], options = {}, connects, notes = [] } = command
  const lines = [
    `${style.bold(`countersign ${name}`)}: ${summary.charAt(0).toLowerCase()}${summary.slice(1)}.`,
    '',
    `Usage: ${usageOf(command)} [options]`,
    '',
    ...section(
      'Arguments',
      positionals.map((one) => [`<${one.name}>`, one.help] as const),
      style,
    ),
    ...section('Options', optionRows({ ...options, ...commonOptions }), style),
  ]
  if (connects === true) lines.push(...section('Connection', optionRows(connectionOptions), style))
  for (const note of notes) lines.push(...wrap(note, 0), '')
  lines.push(EXIT_CODES)
  return lines.join('\n')
}

function usageOf({ name, positionals = [], options = {} }: Command): string {
  const words = ['countersign', name]
  for (const { name: argument, optional, many } of positionals) {
    const word = `<${argument}>${many === true ? '…' : ''}`
    words.push(optional === true ? `[${word}]` : word)
  }
  for (const [option, spec] of Object.entries(options)) {
    if (spec.required === true) words.push(spell(option, spec))
  }
  return words.join(' ')
}

const spell = (name: string, option: Option): string =>
  option.type === 'flag' ? `--${name}` : `--${name} <${option.value ?? 'value'}>`

function optionRows(options: Readonly<Record<string, Option>>): Summaries {
  return Object.entries(options).map(([name, option]) => {
    const often = option.type === 'list' ? ' May be given several times.' : ''
    return [
      spell(name, option),
      `${option.help}${option.required === true ? ' Required.' : ''}${often}`,
    ] as const
  })
}

function section(title: string, rows: Summaries, style: Style): string[] {
  if (rows.length === 0) return []
  const left = Math.min(30, Math.max(...rows.map(([name]) => name.length))) + 4
  const lines = rows.flatMap(([name, text]) => {
    const [first = '', ...more] = wrap(text, left)
    const label = `  ${style.cyan(name)}`
    // A long name has its text on the next line.
    if (name.length + 4 > left)
      return [label, `${' '.repeat(left)}${first}`, ...more.map((line) => ' '.repeat(left) + line)]
    return [
      label + ' '.repeat(left - name.length - 2) + first,
      ...more.map((line) => ' '.repeat(left) + line),
    ]
  })
  return [`${title}:`, ...lines, '']
}

function wrap(text: string, indent: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > WIDTH - indent) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
