/** Inside a Hono app: its own request goes in, and the answer comes back as it is. */
import { describe } from 'node:test'
import { createAdaptorServer } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import { Hono } from 'hono'
import { baseOf, passesThrough } from './usual-day.ts'

describe('Hono', () => {
  passesThrough(async (t, countersign) => {
    const app = new Hono()
    app.get('/hello', (context) => context.text('hello'))
    app.on('ALL', ['/v1/*', '/oauth/*', '/.well-known/*'], (context) =>
      countersign.fetch(context.req.raw, { remoteAddress: getConnInfo(context).remote.address }),
    )
    const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => new Promise((resolve) => server.close(resolve)))
    return baseOf(server.address())
  })
})
