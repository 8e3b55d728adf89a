/** What a process has cost so far: other programs of the machine, and waiting for clients, do not count. */
import type { PhaseClock } from '../measure.ts'
import { type Child, type Figures, numberOf } from './child.ts'

/** CPU time of this process: of its main thread, and of all its threads together. */
export function readBusy(): Figures {
  const main = process.threadCpuUsage()
  const all = process.cpuUsage()
  return { mainMs: (main.user + main.system) / 1_000, allMs: (all.user + all.system) / 1_000 }
}

/** Counts phases against what the children together have cost. The one that is not asked costs next to nothing. */
export function busyClock(children: readonly Child[], which: 'mainMs' | 'allMs'): PhaseClock {
  return async () => {
    let sumMs = 0
    for (const child of children) sumMs += numberOf(await child.call('busy'), which)
    return sumMs
  }
}
