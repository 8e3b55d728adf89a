/** What checking a credential that was seen before costs: `GET /v1/me` against a bare route of the same framework. */
import { alternate, type BenchResult, type Comparison, median, toResult } from '../measure.ts'
import { at, createApiKey, signIn, signUp } from './api.ts'
import { Child, numberOf } from './child.ts'
import { toRequest, type Wire, withWires } from './wire.ts'

const CONNECTIONS = 8
const STARTS = 3
const WARM_UP = { turns: 12, phaseMs: 40 }
const MEASURED = { turns: 31, phaseMs: 40 }
const RATIO_MIN = 0.7

/** Takes about half a minute. */
export async function benchMe(folder: string): Promise<BenchResult[]> {
  const comparisons = new Map<string, Comparison[]>()
  for (let start = 0; start < STARTS; start += 1) {
    const child = Child.start('./authority-child.ts', { BENCH_FOLDER: folder })
    try {
      for (const [name, comparison] of await measureStart(child)) {
        comparisons.set(name, [...(comparisons.get(name) ?? []), comparison])
      }
    } finally {
      await child.close()
    }
  }
  return [...comparisons].map(([name, starts]) =>
    toResult(`server: GET /v1/me by ${name} ÷ a bare Hono route`, 'requests/s', merge(starts), RATIO_MIN),
  )
}

async function measureStart(child: Child): Promise<readonly [string, Comparison][]> {
  const ports = await child.call('ports')
  const port = numberOf(ports, 'port')
  const barePort = numberOf(ports, 'barePort')
  const measured: [string, Comparison][] = []
  for (const [name, headers] of await createCredentials(port)) {
    const ours = toRequest('GET', port, '/v1/me', headers)
    // The same header lines on both sides: parsing them is not what is compared.
    const theirs = toRequest('GET', barePort, '/me', headers)
    const comparison = await withWires(port, CONNECTIONS, (ourWires) =>
      withWires(barePort, CONNECTIONS, async (theirWires) => {
        const { body } = await sendOne(ourWires, ours)
        await child.call('answerWith', { bytes: Buffer.byteLength(body, 'latin1') })
        const ourPhase = (untilMs: number): Promise<number> => repeat(ourWires, ours, untilMs)
        const theirPhase = (untilMs: number): Promise<number> => repeat(theirWires, theirs, untilMs)
        await alternate(ourPhase, theirPhase, WARM_UP)
        return alternate(ourPhase, theirPhase, MEASURED)
      }),
    )
    measured.push([name, comparison])
  }
  return measured
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

async function sendOne([wire]: readonly Wire[], request: string): Promise<{ body: string }> {
  const answer = await wire?.send(request)
  if (answer?.status !== 200) throw new Error(`The first request was answered ${answer?.status}.`)
  return answer
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
