/**
 * Every difference between the two databases that our SQL has to know. Statements and migrations are written
 * once; what cannot be said in both is said here.
 */
import type { Value } from './script.ts'

export interface Dialect {
  /** Turns the text of a migration into this database's. */
  toMigrationText(text: string): string
  /** Opens the transaction of one migration and keeps every other starter waiting until it ends. */
  readonly beginMigration: readonly string[]
  /** Finds rows whose parent is missing after a migration; null where the database never lets that happen. */
  readonly findOrphans: string | null
}

/** Stands after the closing bracket of a `create table` whose rows are stored in the order of their key. */
export const CLUSTERED = '/*clustered*/'

/** An arbitrary number of ours among Postgres' advisory locks: the bytes of `cosign`. */
const MIGRATION_LOCK = 0x636f7369676e

export const sqliteDialect: Dialect = {
  toMigrationText: (text) => text.replaceAll(CLUSTERED, 'without rowid'),
  beginMigration: ['begin immediate'],
  findOrphans: 'pragma foreign_key_check',
}

export const postgresDialect: Dialect = {
  // Postgres has no clustered tables; rows with time-ordered keys arrive in the order of their key anyway.
  toMigrationText: (text) => text.replaceAll(CLUSTERED, ''),
  beginMigration: [
    'begin isolation level read committed read write',
    // Another starter may hold the lock for as long as its migration takes.
    'set local statement_timeout = 0',
    'set local lock_timeout = 0',
    `select pg_advisory_xact_lock(${MIGRATION_LOCK})`,
  ],
  findOrphans: null,
}

export interface PositionalText {
  readonly text: string
  /** Which `$n` (from 0) each `?` stands for; null when they are all there once and in order. */
  readonly order: readonly number[] | null
  /** How many values the statement takes. */
  readonly count: number
}

// A quoted text or name, in which a `$1` is no placeholder, or a placeholder.
const QUOTED_OR_PLACEHOLDER = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\d+)/g

/**
 * Rewrites `$n` to `?`. SQLite takes `$1` for a name, and node:sqlite binds names through an object, which
 * costs a tenth of a point read more than binding by position and leaves a forgotten value null in silence.
 */
export function toPositional(text: string): PositionalText {
  const order: number[] = []
  const positional = text.replace(QUOTED_OR_PLACEHOLDER, (found: string, digits: string | undefined) => {
    if (digits === undefined) return found
    order.push(Number(digits) - 1)
    return '?'
  })
  const inOrder = order.every((value, index) => value === index)
  return { text: positional, order: inOrder ? null : order, count: Math.max(-1, ...order) + 1 }
}

/**
 * How Postgres' text for a column becomes what SQLite would have answered: 64-bit integers, and the decimals
 * that `sum` makes of them, as numbers, and truth as 1 or 0. By the type's object id.
 */
export const postgresParsers: ReadonlyMap<number, (text: string) => Value> = new Map([
  [16, (text: string) => (text === 't' ? 1 : 0)],
  [20, toSafeNumber],
  [1700, toSafeNumber],
])

/** Throws a RangeError where a number cannot hold the value, as node:sqlite does, instead of rounding it. */
function toSafeNumber(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) {
    throw new RangeError(`The database answered ${text}, which is too large for a number.`)
  }
  return number
}
