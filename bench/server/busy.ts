/** What a process has cost so far: other programs of the machine, and waiting for clients, do not count. */
import type { PhaseClock } from '../measure.ts'
import { type Child, type Figures, numberOf } from './child.ts'

/** Phases last 25 ms and more; a clock that steps in more than this would measure its own steps. */
const STEP_MS_MAX = 0.5
/** Kernels that count by ticks step once in 1 to 10 ms. */
const LOOK_MS = 25

/** Cost of this process: of its main thread, and of all its threads together. */
export function readBusy(): Figures {
  const all = process.cpuUsage()
  return { mainMs: readMainMs(), allMs: (all.user + all.system) / 1_000 }
}

/**
 * CPU time of the main thread where the kernel counts it exactly. Where it counts ticks: how long the event loop
 * was at work, which is exact, but counts also what other programs took from it in that time.
 */
const readMainMs = steppingMs(readThreadMs) <= STEP_MS_MAX ? readThreadMs : readActiveMs

function readThreadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

function readActiveMs(): number {
  return performance.eventLoopUtilization().active
}

/** The largest step that a clock makes while this thread does nothing but look at it. */
function steppingMs(read: () => number): number {
  let largest = 0
  let before = read()
  for (const untilMs = performance.now() + LOOK_MS; performance.now() < untilMs; ) {
    const now = read()
    largest = Math.max(largest, now - before)
    before = now
  }
  return largest
}

/** Two programs, each counted against what it has cost itself. */
export const busyClocks = (
  ours: Child,
  theirs: Child,
  which: 'mainMs' | 'allMs',
): readonly [PhaseClock, PhaseClock] => [busyClock([ours], which), busyClock([theirs], which)]

/** Counts phases against what the children together have cost. */
export function busyClock(children: readonly Child[], which: 'mainMs' | 'allMs'): PhaseClock {
  return async () => {
    let sumMs = 0
    for (const child of children) sumMs += numberOf(await child.call('busy'), which)
    return sumMs
  }
}
