/** The authority behind Node's own `http`, and behind the frameworks that stand on it: Express, Fastify and others. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Writable } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import type { Countersign } from './create.ts'
import type { Leaving } from './feed/ports.ts'
import type { Connection } from './http/exchange.ts'

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
    (request, { incoming, outgoing }) => {
      const { socket } = incoming
      const headers = headersOf(incoming)
      const connection = {
        remoteAddress: socket.remoteAddress,
        encrypted: 'encrypted' in socket,
        isLengthHeld: true,
        headers,
        leaving: () => toLeaving(outgoing),
      }
      return countersign.fetch(request, connection)
    },
    { overrideGlobalObjects: options.replaceGlobals === true },
  )
  return (req, res) => void listener(req, res)
}

/** An answer that is closed before it was written is one that nobody reads. */
function toLeaving(outgoing: Writable): Leaving {
  return {
    get aborted() {
      return outgoing.destroyed
    },
    addEventListener: (_, run) => void outgoing.once('close', run),
    removeEventListener: (_, run) => void outgoing.off('close', run),
  }
}

type ParsedHeaders = NonNullable<Connection['headers']>

const AUTHORIZATION = 'authorization'

/**
 * Unless told otherwise, a Node server drops a second `Authorization` in silence, and somebody in front of it may
 * have looked at that one. Together they are no credential, and are refused.
 */
function headersOf({ headers, rawHeaders }: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): ParsedHeaders {
  let first: string | null = null
  let all: string | null = null
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]
    // Compared by length first: this runs for every header of every request.
    if (name?.length !== AUTHORIZATION.length || name.toLowerCase() !== AUTHORIZATION) continue
    const value = rawHeaders[at + 1] ?? ''
    if (first === null) first = value
    else all = `${all ?? first}, ${value}`
  }
  return all === null ? headers : { ...headers, authorization: all }
}
