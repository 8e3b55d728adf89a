/** A command line that has been read against its command: options and positionals by name. */
import { parseArgs } from 'node:util'
import { type Command, optionsOf } from './command.ts'
import { UsageError } from './failures.ts'

export interface Input {
  flag(name: string): boolean
  /** Undefined where the option was not given. */
  text(name: string): string | undefined
  /** A required option or positional; that it is there has been checked. */
  required(name: string): string
  /** All values of an option, or of the positional that takes many. */
  list(name: string): readonly string[]
  /** A whole number within the bounds, or undefined. */
  integer(name: string, min: number, max: number): number | undefined
}

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>

/** Throws UsageError. What stands where an option was expected is not quoted: it may be a secret. */
export function parseInput(command: Command, args: readonly string[]): Input {
  const { values, positionals } = parse(command, args)
  const named = namePositionals(command, positionals)
  // Whoever asks for help has not said the rest.
  if (values.help !== true) checkRequired(command, values, named)
  const textsOf = (name: string): readonly string[] => {
    const value = values[name]
    const all = Array.isArray(value) ? value : value === undefined ? (named.get(name) ?? []) : [value]
    return all.filter((one) => typeof one === 'string')
  }
  return {
    flag: (name) => values[name] === true,
    text: (name) => textsOf(name)[0],
    required: (name) => textsOf(name)[0] ?? missing(command, name),
    list: textsOf,
    integer: (name, min, max) => toInteger(command, name, textsOf(name)[0], min, max),
  }
}

function parse(command: Command, args: readonly string[]): { values: Values; positionals: string[] } {
  const options = Object.fromEntries(
    Object.entries(optionsOf(command)).map(([name, { type }]) => [
      name,
      { type: type === 'flag' ? 'boolean' : 'string', multiple: type === 'list' } as const,
    ]),
  )
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new UsageError(explain(error), command.name)
  }
}

function explain(error: unknown): string {
  const { code, message } = error instanceof Error && 'code' in error ? error : { code: null, message: '' }
  const [option = 'an option'] = /--?[A-Za-z][\w-]*/.exec(message) ?? []
  switch (code) {
    case 'ERR_PARSE_ARGS_UNKNOWN_OPTION':
      return `There is no option ${option} here.`
    case 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE':
      return `${option} is used wrongly: it needs a value, or takes none.`
    default:
      throw error
  }
}

function namePositionals(command: Command, given: readonly string[]): Map<string, readonly string[]> {
  const named = new Map<string, readonly string[]>()
  let rest = given
  for (const { name, many } of command.positionals ?? []) {
    const taken = rest.slice(0, many === true ? rest.length : 1)
    rest = rest.slice(taken.length)
    if (taken.length > 0) named.set(name, taken)
  }
  if (rest.length > 0) throw new UsageError('There are more arguments than this command takes.', command.name)
  return named
}

function checkRequired(command: Command, values: Values, named: ReadonlyMap<string, unknown>): void {
  for (const [name, option] of Object.entries(command.options ?? {})) {
    if (option.required === true && values[name] === undefined) missing(command, `--${name}`)
  }
  for (const { name, optional } of command.positionals ?? []) {
    if (optional !== true && !named.has(name)) missing(command, `<${name}>`)
  }
}

function missing(command: Command, what: string): never {
  throw new UsageError(`${what} is missing.`, command.name)
}

function toInteger(
  command: Command,
  name: string,
  text: string | undefined,
  min: number,
  max: number,
): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw new UsageError(`--${name} must be a whole number from ${min} to ${max}.`, command.name)
}
