/**
 * The smallest HTTP/1.1 client that will do: one keep-alive connection, one request at a time, bytes made
 * beforehand. A real client costs more per request than the server that it is to measure.
 */
import { connect, type Socket } from 'node:net'

export interface WireAnswer {
  readonly status: number
  readonly body: string
  /** Where it leads, for a redirect. */
  readonly location: string | null
}

const HEAD_END = '\r\n\r\n'
const LAST_CHUNK = '0\r\n\r\n'
const ANSWER_MS_MAX = 10_000

export class Wire {
  readonly #socket: Socket
  #received = ''
  #waiting: PromiseWithResolvers<WireAnswer> | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.setNoDelay(true)
    socket.setTimeout(ANSWER_MS_MAX, () => socket.destroy(new Error('The server does not answer.')))
    socket.on('data', (text) => this.#receive(String(text)))
    socket.on('error', (error) => this.#waiting?.reject(error))
    socket.on('close', () => this.#waiting?.reject(new Error('The server closed the connection.')))
  }

  /** Connects to a port of this machine. */
  static open(port: number): Promise<Wire> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' }, () => resolve(new Wire(socket)))
      socket.once('error', reject)
    })
  }

  /** Sends a request and resolves with its answer. Rejects where the connection is lost, also before it was sent. */
  send(request: Buffer | string): Promise<WireAnswer> {
    if (this.#socket.destroyed) return Promise.reject(new Error('The server has closed the connection.'))
    const waiting = Promise.withResolvers<WireAnswer>()
    this.#waiting = waiting
    this.#socket.write(request, 'latin1')
    return waiting.promise
  }

  close(): void {
    this.#socket.destroy()
  }

  #receive(text: string): void {
    this.#received = this.#received === '' ? text : this.#received + text
    const headEnd = this.#received.indexOf(HEAD_END)
    if (headEnd < 0) return
    const head = this.#received.slice(0, headEnd)
    const body = readBody(head, this.#received.slice(headEnd + HEAD_END.length))
    if (body === null) return
    // One request at a time: nothing of a next answer can be here yet.
    this.#received = ''
    const location = /\r\nlocation: *([^\r]+)/i.exec(head)?.[1] ?? null
    this.#waiting?.resolve({ status: Number(head.slice(9, 12)), body, location })
  }
}

/** The body, or null while there is more to come. */
function readBody(head: string, text: string): string | null {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length !== undefined) return text.length < Number(length) ? null : text
  return text.endsWith(LAST_CHUNK) ? readChunks(text) : null
}

/** Chunked transfer coding (RFC 9112 §7.1). */
function readChunks(text: string): string | null {
  let body = ''
  for (let at = 0; ; ) {
    const lineEnd = text.indexOf('\r\n', at)
    const size = Number.parseInt(text.slice(at, lineEnd), 16)
    if (lineEnd < 0 || Number.isNaN(size)) return null
    if (size === 0) return body
    const start = lineEnd + 2
    body += text.slice(start, start + size)
    at = start + size + 2
  }
}

/** The bytes of a request. */
export function toRequest(
  method: string,
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): string {
  const lines = Object.entries({ host: `localhost:${port}`, ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  if (body !== '') lines.push(`content-length: ${Buffer.byteLength(body)}`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}${HEAD_END}${body}`
}

/** Opens connections, hands them to `work`, closes them whatever comes of it. */
export async function withWires<T>(
  port: number,
  count: number,
  work: (wires: readonly Wire[]) => Promise<T>,
): Promise<T> {
  const wires = await Promise.all(Array.from({ length: count }, () => Wire.open(port)))
  try {
    return await work(wires)
  } finally {
    for (const wire of wires) wire.close()
  }
}
