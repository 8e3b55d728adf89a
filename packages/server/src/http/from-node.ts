/**
 * A request of `node:http` as the server takes it. The way through `Request` and `Response` costs more than most
 * requests that are answered from memory, so that this one goes past them.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Leaving } from '../feed/ports.ts'
import { type Headers, type Incoming, splitTarget } from './exchange.ts'

/** Null where the target of the request is none that a server answers (`OPTIONS *`, a proxy's `CONNECT`). */
export function fromNode(req: IncomingMessage, res: ServerResponse): Incoming | null {
  const target = toTarget(req.url ?? '')
  if (target === null) return null
  const { socket, headers } = req
  return {
    method: req.method ?? 'GET',
    ...splitTarget(target),
    header: toHeaders(req),
    connection: { remoteAddress: socket.remoteAddress, encrypted: 'encrypted' in socket },
    isUrlSecure: false,
    hasBody:
      headers['transfer-encoding'] !== undefined ||
      (headers['content-length'] !== undefined && headers['content-length'] !== '0'),
    readBody: (bytesMax) => readBytes(req, bytesMax),
    leaving: () => toLeaving(res),
  }
}

/** RFC 9112 §3.2.2: a server takes a whole URL too, and goes by what it says. */
function toTarget(url: string): string | null {
  if (url.startsWith('/')) return url
  const parsed = /^https?:\/\//i.test(url) ? URL.parse(url) : null
  return parsed === null ? null : `${parsed.pathname}${parsed.search}`
}

const AUTHORIZATION = 'authorization'

/**
 * Unless told otherwise, a Node server drops a second `Authorization` in silence, and somebody in front of it may
 * have looked at that one. Together they are no credential, and are refused.
 */
function toHeaders({ headers, rawHeaders }: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): Headers {
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
  return headerReader(all === null ? headers : { ...headers, authorization: all })
}

/** Reads what Node has parsed; a header that it keeps as a list reads as one text. */
export function headerReader(headers: IncomingMessage['headers']): Headers {
  return (name) => {
    const value = headers[name]
    return value === undefined ? null : typeof value === 'string' ? value : value.join(', ')
  }
}

function readBytes(req: IncomingMessage, bytesMax: number): Promise<Uint8Array | null> {
  return new Promise((resolve, reject) => {
    if (req.readableDidRead || req.destroyed) return reject(new Error('There is no body any more.'))
    const chunks: Buffer[] = []
    let total = 0
    req.on('data', (chunk: Buffer) => {
      total += chunk.length
      if (total <= bytesMax) chunks.push(chunk)
      else resolve(null)
    })
    let isOver = false
    req.on('end', () => {
      isOver = true
      const [only] = chunks
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks))
    })
    // After the end this changes nothing.
    req.on('error', reject)
    // Comes after every request: an error that nobody would see is not made, since its stack costs more than the reading.
    req.on('close', () => {
      if (!isOver) reject(new Error('The client has left.'))
    })
  })
}

/** An answer that is closed before it was written is one that nobody reads. */
function toLeaving(outgoing: ServerResponse): Leaving {
  return {
    get aborted() {
      return outgoing.destroyed
    },
    addEventListener: (_, run) => void outgoing.once('close', run),
    removeEventListener: (_, run) => void outgoing.off('close', run),
  }
}
