/** The API whose routes our guard protects: it follows a real authority in another process. */
import { createVerifier } from '@countersign/verifier'
import { createRedisLimiter } from '@countersign/verifier/guards'
import { type CallerVariables, createGuard } from '@countersign/verifier/hono'
import { serve } from '@hono/node-server'
import { createClient } from '@redis/client'
import { type Context, Hono } from 'hono'
import { readBusy } from '../server/busy.ts'
import { answer } from '../server/child.ts'
import { findFreePort } from '../server/ports.ts'

const { BENCH_ISSUER = '', BENCH_AUDIENCE = '', BENCH_KEY = '', BENCH_REDIS = '' } = process.env

const verifier = createVerifier({ issuer: BENCH_ISSUER, audience: BENCH_AUDIENCE, key: BENCH_KEY })
await verifier.ready()

const tellWho = async (context: Context<CallerVariables>): Promise<Response> =>
  context.json({ id: context.var.principal.id })

const app = new Hono()
const guard = createGuard(verifier)
app.get('/memory', guard(), tellWho)
app.get('/online', guard({ freshness: 'online' }), tellWho)

const redis = BENCH_REDIS === '' ? null : createClient({ socket: { path: BENCH_REDIS, tls: false } })
if (redis !== null) {
  await redis.connect()
  const limiter = createRedisLimiter({
    evaluate: (script, key, args) => redis.eval(script, { keys: [key], arguments: [...args] }),
    onError: (error) => {
      throw error
    },
  })
  const sharing = createGuard(verifier, { limiter })
  app.get('/shared-limit', sharing(), tellWho)
}

const port = await findFreePort()
const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' })

answer({ ports: () => ({ port }), busy: readBusy }, async () => {
  server.close()
  redis?.destroy()
  await verifier.close()
})
