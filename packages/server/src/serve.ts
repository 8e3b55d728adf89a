/** The server: `node:http` around the authority's `fetch`, and nothing that an embedding app would miss. */
import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Config } from './config.ts'
import { type Authority, createAuthority } from './create.ts'
import { StartError } from './start-error.ts'

export interface RunningServer {
  /** Where it listens, as a person would type it. */
  readonly url: string
  readonly dataFolder: string
  readonly setupLink: string | null
  /** Takes no new connections, lets what is under way finish, then closes the authority. */
  close(): Promise<void>
}

const HEADER_BYTES_MAX = 16_384
const REQUEST_TIMEOUT_MS = 30_000
const HEADERS_TIMEOUT_MS = 10_000
/** Longer than the idle time of common balancers, so that they close first. */
const KEEP_ALIVE_MS = 65_000
/** What still runs after this is cut off. */
const DRAIN_MS = 10_000

/** Starts the authority and listens. Throws `StartError` with one sentence where something is in the way. */
export async function serve(config: Config): Promise<RunningServer> {
  const authority = await createAuthority(config)
  const servers: Server[] = []
  try {
    for (const host of hostsOf(config.host)) {
      const server = createHttpServer(authority)
      const listening = await listen(server, config.port, host, servers.length > 0)
      if (listening) servers.push(server)
    }
  } catch (error) {
    await Promise.all(servers.map(drain))
    await authority.close()
    throw error
  }
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${config.port}`,
    dataFolder: config.dataFolder,
    setupLink: authority.setupLink,
    close: async () => {
      await Promise.all(servers.map(drain))
      await authority.close()
    },
  }
}

/** `localhost` is both loopback addresses: clients try either first, and one that finds nobody gives up. */
const hostsOf = (host: string): readonly string[] => (host === 'localhost' ? ['127.0.0.1', '::1'] : [host])

function createHttpServer(authority: Authority): Server {
  const listener = getRequestListener(
    (request, env) => {
      const { incoming } = env
      const socket = incoming.socket
      const connection = {
        remoteAddress: socket.remoteAddress,
        encrypted: 'encrypted' in socket,
        headers: incoming.headers,
      }
      return authority.fetch(request, connection)
    },
    { overrideGlobalObjects: false },
  )
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: HEADERS_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // A header that stands twice must be seen twice, not silently halved: `Authorization` above all.
      joinDuplicateHeaders: true,
    },
    (req, res) => void listener(req, res),
  )
  return server
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

async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
  await closed
  clearTimeout(timer)
}
