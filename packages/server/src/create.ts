/** The authority as one `fetch` handler: what apps embed, and what the server is a thin shell around. */

import { dirname } from 'node:path'
import { type Clock, offerSetup, StoreUnavailable } from '@countersign/core'
import { type DataLock, openDataLock } from '@countersign/store'
import { startChores } from './chores.ts'
import { type Composed, compose } from './compose.ts'
import type { Config } from './config.ts'
import { createApp } from './http/app.ts'
import type { Connection, Incoming } from './http/exchange.ts'
import { toFetch } from './http/from-request.ts'
import type { Reply } from './http/reply.ts'
import { routes } from './routes/table.ts'
import { StartError } from './start-error.ts'
import { createUnderWay } from './under-way.ts'

/** How long requests that are under way may take to end after the stop. */
const FINISH_MS_MAX = 10_000

export interface Countersign {
  /**
   * Answers a request, at once where nothing has to be read for it. `connection` says who holds the other end of the socket; without it the request is
   * taken as it is, the client address is unknown, and limits by address fall together.
   */
  fetch(request: Request, connection?: Connection): Response | Promise<Response>
  /** The same for adapters, which `toNodeHandler` is one of: without the platform's objects. Never rejects. */
  answer(incoming: Incoming): Reply | Promise<Reply>
  /** Finishes what is under way, writes what is held in memory, closes the database. */
  close(): Promise<void>
}

export interface Authority extends Countersign {
  readonly config: Config
  /** The single-use link for the first administrator; null once there is one. */
  readonly setupLink: string | null
  /** From now on every request is answered 503, so that balancers look elsewhere. */
  beginStopping(): void
}

/** Opens an authority. Throws `StartError` with one sentence where something is in the way. */
export async function createAuthority(config: Config, clock?: Clock): Promise<Authority> {
  const unlock = lockData(config)
  try {
    const composed = await compose(config, clock)
    try {
      return await start(config, composed, unlock)
    } catch (error) {
      await composed.close()
      throw error
    }
  } catch (cause) {
    unlock()
    if (!(cause instanceof StoreUnavailable)) throw cause
    throw new StartError('The database has stopped answering while the server was starting.', { cause })
  }
}

/**
 * Two servers on one embedded database would each believe to be the only one. The folder of the database is
 * taken besides the data folder, since two servers may name one file and have different data folders.
 */
function lockData(config: Config): () => void {
  const { dataFolder, database } = config
  if (database.kind !== 'sqlite') return () => {}
  const locks: DataLock[] = []
  const unlock = (): void => {
    for (const lock of locks) lock.close()
  }
  try {
    for (const folder of new Set([dataFolder, dirname(database.file)])) locks.push(openDataLock(folder))
    return unlock
  } catch (cause) {
    unlock()
    throw new StartError(cause instanceof Error ? cause.message : 'The data folder cannot be locked.', {
      cause,
    })
  }
}

async function start(config: Config, composed: Composed, unlock: () => void): Promise<Authority> {
  const { services } = composed
  const ticket = await offerSetup(services.core, services.core.clock.nowMs())
  const app = createApp(services, routes)
  const chores = startChores(services)
  const underWay = createUnderWay()
  const answer = (incoming: Incoming): Reply | Promise<Reply> => underWay.track(app(incoming))
  let closing: Promise<void> | null = null
  const close = async (): Promise<void> => {
    composed.beginStopping()
    await underWay.finish(FINISH_MS_MAX)
    // A database that is away must not keep what else is held: its connections, and the lock on the folder.
    try {
      await chores.stop()
    } finally {
      await composed.close().finally(unlock)
    }
  }
  return {
    config,
    // The fragment never leaves the browser: no server and no proxy writes it into a log.
    setupLink: ticket === null ? null : `${config.issuer}/setup#${ticket.reveal()}`,
    fetch: toFetch(answer),
    answer,
    beginStopping: () => composed.beginStopping(),
    close: () => {
      closing ??= close()
      return closing
    },
  }
}
