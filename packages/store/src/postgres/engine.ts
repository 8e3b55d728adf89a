/**
 * Postgres: scripts run step by step on this thread, reads in a snapshot, writes in a transaction that is
 * committed before anybody is answered. Everything goes to the primary.
 *
 * Positions of the log become visible in their order because the row that counts them stays locked until its
 * transaction is visible. The engine relies on that alone: it never starts a transaction's answer early, and
 * it never repeats a transaction whose COMMIT was sent.
 */
import { setTimeout } from 'node:timers/promises'
import { StoreUnavailable } from '@countersign/core/records'
import type { PoolClient } from 'pg'
import type { Engine, InputOf, OutputOf, Transactions } from '../engine.ts'
import { type Answer, type Ask, Rollback, type Script } from '../script.ts'
import { Conflict, isAnswer, toStoreError } from './errors.ts'
import { type Connections, openConnections, type PostgresSettings } from './pool.ts'

export type { PostgresSettings } from './pool.ts'

/** How often a transaction that collided with others is tried in all. */
const ATTEMPTS_MAX = 8
/** The first pause before trying again is up to twice as long; each one after it up to twice the one before. */
const PAUSE_MS = 5

const BEGIN_READ = 'begin isolation level repeatable read read only'
/** Flushed with the next transaction that waits for it, which has a later place in the one log. */
const RELAX = 'set local synchronous_commit = off'
const BEGIN_WRITE = 'begin isolation level read committed read write'

/**
 * Opens a pool. It connects when it is first needed: `ping` tells whether the database is there.
 *
 * @param relaxed The transactions that a crash of the database may undo, until another one has been committed after them.
 */
export async function openPostgresEngine<T extends Transactions>(
  settings: PostgresSettings,
  transactions: T,
  relaxed: readonly (keyof T & string)[] = [],
): Promise<Engine<T>> {
  return new PostgresEngine(await openConnections(settings), transactions, new Set(relaxed))
}

class PostgresEngine<T extends Transactions> implements Engine<T> {
  readonly #connections: Connections
  readonly #transactions: T
  readonly #relaxed: ReadonlySet<string>
  /** Statements that have been the first of several in a script. */
  readonly #firstOfSeveral = new Set<string>()
  readonly #running = new Set<Promise<unknown>>()
  #closing: Promise<void> | null = null

  constructor(connections: Connections, transactions: T, relaxed: ReadonlySet<string>) {
    this.#connections = connections
    this.#transactions = transactions
    this.#relaxed = relaxed
  }

  read<R>(script: () => Script<R>): Promise<R> {
    return this.#track(() => retry(() => this.#read(script)))
  }

  /** Other nodes write as well, and only the database knows what. */
  recall<R>(_: string, script: () => Script<R>): Promise<R> {
    return this.read(script)
  }

  write<N extends keyof T & string>(name: N, input: InputOf<T, N>): Promise<OutputOf<T, N>> {
    return this.#track(async () => {
      const transaction = Object.hasOwn(this.#transactions, name) ? this.#transactions[name] : undefined
      if (transaction === undefined) throw new TypeError(`There is no transaction named ${name}.`)
      // The types of the registry join name, input and output; inside, they are not told apart.
      return (await retry(() =>
        this.#write(() => transaction(input as never), this.#relaxed.has(name)),
      )) as OutputOf<T, N>
    })
  }

  async ping(): Promise<void> {
    await this.read(function* () {
      yield { statement: { name: 'ping', text: 'select 1 as answer' }, values: [] }
    })
  }

  close(): Promise<void> {
    this.#closing ??= Promise.allSettled(this.#running).then(() => this.#connections.close())
    return this.#closing
  }

  /** Counts a call as accepted, so that closing waits for it. */
  #track<R>(call: () => Promise<R>): Promise<R> {
    if (this.#closing !== null) return Promise.reject(new StoreUnavailable('The store is closed.'))
    const running = call()
    this.#running.add(running)
    const forget = (): boolean => this.#running.delete(running)
    running.then(forget, forget)
    return running
  }

  /**
   * One statement is its own snapshot and needs no transaction. Whether there will be a second one is only
   * known after the first: then the script, which is pure, starts again inside a transaction, and the next
   * one that begins with the same statement starts there.
   */
  async #read<R>(script: () => Script<R>): Promise<R> {
    const steps = script()
    const first = steps.next()
    if (first.done) return first.value
    const { name } = first.value.statement
    if (!this.#firstOfSeveral.has(name)) {
      const second = steps.next(await this.#askAlone(first.value))
      if (second.done) return second.value
      this.#firstOfSeveral.add(name)
    }
    return this.#readSnapshot(script)
  }

  async #askAlone(question: Ask): Promise<Answer> {
    const session = await this.#open()
    try {
      return await session.ask(question)
    } finally {
      session.release()
    }
  }

  async #readSnapshot<R>(script: () => Script<R>): Promise<R> {
    const session = await this.#open()
    try {
      // Sent together with the first statement; should it fail, so does the connection's transaction.
      const begun = session.say(BEGIN_READ)
      begun.catch(() => {})
      const value = await session.run(script())
      await begun
      return value
    } finally {
      // Nothing hangs on how a snapshot ends: the answer is on its way, and the connection follows.
      session.say('commit').then(session.release, session.release)
    }
  }

  async #write(script: () => Script<unknown>, isRelaxed: boolean): Promise<unknown> {
    const session = await this.#open()
    try {
      await session.say(BEGIN_WRITE)
      if (isRelaxed) await session.say(RELAX)
      const value = await session.run(script())
      await session.commit()
      return value
    } catch (error) {
      // Where this fails the connection is closed instead, which rolls back as well.
      await session.say('rollback').catch(() => {})
      if (error instanceof Rollback) return error.answer
      throw error
    } finally {
      session.release()
    }
  }

  async #open(): Promise<Session> {
    return new Session(this.#connections, await this.#connections.take())
  }
}

/** Tries again what the database gave up for others' sake. Nothing of such an attempt is left. */
async function retry<R>(attempt: () => Promise<R>): Promise<R> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      if (attempts === ATTEMPTS_MAX) throw new StoreUnavailable(error.message, { cause: error.cause })
      // Those who collided would otherwise collide again; chance takes them apart.
      await setTimeout(Math.random() * PAUSE_MS * 2 ** attempts)
    }
  }
}

/** One connection while it is lent out. It is given back, or closed when it can no longer be trusted. */
class Session {
  readonly #connections: Connections
  readonly #client: PoolClient
  #isBroken = false

  constructor(connections: Connections, client: PoolClient) {
    this.#connections = connections
    this.#client = client
  }

  readonly release = (): void => this.#client.release(this.#isBroken)

  ask(question: Ask): Promise<Answer> {
    return this.#connections.ask(this.#client, question).catch((error) => this.#refuse(error))
  }

  /** Runs a script to its end, statement by statement. */
  async run<R>(script: Script<R>): Promise<R> {
    let step = script.next()
    while (!step.done) step = script.next(await this.ask(step.value))
    return step.value
  }

  /** Sends a transaction's own words; resolves to what the database says that it did. */
  async say(words: string): Promise<string> {
    const result = await this.#client.query(words).catch((error) => this.#refuse(error))
    return result.command
  }

  /** When the connection is lost here, nobody knows the outcome; it is reported as an outage, never repeated. */
  async commit(): Promise<void> {
    const done = await this.say('commit')
    // To a transaction that has failed before, Postgres answers COMMIT with ROLLBACK and no error.
    if (done !== 'COMMIT') throw new Error(`The database answered COMMIT with ${done}.`)
  }

  #refuse(error: unknown): never {
    if (!isAnswer(error)) this.#isBroken = true
    throw toStoreError(error)
  }
}
