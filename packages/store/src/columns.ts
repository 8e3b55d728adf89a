/** Reading one column of a row as a type. What cannot be is thrown: a database that was tampered with. */
import type { Row } from './script.ts'

export function text(row: Row, column: string): string {
  const value = row[column]
  return typeof value === 'string' ? value : impossible(column)
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column)
}

/** Times, positions and counts: whole and never negative. */
export function integer(row: Row, column: string): number {
  const value = row[column]
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : impossible(column)
}

export function integerOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : integer(row, column)
}

/** An id of ours, or a word of a closed list. */
export function narrowed<T extends string>(row: Row, column: string, is: (value: string) => value is T): T {
  const value = text(row, column)
  return is(value) ? value : impossible(column)
}

export function narrowedOrNull<T extends string>(
  row: Row,
  column: string,
  is: (value: string) => value is T,
): T | null {
  return row[column] === null ? null : narrowed(row, column, is)
}

/** Tells whether a word is one of a closed list. */
export const oneOf =
  <T extends string>(words: readonly T[]) =>
  (value: string): value is T =>
    words.some((word) => word === value)

export function texts(row: Row, column: string): readonly string[] {
  const value = json(row, column)
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : impossible(column)
}

/** A JSON array of words of a closed list, or of ids. */
export function listed<T extends string>(
  row: Row,
  column: string,
  is: (value: string) => value is T,
): readonly T[] {
  const values = texts(row, column)
  return values.every(is) ? values : impossible(column)
}

/** A JSON array of objects whose values pass `is`. */
export function records<T>(
  row: Row,
  column: string,
  is: (value: unknown) => value is T,
): readonly Readonly<Record<string, T>>[] {
  const value = json(row, column)
  return Array.isArray(value) && value.every((one) => isRecordOf(one, is)) ? value : impossible(column)
}

/** A JSON object whose values pass `is`. */
export function record<T>(
  row: Row,
  column: string,
  is: (value: unknown) => value is T,
): Readonly<Record<string, T>> {
  const value = json(row, column)
  return isRecordOf(value, is) ? value : impossible(column)
}

function isRecordOf<T>(value: unknown, is: (one: unknown) => one is T): value is Record<string, T> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(is)
  )
}

function json(row: Row, column: string): unknown {
  try {
    return JSON.parse(text(row, column))
  } catch {
    return impossible(column)
  }
}

/** Names the column and never the value, which may be secret or personal. */
export function impossible(column: string): never {
  throw new Error(`The database holds a value in the column ${column} that cannot be.`)
}

/** A pattern of `like` for what has this text in it, in lower case; its signs are escaped by `!`. */
export const likePattern = (search: string): string => `%${search.toLowerCase().replaceAll(/[!%_]/g, '!$&')}%`

/** One table of a join: its columns, each under a name that no other table of the join has, and the way back. */
export interface Part {
  /** For the statement, which calls the table by the part's name. */
  readonly columns: string
  /** As the table alone would have answered; null where an outer join has found nothing. */
  of(row: Row): Row | null
}

/** @param columns Of the table; the first of them is never null. */
export function toPart(name: string, columns: string): Part {
  const pairs = columns.split(',').map((column) => [column.trim(), `${name}_${column.trim()}`] as const)
  const [first] = pairs
  if (first === undefined) throw new TypeError('A part has a column.')
  return {
    columns: pairs.map(([column, unique]) => `${name}.${column} as ${unique}`).join(', '),
    of: (row) => {
      if (row[first[1]] === null) return null
      const part: Record<string, Row[string]> = {}
      for (const [column, unique] of pairs) part[column] = row[unique] ?? null
      return part
    },
  }
}
