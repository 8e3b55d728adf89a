/**
 * Transactions written once for both databases. A script is a generator that yields statements and is
 * handed their answers: SQLite's writer runs it to its end in one go inside a SAVEPOINT on its own thread,
 * Postgres runs it step by step inside a transaction. Scripts are pure: time, ids and digests come in as input.
 */

export type Value = string | number | null
export type Row = Readonly<Record<string, Value>>

/** SQL with `$1` placeholders that both databases read. The name is its prepared-statement name. */
export interface Statement {
  readonly name: string
  readonly text: string
}

export interface Ask {
  readonly statement: Statement
  readonly values: readonly Value[]
}

export interface Answer {
  readonly rows: readonly Row[]
  /** Rows inserted, updated or deleted. */
  readonly changes: number
}

export type Script<T> = Generator<Ask, T, Answer>

/** How many ids a statement takes that is about several; the rest comes with the next. */
export const LISTED_AT_ONCE = 25

/** The placeholders of such a list: the same text however many are meant, so that it is prepared once. */
export const listed: string = Array.from({ length: LISTED_AT_ONCE }, (_, index) => `$${index + 1}`).join(', ')

/** All rows of a query, or of a change that says `returning`. */
export function* all(statement: Statement, ...values: Value[]): Script<readonly Row[]> {
  return (yield { statement, values }).rows
}

/** The first row or null. */
export function* one(statement: Statement, ...values: Value[]): Script<Row | null> {
  return (yield { statement, values }).rows[0] ?? null
}

/** How many rows a change touched. */
export function* run(statement: Statement, ...values: Value[]): Script<number> {
  return (yield { statement, values }).changes
}

/**
 * Ends a script early and rolls its changes back; the engine hands `answer` to the caller as if the script
 * had returned it. For outcomes such as "address taken" that are found after something was written.
 */
export class Rollback extends Error {
  readonly answer: unknown

  constructor(answer: unknown) {
    super('The transaction was rolled back on purpose.')
    this.name = 'Rollback'
    this.answer = answer
  }
}
