/** A platform's `Request` as the server takes it: for apps and frameworks that speak `fetch`. */
import { after } from '../adapters/counters.ts'
import type { Leaving } from '../feed/ports.ts'
import type { App } from './app.ts'
import { type Connection, type Incoming, splitTarget } from './exchange.ts'
import { toResponse } from './reply.ts'

export function fromRequest(request: Request, connection: Connection): Incoming {
  const { url, method } = request
  // A `Request` has a whole URL: the path begins at the first slash after those of the scheme.
  const start = url.indexOf('/', url.indexOf('://') + 3)
  return {
    method,
    ...splitTarget(start < 0 ? '/' : url.slice(start)),
    header: (name) => request.headers.get(name),
    connection,
    isUrlSecure: SECURE.test(url),
    get hasBody() {
      return request.body !== null && request.headers.get('content-length') !== '0'
    },
    readBody: (bytesMax) => readBytes(request, bytesMax),
    leaving: (): Leaving => request.signal,
  }
}

/** The table behind a platform's `fetch`. */
export const toFetch =
  (answer: App): ((request: Request, connection?: Connection) => Response | Promise<Response>) =>
  (request, connection = {}) =>
    after(answer(fromRequest(request, connection)), (reply) =>
      // RFC 9110 §9.3.2. Node sees to it by itself.
      toResponse(request.method === 'HEAD' ? { ...reply, body: null } : reply),
    )

const SECURE = /^(?:https:|http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/]|$))/

/** A declared length is a claim; what really arrives is counted. */
async function readBytes(request: Request, bytesMax: number): Promise<Uint8Array | null> {
  if (request.body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let total = 0
  for await (const chunk of request.body) {
    total += chunk.byteLength
    if (total > bytesMax) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
