/** What checking a credential that was seen before costs: `GET /v1/me` against a bare route of the same framework. */
import { alternate, type BenchResult, type Comparison, median, type Turns, toResult } from '../measure.ts'
import { at, createApiKey, signIn, signUp } from './api.ts'
import { busyClocks } from './busy.ts'
import { Child, numberOf } from './child.ts'
import { toRequest, type Wire, withWires } from './wire.ts'

const CONNECTIONS = 8
const STARTS = 3
const WARM_UP = { turns: 15, phaseMs: 40 }
const MEASURED = { turns: 31, phaseMs: 40 }
const RATIO_MIN = 0.7

/** Takes about half a minute. */
export async function benchMe(folder: string): Promise<BenchResult[]> {
  const comparisons = new Map<string, Comparison[]>()
  for (let start = 0; start < STARTS; start += 1) {
    const ours = Child.start('./authority-child.ts', { BENCH_FOLDER: folder })
    const theirs = Child.start('./bare-child.ts')
    try {
      for (const [name, comparison] of await measureStart(ours, theirs)) {
        comparisons.set(name, [...(comparisons.get(name) ?? []), comparison])
      }
    } finally {
      await Promise.all([ours.close(), theirs.close()])
    }
  }
  return [...comparisons].map(([name, starts]) =>
    toResult(`server: GET /v1/me by ${name} ÷ a bare Hono route`, 'requests/CPU s', merge(starts), RATIO_MIN),
  )
}

async function measureStart(ours: Child, theirs: Child): Promise<readonly [string, Comparison][]> {
  const port = numberOf(await ours.call('ports'), 'port')
  const barePort = numberOf(await theirs.call('ports'), 'port')
  // One thread answers; what it can do in a second is what its second costs.
  const clocks = busyClocks(ours, theirs, 'mainMs')
  const routes = (await createCredentials(port)).map(([name, headers]) => ({
    name,
    ours: toRequest('GET', port, '/v1/me', headers),
    // The same header lines on both sides: parsing them is not what is compared.
    theirs: toRequest('GET', barePort, '/me', headers),
  }))
  return withWires(port, CONNECTIONS, (ourWires) =>
    withWires(barePort, CONNECTIONS, async (theirWires) => {
      const measured: [string, Comparison][] = []
      const take = async (route: (typeof routes)[number], turns: Turns): Promise<Comparison> => {
        await theirs.call('answerWith', { bytes: await bytesOf(ourWires, route.ours) })
        const ourPhase = (untilMs: number): Promise<number> => repeat(ourWires, route.ours, untilMs)
        const theirPhase = (untilMs: number): Promise<number> => repeat(theirWires, route.theirs, untilMs)
        return alternate(ourPhase, theirPhase, turns, clocks)
      }
      // All of them first: what is measured first would otherwise be compiled while it is measured.
      for (const route of routes) await take(route, WARM_UP)
      for (const route of routes) measured.push([route.name, await take(route, MEASURED)])
      return measured
    }),
  )
}

async function createCredentials(
  port: number,
): Promise<readonly (readonly [name: string, headers: Readonly<Record<string, string>>])[]> {
  const [email = ''] = await signUp(port, 1)
  const sessionToken = at(await signIn(port, email, 'session_token'), 'session_token')
  const apiKey = await createApiKey(port, sessionToken)
  const accessToken = at(await signIn(port, email, 'jwt'), 'access_token')
  return [
    ['session token', { authorization: `Bearer ${sessionToken}` }],
    ['API key', { 'x-api-key': apiKey }],
    ['JWT', { authorization: `Bearer ${accessToken}` }],
  ]
}

async function bytesOf([wire]: readonly Wire[], request: string): Promise<number> {
  const answer = await wire?.send(request)
  if (answer?.status !== 200) throw new Error(`The first request was answered ${answer?.status}.`)
  return Buffer.byteLength(answer.body, 'latin1')
}

async function repeat(wires: readonly Wire[], request: string, untilMs: number): Promise<number> {
  let requests = 0
  const loop = async (wire: Wire): Promise<void> => {
    for (; performance.now() < untilMs; requests += 1) {
      const { status } = await wire.send(request)
      if (status !== 200) throw new Error(`A request was answered ${status}.`)
    }
  }
  await Promise.all(wires.map(loop))
  return requests
}

function merge(starts: readonly Comparison[]): Comparison {
  return {
    ours: median(starts.map(({ ours }) => ours)),
    theirs: median(starts.map(({ theirs }) => theirs)),
    ratio: median(starts.map(({ ratio }) => ratio)),
  }
}
