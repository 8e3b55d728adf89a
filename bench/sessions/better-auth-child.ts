/** An API whose route Better Auth protects, on the same framework and adapter as ours. */
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { readBusy } from '../server/busy.ts'
import { answer } from '../server/child.ts'
import { findFreePort } from '../server/ports.ts'
import { openKeyPeer, openSessionPeer, type Peer, type Place } from './better-auth.ts'

const { BENCH_SQLITE = '', BENCH_POSTGRES, BENCH_REDIS, BENCH_CREDENTIAL, BENCH_COOKIE_CACHE } = process.env

const place: Place =
  BENCH_POSTGRES === undefined
    ? { kind: 'sqlite', place: BENCH_SQLITE }
    : { kind: 'postgres', place: BENCH_POSTGRES }
const peer: Peer = await (BENCH_CREDENTIAL === 'API key'
  ? openKeyPeer(place, BENCH_REDIS ?? null)
  : openSessionPeer(place, BENCH_COOKIE_CACHE === 'on'))

const app = new Hono<{ Variables: { accountId: string } }>()
app.get(
  '/protected',
  async (context, next) => {
    const id = await peer.identify(context.req.raw.headers)
    if (id === null) return context.json({ error: 'unauthorized' }, 401)
    context.set('accountId', id)
    await next()
  },
  async (context) => context.json({ id: context.var.accountId }),
)

const port = await findFreePort()
const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' })

answer(
  { ports: () => ({ port }), busy: readBusy, callers: () => ({ all: JSON.stringify(peer.callers) }) },
  async () => {
    server.close()
    await peer.close()
  },
)
