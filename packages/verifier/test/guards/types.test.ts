// What the compiler has to know about handlers behind a guard: `tsc` is the judge of this file, and each directive below must be needed.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import express from 'express'
import { fastify } from 'fastify'
import { Hono } from 'hono'
import { createGuard as createExpressGuard } from '../../src/guards/express.ts'
import { createGuard as createFastifyGuard } from '../../src/guards/fastify.ts'
import { createGuard as createHonoGuard } from '../../src/guards/hono.ts'
import { createGuard as createNodeGuard } from '../../src/guards/node.ts'
import type { Principal } from '../../src/verifier-types.ts'
import { createFakeVerifier } from './fake-verifier.ts'

const verifier = createFakeVerifier()
const isPrincipal = (principal: Principal): boolean => principal.id.length > 0

test('Express: `locals` holds the caller, and the path keeps its parameters', () => {
  const app: express.Express = express()
  const guard = createExpressGuard(verifier)
  app.get('/doors/:door', guard({ permissions: ['gym:enter'] }), (request, response) => {
    const door: string = request.params.door
    // @ts-expect-error There is no such parameter.
    const window: string = request.params.window
    // @ts-expect-error A principal's id is text.
    const id: number = response.locals.principal.id
    response.json([
      isPrincipal(response.locals.principal),
      response.locals.permissions.length,
      door,
      window,
      id,
    ])
  })
  app.use('/all', guard(), express.json())

  assert.equal(typeof guard(), 'function')
})

test('Fastify: `request` holds the caller, also where a route has types of its own', () => {
  const app = fastify()
  const guard = createFastifyGuard(verifier)
  app.get<{ Params: { door: string } }>('/doors/:door', { onRequest: guard() }, async (request) => {
    const door: string = request.params.door
    // @ts-expect-error A principal's id is text.
    const id: number = request.principal.id
    // @ts-expect-error Nobody puts another caller in.
    request.principal = { ...request.principal }
    return [isPrincipal(request.principal), request.credential.kind, request.permissions, door, id]
  })
  app.post('/doors', { onRequest: [guard({ resource: ({ url }) => url })] }, async () => 'open')

  assert.equal(typeof guard.plugin, 'function')
})

test('Hono: the context holds the caller, beside variables and bindings of the app', () => {
  const app = new Hono<{ Bindings: { place: string }; Variables: { colour: string } }>()
  const guard = createHonoGuard(verifier)
  app.get('/doors/:door', guard({ resource: (context) => context.req.path }), (context) => {
    const door: string = context.req.param('door')
    const place: string = context.env.place + context.var.colour
    // @ts-expect-error A principal's id is text.
    const id: number = context.get('principal').id
    return context.json([isPrincipal(context.var.principal), context.var.credential.kind, door, place, id])
  })
  app.get('/open', (context) => {
    // @ts-expect-error Nobody is known on a route without a guard.
    context.get('principal')
    return context.text('open')
  })

  assert.equal(typeof guard(), 'function')
})

test('node:http: the handler is called with the caller', () => {
  const guard = createNodeGuard(verifier)
  const handler = guard({ resource: (request) => request.url ?? null }, (_request, response, caller) => {
    // @ts-expect-error A principal's id is text.
    const id: number = caller.principal.id
    response.end(String(isPrincipal(caller.principal) && id > 0 && caller.permissions.includes('x')))
  })

  assert.equal(typeof handler, 'function')
})

test('Fastify: reading the caller on a route without a guard is a mistake that is told', async (t) => {
  const app = fastify()
  const guard = createFastifyGuard(verifier)
  await app.register(guard.plugin)
  app.get('/open', (request) => request.principal.id)
  t.after(() => app.close())

  const { statusCode, body } = await app.inject('/open')

  assert.equal(statusCode, 500)
  assert.match(body, /`request\.principal` was read on a route without a guard/)
})

test('Fastify: a guard without its plugin lets nobody in', async (t) => {
  verifier.let('cs_seslive_ada')
  const app = fastify()
  app.get('/door', { onRequest: createFastifyGuard(verifier)() }, async () => 'open')
  t.after(() => app.close())

  const { statusCode, body } = await app.inject({
    url: '/door',
    headers: { authorization: 'Bearer cs_seslive_ada' },
  })

  assert.equal(statusCode, 500)
  assert.match(body, /Register the plugin of the guard/)
})
