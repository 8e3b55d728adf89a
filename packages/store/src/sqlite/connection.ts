/**
 * One connection to the SQLite file: how it is set up, its prepared statements, and its transactions. The
 * reading connection lives on the main thread, the writing one on the writer's.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { toPositional } from '../dialect.ts'
import type { Answer, Ask, Row, Statement, Value } from '../script.ts'

/** How long a connection waits for another process that holds the file. */
const BUSY_MS_MAX = 5_000
const CACHE_KIB = 16 * 1024
/** How large the write-ahead log may grow before a COMMIT also moves it into the file: 16 MiB of 4 KiB pages. */
const CHECKPOINT_PAGES = 4_000
/** What is kept of the write-ahead log after a burst. */
const LOG_BYTES_KEPT = 32 * 1024 * 1024

/**
 * Opens the only connection that writes. An acknowledged COMMIT survives power loss: `synchronous=full` syncs
 * the log at each of them, and on macOS `fullfsync` makes the drive do what `fsync` promises elsewhere.
 *
 * @param isMigrating Leaves foreign keys unenforced, so that a migration can rebuild a table that others point
 *   to (https://www.sqlite.org/lang_altertable.html §7); the migration checks them at its end.
 */
export function openWritingConnection(file: string, isMigrating = false): Connection {
  createFile(file)
  const connection = open(file, false)
  try {
    connection.run('pragma journal_mode = wal')
    connection.run('pragma synchronous = full')
    connection.run('pragma fullfsync = 1')
    connection.run('pragma checkpoint_fullfsync = 1')
    connection.run(`pragma foreign_keys = ${isMigrating ? 0 : 1}`)
    connection.run('pragma temp_store = memory')
    connection.run(`pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
    connection.run(`pragma journal_size_limit = ${LOG_BYTES_KEPT}`)
    return connection
  } catch (error) {
    connection.close()
    throw toOpeningError(file, error)
  }
}

/** Opens a connection that cannot write, on a file that a writing connection has open. */
export function openReadingConnection(file: string): Connection {
  const connection = open(file, true)
  connection.run('pragma query_only = 1')
  return connection
}

/**
 * The folder and the file are for this user alone; SQLite gives its log and index the file's own mode.
 * A file that exists is not opened here: closing it again would drop the locks that this process holds on it
 * (https://www.sqlite.org/howtocorrupt.html §2.2).
 */
export function createFile(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  } catch (error) {
    throw toOpeningError(file, error)
  }
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw toOpeningError(file, error)
  }
}

function open(file: string, readOnly: boolean): Connection {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file, { readOnly, timeout: BUSY_MS_MAX, enableForeignKeyConstraints: false })
    db.exec(`pragma cache_size = -${CACHE_KIB}`)
    // The first look at the file: opening alone reads nothing of it.
    db.exec('select count(*) from sqlite_schema')
    return new Connection(db)
  } catch (error) {
    db?.close()
    throw toOpeningError(file, error)
  }
}

const READ_ONLY = 8
const CANNOT_OPEN = 14
const NOT_A_DATABASE = 26

function toOpeningError(file: string, cause: unknown): Error {
  return new Error(toOpeningSentence(file, cause), { cause })
}

function toOpeningSentence(file: string, cause: unknown): string {
  const folder = dirname(file)
  switch (codeOf(cause)) {
    case 'EACCES':
    case 'EPERM':
      return `The folder ${folder} cannot be written to by this user.`
    case 'EROFS':
      return `The folder ${folder} is on a file system that is mounted read-only.`
    case 'ENOTDIR':
    case 'EEXIST':
      return `The path ${folder} is not a folder.`
  }
  switch (primaryCodeOf(cause)) {
    case READ_ONLY:
      return `The file ${file} cannot be written to by this user.`
    case CANNOT_OPEN:
      return `The file ${file}, or its log beside it, cannot be opened by this user.`
    case NOT_A_DATABASE:
      return `The file ${file} is not a SQLite database.`
  }
  return `The database file ${file} cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}.`
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** SQLite's primary result code (https://www.sqlite.org/rescode.html), or 0 for any other error. */
function primaryCodeOf(error: unknown): number {
  if (!(error instanceof Error && 'errcode' in error && typeof error.errcode === 'number')) return 0
  return error.errcode & 0xff
}

// Busy, locked, out of memory, read-only, interrupted, I/O error, corrupt, full, cannot open, locking
// protocol, not a database: the world around the statement failed, not the statement.
const OUTAGES: ReadonlySet<number> = new Set([5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 26])

/** True when an error says that the database could not answer, rather than that the statement was wrong. */
export const isOutage = (error: unknown): boolean => OUTAGES.has(primaryCodeOf(error))

type Kind = 'query' | 'change' | 'returning'

interface Prepared {
  readonly source: string
  readonly statement: StatementSync
  readonly kind: Kind
  readonly order: readonly number[] | null
  readonly count: number
}

const noRows: readonly Row[] = []

export class Connection {
  readonly #db: DatabaseSync
  readonly #prepared = new Map<string, Prepared>()
  readonly #controls = new Map<string, StatementSync>()
  #isWaiting = true

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  /** Runs one statement of a script. Throws SQLite's own error. */
  ask({ statement, values }: Ask): Answer {
    const prepared = this.#prepared.get(statement.name) ?? this.#prepare(statement)
    if (prepared.source !== statement.text || prepared.count !== values.length) {
      throw new TypeError(toMisuse(statement, values, prepared))
    }
    const { order } = prepared
    const bound = order === null ? values : order.map((index) => values[index] ?? null)
    if (prepared.kind === 'change') {
      return { rows: noRows, changes: Number(prepared.statement.run(...bound).changes) }
    }
    // The schema has no blobs, and an integer beyond 2^53 throws instead of arriving as a bigint.
    const rows = prepared.statement.all(...bound) as readonly Row[]
    return { rows, changes: prepared.kind === 'returning' ? rows.length : 0 }
  }

  /** Runs a transaction's own words (`begin`, `savepoint`, `commit`, …), kept prepared. */
  control(text: string): void {
    let statement = this.#controls.get(text)
    if (statement === undefined) {
      statement = this.#db.prepare(text)
      this.#controls.set(text, statement)
    }
    statement.run()
  }

  /**
   * Whether the next transaction's COMMIT waits until the disk has it, as it does unless it is told otherwise. The log is
   * one file in one order: what did not wait is on the disk with the first COMMIT after it that does
   * (https://www.sqlite.org/pragma.html#pragma_synchronous).
   */
  waitForDisk(isWaiting: boolean): void {
    if (isWaiting === this.#isWaiting) return
    this.run(`pragma synchronous = ${isWaiting ? 'full' : 'normal'}`)
    this.#isWaiting = isWaiting
  }

  /** Runs text that is used once and answers nothing: pragmas, migrations. */
  run(text: string): void {
    this.#db.exec(text)
  }

  /**
   * Calls `onChange` for each row of these tables that this connection inserts, updates or deletes, also where that is
   * undone again later. A table that is not there is passed over: a database without tables is refused elsewhere.
   */
  watch(tables: readonly string[], onChange: () => void): void {
    this.#db.function('note_change', () => {
      onChange()
      return null
    })
    for (const table of tables) {
      const [found] = this.query(`select name from sqlite_schema where type = 'table' and name = $1`, table)
      if (found === undefined) continue
      for (const event of ['insert', 'update', 'delete']) {
        // Temporary: it belongs to this connection, and stands in no schema that another program reads.
        this.run(`create temp trigger "${table} ${event}" after ${event} on main.${table} begin
          select note_change();
        end`)
      }
    }
  }

  /** Asks one question that is asked once. */
  query(text: string, ...values: readonly Value[]): readonly Row[] {
    return this.#db.prepare(toPositional(text).text).all(...values) as readonly Row[]
  }

  /** False again when SQLite has given up a whole transaction by itself, for want of disk or memory. */
  get isInTransaction(): boolean {
    return this.#db.isTransaction
  }

  /** Safe to call twice. */
  close(): void {
    if (this.#db.isOpen) this.#db.close()
  }

  #prepare(statement: Statement): Prepared {
    const { text, order, count } = toPositional(statement.text)
    const prepared = this.#db.prepare(text)
    const kept = { source: statement.text, statement: prepared, kind: kindOf(prepared, text), order, count }
    this.#prepared.set(statement.name, kept)
    return kept
  }
}

function kindOf(prepared: StatementSync, text: string): Kind {
  if (prepared.columns().length === 0) return 'change'
  return /\breturning\b/i.test(text) ? 'returning' : 'query'
}

function toMisuse(statement: Statement, values: readonly Value[], prepared: Prepared): string {
  if (prepared.source !== statement.text) return `Two different statements are named ${statement.name}.`
  return `The statement ${statement.name} takes ${prepared.count} values and was given ${values.length}.`
}
