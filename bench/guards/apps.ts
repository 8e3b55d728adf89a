/** The same routes in each framework: open, behind a bare look-up, behind a guard, and behind what others do. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Verifier } from '@countersign/verifier'
import { createGuard as createExpressGuard } from '@countersign/verifier/express'
import { createGuard as createFastifyGuard } from '@countersign/verifier/fastify'
import { createGuard as createHonoGuard } from '@countersign/verifier/hono'
import { createGuard as createNodeGuard } from '@countersign/verifier/node'
import fastifyJwt from '@fastify/jwt'
import { getRequestListener } from '@hono/node-server'
import express, { type NextFunction, type Request, type Response } from 'express'
import session from 'express-session'
import { fastify } from 'fastify'
import { Hono } from 'hono'
import type { Peers } from './peers.ts'

export type Framework = 'node:http' | 'Fastify' | 'Hono' | 'Express'
export const frameworks: readonly Framework[] = ['node:http', 'Fastify', 'Hono', 'Express']

/** What every route answers when it lets somebody in, from an async function, as handlers that wait for a database are. */
const BODY = '{"door":"open"}'
const TYPE = 'application/json; charset=utf-8'
const REQUIRED = { permissions: ['gym:enter'] }

/** The raw header values that a bare look-up knows. */
export type Known = ReadonlyMap<string, object>

type Open = (verifier: Verifier, known: Known, peers: Peers) => Promise<Server>

const isKnown = ({ headers }: IncomingMessage, known: Known): boolean =>
  known.get(headers.authorization ?? String(headers['x-api-key'])) !== undefined

const openNode: Open = async (verifier, known, peers) => {
  const answer = async (_request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.writeHead(200, { 'content-type': TYPE }).end(BODY)
  }
  const guarded = createNodeGuard(verifier)(REQUIRED, answer)
  return createServer((request, response) => {
    switch (request.url) {
      case '/open':
        return answer(request, response)
      case '/map':
        return isKnown(request, known) ? answer(request, response) : void response.writeHead(401).end()
      case '/guarded':
        return guarded(request, response)
      case '/jose-hs256':
        return peers.joseHs256(request.headers.authorization).then(() => answer(request, response))
      case '/jose-es256':
        return peers.joseEs256(request.headers.authorization).then(() => answer(request, response))
      default:
        return void response.writeHead(404).end()
    }
  })
}

const openFastify: Open = async (verifier, known, peers) => {
  const app = fastify()
  const guard = createFastifyGuard(verifier)
  await app.register(guard.plugin)
  await app.register(fastifyJwt, { secret: peers.secret, verify: { cache: true } })
  const handler = async (_request: object, reply: { type(text: string): { send(body: string): unknown } }) =>
    reply.type(TYPE).send(BODY)
  app.get('/open', handler)
  app.get(
    '/map',
    {
      onRequest: (request, reply, done) => {
        if (isKnown(request.raw, known)) done()
        else reply.code(401).send()
      },
    },
    handler,
  )
  app.get('/guarded', { onRequest: guard(REQUIRED) }, handler)
  app.get('/fastify-jwt', { onRequest: async (request) => void (await request.jwtVerify()) }, handler)
  await app.ready()
  return app.server
}

const openHono: Open = async (verifier, known) => {
  const app = new Hono<{ Bindings: { incoming: IncomingMessage } }>()
  const guard = createHonoGuard(verifier)
  app.get('/open', async (context) => context.body(BODY, 200, { 'content-type': TYPE }))
  app.get(
    '/map',
    (context, next) =>
      isKnown(context.env.incoming, known) ? next() : Promise.resolve(context.body(null, 401)),
    async (context) => context.body(BODY, 200, { 'content-type': TYPE }),
  )
  app.get('/guarded', guard(REQUIRED), async (context) => context.body(BODY, 200, { 'content-type': TYPE }))
  const listener = getRequestListener(app.fetch)
  return createServer((request, response) => void listener(request, response))
}

const openExpress: Open = async (verifier, known, peers) => {
  const app = express()
  const guard = createExpressGuard(verifier)
  const answer = async (_request: unknown, response: Response): Promise<void> =>
    void response.type(TYPE).send(BODY)
  app.get('/open', answer)
  app.get(
    '/map',
    (request: Request, response: Response, next: NextFunction) => {
      if (isKnown(request, known)) next()
      else response.status(401).end()
    },
    answer,
  )
  app.get('/guarded', guard(REQUIRED), (request, response) => answer(request, response))
  const sessions = session({ secret: peers.secret, resave: false, saveUninitialized: false, name: 'sid' })
  app.get('/sign-in', sessions, (request, response) => {
    Object.assign(request.session, { account: 'ada' })
    response.send()
  })
  app.get(
    '/express-session',
    sessions,
    (request: Request, response: Response, next: NextFunction) => {
      if ('account' in request.session) next()
      else response.status(401).end()
    },
    answer,
  )
  return createServer(app)
}

export const openers: Readonly<Record<Framework, Open>> = {
  'node:http': openNode,
  Fastify: openFastify,
  Hono: openHono,
  Express: openExpress,
}
