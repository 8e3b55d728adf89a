/** The authority as one `fetch` handler: what apps embed, and what the server is a thin shell around. */

import { type Clock, offerSetup } from '@countersign/core'
import { openDataLock } from '@countersign/store'
import { startChores } from './chores.ts'
import { type Composed, compose } from './compose.ts'
import type { Config } from './config.ts'
import { createApp } from './http/app.ts'
import type { Connection } from './http/exchange.ts'
import { routes } from './routes/table.ts'
import { StartError } from './start-error.ts'

export interface Countersign {
  /**
   * Answers a request. `connection` says who holds the other end of the socket; without it the request is
   * taken as it is, the client address is unknown, and limits by address fall together.
   */
  fetch(request: Request, connection?: Connection): Promise<Response>
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
  const lock = lockData(config)
  try {
    const composed = await compose(config, clock)
    return await start(config, composed, () => lock?.close())
  } catch (error) {
    lock?.close()
    throw error
  }
}

/** Two servers on one embedded database would each believe to be the only one. */
function lockData(config: Config): { close(): void } | null {
  if (config.database.kind !== 'sqlite') return null
  try {
    return openDataLock(config.dataFolder)
  } catch (cause) {
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
  let closing: Promise<void> | null = null
  const close = async (): Promise<void> => {
    composed.beginStopping()
    await chores.stop()
    await composed.close()
    unlock()
  }
  return {
    config,
    // The fragment never leaves the browser: no server and no proxy writes it into a log.
    setupLink: ticket === null ? null : `${config.issuer}/setup#${ticket.reveal()}`,
    fetch: async (request, connection = {}) => app(request, connection),
    beginStopping: () => composed.beginStopping(),
    close: () => {
      closing ??= close()
      return closing
    },
  }
}
