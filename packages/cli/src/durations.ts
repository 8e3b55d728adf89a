/** Lengths of time as people write them: `90d`, `12h`, `30m`, `45s`, or plain seconds. */
import type { Option } from './command.ts'
import { UsageError } from './failures.ts'
import type { Input } from './input.ts'

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, '': 1 }

/** For commands that give something a new secret. */
export const overlapOption: Option = {
  type: 'text',
  value: 'time',
  help: 'How long both work, such as 2h; a day by default, 0 ends the old one now.',
}

/** Seconds; undefined where the option was not given. */
export function readDuration(input: Input, option: string, command: string): number | undefined {
  const text = input.text(option)
  if (text === undefined) return undefined
  const [, count, unit = ''] = /^(\d{1,9})([smhd]?)$/.exec(text) ?? []
  const seconds = unitSeconds[unit]
  if (count === undefined || seconds === undefined) {
    throw new UsageError(`--${option} is a length of time such as 90d, 12h, 30m or 45s.`, command)
  }
  return Number(count) * seconds
}
