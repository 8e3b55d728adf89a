/**
 * A fake authority that speaks the feed's protocol page and nothing more. It signs with keys that tests hold and
 * answers what a script says: for vectors that no honest authority could be brought to produce.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { ReportedUse } from '@countersign/protocol'
import { SURE_LEASE_MS } from '../decided.ts'
import { newApiKey, newId } from './credentials.ts'
import { FakeLog } from './log.ts'

/** The API key that the program under test calls with. */
export const KEY_OF_VERIFIER: string = newApiKey(newId('key'))

export type Verdict = Readonly<Record<string, unknown>>

export interface FakeOptions {
  /** So long that it does not run out, unless that is what the test is about. */
  readonly leaseMs?: number
  readonly pageSize?: number
}

export class FakeAuthority {
  readonly log: FakeLog = new FakeLog()
  leaseMs: number
  pageSize: number
  /** The authority's clock stands so far before the machine's. */
  clockAheadMs = 0
  /** The public keys it publishes. */
  keys: readonly object[] = []
  /** Answers to `/v1/verify` by credential; a function makes a new one each time. */
  readonly verdicts: Map<string, Verdict | (() => Verdict | Promise<Verdict>)> = new Map()
  /** What was reported, one after the other. */
  readonly uses: ReportedUse[] = []
  /** Changes the next answers of the feed on their way out. */
  bend: (answer: Record<string, unknown>) => unknown = (answer) => answer
  readonly #gone = new AbortController()
  readonly #server = createServer((req, res) => {
    this.#handle(req, res).catch(() => res.destroy())
  })

  constructor({ leaseMs = SURE_LEASE_MS, pageSize = 10_000 }: FakeOptions = {}) {
    this.leaseMs = leaseMs
    this.pageSize = pageSize
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

  /** Resolves when the verifier has asked after the position, which is its acknowledgement. */
  async acknowledged(position: number): Promise<void> {
    const isAsked = await this.log.wait(10_000, this.#gone.signal, () => this.log.hasAsked(position))
    assert.ok(isAsked, `The verifier has not acknowledged position ${position}.`)
  }

  async close(): Promise<void> {
    this.#gone.abort()
    const closed = once(this.#server.close(), 'close')
    this.#server.closeAllConnections()
    await closed
  }

  async #handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', 'http://fake')
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(Buffer.from(chunk))
    const body = Buffer.concat(chunks).toString()
    const route = `${req.method} ${url.pathname}`
    if (route === 'GET /.well-known/jwks.json') return answer(res, 200, { keys: this.keys })
    if (!isAuthenticated(req)) return answer(res, 401, { code: 'invalid_credential' })
    if (route === 'GET /v1/revocations') return this.#feed(url.searchParams, res)
    if (route === 'POST /v1/verify') return answer(res, 200, await this.#verdict(body))
    if (route === 'POST /v1/usage') {
      this.uses.push(...JSON.parse(body).uses)
      return void res.writeHead(204).end()
    }
    answer(res, 404, { code: 'not_found' })
  }

  async #verdict(body: string): Promise<unknown> {
    const { credential } = JSON.parse(body)
    const verdict = this.verdicts.get(credential)
    if (verdict === undefined) return REFUSED
    return typeof verdict === 'function' ? await verdict() : verdict
  }

  async #feed(query: URLSearchParams, res: ServerResponse): Promise<void> {
    const epoch = query.get('epoch')
    const after = Number(query.get('after') ?? 0)
    const isWrong =
      !/^[A-Za-z0-9_-]{16,64}$/.test(query.get('verifier') ?? '') || (epoch === null) !== !query.has('after')
    if (isWrong) return answer(res, 422, { code: 'invalid_request' })
    this.log.ask(epoch, after)
    const { log } = this
    const gone = new AbortController()
    res.once('close', () => gone.abort())
    const holdMs = Math.min(Number(query.get('hold_ms') ?? 0), Math.max(0, (this.leaseMs - 1_000) / 2))
    await log.wait(holdMs, gone.signal, () => epoch !== log.epoch || after !== log.position)
    const bent = this.bend(this.#page(epoch, after))
    if (!res.destroyed) answer(res, 200, bent)
  }

  #page(epoch: string | null, after: number): Record<string, unknown> {
    const { log } = this
    const snapshot = epoch !== log.epoch || after > log.position
    const waiting = log.entries.filter(({ position }) => snapshot || position > after)
    const entries = waiting.slice(0, this.pageSize)
    const more = waiting.length > entries.length
    return {
      epoch: log.epoch,
      entries,
      position: more ? entries.at(-1)?.position : log.position,
      lease_ms: more ? 0 : this.leaseMs,
      now: new Date(Date.now() + this.clockAheadMs).toISOString(),
      snapshot,
      more,
      pace_ms: 0,
      pruned_until: log.prunedUntil,
    }
  }
}

export const REFUSED: Verdict = {
  active: false,
  code: 'invalid_credential',
  decision_id: 'dec_00000000000000000000000000',
}

const isAuthenticated = ({ headers }: IncomingMessage): boolean =>
  headers['x-api-key'] === KEY_OF_VERIFIER || headers.authorization === `ApiKey ${KEY_OF_VERIFIER}`

function answer(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' })
  res.end(typeof body === 'string' ? body : JSON.stringify(body))
}
