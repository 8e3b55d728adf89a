/** Looks for half-made states in the database itself. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Rows of a database, by a question in the SQL of both. */
export type Query = (text: string) => Promise<readonly Readonly<Record<string, unknown>>[]>

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8')

/** Reads a file of statements, each below a line with its name. */
export function readNamed(name: string): ReadonlyMap<string, string> {
  const blocks = read(name).split('\n\n')
  return new Map(
    blocks.flatMap((block) => {
      const [title = '', ...lines] = block.trim().split('\n')
      const text = lines.filter((line) => !line.startsWith('--')).join('\n')
      return text === '' ? [] : [[title.replace('-- ', ''), text] as const]
    }),
  )
}

const flaws = readNamed('half-made.sql')

/** The names of all kinds of half-made state that are there, each with some of its rows. */
export async function findFlaws(query: Query): Promise<readonly string[]> {
  const found: string[] = []
  for (const [flaw, text] of flaws) {
    const rows = await query(text)
    if (rows.length > 0) found.push(`${flaw}: ${JSON.stringify(rows.slice(0, 3))}`)
  }
  return found
}

export async function assertNoFlaws(query: Query): Promise<void> {
  assert.deepEqual(await findFlaws(query), [])
}

/** The generation of the newest refresh token, by grant. */
export async function readGenerations(query: Query): Promise<ReadonlyMap<string, number>> {
  const rows = await query(read('newest-generations.sql'))
  return new Map(rows.map((row) => [String(row.grant_id), Number(row.newest)]))
}
