/** An SMTP server that takes down what it is told, and misbehaves as a test wants it to. */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { createSecureContext, TLSSocket } from 'node:tls'
import type { Identity } from './certificate.ts'

export interface Received {
  readonly from: string
  readonly to: readonly string[]
  /** Headers and body as they came over the wire. */
  readonly data: string
  readonly secure: boolean
}

export interface SmtpServer {
  readonly port: number
  readonly received: readonly Received[]
  /** Every line that is no part of a message. */
  readonly lines: readonly string[]
  /** How it behaves from now on. */
  behave(behaviour: Behaviour): void
}

export interface Behaviour {
  /** What is answered in place of the usual, by the first word of the command, `GREETING` or `MESSAGE`. */
  readonly answers?: Readonly<Record<string, string>>
  /** Closes the connection when this comes, without an answer; a message has been taken down by then. */
  readonly hangsUpAt?: string
  /** Never answers this. */
  readonly silentAt?: string
}

export async function openSmtpServer(
  t: Pick<TestContext, 'after'>,
  options: { readonly identity?: Identity; readonly behaviour?: Behaviour } = {},
): Promise<SmtpServer> {
  const state: State = { behaviour: options.behaviour ?? {}, received: [], lines: [] }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    converse(state, socket, options.identity)
    tell(state, socket, 'GREETING', '220 test ready')
  })
  server.listen(0, '0.0.0.0')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    port: portOf(server),
    received: state.received,
    lines: state.lines,
    behave: (behaviour) => {
      state.behaviour = behaviour
    },
  }
}

interface State {
  behaviour: Behaviour
  readonly received: Received[]
  readonly lines: string[]
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server does not listen.')
  return address.port
}

function tell({ behaviour }: State, socket: Socket, at: string, usual: string): void {
  if (behaviour.hangsUpAt === at) socket.destroy()
  else if (behaviour.silentAt !== at) socket.write(`${behaviour.answers?.[at] ?? usual}\r\n`)
}

function converse(state: State, socket: Socket, identity: Identity | undefined): void {
  let from = ''
  let to: string[] = []
  let waiting = ''
  let inMessage = false
  const secure = socket instanceof TLSSocket
  const take = (line: string): void => {
    state.lines.push(line)
    const verb = (line.split(/[ :]/)[0] ?? '').toUpperCase()
    const address = /<([^>]*)>/.exec(line)?.[1] ?? ''
    if (verb === 'MAIL') from = address
    if (verb === 'RCPT') to.push(address)
    if (verb === 'STARTTLS' && identity !== undefined) {
      socket.removeAllListeners('data')
      socket.write('220 go on\r\n')
      const inner = new TLSSocket(socket, {
        isServer: true,
        secureContext: createSecureContext(identity),
      })
      inner.on('error', () => inner.destroy())
      converse(state, inner, undefined)
      return
    }
    inMessage = verb === 'DATA' && state.behaviour.answers?.DATA === undefined
    const offers = identity === undefined ? '' : '250-STARTTLS\r\n'
    const usual: Readonly<Record<string, string>> = {
      EHLO: `250-test\r\n${offers}250-SMTPUTF8\r\n250 AUTH PLAIN`,
      DATA: '354 go on',
      AUTH: '235 welcome',
      STARTTLS: '502 no such command',
    }
    tell(state, socket, verb, usual[verb] ?? '250 ok')
  }
  socket.on('error', () => socket.destroy())
  socket.on('data', (bytes) => {
    waiting += bytes.toString('utf8')
    for (;;) {
      const end = inMessage ? '\r\n.\r\n' : '\r\n'
      const at = waiting.indexOf(end)
      if (at < 0) return
      const part = waiting.slice(0, at)
      waiting = waiting.slice(at + end.length)
      if (!inMessage) {
        take(part)
        continue
      }
      inMessage = false
      state.received.push({ from, to, data: part, secure })
      to = []
      tell(state, socket, 'MESSAGE', '250 taken')
    }
  })
}
