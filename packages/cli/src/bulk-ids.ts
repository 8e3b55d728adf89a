/** The ids that a command about many is given: by name, and from a file or standard input. */
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { UsageError } from './failures.ts'
import type { Input } from './input.ts'
import type { Terminal } from './terminal.ts'

/** Each once, in their order. Of a line the first word counts, so that what a list has printed can be given back. */
export async function readIds(input: Input, terminal: Terminal, command: string): Promise<readonly string[]> {
  const file = input.text('ids-file')
  if (file === '-' && input.flag('key-stdin')) {
    throw new UsageError('Standard input has the ids or the key, not both.', command)
  }
  const lines = file === undefined ? '' : await readLines(file, terminal, command)
  const listed = lines.split(/\r?\n/).flatMap((line) => line.trim().split(/\s+/)[0] || [])
  return [...new Set([...input.list('id'), ...listed])]
}

async function readLines(file: string, terminal: Terminal, command: string): Promise<string> {
  if (file === '-') return text(terminal.stdin)
  try {
    return await readFile(file, 'utf8')
  } catch {
    throw new UsageError('--ids-file cannot be read.', command)
  }
}
