/**
 * The embedded database: reads on this thread, writes on the writer's. One file in write-ahead mode, in which
 * readers and the writer never wait for each other.
 */
import { StoreUnavailable } from '@countersign/core/records'
import type { Engine, InputOf, OutputOf, Transactions } from '../engine.ts'
import type { Script } from '../script.ts'
import { type Connection, isOutage, openReadingConnection } from './connection.ts'
import { runScript } from './group.ts'
import { createMemory, type Memory } from './memory.ts'
import { openWriter, type Writer } from './writer.ts'

export interface SqliteSettings {
  /** Path of the database file. Its folder is made when it is missing. */
  readonly file: string
  /** The module that exports the registry as `transactions`; the writer's thread imports it. */
  readonly transactionsModule: URL
  /** How many writes may wait for their COMMIT; 10,000 by default. */
  readonly waitingMax?: number
  /** How many writes share a COMMIT at most; 256 by default. */
  readonly groupMax?: number
  /** How long those who run first in a group may hold its COMMIT back; 20 by default. */
  readonly groupMsMax?: number
  /** The tables that `recall` may remember answers from; none by default. */
  readonly recalled?: readonly string[]
  /** The transactions that a loss of power may undo, until another one has been committed after them; none by default. */
  readonly relaxed?: readonly string[]
}

const WAITING_MAX = 10_000
const GROUP_MAX = 256
const GROUP_MS_MAX = 20

/** Opens the file and starts the writer. Throws with one sentence that names the file when it cannot. */
export async function openSqliteEngine<T extends Transactions>(settings: SqliteSettings): Promise<Engine<T>> {
  const { file, transactionsModule, waitingMax = WAITING_MAX } = settings
  const { groupMax = GROUP_MAX, groupMsMax = GROUP_MS_MAX, recalled = [], relaxed = [] } = settings
  const limits = { requestsMax: groupMax, durationMsMax: groupMsMax }
  const memory = createMemory(recalled)
  const parts = { file, transactionsModule: transactionsModule.href, limits, watched: recalled, relaxed }
  const writer = await openWriter(parts, waitingMax, memory.forget)
  try {
    // After the writer, which makes the file.
    return new SqliteEngine(openReadingConnection(file), writer, memory)
  } catch (error) {
    await writer.close()
    throw error
  }
}

class SqliteEngine<T extends Transactions> implements Engine<T> {
  readonly #connection: Connection
  readonly #writer: Writer
  /** Statements that have been the first of several in a script. */
  readonly #firstOfSeveral = new Set<string>()
  readonly #memory: Memory
  #isClosed = false

  constructor(connection: Connection, writer: Writer, memory: Memory) {
    this.#connection = connection
    this.#writer = writer
    this.#memory = memory
  }

  async read<R>(script: () => Script<R>): Promise<R> {
    if (this.#isClosed) throw new StoreUnavailable('The store is closed.')
    try {
      return this.#readNow(script)
    } catch (error) {
      if (isOutage(error)) throw new StoreUnavailable('The database cannot be read.', { cause: error })
      throw error
    }
  }

  recall<R>(key: string, script: () => Script<R>): Promise<R> {
    const known = this.#isClosed ? undefined : this.#memory.find<R>(key)
    return (
      known ??
      this.#memory.keep(
        key,
        this.read(() => this.#memory.guard(script())),
      )
    )
  }

  async write<N extends keyof T & string>(name: N, input: InputOf<T, N>): Promise<OutputOf<T, N>> {
    // The thread runs the transaction of that name, whose type says what comes back.
    return (await this.#writer.write(name, input)) as OutputOf<T, N>
  }

  async ping(): Promise<void> {
    await this.read(function* () {
      yield { statement: { name: 'ping', text: 'select count(*) as tables from sqlite_schema' }, values: [] }
    })
    await this.#writer.ping()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#connection.close()
    await this.#writer.close()
  }

  /**
   * One statement is its own snapshot and needs no transaction. Whether there will be a second one is only
   * known after the first: then the script, which is pure, starts again inside a transaction, and the next
   * one that begins with the same statement starts there.
   */
  #readNow<R>(script: () => Script<R>): R {
    const steps = script()
    const first = steps.next()
    if (first.done) return first.value
    const { name } = first.value.statement
    if (!this.#firstOfSeveral.has(name)) {
      const second = steps.next(this.#connection.ask(first.value))
      if (second.done) return second.value
      this.#firstOfSeveral.add(name)
    }
    this.#connection.control('begin')
    try {
      return runScript(this.#connection, script())
    } finally {
      // SQLite ends the transaction by itself on some errors.
      if (this.#connection.isInTransaction) this.#connection.control('rollback')
    }
  }
}
