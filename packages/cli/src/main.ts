/** From the arguments to a command, and from whatever becomes of it to an exit code. */
import { catalogue, isWord } from './catalogue.ts'
import type { Command, ExitCode } from './command.ts'
import { report, UsageError } from './failures.ts'
import { systemTerminal, type Terminal } from './terminal.ts'

/** Runs one command line and sets the process's exit code. Does not throw. */
export async function main(args: readonly string[]): Promise<void> {
  const terminal = systemTerminal(args.includes('--json'))
  try {
    process.exitCode = await run(args, terminal)
  } catch (error) {
    process.exitCode = report(error, terminal)
  }
}

async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [word, ...rest] = args
  if (word === '--version') return showVersion(terminal)
  if (word === undefined || word === 'help' || word === '--help') return showHelp(rest, terminal)
  if (!isWord(word)) {
    throw new UsageError(word.startsWith('-') ? 'The command comes first.' : 'There is no such command.')
  }
  const commands = await loadWord(word)
  const [alone] = commands
  if (alone !== undefined && alone.name === word) return runCommand(alone, rest, terminal)
  return runGroup(word, commands, rest, terminal)
}

const loadWord = (word: string): Promise<readonly Command[]> => catalogue[word]?.load() ?? Promise.resolve([])

async function runGroup(
  noun: string,
  commands: readonly Command[],
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  const [verb, ...rest] = args
  const command = commands.find(({ name }) => name === `${noun} ${verb}`)
  if (command !== undefined) return runCommand(command, rest, terminal)
  if (verb === '--help') {
    const { renderGroup } = await import('./help.ts')
    terminal.out(renderGroup(noun, commands, terminal.style))
    return 0
  }
  const verbs = commands.map(({ name }) => name.slice(noun.length + 1)).join(', ')
  throw new UsageError(`After ${noun} comes one of: ${verbs}.`, noun)
}

async function runCommand(command: Command, args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { parseInput } = await import('./input.ts')
  const input = parseInput(command, args)
  if (!input.flag('help')) return command.run(input, terminal)
  const { renderCommand } = await import('./help.ts')
  terminal.out(renderCommand(command, terminal.style))
  return 0
}

async function showHelp(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const words = args.filter((word) => !word.startsWith('-'))
  if (words.length > 0) return run([...words, '--help'], terminal)
  const { renderOverview } = await import('./help.ts')
  const summaries = Object.entries(catalogue).map(([name, { summary }]) => [name, summary] as const)
  const rows = [...summaries, ['help', 'Show this, or explain a command.'] as const]
  terminal.out(renderOverview(rows, terminal.style))
  return 0
}

async function showVersion(terminal: Terminal): Promise<ExitCode> {
  const { readVersion } = await import('./version.ts')
  const version = await readVersion()
  terminal.out(terminal.json ? JSON.stringify({ version }) : version)
  return 0
}
