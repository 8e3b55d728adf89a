/**
 * Verifiers that do nothing but follow the feed, each on a connection of its own. Many of them share one thread
 * here and none does in life, so they read what has come before any of them asks again.
 */
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { toRequest } from '../server/wire.ts'

const HOLD_MS = 2_000
const READ_BYTES = 256 * 1024
/** All are read on this thread, one after the other. */
const readBuffer = new Uint8Array(READ_BYTES)

interface Poller {
  readonly socket: Socket
  readonly path: string
  /** What has come of an answer that is not whole yet. */
  received: string
  /** How far it has applied the log. */
  position: number
}

export class Pollers {
  readonly #port: number
  readonly #key: string
  readonly #pollers: Poller[] = []
  #epoch = ''
  #waiting: { readonly position: number; left: number; readonly resolve: (atMs: number) => void } | null =
    null
  #fail: (error: Error) => void = () => undefined
  #stopped = false

  constructor(port: number, key: string) {
    this.#port = port
    this.#key = key
  }

  /** Resolves when all hold their first lease. */
  async open(count: number): Promise<void> {
    const together = 50
    for (let opened = 0; opened < count; opened += together) {
      const reached = Array.from({ length: Math.min(together, count - opened) }, () => this.#openOne())
      await Promise.all(reached)
    }
  }

  /** Rejects when a poll is not answered as it should be. */
  failed(): Promise<never> {
    return new Promise((_, reject) => {
      this.#fail = reject
    })
  }

  #openOne(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const onread = {
      buffer: readBuffer,
      callback: (length: number, buffer: Uint8Array): boolean => {
        this.#receive(poller, Buffer.from(buffer.buffer, 0, length).toString('latin1'), resolve)
        return true
      },
    }
    const socket = connect({ port: this.#port, host: '127.0.0.1', onread }, () => this.#ask(poller))
    const path = `/v1/revocations?verifier=${randomBytes(16).toString('hex')}&hold_ms=${HOLD_MS}`
    const poller: Poller = { socket, path, received: '', position: -1 }
    socket.setNoDelay(true)
    socket.on('error', reject)
    this.#pollers.push(poller)
    return promise
  }

  #ask({ socket, path, position }: Poller): void {
    if (this.#stopped) return
    const known = position < 0 ? '' : `&epoch=${this.#epoch}&after=${position}`
    socket.write(toRequest('GET', this.#port, `${path}${known}`, { 'x-api-key': this.#key }), 'latin1')
  }

  #receive(poller: Poller, text: string, onFirst: () => void): void {
    const received = poller.received === '' ? text : poller.received + text
    const end = received.indexOf('\r\n\r\n')
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(received)?.[1] ?? Number.NaN)
    if (end < 0 || received.length < end + 4 + length) {
      poller.received = received
      return
    }
    poller.received = ''
    // The entries hold members of the same name, and stand before this one.
    const found = /.*"position":(\d+),"lease_ms":[1-9]/s.exec(received)?.[1]
    if (found === undefined) {
      this.#fail(new Error(`A poll was answered ${received.slice(0, 500)}`))
      return
    }
    if (this.#epoch === '') this.#epoch = /"epoch":"([^"]+)"/.exec(received)?.[1] ?? ''
    if (poller.position < 0) onFirst()
    this.#apply(poller, Number(found))
    setImmediate(() => this.#ask(poller))
  }

  #apply(poller: Poller, position: number): void {
    const waiting = this.#waiting
    const isNews = waiting !== null && poller.position < waiting.position && position >= waiting.position
    poller.position = position
    if (!isNews) return
    waiting.left -= 1
    if (waiting.left > 0) return
    this.#waiting = null
    waiting.resolve(performance.now())
  }

  /** When the last of them has applied this position, on the clock of this process. */
  untilAll(position: number): Promise<number> {
    const left = this.#pollers.filter((poller) => poller.position < position).length
    if (left === 0) return Promise.resolve(performance.now())
    return new Promise((resolve) => {
      this.#waiting = { position, left, resolve }
    })
  }

  get position(): number {
    return this.#pollers.reduce((highest, { position }) => Math.max(highest, position), 0)
  }

  close(): void {
    this.#stopped = true
    for (const { socket } of this.#pollers) socket.destroy()
  }
}
