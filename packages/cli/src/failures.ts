/** What stops a command, and what a person or a program is told about it: one sentence, one exit code. */
import { debuglog } from 'node:util'
import type { ExitCode } from './command.ts'
import type { Terminal } from './terminal.ts'

/** The command line, the environment or a settings file is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  /** The command whose help explains it. */
  readonly command: string | null

  constructor(message: string, command: string | null = null) {
    super(message)
    this.command = command
  }
}

/** It was understood, and could not be done. */
export class Failure extends Error {
  override readonly name = 'Failure'
}

interface Told {
  readonly exitCode: ExitCode
  readonly code: string
  readonly message: string
  readonly more?: Readonly<Record<string, unknown>>
  readonly hints?: readonly string[]
}

/** Says what went wrong on standard error, and gives the exit code. */
export function report(error: unknown, terminal: Terminal): ExitCode {
  // Stack traces are for those who mend the command: NODE_DEBUG=countersign shows them.
  debuglog('countersign')('%o', error)
  const told = tell(error)
  if (terminal.json) {
    terminal.err(JSON.stringify({ error: { code: told.code, message: told.message, ...told.more } }))
    return told.exitCode
  }
  terminal.err(`${terminal.errStyle.red('error:')} ${told.message}`)
  for (const hint of told.hints ?? []) terminal.err(hint)
  return told.exitCode
}

/**
 * The client's and server's errors are known by their names: importing their classes would load those rooms
 * for commands that need neither.
 */
function tell(error: unknown): Told {
  if (error instanceof UsageError) return tellUsage(error)
  if (error instanceof Failure) return { exitCode: 1, code: 'failed', message: error.message }
  if (!(error instanceof Error))
    return { exitCode: 1, code: 'unexpected', message: 'Something unexpected happened.' }
  switch (error.name) {
    case 'ApiProblem':
      return tellProblem(error)
    case 'AuthorityUnreachable':
      return { exitCode: 3, code: 'unreachable', message: error.message, ...unreachableHints }
    case 'StartError':
      return { exitCode: 1, code: 'cannot_start', message: error.message }
    default:
      return { exitCode: 1, code: 'unexpected', message: `Something unexpected happened: ${error.message}` }
  }
}

const unreachableHints = {
  hints: ['Is it running? Start one with: countersign serve; or name another with --url.'],
}

function tellUsage({ message, command }: UsageError): Told {
  const help = command === null ? 'countersign help' : `countersign ${command} --help`
  return { exitCode: 2, code: 'usage', message, hints: [`See: ${help}`] }
}

function tellProblem(problem: Error): Told {
  const { status, code, decisionId, retryAfterSeconds, fields } = problem as Error & ProblemFacts
  const wait = retryAfterSeconds === null ? [] : [`Try again in ${retryAfterSeconds} s.`]
  return {
    exitCode: 1,
    code,
    message: `${problem.message} [${code}]`,
    more: { status, decision_id: decisionId, retry_after: retryAfterSeconds, fields },
    hints: [
      ...fields.map((field) => `  ${field.path}: ${field.message}`),
      ...wait,
      ...(decisionId === null ? [] : [`decision: ${decisionId}`]),
    ],
  }
}

interface ProblemFacts {
  readonly status: number
  readonly code: string
  readonly decisionId: string | null
  readonly retryAfterSeconds: number | null
  readonly fields: readonly { readonly path: string; readonly message: string }[]
}
