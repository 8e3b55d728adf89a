/** How many sign-ins a second of one core refuses for an address that is over its limit, beside two other limiters. */
import { alternate, type BenchResult, type Phase, toResult } from '../measure.ts'
import { busyClocks } from '../server/busy.ts'
import { Child, numberOf } from '../server/child.ts'
import { toRequest, type Wire, withWires } from '../server/wire.ts'

const CONNECTIONS = 8
const TURNS = { turns: 15, phaseMs: 200 }
const PER_SECOND_MIN = 10_000
/** Though theirs writes no log line, no metrics and no decision that could be explained. */
const EXPRESS_RATIO_MIN = 1
const BETTER_AUTH_RATIO_MIN = 2
/** More than any of them lets through in a window. */
const WARM_UP = 150

interface Target {
  readonly child: Child
  readonly port: number
  readonly request: string
}

export async function benchRefusals(folder: string): Promise<BenchResult[]> {
  const ours = await open('../limits/authority-child.ts', folder, '/v1/sign-in')
  const express = await open('../limits/express-child.ts', folder, '/sign-in')
  const betterAuth = await open('./better-auth-child.ts', folder, '/api/auth/sign-in/email')
  try {
    const beside = await compare(ours, express)
    const { ours: perSecond } = beside
    return [
      {
        name: 'limits: sign-ins refused for an address over its limit, never hashed',
        unit: 'refusals/CPU s',
        ours: perSecond,
        theirs: null,
        ratio: null,
        target: `at least ${PER_SECOND_MIN}`,
        met: perSecond >= PER_SECOND_MIN,
      },
      toResult('limits: … ÷ Express with rate-limiter-flexible', 'refusals/CPU s', beside, EXPRESS_RATIO_MIN),
      toResult(
        'limits: … ÷ Better Auth’s own limiter',
        'refusals/CPU s',
        await compare(ours, betterAuth),
        BETTER_AUTH_RATIO_MIN,
      ),
    ]
  } finally {
    await Promise.all([ours, express, betterAuth].map(({ child }) => child.close()))
  }
}

async function open(file: string, folder: string, path: string): Promise<Target> {
  const child = Child.start(file, { BENCH_FOLDER: folder, BENCH_RATE_LIMIT: 'on' })
  const port = numberOf(await child.call('ports'), 'port')
  const body = JSON.stringify({ email: 'nobody@example.com', password: 'another quiet otter' })
  const headers = {
    'content-type': 'application/json',
    origin: `http://localhost:${port}`,
    'x-forwarded-for': '198.51.100.7',
    'x-forwarded-proto': 'https',
  }
  return { child, port, request: toRequest('POST', port, path, headers, body) }
}

async function compare(ours: Target, theirs: Target): ReturnType<typeof alternate> {
  return withWires(ours.port, CONNECTIONS, (ourWires) =>
    withWires(theirs.port, CONNECTIONS, async (theirWires) => {
      await exhaust(ourWires, ours)
      await exhaust(theirWires, theirs)
      const clocks = busyClocks(ours.child, theirs.child, 'allMs')
      return alternate(refusalPhase(ourWires, ours), refusalPhase(theirWires, theirs), TURNS, clocks)
    }),
  )
}

async function exhaust(wires: readonly Wire[], { request }: Target): Promise<void> {
  const [wire] = wires
  for (let count = 0; wire !== undefined && count < WARM_UP; count += 1) await wire.send(request)
}

/** A window may end within a phase, and what it lets through is then hashed: that is the price of a refusal as well. */
function refusalPhase(wires: readonly Wire[], { request }: Target): Phase {
  return async (untilMs) => {
    let refusals = 0
    const loop = async (wire: Wire): Promise<void> => {
      while (performance.now() < untilMs) {
        const { status } = await wire.send(request)
        if (status === 429) refusals += 1
      }
    }
    await Promise.all(wires.map(loop))
    return refusals
  }
}
