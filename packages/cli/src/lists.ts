/** Options that lists and holders of roles share, read the same way everywhere. */
import type { Option } from './command.ts'
import { UsageError } from './failures.ts'
import type { Input } from './input.ts'

export const readPage = (input: Input): { limit: number | undefined; cursor: string | undefined } => ({
  limit: input.integer('limit', 1, 200),
  cursor: input.text('cursor'),
})

export const rolesOptions: Readonly<Record<string, Option>> = {
  none: { type: 'flag', help: 'Take all roles away.' },
}

/** The roles to set: those named, or none at all with `--none`; null where they are only to be shown. */
export function readRoles(input: Input, command: string): readonly string[] | null {
  const named = input.list('role')
  if (!input.flag('none')) return named.length === 0 ? null : named
  if (named.length > 0) throw new UsageError('Name roles or say --none, not both.', command)
  return []
}
