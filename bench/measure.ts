/**
 * How everything in this folder is measured: two ways of doing the same thing take turns in short phases of
 * one process, because two identical runs one after the other can differ by 40 % on a shared machine.
 */

/** One line of the report. */
export interface BenchResult {
  readonly name: string
  readonly unit: string
  readonly ours: number
  readonly theirs: number | null
  readonly ratio: number | null
  /** What the ratio, or `ours` where there is no ratio, has to reach; as a reader would say it. */
  readonly target: string
  readonly met: boolean
  /** Why there is no figure, where there is none: `ours` is then NaN, and nothing is met. */
  readonly notMeasured?: string
}

/** Does the same work again and again until `performance.now()` passes `untilMs`; answers how often. */
export type Phase = (untilMs: number) => Promise<number>

export interface Turns {
  /** How often each of the two gets its turn. */
  readonly turns: number
  readonly phaseMs: number
}

export interface Comparison {
  /** Operations per second: the median of the phases. */
  readonly ours: number
  readonly theirs: number
  /** Median of the ratios of neighbouring phases, which see the same weather. */
  readonly ratio: number
}

/** What operations are counted against, in milliseconds: the time on the wall, or the time that a process was busy. */
export type PhaseClock = () => number | Promise<number>

/**
 * One clock that both are counted against while it is their turn; or one of its own for each, where they are programs of
 * their own. That one goes on while the other has its turn: what a program puts off until then it has to pay for itself,
 * and the other has not to.
 */
export type Clocks = PhaseClock | readonly [ours: PhaseClock, theirs: PhaseClock]

/** Lets two ways of doing one thing take turns, each beginning every other turn, after one turn to warm up. */
export async function alternate(
  ours: Phase,
  theirs: Phase,
  { turns, phaseMs }: Turns,
  clocks: Clocks = () => performance.now(),
): Promise<Comparison> {
  const measure = {
    ours: await openMeter(ours, phaseMs, clocks, 0),
    theirs: await openMeter(theirs, phaseMs, clocks, 1),
  }
  const ourRates: number[] = []
  const theirRates: number[] = []
  const ratios: number[] = []
  for (let turn = -1; turn < turns; turn += 1) {
    const rates = { ours: 0, theirs: 0 }
    for (const who of turn % 2 === 0 ? (['ours', 'theirs'] as const) : (['theirs', 'ours'] as const)) {
      rates[who] = await measure[who]()
    }
    if (turn < 0) continue
    ourRates.push(rates.ours)
    theirRates.push(rates.theirs)
    ratios.push(rates.ours / rates.theirs)
  }
  return { ours: median(ourRates), theirs: median(theirRates), ratio: median(ratios) }
}

/** Operations per second of a turn. */
async function openMeter(
  phase: Phase,
  phaseMs: number,
  clocks: Clocks,
  side: 0 | 1,
): Promise<() => Promise<number>> {
  const isShared = typeof clocks === 'function'
  const clock = isShared ? clocks : clocks[side]
  let sinceMs = await clock()
  return async () => {
    if (isShared) sinceMs = await clock()
    const operations = await phase(performance.now() + phaseMs)
    const beforeMs = sinceMs
    sinceMs = await clock()
    return (operations / (sinceMs - beforeMs)) * 1_000
  }
}

/** The middle value; the mean of the two middle ones when their number is even. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)] ?? Number.NaN
  const lower = sorted[Math.ceil(middle) - 1] ?? Number.NaN
  return (lower + upper) / 2
}

/** The line of the report for a comparison whose ratio has to reach `ratioMin`. */
export function toResult(
  name: string,
  unit: string,
  { ours, theirs, ratio }: Comparison,
  ratioMin: number,
): BenchResult {
  return { name, unit, ours, theirs, ratio, target: `at least ${ratioMin} ×`, met: ratio >= ratioMin }
}

/** The line of the report for what may cost `ratioMax` times as much as the other way at most. */
export function toCost(
  name: string,
  unit: string,
  ours: number,
  theirs: number,
  ratioMax: number,
): BenchResult {
  const ratio = ours / theirs
  return { name, unit, ours, theirs, ratio, target: `at most ${ratioMax} ×`, met: ratio <= ratioMax }
}

/** The line of the report for what is compared with nothing but its own limit. */
export function toLimit(name: string, unit: string, ours: number, max: number): BenchResult {
  return { name, unit, ours, theirs: null, ratio: null, target: `at most ${max} ${unit}`, met: ours <= max }
}

/** The line of the report for what this machine cannot measure: said aloud, since a figure that is not there is not met. */
export function toNotMeasured(name: string, unit: string, target: string, reason: string): BenchResult {
  return { name, unit, ours: Number.NaN, theirs: null, ratio: null, target, met: false, notMeasured: reason }
}
