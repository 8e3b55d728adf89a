/** The check itself, as a guard makes it for a credential that was seen before, against what others do for theirs. */
import { type BenchResult, median, toLimit } from '../measure.ts'
import { type Kind, kinds, openBench } from './authority.ts'
import { openPeers, type Peers } from './peers.ts'

const BATCH = 500
const BATCHES = 200
const CHECK_MICROSECONDS_MAX = 1
const TIMES_MIN = { 'fast-jwt, cache hit': 5, 'jose, HS256': 30, 'jose, ES256': 100 } as const

type Check = (text: string) => unknown

/** Takes about fifteen seconds. */
export async function benchChecks(): Promise<BenchResult[]> {
  // A verifier keeps no process running by itself, and here is no server that would.
  const alive = setInterval(() => undefined, 1_000)
  const { verifier, headers } = await openBench()
  const peers = openPeers()
  const source = (kind: Kind) => (kind === 'API key' ? 'api_key_header' : 'authorization')
  const ours = new Map<Kind, number>()
  for (const kind of kinds) {
    for (const [name, value] of headers[kind]) {
      await verifier.authenticate({ authorization: null, apiKey: null, cookie: null, [toPart(name)]: value })
    }
    const texts = headers[kind].map(([, value]) => value)
    const check: Check = (text) => {
      if (verifier.recall(source(kind), text) === null) throw new Error('A known credential was forgotten.')
    }
    ours.set(kind, await measure(texts, check))
  }
  const theirs = await measurePeers(peers)
  await verifier.close()
  clearInterval(alive)
  const jwt = ours.get('JWT') ?? Number.NaN
  return [
    ...kinds.map((kind) =>
      toLimit(
        `guards: warm check of a ${kind}, p50`,
        'µs',
        ours.get(kind) ?? Number.NaN,
        CHECK_MICROSECONDS_MAX,
      ),
    ),
    ...Object.entries(TIMES_MIN).map(([name, min]) => {
      const other = theirs.get(name) ?? Number.NaN
      const ratio = other / jwt
      const target = `at least ${min} × faster`
      return {
        name: `guards: warm check of a JWT against ${name}`,
        unit: 'µs',
        ours: jwt,
        theirs: other,
        ratio,
        target,
        met: ratio >= min,
      }
    }),
  ]
}

const toPart = (name: string): string => (name === 'x-api-key' ? 'apiKey' : name)

async function measurePeers(peers: Peers): Promise<ReadonlyMap<string, number>> {
  const bearer = (token: string): string[] => [`Bearer ${token}`]
  return new Map([
    ['fast-jwt, cache hit', await measure(bearer(peers.es256), (text) => peers.fastJwt(text.slice(7)))],
    ['jose, HS256', await measure(bearer(peers.hs256), (text) => peers.joseHs256(text), 20)],
    ['jose, ES256', await measure(bearer(peers.es256), (text) => peers.joseEs256(text), 20)],
  ])
}

/** Microseconds for one check: the median of the batches. */
async function measure(texts: readonly string[], check: Check, batch = BATCH): Promise<number> {
  const microseconds: number[] = []
  for (let count = -BATCHES / 4; count < BATCHES; count += 1) {
    // As a server reads it: each request brings its own copy of the text, whose hash nobody knows yet.
    const copies = Array.from({ length: batch }, (_, index) =>
      Buffer.from(texts[index % texts.length] ?? '', 'latin1').toString('latin1'),
    )
    const startedMs = performance.now()
    for (const copy of copies) {
      const result = check(copy)
      if (result instanceof Promise) await result
    }
    if (count >= 0) microseconds.push(((performance.now() - startedMs) * 1_000) / batch)
  }
  return median(microseconds)
}
