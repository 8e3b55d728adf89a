/** One API in each framework, on loopback: the same routes, the same answers, behind the same requirements. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { serve } from '@hono/node-server'
import express from 'express'
import { fastify } from 'fastify'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { createGuard as createExpressGuard } from '../../src/guards/express.ts'
import { createGuard as createFastifyGuard } from '../../src/guards/fastify.ts'
import type { Caller, GuardOptions, Requirements } from '../../src/guards/guard-types.ts'
import { createGuard as createHonoGuard } from '../../src/guards/hono.ts'
import { createGuard as createNodeGuard } from '../../src/guards/node.ts'
import type { Verifier } from '../../src/verifier-types.ts'

/** What a test may set: everything that does not look at a framework's own request. */
export type Options = Omit<GuardOptions<never>, 'addressOf'>

/** Each path answers GET and POST alike. */
const routes: Readonly<Record<string, Omit<Requirements<never>, 'resource'>>> = {
  '/any': {},
  '/door': { permissions: ['gym:enter'] },
  '/both': { permissions: ['gym:enter', 'pool:enter'], route: 'both' },
  '/recent': { maxAuthenticationAgeSeconds: 300, permissions: ['gym:enter'] },
  '/strong': { acr: ['urn:example:mfa', 'urn:example:hardware'], maxAuthenticationAgeSeconds: 60 },
  '/online': { freshness: 'online' },
  '/signature': { freshness: 'signature' },
}
/** The last part names the resource that is touched. */
const BOUND = '/bound/:id'
const STREAM = '/stream'
const STREAMING = { closeWhenEnded: true }

export interface Api {
  readonly port: number
  close(): Promise<void>
}

export type OpenApi = (verifier: Verifier, options?: Options) => Promise<Api>

const tell = ({ principal, credential, permissions }: Caller): object => ({
  principal: principal.id,
  credential: credential.id,
  permissions,
})

const openNode: OpenApi = async (verifier, options = {}) => {
  const guard = createNodeGuard(verifier, options)
  const answer = (_request: IncomingMessage, response: ServerResponse, caller: Caller): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(tell(caller)))
  }
  const lastPart = (request: IncomingMessage): string => request.url?.split('/').at(-1) ?? ''
  const handlers = new Map(
    Object.entries(routes).map(([path, requirements]) => [path, guard(requirements, answer)]),
  )
  const bound = guard({ resource: lastPart }, answer)
  const stream = guard(STREAMING, (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
  })
  const upgrade = guard.upgrade({}, (_request, socket: Duplex, _head: Buffer) => {
    socket.on('end', () => socket.end()).resume()
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nhello')
  })
  const server = createServer((request, response) => {
    const [url = ''] = request.url?.split('?') ?? []
    if (url === '/open') return void response.end('open')
    if (url === guard.metadataPath) return guard.metadata(request, response)
    if (url === STREAM) return stream(request, response)
    if (url.startsWith('/bound/')) return bound(request, response)
    const handler = handlers.get(url)
    return handler === undefined ? void response.writeHead(404).end() : handler(request, response)
  })
  server.on('upgrade', upgrade)
  return listen(server)
}

const openExpress =
  (name: 'express' | 'express-4'): OpenApi =>
  async (verifier, options = {}) => {
    // The types are those of 5; what is used here is the same in both.
    const make: typeof express = name === 'express' ? express : (await import(name)).default
    const app = make()
    const guard = createExpressGuard(verifier, options)
    app.get('/open', (_request, response) => void response.send('open'))
    if (guard.metadataPath !== null) app.get(guard.metadataPath, guard.metadata)
    for (const [path, requirements] of Object.entries(routes)) {
      app.all(path, guard(requirements), (_request, response) => void response.json(tell(response.locals)))
    }
    app.all(BOUND, guard({ resource: ({ params }) => `${params.id}` }), (_request, response) => {
      response.json(tell(response.locals))
    })
    app.get(STREAM, guard(STREAMING), (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
    })
    return listen(createServer(app))
  }

const openFastify: OpenApi = async (verifier, options = {}) => {
  const app = fastify()
  const guard = createFastifyGuard(verifier, options)
  await app.register(guard.plugin)
  app.get('/open', () => 'open')
  app.get('/unguarded', (request) => request.principal.id)
  for (const [url, requirements] of Object.entries(routes)) {
    app.route({ method: ['GET', 'POST'], url, onRequest: guard(requirements), handler: tell })
  }
  app.route<{ Params: { id: string } }>({
    method: ['GET', 'POST'],
    url: BOUND,
    onRequest: guard({ resource: ({ url }) => url.split('/').at(-1) ?? '' }),
    handler: (request) => tell(request),
  })
  app.get(STREAM, { onRequest: guard(STREAMING) }, (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { port: portOf(app.server), close: async () => app.close() }
}

const openHono: OpenApi = async (verifier, options = {}) => {
  const app = createHonoApp(verifier, options)
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  await once(server, 'listening')
  return { port: portOf(server), close: () => closeServer(server) }
}

/** Also for tests that hand it `Request` objects, as other runtimes do. */
export function createHonoApp(verifier: Verifier, options: Options = {}): Hono {
  const app = new Hono()
  const guard = createHonoGuard(verifier, options)
  app.get('/open', (context) => context.text('open'))
  if (guard.metadataPath !== null) app.get(guard.metadataPath, guard.metadata)
  for (const [path, requirements] of Object.entries(routes)) {
    app.all(path, guard(requirements), (context) => context.json(tell(context.var)))
  }
  app.all(BOUND, guard({ resource: (context) => context.req.param('id') ?? '' }), (context) =>
    context.json(tell(context.var)),
  )
  app.get(STREAM, guard(STREAMING), (context) =>
    streamSSE(context, async (stream) => {
      await stream.writeSSE({ data: '1' })
      await new Promise<void>((resolve) => stream.onAbort(resolve))
    }),
  )
  return app
}

export const apis: Readonly<Record<string, OpenApi>> = {
  'node:http': openNode,
  'Express 5': openExpress('express'),
  'Express 4': openExpress('express-4'),
  'Fastify 5': openFastify,
  'Hono 4': openHono,
}

async function listen(server: Server): Promise<Api> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: portOf(server), close: () => closeServer(server) }
}

interface Listening {
  address(): AddressInfo | string | null
  close(done: () => void): unknown
}

function portOf(server: Pick<Listening, 'address'>): number {
  const address = server.address()
  if (address === null || typeof address === 'string')
    throw new Error('The server does not listen on a port.')
  return address.port
}

/** Connections that tests left open are cut. */
function closeServer(server: Listening): Promise<void> {
  if ('closeAllConnections' in server && typeof server.closeAllConnections === 'function') {
    server.closeAllConnections()
  }
  return new Promise((resolve) => void server.close(() => resolve()))
}
