/**
 * The bus between nodes by LISTEN and NOTIFY, on a connection of its own. Postgres delivers notifications in the
 * order of their commits, which is all that the nodes rely on; whatever is said while nobody listens is lost.
 */
import { setTimeout } from 'node:timers/promises'
import type { Bus, BusListener } from '@countersign/core'
import { StoreUnavailable } from '@countersign/core/records'
import type { Client } from 'pg'
import type { Statement } from '../script.ts'
import type { PostgresSettings } from './pool.ts'

/** Every text of one call in one transaction, in order. */
export const notifyAll: Statement = {
  name: 'notify_all',
  text: `select pg_notify('countersign', value) as notified from json_array_elements_text($1::json)`,
}

const LISTEN = 'listen countersign'
/** What is said here outlives nobody who could hear it: it need not wait for the disk. */
const SESSION = 'set synchronous_commit = off'
/** A connection on which nothing is answered for so long is given up; reports come several times a second. */
const ANSWER_MS_MAX = 1_000
const CONNECT_MS_MAX = 5_000
/** The first pause before connecting again is up to this long; each one after it up to twice the one before. */
const PAUSE_MS = 100
const PAUSE_MS_MAX = 5_000

export interface PostgresBusSettings extends Pick<PostgresSettings, 'url' | 'connectMsMax'> {
  /** Says the same on some other connection, while this one is not there. */
  readonly notify: (texts: readonly string[]) => Promise<unknown>
}

/** Opens nothing before somebody listens. */
export function createPostgresBus(settings: PostgresBusSettings): Bus {
  return new PostgresBus(settings)
}

class PostgresBus implements Bus {
  readonly #settings: PostgresBusSettings
  #listener: BusListener | null = null
  /** Null while it is not listening. */
  #client: Client | null = null
  #attempts = 0
  readonly #pause = new AbortController()
  #closed = false

  constructor(settings: PostgresBusSettings) {
    this.#settings = settings
  }

  async publish(texts: readonly string[]): Promise<void> {
    if (this.#closed) throw new StoreUnavailable('The bus is closed.')
    const client = this.#client
    if (client === null) {
      await this.#settings.notify(texts)
      return
    }
    try {
      await client.query({ ...notifyAll, values: [JSON.stringify(texts)] })
    } catch (cause) {
      this.#lose(client)
      throw new StoreUnavailable('The connection to the other nodes broke.', { cause })
    }
  }

  listen(listener: BusListener): void {
    this.#listener = listener
    void this.#connect()
  }

  /** Rejects never: what fails is tried again. */
  async #connect(): Promise<void> {
    const { default: pg } = await import('pg')
    const client = new pg.Client({
      connectionString: this.#settings.url,
      connectionTimeoutMillis: this.#settings.connectMsMax ?? CONNECT_MS_MAX,
      query_timeout: ANSWER_MS_MAX,
      keepAlive: true,
      application_name: 'countersign bus',
    })
    client.on('error', () => this.#lose(client))
    client.on('end', () => this.#lose(client))
    client.on('notification', ({ payload }) => {
      if (this.#client === client && payload !== undefined) this.#listener?.onMessage(payload)
    })
    try {
      await client.connect()
      await client.query(SESSION)
      await client.query(LISTEN)
    } catch {
      // The store itself tells the operator when the database is away.
      void drop(client)
      this.#connectLater()
      return
    }
    if (this.#closed) return drop(client)
    this.#client = client
    this.#attempts = 0
    this.#listener?.onListening()
  }

  #lose(client: Client): void {
    if (this.#client !== client) return
    this.#client = null
    void drop(client)
    this.#listener?.onLost()
    this.#connectLater()
  }

  /** Nodes that lost the database together must not all come back in one moment. */
  #connectLater(): void {
    if (this.#closed) return
    const pauseMs = Math.min(PAUSE_MS * 2 ** this.#attempts, PAUSE_MS_MAX) * Math.random()
    this.#attempts += 1
    const isOver = setTimeout(pauseMs, true, { ref: false, signal: this.#pause.signal })
    isOver.then(
      () => this.#connect(),
      () => undefined,
    )
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#pause.abort()
    const client = this.#client
    this.#client = null
    // A line that has gone silent never tells that the connection has ended.
    if (client !== null) await Promise.race([drop(client), setTimeout(ANSWER_MS_MAX, null, { ref: false })])
  }
}

async function drop(client: Client): Promise<void> {
  await client.end().catch(() => undefined)
}
