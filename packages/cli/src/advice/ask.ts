/** Asks the advisor's questions on a terminal. They go to standard error: the advice alone is the answer. */
import { createInterface, type Interface } from 'node:readline/promises'
import { type Answers, nextQuestion, type Question } from '@countersign/client/advisor'
import { UsageError } from '../failures.ts'
import type { Terminal } from '../terminal.ts'

export async function askAll(
  terminal: Terminal,
  prompts: NodeJS.WritableStream = process.stderr,
): Promise<Answers> {
  const reader = createInterface({ input: terminal.stdin, output: prompts, terminal: true })
  const stop = new AbortController()
  reader.once('close', () => stop.abort())
  try {
    let answers: Answers = {}
    for (let question = nextQuestion(answers); question !== null; question = nextQuestion(answers)) {
      answers = { ...answers, [question.id]: await askOne(question, reader, stop.signal, terminal) }
    }
    return answers
  } finally {
    reader.close()
  }
}

async function askOne(
  question: Question,
  reader: Interface,
  stopped: AbortSignal,
  terminal: Terminal,
): Promise<readonly string[]> {
  const style = terminal.errStyle
  terminal.err(`\n${style.bold(question.text)} ${style.dim(question.why)}`)
  question.choices.forEach(({ label, means }, index) => {
    terminal.err(`  ${style.cyan(String(index + 1))}  ${label}. ${style.dim(means)}`)
  })
  const prompt = question.many ? 'One or more numbers, such as 1,3: ' : 'A number: '
  for (;;) {
    const picked = readPick(question, await askLine(reader, prompt, stopped))
    if (picked !== null) return picked
    terminal.err(style.yellow(`From 1 to ${question.choices.length}${question.many ? ', with commas' : ''}.`))
  }
}

async function askLine(reader: Interface, prompt: string, stopped: AbortSignal): Promise<string> {
  try {
    return await reader.question(prompt, { signal: stopped })
  } catch (error) {
    if (stopped.aborted) throw new UsageError('The questions were not answered to the end.', 'advise')
    throw error
  }
}

/** Numbers or ids; null where it is neither, or more than one where one is wanted. */
export function readPick(question: Question, line: string): readonly string[] | null {
  const ids: readonly string[] = question.choices.map(({ id }) => id)
  const words = line.split(/[\s,]+/).filter((word) => word !== '')
  const picked = words.map((word) => (/^\d{1,2}$/.test(word) ? ids[Number(word) - 1] : word))
  const known = ids.filter((id) => picked.includes(id))
  const all = known.length > 0 && picked.every((id) => id !== undefined && ids.includes(id))
  return all && (question.many || known.length === 1) ? known : null
}
