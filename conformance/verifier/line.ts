/**
 * The line between a program under test and its authority: a small proxy that counts what passes, and that can
 * be cut, slowed down, or made to answer in the authority's place.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Passed {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: string
  /** How long after it came its answer was passed back; null where whoever asked had given it up. */
  answeredAfterMs: number | null
}

/** What a path is answered with in the authority's place. */
export interface Reply {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Line {
  readonly url: string
  /** From now on every connection is broken off, and those that are open break. */
  cut(): void
  mend(): void
  /** Answers every request to a path in the authority's place; null takes that back. */
  replace(path: string, reply: Reply | null): void
  /** Holds back the authority's answers to a path for so long; 0 takes that back. */
  delay(path: string, ms: number): void
  /** Leads to another authority from now on, such as the same one after a restart. */
  leadTo(upstream: string): void
  /** What has passed so far to a path, in order. */
  passed(path: string): readonly Passed[]
  close(): Promise<void>
}

export async function openLine(upstream: string): Promise<Line> {
  const line = new ControlledLine(upstream)
  await line.listen()
  return line
}

class ControlledLine implements Line {
  #upstream: string
  #isCut = false
  readonly #replies = new Map<string, Reply>()
  readonly #delays = new Map<string, number>()
  readonly #passed: Passed[] = []
  readonly #agent = new Agent({ keepAlive: false })
  readonly #closed = new AbortController()
  readonly #server = createServer((req, res) => {
    this.#handle(req, res).catch(() => res.destroy())
  })

  constructor(upstream: string) {
    this.#upstream = upstream
    this.#server.on('connection', (socket) => {
      if (this.#isCut) socket.destroy()
    })
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  get url(): string {
    const address = this.#server.address()
    assert.ok(typeof address === 'object' && address !== null)
    return `http://127.0.0.1:${address.port}`
  }

  cut(): void {
    this.#isCut = true
    this.#server.closeAllConnections()
  }

  mend(): void {
    this.#isCut = false
  }

  replace(path: string, reply: Reply | null): void {
    if (reply === null) this.#replies.delete(path)
    else this.#replies.set(path, reply)
  }

  delay(path: string, ms: number): void {
    this.#delays.set(path, ms)
  }

  leadTo(upstream: string): void {
    this.#upstream = upstream
  }

  passed(path: string): readonly Passed[] {
    return this.#passed.filter((one) => one.path === path)
  }

  async #handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', this.url)
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(Buffer.from(chunk))
    const body = Buffer.concat(chunks)
    const path = url.pathname
    const asked = { method: req.method ?? '', path, query: url.searchParams, body: body.toString() }
    const passed: Passed = { ...asked, answeredAfterMs: null }
    this.#passed.push(passed)
    const cameMs = performance.now()
    const reply = this.#replies.get(path) ?? (await this.#ask(req, res, body))
    const delayMs = this.#delays.get(path) ?? 0
    if (delayMs > 0) await sleep(delayMs, undefined, { signal: this.#closed.signal })
    if (this.#isCut || res.destroyed) return void res.destroy()
    res.writeHead(reply.status, reply.headers).end(reply.body)
    passed.answeredAfterMs = performance.now() - cameMs
  }

  async #ask(req: IncomingMessage, res: ServerResponse, body: Buffer): Promise<Reply> {
    const gone = new AbortController()
    // Whoever breaks off a held poll is seen to do so by the authority.
    res.once('close', () => gone.abort())
    const target = new URL(req.url ?? '/', this.#upstream)
    const headers = { ...req.headers, host: target.host, connection: 'close' }
    const options = { method: req.method, headers, agent: this.#agent, signal: gone.signal }
    const sent = request(target, options).end(body)
    const [answer] = await once(sent, 'response')
    const chunks: Buffer[] = []
    for await (const chunk of answer) chunks.push(Buffer.from(chunk))
    const type = String(answer.headers['content-type'] ?? 'application/json')
    return {
      status: Number(answer.statusCode),
      headers: { 'content-type': type, 'cache-control': 'no-store' },
      body: Buffer.concat(chunks).toString(),
    }
  }

  async close(): Promise<void> {
    this.#agent.destroy()
    this.#closed.abort()
    const closed = once(this.#server.close(), 'close')
    this.#server.closeAllConnections()
    await closed
  }
}
