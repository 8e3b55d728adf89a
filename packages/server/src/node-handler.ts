/** The authority behind Node's own `http`, and behind the frameworks that stand on it: Express, Fastify and others. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Countersign } from './create.ts'
import { fromNode } from './http/from-node.ts'
import type { Reply } from './http/reply.ts'

export type NodeHandler = (req: IncomingMessage, res: ServerResponse) => void

/**
 * Makes a handler for `createServer`, or for a route of a framework. It reads the client's address and the
 * headers from the socket itself, and the body from the request: mount it before anything that parses bodies,
 * under the full path (`req.url` must still begin with `/v1`, `/oauth` or `/.well-known`).
 */
export function toNodeHandler(countersign: Pick<Countersign, 'answer'>): NodeHandler {
  const endOfTurn = createEndOfTurn()
  return (req, res) => {
    const incoming = fromNode(req, res)
    if (incoming === null) {
      res.writeHead(400, { 'content-length': '0' }).end()
      return
    }
    const reply = countersign.answer(incoming)
    if (reply instanceof Promise) void reply.then((one) => endOfTurn().then(() => write(req, res, one)))
    else write(req, res, reply)
  }
}

/**
 * Answers that are ready in the same turn of the event loop leave together at its end. Each packet wakes whoever waits
 * for it: one by one they would be woken, and sleep again, as often as there are answers, and the kernel's part of that
 * is more than many an answer takes. An answer waits for what the turn was going to do anyway.
 */
function createEndOfTurn(): () => Promise<void> {
  let end: Promise<void> | null = null
  return () => {
    end ??= new Promise((resolve) => {
      setImmediate(() => {
        end = null
        resolve()
      })
    })
    return end
  }
}

function write(req: IncomingMessage, res: ServerResponse, { status, body, headers, cookies }: Reply): void {
  // Nobody is there to read it, or the app around us has answered in the meantime.
  if (res.destroyed || res.headersSent) return
  if (!req.complete) res.once('finish', () => drain(req))
  const length = body === null ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
  res.writeHead(status, {
    ...headers,
    // RFC 9110 §8.6: not where there can be no body.
    ...(status !== 204 && status !== 304 && { 'content-length': length }),
    ...(cookies !== undefined && cookies.length > 0 && { 'set-cookie': [...cookies] }),
  })
  res.end(body)
}

/** How much of a body that nobody will read is still taken, and how long, so that a client sees the answer. */
const DRAINED_BYTES_MAX = 1024 * 1024
const DRAIN_MS_MAX = 500

/** A connection that is cut while its client is still sending shows it an error instead of the answer. */
function drain(req: IncomingMessage): void {
  if (req.destroyed || req.complete) return
  const cut = (): void => req.socket.destroySoon()
  const timer = setTimeout(cut, DRAIN_MS_MAX).unref()
  let left = DRAINED_BYTES_MAX
  req.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) cut()
  })
  req.once('close', () => clearTimeout(timer))
  req.once('end', () => clearTimeout(timer))
  req.resume()
}
