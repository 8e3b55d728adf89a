/** A connection that sends exactly the bytes that it is told to, when it is told to. */
import { connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

export interface Wire {
  readonly socket: Socket
  send(text: string): void
  /** Everything that came so far. */
  readonly received: string
  /** Resolves when `text` has come; rejects when the connection closes without it. */
  until(text: string): Promise<void>
  /** Resolves when the other end has closed. */
  readonly closed: Promise<void>
}

export async function openWire(t: Pick<TestContext, 'after'>, base: string): Promise<Wire> {
  const { port, hostname } = new URL(base)
  const socket = connect(Number(port), hostname)
  t.after(() => socket.destroy())
  let received = ''
  let look = (): void => undefined
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', () => undefined)
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text
    look()
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  return {
    socket,
    send: (text) => void socket.write(text),
    get received(): string {
      return received
    },
    until: (text) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (received.includes(text)) resolve()
        }
        look()
        void closed.then(() => reject(new Error(`The connection closed after: ${received}`)))
      }),
    closed,
  }
}

/** The head of a request; the body is for the test to send, or to keep back. */
export function headOf(method: string, path: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ Host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`
}
