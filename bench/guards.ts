/** What a guard costs: protected ÷ unprotected for each kind of credential in each framework, and the check itself. */

import { type Framework, frameworks } from './guards/apps.ts'
import { type Kind, kinds } from './guards/authority.ts'
import { benchChecks } from './guards/checks.ts'
import { benchLatency } from './guards/latency.ts'
import { benchPeers } from './guards/peer-routes.ts'
import { type Rates, type Route, ratioOf, takeTurns } from './guards/routes.ts'
import { type BenchResult, median } from './measure.ts'
import { busyClock } from './server/busy.ts'
import { Child, numberOf, textOf } from './server/child.ts'
import { toRequest, withWires } from './server/wire.ts'

const CONNECTIONS = 8
const STARTS = 3
const WARM_UP = { turns: 18, phaseMs: 25 }
const MEASURED = { turns: 24, phaseMs: 25 }
const OPEN_RATIO_MIN = 0.93
const MAP_RATIO_MIN = 0.97
const SPREAD_MAX = 0.02

interface Cell {
  readonly framework: Framework
  readonly kind: Kind
  readonly open: number[]
  readonly map: number[]
  readonly guardedRates: number[]
  readonly openRates: number[]
}

/** Takes about two minutes. */
export async function benchGuards(): Promise<BenchResult[]> {
  const results: BenchResult[] = []
  for (const framework of frameworks) {
    const cells = kinds.map((kind) => ({
      framework,
      kind,
      open: [],
      map: [],
      guardedRates: [],
      openRates: [],
    }))
    for (let start = 0; start < STARTS; start += 1) await measureStart(framework, cells)
    results.push(...cells.flatMap(toResults), toSpread(framework, cells))
  }
  return [...results, ...(await benchPeers()), ...(await benchChecks()), await benchLatency()]
}

async function measureStart(framework: Framework, cells: readonly Cell[]): Promise<void> {
  const child = Child.start('../guards/child.ts', { BENCH_FRAMEWORK: framework })
  try {
    const port = numberOf(await child.call('ports'), 'port')
    const clock = busyClock([child], 'mainMs')
    await withWires(port, CONNECTIONS, async (wires) => {
      const routes = new Map<Kind, Route[]>()
      for (const kind of kinds) routes.set(kind, await toRoutes(child, port, kind))
      // All of them first: what is measured first would otherwise be compiled while it is measured.
      for (const one of routes.values()) await takeTurns(one, wires, WARM_UP, clock)
      for (const cell of cells) {
        add(cell, await takeTurns(routes.get(cell.kind) ?? [], wires, MEASURED, clock))
      }
    })
  } finally {
    await child.close()
  }
}

/** The same header lines for all three: reading them off the wire is not what is compared. */
async function toRoutes(child: Child, port: number, kind: Kind): Promise<Route[]> {
  const lines: [string, string][] = JSON.parse(textOf(await child.call('headers', { kind }), 'lines'))
  return ['open', 'map', 'guarded'].map((name) => ({
    name,
    requests: lines.map((line) =>
      Buffer.from(toRequest('GET', port, `/${name}`, Object.fromEntries([line]))),
    ),
  }))
}

function add(cell: Cell, rates: Rates): void {
  cell.open.push(ratioOf(rates, 'guarded', 'open'))
  cell.map.push(ratioOf(rates, 'guarded', 'map'))
  cell.guardedRates.push(median(rates.get('guarded') ?? []))
  cell.openRates.push(median(rates.get('open') ?? []))
}

function toResults(cell: Cell): BenchResult[] {
  const name = `guards: ${cell.framework}, ${cell.kind}`
  const line = (what: string, ratio: number, min: number): BenchResult => ({
    name: `${name} ÷ ${what}`,
    unit: 'requests/CPU s',
    ours: median(cell.guardedRates),
    theirs: what === 'unprotected' ? median(cell.openRates) : null,
    ratio,
    target: `at least ${min} ×`,
    met: ratio >= min,
  })
  return [
    line('unprotected', median(cell.open), OPEN_RATIO_MIN),
    line('a bare map look-up', median(cell.map), MAP_RATIO_MIN),
  ]
}

function toSpread(framework: Framework, cells: readonly Cell[]): BenchResult {
  const ratios = cells.map(({ open }) => median(open))
  const spread = Math.max(...ratios) - Math.min(...ratios)
  return {
    name: `guards: ${framework}, spread between the kinds`,
    unit: '',
    ours: spread,
    theirs: null,
    ratio: null,
    target: `at most ${SPREAD_MAX}`,
    met: spread <= SPREAD_MAX,
  }
}

if (import.meta.main) {
  for (const { name, ours, ratio, target, met } of await benchGuards()) {
    console.log(
      `${met ? 'met   ' : 'MISSED'} ${name}: ${ours.toPrecision(3)} ${ratio?.toFixed(3) ?? ''} (${target})`,
    )
  }
}
