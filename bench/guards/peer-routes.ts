/** What other ways of protecting a route cost: for orientation, nothing here has a figure to reach. */
import { type BenchResult, median } from '../measure.ts'
import { busyClock } from '../server/busy.ts'
import { Child, numberOf, textOf } from '../server/child.ts'
import { toRequest, withWires } from '../server/wire.ts'
import type { Framework } from './apps.ts'
import { type Route, ratioOf, takeTurns } from './routes.ts'

const CONNECTIONS = 8
const WARM_UP = { turns: 8, phaseMs: 25 }
const MEASURED = { turns: 16, phaseMs: 25 }

interface Peer {
  readonly name: string
  readonly framework: Framework
  readonly path: string
  readonly header: 'hs256' | 'es256' | 'cookie'
}

const peers: readonly Peer[] = [
  { name: 'jose per request, HS256', framework: 'node:http', path: '/jose-hs256', header: 'hs256' },
  { name: 'jose per request, ES256', framework: 'node:http', path: '/jose-es256', header: 'es256' },
  { name: '@fastify/jwt with its cache, HS256', framework: 'Fastify', path: '/fastify-jwt', header: 'hs256' },
  { name: 'express-session in memory', framework: 'Express', path: '/express-session', header: 'cookie' },
]

export async function benchPeers(): Promise<BenchResult[]> {
  const results: BenchResult[] = []
  for (const peer of peers) results.push(await benchPeer(peer))
  return results
}

async function benchPeer({ name, framework, path, header }: Peer): Promise<BenchResult> {
  const child = Child.start('../guards/child.ts', { BENCH_FRAMEWORK: framework })
  try {
    const port = numberOf(await child.call('ports'), 'port')
    const clock = busyClock([child], 'mainMs')
    const line = header === 'cookie' ? await signIn(port) : await toBearer(child, header)
    const toRoute = (to: string): Route => ({
      name: to,
      requests: [Buffer.from(toRequest('GET', port, to, line))],
    })
    const routes = ['/open', path].map(toRoute)
    return await withWires(port, CONNECTIONS, async (wires) => {
      await takeTurns(routes, wires, WARM_UP, clock)
      const rates = await takeTurns(routes, wires, MEASURED, clock)
      return {
        name: `guards: ${framework}, ${name} ÷ unprotected`,
        unit: 'requests/CPU s',
        ours: median(rates.get(path) ?? []),
        theirs: median(rates.get('/open') ?? []),
        ratio: ratioOf(rates, path, '/open'),
        target: 'none',
        met: true,
      }
    })
  } finally {
    await child.close()
  }
}

async function toBearer(child: Child, header: 'hs256' | 'es256'): Promise<Record<string, string>> {
  return { authorization: `Bearer ${textOf(await child.call('peers'), header)}` }
}

async function signIn(port: number): Promise<Record<string, string>> {
  const { headers } = await fetch(`http://127.0.0.1:${port}/sign-in`)
  return { cookie: headers.getSetCookie()[0]?.split(';')[0] ?? '' }
}
