/** Standard input holds one secret. */
import { UsageError } from './failures.ts'
import type { Input } from './input.ts'

export function refuseTwoSecrets(input: Input, command: string, one: string, other: string): void {
  if (!input.flag(one) || !input.flag(other)) return
  throw new UsageError(
    `--${one} and --${other} both want standard input; put the key into COUNTERSIGN_API_KEY or a file.`,
    command,
  )
}
