/**
 * A route that our guard protects against the same route protected by Better Auth, on the same framework: requests for
 * each second of CPU time of all processes that answer them, threads included, but for those of Postgres and Redis.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { repeat } from './guards/routes.ts'
import {
  alternate,
  type BenchResult,
  type Clocks,
  type Comparison,
  median,
  type Phase,
  toNotMeasured,
} from './measure.ts'
import { busyClock } from './server/busy.ts'
import { Child, numberOf, textOf } from './server/child.ts'
import { toRequest, type Wire, withWires } from './server/wire.ts'
import { type Caller, checkAnswers, parseCallers } from './sessions/callers.ts'
import { type Line, type Peer, peers } from './sessions/peers.ts'
import { openSurroundings, type Surroundings } from './sessions/surroundings.ts'

const CONNECTIONS = 8
const STARTS = 2
/** Long enough for the slower side to be compiled. */
const WARM_UP = { turns: 8, phaseMs: 400 }
const MEASURED = { turns: 9, phaseMs: 150 }
const UNIT = 'requests/CPU s'

interface Figures {
  readonly measured: Map<Line, Comparison[]>
  /** Why a line was not measured. */
  readonly missing: Map<Line, string>
}

/** Takes about three minutes and cleans up after itself. */
export async function benchSessions(): Promise<BenchResult[]> {
  const results = join(import.meta.dirname, 'results')
  mkdirSync(results, { recursive: true })
  const folder = mkdtempSync(join(results, 'sessions-'))
  const figures: Figures = { measured: new Map(), missing: new Map() }
  try {
    for (let start = 0; start < STARTS; start += 1) await measureStart(folder, figures)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return peers.flatMap(({ lines }) => lines).map((line) => toLine(line, figures))
}

/** Every process anew: how one happens to be laid out in memory is part of what it costs. */
async function measureStart(folder: string, figures: Figures): Promise<void> {
  const surroundings = await openSurroundings()
  try {
    await withApi(folder, surroundings, async (api) => {
      for (const peer of peers) await measurePeer(folder, api, peer, surroundings, figures)
    })
  } finally {
    await surroundings.close()
  }
}

/** Our side: an API that follows an authority. */
interface Api {
  readonly port: number
  /** All processes that answer its callers. */
  readonly children: readonly Child[]
  readonly callers: Readonly<Record<Peer['credential'], readonly Caller[]>>
}

async function withApi(
  folder: string,
  { redis }: Surroundings,
  work: (api: Api) => Promise<void>,
): Promise<void> {
  const authority = Child.start('../sessions/authority-child.ts', { ...PRODUCTION, BENCH_FOLDER: folder })
  const children = [authority]
  try {
    const known = await authority.call('api')
    const resource = Child.start('../sessions/resource-child.ts', {
      ...PRODUCTION,
      BENCH_ISSUER: textOf(known, 'issuer'),
      BENCH_AUDIENCE: textOf(known, 'audience'),
      BENCH_KEY: textOf(known, 'key'),
      BENCH_REDIS: 'at' in redis ? redis.at : '',
    })
    children.unshift(resource)
    const callers = await authority.call('callers')
    await work({
      port: numberOf(await resource.call('ports'), 'port'),
      children,
      callers: {
        session: parseCallers(textOf(callers, 'sessions')),
        'API key': parseCallers(textOf(callers, 'keys')),
      },
    })
  } finally {
    // The API before its authority, to which it hands in what was used.
    for (const child of children) await child.close()
  }
}

async function measurePeer(
  folder: string,
  api: Api,
  peer: Peer,
  surroundings: Surroundings,
  { measured, missing }: Figures,
): Promise<void> {
  const environment = toEnvironment(folder, peer, surroundings)
  if ('missing' in environment) {
    for (const line of peer.lines) missing.set(line, environment.missing)
    return
  }
  const child = Child.start('../sessions/better-auth-child.ts', environment)
  try {
    const port = numberOf(await child.call('ports'), 'port')
    const callers = parseCallers(textOf(await child.call('callers'), 'all'))
    for (const line of peer.lines) {
      const ours = { port: api.port, path: line.path, callers: api.callers[peer.credential] }
      const theirs = { port, path: '/protected', callers }
      const clocks = [busyClock(api.children, 'allMs'), busyClock([child], 'allMs')] as const
      const comparison = await compare(ours, theirs, clocks)
      measured.set(line, [...(measured.get(line) ?? []), comparison])
    }
  } finally {
    await child.close()
  }
}

const PRODUCTION = { NODE_ENV: 'production' } as const

function toEnvironment(
  folder: string,
  { credential, database, cookieCache, redis }: Peer,
  surroundings: Surroundings,
): Readonly<Record<string, string>> | { readonly missing: string } {
  const places = {
    BENCH_POSTGRES: database === 'postgres' ? surroundings.postgres : null,
    BENCH_REDIS: redis ? surroundings.redis : null,
  }
  const environment: Record<string, string> = {
    ...PRODUCTION,
    BENCH_CREDENTIAL: credential,
    BENCH_COOKIE_CACHE: cookieCache ? 'on' : 'off',
    BENCH_SQLITE: join(mkdtempSync(join(folder, 'better-auth-')), 'auth.db'),
  }
  for (const [name, place] of Object.entries(places)) {
    if (place === null) continue
    if ('missing' in place) return place
    environment[name] = place.at
  }
  return environment
}

interface Side {
  readonly port: number
  readonly path: string
  readonly callers: readonly Caller[]
}

async function compare(ours: Side, theirs: Side, clocks: Clocks): Promise<Comparison> {
  for (const side of [ours, theirs]) {
    await checkAnswers(side.port, side.callers, (headers) => toRequest('GET', side.port, side.path, headers))
  }
  return withWires(ours.port, CONNECTIONS, (ourWires) =>
    withWires(theirs.port, CONNECTIONS, async (theirWires) => {
      const [ourPhase, theirPhase] = [toPhase(ours, ourWires), toPhase(theirs, theirWires)]
      await alternate(ourPhase, theirPhase, WARM_UP, clocks)
      return alternate(ourPhase, theirPhase, MEASURED, clocks)
    }),
  )
}

/** The callers take turns. Throws for any other answer than 200. */
function toPhase({ port, path, callers }: Side, wires: readonly Wire[]): Phase {
  const requests = callers.map(({ headers }) => Buffer.from(toRequest('GET', port, path, headers)))
  return (untilMs) => repeat(wires, requests, untilMs)
}

function toLine(line: Line, { measured, missing }: Figures): BenchResult {
  const target = line.ratioMin === null ? 'none' : `at least ${line.ratioMin} ×`
  const reason = missing.get(line)
  if (reason !== undefined) return toNotMeasured(line.title, UNIT, target, reason)
  const starts = measured.get(line) ?? []
  const middle = (which: keyof Comparison): number => median(starts.map((start) => start[which]))
  const ratio = middle('ratio')
  return {
    name: line.title,
    unit: UNIT,
    ours: middle('ours'),
    theirs: middle('theirs'),
    ratio,
    target,
    met: line.ratioMin === null || ratio >= line.ratioMin,
  }
}
