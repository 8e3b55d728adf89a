/**
 * What a refresh and a key exchange cost above what they cannot do without: a signature, and a commit that
 * survives power loss.
 */
import { alternate, type BenchResult, type Phase, toCost } from '../measure.ts'
import { at, createApiKey, signIn, signUp } from './api.ts'
import { Child, numberOf } from './child.ts'
import { toRequest, type Wire, withWires } from './wire.ts'

const CONNECTIONS = 16
const WARM_UP = { turns: 8, phaseMs: 100 }
const MEASURED = { turns: 31, phaseMs: 100 }
const COST_MAX = 1.4

/** Takes about twenty seconds. */
export async function benchTokens(folder: string): Promise<BenchResult[]> {
  const child = Child.start('./authority-child.ts', { BENCH_FOLDER: folder })
  try {
    const ports = await child.call('ports')
    const port = numberOf(ports, 'port')
    return await withWires(port, CONNECTIONS, async (wires) => [
      await compare(child, 'refresh, durable', await refreshPhase(port, wires)),
      await compare(child, 'key exchange', await exchangePhase(port, wires)),
    ])
  } finally {
    await child.close()
  }
}

async function compare(child: Child, name: string, ours: Phase): Promise<BenchResult> {
  const theirs = async (untilMs: number): Promise<number> => {
    const durationMs = untilMs - performance.now()
    return numberOf(await child.call('signAndCommit', { tasks: CONNECTIONS, durationMs }), 'operations')
  }
  await alternate(ours, theirs, WARM_UP)
  const rates = await alternate(ours, theirs, MEASURED)
  return toCost(
    `server: ${name} ÷ an ES256 signature and a durable commit, ${CONNECTIONS} at once`,
    'µs each',
    1e6 / rates.ours,
    1e6 / rates.theirs,
    COST_MAX,
  )
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** Each connection has a session of its own, and refreshes with what it was given the last time. */
async function refreshPhase(port: number, wires: readonly Wire[]): Promise<Phase> {
  const emails = await signUp(port, CONNECTIONS)
  const families = await Promise.all(
    wires.map(async (wire, index) => {
      const signedIn = await signIn(port, emails[index] ?? '', 'jwt')
      return { wire, refreshToken: at(signedIn, 'refresh_token') }
    }),
  )
  return async (untilMs) => {
    let refreshes = 0
    const loop = async (family: (typeof families)[number]): Promise<void> => {
      for (; performance.now() < untilMs; refreshes += 1) {
        const form = `grant_type=refresh_token&client_id=first-party&refresh_token=${family.refreshToken}`
        const { status, body } = await family.wire.send(toRequest('POST', port, '/oauth/token', FORM, form))
        if (status !== 200) throw new Error(`A refresh was answered ${status}: ${body}`)
        family.refreshToken = at(JSON.parse(body), 'refresh_token')
      }
    }
    await Promise.all(families.map(loop))
    return refreshes
  }
}

async function exchangePhase(port: number, wires: readonly Wire[]): Promise<Phase> {
  const signedIn = await signIn(port, 'person-0@example.com', 'session_token')
  const apiKey = await createApiKey(port, at(signedIn, 'session_token'))
  const form = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: apiKey,
    subject_token_type: 'urn:countersign:params:oauth:token-type:api-key',
  })
  const request = toRequest('POST', port, '/oauth/token', FORM, form.toString())
  return async (untilMs) => {
    let exchanges = 0
    const loop = async (wire: Wire): Promise<void> => {
      for (; performance.now() < untilMs; exchanges += 1) {
        const { status, body } = await wire.send(request)
        if (status !== 200) throw new Error(`An exchange was answered ${status}: ${body}`)
      }
    }
    await Promise.all(wires.map(loop))
    return exchanges
  }
}
