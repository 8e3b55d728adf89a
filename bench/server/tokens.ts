/**
 * What a refresh and a key exchange cost above what they cannot do without: a signature, and a commit that
 * survives power loss.
 */
import { alternate, type BenchResult, toCost } from '../measure.ts'
import { at, createApiKey, signIn, signUp } from './api.ts'
import { Child, numberOf } from './child.ts'
import { toRequest, type Wire, withWires } from './wire.ts'

const CONNECTIONS = 16
const WARM_UP = { turns: 8, phaseMs: 100 }
const MEASURED = { turns: 21, phaseMs: 100 }
const COST_MAX = 1.4

/** Takes about half a minute. */
export async function benchTokens(folder: string): Promise<BenchResult[]> {
  const child = Child.start('./authority-child.ts', { BENCH_FOLDER: folder })
  try {
    const port = numberOf(await child.call('ports'), 'port')
    const emails = await signUp(port, CONNECTIONS)
    return await withWires(port, CONNECTIONS, async (wires) => {
      const refreshes = await openFamilies(port, wires, emails)
      const exchanges = await toExchanges(port, wires, emails)
      return [
        await compare(child, 'refresh', refreshes),
        await compare(child, 'refresh', refreshes.slice(0, 1)),
        await compare(child, 'key exchange', exchanges),
        await compare(child, 'key exchange', exchanges.slice(0, 1)),
      ]
    })
  } finally {
    await child.close()
  }
}

/** Sends one request and reads its answer. */
type Exchange = () => Promise<void>

/** As many of ours at once as there are exchanges, against as many signatures and commits at once. */
async function compare(child: Child, name: string, exchanges: readonly Exchange[]): Promise<BenchResult> {
  const atOnce = exchanges.length
  const ours = async (untilMs: number): Promise<number> => {
    let operations = 0
    const loop = async (exchange: Exchange): Promise<void> => {
      for (; performance.now() < untilMs; operations += 1) await exchange()
    }
    await Promise.all(exchanges.map(loop))
    return operations
  }
  const theirs = async (untilMs: number): Promise<number> => {
    const durationMs = untilMs - performance.now()
    return numberOf(await child.call('signAndCommit', { tasks: atOnce, durationMs }), 'operations')
  }
  await alternate(ours, theirs, WARM_UP)
  const rates = await alternate(ours, theirs, MEASURED)
  const title = `server: ${name}, ${atOnce} at once ÷ ES256 signature and durable commit`
  return toCost(title, 'µs each', 1e6 / rates.ours, 1e6 / rates.theirs, COST_MAX)
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** Each connection has a session of its own, and refreshes with what it was given the last time. */
function openFamilies(
  port: number,
  wires: readonly Wire[],
  emails: readonly string[],
): Promise<readonly Exchange[]> {
  return Promise.all(
    wires.map(async (wire, index) => {
      let refreshToken = at(await signIn(port, emails[index] ?? '', 'jwt'), 'refresh_token')
      return async () => {
        const form = `grant_type=refresh_token&client_id=first-party&refresh_token=${refreshToken}`
        const body = await send(wire, toRequest('POST', port, '/oauth/token', FORM, form))
        refreshToken = at(JSON.parse(body), 'refresh_token')
      }
    }),
  )
}

async function toExchanges(
  port: number,
  wires: readonly Wire[],
  [email = '']: readonly string[],
): Promise<readonly Exchange[]> {
  const apiKey = await createApiKey(port, at(await signIn(port, email, 'session_token'), 'session_token'))
  const form = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: apiKey,
    subject_token_type: 'urn:countersign:params:oauth:token-type:api-key',
  })
  const request = toRequest('POST', port, '/oauth/token', FORM, form.toString())
  return wires.map((wire) => async () => {
    await send(wire, request)
  })
}

async function send(wire: Wire, request: string): Promise<string> {
  const { status, body } = await wire.send(request)
  if (status !== 200) throw new Error(`A token request was answered ${status}: ${body}`)
  return body
}
