/**
 * The OAuth provider against `oidc-provider`: ours on durable SQLite, theirs in memory. Requests for each second of CPU time of the
 * whole process, threads included, and the way to an app as somebody who waits for it sees it.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { alternate, type BenchResult, median, type Phase, toCost, toLimit, toResult } from './measure.ts'
import {
  authorizeAndRedeem,
  byClientCredentials,
  type Exchange,
  toIntrospections,
  toRefreshes,
} from './oauth/requests.ts'
import { readSide, type Side } from './oauth/setup.ts'
import { busyClocks } from './server/busy.ts'
import { Child } from './server/child.ts'
import { type Wire, withWires } from './server/wire.ts'

const CONNECTIONS = 8
/** As a busy server has them: what waits together is committed together. */
const MANY = 64
const WARM_UP = { turns: 8, phaseMs: 300 }
const MEASURED = { turns: 15, phaseMs: 150 }
const ROUND_TRIPS = 200
const ROTATIONS = 5
const UNIT = 'requests/CPU s'
type Algorithm = 'ES256' | 'EdDSA'

interface Rival {
  readonly side: Side
  readonly wires: readonly Wire[]
}
type Children = readonly [ours: Child, theirs: Child]
interface Rivals {
  readonly sides: readonly [ours: Side, theirs: Side]
  readonly children: Children
}

/** Takes about two minutes and cleans up after itself. */
export async function benchOAuth(): Promise<BenchResult[]> {
  // Beside the code and not in the system's temporary folder, which may be memory, where syncing is free.
  const results = join(import.meta.dirname, 'results')
  mkdirSync(results, { recursive: true })
  const folder = mkdtempSync(join(results, 'oauth-'))
  try {
    return [
      ...(await withRivals(folder, 'ES256', async (rivals, least) => [
        ...(await beside(least, rivals, clientCredentials('ES256', 2.5))),
        ...(await beside(least, rivals, introspection)),
        ...(await beside(least, rivals, refresh)),
        ...(await beside(least, rivals, manyRefreshes)),
        ...(await beside(least, rivals, roundTrip)),
        await rotation(rivals),
      ])),
      ...(await withRivals(folder, 'EdDSA', (rivals, least) =>
        beside(least, rivals, clientCredentials('EdDSA', 2)),
      )),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Measure = (rivals: Rivals) => Promise<BenchResult>

/** Ours, and how far the least code comes that does the same correctly: nobody on `node:http` comes further on this machine. */
async function beside(least: Rivals, rivals: Rivals, measure: Measure): Promise<BenchResult[]> {
  const ours = await measure(rivals)
  const ceiling = await measure(least)
  return [ours, { ...ceiling, name: 'oauth: … the least code that does it', ...told }]
}

const told = { target: 'told, not held', met: true }

async function withRivals<T>(
  folder: string,
  algorithm: Algorithm,
  work: (rivals: Rivals, least: Rivals) => Promise<T>,
): Promise<T> {
  const environment = { BENCH_FOLDER: folder, BENCH_ALGORITHM: algorithm }
  const start = (file: string): Child => Child.start(new URL(file, import.meta.url).href, environment)
  const children = [
    start('./oauth/authority-child.ts'),
    start('./oauth/least-child.ts'),
    start('./oauth/peer-child.ts'),
  ] as const
  try {
    const [ours, least, theirs] = children
    const sideOf = async (child: Child): Promise<Side> => readSide(await child.call('side'))
    const their = await sideOf(theirs)
    return await work(
      { sides: [await sideOf(ours), their], children: [ours, theirs] },
      { sides: [await sideOf(least), their], children: [least, theirs] },
    )
  } finally {
    await Promise.all(children.map((child) => child.close()))
  }
}

/** Connections of its own for each comparison: servers close those that lie idle while another one runs. */
function withConnections<T>(
  { sides: [ours, theirs] }: Rivals,
  connections: number,
  work: (ours: Rival, theirs: Rival) => Promise<T>,
): Promise<T> {
  return withWires(ours.port, connections, (ourWires) =>
    withWires(theirs.port, connections, (theirWires) =>
      work({ side: ours, wires: ourWires }, { side: theirs, wires: theirWires }),
    ),
  )
}

const clientCredentials =
  (algorithm: Algorithm, ratioMin: number): Measure =>
  (rivals) =>
    compare(`client_credentials ${algorithm}`, rivals, ratioMin, async ({ side, wires }) =>
      wires.map(byClientCredentials(side)),
    )

const introspection: Measure = (rivals) =>
  compare('introspection', rivals, 4, ({ side, wires }) => toIntrospections(side, wires))

const refresh: Measure = (rivals) =>
  compare('refresh with rotation', rivals, 2.5, ({ side, wires }) => toRefreshes(side, wires))

const compare = (
  name: string,
  rivals: Rivals,
  ratioMin: number,
  open: (rival: Rival) => Promise<readonly Exchange[]>,
  connections: number = CONNECTIONS,
): Promise<BenchResult> =>
  withConnections(rivals, connections, async (ours, theirs) => {
    const phases = [toPhase(await open(ours)), toPhase(await open(theirs))] as const
    const clocks = busyClocks(...rivals.children, 'allMs')
    await alternate(...phases, WARM_UP, clocks)
    const rates = await alternate(...phases, MEASURED, clocks)
    return toResult(`oauth: ${name}`, UNIT, rates, ratioMin)
  })

/** Durability is shared by those who wait together, so that it costs a busy server less. */
const manyRefreshes: Measure = async (rivals) => ({
  ...(await compare(
    `refresh with rotation, ${MANY} at once`,
    rivals,
    0,
    ({ side, wires }) => toRefreshes(side, wires),
    MANY,
  )),
  ...told,
})

/** All connections at once. */
const toPhase =
  (exchanges: readonly Exchange[]): Phase =>
  async (untilMs) => {
    let operations = 0
    const loop = async (exchange: Exchange): Promise<void> => {
      for (; performance.now() < untilMs; operations += 1) await exchange()
    }
    await Promise.all(exchanges.map(loop))
    return operations
  }

/** From the app to the code and the tokens, one after the other, in turns. */
const roundTrip: Measure = (rivals) =>
  withConnections(rivals, CONNECTIONS, async (ours, theirs) => {
    const times = { ours: [] as number[], theirs: [] as number[] }
    for (let trip = 0; trip < ROUND_TRIPS; trip += 1) {
      for (const [name, { side, wires }] of [
        ['ours', ours],
        ['theirs', theirs],
      ] as const) {
        const [wire] = wires
        if (wire === undefined) throw new Error('There is no connection.')
        const startedMs = performance.now()
        await authorizeAndRedeem(side, wire)
        // The first trips find cold code on both sides.
        if (trip >= ROUND_TRIPS / 4) times[name].push(performance.now() - startedMs)
      }
    }
    const [our, their] = [median(times.ours), median(times.theirs)]
    return toCost('oauth: authorization round trip, p50', 'ms', our, their, 1)
  })

/** Requests that fail while the signing key is replaced at once, again and again. */
const rotation = ({ sides: [side], children: [authority] }: Rivals): Promise<BenchResult> =>
  withWires(side.port, CONNECTIONS, async (wires) => {
    let failed = 0
    let isOver = false
    const exchanges = wires.map(byClientCredentials(side))
    const loops = exchanges.map(async (exchange) => {
      while (!isOver) await exchange().catch(() => (failed += 1))
    })
    for (let count = 0; count < ROTATIONS; count += 1) await authority.call('rotate')
    isOver = true
    await Promise.all(loops)
    return toLimit('oauth: failed requests while keys rotate', 'requests', failed, 0)
  })

if (import.meta.main) console.table(await benchOAuth())
