/**
 * Connections to Postgres: how each session is set up and bounded, and how one statement is asked. The driver
 * is loaded here and only when a pool is opened, so that those who run on SQLite never pay for it.
 */
import { Overloaded, StoreUnavailable } from '@countersign/core/records'
import type { ClientBase, CustomTypesConfig, Pool, PoolClient, PoolConfig } from 'pg'
import { postgresParsers } from '../dialect.ts'
import type { Answer, Ask, Row, Value } from '../script.ts'
import { toUnavailable } from './errors.ts'

export interface PostgresSettings {
  /** `postgres://user:password@host/database`, with the options that libpq knows. */
  readonly url: string
  /** Connections held at most; 10 by default. */
  readonly poolMax?: number
  /** How many calls may wait for a connection before the next one is refused; 10,000 by default. */
  readonly waitingMax?: number
  /** How long to wait for a connection, new or free; 5,000 by default. */
  readonly connectMsMax?: number
  /** How long one statement may take; 5,000 by default. */
  readonly statementMsMax?: number
}

const POOL_MAX = 10
const WAITING_MAX = 10_000
const CONNECT_MS_MAX = 5_000
const STATEMENT_MS_MAX = 5_000
/** How much longer than the database's own limit the driver waits before it gives the connection up. */
const NETWORK_MS = 1_000
/** Signing in again costs several round trips. */
const IDLE_MS_MAX = 60_000
const RETRY_AFTER_SECONDS = 1

export interface Connections {
  /** A connection to the primary. Throws `Overloaded` or `StoreUnavailable`. Must be released. */
  take(): Promise<PoolClient>
  /** Sends one statement of a script. Rejects with the driver's error. */
  ask(client: ClientBase, question: Ask): Promise<Answer>
  /** Waits for nobody: call it when every connection has been released. */
  close(): Promise<void>
}

/** Opens the pool. It connects when it is first needed. */
export async function openConnections(settings: PostgresSettings): Promise<Connections> {
  const { default: pg } = await import('pg')
  const waitingMax = settings.waitingMax ?? WAITING_MAX
  const types = { getTypeParser: toTypeParser(pg.types.getTypeParser) }
  const pool: Pool = new pg.Pool(toPoolConfig(settings, types))
  // An idle connection that breaks leaves the pool by itself; the next call opens another. The event has to
  // be listened to all the same: without a listener it would end the process.
  pool.on('error', ignore)
  const texts = new Map<string, string>()
  return {
    async take(): Promise<PoolClient> {
      if (pool.waitingCount >= waitingMax) throw new Overloaded(RETRY_AFTER_SECONDS)
      try {
        return await pool.connect()
      } catch (error) {
        throw error instanceof StoreUnavailable ? error : toUnavailable(error)
      }
    },
    async ask(client, { statement: { name, text }, values }): Promise<Answer> {
      const known = texts.get(name)
      // The driver looks at this for each connection alone, and so would only sometimes.
      if (known === undefined) texts.set(name, text)
      else if (known !== text) throw new TypeError(`Two different statements are named ${name}.`)
      const result = await client.query<Row, Value[]>({ name, text, values: [...values] })
      const isQuery = result.command === 'SELECT'
      return { rows: result.rows, changes: isQuery ? 0 : (result.rowCount ?? 0) }
    },
    close: () => pool.end(),
  }
}

const ignore = (): void => {}

function toPoolConfig(settings: PostgresSettings, types: CustomTypesConfig): PoolConfig {
  const statementMsMax = settings.statementMsMax ?? STATEMENT_MS_MAX
  return {
    connectionString: settings.url,
    max: settings.poolMax ?? POOL_MAX,
    connectionTimeoutMillis: settings.connectMsMax ?? CONNECT_MS_MAX,
    idleTimeoutMillis: IDLE_MS_MAX,
    statement_timeout: statementMsMax,
    // A process that stops in the middle of a transaction would otherwise hold the log's lock for ever.
    idle_in_transaction_session_timeout: statementMsMax,
    query_timeout: statementMsMax + NETWORK_MS,
    keepAlive: true,
    application_name: 'countersign',
    // Statements are sent without waiting for the answers to those before them.
    pipeline: true,
    types,
    onConnect: prepareSession,
  }
}

/**
 * An acknowledged COMMIT must be on the disk, whatever the database's default is; `remote_apply` promises more
 * and is left alone. A standby is refused: it answers with a past in which a revocation has not happened yet.
 */
const SESSION = `
  select pg_is_in_recovery() as is_standby,
    set_config('synchronous_commit', case current_setting('synchronous_commit')
      when 'remote_apply' then 'remote_apply' else 'on' end, false)`

async function prepareSession(client: ClientBase): Promise<void> {
  // A connection that breaks while it is lent out fails its statements and emits an event besides.
  client.on('error', ignore)
  const { rows } = await client.query(SESSION)
  if (rows[0]?.is_standby !== 0) throw new StoreUnavailable('The database server is a standby.')
}

type TypeParser = CustomTypesConfig['getTypeParser']

/** The driver's own parsers, but ours for the types where both databases have to answer alike. */
const toTypeParser =
  (standard: TypeParser): TypeParser =>
  (type, format) =>
    (format === 'binary' ? undefined : postgresParsers.get(type)) ?? standard(type, format)
