/** What a guard adds to the time that one caller waits who sends one request after the other. */
import { type BenchResult, median, toLimit } from '../measure.ts'
import { Child, numberOf, textOf } from '../server/child.ts'
import { toRequest, type Wire, withWires } from '../server/wire.ts'

const REQUESTS = 6_000
const WARM_UP = 1_500
const MICROSECONDS_MAX = 2

export async function benchLatency(): Promise<BenchResult> {
  const child = Child.start('../guards/child.ts', { BENCH_FRAMEWORK: 'node:http' })
  try {
    const port = numberOf(await child.call('ports'), 'port')
    const lines: [string, string][] = JSON.parse(
      textOf(await child.call('headers', { kind: 'JWT' }), 'lines'),
    )
    const [line = ['', '']] = lines
    const request = (path: string) => toRequest('GET', port, path, Object.fromEntries([line]))
    const added = await withWires(port, 1, ([wire]) => measure(wire, request('/open'), request('/guarded')))
    return toLimit('guards: node:http, JWT, added latency at one connection', 'µs', added, MICROSECONDS_MAX)
  } finally {
    await child.close()
  }
}

/** Request by request in turns: the two see the same weather. */
async function measure(wire: Wire | undefined, open: string, guarded: string): Promise<number> {
  const differences: number[] = []
  for (let count = -WARM_UP; count < REQUESTS; count += 1) {
    const first = count % 2 === 0
    const one = await time(wire, first ? open : guarded)
    const other = await time(wire, first ? guarded : open)
    if (count >= 0) differences.push(first ? other - one : one - other)
  }
  return median(differences)
}

async function time(wire: Wire | undefined, request: string): Promise<number> {
  const startedMs = performance.now()
  await wire?.send(request)
  return (performance.now() - startedMs) * 1_000
}
