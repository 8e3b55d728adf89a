/** Signing in: how many per second, what it does to everybody else's requests, and what a flood of it costs. */
import { availableParallelism } from 'node:os'
import { alternate, type BenchResult, median, type Phase, toLimit, toResult } from '../measure.ts'
import { call, PASSWORD, signUp } from './api.ts'
import { busyClock, busyClocks } from './busy.ts'
import { Child, numberOf } from './child.ts'
import { toRequest, type Wire, withWires } from './wire.ts'

const AT_ONCE = 8
/** The server never hashes more at once than two cores can (`defaultHashConcurrency`); the bare form gets as many. */
const HASHES_AT_ONCE = Math.min(2, availableParallelism())
/**
 * Enough that nobody reaches the cap of sessions per account, and that a flood has no more than five sign-ins to one
 * of them under way: strangers at the sixth would have to wait, and nothing would be hashed for them.
 */
const ACCOUNTS = 128
const MEASURED = { turns: 11, phaseMs: 500 }
const BETTER_AUTH_RATIO_MIN = 6
const HASH_RATIO_MIN = 0.9
const BURSTS = 9
const STALL_MS_MAX = 15
const FLOOD = 500
/** Two hashes of 19 MiB, 500 connections with their requests, and a heap that was not collected meanwhile. */
const FLOOD_MIB_MAX = 128

/** Takes about half a minute. */
export async function benchSignIns(folder: string): Promise<BenchResult[]> {
  const ours = Child.start('./authority-child.ts', { BENCH_FOLDER: folder })
  const theirs = Child.start('./better-auth-child.ts', { BENCH_FOLDER: folder })
  try {
    const port = numberOf(await ours.call('ports'), 'port')
    const emails = await signUp(port, ACCOUNTS)
    return [
      await compareWithBetterAuth(ours, theirs, emails),
      await compareWithHash(ours, port, emails),
      await measureStall(ours, port, emails),
      ...(await measureFlood(ours, port, emails)),
    ]
  } finally {
    await Promise.all([ours.close(), theirs.close()])
  }
}

/** Each connection signs in again and again, every time as somebody else. */
function signInPhase(wires: readonly Wire[], port: number, path: string, emails: readonly string[]): Phase {
  const headers = { 'content-type': 'application/json', origin: `http://localhost:${port}` }
  const requests = emails.map((email) =>
    toRequest('POST', port, path, headers, JSON.stringify({ email, password: PASSWORD })),
  )
  let next = 0
  return async (untilMs) => {
    let signIns = 0
    const loop = async (wire: Wire): Promise<void> => {
      for (; performance.now() < untilMs; signIns += 1) {
        next += 1
        const { status, body } = await wire.send(requests[next % requests.length] ?? '')
        if (status !== 200) throw new Error(`A sign-in was answered ${status}: ${body}`)
      }
    }
    await Promise.all(wires.map(loop))
    return signIns
  }
}

async function compareWithBetterAuth(
  child: Child,
  theirChild: Child,
  emails: readonly string[],
): Promise<BenchResult> {
  const port = numberOf(await child.call('ports'), 'port')
  const theirPort = numberOf(await theirChild.call('ports'), 'port')
  const theirEmails = emails.slice(0, AT_ONCE)
  for (const email of theirEmails) {
    const json = { email, password: PASSWORD, name: 'Somebody' }
    await call(theirPort, 'POST', '/api/auth/sign-up/email', { json })
  }
  const rates = await withWires(port, AT_ONCE, (ourWires) =>
    withWires(theirPort, AT_ONCE, async (theirWires) => {
      const ours = signInPhase(ourWires, port, '/v1/sign-in', emails)
      const theirs = signInPhase(theirWires, theirPort, '/api/auth/sign-in/email', theirEmails)
      return alternate(ours, theirs, MEASURED, busyClocks(child, theirChild, 'allMs'))
    }),
  )
  return toResult(
    `server: sign-in ÷ Better Auth's default, ${AT_ONCE} at once`,
    'sign-ins/CPU s',
    rates,
    BETTER_AUTH_RATIO_MIN,
  )
}

async function compareWithHash(child: Child, port: number, emails: readonly string[]): Promise<BenchResult> {
  const bare = async (untilMs: number): Promise<number> => {
    const durationMs = untilMs - performance.now()
    return numberOf(await child.call('hash', { tasks: HASHES_AT_ONCE, durationMs }), 'operations')
  }
  const rates = await withWires(port, AT_ONCE, (wires) =>
    alternate(signInPhase(wires, port, '/v1/sign-in', emails), bare, MEASURED, busyClock([child], 'allMs')),
  )
  return toResult(
    `server: sign-in ÷ bare Argon2id, ${AT_ONCE} at once`,
    'sign-ins/CPU s',
    rates,
    HASH_RATIO_MIN,
  )
}

async function measureStall(child: Child, port: number, emails: readonly string[]): Promise<BenchResult> {
  const longestMs: number[] = []
  for (let burst = 0; burst < BURSTS; burst += 1) {
    await child.call('watchLoop')
    await Promise.all(emails.slice(0, AT_ONCE).map((email) => signInStatus(port, email)))
    longestMs.push(numberOf(await child.call('longestStall'), 'ms'))
  }
  return toLimit(
    `server: event loop's longest stall, ${AT_ONCE} sign-ins at once`,
    'ms',
    median(longestMs),
    STALL_MS_MAX,
  )
}

async function measureFlood(child: Child, port: number, emails: readonly string[]): Promise<BenchResult[]> {
  await child.call('watchMemory')
  const statuses = await Promise.all(
    Array.from({ length: FLOOD }, (_, index) => signInStatus(port, emails[index % emails.length] ?? '')),
  )
  const memory = await child.call('peakMemory')
  const grownMib = numberOf(memory, 'peakMib') - numberOf(memory, 'beforeMib')
  const lost = statuses.filter((status) => status !== 200 && status !== 503).length
  const busy = statuses.filter((status) => status === 503).length
  return [
    toLimit(
      `server: memory that ${FLOOD} sign-ins at once add (${busy} of them answered 503)`,
      'MiB',
      grownMib,
      FLOOD_MIB_MAX,
    ),
    toLimit('server: … answered neither with 200 nor with 503', 'requests', lost, 0),
  ]
}

async function signInStatus(port: number, email: string): Promise<number> {
  const response = await fetch(`http://localhost:${port}/v1/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD }),
  })
  await response.arrayBuffer()
  return response.status
}
