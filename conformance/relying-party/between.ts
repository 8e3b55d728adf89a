/**
 * Somebody on the line between a client and the authority, who alters answers. It stands where the authority is said
 * to be, so that a client that believes too much has everything else right.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { after, type TestContext } from 'node:test'

export type Body = Readonly<Record<string, unknown>>
export type Change = (body: Body) => Body | Promise<Body>

export interface Between {
  /** Where clients think that the authority is. */
  readonly url: string
  /** Tells where it is. */
  lead(to: string): void
  /** Changes every good answer of a path until the test ends. */
  alter(t: TestContext, path: string, change: Change): void
}

/** Stands there until the tests of the file have run. */
export async function standBetween(): Promise<Between> {
  const changes = new Map<string, Change>()
  let target = ''
  const server = createServer((req, res) => {
    const path = new URL(req.url ?? '/', 'http://localhost').pathname
    pass(target, req, res, changes.get(path)).catch(() => res.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return {
    url: `http://127.0.0.1:${address.port}`,
    lead: (to) => {
      target = to
    },
    alter: (t, path, change) => {
      changes.set(path, change)
      t.after(() => changes.delete(path))
    },
  }
}

/** The request goes on as it is, also its `Host`, which is the one of the issuer. */
async function pass(
  target: string,
  req: IncomingMessage,
  res: ServerResponse,
  change: Change | undefined,
): Promise<void> {
  const sent = request(new URL(req.url ?? '/', target), { method: req.method, headers: req.headers })
  req.pipe(sent)
  const [got]: IncomingMessage[] = await once(sent, 'response')
  assert.ok(got)
  const chunks: Buffer[] = []
  for await (const chunk of got) chunks.push(Buffer.from(chunk))
  const text = Buffer.concat(chunks).toString()
  const isAltered = change !== undefined && got.statusCode === 200
  const body = Buffer.from(isAltered ? JSON.stringify(await change(JSON.parse(text))) : text)
  res.writeHead(got.statusCode ?? 502, { ...got.headers, 'content-length': body.length })
  res.end(body)
}
