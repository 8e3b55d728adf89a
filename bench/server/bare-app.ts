/** What the authority is compared with: the same framework and adapter, and a route that does nothing. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import type { Commits } from './commits.ts'

export interface BareApp {
  readonly port: number
  /** From now on `GET /me` answers with that many bytes of JSON. */
  answerWith(bytes: number): void
  close(): void
}

export async function openBareApp(commits: Commits): Promise<BareApp> {
  let document: Readonly<Record<string, string>> = {}
  const app = new Hono()
  app.get('/me', (context) => context.json(document))
  app.post('/token', async (context) => {
    await context.req.text()
    return context.json({ ...document, token: await commits.signAndCommit() })
  })
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The bare server has no port.')
  return {
    port: address.port,
    answerWith: (bytes) => {
      document = toDocument(bytes)
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const FIELDS = 12

/** A flat object whose JSON has that many bytes, give or take none. */
function toDocument(bytes: number): Readonly<Record<string, string>> {
  const names = Array.from({ length: FIELDS }, (_, index) => `field_${String(index).padStart(2, '0')}`)
  const empty = JSON.stringify(Object.fromEntries(names.map((name) => [name, '']))).length
  const spare = Math.max(0, bytes - empty)
  const each = Math.floor(spare / FIELDS)
  return Object.fromEntries(
    names.map((name, index) => [name, 'x'.repeat(index === 0 ? spare - each * (FIELDS - 1) : each)]),
  )
}
