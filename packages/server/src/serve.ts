/** The server: `node:http` or `node:https` around the authority's `fetch`, and nothing that an embedding app would miss. */
import type { Server } from 'node:http'
import { systemClock } from './adapters/clock.ts'
import { createLogger } from './adapters/logger.ts'
import type { Config } from './config.ts'
import { type Authority, createAuthority } from './create.ts'
import { type Listeners, openTlsListeners, plainListeners } from './listen.ts'
import { toNodeHandler } from './node-handler.ts'
import { StartError } from './start-error.ts'

export interface RunningServer {
  /** Where it listens, as a person would type it. */
  readonly url: string
  readonly dataFolder: string
  readonly setupLink: string | null
  /** Takes no new connections, lets what is under way finish, then closes the authority. */
  close(): Promise<void>
}

/** How long the other end of a connection may take, in milliseconds. */
export interface ServerTimes {
  /** From the opening of a connection, or the end of the request before, to the end of the headers. */
  readonly headersMs: number
  /** The same to the end of the body. */
  readonly requestMs: number
  /** How often these two are looked at, and so how late they may be. */
  readonly checkMs: number
  /** What still runs this long after the stop is cut off. */
  readonly drainMs: number
  /** How often the files of our own TLS are looked at. */
  readonly certificateMs: number
}

const TIMES: ServerTimes = {
  headersMs: 10_000,
  requestMs: 30_000,
  checkMs: 2_000,
  drainMs: 10_000,
  certificateMs: 10_000,
}
const HEADER_BYTES_MAX = 16_384
/** Longer than the idle time of common balancers, so that they close first. */
const KEEP_ALIVE_MS = 65_000
/** How often connections that have become idle are closed while the server stops. */
const IDLE_CHECK_MS = 20

/** Starts the authority and listens. Throws `StartError` with one sentence where something is in the way. */
export async function serve(config: Config, times: Partial<ServerTimes> = {}): Promise<RunningServer> {
  // Before anything is opened: a certificate that cannot be used is the cheaper thing to find out.
  const listeners = await openListeners(config, times.certificateMs)
  const authority = await createAuthority(config).catch((error: unknown) => {
    listeners.close()
    throw error
  })
  const doors: Door[] = []
  try {
    let { port } = config
    for (const host of hostsOf(config.host)) {
      const door = createDoor(authority, listeners, { ...TIMES, ...times })
      if (!(await listen(door.server, port, host, doors.length > 0))) continue
      doors.push(door)
      // Port 0 is any free one: the second address then takes the one that the first was given.
      port = portOf(door.server)
    }
    return toRunningServer(config, port, authority, doors, listeners)
  } catch (error) {
    listeners.close()
    await Promise.all(doors.map((door) => door.close()))
    await authority.close()
    throw error
  }
}

function toRunningServer(
  config: Config,
  port: number,
  authority: Authority,
  doors: readonly Door[],
  listeners: Listeners,
): RunningServer {
  const scheme = config.tlsCert === null ? 'http' : 'https'
  return {
    url: `${scheme}://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    dataFolder: config.dataFolder,
    setupLink: authority.setupLink,
    close: async () => {
      authority.beginStopping()
      listeners.close()
      await Promise.all(doors.map((door) => door.close()))
      await authority.close()
    },
  }
}

async function openListeners(
  { tlsCert, tlsKey, logLevel }: Config,
  lookMs = TIMES.certificateMs,
): Promise<Listeners> {
  if (tlsCert === null || tlsKey === null) return plainListeners
  const files = { certFile: tlsCert, keyFile: tlsKey }
  return openTlsListeners(files, {
    logger: createLogger({ level: logLevel }),
    nowMs: systemClock.nowMs,
    lookMs,
  })
}

/** `localhost` is both loopback addresses: clients try either first, and one that finds nobody gives up. */
const hostsOf = (host: string): readonly string[] => (host === 'localhost' ? ['127.0.0.1', '::1'] : [host])

/** One listening server, and how it is closed. */
interface Door {
  readonly server: Server
  /** Resolves when the last connection is closed. */
  close(): Promise<void>
}

function createDoor(authority: Authority, listeners: Listeners, times: ServerTimes): Door {
  const handle = toNodeHandler(authority)
  let closing = false
  const server = listeners.create(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      requestTimeout: times.requestMs,
      headersTimeout: times.headersMs,
      connectionsCheckingInterval: times.checkMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // A header that stands twice must be seen twice, not silently halved: `Authorization` above all.
      joinDuplicateHeaders: true,
    },
    (req, res) => {
      if (closing) res.shouldKeepAlive = false
      handle(req, res)
    },
  )
  return {
    server,
    close: () => {
      closing = true
      return drain(server, times.drainMs)
    },
  }
}

/** Resolves to false where a second address does not exist on this machine (IPv6 switched off). */
function listen(server: Server, port: number, host: string, optional: boolean): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (optional && error.code !== 'EADDRINUSE') resolve(false)
      else reject(new StartError(explain(error, port, host), { cause: error }))
    })
    server.listen(port, host, () => resolve(true))
  })
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A listening server has no port.')
  return address.port
}

function explain(error: NodeJS.ErrnoException, port: number, host: string): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken: another program listens there. Stop it, or choose another with COUNTERSIGN_PORT.`
    case 'EACCES':
      return `Port ${port} may not be used by this user; choose one above 1023 with COUNTERSIGN_PORT.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `The host ${host} is not an address of this machine; see COUNTERSIGN_HOST.`
    default:
      return `The server cannot listen on ${host}, port ${port}: ${error.message}.`
  }
}

async function drain(server: Server, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // A connection that was busy when the server closed is kept alive by Node after its answer, for as long as its
  // client likes.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS)
  const cut = setTimeout(() => server.closeAllConnections(), drainMs)
  await closed
  clearInterval(idle)
  clearTimeout(cut)
}
