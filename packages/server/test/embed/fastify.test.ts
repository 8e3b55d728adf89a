/** Inside a Fastify app, as a plugin of its own in which bodies are left unread. */
import { describe } from 'node:test'
import fastify from 'fastify'
import { toNodeHandler } from '../../src/node-handler.ts'
import { baseOf, passesThrough } from './usual-day.ts'

describe('Fastify', () => {
  passesThrough(async (t, countersign) => {
    const app = fastify()
    app.get('/hello', (_, reply) => reply.type('text/plain').send('hello'))
    const handle = toNodeHandler(countersign)
    app.register((mounted, _, ready) => {
      mounted.removeAllContentTypeParsers()
      mounted.addContentTypeParser('*', (_, __, done) => done(null))
      for (const path of ['/v1/*', '/oauth/*', '/.well-known/*']) {
        mounted.all(path, (request, reply) => {
          reply.hijack()
          handle(request.raw, reply.raw)
        })
      }
      ready()
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    t.after(() => app.close())
    return baseOf(app.server.address())
  })
})
