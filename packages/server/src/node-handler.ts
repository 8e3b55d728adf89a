/** The authority behind Node's own `http`, and behind the frameworks that stand on it: Express, Fastify and others. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Countersign } from './create.ts'

export interface NodeHandlerOptions {
  /**
   * Puts quicker `Request` and `Response` classes in place of the global ones, which makes a warm answer three
   * times as fast. For a process of our own: an app that embeds us keeps its globals.
   */
  readonly replaceGlobals?: boolean
}

export type NodeHandler = (req: IncomingMessage, res: ServerResponse) => void

/**
 * Makes a handler for `createServer`, or for a route of a framework. It reads the client's address and the
 * headers from the socket itself, and the body from the request: mount it before anything that parses bodies,
 * under the full path (`req.url` must still begin with `/v1`, `/oauth` or `/.well-known`).
 */
export function toNodeHandler(
  countersign: Pick<Countersign, 'fetch'>,
  options: NodeHandlerOptions = {},
): NodeHandler {
  const listener = getRequestListener(
    (request, { incoming }) => {
      const { socket, headers } = incoming
      const connection = { remoteAddress: socket.remoteAddress, encrypted: 'encrypted' in socket, headers }
      return countersign.fetch(request, connection)
    },
    { overrideGlobalObjects: options.replaceGlobals === true },
  )
  return (req, res) => void listener(req, res)
}
