/** What a command is: how it is called, what it takes, and the function that does it. */
import type { Input } from './input.ts'
import type { Terminal } from './terminal.ts'

/** 0 done; 1 refused or failed; 2 wrong usage or settings; 3 the authority cannot be reached. */
export type ExitCode = 0 | 1 | 2 | 3

export interface Option {
  /** `flag` takes no value; `list` may be given several times. */
  readonly type: 'flag' | 'text' | 'list'
  /** What the value is called in the help. */
  readonly value?: string
  readonly required?: true
  readonly help: string
}

export interface Positional {
  readonly name: string
  readonly optional?: true
  /** Takes all that follow. */
  readonly many?: true
  readonly help: string
}

export interface Command {
  /** With its noun: `accounts list`. */
  readonly name: string
  /** A sentence without its full stop. */
  readonly summary: string
  readonly positionals?: readonly Positional[]
  readonly options?: Readonly<Record<string, Option>>
  /** Talks to an authority, so it also takes the options that say which one and as whom. */
  readonly connects?: true
  /** Paragraphs that the help ends with. */
  readonly notes?: readonly string[]
  readonly run: (input: Input, terminal: Terminal) => Promise<ExitCode>
}

export const EXIT_CODES =
  'Exit codes: 0 done; 1 refused or failed; 2 wrong usage or settings; 3 the authority cannot be reached.'

/** For every command. */
export const commonOptions: Readonly<Record<string, Option>> = {
  json: { type: 'flag', help: 'Answer as JSON on standard output, errors as JSON on standard error.' },
  help: { type: 'flag', help: 'Show this help.' },
}

/** For commands that talk to an authority. */
export const connectionOptions: Readonly<Record<string, Option>> = {
  url: {
    type: 'text',
    value: 'url',
    help: 'The authority; else COUNTERSIGN_URL, else http://localhost:4000.',
  },
  'key-stdin': {
    type: 'flag',
    help: 'Read the API key from standard input; else COUNTERSIGN_API_KEY, else the file that COUNTERSIGN_API_KEY_FILE names. A session or access token of your own works too.',
  },
}

/** The page that a list shows. */
export const pageOptions: Readonly<Record<string, Option>> = {
  limit: { type: 'text', value: 'n', help: 'How many, from 1 to 200; 50 by default.' },
  cursor: { type: 'text', value: 'cursor', help: 'Where the page before ended.' },
}

export function optionsOf(command: Command): Readonly<Record<string, Option>> {
  return { ...command.options, ...(command.connects === true && connectionOptions), ...commonOptions }
}
