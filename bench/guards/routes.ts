/** Routes of one server take turns in short phases: what each answers in a second of the server's own time. */
import { median, type PhaseClock } from '../measure.ts'
import type { Wire } from '../server/wire.ts'

export interface Route {
  readonly name: string
  /** Requests that take turns. */
  readonly requests: readonly Buffer[]
}

export interface RouteTurns {
  readonly turns: number
  readonly phaseMs: number
}

/** Requests for each second of the clock, phase by phase: the n-th figures of all routes are neighbours. */
export type Rates = ReadonlyMap<string, readonly number[]>

export async function takeTurns(
  routes: readonly Route[],
  wires: readonly Wire[],
  { turns, phaseMs }: RouteTurns,
  clock: PhaseClock,
): Promise<Rates> {
  const rates = new Map<string, number[]>(routes.map(({ name }) => [name, []]))
  for (let turn = 0; turn < turns; turn += 1) {
    // Each begins as often as the others, and each follows each.
    const start = turn % routes.length
    const rotated = [...routes.slice(start), ...routes.slice(0, start)]
    for (const { name, requests } of turn % 2 === 0 ? rotated : rotated.reverse()) {
      const startedMs = await clock()
      const count = await repeat(wires, requests, performance.now() + phaseMs)
      rates.get(name)?.push((count / ((await clock()) - startedMs)) * 1_000)
    }
  }
  return rates
}

/** The median of the ratios of neighbours. */
export function ratioOf(rates: Rates, ours: string, theirs: string): number {
  const others = rates.get(theirs) ?? []
  return median((rates.get(ours) ?? []).map((rate, index) => rate / (others[index] ?? Number.NaN)))
}

/** Sends the requests in turn on all connections until `performance.now()` passes `untilMs`; answers how many. */
export async function repeat(
  wires: readonly Wire[],
  requests: readonly Buffer[],
  untilMs: number,
): Promise<number> {
  let count = 0
  const loop = async (wire: Wire): Promise<void> => {
    while (performance.now() < untilMs) {
      const { status } = await wire.send(requests[count % requests.length] ?? '')
      if (status !== 200) throw new Error(`A request was answered ${status}.`)
      count += 1
    }
  }
  await Promise.all(wires.map(loop))
  return count
}
