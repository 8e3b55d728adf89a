/** The advisor: which method for which caller, why, and what to set. It talks to nobody. */
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Advice, type Answers, advise, parseAnswers } from '@countersign/client/advisor'
import { askAll } from '../advice/ask.ts'
import { firedBy, showAdvice, showRules } from '../advice/show.ts'
import type { Command } from '../command.ts'
import { UsageError } from '../failures.ts'
import type { Input } from '../input.ts'
import { isTerminalInput, type Terminal } from '../terminal.ts'

const FILE = 'countersign.config.json'
const ANSWERS_BYTES_MAX = 65_536

const command: Command = {
  name: 'advise',
  summary: 'Choose between session, JWT and API key, caller by caller',
  options: {
    answers: {
      type: 'text',
      value: 'file',
      help: 'A JSON file with the answers, or - for standard input; else it asks.',
    },
    explain: { type: 'flag', help: 'Show every rule, and which of them decided.' },
    write: { type: 'flag', help: `Write ${FILE} into the working directory, unless there is one.` },
  },
  notes: [
    'Answers look like {"callers": ["browser", "service"], "pages": "one_site"}. What is missing is told with its choices. Nothing is sent anywhere.',
  ],
  run: async (input, terminal) => {
    const answers = await readAnswers(input, terminal)
    const advice = advise(answers)
    if (input.flag('write')) await write(advice, terminal)
    if (terminal.json) {
      const rules = input.flag('explain') ? { rules: [...firedBy(advice)] } : {}
      terminal.out(JSON.stringify({ answers, ...advice, ...rules }))
      return 0
    }
    showAdvice(advice, terminal)
    if (input.flag('explain')) showRules(answers, advice, terminal)
    return 0
  },
}

export const commands: readonly Command[] = [command]

async function readAnswers(input: Input, terminal: Terminal): Promise<Answers> {
  const file = input.text('answers')
  if (file === undefined) {
    if (isTerminalInput(terminal.stdin) && !terminal.json) return await askAll(terminal)
    throw new UsageError(
      'There is nobody to ask here: give --answers <file>, or - for standard input.',
      'advise',
    )
  }
  const parsed = parseAnswers(
    toJson(file === '-' ? await readInput(terminal) : await readAnswersFile(file, terminal)),
  )
  if (!parsed.ok) throw new UsageError(parsed.mistakes.join('\n'), 'advise')
  return parsed.answers
}

async function readAnswersFile(file: string, terminal: Terminal): Promise<string> {
  try {
    return await readFile(resolve(terminal.cwd, file), 'utf8')
  } catch {
    throw new UsageError('The file with the answers cannot be read.', 'advise')
  }
}

async function readInput(terminal: Terminal): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of terminal.stdin) {
    const buffer = Buffer.from(chunk)
    bytes += buffer.length
    if (bytes > ANSWERS_BYTES_MAX) throw new UsageError('That is too long for answers.', 'advise')
    chunks.push(buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError('The answers are not JSON.', 'advise')
  }
}

/** Never over a file that is there: it may be what a running authority reads. */
async function write(advice: Advice, terminal: Terminal): Promise<void> {
  try {
    await writeFile(join(terminal.cwd, FILE), `${advice.configuration}\n`, { flag: 'wx' })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new UsageError(`There is a ${FILE} here already; nothing was written.`, 'advise')
    }
    throw error
  }
  terminal.err(`Written: ${FILE}. Replace the names in it by your own.`)
}
