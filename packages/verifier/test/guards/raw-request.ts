/** One HTTP/1.1 request to loopback, header line by header line as a test writes them, and its answer. */
import { once } from 'node:events'
import { connect } from 'node:net'

export interface RawAnswer {
  readonly status: number
  /** Names in lower case; repeated ones joined. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
  /** The body as JSON; empty where it is none. */
  readonly json: Readonly<Record<string, unknown>>
}

/** Lines as `Name: value`, without their ends. */
export async function send(
  port: number,
  method: string,
  path: string,
  lines: readonly string[] = [],
): Promise<RawAnswer> {
  const socket = connect({ port, host: '127.0.0.1' })
  const head = [`${method} ${path} HTTP/1.1`, `Host: localhost:${port}`, 'Connection: close', ...lines]
  socket.write(`${head.join('\r\n')}\r\n\r\n`, 'latin1')
  let text = ''
  socket.setEncoding('latin1')
  socket.on('data', (part) => {
    text += String(part)
  })
  await once(socket, 'close')
  return toAnswer(text)
}

export function toAnswer(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [statusLine = '', ...fields] = head.split('\r\n')
  const headers = new Map<string, string>()
  for (const field of fields) {
    const colon = field.indexOf(':')
    const name = field.slice(0, colon).toLowerCase()
    const value = field.slice(colon + 1).trim()
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  const body = rest.join('\r\n\r\n')
  return { status: Number(statusLine.split(' ')[1]), headers, body, json: parse(body) }
}

function parse(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1))
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
